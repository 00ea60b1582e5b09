#include <assert.h>
#include <string.h>

#include <openssl/crypto.h>

#include "orders_state.h"

/* Sends what is wanted, as far as it may go now, and takes the answers in. */

#define NS_PER_MS INT64_C(1000000)

enum { REPLY_SIZE_MAX = 1024 * 1024, HEADERS_MAX = 2, PARAMETERS_SIZE = 1024 };

static int64_t live_ns(const struct orders *orders, int64_t mono_ns)
{
    return mono_ns + orders->options.live_less_mono_ns;
}

/* The last moment before the first byte: what reduces risk always may. */
static bool may_send(void *context)
{
    const struct call *call = context;
    const struct venue_orders_options *options = &call->orders->options;
    const bool enters = call->kind == CALL_CREATE && call->track->order.class == ORDER_ENTRY;
    return !enters || options->may_enter == NULL || options->may_enter(options->context);
}

static void set_clock(struct orders *orders, const struct call *call,
                      const struct http_answer *answer, const struct reply *reply)
{
    struct desk *desk = &orders->desks[call->venue];
    if (reply->outcome == OUTCOME_FINE) {
        const int64_t middle_ns =
            answer->sent_mono_ns + (answer->done_mono_ns - answer->sent_mono_ns) / 2;
        desk->shown.clock_ahead_ns = reply->venue_ms * NS_PER_MS - live_ns(orders, middle_ns);
    }
}

static void take_account(struct orders *orders, const struct call *call,
                         const struct http_answer *answer, const struct reply *reply,
                         int64_t now_ns)
{
    struct desk *desk = &orders->desks[call->venue];
    if (call->kind == CALL_TIME) {
        set_clock(orders, call, answer, reply);
    } else if (reply->outcome == OUTCOME_CLOCK) {
        desk->wants[CALL_TIME] = true;
    }
}

static void close_until(struct orders *orders, enum venue venue, int64_t until_ns,
                        enum reason reason)
{
    struct desk *desk = &orders->desks[venue];
    if (until_ns <= desk->shown.banned_until_ns) {
        return; /* told again by an answer that was under way */
    }
    desk->shown.banned_until_ns = until_ns;
    desk->shown.closed_for = desk->shown.shut ? desk->shown.closed_for : reason;
    if (reason == REASON_VENUE_BANNED && orders->options.banned != NULL) {
        orders->options.banned(orders->options.context, venue, until_ns);
    }
}

static void on_answer(void *context, const struct http_answer *answer)
{
    struct call *call = context;
    struct orders *orders = call->orders;
    struct desk *desk = &orders->desks[call->venue];
    const int64_t now_ns = live_ns(orders, answer->done_mono_ns);
    struct reply reply;
    call->under_way = false;
    reply_read(orders, call, answer, now_ns, &reply);
    if (reply.outcome == OUTCOME_LIMITED) {
        close_until(orders, call->venue, now_ns + reply.wait_ms * NS_PER_MS, reply.reason);
    } else if (reply.outcome == OUTCOME_KEYS) {
        desk->shown.shut = true;
        desk->shown.closed_for = REASON_VENUE_AUTH;
    }
    if (call->track != NULL) {
        flow_track(orders, call->track, call->kind, &reply, now_ns);
    } else {
        take_account(orders, call, answer, &reply, now_ns);
    }
    reply_finish(&reply);
    orders_step(orders, now_ns);
}

static void write_request(struct orders *orders, const struct call *call, int64_t now_ns,
                          struct request_text *request)
{
    const struct desk *desk = &orders->desks[call->venue];
    desk->dialect->write(orders, call->kind, call->track, request);
    if (call->kind != CALL_TIME) {
        desk->dialect->seal(orders->options.keys[call->venue],
                            (now_ns + desk->shown.clock_ahead_ns) / NS_PER_MS,
                            orders->options.receive_window_ms, request);
    }
}

static bool hand_over(struct orders *orders, struct call *call,
                      const struct request_text *request)
{
    struct text url = text_growing();
    text_addf(&url, "%s%s%s%s", orders->options.rest_urls[call->venue], request->path,
              request->query.length > 0 ? "?" : "", text_string(&request->query));
    const char *const headers[HEADERS_MAX] = {
        text_string(&request->header),
        "Content-Type: application/json; charset=utf-8",
    };
    const bool has_body = request->body.length > 0;
    const struct http_request sent = {
        .method = request->method,
        .url = text_string(&url),
        .headers = headers + (request->header.length > 0 ? 0 : 1),
        .headers_count = (request->header.length > 0 ? 1 : 0) + (has_body ? 1 : 0),
        .body = has_body ? text_string(&request->body) : NULL,
        .body_size = request->body.length,
        .timeout_ms = orders->options.request_ms,
        .size_max = REPLY_SIZE_MAX,
        .may_send = may_send,
    };
    call->under_way = http_send(orders->http, &sent, on_answer, call) != 0;
    text_finish(&url);
    return call->under_way;
}

static void finish_text(struct text *text)
{
    if (text->data != NULL) {
        OPENSSL_cleanse(text->data, text->capacity);
    }
    text_finish(text);
}

