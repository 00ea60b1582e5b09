#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/book.h"
#include "core/order.h"
#include "core/reason.h"

/* upbit: what does a message of Upbit's public API say? (VENUES.md 2 and 3)
 *
 * Pure: bytes in, values out. Reads socket messages in DEFAULT and SIMPLE form, alone or in a
 * list, and the REST answers of orderbook, ticker and trades. Members we do not know are
 * ignored and counted. */

enum {
    UPBIT_SYMBOL_SIZE = 24,
    UPBIT_MESSAGES_MAX = 1024, /* in one list; all of Upbit's markets fit */
    UPBIT_TEXT_SIZE = 128
};

enum upbit_kind {
    UPBIT_ORDERBOOK, /* the whole book: replace, never merge */
    UPBIT_TICKER,
    UPBIT_TRADE,
    UPBIT_STATUS, /* the answer to a text PING */
    UPBIT_ERROR,
    UPBIT_OTHER, /* candles and whatever else a socket may carry */
    UPBIT_KIND_LAST = UPBIT_OTHER,
};

struct upbit_message {
    enum upbit_kind kind;
    int32_t unknown_fields;
    char symbol[UPBIT_SYMBOL_SIZE]; /* "KRW-BTC"; "" for status, error and other */
    int64_t exchange_ns;
    double level; /* KRW a book's prices are grouped by; 0: not at all, else no true touch */
    union {
        struct book book; /* receive_ns and generation are 0; padded zero levels are gone */
        struct {
            double price; /* of the last trade, KRW */
            bool halted;  /* the market takes no orders */
        } ticker;
        struct {
            double price;
            double size;
            enum order_side aggressor;
            uint64_t id;
        } trade;
        struct {
            char name[UPBIT_TEXT_SIZE]; /* "NO_CODES", "404"; fit for a terminal */
            char text[UPBIT_TEXT_SIZE];
        } error;
    };
};

/* The messages of one frame; memory is kept from frame to frame. Zeroed is empty. */
struct upbit_list {
    size_t count;
    size_t capacity;
    struct upbit_message *messages;
    char *padded; /* the frame, with room behind it */
    size_t padded_capacity;
};
void upbit_list_finish(struct upbit_list *list); /* accepts NULL and zeroed */

/* Reads one frame: all of it or nothing. When it cannot be read the list is empty, *reason is
 * INPUT.* or NET.OVERSIZE, and err says which member and why. */
bool upbit_decode(struct upbit_list *list, const char *bytes, size_t length,
                  enum reason *reason, struct err *err);
