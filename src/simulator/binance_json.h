#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "candles.h"
#include "tall_book.h"

/* binance_json: what Binance USDS-M futures writes about a symbol (VENUES.md 5 and 6). Pure. */

enum { BINANCE_SYMBOL_ROOM = 24, MARK_DECIMALS = 8 };

struct binance_trade {
    int64_t time_ms;
    int64_t price, size; /* units */
    bool buy;            /* the aggressor's side */
    uint64_t id;
};

struct binance_symbol {
    char symbol[BINANCE_SYMBOL_ROOM]; /* "BTCUSDT" */
    char base[BINANCE_SYMBOL_ROOM];   /* "BTC" */
    struct tall_book book;
    struct binance_trade trade;
    int64_t mark, index; /* of 1e-8 USDT */
    double rate;         /* fraction, of the next settlement */
    int64_t funding_ms;  /* of the next settlement; 0: unknown */
    bool halted;         /* no orders are taken */
};

struct binance_touch {
    struct tall_level bid, ask; /* price 0: nobody there */
};
struct binance_touch binance_touch_of(const struct tall_book *book);

/* The ids of one message of the diff stream. */
struct binance_span {
    uint64_t first, last, previous; /* U, u, pu */
};

/* Diffs hold the prices that changed, with the size that stands there now. */
void binance_json_diff(struct text *out, const struct binance_symbol *symbol,
                       const struct tall_changes *changes, const struct binance_span *span,
                       int64_t sent_ms);
/* The whole top, under the same event name. */
void binance_json_partial(struct text *out, const struct binance_symbol *symbol, int32_t depth,
                          const struct binance_span *span, int64_t sent_ms);
void binance_json_ticker(struct text *out, const struct binance_symbol *symbol,
                         int64_t sent_ms);
void binance_json_mark(struct text *out, const struct binance_symbol *symbol, int64_t sent_ms);
void binance_json_trade(struct text *out, const struct binance_symbol *symbol, int64_t sent_ms);

/* REST. */
void binance_json_depth(struct text *out, const struct binance_symbol *symbol, int32_t limit,
                        uint64_t last_id, int64_t sent_ms);
void binance_json_book_ticker(struct text *out, const struct binance_symbol *symbol,
                              int64_t sent_ms);
void binance_json_premium(struct text *out, const struct binance_symbol *symbol,
                          int64_t sent_ms);
/* One of exchangeInfo's symbols, with its filters. */
void binance_json_symbol(struct text *out, const struct binance_symbol *symbol);
void binance_json_kline(struct text *out, const struct binance_symbol *symbol,
                        const struct candle *candle);
/* {"code":-1121,"msg":"Invalid symbol."} */
void binance_json_error(struct text *out, int code, const char *message);
