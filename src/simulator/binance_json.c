#include "binance_json.h"

#include <math.h>

#include "numbers.h"
#include "say.h"

enum { RATE_DECIMALS = 8 };

struct binance_touch binance_touch_of(const struct tall_book *book)
{
    struct binance_touch touch = {.bid = {0, 0}};
    if (book->bids.count > 0) {
        touch.bid = book->bids.levels[0];
    }
    if (book->asks.count > 0) {
        touch.ask = book->asks.levels[0];
    }
    return touch;
}

static void add_level(struct text *out, const struct tall_units *units, int64_t price,
                      int64_t size)
{
    say_next(out);
    text_add_bytes(out, "[\"", 2);
    number_fixed(out, price, units->price_decimals);
    text_add_bytes(out, "\",\"", 3);
    number_fixed(out, size, units->size_decimals);
    text_add_bytes(out, "\"]", 2);
}

static void say_levels(struct text *out, const char *name, const struct tall_units *units,
                       const struct tall_side *side, int32_t depth)
{
    say_list(out, name);
    for (int32_t i = 0; i < side->count && i < depth; i++) {
        add_level(out, units, side->levels[i].price, side->levels[i].size);
    }
    text_add_char(out, ']');
}

static void say_changed(struct text *out, const char *name, const struct tall_units *units,
                        const struct tall_side *side, bool descending,
                        const struct tall_prices *changed)
{
    say_list(out, name);
    for (int32_t i = 0; i < changed->count; i++) {
        const int64_t price = changed->prices[i];
        add_level(out, units, price, tall_size(side, descending, price));
    }
    text_add_char(out, ']');
}

static void say_event(struct text *out, const char *event, int64_t sent_ms)
{
    text_add_char(out, '{');
    say_text(out, "e", event);
    say_integer(out, "E", sent_ms);
}

static void say_depth_head(struct text *out, const struct binance_symbol *symbol,
                           const struct binance_span *span, int64_t sent_ms)
{
    say_event(out, "depthUpdate", sent_ms);
    say_integer(out, "T", symbol->book.time_ms);
    say_text(out, "s", symbol->symbol);
    say_text(out, "ps", symbol->symbol);
    say_integer(out, "st", 1);
    say_id(out, "U", span->first);
    say_id(out, "u", span->last);
    say_id(out, "pu", span->previous);
}

void binance_json_diff(struct text *out, const struct binance_symbol *symbol,
                       const struct tall_changes *changes, const struct binance_span *span,
                       int64_t sent_ms)
{
    const struct tall_book *book = &symbol->book;
    say_depth_head(out, symbol, span, sent_ms);
    say_changed(out, "b", &book->units, &book->bids, true, &changes->bids);
    say_changed(out, "a", &book->units, &book->asks, false, &changes->asks);
    text_add_char(out, '}');
}

void binance_json_partial(struct text *out, const struct binance_symbol *symbol, int32_t depth,
                          const struct binance_span *span, int64_t sent_ms)
{
    const struct tall_book *book = &symbol->book;
    say_depth_head(out, symbol, span, sent_ms);
    say_levels(out, "b", &book->units, &book->bids, depth);
    say_levels(out, "a", &book->units, &book->asks, depth);
    text_add_char(out, '}');
}

void binance_json_ticker(struct text *out, const struct binance_symbol *symbol, int64_t sent_ms)
{
    const struct tall_units *units = &symbol->book.units;
    const struct binance_touch touch = binance_touch_of(&symbol->book);
    text_add_char(out, '{');
    say_text(out, "e", "bookTicker");
    say_id(out, "u", symbol->book.last_id);
    say_text(out, "s", symbol->symbol);
    say_text(out, "ps", symbol->symbol);
    say_fixed_text(out, "b", touch.bid.price, units->price_decimals);
    say_fixed_text(out, "B", touch.bid.size, units->size_decimals);
    say_fixed_text(out, "a", touch.ask.price, units->price_decimals);
    say_fixed_text(out, "A", touch.ask.size, units->size_decimals);
    say_integer(out, "T", symbol->book.time_ms);
    say_integer(out, "E", sent_ms);
    say_integer(out, "st", 1);
    text_add_char(out, '}');
}

