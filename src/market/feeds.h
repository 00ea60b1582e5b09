#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "candles.h"
#include "instruments.h"
#include "listings.h"
#include "market/binance.h"
#include "market/depth.h"
#include "market/frames.h"
#include "market/source.h"
#include "market/upbit.h"

/* feeds: what do decoded messages of the two venues mean for the pairs of a session?
 *
 * Knows no file and no socket: messages in, events into a queue. Holds what must be remembered
 * from message to message: the local depth book, which ids are behind us, the KRW-USDT touch,
 * the last mark price, and the state and counters of each feed. */

enum { FEEDS_SYMBOL_SIZE = 24, FEEDS_REASONS_MAX = 1000 };

enum feeds_fx { FEEDS_FX_MICRO, FEEDS_FX_MID, FEEDS_FX_LAST };

/* When the two sides of a book last changed. A side that stands while the other goes on moving
 * is one we no longer hear. */
struct feed_sides {
    int64_t bids_ns, asks_ns; /* 0: never */
    int32_t alone;            /* changes in a row of one side, the other standing still */
    struct book last;
};

struct feed {
    struct source_feed counters;
    enum feed_state state;
    enum reason reason; /* of the state */
    uint32_t holds;     /* bits of why it may not be fresh, whatever comes */
    bool opened;        /* a connection of it was told of */
    bool told;          /* what the venue takes of the symbol */
    struct instrument terms;
    bool halted;                          /* its ticker says that it takes no orders */
    bool gone;                            /* it is not in the venue's list of markets */
    char cautions[LISTING_CAUTIONS_SIZE]; /* what the venue warns of */
    struct feed_sides sides;
    int64_t under_way_ns; /* of what its socket brought last, by two clocks; 0: not judged */
};

/* What a connection tells of its feeds: a frame of the channel `state`. */
enum feed_news_kind {
    FEED_NEWS_OPEN,   /* a new connection: books begin anew */
    FEED_NEWS_FRESH,  /* heard just now; with a reason: that is over */
    FEED_NEWS_STALE,  /* not to be trusted for this reason, until that is over */
    FEED_NEWS_SILENT, /* nothing is heard */
    FEED_NEWS_GAP,    /* the chain is lost and not being mended */
    FEED_NEWS_RESYNC, /* books are to begin anew on the same connection */
    FEED_NEWS_DOWN,   /* no connection */
    FEED_NEWS_CLOCK,  /* of no feed: a clock is off_ms away from where it should be */
    FEED_NEWS_OFFSET, /* of no feed: the venue's time less ours is known anew */
    FEED_NEWS_LAST = FEED_NEWS_OFFSET,
};
struct feed_news {
    enum feed_news_kind kind;
    enum reason reason;
    int64_t off_ms, limit_ms; /* of CLOCK and OFFSET; of this, longer under way is late */
    int64_t error_ms;         /* of OFFSET: it may be wrong by so much */
};

/* A venue's time less ours, as it was told. */
struct feeds_clock {
    bool known;
    int64_t off_ns, error_ns, late_ns;
};

/* The minutes before we were there, until they are of use. */
struct feeds_past {
    bool told;
    struct candle_list candles;
};

struct feeds_pair {
    char symbol_a[FEEDS_SYMBOL_SIZE];
    char symbol_b[FEEDS_SYMBOL_SIZE];
    struct feed feeds[VENUE_LAST + 1];
    int64_t book_a_ns;    /* exchange time of the newest book of A */
    int64_t late_a_ns;    /* of the last one behind it */
    int32_t late_a_count; /* of those in a row */
    uint64_t generation_a;
    struct depth *depth; /* of B */
    uint64_t book_b_id;  /* newest id of B that was shown */
    int64_t book_b_ns;   /* and its exchange time */
    bool partial_b;      /* partial books come, so the ticker is not needed */
    double mark_price;   /* 0: none yet */
    double mark_rate;
    int64_t mark_next_ns; /* settlement the rate is for; 0 none */
    struct feeds_past past[VENUE_LAST + 1];
    int32_t past_samples;   /* premiums of the past that were given */
    int64_t past_newest_ns; /* the last of them */
};

/* Events of the message being read, first out first. */
struct feeds_queue {
    size_t first, count, capacity;
    struct event *events;
};

