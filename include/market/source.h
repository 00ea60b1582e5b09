#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
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

struct source_ops {
    /* Required. Writes the next event; SOURCE_ERROR sets err with the place, and repeats. */
    enum source_result (*next)(struct source *source, struct event *out, struct err *err);
    /* Required. Goes to just behind the event with (source, line) of an earlier run. The next
     * event is the one after it. */
    bool (*seek)(struct source *source, uint64_t line, struct err *err);
    /* Required. Short label for the header: "SIM lively seed 1", "CSV name". Borrowed. */
    const char *(*label)(const struct source *source);
    /* Optional. Counters of one feed. */
    bool (*feed)(const struct source *source, int32_t pair, enum venue venue,
                 struct source_feed *out);
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
