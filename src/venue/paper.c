#include "venue/paper.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "paper_state.h"

#define NS_PER_S 1e9

/* A late truth comes 2 to 6 s after its order (MARKET.md A.4). */
#define DELAY_LEAST_S  2.0
#define DELAY_SPREAD_S 4.0

static bool has_pair(const struct venue_paper *paper, int32_t pair)
{
    return pair >= 0 && pair < paper->config.pairs_count;
}

static void take_create(struct venue_paper *paper, uint64_t client_id, int64_t at_ns)
{
    /* Making room moves orders, so it comes before finding one. */
    const bool room = paper_make_fill_room(paper);
    struct paper_order *known = paper_find_order(paper, client_id);
    assert(known != NULL && known->state == PAPER_SENT);
    if (!room) {
        known->state = PAPER_REJECTED;
        known->error = VENUE_ERROR_RATE_LIMITED;
        paper_say_end(paper, known, at_ns);
        return;
    }
    paper_execute(paper, known, at_ns);
}

static void answer_unknown_id(struct venue_paper *paper, uint64_t client_id, int64_t at_ns)
{
    const bool forgotten = client_id <= paper->state.forgotten_id;
    paper_say_kind(paper, client_id, forgotten ? REPORT_UNKNOWN : REPORT_NOT_FOUND,
                   forgotten ? VENUE_ERROR_NONE : VENUE_ERROR_ORDER_NOT_FOUND, at_ns);
}

/* Can anybody say yet what became of it? Not of one that was asked about before it was sent. */
static bool is_decided(const struct paper_order *known, int64_t at_ns)
{
    return known->state != PAPER_SENT && at_ns >= known->truth_ns;
}

static void take_cancel(struct venue_paper *paper, uint64_t client_id, int64_t at_ns)
{
    struct paper_order *known = paper_find_order(paper, client_id);
    if (known == NULL) {
        answer_unknown_id(paper, client_id, at_ns);
    } else if (!is_decided(known, at_ns)) {
        paper_say_kind(paper, client_id, REPORT_UNKNOWN, VENUE_ERROR_NONE, at_ns);
    } else if (known->state == PAPER_RESTING) {
        paper_end_resting(paper, known, at_ns);
    } else {
        paper_say_end(paper, known, at_ns); /* too late: what it came to is the answer */
    }
}

static void take_query(struct venue_paper *paper, uint64_t client_id, int64_t at_ns)
{
    const struct paper_order *known = paper_find_order(paper, client_id);
    if (known == NULL) {
        answer_unknown_id(paper, client_id, at_ns);
        return;
    }
    if (!is_decided(known, at_ns)) {
        paper_say_kind(paper, client_id, REPORT_UNKNOWN, VENUE_ERROR_NONE, at_ns);
        return;
    }
    for (int32_t i = 0; i < paper->state.fills_count; i++) {
        if (paper->state.fills[i].client_id == client_id) {
            paper_say(paper, &paper->state.fills[i], at_ns);
        }
    }
    if (known->state != PAPER_RESTING) {
        paper_say_end(paper, known, at_ns);
    }
}

/* Everything that has reached the venue by now happens, in its order. */
static void advance(struct venue_paper *paper, int64_t now_ns)
{
    struct paper_request request;
    while (paper_take_request(paper, now_ns, &request)) {
        switch (request.kind) {
        case PAPER_CREATE:
            take_create(paper, request.client_id, request.arrive_ns);
            break;
        case PAPER_CANCEL:
            take_cancel(paper, request.client_id, request.arrive_ns);
            break;
        case PAPER_QUERY:
            take_query(paper, request.client_id, request.arrive_ns);
            break;
        default:
            assert(false);
        }
    }
}

/* The dice fall when an order is sent, so that they do not depend on what happens meanwhile. */
static void throw_dice(struct venue_paper *paper, struct paper_order *known)
{
    const struct venue_paper_config *config = &paper->config;
    if (config->reject_probability > 0.0) {
        known->will_reject = rng_uniform(&paper->state.rejects) < config->reject_probability;
    }
    if (config->delay_probability > 0.0) {
        known->will_delay = rng_uniform(&paper->state.delays) < config->delay_probability;
        const double part = rng_uniform(&paper->state.delays);
        known->delay_ns = (int64_t)((DELAY_LEAST_S + DELAY_SPREAD_S * part) * NS_PER_S);
        known->will_delay = known->will_delay && !known->will_reject; /* late, then found */
    }
}

static void follow_script(struct venue_paper *paper, struct paper_order *known)
{
    const struct order *order = &known->order;
    if (!has_pair(paper, order->pair)) {
        return;
    }
    struct paper_market *market = &paper->state.markets[order->pair][order->venue];
    if (market->reject_entries > 0 && order->class == ORDER_ENTRY) {
        market->reject_entries--;
        known->will_reject = true;
    }
    if (market->delay_reports > 0) {
        market->delay_reports--;
        known->will_delay = true;
        known->delay_ns = market->delay_ns;
    }
}

