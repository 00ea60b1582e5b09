#include "sessions.h"

#include "base/mem.h"
#include "golden.h"

/* The Tuning screen and its form as text. */

static const struct {
    const char *name;
    enum sessions_kind kind;
    int cols, rows;
    const char *keys;
    bool ascii, roles;
} CASES[] = {
    {"tuning-80x24-running", SESSIONS_RUNNING, 80, 24, "8", false, true},
    {"tuning-160x48-running", SESSIONS_RUNNING, 160, 48, "8", false, false},
    {"tuning-80x24-running-ascii", SESSIONS_RUNNING, 80, 24, "8", true, false},
    {"tuning-60x16-running", SESSIONS_RUNNING, 60, 16, "8j", false, false},
    {"tuning-40x40-running", SESSIONS_RUNNING, 40, 40, "8", false, false},
    {"tuning-30x6-running", SESSIONS_RUNNING, 30, 6, "8", false, false},
    {"tuning-80x24-done", SESSIONS_DONE, 80, 24, "8", false, false},
    {"tuning-160x48-done", SESSIONS_DONE, 160, 48, "8", false, false},
    {"tuning-80x24-failed", SESSIONS_FAILED, 80, 24, "8", false, true},
    {"tuning-160x48-failed", SESSIONS_FAILED, 160, 48, "8j", false, false},
    {"tuning-80x24-empty", SESSIONS_EMPTY, 80, 24, "8", false, false},
    {"tuning-160x48-empty", SESSIONS_EMPTY, 160, 48, "8", false, false},
    {"tuning-80x24-error", SESSIONS_ERROR, 80, 24, "8", false, false},
    {"tuning-80x24-stop", SESSIONS_RUNNING, 80, 24, "8x", false, false},
    {"tuning-160x48-stop", SESSIONS_RUNNING, 160, 48, "8x", false, false},
    {"tuning-80x24-resume", SESSIONS_RUNNING, 80, 24, "8jR", false, false},
    {"form-80x24-files", SESSIONS_EMPTY, 80, 24, "8nj", false, false},
    {"form-80x24", SESSIONS_EMPTY, 80, 24, "8n\r", false, true},
    {"form-160x48", SESSIONS_EMPTY, 160, 48, "8n\r", false, false},
    {"form-80x24-edit", SESSIONS_EMPTY, 80, 24,
     "8n\rj\r\x15"
     "1, 2, ",
     false, false},
    {"form-80x24-wrong", SESSIONS_EMPTY, 80, 24,
     "8n\rj\r\x15"
     "1, abc\r",
     false, false},
    {"form-80x24-rubbish", SESSIONS_EMPTY, 80, 24, "8nj\r", false, false},
    {"form-60x16", SESSIONS_EMPTY, 60, 16, "8n\r", false, false},
    {"form-80x24-start", SESSIONS_EMPTY, 80, 24, "8n\rs", false, false},
};

static void screens_look_as_reviewed(void **state)
{
    for (size_t i = 0; i < LEN(CASES); i++) {
        struct hand *hand = mem_zalloc(sizeof *hand);
        struct text got = text_growing();
        hand_init(hand, FIXTURE_NORMAL);
        struct sessions *sessions = sessions_create(hand, CASES[i].kind);
        sessions_type(sessions, hand, CASES[i].keys);
        hand_draw(hand, CASES[i].cols, CASES[i].rows, CASES[i].ascii, CASES[i].roles, &got);
        golden_compare(CASES[i].name, &got);
        text_finish(&got);
        mem_free(sessions);
        mem_free(hand);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(screens_look_as_reviewed)};
    return cmocka_run_group_tests_name("tui/tuning_golden", tests, NULL, NULL);
}
