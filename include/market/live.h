#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "config/config.h"
#include "core/reason.h"
#include "io/loop.h"
#include "market/frame.h"
#include "market/frames.h"
#include "market/source.h"

/* live: the public market data of both venues as they come, on the caller's loop.
 *
 * Keeps the connections, asks for snapshots, obeys the venues' limits, and gives the same
 * events as market/frames gives for a recording: everything from outside is a frame first, the
 * tap sees it, and the decoders see it after that. What the connections know (opened, lost,
 * silent, too many resyncs) is a frame too, of the channel `state`.
 *
 * Nothing here waits. next() answers SOURCE_WAIT when there is nothing, and the wake is called
 * when there is something again. A venue that cannot be reached is no error: it is tried again,
 * and live_status() says what is the matter. */

struct live_options {
    const struct config_live *config; /* addresses, deadlines, limits; copied */
    const struct frames_pair *pairs;  /* borrowed during open only */
    int32_t pairs_count;
    const char *fx_symbol;    /* "KRW-USDT" */
    const char *fx_price;     /* "micro", "mid", "last" */
    const char *ban_path;     /* where bans outlive the process; NULL: they do not */
    uint64_t seed;            /* of the jitter of new attempts */
    int32_t history_minutes;  /* how much past the baselines want; 0: none */
    int64_t (*wall_ns)(void); /* what time it is said to be here; NULL: the system's */
};

/* One request to Binance brings that many minutes, and five to Upbit. */
enum { LIVE_PAST_MINUTES_MAX = 1000 };

/* Errors: an address that is none, a pair too many. Borrows the loop; connects at once, or
 * where a past is wanted as soon as that has come or has taken too long. */
bool live_open(struct source **out, struct loop *loop, const struct live_options *options,
               struct err *err);

/* All below: of a source that live_open() made. */

/* The clock of its events: wall time at opening and monotonic time since. Never runs back. */
int64_t live_now_ns(const struct source *source);
/* The same clock at a monotonic time, and back. */
int64_t live_from_mono_ns(const struct source *source, int64_t mono_ns);
int64_t live_to_mono_ns(const struct source *source, int64_t event_ns);

/* Called on the loop, not from next(), when next() has something after SOURCE_WAIT. */
typedef void live_wake_fn(void *context);
void live_set_wake(struct source *source, live_wake_fn *wake, void *context);

/* Gets every frame in the order the decoders get them; borrowed during the call. */
typedef void live_tap_fn(void *context, const struct frame *frame);
void live_set_tap(struct source *source, live_tap_fn *tap, void *context);

/* How it stands with one venue. */
enum { LIVE_TEXT_SIZE = 240 };
struct live_status {
    bool reached;              /* every connection is open */
    enum reason reason;        /* why it is not, or not fully; NONE */
    int64_t next_try_ms;       /* until the next attempt; -1: none is planned */
    char text[LIVE_TEXT_SIZE]; /* one line: "upbit: cannot be reached: NET.DNS ..., next try in
                                  4 s"; "" when all is well */
    uint64_t connects, losses, messages, bytes, requests;
    uint64_t reconnects;        /* openings after the first of each connection */
    int64_t heard_mono_ns;      /* any byte on a socket; 0 never */
    int64_t round_trip_ns;      /* of the last ping; 0 unknown */
    int64_t round_trip_mono_ns; /* when its pong came */
    bool clock_known;
    int64_t clock_offset_ns; /* the venue's clock less ours */
    int64_t clock_error_ns;  /* it is off by no more than this */
    int64_t clock_mono_ns;   /* of the last answer that told the time */
    int32_t budget_left_pct; /* of the fullest group of requests; 100 when none was made */
    int64_t banned_ms;       /* until its ban ends; 0 none */
};
void live_status(const struct source *source, enum venue venue, struct live_status *out);

/* How often something happened that has a reason: FEED.SEQ_GAP, VENUE.RATE_LIMIT, ... */
uint64_t live_count(const struct source *source, enum venue venue, enum reason reason);

/* What became of the past that was wanted: before the first connection to the streams both
 * venues are asked for their last minute candles, of which EVENT_HISTORY is made. False while
 * they are waited for, and always where none is wanted. They are waited for only seconds: where
 * they do not come, the text says so and baselines begin with what is live. */
bool live_past(const struct source *source, char text[LIVE_TEXT_SIZE]);

/* What is new about the markets: one that Upbit does not list, or warns of. False: nothing. */
bool live_next_notice(struct source *source, char *text, size_t size);

/* What became of the frames so far; as frames_counts(). */
void live_counts(const struct source *source, struct frames_counts *out);
