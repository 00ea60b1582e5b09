#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "live_state.h"

/* The sockets: what they subscribe to, what they deliver, and how they come and go. */

#define NS(ms) ((int64_t)((ms)*1e6))

/* Trying a certificate again is no use; a person has to do something first. */
#define TLS_HOLD_NS (60 * CLOCK_NS_PER_S)
/* A quiet market of Upbit sends nothing for long; one of Binance does not exist. */
enum { UPBIT_PATIENCE = 6 };

enum reason live_reason_of(enum net_fault fault, int32_t status)
{
    static const enum reason reasons[] = {
        [NET_NONE] = REASON_NONE,
        [NET_DNS] = REASON_NET_DNS,
        [NET_CONNECT] = REASON_NET_CONNECT,
        [NET_RESET] = REASON_NET_RESET,
        [NET_TLS] = REASON_NET_TLS,
        [NET_TIMEOUT] = REASON_NET_TIMEOUT,
        [NET_SLOW] = REASON_NET_SLOW,
        [NET_TRUNCATED] = REASON_NET_TRUNCATED,
        [NET_OVERSIZE] = REASON_NET_OVERSIZE,
        [NET_GARBAGE] = REASON_INPUT_MALFORMED,
        [NET_PROXY] = REASON_NET_PROXY,
        [NET_REFUSED] = REASON_VENUE_DOWN,
        [NET_SILENT] = REASON_FEED_SILENT,
        [NET_CLOSED] = REASON_FEED_DISCONNECTED,
        [NET_CANCELLED] = REASON_NET_CANCELLED,
    };
    _Static_assert(sizeof(reasons) / sizeof(reasons[0]) == NET_FAULT_LAST + 1, "one each");
    if (status == 429) {
        return REASON_VENUE_RATE_LIMIT;
    }
    if (status == 418) {
        return REASON_VENUE_BANNED;
    }
    if (status == 503) {
        return REASON_VENUE_MAINTENANCE;
    }
    return status >= 500 ? REASON_VENUE_SERVER_ERROR : reasons[fault];
}

static void tell_down(struct live_line *line, enum feed_news_kind kind)
{
    struct live *live = line->live;
    if (line->carries_books) {
        live_tell(live, line->venue, NULL, kind, line->reason);
    } else {
        feeds_count(&live->intake.feeds, line->venue, line->reason);
    }
}

/* A line that is lost again and again though it delivers is let rest: a venue counts attempts.
 */
static void let_rest(struct live_line *line, int64_t now_ns)
{
    const struct config_live *config = &line->live->config;
    storm_note(&line->losses, now_ns);
    const int64_t over_ns = storm_over_ns(&line->losses, config->storm_losses,
                                          NS(config->storm_window_s * 1e3), now_ns);
    if (over_ns <= now_ns || over_ns <= line->retry_ns) {
        return;
    }
    line->reason = REASON_FEED_RESYNC_STORM;
    line->retry_ns = over_ns;
    websocket_hold_until(line->socket, over_ns);
    log_warn("market", "%s is lost again and again; next_try_s=%lld", venue_name(line->venue),
             (long long)((over_ns - now_ns) / CLOCK_NS_PER_S));
    tell_down(line, FEED_NEWS_DOWN);
}

static void take_lost(struct live_line *line, const struct websocket_news *news)
{
    struct live *live = line->live;
    const int64_t now_ns = clock_monotonic_ns();
    const int32_t status = news->fault == NET_REFUSED ? news->status : 0;
    line->lost = line->open;
    line->open = false;
    line->stale = false;
    line->reason = live_reason_of(news->fault, status);
    line->retry_ns = now_ns + news->wait_ms * CLOCK_NS_PER_MS;
    text_cut(line->why, sizeof(line->why), "%s", news->text != NULL ? news->text : "");
    log_info("market", "%s lost reason=%s next_try_ms=%lld: %s", venue_name(line->venue),
             reason_code(line->reason), (long long)news->wait_ms, line->why);
    if (status == 418) {
        live_ban(live, line->venue, ban_wait_ms(NULL, "", 0, news->retry_after_ms), now_ns);
    }
    if (news->fault == NET_TLS) {
        line->retry_ns = now_ns + TLS_HOLD_NS;
        websocket_hold_until(line->socket, line->retry_ns);
    }
    tell_down(line, news->fault == NET_SILENT ? FEED_NEWS_SILENT : FEED_NEWS_DOWN);
    let_rest(line, now_ns);
}

