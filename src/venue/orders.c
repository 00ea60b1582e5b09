#include "venue/orders.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "orders_state.h"

#define REQUEST_MS        5000
#define ASK_MS            1000
#define ASK_MS_LEAST      50
#define NOT_FOUND_MS      5000
#define CONFIRM_MS        2000
#define RECEIVE_WINDOW_MS 5000
#define COLLAR_PCT        1.0
#define FEE_BPS           5.0

enum { REQUESTS_MAX = 32 };

static bool has_pair(const struct orders *orders, int32_t pair)
{
    return pair >= 0 && pair < orders->options.pairs_count;
}

static void create_order(struct venue_port *venue, const struct order *order, int64_t now_ns)
{
    struct orders *orders = orders_of(venue);
    enum venue_error error = VENUE_ERROR_NONE;
    assert(order->venue >= VENUE_A && order->venue <= VENUE_LAST);
    if (order->client_id <= orders->last_client_id) {
        orders_say(orders, order->client_id, REPORT_REJECTED, VENUE_ERROR_INVALID_ORDER,
                   now_ns);
        return;
    }
    orders->last_client_id = order->client_id;
    struct track *track = orders_add(orders, order);
    if (!has_pair(orders, order->pair)) {
        error = VENUE_ERROR_SYMBOL_NOT_FOUND;
    } else if (!orders_shape_fine(orders, order)) {
        error = VENUE_ERROR_INVALID_ORDER;
    } else if (track == NULL) {
        error = VENUE_ERROR_RATE_LIMITED;
    }
    if (error != VENUE_ERROR_NONE) {
        orders_say(orders, order->client_id, REPORT_REJECTED, error, now_ns);
        if (track != NULL) {
            track->state = TRACK_REFUSED;
            track->error = error;
        }
        return;
    }
    track->wants_create = true;
    orders_step(orders, now_ns);
}

/* Of one that is not known: it never was, or nobody here can tell. */
static void answer_stranger(struct orders *orders, uint64_t client_id, int64_t now_ns)
{
    const bool earlier =
        client_id < orders->options.first_client_id || client_id <= orders->forgotten_id;
    orders_say(orders, client_id, earlier ? REPORT_UNKNOWN : REPORT_NOT_FOUND,
               earlier ? VENUE_ERROR_NONE : VENUE_ERROR_ORDER_NOT_FOUND, now_ns);
}

/* What needs no question: the venue refused it, or never had it. */
static bool answer_known(struct orders *orders, const struct track *track, int64_t now_ns)
{
    const uint64_t client_id = track->order.client_id;
    if (track->state == TRACK_REFUSED) {
        orders_say(orders, client_id, REPORT_REJECTED, track->error, now_ns);
        return true;
    }
    if (track->state == TRACK_NOT_FOUND) {
        orders_say(orders, client_id, REPORT_NOT_FOUND, VENUE_ERROR_ORDER_NOT_FOUND, now_ns);
        return true;
    }
    return false;
}

static void cancel_order(struct venue_port *venue, uint64_t client_id, int64_t now_ns)
{
    struct orders *orders = orders_of(venue);
    struct track *track = orders_find(orders, client_id);
    if (track == NULL) {
        answer_stranger(orders, client_id, now_ns);
    } else if (track->state == TRACK_ENDED) {
        track_tell_done(orders, track, now_ns);
    } else if (!answer_known(orders, track, now_ns)) {
        track->wants_cancel = true;
        orders_step(orders, now_ns);
    }
}

static void get_order_status(struct venue_port *venue, uint64_t client_id, int64_t now_ns)
{
    struct orders *orders = orders_of(venue);
    struct track *track = orders_find(orders, client_id);
    if (track == NULL) {
        answer_stranger(orders, client_id, now_ns);
    } else if (!answer_known(orders, track, now_ns)) {
        track->asked = true;
        track->wants_status = true;
        orders_step(orders, now_ns);
    }
}

