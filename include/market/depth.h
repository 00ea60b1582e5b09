#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/book.h"

/* depth: the local copy of one Binance futures book, kept from diffs (VENUES.md 7).
 *
 * Diffs are held until a snapshot comes; those it already contains are dropped, the first one
 * applied must span it, and each later one must name its predecessor. One whose predecessor has
 * not come waits a little for it. A break in the chain or a crossed book is never repaired: the
 * book is forgotten, its generation goes up, and a new snapshot is awaited. Old messages change
 * nothing. */

enum {
    DEPTH_LEVELS_MAX = 1024, /* a side; what is worse falls off */
    DEPTH_HELD_MAX = 1024,   /* diffs waiting for a snapshot; when full, all are dropped */
    DEPTH_HELD_LEVELS_MAX = 65536, /* of all of them together; likewise */
    DEPTH_AHEAD_MAX = 64,          /* diffs waiting for one that may only be late */
    DEPTH_AHEAD_MS = 200           /* and for how long */
};

struct depth_update {
    uint64_t first_id, last_id, previous_id; /* U, u, pu */
    int64_t exchange_ns;
    const struct book_level *bids, *asks; /* absolute sizes, 0 removes */
    size_t bids_count, asks_count;
    int64_t receive_ns;
};

struct depth_snapshot {
    uint64_t last_id;
    int64_t exchange_ns;
    const struct book_level *bids, *asks; /* in any order */
    size_t bids_count, asks_count;
};

enum depth_result {
    DEPTH_HELD,         /* waits for a snapshot */
    DEPTH_DROPPED,      /* older than the snapshot */
    DEPTH_DUPLICATE,    /* seen already */
    DEPTH_APPLIED,      /* the book is this message further */
    DEPTH_NOT_NEEDED,   /* a snapshot while the chain is unbroken */
    DEPTH_SNAPSHOT_OLD, /* a snapshot from before the first diff held: get another */
    DEPTH_AHEAD,        /* its predecessor may yet come */
    DEPTH_GAP,          /* the chain broke; awaits a snapshot */
    DEPTH_RESTARTED,    /* the venue began to count anew; awaits a snapshot */
    DEPTH_LOCKED,       /* the book came out with bid at ask; awaits a snapshot */
    DEPTH_CROSSED,      /* the book came out crossed; awaits a snapshot */
};

struct depth_stats {
    uint64_t applied, dropped, duplicates;
    uint64_t ahead;         /* out of order, whatever became of them */
    uint64_t gaps, crossed; /* those that began anew or were locked among them */
    uint64_t snapshots_old, held_lost;
};

struct depth;
struct depth *depth_create(void);
void depth_destroy(struct depth *depth); /* accepts NULL */

/* A new connection: forgets everything but the counters and begins a new generation. */
void depth_reset(struct depth *depth);

enum depth_result depth_apply(struct depth *depth, const struct depth_update *update);
/* It is `receive_ns` now: GAP when a diff has waited too long for its predecessor, else
 * APPLIED. */
enum depth_result depth_pass_time(struct depth *depth, int64_t receive_ns);
enum depth_result depth_load(struct depth *depth, const struct depth_snapshot *snapshot);

/* The best levels; false while there is no book. receive_ns is left 0. */
bool depth_book(const struct depth *depth, struct book *out);
bool depth_ready(const struct depth *depth);
bool depth_wants(const struct depth *depth);       /* a snapshot: diffs wait for one */
uint64_t depth_last_id(const struct depth *depth); /* of a ready book, what it contains */
uint64_t depth_generation(const struct depth *depth);
const struct depth_stats *depth_stats(const struct depth *depth);
