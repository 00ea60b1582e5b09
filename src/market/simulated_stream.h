#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "core/event.h"
#include "simulated_lane.h"

/* simulated_stream: steps of the market to events in order of receive time.
 *
 * A step of 100 ms fills a queue whose events all fall before those of the next step. A queued
 * event is a note; the book it speaks of is the lane's own and is copied when it is taken. */

enum {
    STREAM_PAIRS_MAX = 16,
    STREAM_QUEUE_MAX = 16 + 20 * STREAM_PAIRS_MAX,
    LATENCY_A_MS = 40, /* of market data, MARKET.md A.4 */
    LATENCY_B_MS = 8,
};

struct stream_note {
    enum event_kind kind;
    int32_t pair;
    enum venue venue;
    int64_t time_ns;
    int64_t exchange_ns;
    union {
        bool crossed; /* BOOK */
        enum feed_state feed;
        struct lane_print print;
        struct {
            enum fault_kind kind;
            int64_t delay_ns;
        } fault;
        double rate; /* FUNDING */
        double premium_bps;
    };
};

struct stream {
    struct world world;
    int32_t pairs_count;
    struct lane lanes[STREAM_PAIRS_MAX];
    struct fx_book fx_book;
    struct outage fx_silence, drop_b, panic_silence_a;
    int64_t funding_next_ns;
    bool opening;
    int32_t opening_cursor, crisis_cursor;
    int32_t queued, taken;
    struct stream_note queue[STREAM_QUEUE_MAX];
};

struct stream_options {
    const struct simulated_preset *preset;
    uint64_t seed;
    int64_t start_ns;
    int64_t history_minutes;
    int32_t view_levels; /* 0: all */
    bool faults, opening;
    const struct simulated_coin *coins;
    int32_t pairs_count;
};

void stream_open(struct stream *stream, const struct stream_options *options);
/* The next event, borrowed until the next call. The stream never ends. */
const struct stream_note *stream_next(struct stream *stream);
/* The event of the note just taken; `line` and `source` are left to the caller. */
void stream_show(const struct stream *stream, const struct stream_note *note,
                 struct event *out);
