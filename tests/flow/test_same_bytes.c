#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "io/file.h"
#include "support/desk.h"
#include "support/edges.h"

/* The same data give the same bytes wherever the program runs, and a paper session makes the
 * trades of the backtest (SPEC.md 4). */

/* A premium that wanders, so that trades come at odd times and end for every reason. */
static void wander(struct text *csv, int rows)
{
    struct rng rng;
    double premium_bps = 0;
    rng_seed(&rng, 20261120, 0);
    text_add(csv, EDGES_HEADER);
    for (int row = 0; row < rows; row++) {
        premium_bps = premium_bps * 0.97 + rng_normal(&rng) * 9;
        const double usd = 100000.0 + (double)rng_below(&rng, 50);
        const double rate = 1400 + (double)rng_below(&rng, 5);
        const double b = usd * (1 + premium_bps / 1e4);
        text_addf(csv, "%d.%03d,%.0f,%.0f,%.1f,%.1f,%.0f\n", EDGES_FIRST_S + 7 * row,
                  row % 1000, usd * rate - 7000, usd * rate + 7000, b - 5, b + 5, rate);
    }
}

#define OPTIONS                                                                                \
    "--min-spread-bps 3 --taker-fee-a-bps 2 --taker-fee-b-bps 2 --slippage-bps 1 "             \
    "--max-position-usd 1000 --max-open-trades 3 --baseline-tau-s 3600 "                       \
    "--baseline-warmup-s 60 --stop-loss-bps 40 --take-profit-bps 15 --max-hold-s 300"

static void write_data(const struct desk *desk, char path[DESK_PATH_SIZE])
{
    struct text csv = text_growing();
    wander(&csv, 5000);
    desk_file(desk, path, "data.csv", text_string(&csv));
    text_finish(&csv);
}

/* Goal: locale, time zone and working folder change no byte of the result. */
static void says_the_same_everywhere(void **state)
{
    static const char *const worlds[][4] = {
        {"LC_ALL=C", "TZ=UTC", NULL},
        {"LC_ALL=de_DE.UTF-8", "TZ=Asia/Seoul", "LANG=de_DE.UTF-8", NULL},
        {"LC_ALL=C.UTF-8", "TZ=America/New_York", NULL},
        {"LC_NUMERIC=fr_FR.UTF-8", "TZ=:/nowhere", NULL},
        {NULL},
    };
    struct desk *desk = *state;
    char path[DESK_PATH_SIZE];
    char words[1024];
    char *want = NULL;
    write_data(desk, path);
    text_cut(words, sizeof words,
             "backtest --data-file %s --json --trades-csv %s/trades.csv " OPTIONS, path,
             desk->folder);
    for (size_t i = 0; i < LEN(worlds); i++) {
        program_start_in(&desk->command, i % 2 == 0 ? desk->folder : "/", worlds[i], words);
        assert_int_equal(program_end(&desk->command, 60000), 0);
        const char *got = program_said(&desk->command, PROGRAM_OUT);
        if (want == NULL) {
            want = mem_copy_string(got);
            assert_non_null(strstr(want, "\"equity_change_usd\""));
        }
        assert_string_equal(got, want);
    }
    mem_free(want);
}

static json_t *load(const struct desk *desk, const char *name)
{
    char path[DESK_PATH_SIZE * 2];
    json_error_t error;
    text_cut(path, sizeof path, "%s/%s", desk->folder, name);
    json_t *trades = json_load_file(path, 0, &error);
    if (trades == NULL) {
        fail_msg("%s: %s", path, error.text);
    }
    return trades;
}

