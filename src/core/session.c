#include "core/session.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "session_state.h"

#define NS_PER_MS INT64_C(1000000)

const char *session_mode_name(enum session_mode mode)
{
    static const char *const names[] = {[SESSION_PAPER] = "paper", [SESSION_SHADOW] = "shadow"};
    _Static_assert(sizeof names / sizeof names[0] == SESSION_MODE_LAST + 1, "a name per mode");
    assert(mode >= SESSION_PAPER && mode <= SESSION_MODE_LAST);
    return names[mode];
}

static size_t aligned(size_t size)
{
    const size_t to = _Alignof(max_align_t);
    return (size + to - 1) / to * to;
}

/* Exits under way do not hold a place, so a pair may have as many closing as open trades, as
 * far as the engine can look at them all. */
static int32_t slots_per_pair(const struct session_config *config)
{
    const int32_t wanted = 2 * config->engine.max_open_trades + 2;
    return wanted < ENGINE_TRADES_MAX ? wanted : ENGINE_TRADES_MAX;
}

static int32_t orders_capacity(const struct session_config *config)
{
    const int32_t wanted = config->pairs_count * slots_per_pair(config) * 4 + 16;
    return wanted < SESSION_ORDERS_MAX ? wanted : SESSION_ORDERS_MAX;
}

static size_t slots_count(const struct session_config *config)
{
    return (size_t)config->pairs_count * (size_t)slots_per_pair(config);
}

size_t session_size(const struct session_config *config)
{
    return aligned(sizeof(struct session)) +
           aligned(slots_count(config) * sizeof(struct trade)) +
           aligned(slots_count(config) * sizeof(struct session_slot)) +
           aligned((size_t)orders_capacity(config) * sizeof(struct session_order));
}

size_t session_actions_max(const struct session_config *config)
{
    const size_t per_pair = 2 * (size_t)config->engine.max_open_trades + 16;
    return (size_t)config->pairs_count * per_pair;
}

static unsigned char *after_head(struct session *session)
{
    return (unsigned char *)session + aligned(sizeof *session);
}

struct trade *session_trade_array(struct session *session, int32_t pair)
{
    assert(pair >= 0 && pair < session->config.pairs_count);
    return (struct trade *)(void *)after_head(session) + (size_t)pair * session->slots_per_pair;
}

struct session_slot *session_slot_array(struct session *session, int32_t pair)
{
    assert(pair >= 0 && pair < session->config.pairs_count);
    const size_t trades = aligned(slots_count(&session->config) * sizeof(struct trade));
    return (struct session_slot *)(void *)(after_head(session) + trades) +
           (size_t)pair * session->slots_per_pair;
}

struct session_order *session_order_array(struct session *session)
{
    const size_t count = slots_count(&session->config);
    const size_t before =
        aligned(count * sizeof(struct trade)) + aligned(count * sizeof(struct session_slot));
    return (struct session_order *)(void *)(after_head(session) + before);
}

struct action *session_act(struct action_list *out, enum action_kind kind)
{
    if (out->count == out->capacity) {
        return NULL;
    }
    struct action *action = &out->actions[out->count++];
    memset(action, 0, sizeof *action);
    action->kind = kind;
    return action;
}

size_t session_room(const struct action_list *out)
{
    return out->capacity - out->count;
}

static void act_state(struct action_list *out, enum state_change change)
{
    struct action *action = session_act(out, ACTION_STATE);
    if (action != NULL) {
        action->state.change = change;
        action->state.pair = -1;
    }
}

struct session *session_init(void *storage, const struct session_config *config, int32_t day)
{
    assert(config->pairs_count >= 1 && config->pairs_count <= SESSION_PAIRS_MAX);
    assert(config->engine.max_open_trades >= 1 &&
           config->engine.max_open_trades <= ENGINE_TRADES_MAX);
    const size_t size = session_size(config);
    memset(storage, 0, size);
    struct session *session = storage;
    session->version = SESSION_STATE_VERSION;
    session->size = (uint32_t)size;
    session->config = *config;
    session->params = config->engine;
    session->day = day;
    session->slots_per_pair = slots_per_pair(config);
    session->orders_capacity = orders_capacity(config);
    const double equity_usd = config->engine.initial_balance_usd;
    guard_init(&session->guard, equity_usd, day);
    summary_init(&session->summary, equity_usd);
    ledger_init(&session->ledger, config->opening_krw_units, config->opening_usdt_units);
    for (int32_t i = 0; i < config->pairs_count; i++) {
        session_begin_feeds(&session->pairs[i], &config->pairs[i]);
    }
    return session;
}

