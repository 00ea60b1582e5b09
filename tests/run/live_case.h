#pragma once
#include "support/check.h"

#include <stdlib.h>

#include "market/frame_lines.h"
#include "market/frames.h"
#include "market/recorder.h"
#include "run/recording.h"
#include "session_folder.h"
#include "support/dice.h"

/* live_case: a session on live data that a test hands over, by a clock that a test winds.
 *
 * The market is a list of frames made beforehand; each is received when the clock comes to its
 * time, goes to the tap, and waits in the source for the runner to ask. */

#define LIVE_BEGAN_NS INT64_C(1700000000000000000)
#define MS            INT64_C(1000000)

enum { LIVE_FRAMES_MAX = 4096, LIVE_RAW_SIZE = 256 };

struct live_frame {
    struct frame frame;
    char raw[LIVE_RAW_SIZE];
};

struct live_case {
    struct source source; /* the first member: it is given out as one */
    struct source *decoded;
    struct event event;
    bool has_event;
    int64_t received_ns; /* what came up to here can be had */
    struct live_frame *frames;
    size_t frames_count, frames_tapped;
    char path[SCRATCH_PATH_SIZE]; /* all frames as a file, for the decoders */
    char folder[FOLDER_PATH_SIZE];
    struct recorder *recorder;
    bool shadow;
    struct session_folder session;
};

static inline struct live_case *live_case_of(const struct source *source)
{
    return (struct live_case *)source;
}

static inline enum source_result live_case_next(struct source *source, struct event *out,
                                                struct err *err)
{
    struct live_case *it = live_case_of(source);
    if (!it->has_event) {
        it->has_event = it->decoded->ops->next(it->decoded, &it->event, err) == SOURCE_EVENT;
    }
    if (!it->has_event || it->event.time_ns > it->received_ns) {
        return SOURCE_WAIT;
    }
    it->has_event = false;
    *out = it->event;
    return SOURCE_EVENT;
}

static inline bool live_case_seek(struct source *source, uint64_t line, struct err *err)
{
    fail_msg("nobody goes back in live data");
    return false;
}

static inline const char *live_case_label(const struct source *source)
{
    return "LIVE DATA";
}

static inline void live_case_close(struct source *source)
{
    source_close(live_case_of(source)->decoded);
}

static inline bool live_case_feed(void *context, const struct setup *setup, const char *session,
                                  struct runner_feed *out, struct err *err)
{
    static const struct source_ops ops = {
        .next = live_case_next,
        .seek = live_case_seek,
        .label = live_case_label,
        .close = live_case_close,
    };
    static const struct frames_pair pairs[] = {{"KRW-BTC", "BTCUSDT"}};
    const struct frames_options options = {pairs, 1, "KRW-USDT", "mid"};
    struct live_case *it = context;
    it->source.ops = &ops;
    it->has_event = false;
    if (!frames_open(&it->decoded, it->path, &options, err)) {
        return false;
    }
    *out = (struct runner_feed){.source = &it->source, .ahead_ns = LIVE_BEGAN_NS};
    return true;
}

/* One frame more, at that time after the beginning. */
static inline void live_case_add(struct live_case *it, int64_t after_ns, enum venue venue,
                                 const char *raw)
{
    assert_true(it->frames_count < LIVE_FRAMES_MAX);
    struct live_frame *to = &it->frames[it->frames_count++];
    snprintf(to->raw, sizeof to->raw, "%s", raw);
    to->frame = (struct frame){.receive_ns = LIVE_BEGAN_NS + after_ns,
                               .venue = venue,
                               .raw = to->raw,
                               .raw_length = strlen(to->raw)};
    snprintf(to->frame.channel, sizeof to->frame.channel, "ws");
}

static inline void live_case_upbit(struct live_case *it, int64_t at_ns, const char *code,
                                   double bid, double ask)
{
    char raw[LIVE_RAW_SIZE];
    snprintf(raw, sizeof raw,
             "{\"ty\":\"orderbook\",\"cd\":\"%s\",\"tms\":%lld,\"obu\":[{\"ap\":%.1f,"
             "\"bp\":%.1f,\"as\":1000,\"bs\":1000}],\"lv\":0}",
             code, (long long)((LIVE_BEGAN_NS + at_ns) / MS), ask, bid);
    live_case_add(it, at_ns, VENUE_A, raw);
}

static inline void live_case_binance(struct live_case *it, int64_t at_ns, double bid,
                                     double ask)
{
    char raw[LIVE_RAW_SIZE];
    const long long ms = (LIVE_BEGAN_NS + at_ns) / MS;
    snprintf(raw, sizeof raw,
             "{\"e\":\"bookTicker\",\"u\":%zu,\"s\":\"BTCUSDT\",\"b\":\"%.2f\",\"B\":\"50\","
             "\"a\":\"%.2f\",\"A\":\"50\",\"T\":%lld,\"E\":%lld}",
             it->frames_count + 1, bid, ask, ms, ms);
    live_case_add(it, at_ns, VENUE_B, raw);
}

/* One moment of both markets at 1,000 KRW per USDT, B `bps` dearer than 100 USDT on A. */
static inline void live_case_moment(struct live_case *it, int64_t at_ns, double bps)
{
    const double price_b = 100.0 * (1.0 + bps / 1e4);
    live_case_upbit(it, at_ns, "KRW-USDT", 999.9, 1000.1);
    live_case_upbit(it, at_ns + MS, "KRW-BTC", 99990, 100010);
    live_case_binance(it, at_ns + 2 * MS, price_b - 0.01, price_b + 0.01);
}

