#include "bourse.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "bourse_past.h"
#include "market/simulated.h"
#include "numbers.h"
#include "tick.h"

/* Binance's ids run beyond what a float, and beyond what 42 bits hold. */
#define FIRST_ID  (UINT64_C(5123107852948))
#define ID_STRIDE 2000

enum { TRADE_ID_SCALE = 10000, PAD_EVERY = 50, PAD_LEFT = 7, SIZE_DECIMALS = 8 };

/* So much of the market has happened already when the doors open. */
#define LEAD_NS (200 * CLOCK_NS_PER_MS)

#define FX_CODE       "KRW-USDT"
#define DEEP_USD      1500.0
#define FX_LEVEL_USDT 100000.0

void bourse_listen(struct bourse *bourse, const struct bourse_calls *calls)
{
    bourse->calls = *calls;
}

int32_t bourse_find_market(const struct bourse *bourse, const char *code)
{
    for (int32_t i = 0; i < bourse_markets(bourse); i++) {
        if (strcmp(bourse->markets[i].code, code) == 0) {
            return i;
        }
    }
    return -1;
}

int32_t bourse_find_symbol(const struct bourse *bourse, const char *symbol)
{
    for (int32_t i = 0; i < bourse->pairs_count; i++) {
        if (strcmp(bourse->symbols[i].symbol, symbol) == 0) {
            return i;
        }
    }
    return -1;
}

static int32_t fx_market(const struct bourse *bourse)
{
    return bourse->pairs_count;
}

/* Market time as the wall has it. */
static int64_t wall_ns(const struct bourse *bourse, int64_t market_ns)
{
    const double since_ns = (double)(market_ns - bourse->start_ns) / bourse->speed;
    return bourse->start_ns + bourse->rested_ns + (int64_t)since_ns;
}

static int64_t wall_ms(const struct bourse *bourse, int64_t market_ns)
{
    return wall_ns(bourse, market_ns) / CLOCK_NS_PER_MS;
}

uint64_t bourse_next_id(struct bourse *bourse)
{
    bourse->ids += 1 + rng_below(&bourse->rng, ID_STRIDE);
    return bourse->ids;
}

static double round_size(double size)
{
    const double rounded = number_rounded(size, SIZE_DECIMALS);
    return rounded > 0.0 ? rounded : 1e-8;
}

/* Behind what the market draws stand levels whose gaps and sizes follow from their price, so
 * that they stay where they are while the touch moves. */
static void deepen_side(struct book_level *levels, int32_t *count, double step, uint64_t seed,
                        double coins)
{
    while (*count > 0 && *count < UPBIT_DEPTH_MAX) {
        const double last = levels[*count - 1].price;
        struct rng rng;
        rng_seed(&rng, seed, (uint64_t)number_units(last, SIZE_DECIMALS));
        const double price = last + step * (double)(1 + rng_below(&rng, 3));
        if (price <= 0.0) {
            return;
        }
        levels[(*count)++] = (struct book_level){number_rounded(price, SIZE_DECIMALS),
                                                 round_size(coins * rng_exponential(&rng))};
    }
}

static void deepen(struct bourse *bourse, struct upbit_market *market, double coins)
{
    struct book *book = &market->book;
    deepen_side(book->bids, &book->bids_count, -market->tick, bourse->seed, coins);
    deepen_side(book->asks, &book->asks_count, market->tick, bourse->seed, coins);
    /* Now and then a side is short, and Upbit pads it with zeros. */
    if (++bourse->books % PAD_EVERY == 0) {
        book->asks_count = book->asks_count < PAD_LEFT ? book->asks_count : PAD_LEFT;
    }
}

/* The past is put in before the present begins. */
static void take_candle(const struct bourse *bourse, struct candles *candles, int64_t time_ms,
                        double price, double volume)
{
    if (bourse->opened) {
        candles_take(candles, time_ms, price, volume);
    }
}

static double middle_of(const struct book *book)
{
    return (book->bids[0].price + book->asks[0].price) / 2.0;
}

static void begin_day(struct upbit_market *market, double price)
{
    if (market->day.open <= 0.0) {
        market->day.open = market->day.high = market->day.low = price;
        market->day.previous_close = price;
        market->trade.price = price;
        market->trade.time_ms = market->book_ms;
    }
}

static void upbit_changed(struct bourse *bourse, int32_t index)
{
    struct upbit_market *market = &bourse->markets[index];
    const double middle = middle_of(&market->book);
    const double on_tick = to_tick(middle, market->tick);
    begin_day(market, on_tick);
    take_candle(bourse, &bourse->candles_upbit[index], market->book_ms, on_tick, 0.0);
    if (bourse->calls.upbit_book != NULL) {
        bourse->calls.upbit_book(bourse->calls.context, index);
    }
}

