#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
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

enum { FEEDS_SYMBOL_SIZE = 24 };

enum feeds_fx { FEEDS_FX_MICRO, FEEDS_FX_MID, FEEDS_FX_LAST };

struct feed {
    struct source_feed counters;
    enum feed_state state;
};

struct feeds_pair {
    char symbol_a[FEEDS_SYMBOL_SIZE];
    char symbol_b[FEEDS_SYMBOL_SIZE];
    struct feed feeds[VENUE_LAST + 1];
    int64_t book_a_ns;   /* exchange time of the newest book of A */
    struct depth *depth; /* of B */
    uint64_t book_b_id;  /* newest id of B that was shown */
    int64_t book_b_ns;   /* and its exchange time */
    bool partial_b;      /* partial books come, so the ticker is not needed */
    double mark_price;   /* 0: none yet */
    double mark_rate;
    int64_t mark_next_ns; /* settlement the rate is for; 0 none */
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
    int64_t receive_ns;    /* of the message being read; set by the caller */
    uint64_t ignored;      /* messages no pair asked for */
    uint64_t unknown_fields;
    struct feeds_queue queue;
};

/* Takes the pairs of a recording's options. Errors name the option. */
bool feeds_init(struct feeds *feeds, const struct frames_options *options, struct err *err);
void feeds_finish(struct feeds *feeds); /* accepts zeroed */

/* One message each; events wait in the queue. `from_rest`: an answer to a request, which may be
 * older than what the socket brought. `symbol` is for messages that name none; may be NULL. */
void feeds_upbit(struct feeds *feeds, const struct upbit_message *message, bool from_rest);
void feeds_binance(struct feeds *feeds, const struct binance_list *list,
                   const struct binance_message *message, const char *symbol);

/* The oldest event that waits; false when none does. */
bool feeds_take(struct feeds *feeds, struct event *out);

/* A new zeroed event of a pair at the end of the queue; for the two venue files. */
struct event *feeds_add(struct feeds *feeds, enum event_kind kind, int32_t pair);

/* Gives an EVENT_FEED when the state is a new one. */
void feeds_set_state(struct feeds *feeds, int32_t pair, enum venue venue, enum feed_state state,
                     enum reason reason);