static void on_news(void *context, const struct websocket_news *news)
{
    struct live_line *line = context;
    switch (news->change) {
    case WEBSOCKET_OPENED:
        line->open = true;
        line->opened_ns = clock_monotonic_ns();
        line->message_ns = 0;
        line->reason = REASON_NONE;
        if (line->carries_books) {
            live_tell(line->live, line->venue, NULL, FEED_NEWS_OPEN, REASON_NONE);
        }
        break;
    case WEBSOCKET_REPLACED: /* nothing was missed; what came twice is known by its number */
        log_info("market", "%s has a new connection", venue_name(line->venue));
        break;
    case WEBSOCKET_LOST:
        take_lost(line, news);
        break;
    }
}

/* What the session does not take is let go before it is a frame: the chain shows the loss, as
 * it would one of the network. */
static bool has_room(struct live *live)
{
    if (intake_waiting(&live->intake) < LIVE_EVENTS_MAX) {
        return true;
    }
    live->overflowed = true;
    return false;
}

void live_line_heard(struct live_line *line)
{
    struct live *live = line->live;
    line->stale = false;
    live_tell(live, line->venue, NULL, FEED_NEWS_FRESH, REASON_FEED_STALE);
    for (int32_t i = 0; i < live->intake.feeds.pairs_count; i++) {
        live->pairs[i].stale[line->venue] = false; /* if it still is, it is told again */
    }
}

static void on_message(void *context, const char *bytes, size_t size, bool binary,
                       int64_t mono_ns)
{
    struct live_line *line = context;
    struct live *live = line->live;
    live_check_clock(live, clock_monotonic_ns());
    line->message_ns = mono_ns;
    if (has_room(live)) {
        live_take(live, line->venue, "ws", NULL, bytes, size, mono_ns);
    }
    /* Not before it is known whether what came is late. */
    if (line->stale && !live_line_is_quiet(line, clock_monotonic_ns())) {
        live_line_heard(line);
    }
    live_asks_send(live, clock_monotonic_ns()); /* a broken chain asks at once */
}

/* [{"ticket":...},{"type":"orderbook","codes":[...]},...]: an array, or Upbit hangs up; one
 * frame, since a second one would replace it. */
static void write_upbit_hello(struct live *live, char out[LIVE_HELLO_SIZE], uint64_t seed)
{
    struct text text = text_fixed(out, LIVE_HELLO_SIZE);
    static const char *const types[] = {"orderbook", "ticker", "trade"};
    text_addf(&text, "[{\"ticket\":\"arblite-%016llx\"}", (unsigned long long)seed);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        char levels[8] = "";
        if (i == 0) {
            snprintf(levels, sizeof(levels), ".%d", live->config.upbit_levels);
        }
        text_addf(&text, ",{\"type\":\"%s\",\"codes\":[\"%s%s\"", types[i], live->fx_symbol,
                  levels);
        for (int32_t pair = 0; pair < live->intake.feeds.pairs_count; pair++) {
            text_addf(&text, ",\"%s%s\"", live->intake.feeds.pairs[pair].symbol_a, levels);
        }
        text_addf(&text, "]%s}", i == 2 ? ",\"is_only_realtime\":true" : "");
    }
    text_add(&text, ",{\"format\":\"DEFAULT\"}]");
}

/* Streams are named in small letters. */
static void add_stream(struct text *text, bool first, const char *symbol, const char *stream)
{
    text_add(text, first ? "" : "/");
    for (const char *at = symbol; *at != '\0'; at++) {
        text_add_char(text, (char)tolower((unsigned char)*at));
    }
    text_add(text, stream);
}

static void write_binance_url(struct live *live, struct live_line *line, const char *base,
                              const char *stream, const char *other)
{
    struct text text = text_fixed(line->url, sizeof(line->url));
    text_addf(&text, "%s/stream?streams=", base);
    for (int32_t i = 0; i < live->intake.feeds.pairs_count; i++) {
        const char *symbol = live->intake.feeds.pairs[i].symbol_b;
        add_stream(&text, i == 0, symbol, stream);
        if (other != NULL) {
            add_stream(&text, false, symbol, other);
        }
    }
}

