#include "support/check.h"

#include "base/clock.h"
#include "base/hash.h"
#include "run/setup.h"
#include "support/dice.h"
#include "venue/paper.h"

/* What holds whatever happens (SAFETY.md 3.9): a session on the simulated market and the paper
 * venue, with feed and order faults and an operator who presses every button, without a runner
 * between them. */

enum { EVENTS = 30000, ACTIONS_MAX = 2048, SUBMITS_MAX = 256 };

struct world {
    struct config config;
    struct setup setup;
    struct source *source;
    struct venue_port *venue;
    struct session *session;
    void *storage;
    struct dice dice;
    struct action actions[ACTIONS_MAX];
    struct order sends[SUBMITS_MAX];
    int32_t sends_count;
    bool spot_opened[SESSION_PAIRS_MAX];
    uint64_t last_client_id;
    /* how often each was seen */
    int64_t opened, closed, entries, repairs, unknown, decisions, replayed, level, revisions;
    double realized_usd;
    struct hash_stream *trace; /* of every action so far, byte by byte */
};

static void load(struct world *w, uint64_t seed)
{
    struct err err = {0};
    struct text report = text_growing();
    size_t length = 0;
    const char *yaml = config_paper_yaml(&length);
    char source[32];
    config_defaults(&w->config);
    if (!config_load_text(&w->config, "paper.yaml", yaml, length, &report, &err)) {
        fail_msg("%s", err.text);
    }
    text_finish(&report);
    /* Cheap enough to trade all the time, on a venue that misbehaves all the time. */
    w->config.engine.min_spread_bps = 0;
    w->config.engine.taker_fee_a_bps = 0.5;
    w->config.engine.taker_fee_b_bps = 0.5;
    w->config.engine.slippage_bps = 0.1;
    w->config.engine.max_open_trades = 3;
    w->config.engine.baseline_warmup_s = 0;
    w->config.engine.take_profit_bps = 2;
    w->config.engine.stop_loss_bps = 20;
    w->config.engine.max_hold_s = 60;
    w->config.engine.cooldown_s = 0;
    /* Every other world trades more than the books hold: fills in parts. */
    const double size_usd = seed % 2 == 0 ? 1000 : 15000;
    w->config.engine.max_position_usd = size_usd;
    w->config.risk_limits.notional_per_trade_usd = size_usd * 1.1;
    w->config.risk_limits.gross_exposure_usd = size_usd * 100;
    w->config.risk_limits.unhedged_usd = size_usd;
    w->config.risk_limits.open_trades = 20;
    w->config.risk_limits.day_loss_usd = 1e6;
    w->config.risk_limits.rolling_loss_usd = 1e6;
    w->config.risk_limits.session_loss_usd = seed % 8 == 3 ? 200 : 1e6; /* some stop early */
    w->config.risk_limits.drawdown_pct = 90;
    w->config.paper.coin_usd = 500000;
    w->config.paper.krw = 1e9;
    w->config.paper.reject_probability = 0.05;
    w->config.paper.delay_probability = seed % 4 < 2 ? 0.05 : 0;
    w->config.market.faults = seed % 4 < 2;
    w->config.risk_limits.orders_per_min = 1e6;
    w->config.risk_limits.orders_per_hour = 1e6;
    w->config.risk_limits.session_losses_in_row = 1e6;
    w->config.risk_limits.pair_losses_in_row = 1e6;
    snprintf(source, sizeof source, "simulated:%d", (int)seed);
    const struct setup_request request = {
        .source = source, .config = &w->config, .start_ns = INT64_C(1700000000000000000)};
    if (!setup_make(&w->setup, &request, &err) ||
        !setup_open_source(&w->setup, &w->source, &err)) {
        fail_msg("%s", err.text);
    }
}