static void take_upbit_book(struct bourse *bourse, const struct event *event)
{
    struct upbit_market *market = &bourse->markets[event->pair];
    book_copy(&market->book, &event->book.book);
    market->book_ms = wall_ms(bourse, event->book.book.exchange_ns);
    if (market->book.bids_count == 0 || market->book.asks_count == 0) {
        return;
    }
    market->tick = simulated_upbit_tick(market->book.bids[0].price);
    deepen(bourse, market, DEEP_USD * 1450.0 / market->book.bids[0].price);
    upbit_changed(bourse, event->pair);
}

static bool same_level(const struct tall_level *a, const struct tall_level *b)
{
    return a->price == b->price && a->size == b->size;
}

static void take_binance_book(struct bourse *bourse, const struct event *event)
{
    struct binance_symbol *symbol = &bourse->symbols[event->pair];
    struct tall_book *book = &symbol->book;
    if (book->last_id == 0) {
        book->units.usd_per_coin = event->book.book.bids[0].price;
    }
    const struct binance_touch before = binance_touch_of(book);
    tall_changes_clear(&bourse->changes);
    tall_book_update(book, &event->book.book, &bourse->changes);
    tall_changes_sort(&bourse->changes);
    book->last_id = bourse_next_id(bourse);
    book->time_ms = wall_ms(bourse, event->book.book.exchange_ns);
    const struct binance_touch after = binance_touch_of(book);
    const bool touched =
        !same_level(&before.bid, &after.bid) || !same_level(&before.ask, &after.ask);
    const double middle = number_value(after.bid.price, book->units.price_decimals);
    take_candle(bourse, &bourse->candles_binance[event->pair], book->time_ms, middle, 0.0);
    if (bourse->calls.binance_book != NULL) {
        bourse->calls.binance_book(bourse->calls.context, event->pair, &bourse->changes,
                                   touched);
    }
}

/* The split of sizes says where between its ticks the price stands. */
static void take_fx(struct bourse *bourse, const struct event *event)
{
    struct upbit_market *market = &bourse->markets[fx_market(bourse)];
    const double both = 2.0 * FX_LEVEL_USDT + 1000000.0 * rng_uniform(&bourse->rng);
    const double place = event->fx.krw_per_usd - event->fx.bid;
    struct book *book = &market->book;
    memset(book, 0, sizeof(*book));
    book->bids[0] = (struct book_level){event->fx.bid, round_size(to_tick(both * place, 1))};
    book->asks[0] =
        (struct book_level){event->fx.ask, round_size(to_tick(both * (1.0 - place), 1))};
    book->bids_count = book->asks_count = 1;
    market->book_ms = wall_ms(bourse, event->time_ns);
    deepen(bourse, market, FX_LEVEL_USDT);
    upbit_changed(bourse, fx_market(bourse));
}

static void take_upbit_print(struct bourse *bourse, const struct event *event)
{
    struct upbit_market *market = &bourse->markets[event->pair];
    const bool buy = event->print.aggressor == ORDER_BUY;
    const int64_t time_ms = wall_ms(bourse, event->time_ns);
    market->trade = (struct upbit_trade){
        .time_ms = time_ms,
        .price = event->print.price,
        .size = event->print.size,
        .buy = buy,
        .id =
            (uint64_t)time_ms * TRADE_ID_SCALE + (uint64_t)(++bourse->trades % TRADE_ID_SCALE),
    };
    struct upbit_day *day = &market->day;
    day->high = event->print.price > day->high ? event->print.price : day->high;
    day->low = event->print.price < day->low ? event->print.price : day->low;
    day->value += event->print.price * event->print.size;
    *(buy ? &day->volume_bid : &day->volume_ask) += event->print.size;
    take_candle(bourse, &bourse->candles_upbit[event->pair], time_ms, event->print.price,
                event->print.size);
    if (bourse->calls.upbit_trade != NULL) {
        bourse->calls.upbit_trade(bourse->calls.context, event->pair);
    }
}

static void take_binance_print(struct bourse *bourse, const struct event *event)
{
    struct binance_symbol *symbol = &bourse->symbols[event->pair];
    const struct tall_units *units = &symbol->book.units;
    symbol->trade = (struct binance_trade){
        .time_ms = wall_ms(bourse, event->time_ns),
        .price = number_units(event->print.price, units->price_decimals),
        .size = number_units(event->print.size, units->size_decimals),
        .buy = event->print.aggressor == ORDER_BUY,
        .id = (uint64_t)++bourse->trades,
    };
    take_candle(bourse, &bourse->candles_binance[event->pair], symbol->trade.time_ms,
                event->print.price, event->print.size);
    if (bourse->calls.binance_trade != NULL) {
        bourse->calls.binance_trade(bourse->calls.context, event->pair);
    }
}

static void take_mark(struct bourse *bourse, const struct event *event)
{
    struct binance_symbol *symbol = &bourse->symbols[event->pair];
    symbol->mark = number_units(event->mark.price, MARK_DECIMALS);
    symbol->index = symbol->mark;
    symbol->rate = event->mark.rate;
    symbol->funding_ms = wall_ms(bourse, event->mark.next_ns);
    if (bourse->calls.binance_mark != NULL) {
        bourse->calls.binance_mark(bourse->calls.context, event->pair);
    }
}

