#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/num.h"
#include "base/text.h"
#include "http_date.h"
#include "live_state.h"
#include "server_time.h"

/* What is asked for by request, how often, and what is learnt from the answers about what the
 * venue takes. A request waits for its turn: wanted, due, and within the venue's budget. */

#define NS(ms) ((int64_t)((ms)*1e6))

/* A connection without a diff for so long has a quiet market, not a slow one. */
#define NO_DIFFS_NS CLOCK_NS_PER_S

enum {
    DEPTH_LIMIT = 1000,
    UPBIT_PER_S = 10,        /* of the group `orderbook`, VENUES.md 2.6 */
    BINANCE_PER_MIN = 2400,  /* until exchangeInfo says otherwise */
    BAN_UPBIT_MS = 10000,    /* where the venue does not say how long; doubles each time */
    BAN_BINANCE_MS = 120000, /* its bans last from two minutes to three days */
    BAN_DOUBLINGS_MAX = 8,
    REFUSED_UPBIT_MS = 1000, /* likewise after 429 */
    REFUSED_BINANCE_MS = 60000,
    MAINTENANCE_ANSWERS = 3, /* 503 in a row */
    TLS_WAIT_MS = 60000,
};

enum venue live_ask_venue(enum live_ask_kind kind)
{
    const bool upbit = kind == ASK_UPBIT_BOOKS || kind == ASK_UPBIT_INSTRUMENT ||
                       kind == ASK_CANDLES || kind == ASK_MARKETS;
    return upbit ? VENUE_A : VENUE_B;
}

static struct budget *budget_of(struct live *live, enum live_ask_kind kind)
{
    struct live_venue *venue = &live->venues[live_ask_venue(kind)];
    return kind == ASK_CANDLES   ? &venue->candles
           : kind == ASK_MARKETS ? &venue->markets
                                 : &venue->budget;
}

static int32_t weight_of(enum live_ask_kind kind)
{
    switch (kind) {
    case ASK_DEPTH:
        return 20;
    case ASK_KLINES:
        return 5; /* of up to 1000 minutes */
    case ASK_INFO:
        return 40; /* documented as 1, and budgeted as 40 by others */
    default:
        return 1;
    }
}

const char *live_ask_channel(enum live_ask_kind kind)
{
    static const char *const names[] = {
        [ASK_UPBIT_BOOKS] = "rest.orderbook", [ASK_UPBIT_INSTRUMENT] = "rest.instruments",
        [ASK_DEPTH] = "rest.depth",           [ASK_PREMIUM] = "rest.premium",
        [ASK_INFO] = "rest.exchangeInfo",     [ASK_TIME] = "rest.time",
        [ASK_CANDLES] = "rest.candles",       [ASK_KLINES] = "rest.klines",
        [ASK_MARKETS] = "rest.markets",
    };
    return names[kind];
}

const char *live_ask_symbol(const struct live_ask *ask)
{
    if (ask->kind == ASK_CANDLES && ask->pair < 0) {
        return ask->live->fx_symbol;
    }
    return ask->pair < 0 ? NULL
                         : feeds_symbol(&ask->live->intake.feeds.pairs[ask->pair],
                                        live_ask_venue(ask->kind));
}

static void add_ask(struct live *live, enum live_ask_kind kind, int32_t pair, bool wanted)
{
    assert(live->asks_count < LIVE_ASKS_MAX);
    live->asks[live->asks_count++] =
        (struct live_ask){.live = live, .kind = kind, .pair = pair, .wanted = wanted};
}