static void create_order(struct venue_port *venue, const struct order *order, int64_t now_ns)
{
    struct venue_paper *paper = paper_of(venue);
    assert(order->venue >= VENUE_A && order->venue <= VENUE_LAST);
    const bool used = order->client_id <= paper->state.forgotten_id ||
                      paper_find_order(paper, order->client_id) != NULL;
    if (used) {
        paper_say_kind(paper, order->client_id, REPORT_REJECTED, VENUE_ERROR_INVALID_ORDER,
                       now_ns);
        return;
    }
    const bool wire_full = paper->state.requests_count == PAPER_REQUESTS_MAX;
    struct paper_order *known = wire_full ? NULL : paper_new_order(paper);
    if (known == NULL) {
        paper_say_kind(paper, order->client_id, REPORT_REJECTED, VENUE_ERROR_RATE_LIMITED,
                       now_ns);
        return;
    }
    known->order = *order;
    known->state = PAPER_SENT;
    throw_dice(paper, known);
    follow_script(paper, known);
    known->arrive_ns = now_ns + paper_latency_ns(paper, order->venue);
    (void)paper_request(paper, PAPER_CREATE, order->client_id, known->arrive_ns);
    advance(paper, now_ns);
}

/* A question never overtakes the order it is about. */
static void ask(struct venue_port *venue, enum paper_request_kind kind, uint64_t client_id,
                int64_t now_ns)
{
    struct venue_paper *paper = paper_of(venue);
    const struct paper_order *known = paper_find_order(paper, client_id);
    const enum venue which = known == NULL ? VENUE_A : known->order.venue;
    int64_t arrive_ns = now_ns + paper_latency_ns(paper, which);
    if (known != NULL && known->arrive_ns > arrive_ns) {
        arrive_ns = known->arrive_ns;
    }
    (void)paper_request(paper, kind, client_id, arrive_ns);
    advance(paper, now_ns);
}

static void cancel_order(struct venue_port *venue, uint64_t client_id, int64_t now_ns)
{
    ask(venue, PAPER_CANCEL, client_id, now_ns);
}

static void get_order_status(struct venue_port *venue, uint64_t client_id, int64_t now_ns)
{
    ask(venue, PAPER_QUERY, client_id, now_ns);
}

static bool get_orderbook(struct venue_port *venue, int32_t pair, enum venue which,
                          struct book *out, struct err *err)
{
    struct venue_paper *paper = paper_of(venue);
    if (!has_pair(paper, pair)) {
        return err_set(err, ERR_INPUT, "no pair number '%d' (SymbolNotFound)", pair);
    }
    *out = paper->state.markets[pair][which].book;
    return true;
}

static bool get_balance(struct venue_port *venue, const char *asset, int64_t *free_units,
                        int64_t *locked_units, struct err *err)
{
    const struct venue_paper *paper = paper_of(venue);
    const struct ledger *ledger = &paper->state.ledger;
    if (strcmp(asset, "KRW") == 0 || strcmp(asset, "USDT") == 0) {
        const struct ledger_money *money = *asset == 'K' ? &ledger->krw : &ledger->usdt;
        *free_units = money->cash;
        *locked_units = money->locked;
        return true;
    }
    for (int32_t pair = 0; pair < paper->config.pairs_count; pair++) {
        if (strcmp(asset, paper->config.names[pair]) == 0) {
            *free_units = ledger->spot[pair].quantity;
            *locked_units = ledger->spot[pair].locked;
            return true;
        }
    }
    return err_set(err, ERR_INPUT, "no balance of '%s' (SymbolNotFound)", asset);
}

static int32_t get_open_positions(struct venue_port *venue, struct venue_position *out,
                                  int32_t capacity)
{
    const struct venue_paper *paper = paper_of(venue);
    int32_t count = 0;
    for (int32_t pair = 0; pair < paper->config.pairs_count && count < capacity; pair++) {
        const struct ledger_perp *perp = &paper->state.ledger.perp[pair];
        if (perp->quantity != 0) {
            out[count++] = (struct venue_position){.pair = pair,
                                                   .quantity_units = perp->quantity,
                                                   .entry_value_units = perp->entry_value};
        }
    }
    return count;
}

static int64_t next_due_ns(struct venue_port *venue)
{
    return paper_next_due(paper_of(venue));
}

static bool next_report(struct venue_port *venue, int64_t now_ns, struct order_report *out,
                        int64_t *time_ns)
{
    struct venue_paper *paper = paper_of(venue);
    advance(paper, now_ns);
    return paper_take_report(paper, now_ns, out, time_ns);
}

static void close_venue(struct venue_port *venue)
{
    struct venue_paper *paper = paper_of(venue);
    mem_free(paper->kept);
    mem_free(paper);
}

static const struct venue_ops OPS = {
    .get_orderbook = get_orderbook,
    .get_balance = get_balance,
    .create_order = create_order,
    .cancel_order = cancel_order,
    .get_order_status = get_order_status,
    .get_open_positions = get_open_positions,
    .next_due_ns = next_due_ns,
    .next_report = next_report,
    .close = close_venue,
};

