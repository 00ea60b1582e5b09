#include "support/check.h"

#include "base/rng.h"
#include "replay.h"

/* What must hold on any series, tried on random ones of fixed seeds. */

#define SECOND INT64_C(1000000000)

enum { ROWS = 600, SEEDS = 12 };

static struct replay whole, other;
static struct tick series[ROWS], mirrored[ROWS];

static struct engine_params base_params(enum engine_profile profile)
{
    struct engine_params params = engine_defaults();
    params.profile = profile;
    params.pnl_model = engine_default_model(profile);
    params.min_spread_bps = 5;
    params.taker_fee_a_bps = 3;
    params.taker_fee_b_bps = 2;
    params.slippage_bps = 1;
    params.max_position_usd = 1000;
    params.max_open_trades = 3;
    return params;
}

static struct engine_params with_every_exit(struct engine_params params)
{
    params.baseline_tau_s = 300;
    params.baseline_gap_s = 60;
    params.baseline_warmup_s = 120;
    params.take_profit_bps = 25;
    params.stop_loss_bps = 60;
    params.max_hold_s = 240;
    params.cooldown_s = 30;
    return params;
}

/* A premium that wanders back and forth over a wandering price, some rows broken, some times
 * standing still, some gaps. */
static void make_series(uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed, rng_salt("series"));
    double premium_bps = 0, price = 100;
    int64_t time_ns = 0;
    for (size_t i = 0; i < ROWS; i++) {
        premium_bps = premium_bps * 0.9 + 14 * rng_normal(&rng);
        price *= 1 + 4e-4 * rng_normal(&rng);
        time_ns += (int64_t)rng_below(&rng, rng_below(&rng, 40) == 0 ? 200 : 8) * SECOND;
        const double b = price * (1 + premium_bps / 1e4);
        const double half = 1e-4 * (0.5 + rng_uniform(&rng));
        series[i] = (struct tick){
            .time_ns = time_ns,
            .bid_a = price * (1 - half),
            .ask_a = price * (1 + half),
            .bid_b = b * (1 - half),
            .ask_b = b * (1 + half),
            .krw_per_usd = 1,
        };
        if (rng_below(&rng, 25) == 0) {
            series[i].ask_a = series[i].bid_a;
        }
    }
}

static void replay_rows(struct replay *replay, const struct engine_params *params,
                        const struct tick *ticks, size_t count)
{
    replay_init(replay, params);
    for (size_t i = 0; i < count; i++) {
        replay_step(replay, &ticks[i]);
    }
}

/* The first rows alone gave what had closed that far into the whole, and nothing else. */
static void check_prefix(size_t rows)
{
    assert_true(other.closed_count <= whole.closed_count);
    assert_memory_equal(other.closed, whole.closed,
                        (size_t)other.closed_count * sizeof other.closed[0]);
    for (int32_t i = other.closed_count; i < whole.closed_count; i++) {
        assert_true(whole.closed[i].close_ns >= series[rows - 1].time_ns);
    }
}

/* Goal: the engine does not look ahead: the first k rows alone give exactly the trades that
 * had closed k rows into the whole. */
static void knows_nothing_of_later_rows(void **state)
{
    int64_t trades[ENGINE_PROFILE_LAST + 1] = {0};
    for (uint64_t run = 0; run < (ENGINE_PROFILE_LAST + 1) * SEEDS; run++) {
        const enum engine_profile profile = (enum engine_profile)(run / SEEDS);
        const struct engine_params params = with_every_exit(base_params(profile));
        make_series(run % SEEDS);
        replay_rows(&whole, &params, series, ROWS);
        trades[profile] += whole.closed_count;
        for (size_t rows = 1; rows < ROWS; rows += 97) {
            replay_rows(&other, &params, series, rows);
            check_prefix(rows);
        }
    }
    for (int profile = 0; profile <= ENGINE_PROFILE_LAST; profile++) {
        assert_true(trades[profile] > 100); /* else nothing was shown */
    }
}

/* Goal: the whole state is the engine's value and the open trades: going on from copies of them
 * gives the same trades. */
static void goes_on_from_a_copy(void **state)
{
    const struct engine_params params = with_every_exit(base_params(ENGINE_EXACT));
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        make_series(seed);
        replay_rows(&whole, &params, series, ROWS);
        replay_rows(&other, &params, series, ROWS / 2);
        static struct replay resumed;
        replay_init(&resumed, &params);
        resumed.engine = other.engine;
        resumed.open_count = other.open_count;
        resumed.opened = other.opened;
        memcpy(resumed.open, other.open, (size_t)other.open_count * sizeof other.open[0]);
        for (size_t i = ROWS / 2; i < ROWS; i++) {
            replay_step(&resumed, &series[i]);
        }
        assert_int_equal(resumed.closed_count + other.closed_count, whole.closed_count);
        assert_memory_equal(resumed.closed, whole.closed + other.closed_count,
                            (size_t)resumed.closed_count * sizeof resumed.closed[0]);
    }
}

static struct tick mirror_of(const struct tick *tick)
{
    struct tick mirror = *tick;
    mirror.bid_a = tick->bid_b;
    mirror.ask_a = tick->ask_b;
    mirror.bid_b = tick->bid_a;
    mirror.ask_b = tick->ask_a;
    return mirror;
}

static void make_mirror(struct engine_params *params)
{
    const double fee_a_bps = params->taker_fee_a_bps;
    params->taker_fee_a_bps = params->taker_fee_b_bps;
    params->taker_fee_b_bps = fee_a_bps;
    for (size_t i = 0; i < ROWS; i++) {
        mirrored[i] = mirror_of(&series[i]);
    }
}

