#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/histogram.h"
#include "core/event.h"

/* source: a stream of events in time order.
 *
 * Pull only: run decides when event time passes. Behind it: csv, frames, simulated, scenario,
 * live. SOURCE_WAIT comes from live alone: nothing has come since, ask again when it calls. */

enum source_result { SOURCE_EVENT, SOURCE_END, SOURCE_ERROR, SOURCE_WAIT };

struct source;

/* What a feed went through, for the screen and status. */
struct source_feed {
    uint64_t messages, gaps, resyncs, reconnects, dropped; /* dropped: could not be read */
};

/* What passes between a source and a venue. NAN, or 0 for a time: it has no such number. */
struct source_traffic {
    double messages, bytes, reconnects, requests; /* since it was opened */
    double queue_depth;                           /* events that wait for next(), of all */
    double budget_left_pct;
    double round_trip_ms;
    double clock_offset_ms, clock_error_ms;
    int64_t heard_mono_ns, round_trip_mono_ns, clock_mono_ns;
    const struct histogram *decode; /* received to events; borrowed; NULL */
    int64_t decode_mono_ns;         /* the last of them */
};

struct source_ops {
    /* Required. Writes the next event; SOURCE_ERROR sets err with the place, and repeats. */
    enum source_result (*next)(struct source *source, struct event *out, struct err *err);
    /* Required. Goes to just behind the event with (source, line) of an earlier run. The next
     * event is the one after it. */
    bool (*seek)(struct source *source, uint64_t line, struct err *err);
    /* Optional. A recording that was stopped and gone on with says SOURCE_END where it stopped;
     * this leaves out what is left of that run and begins with the next, knowing nothing, as
     * its process did. SOURCE_EVENT: there is one; SOURCE_END: there is none. */
    enum source_result (*go_on)(struct source *source, struct err *err);
    /* Required. Short label for the header: "SIM lively seed 1", "CSV name". Borrowed. */
    const char *(*label)(const struct source *source);
    /* Optional. Counters of one feed. */
    bool (*feed)(const struct source *source, int32_t pair, enum venue venue,
                 struct source_feed *out);
    /* Optional. What passes between it and a venue. */
    void (*traffic)(const struct source *source, enum venue venue, struct source_traffic *out);
    /* Optional. How often something that has a reason happened at a venue. */
    uint64_t (*count)(const struct source *source, enum venue venue, enum reason reason);
    /* Optional. Share of the input read, 0..1; NAN unknown. */
    double (*progress)(const struct source *source);
    /* Optional. "xxh3-128:..." of the data, once known (csv, frames: after the end, or by
     * reading ahead at open); "" otherwise. Borrowed. */
    const char *(*data_hash)(const struct source *source);
    /* Required. Frees it; NULL-safe through source_close(). */
    void (*close)(struct source *source);
};

struct source {
    const struct source_ops *ops;
};

void source_close(struct source *source); /* accepts NULL */