/* false: the queue of the network is full, and nothing was sent. */
static bool send(struct orders *orders, struct call *call, enum call_kind kind, int64_t now_ns)
{
    struct request_text request = {
        .query = text_growing(), .body = text_growing(), .header = text_growing()};
    /* What holds a proof is not left behind by growing. */
    text_reserve(&request.query, PARAMETERS_SIZE);
    text_reserve(&request.header, PARAMETERS_SIZE);
    call->kind = kind;
    write_request(orders, call, now_ns, &request);
    const bool sent = hand_over(orders, call, &request);
    orders->desks[call->venue].shown.requests += sent ? 1 : 0;
    finish_text(&request.query);
    finish_text(&request.body);
    finish_text(&request.header);
    return sent;
}

static void send_create(struct orders *orders, struct track *track, int64_t now_ns)
{
    const struct desk *desk = &orders->desks[track->order.venue];
    const struct call *time = &desk->calls[CALL_TIME];
    if (desk->wants[CALL_TIME] || time->under_way) {
        return; /* its time would be wrong again */
    }
    track->wants_create = false;
    track->sent_ns = now_ns;
    if (!send(orders, &track->call, CALL_CREATE, now_ns)) {
        const struct reply reply = {.outcome = OUTCOME_REFUSED,
                                    .error = VENUE_ERROR_RATE_LIMITED};
        flow_track(orders, track, CALL_CREATE, &reply, now_ns);
    }
}

static void ask(struct orders *orders, struct track *track, enum call_kind kind, int64_t now_ns)
{
    track->asked_ns = now_ns;
    track->due_ns = INT64_MAX;
    if (!send(orders, &track->call, kind, now_ns)) {
        flow_ask_later(orders, track, now_ns);
    }
}

/* A desk that is shut, or banned, answers by itself. */
static bool held_back(struct orders *orders, struct track *track, int64_t now_ns)
{
    const struct desk *desk = &orders->desks[track->order.venue];
    const bool banned = now_ns < desk->shown.banned_until_ns;
    if (!banned && !desk->shown.shut) {
        return false;
    }
    struct reply reply = {.outcome = OUTCOME_UNKNOWN};
    if (track->wants_create) {
        reply.outcome = OUTCOME_REFUSED;
        reply.error = banned ? VENUE_ERROR_RATE_LIMITED : VENUE_ERROR_AUTHENTICATION;
        flow_track(orders, track, CALL_CREATE, &reply, now_ns);
    } else if (track->asked) {
        flow_track(orders, track, CALL_STATUS, &reply, now_ns);
    }
    if (track->due_ns != INT64_MAX || track->wants_cancel || track->wants_status) {
        track->due_ns = banned ? desk->shown.banned_until_ns : INT64_MAX;
    }
    return true;
}

static void step_track(struct orders *orders, struct track *track, int64_t now_ns)
{
    if (track->call.under_way || held_back(orders, track, now_ns)) {
        return;
    }
    if (track->wants_create) {
        send_create(orders, track, now_ns);
    } else if (track->wants_cancel && track_lives(track)) {
        track->wants_cancel = false;
        track->cancelled = true;
        ask(orders, track, CALL_CANCEL, now_ns);
    } else if (track->wants_trades) {
        track->wants_trades = false;
        ask(orders, track, CALL_TRADES, now_ns);
    } else if (track->wants_status || now_ns >= track->due_ns) {
        /* A cancel that had no effect so far is said again. */
        const bool again =
            !track->wants_status && track->cancelled && track->state == TRACK_OPEN;
        track->wants_status = false;
        ask(orders, track, again ? CALL_CANCEL : CALL_STATUS, now_ns);
    }
}

static void step_desk(struct orders *orders, struct desk *desk, int64_t now_ns)
{
    if (desk->shown.shut || now_ns < desk->shown.banned_until_ns) {
        return;
    }
    for (enum call_kind kind = CALL_BALANCES; kind <= CALL_KIND_LAST; kind++) {
        if (desk->wants[kind] && !desk->calls[kind].under_way) {
            desk->wants[kind] = !send(orders, &desk->calls[kind], kind, now_ns);
        }
    }
}

static void on_timer(void *context, int64_t mono_ns)
{
    struct orders *orders = context;
    orders->timer = 0;
    orders_step(orders, live_ns(orders, mono_ns));
}

static void set_timer(struct orders *orders)
{
    int64_t due_ns = INT64_MAX;
    for (int32_t i = 0; i < orders->tracks_count; i++) {
        const struct track *track = orders->tracks[i];
        due_ns = !track->call.under_way && track->due_ns < due_ns ? track->due_ns : due_ns;
    }
    if (orders->timer != 0 && due_ns == orders->timer_due_ns) {
        return;
    }
    loop_remove_timer(orders->loop, orders->timer);
    orders->timer = 0;
    orders->timer_due_ns = due_ns;
    if (due_ns != INT64_MAX) {
        orders->timer = loop_add_timer(orders->loop, due_ns - orders->options.live_less_mono_ns,
                                       on_timer, orders);
    }
}

void orders_step(struct orders *orders, int64_t now_ns)
{
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        step_desk(orders, &orders->desks[venue], now_ns);
    }
    for (int32_t i = 0; i < orders->tracks_count; i++) {
        step_track(orders, orders->tracks[i], now_ns);
    }
    set_timer(orders);
}

void orders_step_soon(struct orders *orders)
{
    orders->timer_due_ns = orders->options.live_less_mono_ns;
    orders->timer = loop_add_timer(orders->loop, 0, on_timer, orders);
}
