#include <math.h>

#include "fields.h"
#include "sight_pair.h"
#include "sight_unit.h"

/* What stands between the values of an order book. */
struct sight_form {
    struct sight_literal code, time, ask_total, bid_total, units;
    struct sight_literal bid_price, ask_size, bid_size, unit_end, unit;
    struct sight_literal stream, level;
};

static const struct sight_form DEFAULT_BOOK = {
    .code = SIGHT_LITERAL("{\"type\":\"orderbook\",\"code\":\""),
    .time = SIGHT_LITERAL(",\"timestamp\":"),
    .ask_total = SIGHT_LITERAL(",\"total_ask_size\":"),
    .bid_total = SIGHT_LITERAL(",\"total_bid_size\":"),
    .units = SIGHT_LITERAL(",\"orderbook_units\":[{\"ask_price\":"),
    .bid_price = SIGHT_LITERAL(",\"bid_price\":"),
    .ask_size = SIGHT_LITERAL(",\"ask_size\":"),
    .bid_size = SIGHT_LITERAL(",\"bid_size\":"),
    .unit_end = SIGHT_LITERAL("}"),
    .unit = SIGHT_LITERAL(",{\"ask_price\":"),
    .stream = SIGHT_LITERAL(",\"stream_type\":\""),
    .level = SIGHT_LITERAL(",\"level\":"),
};

static const struct sight_form SIMPLE_BOOK = {
    .code = SIGHT_LITERAL("{\"ty\":\"orderbook\",\"cd\":\""),
    .time = SIGHT_LITERAL(",\"tms\":"),
    .ask_total = SIGHT_LITERAL(",\"tas\":"),
    .bid_total = SIGHT_LITERAL(",\"tbs\":"),
    .units = SIGHT_LITERAL(",\"obu\":[{\"ap\":"),
    .bid_price = SIGHT_LITERAL(",\"bp\":"),
    .ask_size = SIGHT_LITERAL(",\"as\":"),
    .bid_size = SIGHT_LITERAL(",\"bs\":"),
    .unit_end = SIGHT_LITERAL("}"),
    .unit = SIGHT_LITERAL(",{\"ap\":"),
    .stream = SIGHT_LITERAL(",\"st\":\""),
    .level = SIGHT_LITERAL(",\"lv\":"),
};

SIGHT_HOT void put(struct book_level level, struct book_level *levels, int32_t *count)
{
    if (*count < BOOK_LEVELS_MAX) {
        levels[(*count)++] = level;
    }
}

/* A level that is none where both numbers are 0; one 0 alone is for those who say what is
 * wrong. */
SIGHT_HOT bool put_any(struct book_level level, struct book_level *levels, int32_t *count)
{
    if (level.price > 0 && level.price <= FIELDS_PRICE_MAX && level.size > 0) {
        put(level, levels, count);
        return true;
    }
    return level.price <= 0 && level.size <= 0;
}

SIGHT_HOT bool read_unit(const char **at, const struct sight_form *form, struct book *book)
{
    sight_two prices, sizes;
    if (!sight_pair(at, form->bid_price, form->ask_size, &prices) ||
        !sight_pair(at, form->bid_size, form->unit_end, &sizes)) {
        return false;
    }
    const struct book_level ask = {prices[0], sizes[0]}, bid = {prices[1], sizes[1]};
    if (sight_within(prices, (sight_two){FIELDS_PRICE_MAX, FIELDS_PRICE_MAX}) &&
        sight_within(sizes, (sight_two){INFINITY, INFINITY})) {
        put(ask, book->asks, &book->asks_count);
        put(bid, book->bids, &book->bids_count);
        return true;
    }
    return put_any(ask, book->asks, &book->asks_count) &&
           put_any(bid, book->bids, &book->bids_count);
}

SIGHT_HOT bool read_units(const char **at, const struct sight_form *form, struct book *book)
{
    do {
        if (!read_unit(at, form, book)) {
            return false;
        }
    } while (sight_pass(at, form->unit));
    return sight_is(at, "]");
}

SIGHT_HOT bool read_book(const char **at, const struct sight_form *form,
                         struct upbit_message *out)
{
    sight_two totals;
    out->kind = UPBIT_ORDERBOOK;
    if (!sight_pass(at, form->code) || !sight_word(at, out->symbol, sizeof(out->symbol)) ||
        !sight_pass(at, form->time) || !sight_time_ns(at, &out->exchange_ns) ||
        !sight_pass(at, form->ask_total) ||
        !sight_pair(at, form->bid_total, form->units, &totals) || !(totals[0] >= 0) ||
        !(totals[1] >= 0) || !read_units(at, form, &out->book)) {
        return false;
    }
    out->book.exchange_ns = out->exchange_ns;
    if (sight_pass(at, form->stream) && !sight_is(at, "REALTIME\"") &&
        !sight_is(at, "SNAPSHOT\"")) {
        return false;
    }
    return (!sight_pass(at, form->level) || sight_number(at, &out->level)) && sight_is(at, "}");
}

bool UPBIT_SIGHT(struct upbit_message *out, const char *bytes, size_t length)
{
    const char *at = bytes;
    const bool full = sight_is(&at, "{\"type\"");
    at = bytes;
    const bool read =
        full ? read_book(&at, &DEFAULT_BOOK, out) : read_book(&at, &SIMPLE_BOOK, out);
    return read && (size_t)(at - bytes) == length;
}