/* What a connection tells of itself. */
static inline void live_case_tell(struct live_case *it, int64_t at_ns, enum venue venue,
                                  const char *raw)
{
    live_case_add(it, at_ns, venue, raw);
    snprintf(it->frames[it->frames_count - 1].frame.channel, FRAME_CHANNEL_SIZE, "state");
}

static inline void live_case_note(void *context, const char *line)
{
    struct live_case *it = context;
    if (it->recorder != NULL) {
        recorder_note(it->recorder, line);
    }
}

/* The clock has come to `after_ns`: what has come meanwhile is recorded and can be had. */
static inline void live_case_receive(struct live_case *it, int64_t after_ns)
{
    it->received_ns = LIVE_BEGAN_NS + after_ns;
    while (it->frames_tapped < it->frames_count &&
           it->frames[it->frames_tapped].frame.receive_ns <= it->received_ns) {
        if (it->recorder != NULL) {
            recorder_add(it->recorder, &it->frames[it->frames_tapped].frame);
        }
        it->frames_tapped++;
    }
}

static inline void live_case_create(struct live_case *it)
{
    memset(it, 0, sizeof *it);
    it->frames = test_calloc(LIVE_FRAMES_MAX, sizeof *it->frames);
    folder_create(it->folder);
    session_folder_create(&it->session);
    struct config *config = &it->session.config;
    config->pairs_count = 1;
    config->pairs[0].minimum_a_krw = config->pairs[0].minimum_b_usdt = 0;
    config->engine.max_position_usd = 500;
    config->paper.latency_a_ms_median = 60;
    config->paper.latency_a_ms_p99 = 400;
    config->paper.latency_b_ms_median = 12;
    config->paper.latency_b_ms_p99 = 80;
    snprintf(config->fx.price, sizeof config->fx.price, "mid");
}

/* What has not been received yet. */
static inline void live_case_write(struct live_case *it)
{
    struct text lines = text_growing();
    if (it->path[0] != '\0') {
        scratch_remove(it->path);
    }
    for (size_t i = it->frames_tapped; i < it->frames_count; i++) {
        const struct frame *frame = &it->frames[i].frame;
        text_addf(&lines, "%lld\t%s\t%s\t%s\n", (long long)frame->receive_ns,
                  venue_name(frame->venue), frame->channel, frame->raw);
    }
    scratch_write_text(it->path, text_string(&lines));
    text_finish(&lines);
}

static inline void live_case_settle(void *context)
{
    struct live_case *it = context;
    if (it->recorder != NULL) {
        (void)recorder_settle(it->recorder, INT64_C(1000000000));
    }
}

/* Opens the session on the frames added before, recorded with its options as the header; or
 * goes on with it after live_case_stop() or live_case_kill(). */
static inline void live_case_open(struct live_case *it)
{
    struct session_folder *s = &it->session;
    struct err err = {0};
    const struct setup_request request = {
        .source = "live", .config = &s->config, .shadow = it->shadow};
    live_case_write(it);
    if (!setup_make(&s->setup, &request, &err)) {
        fail_msg("%s", err.text);
    }
    struct text header = text_growing();
    recording_header(&s->setup, "live-1", "test", &header);
    const struct recorder_options recorder = {
        .folder = it->folder,
        .name = "live-1",
        .header = text_string(&header),
        .file_bytes = 2000, /* so that there are several files */
        .file_age_ns = INT64_MAX,
        .now_ns = LIVE_BEGAN_NS,
    };
    if (!recorder_open(&it->recorder, &recorder, &err)) {
        fail_msg("%s", err.text);
    }
    text_finish(&header);
    latch_release(&s->latch);
    const struct runner_options options = {
        .setup = &s->setup,
        .dir = &s->dir,
        .latch = &s->latch,
        .speed = 1.0,
        .max_events = -1,
        .wall_ns = LIVE_BEGAN_NS,
        .version = "test",
        .life = session_folder_line,
        .life_context = s,
        .open_feed = live_case_feed,
        .feed_context = it,
        .note = live_case_note,
        .settle = live_case_settle,
        .note_context = it,
    };
    if (!runner_open(&s->runner, &options, &err)) {
        fail_msg("%s", err.text);
    }
}

/* Takes what is due at that time after the beginning; says until when nothing is. */
static inline enum runner_state live_case_pump(struct live_case *it, int64_t after_ns,
                                               int32_t events_max, int64_t *due_ns)
{
    it->session.mono_ns = after_ns;
    return runner_pump(it->session.runner, after_ns, LIVE_BEGAN_NS + after_ns, events_max,
                       due_ns);
}

/* Stops the session and ends the recording. */
static inline void live_case_stop(struct live_case *it)
{
    struct err err = {0};
    if (!runner_leave(it->session.runner, "test", LIVE_BEGAN_NS, &err)) {
        fail_msg("%s", err.text);
    }
    recorder_close(it->recorder);
    it->recorder = NULL;
}

/* The process is gone; its journal has what was durable, its recording what was received. */
static inline void live_case_kill(struct live_case *it)
{
    runner_close(it->session.runner);
    it->session.runner = NULL;
    recorder_close(it->recorder);
    it->recorder = NULL;
}

/* After a stop: time passes, and what comes meanwhile nobody hears. */
static inline void live_case_miss(struct live_case *it, int64_t after_ns)
{
    live_case_receive(it, after_ns);
}

static inline void live_case_remove(struct live_case *it)
{
    session_folder_remove(&it->session);
    recorder_close(it->recorder);
    scratch_remove(it->path);
    folder_remove(it->folder);
    test_free(it->frames);
}