static void check_trade(const json_t *want, const json_t *got)
{
    static const char *const same[] = {"id",      "pair",     "side",
                                       "open_ns", "close_ns", "exit_reason"};
    for (size_t i = 0; i < LEN(same); i++) {
        if (!json_equal(json_object_get(want, same[i]), json_object_get(got, same[i]))) {
            fail_msg("trade %g: another %s", desk_number(want, "id"), same[i]);
        }
    }
    check_near(desk_number(got, "entry_spread_bps"), desk_number(want, "entry_spread_bps"),
               1e-9);
    if (json_is_null(desk_at(want, "close_ns"))) {
        return;
    }
    const double pnl_usd = desk_number(want, "pnl_usd");
    const double allowed_usd = 1e-6 + fabs(pnl_usd) * 1e-8 / desk_number(want, "quantity");
    assert_true(fabs(desk_number(got, "pnl_usd") - pnl_usd) <= allowed_usd);
}

/* Returns the number of trades; both runs are over the same file with the same words. */
static size_t compare(struct desk *desk, const char *path, const char *words)
{
    assert_int_equal(desk_run(desk, "backtest --data-file %s --trades-json %s/backtest.json %s",
                              path, desk->folder, words),
                     0);
    assert_int_equal(desk_run(desk,
                              "paper --new --source csv:%s --speed max --trades-json "
                              "%s/paper.json %s",
                              path, desk->folder, words),
                     0);
    json_t *want = load(desk, "backtest.json");
    json_t *got = load(desk, "paper.json");
    const size_t count = json_array_size(want);
    assert_int_equal(json_array_size(got), count);
    for (size_t i = 0; i < count; i++) {
        check_trade(json_array_get(want, i), json_array_get(got, i));
    }
    json_decref(want);
    json_decref(got);
    return count;
}

/* Goal: a session does not say zeros of what it does not know. */
static void paper_knows_no_equity_buckets(void **state)
{
    struct desk *desk = *state;
    char path[DESK_PATH_SIZE];
    json_error_t error;
    write_data(desk, path);
    assert_int_equal(desk_run(desk, "paper --json --source csv:%s --speed max " OPTIONS, path),
                     0);
    json_t *result = json_loads(program_said(&desk->command, PROGRAM_OUT), 0, &error);
    assert_non_null(result); /* life events do not mix with it */
    assert_true(json_is_null(desk_at(result, "equity_change_usd")));
    assert_true(desk_number(result, "metrics.total_trades") > 100);
    json_decref(result);
}

static void paper_trades_like_the_backtest(void **state)
{
    struct desk *desk = *state;
    char path[DESK_PATH_SIZE];
    write_data(desk, path);
    assert_true(compare(desk, path, OPTIONS) > 100);
    assert_true(compare(desk, path, OPTIONS " --close-at-end --no-spot-short") > 50);
}

/* Goal: 71,800 real minutes, with the options of the first promise. */
static void paper_trades_like_the_backtest_on_real_minutes(void **state)
{
    struct desk *desk = *state;
    char path[DESK_PATH_SIZE];
    const char *given = getenv("ARBLITE_SHARED_DATA");
    text_cut(path, sizeof path, "%s/real_two_venue_1m.csv",
             given != NULL ? given : SHARED_DATA);
    if (access(path, R_OK) != 0) {
        print_message("# no shared data at %s\n", path);
        skip();
    }
    assert_int_equal(
        desk_run(desk, "backtest --profile exact --data-file %s " EDGES_OPTIONS, path), 0);
    const char *report = program_said(&desk->command, PROGRAM_OUT);
    assert_non_null(strstr(report, "fx moved this result"));
    assert_true(compare(desk, path, "--profile exact " EDGES_OPTIONS) > 0);
    json_t *status = desk_status(desk);
    check_near(desk_number(status, "trades.refused"), 0, 0);
    check_near(desk_number(status, "trades.opened"),
               desk_number(status, "trades.closed") + desk_number(status, "trades.open"), 0);
    json_decref(status);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(says_the_same_everywhere, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(paper_knows_no_equity_buckets, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(paper_trades_like_the_backtest, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(paper_trades_like_the_backtest_on_real_minutes,
                                        desk_open, desk_close),
    };
    return cmocka_run_group_tests_name("flow/same_bytes", tests, NULL, NULL);
}