static void open_world(struct world *w, uint64_t seed)
{
    memset(w, 0, sizeof *w);
    load(w, seed);
    w->dice = (struct dice){seed};
    w->trace = hash_stream_create();
    w->venue = venue_paper_create(&w->setup.venue);
    w->storage = test_malloc(session_size(&w->setup.session));
    w->session = session_init(w->storage, &w->setup.session, 0);
    session_set_gate(w->session, &(struct guard_gate){.armed = true});
    assert_true(session_actions_max(&w->setup.session) <= ACTIONS_MAX);
}

static void close_world(struct world *w)
{
    hash_stream_destroy(w->trace);
    source_close(w->source);
    w->venue->ops->close(w->venue);
    test_free(w->storage);
}

static void show(struct world *w, const struct event *event)
{
    switch (event->kind) {
    case EVENT_BOOK:
        venue_paper_show_book(w->venue, event->pair, event->book.venue, &event->book.book,
                              event->time_ns);
        break;
    case EVENT_FX:
        venue_paper_show_fx(w->venue, event->fx.krw_per_usd);
        break;
    case EVENT_MARK:
        venue_paper_show_mark(w->venue, event->pair, event->mark.price);
        break;
    case EVENT_FAULT:
        venue_paper_fault(w->venue, event->pair, event->fault.venue, event->fault.kind,
                          event->fault.delay_ns);
        break;
    default:
        break;
    }
}

static void open_spots(struct world *w)
{
    struct err err = {0};
    for (int32_t i = 0; i < w->setup.session.pairs_count; i++) {
        if (!w->spot_opened[i] && session_pair(w->session, i)->coin_opened) {
            const struct ledger_spot *spot = &session_ledger(w->session)->spot[i];
            w->spot_opened[i] = true;
            assert_true(venue_paper_open_spot(w->venue, i, spot->quantity, spot->cost, &err));
        }
    }
}

/* Money that went in and out of the perps, however it was averaged. */
static int64_t perp_flow(const struct ledger *ledger)
{
    int64_t flow = ledger->usdt.realized_gross;
    for (int32_t i = 0; i < LEDGER_PAIRS_MAX; i++) {
        const struct ledger_perp *perp = &ledger->perp[i];
        flow += perp->quantity < 0 ? perp->entry_value : -perp->entry_value;
    }
    return flow;
}

/* With nothing on its way both sides have the same books: only the venue locks margin. A fill
 * that was told late was booked in another order, which moves average costs and nothing else.
 */
static void compare_ledgers(const struct world *w)
{
    const struct ledger *ours = session_ledger(w->session);
    const struct ledger *theirs = venue_paper_ledger(w->venue);
    assert_int_equal(ours->krw.cash, theirs->krw.cash);
    assert_int_equal(ours->krw.fees, theirs->krw.fees);
    assert_int_equal(ours->usdt.fees, theirs->usdt.fees);
    assert_int_equal(ours->usdt.funding_paid, theirs->usdt.funding_paid);
    assert_int_equal(perp_flow(ours), perp_flow(theirs));
    for (int32_t i = 0; i < LEDGER_PAIRS_MAX; i++) {
        assert_int_equal(ours->spot[i].quantity, theirs->spot[i].quantity);
        assert_int_equal(ours->perp[i].quantity, theirs->perp[i].quantity);
    }
    if (w->unknown == 0) {
        assert_memory_equal(&ours->krw, &theirs->krw, sizeof ours->krw);
        assert_memory_equal(ours->spot, theirs->spot, sizeof ours->spot);
        assert_memory_equal(ours->perp, theirs->perp, sizeof ours->perp);
        assert_int_equal(ours->usdt.cash, theirs->usdt.cash + theirs->usdt.locked);
    }
}

static bool is_quiet(const struct world *w)
{
    return session_orders_open(w->session) == 0 && w->sends_count == 0 &&
           w->venue->ops->next_due_ns(w->venue) == INT64_MAX;
}

