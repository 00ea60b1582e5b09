#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "binance_json.h"
#include "candles.h"
#include "core/event.h"
#include "market/source.h"
#include "upbit_json.h"

/* bourse: both venues' markets as they stand now, moved on by the simulated market.
 *
 * Market time is wall time at `speed`, and stands still while the bourse rests. What Upbit
 * lists are the pairs and, behind them, KRW-USDT. */

enum { BOURSE_PAIRS_MAX = 16, BOURSE_MARKETS_MAX = BOURSE_PAIRS_MAX + 1 };

/* What happened; the bourse has taken it in already. */
struct bourse_calls {
    void (*upbit_book)(void *context, int32_t market);
    void (*upbit_trade)(void *context, int32_t market);
    void (*binance_book)(void *context, int32_t pair, const struct tall_changes *changes,
                         bool touched); /* the best levels are among them */
    void (*binance_trade)(void *context, int32_t pair);
    void (*binance_mark)(void *context, int32_t pair);
    void *context;
};

struct bourse_options {
    const char *preset;
    uint64_t seed;
    bool opening;
    double speed;
    const char *const *coins; /* "BTC"; borrowed during open only */
    int32_t pairs_count;
    int64_t history_minutes;
};

struct bourse {
    int32_t pairs_count;
    struct upbit_market markets[BOURSE_MARKETS_MAX];
    struct binance_symbol *symbols; /* one a pair */
    struct candles candles_upbit[BOURSE_MARKETS_MAX], candles_binance[BOURSE_PAIRS_MAX];

    struct source *source;
    struct bourse_calls calls;
    struct tall_changes changes; /* of the last book of Binance */
    double speed;
    int64_t start_ns;   /* of the market and, at first, of the wall */
    int64_t rested_ns;  /* so long the market stood still */
    uint64_t seed, ids; /* the last id Binance gave away, to whatever symbol */
    int64_t trades, books;
    struct rng rng;
    bool opened;  /* no longer putting the past together */
    bool pending; /* `event` is still to come */
    struct event event;
};

/* Plays until every market has a book, at wall time `now_ns`. */
bool bourse_open(struct bourse *bourse, const struct bourse_options *options, int64_t now_ns,
                 struct err *err);
void bourse_close(struct bourse *bourse); /* accepts zeroed */
void bourse_listen(struct bourse *bourse, const struct bourse_calls *calls);

/* Everything up to that wall time. */
void bourse_advance(struct bourse *bourse, int64_t now_ns);
/* Wall time of the next thing that happens. */
int64_t bourse_due_ns(const struct bourse *bourse);
/* Nothing happened for so long: the market goes on where it stood. */
void bourse_rest(struct bourse *bourse, int64_t rested_ns);

static inline int32_t bourse_markets(const struct bourse *bourse)
{
    return bourse->pairs_count + 1;
}
/* The market or symbol of that name; -1: none. */
int32_t bourse_find_market(const struct bourse *bourse, const char *code);
int32_t bourse_find_symbol(const struct bourse *bourse, const char *symbol);
/* An id of Binance's that was never given away. */
uint64_t bourse_next_id(struct bourse *bourse);
