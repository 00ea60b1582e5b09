#include "support/check.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/text.h"
#include "io/file.h"
#include "run/backtest.h"

/* Whole reports over a market made from a seed, byte for byte: what another compiler, machine
 * or a faster kernel must also give. UPDATE_GOLDEN=1 writes them anew; review the difference.
 */

#define MINUTE INT64_C(60000000000)

enum { ROWS = 1000 };

static char path[] = "/tmp/arblite-golden-XXXXXX";

/* KRW and USDT prices a minute apart: a premium that comes and goes, fx that moves by the won,
 * now and then a broken row or an hour of silence. */
static void add_rows(struct text *csv)
{
    struct rng rng;
    rng_seed(&rng, 1, rng_salt("golden"));
    double premium_bps = 0, price = 60000, fx = 1400;
    int64_t time_s = 1700000000;
    for (int i = 0; i < ROWS; i++) {
        premium_bps = premium_bps * 0.95 + 6 * rng_normal(&rng);
        price *= 1 + 5e-4 * rng_normal(&rng);
        fx += (double)rng_below(&rng, 3) - 1;
        time_s += rng_below(&rng, 500) == 0 ? 3600 : 60;
        const double ask_a = price * fx * (1 - premium_bps / 1e4);
        const double spread_a = rng_below(&rng, 100) == 0 ? 0 : 20000;
        text_addf(csv, "%lld,%.0f,%.0f,%.1f,%.1f,%.0f\n", (long long)time_s, ask_a - spread_a,
                  ask_a, price, price + 0.1, fx);
    }
}

static int make_data(void **state)
{
    struct err err;
    const int file = mkstemp(path);
    struct text csv = text_growing();
    text_add(&csv, "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b,fx_rate\n");
    add_rows(&csv);
    const bool made = file >= 0 && file_replace(path, csv.data, csv.length, &err);
    text_finish(&csv);
    close(file);
    return made ? 0 : -1;
}

static int drop_data(void **state)
{
    return unlink(path);
}

static struct engine_params params_of(enum engine_profile profile,
                                      enum engine_pnl_model pnl_model)
{
    struct engine_params params = engine_defaults();
    params.profile = profile;
    params.pnl_model = pnl_model;
    params.min_spread_bps = 2;
    params.taker_fee_a_bps = 3;
    params.taker_fee_b_bps = 2;
    params.slippage_bps = 1;
    params.max_position_usd = 1000;
    params.max_open_trades = 2;
    return params;
}

/* Compares with the golden file of that name, or writes it. */
static void check_golden(const char *name, const struct text *got)
{
    char golden[4096];
    char *want;
    size_t length;
    struct err err = {.kind = ERR_NONE};
    snprintf(golden, sizeof golden, "%s/%s", GOLDEN, name);
    if (getenv("UPDATE_GOLDEN") != NULL) {
        assert_true(file_replace(golden, got->data, got->length, &err));
        return;
    }
    if (!file_read(golden, 1 << 20, &want, &length, &err)) {
        print_error("%s\n", err.text);
        fail();
    }
    assert_string_equal(got->data, want);
    mem_free(want);
}

static void check_report(const char *name, const struct engine_params *params)
{
    char file[256];
    struct result result;
    struct err err = {.kind = ERR_NONE};
    struct text json = text_growing();
    struct text trades = text_growing();
    static const char *const pairs[] = {"BTC"};
    if (!backtest_run_file(params, path, false, &result, &err)) {
        print_error("%s\n", err.text);
        fail();
    }
    snprintf(result.data_file, sizeof result.data_file, "golden.csv");
    result_json(&result, &json);
    text_add_char(&json, '\n');
    result_trades_csv(&result, pairs, &trades);
    snprintf(file, sizeof file, "%s.json", name);
    check_golden(file, &json);
    snprintf(file, sizeof file, "%s.csv", name);
    check_golden(file, &trades);
    text_finish(&json);
    text_finish(&trades);
    result_finish(&result);
}

/* Goal: `exact` with a moving baseline and every exit that there is. */
static void reports_exact(void **state)
{
    struct engine_params params = params_of(ENGINE_EXACT, ENGINE_PNL_LEGS);
    params.baseline_tau_s = 14400;
    params.baseline_warmup_s = 3600;
    params.baseline_gap_s = 900;
    params.cooldown_s = 900;
    params.fx_cost_bps = 0.25;
    params.take_profit_bps = 12;
    params.stop_loss_bps = 40;
    params.max_hold_s = 2400;
    params.close_at_end = true;
    check_report("backtest_exact", &params);
}

/* Goal: the compatibility profiles, and the truth beside the first. */
static void reports_compat(void **state)
{
    const struct engine_params spread = params_of(ENGINE_COMPAT_D37, ENGINE_PNL_SPREAD);
    const struct engine_params legs = params_of(ENGINE_COMPAT_D37, ENGINE_PNL_LEGS);
    const struct engine_params d45 = params_of(ENGINE_COMPAT_D45, ENGINE_PNL_SPREAD);
    check_report("backtest_d37_spread", &spread);
    check_report("backtest_d37_legs", &legs);
    check_report("backtest_d45_spread", &d45);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_exact),
        cmocka_unit_test(reports_compat),
    };
    return cmocka_run_group_tests_name("run/backtest_golden", tests, make_data, drop_data);
}
