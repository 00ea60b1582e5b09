#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "core/order.h"
#include "core/reason.h"
#include "simulator/fault.h"

/* mischief: what a venue may do wrong, and what it is doing wrong now.
 *
 * An order is a value: a kind, whom it hits, how much and for how long. Some hit the next book
 * message, some last a while, some are over at once. Here is what is ordered and what is under
 * way; the desks carry it out and say so. */

/* X(KIND, "name", the reason a console should give, what an amount means and how much it is
 * unless told, seconds it lasts unless told; 0: one message or one moment, the wire's fault
 * that it is, and what it may hang on: S sockets, M book messages, A answers) */
#define MISCHIEF_TABLE(X)                                                                      \
    X(DROP, "drop", FEED_DISCONNECTED, 0, 0, CUT, "SA")    /* every socket is cut */           \
    X(SILENCE, "silence", FEED_STALE, 0, 5, SILENCE, "SA") /* not a byte, not even a pong */   \
    X(DELAY, "delay", FEED_STALE, 4500, 5, DELAY, "SA")    /* ms later */                      \
    X(DRIP, "drip", NET_SLOW, 20, 15, DRIP, "SA")          /* bytes a second */                \
    X(TRUNCATE, "truncate", NET_TRUNCATED, 40, 0, TRUNCATE, "MA") /* bytes that still come */  \
    X(DUPLICATE, "duplicate", FEED_DUPLICATE, 1, 0, DUPLICATE, "M") /* times more */           \
    X(REORDER, "reorder", FEED_OUT_OF_ORDER, 16, 0, HOLD, "M")   /* messages that go first */  \
    X(GAP, "gap", FEED_SEQ_GAP, 1, 0, NONE, "M")                 /* messages left out */       \
    X(STALE_SIDE, "stale-side", FEED_STALE_SIDE, 0, 8, NONE, "") /* asks stand still */        \
    X(CROSSED, "crossed", FEED_CROSSED, 1, 0, NONE, "M") /* ticks the bid is over the ask */   \
    X(GARBAGE, "garbage", INPUT_MALFORMED, 1, 0, GARBAGE, "MA")       /* seeds the bytes */    \
    X(OVERSIZE, "oversize", NET_OVERSIZE, 6000000, 0, OVERSIZE, "MA") /* bytes more */         \
    X(DEEP, "deep", INPUT_DEPTH, 200, 0, NONE, "MA")                  /* levels of nesting */  \
    X(UNKNOWN_FIELDS, "unknown-fields", NONE, 3, 0, NONE, "MA")  /* members nobody knows */    \
    X(TOO_MANY, "429", VENUE_RATE_LIMIT, 1, 2, NONE, "")         /* seconds of Retry-After */  \
    X(BANNED, "418", VENUE_BANNED, 5, 5, NONE, "")               /* seconds of Retry-After */  \
    X(SERVER_ERROR, "5xx", VENUE_SERVER_ERROR, 500, 3, NONE, "") /* the status */              \
    X(UNKNOWN_503, "503-unknown", VENUE_SERVER_ERROR, 0, 3, NONE, "")                          \
    X(CLOCK_SKEW, "clock-skew", CLOCK_VENUE_SKEW, 3000, 10, NONE, "") /* ms ahead */           \
    X(STORM, "storm", FEED_DISCONNECTED, 0, 5, CUT, "S") /* sockets are cut as they open */    \
    X(DAY_CLOSE, "24h-close", FEED_DISCONNECTED, 1000, 0, CLOSE, "S") /* close code */         \
    X(MAINTENANCE, "maintenance", VENUE_MAINTENANCE, 0, 5, NONE, "S")                          \
    X(WRONG_PATH, "wrong-path", FEED_SILENT, 0, 15, NONE, "") /* taken, but nothing is said */ \
    /* The rest of them is never ordered by a seed. */                                         \
    X(CUT, "cut", NET_RESET, 0, 0, NONE, "") /* every connection, requests under way too */    \
    X(SHUT, "shut", NET_CONNECT, 0, 3, NONE, "")     /* the same, and nobody is let in */      \
    X(IDENTITY, "identity", NET_TLS, 1, 5, NONE, "") /* its number in identity.h */            \
    X(HALT, "halt", SYMBOL_HALTED, 0, 5, NONE, "")   /* no orders are taken on the pair */

