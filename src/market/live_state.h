#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "ban.h"
#include "base/text.h"
#include "budget.h"
#include "intake.h"
#include "io/http.h"
#include "io/net.h"
#include "io/websocket.h"
#include "market/live.h"
#include "offset.h"
#include "storm.h"

/* live_state: what the files of live share.
 *
 * live.c is the source and the one door to the intake; live_line.c keeps the sockets;
 * live_ask.c asks and obeys; live_watch.c looks around ten times a second for what nobody
 * says; live_past.c sees to what was before; live_tell.c says how it stands. All on the loop's
 * thread. */

enum {
    LIVE_PAIRS_MAX = CONFIG_PAIRS_MAX,
    LIVE_EVENTS_MAX = 4096, /* that wait to be taken; then messages are let go */
    LIVE_WHY_SIZE = 160,
    LIVE_TARGET_SIZE = 1024, /* of an address with its streams */
    LIVE_HELLO_SIZE = 2048,
    LIVE_TICK_MS = 100,
};

enum live_line_id { LINE_UPBIT, LINE_PUBLIC, LINE_MARKET, LINE_LAST = LINE_MARKET };

/* One socket. */
struct live_line {
    struct live *live;
    enum venue venue;
    bool carries_books;
    int64_t data_silence_ns;  /* longer without a message, pongs or not, and it is given up */
    struct websocket *socket; /* NULL: a ban is waited for */
    char url[LIVE_TARGET_SIZE];
    char hello[LIVE_HELLO_SIZE]; /* "": the address says it all */
    bool open, stale;
    int64_t opened_ns;  /* monotonic, like all below */
    int64_t message_ns; /* of the last one; 0 none on this connection */
    int64_t told_ns;    /* what was heard until then was told */
    enum reason reason; /* why it is not open */
    bool lost;          /* it was open until then */
    char why[LIVE_WHY_SIZE];
    int64_t retry_ns;
    struct storm losses;
};

enum live_ask_kind {
    ASK_UPBIT_BOOKS,      /* of all pairs and fx */
    ASK_UPBIT_INSTRUMENT, /* of one pair: an unknown one spoils the answer for all */
    ASK_DEPTH,
    ASK_PREMIUM,
    ASK_INFO,
    ASK_TIME,
    ASK_CANDLES, /* of a pair at Upbit, or of fx; once */
    ASK_KLINES,  /* likewise at Binance */
    ASK_MARKETS, /* which there are at Upbit */
};

/* One thing that is asked for, again and again. */
struct live_ask {
    struct live *live;
    enum live_ask_kind kind;
    int32_t pair; /* -1: of all; of candles: of fx */
    bool wanted, under_way;
    int64_t due_ns;  /* not before */
    int64_t sent_ns; /* last time; 0 never */
    int32_t failures;
    struct live_pages *pages; /* of candles: what came of them; NULL: nothing yet */
};
enum { LIVE_ASKS_MAX = 5 * LIVE_PAIRS_MAX + 5 };

/* What one venue is to us. */
struct live_venue {
    struct budget budget;  /* of the one group we use again and again */
    struct budget candles; /* of Upbit: groups of their own */
    struct budget markets;
    struct offset clock;
    bool skewed;
    int64_t skew_told_ns;    /* monotonic; 0 never */
    int64_t banned_ns;       /* monotonic; 0 none */
    int32_t bans;            /* so far */
    enum reason reason;      /* why the last request failed; NONE: it did not */
    char why[LIVE_WHY_SIZE]; /* its words */
    int64_t retry_ns;
    uint64_t requests;
    int32_t refusals_503;
    bool in_maintenance;
    uint64_t dropped; /* frames, as of the beginning of the minute */
    int64_t minute_ns;
    bool drifts;
    uint64_t told_drops;
    struct feed_news told_offset;
};

/* What is watched of a pair. */
struct live_pair {
    bool side_stale[VENUE_LAST + 1];
    bool stale[VENUE_LAST + 1];
    int64_t late_asked_ns[VENUE_LAST + 1]; /* monotonic; what is late by, a book or the time */
    struct storm resyncs;
    bool gone; /* as it was told: not in the list of markets, or warned of */
    char cautions[LISTING_CAUTIONS_SIZE];
    bool storm;
};

