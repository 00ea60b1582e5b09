#include "support/check.h"
#include "support/scratch.h"

#include <zstd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "run/backtest.h"

/* What backtest_run_file() should say: the two passes over csv's rows, which need to know
 * nothing in advance. */
static bool by_source(const struct engine_params *params, const char *path, bool skip_bad_rows,
                      struct result *result, struct err *err)
{
    const struct csv_options options = backtest_csv_options(params, skip_bad_rows);
    struct backtest_survey survey;
    struct source *source;
    assert_true(csv_open(&source, path, &options, err));
    if (!backtest_survey(source, &survey, err)) {
        source_close(source);
        return false;
    }
    const int64_t bad_rows = (int64_t)csv_bad_rows(source);
    source_close(source);
    assert_true(csv_open(&source, path, &options, err));
    assert_true(backtest_run(params, source, &survey, result, err));
    snprintf(result->data_file, sizeof(result->data_file), "%s", path);
    snprintf(result->data_hash, sizeof(result->data_hash), "%s",
             source->ops->data_hash(source));
    result->bad_rows_skipped = bad_rows;
    result->total_snapshots += bad_rows;
    source_close(source);
    return true;
}

static struct text json_of(const struct result *result, bool with_trades)
{
    static const char *const pairs[] = {"pair"};
    struct text text = text_growing();
    result_json(result, &text);
    if (with_trades) {
        result_trades_json(result, pairs, &text);
    }
    return text;
}

static void check_same(const struct result *want, const struct result *got, bool with_trades)
{
    struct text want_text = json_of(want, with_trades);
    struct text got_text = json_of(got, with_trades);
    assert_string_equal(text_string(&got_text), text_string(&want_text));
    text_finish(&want_text);
    text_finish(&got_text);
}

static void check_file(const struct engine_params *params, const char *path, bool skip_bad_rows)
{
    struct err want_err = {0}, err = {0};
    struct result want, got;
    const bool fine = by_source(params, path, skip_bad_rows, &want, &want_err);
    assert_int_equal(backtest_run_file(params, path, skip_bad_rows, &got, &err), fine);
    if (!fine) {
        assert_string_equal(err.text, want_err.text);
        return;
    }
    assert_true(want.summary.closed > 10 || want.steps_processed < 500 ||
                !isnan(params->stop_on_drawdown_pct));
    check_same(&want, &got, true);
    result_finish(&got);
    assert_true(backtest_run_file_without_trades(params, path, skip_bad_rows, &got, &err));
    assert_int_equal(got.trades_count, 0);
    check_same(&want, &got, false);
    result_finish(&got);
    result_finish(&want);
}

/* Prices that wander apart and back, so that trades open and close; some rows say nothing. */
static size_t make_market(char *text, int rows, uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed, 1);
    double apart = 0;
    size_t length = (size_t)sprintf(
        text, "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b,fx_rate\n");
    for (int i = 0; i < rows; i++) {
        apart = 0.98 * apart + 0.5 * rng_normal(&rng);
        const double a = 100000 + 10 * rng_normal(&rng);
        const double b = a / 1000 * (1 + apart / 1000);
        const bool crossed = rng_below(&rng, 50) == 0;
        length += (size_t)sprintf(text + length, "%d,%.2f,%.2f,%.4f,%.4f,%s\n", 1700000000 + i,
                                  crossed ? a + 50 : a - 5, a + 5, b - 0.005, b + 0.005,
                                  rng_below(&rng, 50) == 0 ? "" : "1000.25");
    }
    return length;
}

static struct engine_params params_of(enum engine_profile profile)
{
    struct engine_params params = engine_defaults();
    params.profile = profile;
    params.pnl_model = engine_default_model(profile);
    params.min_spread_bps = 2;
    params.taker_fee_a_bps = 1;
    params.taker_fee_b_bps = 1;
    params.slippage_bps = 1;
    params.max_position_usd = 1000;
    params.max_open_trades = 3;
    return params;
}

static void check_text(const char *text, size_t length, bool skip_bad_rows)
{
    char path[SCRATCH_PATH_SIZE];
    scratch_write(path, text, length);
    for (int profile = 0; profile <= ENGINE_PROFILE_LAST; profile++) {
        struct engine_params params = params_of((enum engine_profile)profile);
        check_file(&params, path, skip_bad_rows);
        params.close_at_end = true;
        params.baseline_tau_s = 60;
        params.take_profit_bps = 5;
        params.stop_loss_bps = 40;
        params.max_hold_s = 100;
        check_file(&params, path, skip_bad_rows);
        params.max_steps = 100;
        check_file(&params, path, skip_bad_rows);
        params.max_steps = -1;
        params.stop_on_drawdown_pct = 0.05;
        check_file(&params, path, skip_bad_rows);
    }
    scratch_remove(path);
}

/* Goal: reading a file once in blocks changes nothing of a result, on one thread or two. */
static void one_pass_says_what_two_said(void **state)
{
    char *text = mem_zalloc(4000000);
    const int rows[] = {0, 1, 2, 500, 3000, 25000};
    for (size_t i = 0; i < LEN(rows); i++) {
        print_message("# %d rows\n", rows[i]);
        check_text(text, make_market(text, rows[i], i), false);
    }
    mem_free(text);
}

/* Goal: where the ends of a file do not tell its span, it is found out: the last row is bad, or
 * runs back, or the first one is no row; or the file is packed. */
static void a_wrong_guess_is_made_good(void **state)
{
    static const char *const tails[] = {"2000000000,1,2,3\n", "1,1,2,3,4,5\n", "x\n\n\n"};
    char *text = mem_zalloc(400000);
    const size_t length = make_market(text, 3000, 9);
    for (size_t i = 0; i < LEN(tails); i++) {
        strcpy(text + length, tails[i]);
        check_text(text, strlen(text), true);
        check_text(text, strlen(text), false);
    }
    const char *body = strchr(text, '\n') + 1;
    char *spoilt = mem_zalloc(400000);
    sprintf(spoilt, "%.*sno row\n%s", (int)(body - text), text, body);
    check_text(spoilt, strlen(spoilt), true);

    const size_t room = ZSTD_compressBound(length);
    char *packed = mem_zalloc(room);
    check_text(packed, ZSTD_compress(packed, room, text, length, 1), false);
    mem_free(packed);
    mem_free(spoilt);
    mem_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_pass_says_what_two_said),
        cmocka_unit_test(a_wrong_guess_is_made_good),
    };
    return cmocka_run_group_tests_name("run/backtest_rows", tests, NULL, NULL);
}