enum mischief_kind {
#define X(kind, name, reason, amount, for_s, fault, places) MISCHIEF_##kind,
    MISCHIEF_TABLE(X)
#undef X
        MISCHIEF_LAST = MISCHIEF_HALT,
};
enum { MISCHIEF_KINDS = MISCHIEF_LAST + 1, MISCHIEF_ALL_PAIRS = -1 };

const char *mischief_name(enum mischief_kind kind);
enum reason mischief_reason(enum mischief_kind kind);
bool mischief_find(const char *name, enum mischief_kind *out);

struct mischief_order {
    enum mischief_kind kind;
    bool hits[VENUE_LAST + 1];
    int32_t pair;   /* MISCHIEF_ALL_PAIRS: whichever comes */
    bool rest;      /* hits answers instead of sockets, where it can hit both */
    bool reset;     /* connections end by RST */
    int64_t amount; /* as the table has it */
    int64_t for_ns; /* 0: one message, one answer or one moment */
};
/* The order of a kind as the table has it, for both venues. */
struct mischief_order mischief_usual(enum mischief_kind kind);
/* Says what makes no sense about it. */
bool mischief_check(const struct mischief_order *order, int32_t pairs_count, struct err *err);

/* How often each kind was ordered and came to pass. */
struct mischief_count {
    uint64_t ordered, happened;
};

enum { MISCHIEF_PENDING_MAX = 64 };

/* Of one venue. A plain value; zeroed is well-behaved. */
struct mischief {
    struct mischief_count counts[MISCHIEF_KINDS];
    int32_t pending_count; /* orders for single messages or answers, oldest first */
    struct mischief_order pending[MISCHIEF_PENDING_MAX];
    struct mischief_order lasting[MISCHIEF_KINDS];
    int64_t until_ns[MISCHIEF_KINDS];
};

/* Takes an order for this venue; one that cannot be kept any more is forgotten. */
void mischief_take(struct mischief *mischief, const struct mischief_order *order,
                   int64_t now_ns);
/* The lasting order of that kind, if it is under way and hits the pair; NULL: no. */
const struct mischief_order *mischief_on(const struct mischief *mischief,
                                         enum mischief_kind kind, int32_t pair, int64_t now_ns);
/* The same, and it comes to pass. */
const struct mischief_order *mischief_strikes(struct mischief *mischief,
                                              enum mischief_kind kind, int32_t pair,
                                              int64_t now_ns);
/* The one under way that takes a whole request, and does so now; NULL: none. */
const struct mischief_order *mischief_refuses(struct mischief *mischief, int64_t now_ns);
/* The oldest order for the next book message of that pair, or for the next answer, taken from
 * the list and counted; false: none. */
bool mischief_next_message(struct mischief *mischief, int32_t pair, struct mischief_order *out);
bool mischief_next_answer(struct mischief *mischief, int64_t now_ns,
                          struct mischief_order *out);
/* It came to pass. */
void mischief_happened(struct mischief *mischief, enum mischief_kind kind);
/* Nothing is under way or awaited any more. */
void mischief_end(struct mischief *mischief);
bool mischief_lasts(enum mischief_kind kind);
bool mischief_hits(enum mischief_kind kind, enum wire_place place);
/* May a seed order it? Not what shuts the simulator's own calls out, or takes a session a
 * minute to come back from. */
bool mischief_by_seed(enum mischief_kind kind);

/* What the wire has to do about a message or an answer; kind NONE: nothing, and so for NULL. */
struct wire_fault mischief_wire_fault(const struct mischief_order *order);
/* Rewrites a JSON message: too deep, or with members nobody knows. */
void mischief_rewrite(const struct mischief_order *order, struct text *message);