static bool get_orderbook(struct venue_port *venue, int32_t pair, enum venue which,
                          struct book *out, struct err *err)
{
    const struct orders *orders = orders_of(venue);
    if (!has_pair(orders, pair)) {
        return err_set(err, ERR_INPUT, "no pair number '%d' (SymbolNotFound)", pair);
    }
    *out = orders->books[pair][which];
    return true;
}

/* Whose account it is, and its place there; NULL: nobody's. */
static const struct money *find_money(const struct orders *orders, const char *asset,
                                      const struct account **account)
{
    *account = &orders->desks[strcmp(asset, "USDT") == 0 ? VENUE_B : VENUE_A].account;
    if (strcmp(asset, "USDT") == 0 || strcmp(asset, "KRW") == 0) {
        return &(*account)->money;
    }
    for (int32_t i = 0; i < orders->options.pairs_count; i++) {
        if (strcmp(asset, orders->options.pairs[i].name) == 0) {
            return &(*account)->coins[i];
        }
    }
    return NULL;
}

static bool get_balance(struct venue_port *venue, const char *asset, int64_t *free_units,
                        int64_t *locked_units, struct err *err)
{
    const struct account *account;
    const struct money *money = find_money(orders_of(venue), asset, &account);
    if (money == NULL) {
        return err_set(err, ERR_INPUT, "no balance of '%s' (SymbolNotFound)", asset);
    }
    if (!account->known) {
        return err_set(err, ERR_REFUSED, "the venue has not told of '%s' yet", asset);
    }
    *free_units = money->free_units;
    *locked_units = money->locked_units;
    return true;
}

static int32_t get_open_positions(struct venue_port *venue, struct venue_position *out,
                                  int32_t capacity)
{
    const struct orders *orders = orders_of(venue);
    int32_t count = 0;
    for (int32_t i = 0; i < orders->options.pairs_count && count < capacity; i++) {
        const struct venue_position *position = &orders->desks[VENUE_B].account.positions[i];
        if (position->quantity_units != 0) {
            out[count++] = *position;
        }
    }
    return count;
}

static int64_t next_due_ns(struct venue_port *venue)
{
    const struct orders *orders = orders_of(venue);
    return orders->reports_first < orders->reports_count
               ? orders->reports[orders->reports_first].time_ns
               : INT64_MAX;
}

static bool next_report(struct venue_port *venue, int64_t now_ns, struct order_report *out,
                        int64_t *time_ns)
{
    struct orders *orders = orders_of(venue);
    if (next_due_ns(venue) > now_ns) {
        return false;
    }
    const struct queued_report *first = &orders->reports[orders->reports_first++];
    *out = first->report;
    *time_ns = first->time_ns;
    return true;
}

