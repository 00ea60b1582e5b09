#include "revision_case.h"

#include <stddef.h>
#include <string.h>

/* Other parameters while a session runs: what is open keeps its own. */

/* A row whose premium is about p, two bps wide, and its orders filled. */
static void premium_row(struct fixture *f, double premium_bps)
{
    const double b = 99.995 * (1 + premium_bps / 1e4);
    row(f, 99990, 100000, b - 0.005, b + 0.005);
    answer_all(f, NULL);
}

static const struct trade *trade_at(const struct fixture *f, int32_t index)
{
    int32_t count = 0;
    const struct trade *trades = session_trades(f->session, 0, &count);
    assert_true(index < count);
    return &trades[index];
}

/* Goal: the exit of the issue. Trade 1 converges at 0 bps; from the revision on it is 50 bps:
 * at 40 bps trade 2 goes and trade 1 stays, at -0.5 it goes too. */
static void an_open_trade_keeps_its_exits(void **state)
{
    struct fixture f;
    const struct session_config config = config_for(2);
    open_fixture(&f, &config);
    premium_row(&f, 101);
    struct engine_params params = *session_params(f.session);
    params.exit_spread_bps = 50;
    params.min_spread_bps = 60; /* 101 - 2 - 20 = 79 are enough, 40 - 22 are not */
    revise(&f, &params);
    assert_int_equal(find(&f, ACTION_STATE, 0)->state.change, STATE_REVISED);
    assert_int_equal(session_revision(f.session), 1);
    premium_row(&f, 101);
    assert_int_equal(trades_count(&f), 2);
    double level_bps;
    check_near(session_trade_params(f.session, 0, 0, &level_bps)->exit_spread_bps, 0, 0);
    check_near(session_trade_params(f.session, 0, 1, &level_bps)->exit_spread_bps, 50, 0);

    premium_row(&f, 40);
    assert_int_equal(trades_count(&f), 1);
    assert_int_equal(trade_at(&f, 0)->id, 1);
    premium_row(&f, -0.5);
    assert_int_equal(trades_count(&f), 0);
    close_fixture(&f);
}

/* Goal: stop_loss, take_profit and max_hold are the trade's own too, also against "off". A new
 * trade that would close now pays 20 bps of fees and 2 of books. Rows are 60 s apart. */
static void every_exit_is_the_trades_own(void **state)
{
    static const struct {
        const char *name;
        size_t offset;
        double own, later;
        double premium_bps; /* of a row that makes `own` close it */
        enum trade_exit exit;
    } cases[] = {
        {"stop loss", offsetof(struct engine_params, stop_loss_bps), 60, NAN, 160,
         TRADE_EXIT_STOP_LOSS},
        {"take profit", offsetof(struct engine_params, take_profit_bps), 20, NAN, 50,
         TRADE_EXIT_TAKE_PROFIT},
        {"max hold", offsetof(struct engine_params, max_hold_s), 60, NAN, 101,
         TRADE_EXIT_MAX_HOLD},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        print_message("# %s\n", cases[i].name);
        for (int was_set = 0; was_set <= 1; was_set++) {
            struct fixture f;
            struct session_config config = config_for(1);
            struct engine_params later = config.engine;
            *(double *)((char *)&config.engine + cases[i].offset) =
                was_set == 1 ? cases[i].own : cases[i].later;
            *(double *)((char *)&later + cases[i].offset) =
                was_set == 1 ? cases[i].later : cases[i].own;
            later.min_spread_bps = 1000; /* no second trade in the way */
            open_fixture(&f, &config);
            premium_row(&f, 101);
            revise(&f, &later);
            row(&f, 99990, 100000, 99.995 * (1 + cases[i].premium_bps / 1e4) - 0.005,
                99.995 * (1 + cases[i].premium_bps / 1e4) + 0.005);
            assert_int_equal(find(&f, ACTION_SUBMIT, 0) != NULL, was_set);
            answer_all(&f, NULL);
            const struct action *closed = find(&f, ACTION_TRADE, 0);
            assert_int_equal(trades_count(&f), 1 - was_set);
            assert_int_equal(closed != NULL, was_set);
            if (closed != NULL) {
                assert_int_equal(closed->trade.trade.exit, cases[i].exit);
            }
            close_fixture(&f);
        }
    }
}

/* Goal: places are counted over all revisions; one that an older trade leaves counts at once;
 * fewer places than trades open nothing until enough are gone. */
