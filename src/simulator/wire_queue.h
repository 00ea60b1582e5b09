#pragma once
#include "simulator/fault.h"

#include <stddef.h>

/* wire_queue: what waits to be sent to one client, in order, each parcel with its fault built
 * in. It knows no socket: it says which bytes may go now. */

enum wire_parcel_kind { WIRE_PARCEL_ANSWER, WIRE_PARCEL_MESSAGE, WIRE_PARCEL_CONTROL };

/* What comes after the last byte of a parcel. */
enum wire_parcel_end {
    WIRE_END_NONE,
    WIRE_END_CUT,     /* without a good-bye; `fault.reset` says how */
    WIRE_END_CLOSE,   /* the orderly end */
    WIRE_END_SILENCE, /* for `silence_ms`, 0: for good */
};

struct wire_parcel {
    struct wire_parcel *next;
    enum wire_parcel_kind kind;
    struct wire_fault fault; /* counted when its turn comes */
    int64_t due_ns;          /* not before */
    int64_t rate;            /* bytes a second; 0: as fast as they go */
    int64_t silence_ms;
    enum wire_parcel_end end;
    int32_t passes; /* times it goes out */
    int32_t hold;   /* later messages that go first */
    size_t size;
    int64_t blanks; /* behind the bytes */
    unsigned char bytes[];
};

struct wire_parcel *wire_parcel_create(enum wire_parcel_kind kind, size_t size);
void wire_parcel_destroy(struct wire_parcel *parcel); /* accepts NULL */

enum { WIRE_BLANKS_SIZE = 4096 };

struct wire_queue {
    struct wire_parcel *first, *last;
    struct wire_parcel *held; /* in order of their sending */
    size_t size;              /* bytes of all parcels, without blanks */
    int64_t rate;             /* of parcels that have none */
    /* The first parcel, if its turn has come: when, and how much of it has gone. */
    bool started;
    int64_t started_ns;
    int64_t sent;     /* in this pass */
    int64_t sent_all; /* in all passes */
    unsigned char blanks[WIRE_BLANKS_SIZE];
};
void wire_queue_init(struct wire_queue *queue);
void wire_queue_clear(struct wire_queue *queue);
/* Clears it, but for a parcel of which a part has gone: its rest belongs to that. */
void wire_queue_forget(struct wire_queue *queue);

/* Takes the parcel over. A message lets held ones go that have waited for it. */
void wire_queue_put(struct wire_queue *queue, struct wire_parcel *parcel);

enum wire_queue_state {
    WIRE_QUEUE_EMPTY,
    WIRE_QUEUE_WAIT,  /* until `wait_ns`: so it was ordered */
    WIRE_QUEUE_BYTES, /* these may go now */
    WIRE_QUEUE_DONE,  /* the first parcel has gone: look at its end, then drop it */
};
struct wire_turn {
    const unsigned char *bytes;
    size_t size;
    int64_t wait_ns;
    bool begins; /* the first bytes of the parcel, or it has none: its fault happens now */
};
enum wire_queue_state wire_queue_look(struct wire_queue *queue, int64_t now_ns,
                                      struct wire_turn *turn);
void wire_queue_sent(struct wire_queue *queue, size_t count);
/* Drops the first parcel. */
void wire_queue_drop(struct wire_queue *queue);