/* The same trades at the same times for the same reasons, on the other side. */
static void check_mirrored(void)
{
    assert_int_equal(whole.closed_count, other.closed_count);
    assert_int_equal(whole.open_count, other.open_count);
    for (int32_t i = 0; i < whole.closed_count; i++) {
        const struct trade *trade = &whole.closed[i];
        const struct trade *mirror = &other.closed[i];
        assert_int_not_equal(trade->side, mirror->side);
        assert_int_equal(trade->id, mirror->id);
        assert_int_equal(trade->exit, mirror->exit);
        assert_int_equal(trade->open_ns, mirror->open_ns);
        assert_int_equal(trade->close_ns, mirror->close_ns);
    }
}

/* Goal: swapping the venues mirrors the sides, exactly in compat: each entry spread is divided
 * by what its own side buys at. */
static void mirrors_exactly_in_compat(void **state)
{
    const enum engine_profile profiles[] = {ENGINE_COMPAT_D37, ENGINE_COMPAT_D45};
    for (size_t k = 0; k < LEN(profiles); k++) {
        int64_t trades = 0;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            struct engine_params params = base_params(profiles[k]);
            make_series(seed);
            replay_rows(&whole, &params, series, ROWS);
            make_mirror(&params);
            replay_rows(&other, &params, mirrored, ROWS);
            check_mirrored();
            for (int32_t i = 0; i < whole.closed_count; i++) {
                check_near(other.closed[i].entry_spread_bps, whole.closed[i].entry_spread_bps,
                           0);
                /* One sum of three, in the other order of its first two. */
                check_near(engine_settle(&params, &other.closed[i]).pnl_usd,
                           engine_settle(&whole.params, &whole.closed[i]).pnl_usd, 1e-12);
            }
            trades += whole.closed_count;
        }
        assert_true(trades > 100);
    }
}

/* A premium that jumps between three levels, so that every threshold is cleared by far: away by
 * 60 to 66 bps, where an entry needs about 5 + 12 + 2, and back to 0 +- 3, where the exit line
 * is at 20. */
static void make_clear_series(uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed, rng_salt("clear"));
    for (size_t i = 0; i < ROWS; i++) {
        const double level_bps = 63.0 * ((double)rng_below(&rng, 3) - 1);
        const double premium_bps = level_bps + 6 * rng_uniform(&rng) - 3;
        const double a = 100 * (1 - premium_bps / 2e4);
        const double b = 100 * (1 + premium_bps / 2e4);
        series[i] = (struct tick){(int64_t)i * SECOND, a * (1 - 5e-5), a * (1 + 5e-5),
                                  b * (1 - 5e-5),      b * (1 + 5e-5), 1};
    }
}

/* Goal: in `exact` the premium is divided by A's price alone, so the mirror holds to second
 * order: 63 bps seen from B are 62.6. Sides, times and reasons mirror where no threshold is
 * near. */
static void mirrors_in_exact_far_from_thresholds(void **state)
{
    int64_t trades = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct engine_params params = base_params(ENGINE_EXACT);
        params.exit_spread_bps = 20;
        make_clear_series(seed);
        replay_rows(&whole, &params, series, ROWS);
        make_mirror(&params);
        replay_rows(&other, &params, mirrored, ROWS);
        check_mirrored();
        for (int32_t i = 0; i < whole.closed_count; i++) {
            check_near(other.closed[i].net_edge_bps, whole.closed[i].net_edge_bps, 0.02);
        }
        trades += whole.closed_count;
    }
    assert_true(trades > 100);
}

/* Goal: worse fees or fx cost never raise the PnL of the same trades. */
static void earns_no_more_at_worse_costs(void **state)
{
    const struct engine_params params = with_every_exit(base_params(ENGINE_EXACT));
    const struct trade_costs base = engine_costs(&params);
    const struct trade_costs worse[] = {
        {base.fee_a_bps + 1, base.fee_b_bps, base.slippage_bps, 0},
        {base.fee_a_bps, base.fee_b_bps + 1, base.slippage_bps, 0},
        {base.fee_a_bps, base.fee_b_bps, base.slippage_bps, 1},
    };
    int64_t trades = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        make_series(seed);
        replay_rows(&whole, &params, series, ROWS);
        for (int32_t i = 0; i < whole.closed_count; i++) {
            const struct trade *trade = &whole.closed[i];
            const double pnl_usd = trade_settle(trade, &base).pnl_usd;
            for (size_t k = 0; k < LEN(worse); k++) {
                assert_true(trade_settle(trade, &worse[k]).pnl_usd < pnl_usd);
            }
        }
        trades += whole.closed_count;
    }
    assert_true(trades > 100);
}

/* Goal: the parts of a result are the whole: gross = price - slippage + fx, and pnl = gross -
 * fees - fx cost, of every trade of either side. */
static void splits_add_up(void **state)
{
    struct engine_params params = with_every_exit(base_params(ENGINE_EXACT));
    params.fx_cost_bps = 0.5;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        make_series(seed);
        replay_rows(&whole, &params, series, ROWS);
        for (int32_t i = 0; i < whole.closed_count; i++) {
            const struct trade_result got = engine_settle(&params, &whole.closed[i]);
            check_near(got.price_usd - got.slippage_usd + got.fx_usd, got.gross_usd, 1e-12);
            check_near(got.gross_usd - got.fees_usd - got.fx_cost_usd, got.pnl_usd, 1e-12);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_nothing_of_later_rows),
        cmocka_unit_test(goes_on_from_a_copy),
        cmocka_unit_test(mirrors_exactly_in_compat),
        cmocka_unit_test(mirrors_in_exact_far_from_thresholds),
        cmocka_unit_test(earns_no_more_at_worse_costs),
        cmocka_unit_test(splits_add_up),
    };
    return cmocka_run_group_tests_name("core/engine_properties", tests, NULL, NULL);
}
