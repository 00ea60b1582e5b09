#include "support/check.h"
#include "support/scratch.h"

#include <sys/stat.h>

#include "ban.h"

/* Goal (VENUE.BANNED): what was stored is there after a restart, for its owner alone; a file
 * with nonsense in it bars nothing. */
static void outlives_the_process(void **state)
{
    char path[SCRATCH_PATH_SIZE];
    struct err err;
    struct bans bans;
    scratch_write_text(path, "");
    assert_int_equal(remove(path), 0);
    assert_true(bans_load(&bans, path, &err)); /* no file */
    assert_true(bans.until_ms[VENUE_A] == 0 && bans.until_ms[VENUE_B] == 0);
    bans.until_ms[VENUE_B] = 1790134742106;
    const mode_t usual = umask(0);
    assert_true(bans_store(&bans, path, &err));
    umask(usual);
    struct stat file;
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    bans = (struct bans){0};
    assert_true(bans_load(&bans, path, &err));
    assert_true(bans.until_ms[VENUE_A] == 0 && bans.until_ms[VENUE_B] == 1790134742106);
    scratch_remove(path);
    scratch_write_text(path, "kraken\t17\nbinance\tsoon\n\nupbit 5\nupbit\t7\n");
    assert_true(bans_load(&bans, path, &err));
    assert_true(bans.until_ms[VENUE_A] == 7 && bans.until_ms[VENUE_B] == 0);
    scratch_remove(path);
}

/* Goal: the header wins, then what the body says in words, then the table. */
static void finds_how_long_to_wait(void **state)
{
    static const struct {
        const char *header, *body;
        int64_t wait_ms;
    } cases[] = {
        {"120", "banned until 1790000001000", 120000},
        {"0", "", 0},
        {NULL,
         "{\"code\":-1003,\"msg\":\"Way too many requests; IP(10.0.0.7) banned until "
         "1790000030000. Please use the websocket.\"}",
         30000},
        {"Wed, 21 Oct 2026 07:28:00 GMT", "", 777},
        {NULL, "until 1789999999999", 777}, /* over already: as if nothing was said */
        {NULL, "{\"error\":{\"name\":418,\"message\":\"blocked for 60 seconds\"}}", 60000},
        {NULL, "\xEC\xB0\xA8\xEB\x8B\xA8 90\xEC\xB4\x88", 90000},
        {NULL, "429 too many", 777},
        {NULL, "99999999999999999999 sec", 777},
        {"99999999999999", "", 777},
        {"999999", "", 345600000}, /* four days are the most we believe */
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        assert_int_equal(ban_wait_ms(cases[i].header, cases[i].body, 1790000000000, 777),
                         cases[i].wait_ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outlives_the_process),
        cmocka_unit_test(finds_how_long_to_wait),
    };
    return cmocka_run_group_tests_name("market/ban", tests, NULL, NULL);
}