static void say_rate(struct text *out, const char *name, double rate)
{
    say_name(out, name);
    text_add(out, rate < 0.0 ? "\"-" : "\"");
    number_fixed(out, number_units(fabs(rate), RATE_DECIMALS), RATE_DECIMALS);
    text_add_char(out, '"');
}

void binance_json_mark(struct text *out, const struct binance_symbol *symbol, int64_t sent_ms)
{
    say_event(out, "markPriceUpdate", sent_ms);
    say_text(out, "s", symbol->symbol);
    say_fixed_text(out, "p", symbol->mark, MARK_DECIMALS);
    say_fixed_text(out, "ap", symbol->mark, MARK_DECIMALS);
    say_fixed_text(out, "P", symbol->index, MARK_DECIMALS);
    say_fixed_text(out, "i", symbol->index, MARK_DECIMALS);
    say_rate(out, "r", symbol->rate);
    say_integer(out, "T", symbol->funding_ms);
    say_integer(out, "st", 1);
    text_add_char(out, '}');
}

void binance_json_trade(struct text *out, const struct binance_symbol *symbol, int64_t sent_ms)
{
    const struct tall_units *units = &symbol->book.units;
    const struct binance_trade *trade = &symbol->trade;
    say_event(out, "aggTrade", sent_ms);
    say_id(out, "a", trade->id);
    say_text(out, "s", symbol->symbol);
    say_fixed_text(out, "p", trade->price, units->price_decimals);
    say_fixed_text(out, "q", trade->size, units->size_decimals);
    say_fixed_text(out, "nq", trade->size, units->size_decimals);
    say_id(out, "f", trade->id);
    say_id(out, "l", trade->id);
    say_integer(out, "T", trade->time_ms);
    say_bool(out, "m", !trade->buy);
    text_add_char(out, '}');
}

void binance_json_depth(struct text *out, const struct binance_symbol *symbol, int32_t limit,
                        uint64_t last_id, int64_t sent_ms)
{
    const struct tall_book *book = &symbol->book;
    text_add_char(out, '{');
    say_id(out, "lastUpdateId", last_id);
    say_integer(out, "E", sent_ms);
    say_integer(out, "T", book->time_ms);
    say_levels(out, "bids", &book->units, &book->bids, limit);
    say_levels(out, "asks", &book->units, &book->asks, limit);
    text_add_char(out, '}');
}

void binance_json_book_ticker(struct text *out, const struct binance_symbol *symbol,
                              int64_t sent_ms)
{
    const struct tall_units *units = &symbol->book.units;
    const struct binance_touch touch = binance_touch_of(&symbol->book);
    say_object(out, NULL);
    say_text(out, "symbol", symbol->symbol);
    say_fixed_text(out, "bidPrice", touch.bid.price, units->price_decimals);
    say_fixed_text(out, "bidQty", touch.bid.size, units->size_decimals);
    say_fixed_text(out, "askPrice", touch.ask.price, units->price_decimals);
    say_fixed_text(out, "askQty", touch.ask.size, units->size_decimals);
    say_integer(out, "time", sent_ms);
    say_id(out, "lastUpdateId", symbol->book.last_id);
    text_add_char(out, '}');
}

void binance_json_premium(struct text *out, const struct binance_symbol *symbol,
                          int64_t sent_ms)
{
    say_object(out, NULL);
    say_text(out, "symbol", symbol->symbol);
    say_fixed_text(out, "markPrice", symbol->mark, MARK_DECIMALS);
    say_fixed_text(out, "indexPrice", symbol->index, MARK_DECIMALS);
    say_fixed_text(out, "estimatedSettlePrice", symbol->index, MARK_DECIMALS);
    say_rate(out, "lastFundingRate", symbol->rate);
    say_text(out, "interestRate", "0.00010000");
    say_integer(out, "nextFundingTime", symbol->funding_ms);
    say_integer(out, "time", sent_ms);
    text_add_char(out, '}');
}

static void say_filter(struct text *out, const char *type)
{
    say_object(out, NULL);
    say_text(out, "filterType", type);
}