struct feeds {
    int32_t pairs_count;
    struct feeds_pair *pairs;
    char fx_symbol[FEEDS_SYMBOL_SIZE];
    enum feeds_fx fx_price;
    double fx_bid, fx_ask; /* 0: unknown */
    int64_t fx_ns;         /* exchange time of the newest book of fx; 0 none */
    bool fx_late;          /* what its socket brought last was */
    struct feeds_past fx_past;
    struct feeds_clock clocks[VENUE_LAST + 1];
    bool behind[VENUE_LAST + 1]; /* what its sockets brought last, of any pair, was late */
    struct event fx;             /* the last one given; its rate is 0 before and without one */
    int64_t receive_ns;          /* of the message being read; set by the caller */
    uint64_t ignored;            /* messages no pair asked for */
    uint64_t unknown_fields;
    uint32_t reasons[VENUE_LAST + 1][FEEDS_REASONS_MAX]; /* how often, by number */
    struct feeds_queue queue;
};

/* Takes the pairs of a recording's options. Errors name the option. */
bool feeds_init(struct feeds *feeds, const struct frames_options *options, struct err *err);
void feeds_finish(struct feeds *feeds); /* accepts zeroed */
/* Knows its pairs and nothing of them, and keeps what it counted. */
void feeds_begin_anew(struct feeds *feeds);

/* One message each; events wait in the queue. `from_rest`: an answer to a request, which may be
 * older than what the socket brought. `symbol` is for messages that name none; may be NULL. */
void feeds_upbit(struct feeds *feeds, const struct upbit_message *message, bool from_rest);
void feeds_binance(struct feeds *feeds, const struct binance_list *list,
                   const struct binance_message *message, const char *symbol);

/* What a venue takes of `symbol`, or of every pair where that is "". A symbol it does not name
 * is one it does not trade. Gives an EVENT_INSTRUMENT where that is news. */
void feeds_instruments(struct feeds *feeds, enum venue venue, const char *symbol,
                       const struct instrument_list *list);

/* Which markets Upbit has. One that is not among them is not traded. */
void feeds_listings(struct feeds *feeds, const struct listing_list *list);

/* Whether the ticker of a pair's market says that it takes no orders. */
void feeds_halt(struct feeds *feeds, int32_t pair, enum venue venue, bool halted);

/* The past minutes of a symbol. Gives EVENT_HISTORY, whose times are of the past, in order per
 * pair. */
void feeds_candles(struct feeds *feeds, enum venue venue, const char *symbol,
                   const struct candle_list *list);

/* What a connection tells; `symbol` "": of all pairs of the venue. */
void feeds_news(struct feeds *feeds, enum venue venue, const char *symbol,
                const struct feed_news *news);

/* The oldest event that waits; false when none does. */
bool feeds_take(struct feeds *feeds, struct event *out);

/* A new zeroed event of a pair at the end of the queue; for the two venue files. */
struct event *feeds_add(struct feeds *feeds, enum event_kind kind, int32_t pair);

/* B's book of a pair lives on at receive_ns: a diff may have waited long enough. */
void feeds_pass_time(struct feeds *feeds, int32_t pair);

/* Gives an EVENT_FEED when state or reason is a new one. A feed that is held does not become
 * fresh. */
void feeds_set_state(struct feeds *feeds, int32_t pair, enum venue venue, enum feed_state state,
                     enum reason reason);

/* Holds a feed back, or no longer, for a reason that feeds_late.c knows. */
void feeds_hold_late(struct feeds *feeds, int32_t pair, enum venue venue, bool late);
bool feeds_is_late(const struct feed *feed);
/* Likewise for what its neighbours on the same connection are. */
void feeds_hold_behind(struct feeds *feeds, enum venue venue, bool behind);

/* Notes which sides of a book are other than in the one before; false: neither. */
bool feeds_note_sides(struct feeds *feeds, struct feed *feed, const struct book *book);

/* feeds_late.c: what a socket brings was long under way, by the venue's own clock. */

/* Before it is taken in: it is of `exchange_ns`. Late ones hold the feed back until one is not;
 * answers to requests say nothing of the socket. */
void feeds_judge(struct feeds *feeds, int32_t pair, enum venue venue, int64_t exchange_ns);
/* Likewise of fx; whether it is late. */
bool feeds_judge_fx(struct feeds *feeds, int64_t exchange_ns);
/* How far the venue's clock is from ours; what was judged by another is judged anew. */
void feeds_take_offset(struct feeds *feeds, enum venue venue, const struct feed_news *news);

void feeds_count(struct feeds *feeds, enum venue venue, enum reason reason);

/* The symbol of a pair on a venue. */
const char *feeds_symbol(const struct feeds_pair *pair, enum venue venue);
