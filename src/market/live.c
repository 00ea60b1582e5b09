#include "market/live.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "live_state.h"
#include "state_frame.h"

/* A request that drips is seen to drip before its time is over: by the second look. */
enum { REQUESTS_MAX = 8, LOOKS_PER_REQUEST = 3 };

static const struct source_ops live_ops;

static struct live *live_of(const struct source *source)
{
    assert(source->ops == &live_ops);
    return (struct live *)source;
}

static void on_wake(void *context, int64_t now_ns)
{
    struct live *live = context;
    live->wake_timer = 0;
    if (live->wake != NULL && intake_waiting(&live->intake) > 0) {
        live->wake(live->wake_context);
    }
}

/* Whoever wakes may close us, and a socket is not closed inside its own call: the loop wakes,
 * once for all that came together. */
static void ask_to_wake(struct live *live)
{
    if (live->wake_timer == 0 && intake_waiting(&live->intake) > 0) {
        live->wake_timer = loop_add_timer(live->loop, 0, on_wake, live);
    }
}

/* A line of a recording holds no line feed; in JSON a blank says the same. */
static const char *without_line_feeds(struct live *live, const char *raw, size_t length)
{
    if (length == 0 || memchr(raw, '\n', length) == NULL) {
        return raw;
    }
    if (live->scratch_size < length) {
        live->scratch_size = length;
        live->scratch = mem_grow(live->scratch, length, 1);
    }
    for (size_t i = 0; i < length; i++) {
        live->scratch[i] = raw[i] == '\n' ? ' ' : raw[i];
    }
    return live->scratch;
}

/* Time never runs back, not even behind what next() was told when there was nothing. */
static int64_t receive_time(struct live *live, int64_t mono_ns)
{
    int64_t receive_ns = mono_ns + live->ahead_ns;
    receive_ns = receive_ns > live->waited_ns ? receive_ns : live->waited_ns;
    receive_ns = receive_ns > live->receive_ns ? receive_ns : live->receive_ns;
    live->receive_ns = receive_ns;
    return receive_ns;
}

/* From the last byte of a message read to its events made. */
static void measure_decode(struct live *live, enum venue venue, int64_t mono_ns)
{
    const int64_t done_ns = clock_monotonic_ns();
    histogram_add(&live->decode[venue], done_ns - mono_ns);
    live->decode_mono_ns[venue] = done_ns;
}

void live_take(struct live *live, enum venue venue, const char *channel, const char *symbol,
               const char *raw, size_t length, int64_t mono_ns)
{
    struct frame frame = {.receive_ns = receive_time(live, mono_ns), .venue = venue};
    frame.raw = without_line_feeds(live, raw, length);
    frame.raw_length = length;
    snprintf(frame.channel, sizeof(frame.channel), "%s", channel);
    snprintf(frame.symbol, sizeof(frame.symbol), "%s", symbol != NULL ? symbol : "");
    if (live->tap != NULL) {
        live->tap(live->tap_context, &frame);
    }
    const enum reason reason = intake_read(&live->intake, &frame);
    if (reason != REASON_NONE) {
        intake_report_drop(&live->intake, reason, venue_name(venue));
    }
    intake_settle(&live->intake);
    if (channel[0] == 'w') {
        measure_decode(live, venue, mono_ns);
    }
    ask_to_wake(live);
}

static void tell(struct live *live, enum venue venue, const char *symbol,
                 const struct feed_news *news)
{
    char raw[STATE_FRAME_SIZE];
    state_frame_format(raw, news);
    live_take(live, venue, "state", symbol, raw, strlen(raw), clock_monotonic_ns());
}

void live_tell(struct live *live, enum venue venue, const char *symbol,
               enum feed_news_kind kind, enum reason reason)
{
    tell(live, venue, symbol, &(struct feed_news){.kind = kind, .reason = reason});
}

void live_tell_clock(struct live *live, enum venue venue, enum reason reason, int64_t off_ns,
                     double limit_ms)
{
    tell(live, venue, NULL,
         &(struct feed_news){.kind = FEED_NEWS_CLOCK,
                             .reason = reason,
                             .off_ms = off_ns / CLOCK_NS_PER_MS,
                             .limit_ms = (int64_t)limit_ms});
}

/* Rounded so that it never claims to know better. */
void live_tell_offset(struct live *live, enum venue venue)
{
    struct live_venue *state = &live->venues[venue];
    struct feed_news news = {.kind = FEED_NEWS_OFFSET};
    int64_t offset_ns;
    int64_t error_ns;
    if (!offset_get(&state->clock, &offset_ns, &error_ns)) {
        return;
    }
    news.off_ms = offset_ns / CLOCK_NS_PER_MS;
    news.error_ms = error_ns / CLOCK_NS_PER_MS + 2;
    news.limit_ms = (int64_t)live->config.stale_ms;
    const struct feed_news *told = &state->told_offset;
    if (news.kind != told->kind || news.off_ms != told->off_ms ||
        news.error_ms != told->error_ms) {
        state->told_offset = news;
        tell(live, venue, NULL, &news);
    }
}

static void on_tick(void *context, int64_t now_ns)
{
    struct live *live = context;
    live->tick_timer =
        loop_add_timer(live->loop, now_ns + LIVE_TICK_MS * CLOCK_NS_PER_MS, on_tick, live);
    live_watch(live, now_ns);
}