static void check_books(struct world *w)
{
    assert_true(ledger_balances(session_ledger(w->session)));
    assert_true(ledger_balances(venue_paper_ledger(w->venue)));
    const struct summary *summary = session_summary(w->session);
    assert_int_equal(summary->opened, w->opened);
    assert_int_equal(summary->closed, w->closed);
    check_near(summary->realized_usd, w->realized_usd, 1e-9);
    if (is_quiet(w)) {
        compare_ledgers(w);
        w->level++;
    }
}

/* SAFETY 3.9, 20: what was asked and what the guard remembered give the same envelope again. */
static void replay(struct world *w, const struct guard *before, const struct guard_gate *gate,
                   const struct guard_decision *decision)
{
    struct guard guard = *before;
    struct guard_decision again;
    guard_expire(&guard, decision->candidate.time_ns);
    guard.decisions = decision->number - 1;
    guard_decide(&guard, &w->setup.session.limits, gate, &decision->candidate, &again);
    assert_memory_equal(&again, decision, sizeof again);
    w->replayed++;
}

static void take_submit(struct world *w, const struct order *order)
{
    const struct guard_gate *gate = session_gate(w->session);
    assert_true(order->client_id > w->last_client_id); /* never used twice */
    w->last_client_id = order->client_id;
    w->repairs += order->class == ORDER_REPAIR;
    if (order->class == ORDER_ENTRY) {
        assert_true(gate->armed && !gate->killed && !gate->paused);
        assert_false(session_guard(w->session)->stopped);
        w->entries++;
    }
    assert_true(w->sends_count < SUBMITS_MAX);
    w->sends[w->sends_count++] = *order;
}

static void take_trade(struct world *w, const struct action *action)
{
    if (action->trade.trade.id > (uint64_t)w->opened) {
        assert_int_equal(action->trade.trade.id, w->opened + 1); /* in opening order, no gaps */
        w->opened++;
    }
    if (action->trade.change == TRADE_CHANGE_CLOSED) {
        w->closed++;
        w->realized_usd += action->trade.result.pnl_usd;
    }
}

static void take_actions(struct world *w, const struct action_list *list)
{
    const int64_t now_ns = session_time_ns(w->session);
    for (size_t i = 0; i < list->count; i++) {
        const struct action *action = &list->actions[i];
        switch (action->kind) {
        case ACTION_SUBMIT:
            take_submit(w, &action->order);
            break;
        case ACTION_CANCEL:
            w->venue->ops->cancel_order(w->venue, action->client_id, now_ns);
            break;
        case ACTION_QUERY:
            w->venue->ops->get_order_status(w->venue, action->client_id, now_ns);
            break;
        case ACTION_TRADE:
            take_trade(w, action);
            break;
        case ACTION_DECISION:
            w->decisions++;
            break;
        case ACTION_STATE:
            break;
        }
    }
}

static void step(struct world *w, const struct event *event)
{
    const struct guard before = *session_guard(w->session);
    const struct guard_gate gate = *session_gate(w->session);
    struct action_list list = {.capacity = session_actions_max(&w->setup.session),
                               .actions = w->actions};
    session_step(w->session, event, &list);
    open_spots(w);
    hash_stream_add(w->trace, w->actions, list.count * sizeof w->actions[0]);
    w->unknown += event->kind == EVENT_REPORT && event->report.kind == REPORT_UNKNOWN;
    const bool fresh = list.count > 0 && list.actions[0].kind == ACTION_DECISION;
    if (fresh && event->kind == EVENT_BOOK) { /* nothing was counted before it in this step */
        replay(w, &before, &gate, &list.actions[0].decision);
    }
    take_actions(w, &list);
}