/* The largest orders: those of BTCUSDT in coin, at other prices as many more coins. */
static void say_lots(struct text *out, const struct tall_units *units, const char *type,
                     int64_t most_btc)
{
    const double coins = (double)most_btc * 100000.0 / units->usd_per_coin;
    say_filter(out, type);
    say_fixed_text(out, "minQty", units->lot, units->size_decimals);
    say_fixed_text(out, "maxQty", number_units(floor(coins), 0), 0);
    say_fixed_text(out, "stepSize", units->lot, units->size_decimals);
    text_add_char(out, '}');
}

static void say_filters(struct text *out, const struct tall_units *units)
{
    say_list(out, "filters");
    say_filter(out, "PRICE_FILTER");
    say_fixed_text(out, "minPrice", units->tick, units->price_decimals);
    say_text(out, "maxPrice", "4529764");
    say_fixed_text(out, "tickSize", units->tick, units->price_decimals);
    text_add_char(out, '}');
    say_lots(out, units, "LOT_SIZE", 1000);
    say_lots(out, units, "MARKET_LOT_SIZE", 120);
    text_add(out, ",{\"filterType\":\"MAX_NUM_ORDERS\",\"limit\":200}"
                  ",{\"filterType\":\"MIN_NOTIONAL\",\"notional\":\"50\"}"
                  ",{\"filterType\":\"PERCENT_PRICE\",\"multiplierUp\":\"1.0500\","
                  "\"multiplierDown\":\"0.9500\",\"multiplierDecimal\":\"4\"}"
                  ",{\"filterType\":\"POSITION_RISK_CONTROL\","
                  "\"positionControlSide\":\"NONE\"}]");
}

void binance_json_symbol(struct text *out, const struct binance_symbol *symbol)
{
    const struct tall_units *units = &symbol->book.units;
    say_object(out, NULL);
    say_text(out, "symbol", symbol->symbol);
    say_text(out, "pair", symbol->symbol);
    say_text(out, "contractType", "PERPETUAL");
    say_text(out, "status", symbol->halted ? "SETTLING" : "TRADING");
    say_text(out, "baseAsset", symbol->base);
    say_text(out, "quoteAsset", "USDT");
    say_text(out, "marginAsset", "USDT");
    say_integer(out, "pricePrecision", units->price_decimals);
    say_integer(out, "quantityPrecision", units->size_decimals);
    say_filters(out, units);
    text_add(out, ",\"orderTypes\":[\"LIMIT\",\"MARKET\",\"STOP\",\"STOP_MARKET\","
                  "\"TAKE_PROFIT\",\"TAKE_PROFIT_MARKET\",\"TRAILING_STOP_MARKET\"]"
                  ",\"timeInForce\":[\"GTC\",\"IOC\",\"FOK\",\"GTX\",\"GTD\"]}");
}

static void add_quoted(struct text *out, double value, int decimals)
{
    text_add_bytes(out, ",\"", 2);
    number_fixed(out, number_units(value, decimals), decimals);
    text_add_char(out, '"');
}

void binance_json_kline(struct text *out, const struct binance_symbol *symbol,
                        const struct candle *candle)
{
    const struct tall_units *units = &symbol->book.units;
    const double value = candle->volume * candle->close;
    say_list(out, NULL);
    text_addf(out, "%lld", (long long)candle->time_ms);
    add_quoted(out, candle->open, units->price_decimals);
    add_quoted(out, candle->high, units->price_decimals);
    add_quoted(out, candle->low, units->price_decimals);
    add_quoted(out, candle->close, units->price_decimals);
    add_quoted(out, candle->volume, units->size_decimals);
    text_addf(out, ",%lld", (long long)(candle->time_ms + CANDLE_MS - 1));
    add_quoted(out, value, units->price_decimals);
    text_add(out, ",1");
    add_quoted(out, candle->volume / 2.0, units->size_decimals);
    add_quoted(out, value / 2.0, units->price_decimals);
    text_add(out, ",\"0\"]");
}

void binance_json_error(struct text *out, int code, const char *message)
{
    text_add_char(out, '{');
    say_integer(out, "code", code);
    say_text(out, "msg", message);
    text_add_char(out, '}');
}