static void places_are_shared(void **state)
{
    struct fixture f;
    const struct session_config config = config_for(2);
    open_fixture(&f, &config);
    premium_row(&f, 101);
    struct engine_params params = *session_params(f.session);
    params.exit_spread_bps = -1000;
    revise(&f, &params);
    premium_row(&f, 101);
    premium_row(&f, 101);
    assert_int_equal(trades_count(&f), 2);
    /* -130 bps: trade 1 converged, its place takes the other side's edge of 108. */
    premium_row(&f, -130);
    assert_int_equal(trades_count(&f), 2);
    assert_int_equal(trade_at(&f, 0)->id, 2);
    assert_int_equal(trade_at(&f, 1)->id, 3);

    params.max_open_trades = 1;
    params.exit_spread_bps = 0;
    revise(&f, &params);
    premium_row(&f, 120);
    assert_int_equal(trades_count(&f), 2); /* both keep their exit at -1000 */
    struct event close = {.kind = EVENT_COMMAND, .pair = -1, .time_ns = f.now_ns};
    close.command.verb = OPERATOR_CLOSE;
    for (uint64_t id = 2; id <= 3; id++) {
        close.command.trade_id = id;
        step(&f, &close);
        answer_all(&f, NULL);
        premium_row(&f, 120);
        assert_int_equal(trades_count(&f), 1); /* 3 alone, then 4 in the place of both */
    }
    assert_int_equal(trade_at(&f, 0)->id, 4);
    close_fixture(&f);
}

/* Goal: a pause after a bad exit bars entries, so the present revision says how long: none
 * before, 180 s now. Rows are 60 s apart: opened, held for 60 s, then three rows of pause. */
static void the_pause_is_the_present_one(void **state)
{
    struct fixture f;
    struct session_config config = config_for(1);
    config.engine.max_hold_s = 60;
    open_fixture(&f, &config);
    premium_row(&f, 101);
    struct engine_params params = *session_params(f.session);
    params.cooldown_s = 180;
    revise(&f, &params);
    static const int open[] = {0, 0, 0, 1};
    for (size_t i = 0; i < LEN(open); i++) {
        premium_row(&f, 101);
        assert_int_equal(trades_count(&f), open[i]);
    }
    close_fixture(&f);
}

/* Goal: a trade goes back to the level it was opened against. At tau 0 that is 0 bps. With a
 * moving level from the revision on, the first premium it sees, 101, is that level: it would be
 * convergence itself. */
static void the_level_is_the_trades_own(void **state)
{
    struct fixture f;
    const struct session_config config = config_for(2);
    open_fixture(&f, &config);
    premium_row(&f, 101);
    struct engine_params params = *session_params(f.session);
    params.baseline_tau_s = 600;
    revise(&f, &params);
    premium_row(&f, 101);
    assert_int_equal(trades_count(&f), 1);
    double level_bps;
    (void)session_trade_params(f.session, 0, 0, &level_bps);
    check_near(level_bps, 0, 0);
    check_near(session_pair(f.session, 0)->baseline_bps, 101, 1e-6);
    assert_true(session_pair(f.session, 0)->warmup_left_ns == INT64_C(600000000000));
    premium_row(&f, -0.5);
    assert_int_equal(trades_count(&f), 0);
    close_fixture(&f);
}