static enum source_result live_next(struct source *source, struct event *out, struct err *err)
{
    struct live *live = live_of(source);
    if (intake_next(&live->intake, out)) {
        return SOURCE_EVENT;
    }
    live->waited_ns = clock_monotonic_ns() + live->ahead_ns;
    return SOURCE_WAIT;
}

/* What was between is gone; the numbers go on. */
static bool live_seek(struct source *source, uint64_t line, struct err *err)
{
    live_of(source)->intake.events = line;
    return true;
}

static const char *live_label(const struct source *source)
{
    return "LIVE upbit binance";
}

static bool live_feed(const struct source *source, int32_t pair, enum venue venue,
                      struct source_feed *out)
{
    return intake_feed(&live_of(source)->intake, pair, venue, out);
}

static void live_close(struct source *source)
{
    struct live *live = live_of(source);
    loop_remove_timer(live->loop, live->tick_timer);
    loop_remove_timer(live->loop, live->wake_timer);
    live_lines_close(live);
    live_past_finish(live);
    websockets_destroy(live->sockets);
    http_destroy(live->http);
    intake_finish(&live->intake);
    mem_free(live->scratch);
    mem_free(live->ban_path);
    mem_free(live);
}

static const struct source_ops live_ops = {
    .next = live_next,
    .seek = live_seek,
    .label = live_label,
    .feed = live_feed,
    .traffic = live_traffic,
    .count = live_count,
    .close = live_close,
};

/* A ban that cannot be read is one that cannot be obeyed. */
static bool load_bans(struct live *live, const char *path, int64_t now_ns, struct err *err)
{
    if (path == NULL) {
        return true;
    }
    live->ban_path = mem_copy_string(path);
    if (!bans_load(&live->bans, path, err)) {
        return false;
    }
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const int64_t left_ns =
            live->bans.until_ms[venue] * CLOCK_NS_PER_MS - (now_ns + live->ahead_ns);
        live->venues[venue].banned_ns = left_ns > 0 ? now_ns + left_ns : 0;
    }
    return true;
}

static bool open_network(struct live *live, struct err *err)
{
    const char *ca_file = live->config.ca_file[0] != '\0' ? live->config.ca_file : NULL;
    const struct http_options options = {
        .ca_file = ca_file,
        .user_agent = "arblite",
        .requests_max = REQUESTS_MAX,
        .slow_ms = (int64_t)live->config.request_ms / LOOKS_PER_REQUEST,
    };
    return http_create(&live->http, live->loop, &options, err) &&
           websockets_create(&live->sockets, live->loop, ca_file, err);
}

bool live_open(struct source **out, struct loop *loop, const struct live_options *options,
               struct err *err)
{
    if (options->pairs_count < 1 || options->pairs_count > LIVE_PAIRS_MAX) {
        return err_set(err, ERR_INPUT, "live data of %d pairs (expected 1 to %d)",
                       options->pairs_count, LIVE_PAIRS_MAX);
    }
    const struct frames_options frames = {options->pairs, options->pairs_count,
                                          options->fx_symbol, options->fx_price};
    struct live *live = mem_zalloc(sizeof(*live));
    const int64_t now_ns = clock_monotonic_ns();
    live->source.ops = &live_ops;
    live->loop = loop;
    live->config = *options->config;
    live->config.back_off_ms_max = fmax(live->config.back_off_ms, live->config.back_off_ms_max);
    live->wall_ns = options->wall_ns != NULL ? options->wall_ns : clock_wall_ns;
    live->ahead_ns = live->wall_ns() - now_ns;
    live->tick_ns = now_ns;
    snprintf(live->fx_symbol, sizeof(live->fx_symbol), "%s", options->fx_symbol);
    if (!intake_init(&live->intake, &frames, err) ||
        !load_bans(live, options->ban_path, now_ns, err) || !open_network(live, err) ||
        !live_lines_open(live, options->seed, err)) {
        live_close(&live->source);
        return false;
    }
    live_past_begin(live, options->history_minutes, now_ns);
    live_asks_init(live);
    live->tick_timer = loop_add_timer(loop, now_ns, on_tick, live);
    *out = &live->source;
    return true;
}

int64_t live_now_ns(const struct source *source)
{
    return clock_monotonic_ns() + live_of(source)->ahead_ns;
}

int64_t live_from_mono_ns(const struct source *source, int64_t mono_ns)
{
    return mono_ns + live_of(source)->ahead_ns;
}

int64_t live_to_mono_ns(const struct source *source, int64_t event_ns)
{
    return event_ns - live_of(source)->ahead_ns;
}

void live_set_wake(struct source *source, live_wake_fn *wake, void *context)
{
    struct live *live = live_of(source);
    live->wake = wake;
    live->wake_context = context;
    ask_to_wake(live);
}

void live_set_tap(struct source *source, live_tap_fn *tap, void *context)
{
    struct live *live = live_of(source);
    live->tap = tap;
    live->tap_context = context;
}

uint64_t live_count(const struct source *source, enum venue venue, enum reason reason)
{
    return live_of(source)->intake.feeds.reasons[venue][reason];
}

void live_counts(const struct source *source, struct frames_counts *out)
{
    intake_counts(&live_of(source)->intake, out);
}
