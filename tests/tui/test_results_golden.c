#include "archive.h"

#include "base/mem.h"
#include "golden.h"

/* The views of the Results screen as text. */

static const struct {
    const char *name;
    enum archive_kind archive;
    int cols, rows;
    const char *keys;
    bool ascii, roles;
} CASES[] = {
    {"results-80x24", ARCHIVE_GOOD, 80, 24, "9jj", false, true},
    {"results-160x48", ARCHIVE_GOOD, 160, 48, "9", false, false},
    {"results-80x24-doubtful", ARCHIVE_DOUBTFUL, 80, 24, "9", false, true},
    {"results-160x48-doubtful", ARCHIVE_DOUBTFUL, 160, 48, "9vjjv", false, false},
    {"results-80x24-filter", ARCHIVE_GOOD, 80, 24, "9/pnl>0 dd<1 tau=3600", false, false},
    {"results-80x24-filtered", ARCHIVE_GOOD, 80, 24, "9/dd<1\roO", false, false},
    {"results-80x24-export", ARCHIVE_GOOD, 80, 24, "9etop.csv", false, false},
    {"results-80x24-empty", ARCHIVE_EMPTY, 80, 24, "9", false, false},
    {"results-80x24-failed", ARCHIVE_FAILED, 80, 24, "9", false, false},
    {"results-60x16", ARCHIVE_DOUBTFUL, 60, 16, "9", false, false},
    {"results-30x6", ARCHIVE_GOOD, 30, 6, "9", false, false},
    {"results-40x40", ARCHIVE_GOOD, 40, 40, "9", false, false},
    {"result-80x24", ARCHIVE_GOOD, 80, 24, "9\r", false, false},
    {"result-80x24-doubtful", ARCHIVE_DOUBTFUL, 80, 24, "9\rjjjjjjjj", false, false},
    {"result-80x24-trades", ARCHIVE_GOOD, 80, 24, "9\r\t", false, false},
    {"result-160x48", ARCHIVE_GOOD, 160, 48, "9\r", false, false},
    {"result-80x24-ascii", ARCHIVE_GOOD, 80, 24, "9\r", true, false},
    {"compare-80x24", ARCHIVE_GOOD, 80, 24, "9vjv=", false, true},
    {"compare-160x48", ARCHIVE_GOOD, 160, 48, "9vjv=", false, false},
    {"heat-80x24", ARCHIVE_GOOD, 80, 24, "9h", false, true},
    {"heat-160x48", ARCHIVE_DOUBTFUL, 160, 48, "9hljj", false, false},
    {"heat-80x24-ascii", ARCHIVE_GOOD, 80, 24, "9hGl", true, false},
    {"use-80x24", ARCHIVE_DOUBTFUL, 80, 24, "9u", false, false},
    {"use-160x48", ARCHIVE_GOOD, 160, 48, "9u", false, false},
    {"use-80x24-reason", ARCHIVE_DOUBTFUL, 80, 24, "9uuthe fx was ours", false, false},
    {"use-80x24-question", ARCHIVE_GOOD, 80, 24, "9uu", false, false},
};

static void views_look_as_reviewed(void **state)
{
    for (size_t i = 0; i < LEN(CASES); i++) {
        struct hand *hand = mem_zalloc(sizeof *hand);
        struct archive *archive = archive_create(CASES[i].archive);
        struct text got = text_growing();
        hand_init(hand, FIXTURE_NORMAL);
        archive_type(archive, hand, CASES[i].keys);
        hand_draw(hand, CASES[i].cols, CASES[i].rows, CASES[i].ascii, CASES[i].roles, &got);
        golden_compare(CASES[i].name, &got);
        text_finish(&got);
        mem_free(archive);
        mem_free(hand);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(views_look_as_reviewed)};
    return cmocka_run_group_tests_name("tui/results_golden", tests, NULL, NULL);
}
