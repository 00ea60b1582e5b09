#include <math.h>

#include "fields.h"
#include "sight_row.h"
#include "sight_unit.h"

enum { STREAM_SIZE = 64 };

/* What stands in and between the levels of a side, and behind the prices of a ticker. */
static const struct sight_row_texts LEVELS = {
    .between = SIGHT_LITERAL("\",\""),
    .behind = SIGHT_LITERAL("\"]"),
    .next = SIGHT_LITERAL(",[\""),
};
static const struct sight_literal BID_SIZE = SIGHT_LITERAL("\",\"B\":\"");
static const struct sight_literal ASK_SIZE = SIGHT_LITERAL("\",\"A\":\"");
static const struct sight_literal QUOTE = SIGHT_LITERAL("\"");

/* One more level of a side; a size of 0 is one in a diff only. */
SIGHT_HOT bool keep_level(sight_two both, bool keep_empty, struct book_level **level)
{
    **level = (struct book_level){both[0], both[1]};
    if (sight_within(both, (sight_two){FIELDS_PRICE_MAX, INFINITY})) {
        ++*level;
        return true;
    }
    *level += keep_empty ? 1 : 0;
    return both[0] > 0 && both[0] <= FIELDS_PRICE_MAX && both[1] >= 0;
}

SIGHT_HOT bool read_levels(const char **at, bool keep_empty, struct book_level **level)
{
    struct sight_row row = {.more = true};
    while (row.more) {
        sight_two both;
        if (!sight_row_next(at, &LEVELS, &row, &both) || !keep_level(both, keep_empty, level)) {
            return false;
        }
    }
    return true;
}

SIGHT_HOT bool read_side(const char **at, bool keep_empty, struct binance_list *list,
                         struct binance_levels *out)
{
    struct book_level *const first = list->levels + list->levels_count;
    struct book_level *level = first;
    if (sight_is(at, "[\"") && !read_levels(at, keep_empty, &level)) {
        return false;
    }
    *out = (struct binance_levels){list->levels_count, (size_t)(level - first)};
    list->levels_count += out->count;
    return sight_is(at, "]");
}

/* What came with 2026: the pair and the kind of contract, in front of what is read. */
SIGHT_HOT bool pass_pair(const char **at)
{
    char pair[BINANCE_SYMBOL_SIZE];
    return !sight_is(at, "\"ps\":\"") ||
           (sight_word(at, pair, sizeof(pair)) && sight_is(at, ","));
}

SIGHT_HOT bool pass_contract(const char **at)
{
    uint64_t contract;
    return !sight_is(at, "\"st\":") || (sight_whole(at, &contract) && sight_is(at, ","));
}

SIGHT_HOT bool read_symbol(const char **at, struct binance_message *out)
{
    return sight_is(at, "\"s\":\"") && sight_word(at, out->symbol, sizeof(out->symbol)) &&
           sight_is(at, ",") && pass_pair(at);
}

SIGHT_HOT bool read_depth(const char **at, const char *stream, struct binance_list *list,
                          struct binance_message *out)
{
    int64_t sent_ns;
    const bool partial = binance_is_partial(stream);
    out->kind = partial ? BINANCE_PARTIAL : BINANCE_DEPTH;
    return sight_is(at, "\"E\":") && sight_time_ns(at, &sent_ns) && sight_is(at, ",\"T\":") &&
           sight_time_ns(at, &out->exchange_ns) && sight_is(at, ",") && read_symbol(at, out) &&
           pass_contract(at) && sight_is(at, "\"U\":") &&
           sight_whole(at, &out->depth.first_id) && sight_is(at, ",\"u\":") &&
           sight_whole(at, &out->depth.last_id) && sight_is(at, ",\"pu\":") &&
           sight_whole(at, &out->depth.previous_id) && sight_is(at, ",\"b\":[") &&
           read_side(at, !partial, list, &out->depth.bids) && sight_is(at, ",\"a\":[") &&
           read_side(at, !partial, list, &out->depth.asks) && sight_is(at, "}") &&
           out->depth.first_id <= out->depth.last_id;
}

/* Price and size up to the closing quote. A side without one of them is a side without anybody.
 */
SIGHT_HOT bool read_touch(const char **at, struct sight_literal between, struct book_level *out)
{
    sight_two both;
    if (!sight_pair(at, between, QUOTE, &both) || !(both[0] >= 0) || !(both[1] >= 0) ||
        both[0] > FIELDS_PRICE_MAX) {
        return false;
    }
    if (both[0] > 0 && both[1] > 0) {
        *out = (struct book_level){both[0], both[1]};
    }
    return true;
}

SIGHT_HOT bool read_ticker(const char **at, struct binance_message *out)
{
    int64_t sent_ns;
    uint64_t contract;
    out->kind = BINANCE_TICKER;
    return sight_is(at, "\"u\":") && sight_whole(at, &out->ticker.id) && sight_is(at, ",") &&
           read_symbol(at, out) && sight_is(at, "\"b\":\"") &&
           read_touch(at, BID_SIZE, &out->ticker.bid) && sight_is(at, ",\"a\":\"") &&
           read_touch(at, ASK_SIZE, &out->ticker.ask) && sight_is(at, ",\"T\":") &&
           sight_time_ns(at, &out->exchange_ns) && sight_is(at, ",\"E\":") &&
           sight_time_ns(at, &sent_ns) &&
           (!sight_is(at, ",\"st\":") || sight_whole(at, &contract)) && sight_is(at, "}");
}

SIGHT_HOT bool read_payload(const char **at, const char *stream, struct binance_list *list,
                            struct binance_message *out)
{
    if (sight_is(at, "{\"e\":\"depthUpdate\",")) {
        return read_depth(at, stream, list, out);
    }
    return sight_is(at, "{\"e\":\"bookTicker\",") && read_ticker(at, out);
}

bool BINANCE_SIGHT(struct binance_list *list, struct binance_message *out, const char *stream,
                   const char *bytes, size_t length)
{
    const char *at = bytes;
    char envelope[STREAM_SIZE];
    const bool wrapped = sight_is(&at, "{\"stream\":\"");
    if (wrapped &&
        (!sight_word(&at, envelope, sizeof(envelope)) || !sight_is(&at, ",\"data\":"))) {
        return false;
    }
    return read_payload(&at, wrapped ? envelope : stream, list, out) &&
           (!wrapped || sight_is(&at, "}")) && (size_t)(at - bytes) == length;
}