bool session_restore(void *storage, size_t size, const struct session_config *config,
                     struct session **out)
{
    if (size != session_size(config)) {
        return false;
    }
    struct session *session = storage;
    if (session->version != SESSION_STATE_VERSION || session->size != size ||
        session->config.pairs_count != config->pairs_count ||
        session->slots_per_pair != slots_per_pair(config) ||
        session->orders_capacity != orders_capacity(config) ||
        session->orders_count > session->orders_capacity) {
        return false;
    }
    session->config = *config;
    /* Whatever was on its way may or may not have arrived: ask, never resend. */
    struct session_order *orders = session_order_array(session);
    for (int32_t i = 0; i < session->orders_count; i++) {
        if (orders[i].state == ORDER_STATE_SENT) {
            session_become_unknown(session, &orders[i]);
            orders[i].sent_ns = INT64_MIN / 2; /* ask at once */
        }
    }
    *out = session;
    return true;
}

void session_set_gate(struct session *session, const struct guard_gate *gate)
{
    session->gate = *gate;
}

static void take_row(struct session *session, const struct event *event,
                     struct action_list *out)
{
    struct session_pair *pair = &session->pairs[event->pair];
    const struct tick *tick = &event->row.tick;
    pair->tick = *tick;
    pair->tick.time_ns = event->time_ns;
    pair->book_a = book_of_quote(&(struct quote){event->time_ns, tick->bid_a, tick->ask_a});
    pair->book_b = book_of_quote(&(struct quote){event->time_ns, tick->bid_b, tick->ask_b});
    pair->book_a.bids[0].size = event->row.bid_size_a;
    pair->book_a.asks[0].size = event->row.ask_size_a;
    pair->book_b.bids[0].size = event->row.bid_size_b;
    pair->book_b.asks[0].size = event->row.ask_size_b;
    pair->heard_a_ns = pair->heard_b_ns = event->time_ns;
    pair->feed_a = pair->feed_b = FEED_FRESH;
    pair->feed_a_reason = pair->feed_b_reason = REASON_NONE;
    session_take_fx(session, tick->krw_per_usd);
    session_decide(session, event->pair, out);
}

static void take_book(struct session *session, const struct event *event,
                      struct action_list *out)
{
    struct session_pair *pair = &session->pairs[event->pair];
    const struct book *book = &event->book.book;
    const struct quote quote = book_quote(book);
    if (event->book.venue == VENUE_A) {
        book_copy(&pair->book_a, book);
        pair->heard_a_ns = event->time_ns;
        pair->tick.bid_a = quote.bid;
        pair->tick.ask_a = quote.ask;
        session_first_word(&pair->feed_a, &pair->feed_a_reason);
    } else {
        book_copy(&pair->book_b, book);
        pair->heard_b_ns = event->time_ns;
        pair->tick.bid_b = quote.bid;
        pair->tick.ask_b = quote.ask;
        session_first_word(&pair->feed_b, &pair->feed_b_reason);
    }
    pair->tick.time_ns = event->time_ns;
    pair->tick.krw_per_usd = session->krw_per_usd;
    session_follow_collar(session, event->pair, event->book.venue, &quote);
    session_decide(session, event->pair, out);
}

static void take_fx(struct session *session, const struct event *event, struct action_list *out)
{
    session_take_fx(session, event->fx.krw_per_usd);
    for (int32_t i = 0; i < session->config.pairs_count; i++) {
        struct session_pair *pair = &session->pairs[i];
        pair->tick.krw_per_usd = session->krw_per_usd;
        pair->tick.time_ns = event->time_ns;
        if (pair->heard_a_ns != 0 && pair->heard_b_ns != 0) {
            session_decide(session, i, out);
        }
    }
}

/* One funding of a pair's perp, once per funding time: into the ledger, and into every trade
 * that was open at that time (SPEC.md 3.4). */
