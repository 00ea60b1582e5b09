#include "support/check.h"

#include "run/rehearsal.h"

/* Trades of 1,000 USD, one an hour from noon, each open for half of it, that the guard is asked
 * about. */

static const int64_t HOUR_NS = INT64_C(3600000000000);
static const int64_t NOON_NS = INT64_C(1700049600000000000); /* 12:00 UTC */

enum { TRADES = 6 };

static struct trade trades[TRADES];
static struct trade_result results[TRADES];
static struct engine_params params;
static struct guard_limits limits;

static int set_up(void **state)
{
    double *limit = (double *)&limits; /* every limit is a double: none is set */
    for (size_t i = 0; i < sizeof limits / sizeof *limit; i++) {
        limit[i] = NAN;
    }
    params = engine_defaults();
    params.min_spread_bps = 5;
    params.taker_fee_a_bps = params.taker_fee_b_bps = 5;
    params.slippage_bps = 0;
    for (int i = 0; i < TRADES; i++) {
        trades[i] = (struct trade){
            .id = (uint64_t)i + 1,
            .state = TRADE_CLOSED,
            .open_ns = NOON_NS + i * HOUR_NS,
            .close_ns = NOON_NS + i * HOUR_NS + HOUR_NS / 2,
            .net_edge_bps = 20 + i,
            .notional_usd = 1000,
            .quantity = 10,
            .legs[TRADE_A_IN] = {10, 100000, 100000, 1000},
            .legs[TRADE_B_IN] = {10, 101, 101, 1},
        };
        results[i] = (struct trade_result){.pnl_usd = 1};
    }
    return 0;
}

static struct rehearsal run(bool has_depth_model)
{
    struct rehearsal out;
    rehearsal_run(&limits, &params, has_depth_model, trades, results, TRADES, &out);
    return out;
}

static void without_limits_all_are_allowed(void **state)
{
    const struct rehearsal out = run(true);
    assert_int_equal(out.asked, TRADES);
    assert_int_equal(out.refused, 0);
    assert_int_equal(out.reasons_count, 0);
    struct rehearsal none;
    rehearsal_run(&limits, &params, true, trades, results, 0, &none);
    assert_int_equal(none.asked, 0);
}

/* Goal: each limit finds what it is there for. Edges are 20 to 25 bps. */
static void every_limit_is_asked(void **state)
{
    static const struct {
        const char *name;
        size_t offset;
        double limit;
        enum reason reason;
        int64_t refused;
    } cases[] = {
        {"a trade is too big", offsetof(struct guard_limits, notional_per_trade_usd), 999,
         REASON_GLOBAL_NOTIONAL_PER_TRADE, TRADES},
        {"exactly as big", offsetof(struct guard_limits, notional_per_trade_usd), 1000,
         REASON_NONE, 0},
        {"exposure", offsetof(struct guard_limits, gross_exposure_usd), 1999,
         REASON_GLOBAL_GROSS_EXPOSURE, TRADES},
        {"too good an edge", offsetof(struct guard_limits, edge_abnormal_bps), 23,
         REASON_ROUTE_EDGE_ABNORMAL, 2},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        print_message("# %s\n", cases[i].name);
        set_up(state);
        *(double *)((char *)&limits + cases[i].offset) = cases[i].limit;
        const struct rehearsal out = run(true);
        assert_int_equal(out.refused, cases[i].refused);
        if (out.refused > 0) {
            assert_int_equal(out.reasons_count, 1);
            assert_int_equal(out.reasons[0].reason, cases[i].reason);
            assert_int_equal(out.reasons[0].count, cases[i].refused);
        }
    }
}

/* Goal: on a file the abnormal edge is no cause, as in a session over one. */
static void a_file_has_no_abnormal_edge(void **state)
{
    limits.edge_abnormal_bps = 23;
    assert_int_equal(run(false).refused, 0);
}

/* Goal: a place is taken until its trade closes, and a refused trade takes none. All six stay
 * open till the evening, two places: the last four are refused. */
static void open_trades_take_places(void **state)
{
    limits.open_trades = 2;
    for (int i = 0; i < TRADES; i++) {
        trades[i].close_ns = NOON_NS + 10 * HOUR_NS;
    }
    const struct rehearsal out = run(true);
    assert_int_equal(out.refused, 4);
    assert_int_equal(out.reasons[0].reason, REASON_GLOBAL_OPEN_TRADES);
    for (int i = 0; i < TRADES; i++) {
        trades[i].close_ns = trades[i].open_ns + HOUR_NS; /* as the next one opens */
    }
    limits.open_trades = 1;
    assert_int_equal(run(true).refused, 0);
}

/* Goal: losses count when they are closed: 60 and 60 USD use up a day of 100, and none of the
 * four left opens on it. After the first, with more than half gone, size is halved. */
static void losses_stop_the_day(void **state)
{
    limits.day_loss_usd = 100;
    results[0].pnl_usd = results[1].pnl_usd = -60;
    const struct rehearsal out = run(true);
    assert_int_equal(out.refused, 4);
    assert_int_equal(out.reasons[0].reason, REASON_GLOBAL_DAY_LOSS);
    assert_int_equal(out.scaled, 1);
}

#define FRESH(test) cmocka_unit_test_setup(test, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(without_limits_all_are_allowed),
        FRESH(every_limit_is_asked),
        FRESH(a_file_has_no_abnormal_edge),
        FRESH(open_trades_take_places),
        FRESH(losses_stop_the_day),
    };
    return cmocka_run_group_tests_name("run/rehearsal", tests, NULL, NULL);
}
