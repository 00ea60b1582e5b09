#include "revision_case.h"

#include <stdlib.h>
#include <string.h>

/* What must hold of revisions on any market: two sessions on the same random one. */

enum { ROWS = 400, SEEDS = 20 };

static double random_premium(unsigned *dice)
{
    return (double)((int)((unsigned)rand_r(dice) % 3000) - 1500) / 10.0;
}

static void random_row(struct fixture *f, unsigned *dice, struct closed *closed)
{
    const double b = 99.995 * (1 + random_premium(dice) / 1e4);
    row(f, 99990, (unsigned)rand_r(dice) % 20 == 0 ? 99990 : 100000, b - 0.005, b + 0.005);
    answer_all(f, closed);
}

static struct session_config restless(unsigned seed)
{
    struct session_config config = config_for(4);
    config.engine.baseline_tau_s = seed % 2 == 0 ? 3600 : 0;
    config.engine.baseline_warmup_s = 300;
    config.engine.baseline_gap_s = 600;
    config.engine.take_profit_bps = 120;
    config.engine.stop_loss_bps = 90;
    config.engine.max_hold_s = 900;
    config.engine.cooldown_s = 120;
    return config;
}

/* Goal: a revision that changes nothing changes nothing: the same closed trades, the same open
 * ones, the same money and figures, to the bit, though every trade is closed by another engine
 * than the present one. */
static void no_change_changes_nothing(void **state)
{
    static struct closed plain, revised;
    int64_t closed = 0;
    for (unsigned seed = 1; seed <= SEEDS; seed++) {
        const struct session_config config = restless(seed);
        struct fixture f, g;
        unsigned dice_f = seed, dice_g = seed, dice = seed * 7919;
        plain.count = revised.count = 0;
        open_fixture(&f, &config);
        open_fixture(&g, &config);
        for (int i = 0; i < ROWS; i++) {
            random_row(&f, &dice_f, &plain);
            random_row(&g, &dice_g, &revised);
            if ((unsigned)rand_r(&dice) % 4 == 0) {
                revise(&g, &config.engine);
            }
        }
        assert_true(session_revision(g.session) > ROWS / 8);
        assert_int_equal(plain.count, revised.count);
        assert_memory_equal(plain.trades, revised.trades,
                            (size_t)plain.count * sizeof plain.trades[0]);
        assert_memory_equal(plain.results, revised.results,
                            (size_t)plain.count * sizeof plain.results[0]);
        assert_int_equal(trades_count(&f), trades_count(&g));
        assert_memory_equal(session_ledger(f.session), session_ledger(g.session),
                            sizeof(struct ledger));
        assert_memory_equal(session_summary(f.session), session_summary(g.session),
                            sizeof(struct summary));
        closed += plain.count;
        close_fixture(&f);
        close_fixture(&g);
    }
    assert_true(closed > SEEDS * 20); /* else nothing was shown */
}

static struct engine_params quite_different(const struct engine_params *params)
{
    struct engine_params other = *params;
    other.min_spread_bps = 1e6; /* and no further trades, which would move the ids */
    other.baseline_tau_s = params->baseline_tau_s > 0 ? 0 : 7200;
    other.baseline_bps = 300;
    other.baseline_gap_s = 0;
    other.exit_spread_bps = 140;
    other.take_profit_bps = -500;
    other.stop_loss_bps = NAN;
    other.max_hold_s = 1;
    other.cooldown_s = 0;
    return other;
}

/* Goal: whatever the revision is, the trades that were open close at the same moment, for the
 * same reason and with the same profit as if there had been none. */
static void open_trades_close_as_if_there_were_none(void **state)
{
    static struct closed plain, revised;
    int64_t kept = 0;
    for (unsigned seed = 1; seed <= 3 * SEEDS; seed++) {
        const struct session_config config = restless(seed);
        const struct engine_params other = quite_different(&config.engine);
        struct fixture f, g;
        unsigned dice_f = seed, dice_g = seed;
        plain.count = revised.count = 0;
        open_fixture(&f, &config);
        open_fixture(&g, &config);
        for (int i = 0; i < ROWS / 2; i++) {
            random_row(&f, &dice_f, &plain);
            random_row(&g, &dice_g, &revised);
            if (i == 40 + (int)seed) {
                kept += trades_count(&g);
                revise(&g, &other);
                step(&g, &(struct event){.kind = EVENT_TIMER, .pair = -1, .time_ns = g.now_ns});
            }
        }
        assert_int_equal(trades_count(&g), 0);
        const int64_t opened = session_summary(g.session)->opened;
        int32_t same = 0;
        for (int32_t i = 0; i < plain.count; i++) {
            if (plain.trades[i].id > (uint64_t)opened) {
                continue; /* opened after the revision */
            }
            assert_memory_equal(&plain.trades[i], &revised.trades[same], sizeof(struct trade));
            assert_memory_equal(&plain.results[i], &revised.results[same],
                                sizeof(struct trade_result));
            same++;
        }
        assert_int_equal(same, revised.count);
        close_fixture(&f);
        close_fixture(&g);
    }
    assert_true(kept > SEEDS); /* else nothing was shown */
}

/* Goal: the bytes are the whole memory, revisions and what they hold among it. */
static void bytes_keep_revisions(void **state)
{
    static struct closed before, after;
    const struct session_config config = restless(2);
    const struct engine_params other = quite_different(&config.engine);
    struct fixture f, g;
    unsigned dice = 2;
    before.count = after.count = 0;
    open_fixture(&f, &config);
    open_fixture(&g, &config);
    for (int i = 0; i < 100 || trades_count(&f) == 0; i++) {
        random_row(&f, &dice, &before);
    }
    revise(&f, &other);
    memcpy(g.storage, f.storage, session_size(&config));
    assert_true(session_restore(g.storage, session_size(&config), &config, &g.session));
    assert_int_equal(session_revision(g.session), 1);
    check_near(session_params(g.session)->exit_spread_bps, 140, 0);
    g.now_ns = f.now_ns;
    g.fill_id = f.fill_id;
    unsigned dice_g = dice;
    before.count = 0;
    for (int i = 0; i < 100; i++) {
        random_row(&f, &dice, &before);
        random_row(&g, &dice_g, &after);
    }
    assert_true(before.count > 0);
    assert_int_equal(before.count, after.count);
    assert_memory_equal(before.trades, after.trades,
                        (size_t)before.count * sizeof before.trades[0]);
    close_fixture(&f);
    close_fixture(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_change_changes_nothing),
        cmocka_unit_test(open_trades_close_as_if_there_were_none),
        cmocka_unit_test(bytes_keep_revisions),
    };
    return cmocka_run_group_tests_name("core/session_revision_properties", tests, NULL, NULL);
}