/* What is wanted of the time before. */
struct live_past {
    int32_t minutes; /* 0: nothing */
    bool awaited;
    int64_t until_ns;
    char text[LIVE_TEXT_SIZE]; /* how it ended; "" before */
};

struct live {
    struct source source;
    struct loop *loop;
    struct config_live config;
    struct intake intake;
    char fx_symbol[FEEDS_SYMBOL_SIZE];
    int64_t (*wall_ns)(void);
    int64_t ahead_ns;    /* event time less monotonic time */
    int64_t receive_ns;  /* of the last frame */
    int64_t waited_ns;   /* event time when next() last had nothing */
    int64_t wall_off_ns; /* wall clock less event time, when last looked at */
    int64_t tick_ns;     /* monotonic, of the last look around */
    uint64_t tick_timer, wake_timer;
    live_wake_fn *wake;
    void *wake_context;
    live_tap_fn *tap;
    void *tap_context;
    char *scratch; /* of a message with line feeds */
    size_t scratch_size;
    bool overflowed;
    struct http *http;
    struct websockets *sockets;
    struct live_line lines[LINE_LAST + 1];
    struct live_venue venues[VENUE_LAST + 1];
    struct live_pair pairs[LIVE_PAIRS_MAX];
    int64_t fx_late_asked_ns;
    struct live_ask asks[LIVE_ASKS_MAX];
    int32_t asks_count;
    struct live_past past;
    char *ban_path;
    struct bans bans;
    struct histogram decode[VENUE_LAST + 1]; /* of messages */
    int64_t decode_mono_ns[VENUE_LAST + 1];
};

/* live.c */

/* A frame comes in: the tap, the decoders, the wake. `symbol` may be NULL. */
void live_take(struct live *live, enum venue venue, const char *channel, const char *symbol,
               const char *raw, size_t length, int64_t mono_ns);
/* One of our own, of the channel `state`. */
void live_tell(struct live *live, enum venue venue, const char *symbol,
               enum feed_news_kind kind, enum reason reason);
/* A clock is off by so much. */
void live_tell_clock(struct live *live, enum venue venue, enum reason reason, int64_t off_ns,
                     double limit_ms);
/* What is known of a venue's clock, when that is news. */
void live_tell_offset(struct live *live, enum venue venue);

/* live_line.c */

bool live_lines_open(struct live *live, uint64_t seed, struct err *err);
void live_lines_close(struct live *live);
/* Opens lines whose ban is over, gives up those that deliver nothing. */
bool live_line_watch(struct live_line *line, int64_t now_ns);
/* Is nothing heard, or nothing to its end? */
bool live_line_is_quiet(const struct live_line *line, int64_t now_ns);
/* A line that was stale is heard again. */
void live_line_heard(struct live_line *line);
void live_lines_hold(struct live *live, enum venue venue, int64_t until_ns);
enum reason live_reason_of(enum net_fault fault, int32_t status);

/* live_ask.c */

void live_asks_init(struct live *live);
enum venue live_ask_venue(enum live_ask_kind kind);
/* Sends what is wanted, due and allowed. */
void live_asks_send(struct live *live, int64_t now_ns);
/* Wants every ask of this kind now. */
void live_ask_for(struct live *live, enum live_ask_kind kind);
void live_ban(struct live *live, enum venue venue, int64_t wait_ms, int64_t now_ns);

/* What is asked for, of what; NULL: of the venue. */
const char *live_ask_symbol(const struct live_ask *ask);
const char *live_ask_channel(enum live_ask_kind kind);

/* live_tell.c */

/* As a source tells it. */
void live_traffic(const struct source *source, enum venue venue, struct source_traffic *out);

/* The other side was not heard, so it is no answer of the venue's. */
bool live_is_of_network(enum reason reason);

/* live_past.c */

/* To be called before the asks are made. */
void live_past_begin(struct live *live, int32_t minutes, int64_t now_ns);
void live_past_finish(struct live *live);
/* The next page of a market's candles, and its coming: all of them are one frame. */
void live_past_write_query(const struct live_ask *ask, const char *symbol, struct text *out);
void live_past_take(struct live_ask *ask, const struct http_answer *answer);
void live_past_watch(struct live *live, int64_t now_ns);

/* live_watch.c */

void live_watch(struct live *live, int64_t now_ns);
/* Did the process stand still, or its clock jump? Before anything that came is believed. */
void live_check_clock(struct live *live, int64_t now_ns);
