#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "simulator/venue_sim.h"
#include "simulator/wire.h"
#include "venue/paper.h"

/* private: what both venues answer about orders and balances to whoever holds their keys.
 *
 * One account at each venue, which is the paper venue's: the same rules fill the orders from
 * the books that are shown. Only in programs built with the option live-trading, since nobody
 * else could ask. */

/* Each for the next calls it fits; what it does to them. */
#define PRIVATE_FAULTS(X)                                                                      \
    X(CUT_BEFORE, "cut-before")         /* nothing is done, and nobody answers */              \
    X(CUT_AFTER, "cut-after")           /* it is done, and nobody answers */                   \
    X(TRUNCATE, "truncate")             /* it is done, and half of the answer comes */         \
    X(GARBAGE, "garbage")               /* it is done, and the answer is no JSON */            \
    X(UNKNOWN_BEFORE, "unknown-before") /* 503 of unknown status; nothing is done */           \
    X(UNKNOWN_AFTER, "unknown-after")   /* 503 of unknown status; it is done */                \
    X(TIMEOUT, "timeout")               /* -1007, or 500: it is done */                        \
    X(UNAVAILABLE, "unavailable")       /* 503 that says nothing was done, and nothing was */  \
    X(THROTTLED, "throttled")           /* -1008: nothing is done */                           \
    X(TOO_MANY, "too-many")             /* 429, for a second */                                \
    X(BANNED, "banned")                 /* 418, for two seconds */                             \
    X(REVOKED, "revoked")               /* the key is no longer one */                         \
    X(NOT_YET, "not-yet")               /* the order is taken, but questions do not find it */ \
    X(LATE_FILL, "late-fill")           /* what filled is told so many answers later */        \
    X(CANCEL_RACE, "cancel-race")       /* a fill is faster than the cancel, but told later */ \
    X(SPLIT, "split")                   /* a fill is told as two */                            \
    X(DOUBLE, "double")                 /* every fill is listed twice */

#define PRIVATE_FAULT_MEMBER(kind, name) PRIVATE_FAULT_##kind,
enum private_fault { PRIVATE_FAULTS(PRIVATE_FAULT_MEMBER) PRIVATE_FAULT_COUNT };
#undef PRIVATE_FAULT_MEMBER
const char *private_fault_name(enum private_fault fault);
bool private_fault_find(const char *name, enum private_fault *out);

enum private_call { PRIVATE_CREATE, PRIVATE_CANCEL, PRIVATE_STATUS, PRIVATE_OTHER };

struct private_options {
    struct venue_paper_config account;
    char symbols[LEDGER_PAIRS_MAX][VENUE_LAST + 1][24];
    double krw_per_usd;
    bool tells_time; /* Binance's clock too; otherwise somebody else does */
    const char *access_keys[VENUE_LAST + 1], *secret_keys[VENUE_LAST + 1];
};

struct private_venue;
/* Borrows the keys while open. */
struct private_venue *private_open(const struct private_options *options);
void private_close(struct private_venue *venue); /* accepts NULL */

/* Answers a request for one of the private paths, or for /sim/private; false: it is none of
 * them. `now_ns` is the simulator's wall time. */
bool private_answer(struct private_venue *venue, enum venue which, struct wire *wire,
                    wire_exchange exchange, const struct wire_request *request, int64_t now_ns);

void private_show_book(struct private_venue *venue, int32_t pair, enum venue which,
                       const struct book *book, int64_t now_ns);
bool private_open_spot(struct private_venue *venue, int32_t pair, int64_t quantity_units,
                       int64_t cost_units, struct err *err);
void private_set_skew(struct private_venue *venue, int64_t skew_ms); /* of Binance's clock */

/* The next `count` calls of that kind at that venue meet it. */
void private_break(struct private_venue *venue, enum venue which, enum private_call call,
                   enum private_fault fault, int32_t count);

/* An account at both simulated venues, whose keys are PRIVATE_ACCESS_KEY and _SECRET_KEY: a
 * hundred million KRW and a hundred thousand USDT. `GET /sim/private` tells its counters,
 * `POST /sim/private?call=create&fault=cut-after&count=1` breaks calls at that venue. To be
 * closed after the simulator. */
#define PRIVATE_ACCESS_KEY "simulated-access"
#define PRIVATE_SECRET_KEY "simulated-secret"
struct private_venue *private_attach(struct venue_sim *sim);

struct private_stats {
    uint64_t requests, refused; /* refused: not signed as it must be */
    uint64_t creates;           /* that were carried out or refused by a rule */
    uint64_t faults[PRIVATE_FAULT_COUNT];
};
struct private_stats private_stats(const struct private_venue *venue);