/* Sends what was decided, and tells what comes back, until the moment is over. */
static void cycle(struct world *w, const struct event *event)
{
    show(w, event);
    step(w, event);
    for (int round = 0; round < 64; round++) {
        struct event report = {.kind = EVENT_REPORT, .pair = -1};
        const int64_t now_ns = session_time_ns(w->session);
        while (w->venue->ops->next_report(w->venue, now_ns, &report.report, &report.time_ns)) {
            step(w, &report);
        }
        const int32_t count = w->sends_count;
        w->sends_count = 0;
        for (int32_t i = 0; i < count; i++) {
            w->venue->ops->create_order(w->venue, &w->sends[i], now_ns);
        }
        if (count == 0) {
            break;
        }
    }
    check_books(w);
}

static void pass_time(struct world *w, int64_t time_ns)
{
    const struct event timer = {.kind = EVENT_TIMER, .pair = -1, .time_ns = time_ns};
    cycle(w, &timer);
}

static void act(struct world *w, enum operator_verb verb)
{
    struct event event = {
        .kind = EVENT_COMMAND, .pair = -1, .time_ns = session_time_ns(w->session)};
    event.command.verb = verb;
    event.command.trade_id = (uint64_t)w->opened;
    cycle(w, &event);
}

/* Other exits, another level, other places. */
static void revise(struct world *w)
{
    struct event event = {
        .kind = EVENT_REVISION, .pair = -1, .time_ns = session_time_ns(w->session)};
    struct engine_params *params = &event.revision.params;
    *params = *session_params(w->session);
    params->take_profit_bps = dice_between(&w->dice, 0, 2) == 0 ? NAN : 2;
    params->max_hold_s = 20 * (double)dice_between(&w->dice, 1, 5);
    params->baseline_tau_s = 7200 * (double)dice_between(&w->dice, 0, 2);
    params->max_open_trades = (int32_t)dice_between(&w->dice, 1, 3);
    w->revisions += session_revision_fault(w->session, params) == NULL;
    cycle(w, &event);
    assert_int_equal(session_revision(w->session), w->revisions);
}

/* Bars entries one time in 400, and opens them again soon. */
static void press_a_button(struct world *w)
{
    static const enum operator_verb often[] = {OPERATOR_RELEASE, OPERATOR_ARM, OPERATOR_RESUME};
    static const enum operator_verb seldom[] = {OPERATOR_KILL, OPERATOR_DISARM, OPERATOR_PAUSE,
                                                OPERATOR_CLOSE, OPERATOR_FLATTEN};
    const int64_t dice = dice_between(&w->dice, 0, 399);
    if (dice < 10) {
        const enum operator_verb verb = often[dice % 3];
        if (verb != OPERATOR_RELEASE || session_gate(w->session)->killed) {
            act(w, verb);
        }
    } else if (dice == 10) {
        act(w, seldom[dice_between(&w->dice, 0, 4)]);
    } else if (dice == 11) {
        revise(w);
    }
}

/* What is due at the venue before the source's next event comes first. */
static void catch_up(struct world *w, int64_t time_ns)
{
    for (;;) {
        const int64_t due_ns = w->venue->ops->next_due_ns(w->venue);
        if (due_ns > time_ns || due_ns < session_time_ns(w->session)) {
            return;
        }
        pass_time(w, due_ns);
    }
}

static void restore(struct world *w)
{
    const size_t size = session_size(&w->setup.session);
    void *copy = test_malloc(size);
    memcpy(copy, w->storage, size);
    test_free(w->storage);
    w->storage = copy;
    assert_true(session_restore(copy, size, &w->setup.session, &w->session));
}

/* When the session goes through its bytes, as after a crash. */
enum restores { NO_RESTORE, RESTORE_WHEN_QUIET, RESTORE_ALWAYS };

