#include "rows.h"

#include <math.h>

#include "base/mem.h"
#include "tune/sensitivity.h"

static const struct result_window WHOLE = {.fold = 0};

static struct engine_params compat(void)
{
    struct engine_params params = engine_defaults();
    params.profile = ENGINE_COMPAT_D37;
    params.pnl_model = ENGINE_PNL_SPREAD;
    params.min_spread_bps = 30;
    params.taker_fee_a_bps = 5;
    params.taker_fee_b_bps = 5;
    params.slippage_bps = 5;
    params.max_position_usd = 1000;
    return params;
}

static struct sensitivity *measure(const char *path, const struct engine_params *params,
                                   const struct result_window *window)
{
    struct sensitivity *out = mem_zalloc(sizeof *out);
    struct err err;
    if (!sensitivity_measure(path, params, window, out, &err)) {
        print_error("%s\n", err.text);
        fail();
    }
    return out;
}

static void drop(struct sensitivity *sensitivity)
{
    sensitivity_finish(sensitivity);
    mem_free(sensitivity);
}

/* Goal: each assumption is made worse by itself. Case 30: two trades close at 200 bps less
 * costs of 15, 17 and 20. Four legs of each: 10 coins bought at 100.025 and sold at 101.9745 on
 * both venues earn 38.99, fees 10*5e-4*2*201.9995 = 2.019995. */
static void makes_each_assumption_worse(void **state)
{
    rows_write("turns.csv", ROWS_TURNS);
    const struct engine_params params = compat();
    struct sensitivity *got = measure("turns.csv", &params, &WHOLE);
    check_near(got->runs[SENSITIVITY_NONE].pnl_usd, 37.0, 1e-9);
    check_near(got->runs[SENSITIVITY_FEES].pnl_usd, 36.6, 1e-9);
    check_near(got->runs[SENSITIVITY_SLIPPAGE].pnl_usd, 36.0, 1e-9);
    check_near(got->runs[SENSITIVITY_MODEL].pnl_usd, 2 * (38.99 - 2.019995), 1e-9);
    assert_int_equal(got->runs[SENSITIVITY_MODEL].closed, 2);
    assert_int_equal(got->runs[SENSITIVITY_NONE].open, 1);
    assert_true(isnan(got->runs[SENSITIVITY_FX_COST].pnl_usd));
    assert_string_equal(got->runs[SENSITIVITY_FX_COST].note,
                        "the compat profiles know no fx cost");
    assert_string_equal(got->runs[SENSITIVITY_LATENCY].note,
                        "the spread model books what was decided, whenever it fills");
    assert_int_equal(got->rows, 3);
    assert_int_equal(got->result.trades_count, 3);
    assert_int_equal(got->trades.closed, 2);
    check_near(got->trades.predicted_bps, 185, 1e-9);
    check_near(got->trades.realized_bps, 185, 1e-9);
    drop(got);
}

/* 100 ms apart. The deviation is 200 bps in the first row, 100 in the third, gone in the sixth
 * and 50 in the eighth. */
#define LATE_ROWS                                                                              \
    ROWS_HEADER "\n1000.0,99.9,100.1,101.9,102.1\n1000.1,99.9,100.1,101.9,102.1\n"             \
                "1000.2,99.9,100.1,100.9,101.1\n1000.3,99.9,100.1,100.9,101.1\n"               \
                "1000.4,99.9,100.1,100.9,101.1\n1000.5,99.9,100.1,99.9,100.1\n"                \
                "1000.6,99.9,100.1,100.4,100.6\n1000.7,99.9,100.1,100.4,100.6\n"

static struct engine_params exact(void)
{
    struct engine_params params = engine_defaults();
    params.min_spread_bps = 100;
    params.taker_fee_a_bps = 0;
    params.taker_fee_b_bps = 0;
    params.slippage_bps = 0;
    params.max_position_usd = 1000;
    params.fx_rate = 1;
    return params;
}

/* Goal: orders fill 200 ms after their decision. At once: q = 1000/100.1 coins, A loses 0.2, B
 * gains 101.9 - 100.1. Late: B gains 100.9 - 100.6. */
static void fills_late(void **state)
{
    rows_write("late.csv", LATE_ROWS);
    const struct engine_params params = exact();
    struct sensitivity *got = measure("late.csv", &params, &WHOLE);
    const double coins = 1000 / 100.1;
    check_near(got->runs[SENSITIVITY_NONE].pnl_usd, coins * (1.8 - 0.2), 1e-9);
    check_near(got->runs[SENSITIVITY_LATENCY].pnl_usd, coins * (0.3 - 0.2), 1e-9);
    assert_string_equal(got->runs[SENSITIVITY_LATENCY].note, "");
    assert_string_equal(got->runs[SENSITIVITY_MODEL].note,
                        "exact books four legs and nothing else");
    /* A costs 5 bps on 100.1 and on 99.9 USD. */
    check_near(got->runs[SENSITIVITY_FX_COST].pnl_usd, coins * (1.6 - 5e-4 * (100.1 + 99.9)),
               1e-9);
    drop(got);
}

/* Goal: of a fold its own rows alone are measured; the entry was before it. */
static void keeps_to_its_window(void **state)
{
    rows_write("late.csv", LATE_ROWS);
    const struct engine_params params = exact();
    const struct result_window window = {
        .fold = 1, .from_ns = INT64_C(1000200000000), .to_ns = INT64_C(1000700000000)};
    struct sensitivity *got = measure("late.csv", &params, &window);
    assert_int_equal(got->rows, 5);
    assert_int_equal(got->first_ns, window.from_ns);
    assert_int_equal(got->runs[SENSITIVITY_NONE].closed, 0);
    assert_int_equal(got->runs[SENSITIVITY_LATENCY].closed, 0);
    drop(got);
}

/* Goal: the worst trade and the longest streak of losses. The legs of case 30 earn 38.99 USD a
 * trade; fees of 95 and 99 bps on 10 coins at 100.025 and 101.9745 take 39.187903, so all three
 * lose. */
static void counts_losses_in_a_row(void **state)
{
    rows_write("more.csv", ROWS_TURNS "1003,102,103,99,100\n");
    struct engine_params params = compat();
    params.pnl_model = ENGINE_PNL_LEGS;
    params.min_spread_bps = 0;
    params.taker_fee_a_bps = 95;
    params.taker_fee_b_bps = 99;
    struct sensitivity *got = measure("more.csv", &params, &WHOLE);
    assert_int_equal(got->trades.closed, 3);
    check_near(got->trades.worst_usd, 38.99 - 39.187903, 1e-9);
    assert_string_equal(got->runs[SENSITIVITY_LATENCY].note,
                        "not modelled: rows are 1 s apart");
    assert_int_equal(got->trades.streak, 3);
    drop(got);
}

/* Goal: data that are not there and parameters that make no sense are errors. */
static void says_why_it_cannot(void **state)
{
    struct sensitivity *out = mem_zalloc(sizeof *out);
    struct engine_params params = compat();
    struct err err;
    assert_false(sensitivity_measure("none.csv", &params, &WHOLE, out, &err));
    params.max_position_usd = 0;
    assert_false(sensitivity_measure("turns.csv", &params, &WHOLE, out, &err));
    assert_string_equal(err.text, "max_position_usd must be positive");
    mem_free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_each_assumption_worse), cmocka_unit_test(fills_late),
        cmocka_unit_test(keeps_to_its_window),         cmocka_unit_test(counts_losses_in_a_row),
        cmocka_unit_test(says_why_it_cannot),
    };
    return cmocka_run_group_tests_name("tune/sensitivity", tests, rows_enter, rows_leave);
}