static void take_funding(struct session *session, const struct event *event)
{
    struct session_pair *pair = &session->pairs[event->pair];
    if (event->time_ns <= pair->funded_ns) {
        return;
    }
    pair->funded_ns = event->time_ns;
    struct trade *trades = session_trade_array(session, event->pair);
    const struct session_slot *slots = session_slot_array(session, event->pair);
    for (int32_t i = 0; i < pair->trades_count; i++) {
        if (trades[i].id != 0 && trades[i].open_ns < event->time_ns) {
            struct trade held = trades[i]; /* what is there of it, also while legs differ */
            held.quantity =
                ledger_amount(slots[i].in_units[VENUE_B] - slots[i].out_units[VENUE_B]);
            trades[i].funding_usd +=
                trade_funding_usd(&held, event->funding.price, event->funding.rate);
        }
    }
    if (event->funding.booked) { /* on what it knew of, fills included that we hear of later */
        (void)ledger_pay_funding(&session->ledger, event->funding.booked_units);
        return;
    }
    const int64_t held = session->ledger.perp[event->pair].quantity;
    int64_t units = 0;
    if (ledger_units(ledger_amount(held) * event->funding.price * event->funding.rate,
                     &units)) {
        (void)ledger_pay_funding(&session->ledger, units);
    }
}

enum { ANY_TRADE = 0 };

static void want_out(struct session *session, uint64_t trade_id, enum trade_exit reason,
                     struct action_list *out)
{
    for (int32_t pair = 0; pair < session->config.pairs_count; pair++) {
        const struct trade *trades = session_trade_array(session, pair);
        const struct session_pair *state = &session->pairs[pair];
        for (int32_t i = state->trades_count - 1; i >= 0; i--) {
            if (trade_id == ANY_TRADE || trades[i].id == trade_id) {
                const double exit_spread_bps =
                    engine_exit_spread(&session->params, trades[i].side, &state->valid_tick);
                session_want_exit(session, pair, i, reason, exit_spread_bps, out);
            }
        }
    }
}

static void take_command(struct session *session, const struct event *event,
                         struct action_list *out)
{
    switch (event->command.verb) {
    case OPERATOR_KILL:
        session->gate.killed = true;
        act_state(out, STATE_KILLED);
        session_sweep_entries(session, out);
        break;
    case OPERATOR_RELEASE:
        session->gate.killed = false;
        session->gate.armed = false;
        guard_release(&session->guard);
        act_state(out, STATE_RELEASED);
        break;
    case OPERATOR_ARM:
        session->gate.armed = true;
        act_state(out, STATE_ARMED);
        break;
    case OPERATOR_DISARM:
        session->gate.armed = false;
        act_state(out, STATE_DISARMED);
        break;
    case OPERATOR_PAUSE:
        session->gate.paused = true;
        act_state(out, STATE_PAUSED);
        break;
    case OPERATOR_RESUME:
        session->gate.paused = false;
        act_state(out, STATE_RESUMED);
        break;
    case OPERATOR_CLOSE:
        if (event->command.trade_id != ANY_TRADE) { /* no trade has that number */
            want_out(session, event->command.trade_id, TRADE_EXIT_OPERATOR, out);
        }
        break;
    case OPERATOR_FLATTEN:
        want_out(session, ANY_TRADE, TRADE_EXIT_FLATTEN, out);
        break;
    case OPERATOR_END:
        session->end_pending = true;
        want_out(session, ANY_TRADE, TRADE_EXIT_END_OF_DATA, out);
        break;
    case OPERATOR_STOP:
        session->guard.stopped = true;
        act_state(out, STATE_STOPPED);
        session_sweep_entries(session, out);
        break;
    }
}

/* Events about a pair this session does not have are a bug of whoever wires the source. */
static bool names_a_pair(const struct session *session, const struct event *event)
{
    return event->pair >= 0 && event->pair < session->config.pairs_count;
}