static void take(struct bourse *bourse, const struct event *event)
{
    const bool upbit = event->kind == EVENT_BOOK ? event->book.venue == VENUE_A
                                                 : event->print.venue == VENUE_A;
    switch (event->kind) {
    case EVENT_BOOK:
        (upbit ? take_upbit_book : take_binance_book)(bourse, event);
        break;
    case EVENT_PRINT:
        (upbit ? take_upbit_print : take_binance_print)(bourse, event);
        break;
    case EVENT_FX:
        take_fx(bourse, event);
        break;
    case EVENT_MARK:
        take_mark(bourse, event);
        break;
    default: /* what the simulated market does to feeds is done here by faults */
        break;
    }
}

/* The simulated market has no end and does not fail. */
static const struct event *peek(struct bourse *bourse)
{
    struct err err;
    if (!bourse->pending) {
        bourse->pending =
            bourse->source->ops->next(bourse->source, &bourse->event, &err) == SOURCE_EVENT;
    }
    return &bourse->event;
}

int64_t bourse_due_ns(const struct bourse *bourse)
{
    return wall_ns(bourse, bourse->event.time_ns);
}

const struct event *bourse_step(struct bourse *bourse)
{
    const struct event *event = peek(bourse);
    bourse->pending = false;
    take(bourse, event);
    return event;
}

void bourse_advance(struct bourse *bourse, int64_t now_ns)
{
    while (wall_ns(bourse, peek(bourse)->time_ns) <= now_ns) {
        bourse_step(bourse);
    }
}

void bourse_rest(struct bourse *bourse, int64_t rested_ns)
{
    bourse->rested_ns += rested_ns;
}

bool bourse_complete(const struct bourse *bourse)
{
    for (int32_t i = 0; i < bourse_markets(bourse); i++) {
        if (bourse->markets[i].book_ms == 0) {
            return false;
        }
    }
    for (int32_t i = 0; i < bourse->pairs_count; i++) {
        if (bourse->symbols[i].book.last_id == 0 || bourse->symbols[i].mark == 0) {
            return false;
        }
    }
    return true;
}

static void name_pair(struct bourse *bourse, int32_t pair, const char *coin)
{
    struct binance_symbol *symbol = &bourse->symbols[pair];
    snprintf(bourse->markets[pair].code, sizeof(bourse->markets[pair].code), "KRW-%s", coin);
    snprintf(symbol->symbol, sizeof(symbol->symbol), "%sUSDT", coin);
    snprintf(symbol->base, sizeof(symbol->base), "%s", coin);
    const struct tall_units units = binance_units(coin, 1.0);
    tall_book_init(&symbol->book, &units, bourse->seed + (uint64_t)pair);
}

static bool open_source(struct bourse *bourse, const struct bourse_options *options,
                        struct err *err)
{
    struct simulated_pair pairs[BOURSE_PAIRS_MAX];
    for (int32_t i = 0; i < options->pairs_count; i++) {
        pairs[i] = (struct simulated_pair){.name = options->coins[i]};
    }
    const struct simulated_options market = {
        .preset = options->preset,
        .seed = options->seed,
        .start_ns = bourse->start_ns,
        .opening = options->opening,
        .pairs = pairs,
        .pairs_count = options->pairs_count,
        .history_minutes = options->history_minutes,
    };
    return simulated_open(&bourse->source, &market, err);
}

bool bourse_open(struct bourse *bourse, const struct bourse_options *options, int64_t now_ns,
                 struct err *err)
{
    if (options->pairs_count < 1 || options->pairs_count > BOURSE_PAIRS_MAX) {
        return err_set(err, ERR_INPUT, "'%d' pairs (expected 1 to %d)", options->pairs_count,
                       BOURSE_PAIRS_MAX);
    }
    memset(bourse, 0, sizeof(*bourse));
    bourse->pairs_count = options->pairs_count;
    bourse->speed = options->speed;
    bourse->start_ns = now_ns - LEAD_NS;
    bourse->seed = options->seed;
    bourse->ids = FIRST_ID;
    rng_seed(&bourse->rng, options->seed, rng_salt("venue ids"));
    if (!open_source(bourse, options, err)) {
        return false;
    }
    bourse->symbols = mem_array((size_t)options->pairs_count, sizeof(*bourse->symbols));
    for (int32_t i = 0; i < options->pairs_count; i++) {
        name_pair(bourse, i, options->coins[i]);
    }
    struct upbit_market *fx = &bourse->markets[fx_market(bourse)];
    snprintf(fx->code, sizeof(fx->code), "%s", FX_CODE);
    fx->tick = 1.0;
    bourse_past_play(bourse, options->history_minutes);
    bourse->opened = true;
    bourse_advance(bourse, now_ns);
    return true;
}

void bourse_close(struct bourse *bourse)
{
    source_close(bourse->source);
    tall_changes_finish(&bourse->changes);
    mem_free(bourse->symbols);
    memset(bourse, 0, sizeof(*bourse));
}