static void close_venue(struct venue_port *venue)
{
    struct orders *orders = orders_of(venue);
    loop_remove_timer(orders->loop, orders->timer);
    http_destroy(orders->http);
    for (int32_t i = 0; i < orders->tracks_count; i++) {
        track_destroy(orders->tracks[i]);
    }
    mem_free(orders->reports);
    mem_free(orders);
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

struct venue_orders_options venue_orders_defaults(void)
{
    return (struct venue_orders_options){
        .first_client_id = 1,
        .request_ms = REQUEST_MS,
        .ask_ms = ASK_MS,
        .ask_ms_least = ASK_MS_LEAST,
        .not_found_ms = NOT_FOUND_MS,
        .confirm_ms = CONFIRM_MS,
        .receive_window_ms = RECEIVE_WINDOW_MS,
        .collar_pct = COLLAR_PCT,
        .fee_bps = {FEE_BPS, FEE_BPS},
    };
}

static void open_desk(struct orders *orders, enum venue venue)
{
    struct desk *desk = &orders->desks[venue];
    desk->dialect = venue == VENUE_A ? &UPBIT_DIALECT : &BINANCE_DIALECT;
    for (enum call_kind kind = CALL_CREATE; kind <= CALL_KIND_LAST; kind++) {
        desk->calls[kind] = (struct call){.orders = orders, .venue = venue};
    }
    desk->wants[CALL_TIME] = desk->dialect->has_clock;
    desk->shown.banned_until_ns = orders->options.banned_until_ns[venue];
    desk->shown.closed_for =
        desk->shown.banned_until_ns != 0 ? REASON_VENUE_BANNED : REASON_NONE;
}

bool venue_orders_open(struct venue_port **out, struct loop *loop,
                       const struct venue_orders_options *options, struct err *err)
{
    static const char SESSION[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    const char *session = options->session;
    assert(options->pairs_count >= 1 && options->pairs_count <= VENUE_ORDERS_PAIRS_MAX);
    if (session[0] == '\0' || strspn(session, SESSION) != strlen(session)) {
        return err_set(err, ERR_REFUSED,
                       "'%s' cannot be part of an order's id: expected letters, digits, . _ -",
                       session);
    }
    const struct http_options http = {.ca_file = options->ca_file,
                                      .requests_max = REQUESTS_MAX};
    struct orders *orders = mem_zalloc(sizeof(*orders));
    orders->port.ops = &OPS;
    orders->options = *options;
    orders->loop = loop;
    orders->last_client_id = options->first_client_id - 1;
    if (!http_create(&orders->http, loop, &http, err)) {
        mem_free(orders);
        return false;
    }
    open_desk(orders, VENUE_A);
    open_desk(orders, VENUE_B);
    orders_step_soon(orders);
    *out = &orders->port;
    return true;
}

void venue_orders_recall(struct venue_port *venue, const struct order *order, int64_t now_ns)
{
    struct orders *orders = orders_of(venue);
    assert(has_pair(orders, order->pair));
    struct track *track =
        orders_find(orders, order->client_id) == NULL ? orders_add(orders, order) : NULL;
    if (track != NULL) {
        track->state = TRACK_UNKNOWN;
        track->sent_ns = now_ns; /* at the latest */
        track->asked = track->wants_status = true;
        orders_step(orders, now_ns);
    }
}

void venue_orders_refresh(struct venue_port *venue, int64_t now_ns)
{
    struct orders *orders = orders_of(venue);
    for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
        struct desk *desk = &orders->desks[which];
        desk->wants[CALL_BALANCES] = true;
        desk->wants[CALL_POSITIONS] = desk->dialect->has_positions;
    }
    orders_step(orders, now_ns);
}

void venue_orders_show_book(struct venue_port *venue, int32_t pair, enum venue which,
                            const struct book *book)
{
    struct orders *orders = orders_of(venue);
    assert(has_pair(orders, pair));
    orders->books[pair][which] = *book;
    if (book_check(book) != BOOK_FINE) {
        orders->books[pair][which].bids_count = orders->books[pair][which].asks_count = 0;
    }
}

void venue_orders_show_fx(struct venue_port *venue, double krw_per_usd)
{
    if (isfinite(krw_per_usd) && krw_per_usd > 0.0) {
        orders_of(venue)->krw_per_usd = krw_per_usd;
    }
}

bool venue_orders_quiet(const struct venue_port *venue, int64_t since_ns)
{
    const struct orders *orders = orders_of(venue);
    for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
        const struct desk *desk = &orders->desks[which];
        for (enum call_kind kind = CALL_BALANCES; kind <= CALL_KIND_LAST; kind++) {
            if (desk->wants[kind] || desk->calls[kind].under_way) {
                return false;
            }
        }
    }
    for (int32_t i = 0; i < orders->tracks_count; i++) {
        const struct track *track = orders->tracks[i];
        const bool wants = track->wants_create || track->wants_cancel || track->wants_status ||
                           track->wants_trades;
        const bool pending =
            track_lives(track) ? track->asked_ns < since_ns : track->due_ns != INT64_MAX;
        if (track->call.under_way || wants || pending) {
            return false;
        }
    }
    return true;
}

struct venue_orders_desk venue_orders_desk(const struct venue_port *venue, enum venue which)
{
    return orders_of(venue)->desks[which].shown;
}