static void take(struct session *session, const struct event *event, struct action_list *out)
{
    switch (event->kind) {
    case EVENT_ROW:
        assert(names_a_pair(session, event));
        take_row(session, event, out);
        break;
    case EVENT_BOOK:
        assert(names_a_pair(session, event));
        take_book(session, event, out);
        break;
    case EVENT_FX:
        take_fx(session, event, out);
        break;
    case EVENT_MARK:
        assert(names_a_pair(session, event));
        session->pairs[event->pair].mark_price = event->mark.price;
        session->pairs[event->pair].funding_rate = event->mark.rate;
        session->pairs[event->pair].funding_next_ns = event->mark.next_ns;
        break;
    case EVENT_FUNDING:
        assert(names_a_pair(session, event));
        take_funding(session, event);
        break;
    case EVENT_FEED:
        session_take_feed(session, event);
        break;
    case EVENT_INSTRUMENT:
        assert(names_a_pair(session, event));
        session_take_instrument(session, event);
        break;
    case EVENT_CLOCK:
        guard_mark_clock(&session->guard, session->time_ns, event->clock.reason,
                         event->clock.off_ms, event->clock.limit_ms);
        break;
    case EVENT_HISTORY:
        assert(names_a_pair(session, event));
        engine_history(&session->pairs[event->pair].engine, &session->params, event->time_ns,
                       event->history.premium_bps);
        session_history_held(session, event->pair, event->time_ns, event->history.premium_bps);
        break;
    case EVENT_REPORT:
        session_report(session, event, out);
        break;
    case EVENT_COMMAND:
        take_command(session, event, out);
        break;
    case EVENT_REVISION:
        session_revise(session, &event->revision.params, out);
        break;
    case EVENT_TIMER:
    case EVENT_PRINT: /* for the screen */
    case EVENT_FAULT: /* for the simulated venue */
        break;
    }
}

/* History and other parameters are no moment of the market: nothing becomes due with them. */
static bool is_moment(const struct event *event)
{
    return event->kind != EVENT_HISTORY && event->kind != EVENT_REVISION;
}

/* Sources that share a session may lag each other a little; time never runs back here. One that
 * is far behind goes by a clock that was set back while the session rested. */
static void take_time(struct session *session, const struct event *event)
{
    const int64_t behind_ms = (session->time_ns - event->time_ns) / NS_PER_MS;
    if (session->config.has_clock && behind_ms > SESSION_LAG_MS_MAX) {
        guard_mark_clock(&session->guard, session->time_ns, REASON_CLOCK_STEP, -behind_ms,
                         SESSION_LAG_MS_MAX);
    }
    session->time_ns = event->time_ns > session->time_ns ? event->time_ns : session->time_ns;
    session->day = event->day > session->day ? event->day : session->day;
    guard_expire(&session->guard, session->time_ns);
}

void session_step(struct session *session, const struct event *event, struct action_list *out)
{
    if (event->kind != EVENT_REPORT && event->kind != EVENT_REVISION) {
        session_settle(session); /* the fills of the last tick are all in */
    }
    session->sequence++;
    if (is_moment(event)) {
        take_time(session, event);
    }
    take(session, event, out);
    if (is_moment(event)) {
        session_tend(session, out);
        session_mark(session, out);
    }
}

const struct guard_gate *session_gate(const struct session *session)
{
    return &session->gate;
}

const struct guard *session_guard(const struct session *session)
{
    return &session->guard;
}

const struct ledger *session_ledger(const struct session *session)
{
    return &session->ledger;
}

const struct summary *session_summary(const struct session *session)
{
    return &session->summary;
}

const struct session_pair *session_pair(const struct session *session, int32_t pair)
{
    assert(pair >= 0 && pair < session->config.pairs_count);
    return &session->pairs[pair];
}

const struct trade *session_trades(const struct session *session, int32_t pair, int32_t *count)
{
    *count = session->pairs[pair].trades_count;
    return session_trade_array((struct session *)session, pair);
}

uint64_t session_refused(const struct session *session)
{
    return session->refused;
}

const struct session_refusal *session_refusal(const struct session *session, int32_t pair)
{
    assert(pair >= 0 && pair < session->config.pairs_count);
    return &session->refusal[pair];
}

uint64_t session_sequence(const struct session *session)
{
    return session->sequence;
}

int64_t session_time_ns(const struct session *session)
{
    return session->time_ns;
}

double session_fx(const struct session *session, int64_t *heard_ns)
{
    *heard_ns = session->fx_heard_ns;
    return session->krw_per_usd;
}

double session_equity_usd(const struct session *session)
{
    return session->summary.balance_usd + session_unrealized_usd(session);
}