static bool open_line(struct live_line *line, uint64_t seed, struct err *err)
{
    struct live *live = line->live;
    const struct config_live *config = &live->config;
    const struct websocket_options options = {
        .url = line->url,
        .hello = {line->hello},
        .hello_count = line->hello[0] != '\0' ? 1 : 0,
        .message_size_max = FRAMES_SIZE_MAX,
        .connect_ms = (int64_t)config->connect_ms,
        .ping_ms = (int64_t)config->ping_ms,
        .silence_ms = (int64_t)config->silence_ms,
        .back_off_ms = (int64_t)config->back_off_ms,
        .back_off_max_ms = (int64_t)config->back_off_ms_max,
        .lifetime_ms = (int64_t)(config->lifetime_s * 1e3),
        .overlap_ms = (int64_t)config->overlap_ms,
        .seed = seed,
    };
    const struct websocket_calls calls = {on_news, on_message, line};
    return websocket_open(&line->socket, live->sockets, &options, &calls, err);
}

bool live_lines_open(struct live *live, uint64_t seed, struct err *err)
{
    const struct config_live *config = &live->config;
    struct live_line *upbit = &live->lines[LINE_UPBIT];
    snprintf(upbit->url, sizeof(upbit->url), "%s", config->upbit_socket_url);
    write_upbit_hello(live, upbit->hello, seed);
    write_binance_url(live, &live->lines[LINE_PUBLIC], config->binance_public_url,
                      "@depth@100ms", config->book_ticker ? "@bookTicker" : NULL);
    write_binance_url(live, &live->lines[LINE_MARKET], config->binance_market_url,
                      "@markPrice@1s", NULL);
    for (int i = 0; i <= LINE_LAST; i++) {
        struct live_line *line = &live->lines[i];
        line->live = live;
        line->venue = i == LINE_UPBIT ? VENUE_A : VENUE_B;
        line->carries_books = i != LINE_MARKET;
        line->data_silence_ns =
            NS(config->silence_ms) * (line->venue == VENUE_A ? UPBIT_PATIENCE : 1);
        if (live->venues[line->venue].banned_ns != 0) {
            line->reason = REASON_VENUE_BANNED;
            continue;
        }
        if (!open_line(line, seed + (uint64_t)i, err)) {
            return false;
        }
    }
    return true;
}

void live_lines_close(struct live *live)
{
    for (int i = 0; i <= LINE_LAST; i++) {
        websocket_close(live->lines[i].socket);
    }
}

void live_lines_hold(struct live *live, enum venue venue, int64_t until_ns)
{
    for (int i = 0; i <= LINE_LAST; i++) {
        if (live->lines[i].venue == venue && live->lines[i].socket != NULL) {
            websocket_hold_until(live->lines[i].socket, until_ns);
        }
    }
}

/* Bytes came since a ping of ours, and neither its pong nor the end of a message: what is
 * before them in the stream takes too long. On a wrong path pongs come, and nothing else. */
static bool drips(const struct live_line *line, int64_t now_ns, double longer_ms)
{
    const struct websocket_stats *stats = websocket_stats(line->socket);
    return stats->ping_waits_ns != 0 && stats->heard_mono_ns > stats->ping_waits_ns &&
           line->message_ns < stats->ping_waits_ns &&
           now_ns - stats->ping_waits_ns > NS(longer_ms);
}

bool live_line_is_quiet(const struct live_line *line, int64_t now_ns)
{
    const struct config_live *config = &line->live->config;
    const struct websocket_stats *stats = websocket_stats(line->socket);
    /* Once stale, what comes may be the past: the answer to a ping tells. */
    return now_ns - stats->heard_mono_ns > NS(config->stale_ms) ||
           drips(line, now_ns, config->stale_ms) || (line->stale && stats->ping_waits_ns != 0);
}

bool live_line_watch(struct live_line *line, int64_t now_ns)
{
    struct live *live = line->live;
    struct err err;
    if (line->socket == NULL) {
        if (now_ns < live->venues[line->venue].banned_ns) {
            return false;
        }
        if (!open_line(line, (uint64_t)now_ns, &err)) {
            log_error("market", "%s: %s", venue_name(line->venue), err.text);
            live->venues[line->venue].banned_ns = now_ns + TLS_HOLD_NS;
            return false;
        }
    }
    if (!line->open) {
        return false;
    }
    const int64_t since_ns = line->message_ns > 0 ? line->message_ns : line->opened_ns;
    const bool slow = drips(line, now_ns, live->config.silence_ms);
    if (slow || now_ns - since_ns > line->data_silence_ns) {
        /* Or it is the wrong path, on which there is no error. */
        websocket_renew(line->socket, slow || drips(line, now_ns, 0) ? NET_SLOW : NET_SILENT,
                        since_ns);
        return false;
    }
    return true;
}