static void configure_terms(struct venue_paper *paper, int32_t pair)
{
    const struct venue_paper_config *config = &paper->config;
    paper->state.markets[pair][VENUE_A].terms = (struct paper_terms){
        .lot_units = config->lot_a_units[pair],
        .tick_units = config->tick_a_units[pair],
        .minimum_units = config->minimum_a_units[pair],
    };
    paper->state.markets[pair][VENUE_B].terms = (struct paper_terms){
        .lot_units = config->lot_b_units[pair],
        .tick_units = config->tick_b_units[pair],
        .minimum_units = config->minimum_b_units[pair],
    };
}

struct venue_port *venue_paper_create(const struct venue_paper_config *config)
{
    assert(config->pairs_count >= 1 && config->pairs_count <= LEDGER_PAIRS_MAX);
    struct venue_paper *paper = mem_zalloc(sizeof *paper);
    paper->port.ops = &OPS;
    paper->config = *config;
    for (int32_t i = 0; i < config->pairs_count; i++) {
        configure_terms(paper, i);
    }
    ledger_init(&paper->state.ledger, config->krw_units, config->usdt_units);
    rng_seed(&paper->state.latency[VENUE_A], config->seed, rng_salt("paper latency a"));
    rng_seed(&paper->state.latency[VENUE_B], config->seed, rng_salt("paper latency b"));
    rng_seed(&paper->state.rejects, config->seed, rng_salt("paper rejects"));
    rng_seed(&paper->state.delays, config->seed, rng_salt("paper delays"));
    return &paper->port;
}

void venue_paper_show_book(struct venue_port *venue, int32_t pair, enum venue which,
                           const struct book *book, int64_t now_ns)
{
    struct venue_paper *paper = paper_of(venue);
    assert(has_pair(paper, pair));
    advance(paper, now_ns); /* what arrived before met the book that was there then */
    struct book shown = *book;
    if (book_check(&shown) != BOOK_FINE) {
        shown.bids_count = shown.asks_count = 0;
    }
    paper_replace_book(paper, pair, which, &shown, now_ns);
    paper_cross_resting(paper, pair, which, now_ns);
}

void venue_paper_show_fx(struct venue_port *venue, double krw_per_usd)
{
    if (isfinite(krw_per_usd) && krw_per_usd > 0.0) {
        paper_of(venue)->state.krw_per_usd = krw_per_usd;
    }
}

void venue_paper_show_instrument(struct venue_port *venue, const struct event *event)
{
    struct venue_paper *paper = paper_of(venue);
    assert(has_pair(paper, event->pair));
    if (!event_instrument_fine(event)) {
        return;
    }
    advance(paper, event->time_ns); /* what arrived before met the terms of then */
    paper->state.markets[event->pair][event->instrument.venue].terms = (struct paper_terms){
        .lot_units = event->instrument.lot_units,
        .tick_units = event->instrument.tick_units,
        .minimum_units = event->instrument.minimum_notional_units,
        .halted = !event->instrument.trading,
    };
}

void venue_paper_show_mark(struct venue_port *venue, int32_t pair, double price)
{
    struct venue_paper *paper = paper_of(venue);
    assert(has_pair(paper, pair));
    if (isfinite(price) && price > 0.0) {
        paper->state.markets[pair][VENUE_B].mark_price = price;
    }
}

bool venue_paper_open_spot(struct venue_port *venue, int32_t pair, int64_t quantity_units,
                           int64_t cost_units, struct err *err)
{
    struct venue_paper *paper = paper_of(venue);
    assert(has_pair(paper, pair));
    return ledger_open_spot(&paper->state.ledger, pair, quantity_units, cost_units) ==
               LEDGER_OK ||
           err_set(err, ERR_INPUT, "opening coin of '%s' does not fit",
                   paper->config.names[pair]);
}

bool venue_paper_fund(struct venue_port *venue, int32_t pair, double mark_price, double rate,
                      int64_t *paid_units, struct err *err)
{
    struct venue_paper *paper = paper_of(venue);
    assert(has_pair(paper, pair));
    const int64_t held = paper->state.ledger.perp[pair].quantity;
    int64_t units;
    if (!ledger_units(ledger_amount(held) * mark_price * rate, &units) ||
        ledger_pay_funding(&paper->state.ledger, units) != LEDGER_OK) {
        return err_set(err, ERR_INPUT, "funding of '%s' at mark %g and rate %g does not fit",
                       paper->config.names[pair], mark_price, rate);
    }
    *paid_units = units;
    return true;
}

void venue_paper_fault(struct venue_port *venue, int32_t pair, enum venue which,
                       enum fault_kind kind, int64_t delay_ns)
{
    struct venue_paper *paper = paper_of(venue);
    assert(has_pair(paper, pair));
    struct paper_market *market = &paper->state.markets[pair][which];
    switch (kind) {
    case FAULT_REJECT_NEXT_ENTRY:
        market->reject_entries++;
        break;
    case FAULT_DELAY_NEXT_REPORT:
        market->delay_reports++;
        market->delay_ns = delay_ns;
        break;
    }
}

const struct ledger *venue_paper_ledger(const struct venue_port *venue)
{
    return &paper_of((struct venue_port *)venue)->state.ledger;
}