void live_asks_init(struct live *live)
{
    const double share = live->config.budget_pct / 100.0;
    budget_init(&live->venues[VENUE_A].budget, UPBIT_PER_S, CLOCK_NS_PER_S, share);
    budget_init(&live->venues[VENUE_A].candles, UPBIT_PER_S, CLOCK_NS_PER_S, share);
    budget_init(&live->venues[VENUE_A].markets, UPBIT_PER_S, CLOCK_NS_PER_S, share);
    budget_init(&live->venues[VENUE_B].budget, BINANCE_PER_MIN, 60 * CLOCK_NS_PER_S, share);
    for (int32_t i = -1; live->past.awaited && i < live->intake.feeds.pairs_count; i++) {
        add_ask(live, ASK_CANDLES, i, true);
        if (i >= 0) {
            add_ask(live, ASK_KLINES, i, true);
        }
    }
    add_ask(live, ASK_MARKETS, -1, true);
    add_ask(live, ASK_TIME, -1, true);
    add_ask(live, ASK_INFO, -1, true);
    for (int32_t i = 0; i < live->intake.feeds.pairs_count; i++) {
        add_ask(live, ASK_DEPTH, i, false);
        add_ask(live, ASK_PREMIUM, i, true);
        add_ask(live, ASK_UPBIT_INSTRUMENT, i, true);
    }
    add_ask(live, ASK_UPBIT_BOOKS, -1, false);
}

static void write_url(const struct live_ask *ask, char out[LIVE_TARGET_SIZE])
{
    const struct live *live = ask->live;
    const char *symbol = live_ask_symbol(ask);
    struct text text = text_fixed(out, LIVE_TARGET_SIZE);
    text_add(&text, live_ask_venue(ask->kind) == VENUE_A ? live->config.upbit_rest_url
                                                         : live->config.binance_rest_url);
    switch (ask->kind) {
    case ASK_UPBIT_BOOKS:
        text_addf(&text, "/v1/orderbook?markets=%s", live->fx_symbol);
        for (int32_t i = 0; i < live->intake.feeds.pairs_count; i++) {
            text_addf(&text, ",%s", live->intake.feeds.pairs[i].symbol_a);
        }
        break;
    case ASK_MARKETS:
        text_add(&text, "/v1/market/all?is_details=true");
        break;
    case ASK_UPBIT_INSTRUMENT:
        text_addf(&text, "/v1/orderbook/instruments?markets=%s", symbol);
        break;
    case ASK_DEPTH:
        text_addf(&text, "/fapi/v1/depth?symbol=%s&limit=%d", symbol, DEPTH_LIMIT);
        break;
    case ASK_PREMIUM:
        text_addf(&text, "/fapi/v1/premiumIndex?symbol=%s", symbol);
        break;
    case ASK_INFO:
        text_add(&text, "/fapi/v1/exchangeInfo");
        break;
    case ASK_TIME:
        text_add(&text, "/fapi/v1/time");
        break;
    case ASK_CANDLES:
        live_past_write_query(ask, symbol, &text);
        break;
    case ASK_KLINES:
        text_addf(&text, "/fapi/v1/klines?symbol=%s&interval=1m&limit=%d", symbol,
                  (int)live->past.minutes);
        break;
    }
}

/* Upbit counts its groups of requests apart. */
static void hear_group(struct live_venue *venue, const char *group, int32_t left,
                       int64_t now_ns)
{
    struct budget *budget = strcmp(group, "orderbook") == 0 ? &venue->budget
                            : strcmp(group, "candle") == 0  ? &venue->candles
                            : strcmp(group, "market") == 0  ? &venue->markets
                                                            : NULL;
    if (budget != NULL) {
        budget_hear_left(budget, left, now_ns);
    }
}

/* The headers of any answer, good or bad. */
static void hear_headers(struct live_venue *venue, enum venue which,
                         const struct http_answer *answer, int64_t ahead_ns)
{
    char group[BUDGET_GROUP_SIZE];
    int32_t left;
    int64_t used;
    int64_t date_ns;
    const char *remaining = http_header(answer, "remaining-req");
    const char *weight = http_header(answer, "x-mbx-used-weight-1m");
    const char *date = http_header(answer, "date");
    if (remaining != NULL && budget_parse_left(remaining, group, &left)) {
        hear_group(venue, group, left, answer->done_mono_ns);
    }
    if (weight != NULL && num_parse_int64(weight, strlen(weight), &used) && used >= 0 &&
        used <= INT32_MAX) {
        budget_hear_used(&venue->budget, (int32_t)used, answer->done_mono_ns);
    }
    /* Upbit has no call that tells the time; its headers do, in whole seconds. */
    if (which == VENUE_A && date != NULL && http_date_parse(date, &date_ns)) {
        offset_add(&venue->clock, answer->sent_mono_ns + ahead_ns,
                   answer->done_mono_ns + ahead_ns, date_ns, CLOCK_NS_PER_S);
    }
}

