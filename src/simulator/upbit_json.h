#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "candles.h"
#include "core/book.h"

/* upbit_json: what Upbit writes about one of its markets (VENUES.md 2 and 3). Pure. */

enum { UPBIT_CODE_SIZE = 24, UPBIT_DEPTH_MAX = 30 };

/* The same things are spelled in three ways. */
enum upbit_form { UPBIT_FORM_DEFAULT, UPBIT_FORM_SIMPLE, UPBIT_FORM_REST };

struct upbit_trade {
    int64_t time_ms;
    double price, size;
    bool buy;    /* a buyer hit an ask */
    uint64_t id; /* 17 digits; 0: none yet */
};

/* Since 00:00 UTC. */
struct upbit_day {
    double open, high, low;
    double previous_close;
    double volume_bid, volume_ask; /* coin, by aggressor */
    double value;                  /* KRW */
};

struct upbit_market {
    char code[UPBIT_CODE_SIZE]; /* "KRW-BTC" */
    double tick;
    int64_t book_ms; /* of the last change */
    struct book book;
    struct upbit_trade trade;
    struct upbit_day day;
    bool halted; /* no orders are taken */
};

/* The first `depth` levels; a side that is shorter than the other is padded with zeros. */
void upbit_json_book(struct text *out, enum upbit_form form, const struct upbit_market *market,
                     int32_t depth, bool snapshot);
void upbit_json_trade(struct text *out, enum upbit_form form, const struct upbit_market *market,
                      bool snapshot);
void upbit_json_ticker(struct text *out, enum upbit_form form,
                       const struct upbit_market *market, bool snapshot);
void upbit_json_instrument(struct text *out, const struct upbit_market *market);
void upbit_json_listing(struct text *out, const struct upbit_market *market, bool details);
void upbit_json_candle(struct text *out, const struct upbit_market *market,
                       const struct candle *candle);
/* {"error":{...}}: quotation REST names errors by number, everything else by name. */
void upbit_json_error_number(struct text *out, int name, const char *message);
void upbit_json_error_name(struct text *out, const char *name, const char *message);