static void run_events(struct world *w, enum restores restores)
{
    struct err err = {0};
    struct event event;
    for (int i = 0; i < EVENTS; i++) {
        if (w->source->ops->next(w->source, &event, &err) != SOURCE_EVENT) {
            fail_msg("%s", err.text);
        }
        event.day = (int32_t)(event.time_ns / (86400 * CLOCK_NS_PER_S));
        if (event.kind != EVENT_HISTORY) {
            catch_up(w, event.time_ns);
        }
        if (event.kind == EVENT_FUNDING) {
            event.funding.booked = true;
            assert_true(venue_paper_fund(w->venue, event.pair, event.funding.price,
                                         event.funding.rate, &event.funding.booked_units,
                                         &err));
        }
        cycle(w, &event);
        if (event.kind != EVENT_HISTORY) {
            press_a_button(w);
        }
        const bool quiet = session_orders_open(w->session) == 0;
        if (i % 7 == 0 && (restores == RESTORE_ALWAYS || (restores != NO_RESTORE && quiet))) {
            restore(w);
        }
    }
}

static int32_t open_trades(const struct world *w)
{
    int32_t all = 0;
    for (int32_t pair = 0; pair < w->setup.session.pairs_count; pair++) {
        int32_t count = 0;
        (void)session_trades(w->session, pair, &count);
        all += count;
    }
    return all;
}

static void close_everything(struct world *w)
{
    act(w, OPERATOR_STOP);
    act(w, OPERATOR_FLATTEN);
    for (int i = 0; i < 600 && (open_trades(w) > 0 || !is_quiet(w)); i++) {
        pass_time(w, session_time_ns(w->session) + CLOCK_NS_PER_S);
    }
    assert_int_equal(open_trades(w), 0);
    assert_true(is_quiet(w));
    check_near(session_unhedged_usd(w->session, &(int64_t){0}), 0, 0);
}

/* Goal: identity, equal books, no entry behind a closed gate, fresh ids, true sums, envelopes
 * that can be replayed: after every event; and in the end everything can be closed. */
static void it_all_holds_after_every_event(void **state)
{
    static struct world w;
    int64_t closed = 0, entries = 0, repairs = 0, unknown = 0, replayed = 0, level = 0;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        open_world(&w, seed);
        run_events(&w, NO_RESTORE);
        close_everything(&w);
        print_message("# seed %d: %d trades, %d repairs, %d unknown, %d replayed, %d level\n",
                      (int)seed, (int)w.closed, (int)w.repairs, (int)w.unknown, (int)w.replayed,
                      (int)w.level);
        closed += w.closed;
        repairs += w.repairs;
        unknown += w.unknown;
        entries += w.entries;
        replayed += w.replayed;
        level += w.level;
        close_world(&w);
    }
    assert_true(closed > 50 && entries > 100 && replayed > 50 && level > 1000);
    assert_true(repairs > 10 && unknown > 10);
}

/* Goal: the same of a session that is cut while its orders are out: they become questions, are
 * never sent again, and every one of them ends. */
static void it_holds_through_restarts(void **state)
{
    static struct world w;
    for (uint64_t seed = 21; seed <= 22; seed++) {
        open_world(&w, seed);
        run_events(&w, RESTORE_ALWAYS);
        close_everything(&w);
        assert_true(w.closed > 20);
        close_world(&w);
    }
}

/* Goal: same events, same bytes; and a session that went through its bytes on the way too. */
static void the_same_events_give_the_same_bytes(void **state)
{
    static struct world w;
    char traces[3][HASH_XXH3_TEXT_SIZE];
    static const enum restores restores[] = {NO_RESTORE, NO_RESTORE, RESTORE_WHEN_QUIET};
    for (size_t i = 0; i < LEN(traces); i++) {
        open_world(&w, 9);
        run_events(&w, restores[i]);
        assert_true(w.closed > 5);
        hash_stream_text(w.trace, traces[i]);
        close_world(&w);
    }
    assert_string_equal(traces[0], traces[1]);
    assert_string_equal(traces[0], traces[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_all_holds_after_every_event),
        cmocka_unit_test(it_holds_through_restarts),
        cmocka_unit_test(the_same_events_give_the_same_bytes),
    };
    return cmocka_run_group_tests_name("run/properties", tests, NULL, NULL);
}
