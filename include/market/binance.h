#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/book.h"
#include "core/order.h"
#include "core/reason.h"

/* binance: what does a message of Binance USDS-M futures say? (VENUES.md 5 and 6)
 *
 * Pure: bytes in, values out. Reads stream payloads alone or in a combined-stream envelope, and
 * the REST answers of depth, bookTicker and premiumIndex. Members we do not know are ignored
 * and counted. Building a book from the diffs is market/depth. */

enum {
    BINANCE_SYMBOL_SIZE = 24,
    BINANCE_MESSAGES_MAX = 4096, /* in one list */
    BINANCE_TEXT_SIZE = 128
};

enum binance_kind {
    BINANCE_DEPTH,    /* a diff: absolute sizes, 0 removes */
    BINANCE_PARTIAL,  /* the whole top of the book: replace */
    BINANCE_SNAPSHOT, /* REST depth */
    BINANCE_TICKER,   /* best bid and ask */
    BINANCE_MARK,     /* mark price and the running funding estimate */
    BINANCE_TRADE,
    BINANCE_REPLY, /* to a control frame */
    BINANCE_ERROR,
    BINANCE_OTHER, /* klines and whatever else a socket may carry */
    BINANCE_KIND_LAST = BINANCE_OTHER,
};

/* A run of levels in the list's pool. */
struct binance_levels {
    size_t first;
    size_t count;
};

struct binance_message {
    enum binance_kind kind;
    int32_t unknown_fields;
    char symbol[BINANCE_SYMBOL_SIZE]; /* "BTCUSDT"; "" where the message has none */
    int64_t exchange_ns;              /* matching engine time where there is one */
    union {
        struct {
            uint64_t first_id, last_id; /* U, u; of a snapshot both are lastUpdateId */
            uint64_t previous_id;       /* pu; 0 of a snapshot */
            struct binance_levels bids, asks;
        } depth; /* DEPTH, PARTIAL, SNAPSHOT */
        struct {
            uint64_t id;                /* 0 where the message has none */
            struct book_level bid, ask; /* price 0: nobody there */
        } ticker;
        struct {
            double price;
            double rate;     /* fraction per interval, of the next settlement */
            int64_t next_ns; /* of the next settlement; 0 none */
        } mark;
        struct {
            double price;
            double size;
            enum order_side aggressor;
        } trade;
        struct {
            char code[BINANCE_TEXT_SIZE]; /* "-1121"; fit for a terminal */
            char text[BINANCE_TEXT_SIZE];
        } error;
    };
};

/* The messages of one frame; memory is kept from frame to frame. Zeroed is empty. */
struct binance_list {
    size_t count, capacity;
    struct binance_message *messages;
    size_t levels_count, levels_capacity;
    struct book_level *levels;
    char *padded; /* the frame, with room behind it */
    size_t padded_capacity;
};
void binance_list_finish(struct binance_list *list); /* accepts NULL and zeroed */

/* The levels of a run: borrowed until the next decode. */
const struct book_level *binance_levels(const struct binance_list *list,
                                        const struct binance_levels *levels);

/* Reads one frame: all of it or nothing. `stream` names the stream a bare payload came from
 * ("btcusdt@depth20@100ms", "depth20", or "" when unknown): a diff and a partial book look the
 * same. An envelope's own name wins. When it cannot be read the list is empty, *reason is
 * INPUT.* or NET.OVERSIZE, and err says which member and why. */
bool binance_decode(struct binance_list *list, const char *stream, const char *bytes,
                    size_t length, enum reason *reason, struct err *err);