static int64_t back_off_ns(const struct live *live, int32_t failures)
{
    double wait_ms = live->config.back_off_ms;
    for (int32_t i = 1; i < failures && wait_ms < live->config.back_off_ms_max; i++) {
        wait_ms *= 2.0;
    }
    return NS(wait_ms < live->config.back_off_ms_max ? wait_ms : live->config.back_off_ms_max);
}

void live_ban(struct live *live, enum venue venue, int64_t wait_ms, int64_t now_ns)
{
    struct err err;
    struct live_venue *state = &live->venues[venue];
    const int64_t usual_ms = (int64_t)(venue == VENUE_A ? BAN_UPBIT_MS : BAN_BINANCE_MS)
                             << state->bans;
    const int64_t until_ns = now_ns + (wait_ms > 0 ? wait_ms : usual_ms) * CLOCK_NS_PER_MS;
    if (until_ns <= state->banned_ns + CLOCK_NS_PER_S) {
        return; /* the same ban, told again by an answer that was under way */
    }
    state->banned_ns = until_ns;
    state->bans += state->bans < BAN_DOUBLINGS_MAX ? 1 : 0;
    live->bans.until_ms[venue] = (until_ns + live->ahead_ns) / CLOCK_NS_PER_MS;
    live_lines_hold(live, venue, until_ns);
    log_error("market", "%s has banned this address for_s=%lld", venue_name(venue),
              (long long)((until_ns - now_ns) / CLOCK_NS_PER_S));
    if (live->ban_path != NULL && !bans_store(&live->bans, live->ban_path, &err)) {
        log_error("market", "the ban is forgotten at a restart: %s", err.text);
    }
}

/* 503 again and again is not a bad moment. */
static void follow_maintenance(struct live *live, enum venue venue, int32_t status)
{
    struct live_venue *state = &live->venues[venue];
    state->refusals_503 = status == 503 ? state->refusals_503 + 1 : 0;
    if (state->refusals_503 >= MAINTENANCE_ANSWERS && !state->in_maintenance) {
        state->in_maintenance = true;
        live_tell(live, venue, NULL, FEED_NEWS_STALE, REASON_VENUE_MAINTENANCE);
    } else if (status == 200 && state->in_maintenance) {
        state->in_maintenance = false;
        live_tell(live, venue, NULL, FEED_NEWS_FRESH, REASON_VENUE_MAINTENANCE);
    }
}

/* A snapshot that was asked for in vain was asked for all the same. */
static int64_t next_attempt_ns(const struct live_ask *ask, int64_t now_ns)
{
    const int64_t due_ns = now_ns + back_off_ns(ask->live, ask->failures);
    const int64_t next_ns = ask->sent_ns + NS(ask->live->config.resync_ms);
    return ask->kind == ASK_DEPTH && next_ns > due_ns ? next_ns : due_ns;
}