/* Goal: what is the venue's, the world's or the run's is refused by name, and nothing moves. */
static void refuses_what_is_no_choice(void **state)
{
    static const struct {
        const char *name;
        double value;
        size_t offset;
    } cases[] = {
        {"taker_fee_a_bps", 4, offsetof(struct engine_params, taker_fee_a_bps)},
        {"taker_fee_b_bps", 4, offsetof(struct engine_params, taker_fee_b_bps)},
        {"slippage_bps", 1, offsetof(struct engine_params, slippage_bps)},
        {"fx_cost_bps", 1, offsetof(struct engine_params, fx_cost_bps)},
        {"fx_rate", 1300, offsetof(struct engine_params, fx_rate)},
        {"initial_balance_usd", 5, offsetof(struct engine_params, initial_balance_usd)},
        {"stop_on_drawdown_pct", 5, offsetof(struct engine_params, stop_on_drawdown_pct)},
        {"max_position_usd", 1101, offsetof(struct engine_params, max_position_usd)},
        {"max_position_usd", 0, offsetof(struct engine_params, max_position_usd)},
        {"min_spread_bps", -1, offsetof(struct engine_params, min_spread_bps)},
    };
    struct session_config config = config_for(2);
    config.limits.notional_per_trade_usd = 1100;
    struct fixture f;
    open_fixture(&f, &config);
    premium_row(&f, 101);
    for (size_t i = 0; i < LEN(cases); i++) {
        struct engine_params params = config.engine;
        *(double *)((char *)&params + cases[i].offset) = cases[i].value;
        const char *fault = session_revision_fault(f.session, &params);
        assert_non_null(fault);
        assert_memory_equal(fault, cases[i].name, strlen(cases[i].name));
        revise(&f, &params);
        assert_int_equal(f.list.count, 0);
        assert_int_equal(session_revision(f.session), 0);
    }
    struct engine_params params = config.engine;
    params.max_open_trades = 3;
    assert_memory_equal(session_revision_fault(f.session, &params), "max_open_trades", 15);
    params = config.engine;
    params.profile = ENGINE_COMPAT_D37;
    assert_memory_equal(session_revision_fault(f.session, &params), "profile", 7);
    params = config.engine;
    params.spot_short = false;
    assert_memory_equal(session_revision_fault(f.session, &params), "spot_short", 10);
    params = config.engine;
    params.max_position_usd = 1100;
    params.max_open_trades = 1;
    assert_null(session_revision_fault(f.session, &params));
    close_fixture(&f);
}

/* Goal: eight earlier revisions can be held, a ninth is refused until a trade lets one go;
 * those that no trade holds take no room. */
static void holds_so_many_revisions_and_no_more(void **state)
{
    struct fixture f;
    const struct session_config config = config_for(SESSION_HELD_MAX + 1);
    open_fixture(&f, &config);
    struct engine_params params = config.engine;
    for (int i = 0; i < 3 * SESSION_HELD_MAX; i++) {
        params.max_hold_s = 1000 + i;
        revise(&f, &params); /* nothing is open: nothing is held */
    }
    for (int i = 0; i <= SESSION_HELD_MAX; i++) {
        premium_row(&f, 101);
        params.max_hold_s = 10000 + i;
        assert_int_equal(session_revision_fault(f.session, &params) == NULL,
                         i < SESSION_HELD_MAX);
        revise(&f, &params);
    }
    assert_int_equal(session_revision(f.session), 4 * SESSION_HELD_MAX);
    struct event close = {.kind = EVENT_COMMAND, .pair = -1, .time_ns = f.now_ns};
    close.command.verb = OPERATOR_CLOSE;
    close.command.trade_id = 4;
    step(&f, &close);
    answer_all(&f, NULL);
    assert_null(session_revision_fault(f.session, &params));
    revise(&f, &params);
    for (int32_t i = 0; i < SESSION_HELD_MAX; i++) {
        double level_bps; /* trades 1-3 and 5-9 have what they had */
        const double own_s = session_trade_params(f.session, 0, i, &level_bps)->max_hold_s;
        const uint64_t id = trade_at(&f, i)->id;
        check_near(own_s, id == 1 ? 1000 + 3 * SESSION_HELD_MAX - 1 : 10000 + (double)id - 2,
                   0);
    }
    close_fixture(&f);
}

/* Goal: a revision is the operator's business whatever bars entries, and opens nothing. */
static void a_killed_session_takes_one(void **state)
{
    struct fixture f;
    const struct session_config config = config_for(2);
    open_fixture(&f, &config);
    command(&f, OPERATOR_KILL);
    struct engine_params params = config.engine;
    params.min_spread_bps = 1;
    revise(&f, &params);
    assert_int_equal(session_revision(f.session), 1);
    assert_true(session_gate(f.session)->killed);
    premium_row(&f, 101);
    assert_int_equal(trades_count(&f), 0);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_trade_keeps_its_exits),
        cmocka_unit_test(every_exit_is_the_trades_own),
        cmocka_unit_test(places_are_shared),
        cmocka_unit_test(the_pause_is_the_present_one),
        cmocka_unit_test(the_level_is_the_trades_own),
        cmocka_unit_test(refuses_what_is_no_choice),
        cmocka_unit_test(holds_so_many_revisions_and_no_more),
        cmocka_unit_test(a_killed_session_takes_one),
    };
    return cmocka_run_group_tests_name("core/session_revision", tests, NULL, NULL);
}
