#include "upbit_sight.h"

#include "fields.h"
#include "sight.h"

struct text {
    const char *bytes;
    size_t length;
};

#define TEXT(literal)                                                                          \
    {                                                                                          \
        (literal), sizeof(literal) - 1                                                         \
    }

/* What stands between the values of an order book. */
struct sight_form {
    struct text code, time, ask_total, bid_total, units;
    struct text ask_price, bid_price, ask_size, bid_size;
    struct text stream, level;
};

static const struct sight_form DEFAULT_BOOK = {
    .code = TEXT("{\"type\":\"orderbook\",\"code\":\""),
    .time = TEXT(",\"timestamp\":"),
    .ask_total = TEXT(",\"total_ask_size\":"),
    .bid_total = TEXT(",\"total_bid_size\":"),
    .units = TEXT(",\"orderbook_units\":["),
    .ask_price = TEXT("{\"ask_price\":"),
    .bid_price = TEXT(",\"bid_price\":"),
    .ask_size = TEXT(",\"ask_size\":"),
    .bid_size = TEXT(",\"bid_size\":"),
    .stream = TEXT(",\"stream_type\":\""),
    .level = TEXT(",\"level\":"),
};

static const struct sight_form SIMPLE_BOOK = {
    .code = TEXT("{\"ty\":\"orderbook\",\"cd\":\""),
    .time = TEXT(",\"tms\":"),
    .ask_total = TEXT(",\"tas\":"),
    .bid_total = TEXT(",\"tbs\":"),
    .units = TEXT(",\"obu\":["),
    .ask_price = TEXT("{\"ap\":"),
    .bid_price = TEXT(",\"bp\":"),
    .ask_size = TEXT(",\"as\":"),
    .bid_size = TEXT(",\"bs\":"),
    .stream = TEXT(",\"st\":\""),
    .level = TEXT(",\"lv\":"),
};

SIGHT_HOT bool pass(const char **at, const struct text *text)
{
    return sight_text(at, text->bytes, text->length);
}

/* A level that is none where both numbers are 0; one 0 alone is for those who say what is
 * wrong.
 */
SIGHT_HOT bool add(struct book_level level, struct book_level *levels, int32_t *count)
{
    if (level.price > 0 && level.price <= FIELDS_PRICE_MAX && level.size > 0) {
        if (*count < BOOK_LEVELS_MAX) {
            levels[(*count)++] = level;
        }
        return true;
    }
    return level.price <= 0 && level.size <= 0;
}

SIGHT_HOT bool read_unit(const char **at, const struct sight_form *form, struct book *book)
{
    struct book_level ask, bid;
    return pass(at, &form->ask_price) && sight_number(at, &ask.price) &&
           pass(at, &form->bid_price) && sight_number(at, &bid.price) &&
           pass(at, &form->ask_size) && sight_number(at, &ask.size) &&
           pass(at, &form->bid_size) && sight_number(at, &bid.size) && sight_is(at, "}") &&
           add(ask, book->asks, &book->asks_count) && add(bid, book->bids, &book->bids_count);
}

SIGHT_HOT bool read_units(const char **at, const struct sight_form *form, struct book *book)
{
    if (!pass(at, &form->units)) {
        return false;
    }
    do {
        if (!read_unit(at, form, book)) {
            return false;
        }
    } while (sight_is(at, ","));
    return sight_is(at, "]");
}

SIGHT_HOT bool read_book(const char **at, const struct sight_form *form,
                         struct upbit_message *out)
{
    double total;
    out->kind = UPBIT_ORDERBOOK;
    if (!pass(at, &form->code) || !sight_word(at, out->symbol, sizeof(out->symbol)) ||
        !pass(at, &form->time) || !sight_time_ns(at, &out->exchange_ns) ||
        !pass(at, &form->ask_total) || !sight_number(at, &total) ||
        !pass(at, &form->bid_total) || !sight_number(at, &total) ||
        !read_units(at, form, &out->book)) {
        return false;
    }
    out->book.exchange_ns = out->exchange_ns;
    if (pass(at, &form->stream) && !sight_is(at, "REALTIME\"") && !sight_is(at, "SNAPSHOT\"")) {
        return false;
    }
    return (!pass(at, &form->level) || sight_number(at, &out->level)) && sight_is(at, "}");
}

bool upbit_sight(struct upbit_message *out, const char *bytes, size_t length)
{
    const char *at = bytes;
    const bool full = sight_is(&at, "{\"type\"");
    at = bytes;
    const bool read =
        full ? read_book(&at, &DEFAULT_BOOK, out) : read_book(&at, &SIMPLE_BOOK, out);
    return read && (size_t)(at - bytes) == length;
}