static void fail_ask(struct live_ask *ask, const struct http_answer *answer)
{
    struct live *live = ask->live;
    const enum venue venue = live_ask_venue(ask->kind);
    struct live_venue *state = &live->venues[venue];
    const int64_t now_ns = answer->done_mono_ns;
    const int64_t now_ms = (now_ns + live->ahead_ns) / CLOCK_NS_PER_MS;
    const char *retry_after = http_header(answer, "retry-after");
    const char *body = answer->body != NULL ? answer->body : "";
    ask->failures++;
    ask->wanted = true;
    ask->due_ns = next_attempt_ns(ask, now_ns);
    state->reason = live_reason_of(answer->fault, answer->status);
    if (answer->status == 503 && !state->in_maintenance) {
        state->reason =
            REASON_VENUE_SERVER_ERROR; /* a bad moment, unless it is said on and on */
    }
    if (answer->status == 429) {
        const int64_t otherwise_ms = venue == VENUE_A ? REFUSED_UPBIT_MS : REFUSED_BINANCE_MS;
        const int64_t wait_ms = ban_wait_ms(retry_after, body, now_ms, otherwise_ms);
        budget_close(budget_of(live, ask->kind), now_ns + wait_ms * CLOCK_NS_PER_MS);
    } else if (answer->status == 418) {
        live_ban(live, venue, ban_wait_ms(retry_after, body, now_ms, 0), now_ns);
    } else if (answer->fault == NET_TLS) {
        ask->due_ns = now_ns + NS(TLS_WAIT_MS);
    } else if (answer->fault == NET_NONE && answer->status < 500) {
        state->reason = REASON_VENUE_API_DRIFT; /* it does not know what we ask for */
        ask->due_ns = now_ns + NS(live->config.refresh_s * 1e3);
    }
    if (answer->fault != NET_NONE) {
        text_cut(state->why, sizeof(state->why), "%s: %s", live_ask_channel(ask->kind),
                 answer->text);
    } else {
        text_cut(state->why, sizeof(state->why), "%s: status %d", live_ask_channel(ask->kind),
                 answer->status);
    }
    state->retry_ns = ask->due_ns;
    feeds_count(&live->intake.feeds, venue, state->reason);
    if ((ask->failures & (ask->failures - 1)) != 0) {
        return; /* said at the 1st, 2nd, 4th, 8th ... in a row */
    }
    log_info("market", "%s request failed reason=%s failures=%d: %s", venue_name(venue),
             reason_code(state->reason), ask->failures, state->why);
}

/* False: what came tells no time. */
static bool hear_time(struct live *live, const struct http_answer *answer)
{
    int64_t time_ns;
    if (!server_time_read(answer->body, answer->body_size, &time_ns)) {
        return false;
    }
    offset_add(&live->venues[VENUE_B].clock, answer->sent_mono_ns + live->ahead_ns,
               answer->done_mono_ns + live->ahead_ns, time_ns, CLOCK_NS_PER_MS);
    live_tell_offset(live, VENUE_B);
    return true;
}

static void take_answer(struct live_ask *ask, const struct http_answer *answer)
{
    struct live *live = ask->live;
    const enum venue venue = live_ask_venue(ask->kind);
    const bool candles = ask->kind == ASK_CANDLES || ask->kind == ASK_KLINES;
    const bool again = ask->kind != ASK_DEPTH && ask->kind != ASK_UPBIT_BOOKS && !candles;
    ask->failures = 0;
    live->venues[venue].reason = REASON_NONE;
    ask->wanted = again;
    ask->due_ns = answer->done_mono_ns + NS(live->config.refresh_s * 1e3);
    if (candles && !live->past.awaited) {
        return; /* nobody waits for it any more, and it was said so */
    }
    if (ask->kind == ASK_CANDLES) {
        live_past_take(ask, answer);
        return;
    }
    if (ask->kind == ASK_TIME && !hear_time(live, answer)) {
        ask->due_ns = answer->done_mono_ns + back_off_ns(live, 1);
        feeds_count(&live->intake.feeds, venue, REASON_INPUT_MALFORMED);
    }
    live_take(live, venue, live_ask_channel(ask->kind), live_ask_symbol(ask), answer->body,
              answer->body_size, answer->done_mono_ns);
    if (ask->kind == ASK_INFO && live->intake.instruments.weight_per_min > 0) {
        live->venues[VENUE_B].budget.limit = live->intake.instruments.weight_per_min;
    }
}

static void on_done(void *context, const struct http_answer *answer)
{
    struct live_ask *ask = context;
    struct live *live = ask->live;
    const enum venue venue = live_ask_venue(ask->kind);
    ask->under_way = false;
    live_check_clock(live, clock_monotonic_ns());
    if (answer->fault == NET_NONE) {
        hear_headers(&live->venues[venue], venue, answer, live->ahead_ns);
        live_tell_offset(live, venue);
        follow_maintenance(live, venue, answer->status);
    }
    /* That a market is not known is an answer too. */
    const bool unknown = ask->kind == ASK_UPBIT_INSTRUMENT && answer->status == 404;
    if (answer->fault == NET_NONE && (answer->status == 200 || unknown)) {
        take_answer(ask, answer);
    } else {
        fail_ask(ask, answer);
    }
}

