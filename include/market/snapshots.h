#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "core/event.h"

/* snapshots: one pair of a stream of events as rows of a snapshot file (SPEC.md 5).
 *
 * A row each step: the touch of both books with its sizes, and the rate, as they stood at that
 * moment, whatever the feeds say. No row before all of them are known. Numbers are the shortest
 * that read back the same, so books need finite sizes. Pure: events in, text out. */

struct snapshots_touch {
    bool known;
    double bid, ask, bid_size, ask_size;
};

/* A plain value. */
struct snapshots {
    int32_t pair;
    int64_t step_ns;
    int64_t due_ns; /* moment of the next row */
    int64_t rows;
    struct snapshots_touch touches[VENUE_LAST + 1];
    double krw_per_usd; /* 0: not known yet */
};

/* The first row stands a step behind the start. */
void snapshots_init(struct snapshots *snapshots, int32_t pair, int64_t start_ns,
                    int64_t step_ns);

/* Appends the names of the columns. */
void snapshots_header(struct text *out);

/* Appends the rows of all moments before the event, then takes it in. Books and rates count;
 * other events, and those of other pairs, only tell the time. */
void snapshots_take(struct snapshots *snapshots, const struct event *event, struct text *out);

/* Appends the rows up to and including that moment. */
void snapshots_until(struct snapshots *snapshots, int64_t until_ns, struct text *out);
