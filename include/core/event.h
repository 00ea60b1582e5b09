#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "core/book.h"
#include "core/engine_params.h"
#include "core/order.h"
#include "core/reason.h"
#include "core/spread.h"

/* event: one thing that happened, in the order the core is told (SPEC.md 2).
 *
 * A plain value. `time_ns` is event time, never running back within a source; `day` the civil
 * date at the desk (days since 1970), since the core knows no time zones. */

enum event_kind {
    EVENT_ROW,        /* both markets and fx at one moment: a csv or scenario row */
    EVENT_BOOK,       /* one venue's whole book of one pair */
    EVENT_FX,         /* KRW per USDT */
    EVENT_MARK,       /* mark price, running funding estimate and its time */
    EVENT_FUNDING,    /* a funding was settled */
    EVENT_PRINT,      /* a trade print; for the screen, the core passes it by */
    EVENT_FEED,       /* a feed changed its state, or was heard though its book is quiet */
    EVENT_FAULT,      /* the simulated venue is told to misbehave; never from a real source */
    EVENT_HISTORY,    /* a past premium sample: moves the baseline only */
    EVENT_REPORT,     /* a venue answers about an order */
    EVENT_TIMER,      /* event time has come this far; nothing else happened */
    EVENT_COMMAND,    /* an operator acts */
    EVENT_REVISION,   /* from here on the engine has other parameters */
    EVENT_INSTRUMENT, /* a venue says what it takes of a pair, and whether it trades it */
    EVENT_CLOCK,      /* our clock was set, or a venue's differs from it */
    EVENT_KIND_LAST = EVENT_CLOCK,
};

enum feed_state {
    FEED_DOWN,
    FEED_SILENT,
    FEED_FRESH,
    FEED_STALE,
    FEED_GAP,
    FEED_RESYNC,
    FEED_STATE_LAST = FEED_RESYNC
};
const char *feed_state_name(enum feed_state state); /* "fresh", ... */

/* The simulated venue's misbehaviour, one order at a time. */
enum fault_kind {
    FAULT_REJECT_NEXT_ENTRY, /* the next entry order on `venue` for `pair` is rejected */
    FAULT_DELAY_NEXT_REPORT, /* UNKNOWN first, the truth `delay_ns` later */
};

enum operator_verb {
    OPERATOR_KILL,    /* the latch is on already; the core follows */
    OPERATOR_RELEASE, /* name and reason were checked; leaves the session disarmed */
    OPERATOR_ARM,
    OPERATOR_DISARM,
    OPERATOR_PAUSE,
    OPERATOR_RESUME,
    OPERATOR_CLOSE,   /* one trade, by id */
    OPERATOR_FLATTEN, /* every open trade */
    OPERATOR_END, /* the data have ended and close_at_end is set: close all at the last books */
    OPERATOR_STOP, /* end of session: no entries, nothing else */
    OPERATOR_VERB_LAST = OPERATOR_STOP,
};
const char *operator_verb_name(enum operator_verb verb); /* "kill", ... */

enum { FX_SOURCE_SIZE = 24 };

struct event {
    enum event_kind kind;
    int32_t pair; /* index into the session's pairs; -1 where it does not apply */
    int64_t time_ns;
    int32_t day;
    uint32_t source; /* index of the source, for ties */
    uint64_t line;   /* of a file, or the event number of a generator */
    union {
        struct {
            struct tick tick;
            double bid_size_a, ask_size_a, bid_size_b, ask_size_b; /* INFINITY: unlimited */
        } row;
        struct {
            enum venue venue;
            struct book book;
        } book;
        struct {
            double krw_per_usd;
            double bid, ask; /* of the KRW-USDT book; 0 when unknown */
        } fx;
        struct {
            double price;
            double rate; /* fraction per interval, of the next settlement */
            int64_t next_ns;
        } mark;
        struct {
            double price;
            double rate;
            bool booked;          /* the venue has said what it paid */
            int64_t booked_units; /* USDT; negative was received */
        } funding;
        struct {
            enum venue venue;
            double price;
            double size;
            enum order_side aggressor;
        } print;
        struct {
            enum venue venue;
            enum feed_state state;
            enum reason reason;
        } feed; /* pair -1: every pair of the venue */
        struct {
            enum venue venue;
            enum fault_kind kind;
            int64_t delay_ns;
        } fault;
        struct {
            double premium_bps;
        } history;
        struct order_report report;
        struct {
            enum operator_verb verb;
            uint64_t trade_id; /* of CLOSE */
        } command;
        struct {
            struct engine_params params; /* session_revision_fault() finds none */
        } revision;
        struct {
            enum venue venue;
            int64_t tick_units;             /* 0: the venue's table of prices */
            int64_t lot_units;              /* quantity step, >= 1 */
            int64_t minimum_notional_units; /* venue currency; 0 none */
            bool trading;                   /* it takes orders on this symbol now */
        } instrument;                       /* event_instrument_fine(), or it is passed by */
        struct {
            enum venue venue;
            enum reason reason; /* CLOCK_STEP: ours, whatever the venue; CLOCK_VENUE_SKEW */
            int64_t off_ms;     /* by how much; ahead is positive */
            int64_t limit_ms;
        } clock; /* told again and again while it lasts */
    };
};

/* Copies an event; a book as far as it has levels. */
void event_copy(struct event *to, const struct event *from);

/* Can an EVENT_INSTRUMENT be what a venue takes? */
bool event_instrument_fine(const struct event *event);