/* A book that is lost again and again is left alone for a while. */
static bool may_resync(struct live_ask *ask, int64_t now_ns)
{
    struct live *live = ask->live;
    struct live_pair *pair = &live->pairs[ask->pair];
    const int64_t window_ns = NS(live->config.storm_window_s * 1e3);
    const int64_t over_ns =
        storm_over_ns(&pair->resyncs, live->config.storm_resyncs, window_ns, now_ns);
    if (over_ns <= now_ns) {
        pair->storm = false;
        return true;
    }
    if (!pair->storm) {
        pair->storm = true;
        live_tell(live, VENUE_B, live_ask_symbol(ask), FEED_NEWS_GAP, REASON_FEED_RESYNC_STORM);
    }
    ask->due_ns = over_ns;
    return false;
}

static void send_ask(struct live_ask *ask, int64_t now_ns)
{
    struct live *live = ask->live;
    struct live_venue *venue = &live->venues[live_ask_venue(ask->kind)];
    char url[LIVE_TARGET_SIZE];
    write_url(ask, url);
    const struct http_request request = {
        .method = "GET",
        .url = url,
        .timeout_ms = (int64_t)live->config.request_ms,
        .size_max = FRAMES_SIZE_MAX,
    };
    const int64_t wait_ns =
        budget_take(budget_of(live, ask->kind), weight_of(ask->kind), now_ns);
    if (wait_ns > 0) {
        ask->due_ns = now_ns + wait_ns;
        venue->retry_ns = ask->due_ns;
        feeds_count(&live->intake.feeds, live_ask_venue(ask->kind), REASON_VENUE_RATE_BUDGET);
        return;
    }
    if (http_send(live->http, &request, on_done, ask) == 0) {
        ask->due_ns = now_ns + NS(live->config.back_off_ms);
        return;
    }
    if (ask->kind == ASK_DEPTH) {
        storm_note(&live->pairs[ask->pair].resyncs, now_ns);
    }
    venue->requests++;
    ask->under_way = true;
    ask->wanted = false;
    ask->sent_ns = now_ns;
}

/* Wants a snapshot where diffs wait for one, or where none comes at all; not more often than
 * the venue should be asked. */
static void want_depth(struct live_ask *ask, int64_t now_ns)
{
    const struct live *live = ask->live;
    const struct feeds_pair *pair = &live->intake.feeds.pairs[ask->pair];
    const struct live_line *line = &live->lines[LINE_PUBLIC];
    const bool no_diffs = !depth_ready(pair->depth) && now_ns - line->opened_ns > NO_DIFFS_NS;
    const bool wants = line->open && (depth_wants(pair->depth) || no_diffs);
    if (wants && !ask->wanted && !ask->under_way) {
        const int64_t next_ns = ask->sent_ns + NS(live->config.resync_ms);
        ask->due_ns = ask->sent_ns != 0 && next_ns > now_ns ? next_ns : now_ns;
    }
    ask->wanted = wants;
}

void live_asks_send(struct live *live, int64_t now_ns)
{
    for (int32_t i = 0; i < live->asks_count; i++) {
        struct live_ask *ask = &live->asks[i];
        if (ask->kind == ASK_DEPTH) {
            want_depth(ask, now_ns);
        }
        const bool due = ask->wanted && !ask->under_way && now_ns >= ask->due_ns;
        if (!due || now_ns < live->venues[live_ask_venue(ask->kind)].banned_ns) {
            continue;
        }
        if (ask->kind != ASK_DEPTH || may_resync(ask, now_ns)) {
            send_ask(ask, now_ns);
        }
    }
}

void live_ask_for(struct live *live, enum live_ask_kind kind)
{
    for (int32_t i = 0; i < live->asks_count; i++) {
        if (live->asks[i].kind == kind && !live->asks[i].under_way) {
            live->asks[i].wanted = true;
            live->asks[i].due_ns = 0;
        }
    }
}
