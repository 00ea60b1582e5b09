#include "market/binance.h"

#include <float.h>
#include <string.h>

#include "base/mem.h"
#include "fields.h"
#include "sight.h"
#include "sight_unit.h"

/* Every documented member, read or not; a member outside these is new to us. */
static const char *const KNOWN_DEPTH[] = {"e", "E", "T",  "s", "ps", "st",
                                          "U", "u", "pu", "b", "a",  NULL};
static const char *const KNOWN_SNAPSHOT[] = {"lastUpdateId", "E",    "T",    "symbol",
                                             "pair",         "bids", "asks", NULL};
static const char *const KNOWN_TICKER[] = {"e",
                                           "u",
                                           "s",
                                           "ps",
                                           "b",
                                           "B",
                                           "a",
                                           "A",
                                           "T",
                                           "E",
                                           "st",
                                           "symbol",
                                           "bidPrice",
                                           "bidQty",
                                           "pair",
                                           "askPrice",
                                           "askQty",
                                           "time",
                                           "lastUpdateId",
                                           NULL};
static const char *const KNOWN_MARK[] = {"e",
                                         "E",
                                         "s",
                                         "p",
                                         "ap",
                                         "P",
                                         "i",
                                         "r",
                                         "T",
                                         "st",
                                         "ps",
                                         "symbol",
                                         "markPrice",
                                         "indexPrice",
                                         "estimatedSettlePrice",
                                         "pair",
                                         "time",
                                         "lastFundingRate",
                                         "interestRate",
                                         "nextFundingTime",
                                         NULL};
static const char *const KNOWN_TRADE[] = {"e", "E", "T", "s", "ps", "st", "t",  "a",
                                          "p", "q", "f", "l", "m",  "X",  "nq", NULL};

static void add_level(struct binance_list *list, struct book_level level)
{
    if (list->levels_count == list->levels_capacity) {
        list->levels_capacity = list->levels_capacity > 0 ? 2 * list->levels_capacity : 64;
        list->levels = mem_grow(list->levels, list->levels_capacity, sizeof(*list->levels));
    }
    list->levels[list->levels_count++] = level;
}

/* One ["price", "size"] pair. */
static bool read_level(const json_t *pair, struct book_level *out,
                       const struct json_fault *fault)
{
    if (!json_is_array(pair) || json_array_size(pair) < 2) {
        return json_fail(fault, REASON_INPUT_MALFORMED, "not a pair of price and size");
    }
    struct book_level level;
    if (!fields_value_number(json_array_get(pair, 0), "price", &level.price, fault) ||
        !fields_value_number(json_array_get(pair, 1), "size", &level.size, fault)) {
        return false;
    }
    if (level.price < DBL_MIN) {
        return json_fail(fault, REASON_INPUT_NOT_POSITIVE, "price: %g is not above zero",
                         level.price);
    }
    if (level.price > FIELDS_PRICE_MAX) {
        return json_fail(fault, REASON_INPUT_RANGE, "price: %g is no price", level.price);
    }
    if (level.size < 0.0) {
        return json_fail(fault, REASON_INPUT_NOT_POSITIVE, "size: %g is below zero",
                         level.size);
    }
    *out = level;
    return true;
}

/* `keep_empty`: in a diff a size of 0 is news; in a whole book it is no level. */
static bool read_levels(const struct fields *fields, const char *name, bool keep_empty,
                        struct binance_list *list, struct binance_levels *out)
{
    const json_t *pairs = json_object_get(fields->object, name);
    if (!json_is_array(pairs)) {
        return json_fail(fields->fault, REASON_INPUT_MALFORMED, "%s: missing or no list", name);
    }
    const size_t first = list->levels_count;
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        struct book_level level = {0.0, 0.0};
        if (!read_level(json_array_get(pairs, i), &level, fields->fault)) {
            return err_wrap(fields->fault->err, "%s[%zu]", name, i);
        }
        if (keep_empty || level.size > 0.0) {
            add_level(list, level);
        }
    }
    *out = (struct binance_levels){first, list->levels_count - first};
    return true;
}

/* Matching engine time; the time of sending where that is missing. */
static bool read_time(const struct fields *fields, int64_t *out)
{
    return fields_time_ns(fields, fields_have(fields, "T") ? "T" : "E", out);
}

static bool read_symbol(const struct fields *fields, const char *name,
                        struct binance_message *out)
{
    return fields_symbol(fields, name, out->symbol, sizeof(out->symbol));
}

bool binance_is_partial(const char *stream)
{
    for (const char *at = strstr(stream, "depth"); at != NULL; at = strstr(at + 1, "depth")) {
        const char next = at[strlen("depth")];
        if (next >= '0' && next <= '9') {
            return true;
        }
    }
    return false;
}

static bool read_depth(const struct fields *fields, const char *stream,
                       struct binance_list *list, struct binance_message *out)
{
    out->kind = binance_is_partial(stream) ? BINANCE_PARTIAL : BINANCE_DEPTH;
    out->unknown_fields = fields_unknown(fields->object, KNOWN_DEPTH);
    const bool is_diff = out->kind == BINANCE_DEPTH;
    if (!read_symbol(fields, "s", out) || !read_time(fields, &out->exchange_ns) ||
        !fields_id(fields, "U", &out->depth.first_id) ||
        !fields_id(fields, "u", &out->depth.last_id) ||
        !fields_id(fields, "pu", &out->depth.previous_id) ||
        !read_levels(fields, "b", is_diff, list, &out->depth.bids) ||
        !read_levels(fields, "a", is_diff, list, &out->depth.asks)) {
        return false;
    }
    if (out->depth.first_id > out->depth.last_id) {
        return json_fail(fields->fault, REASON_INPUT_RANGE, "U: '%llu' is above u",
                         (unsigned long long)out->depth.first_id);
    }
    return true;
}

static bool read_snapshot(const struct fields *fields, const char *stream,
                          struct binance_list *list, struct binance_message *out)
{
    out->kind = BINANCE_SNAPSHOT;
    out->unknown_fields = fields_unknown(fields->object, KNOWN_SNAPSHOT);
    if (!read_time(fields, &out->exchange_ns) ||
        !fields_id(fields, "lastUpdateId", &out->depth.last_id) ||
        !read_levels(fields, "bids", false, list, &out->depth.bids) ||
        !read_levels(fields, "asks", false, list, &out->depth.asks)) {
        return false;
    }
    out->depth.first_id = out->depth.last_id;
    return true;
}

/* A side without price or size is a side without anybody. */
static bool read_touch(const struct fields *fields, const char *price_name,
                       const char *size_name, struct book_level *out)
{
    struct book_level level;
    if (!fields_not_negative(fields, price_name, &level.price) ||
        !fields_not_negative(fields, size_name, &level.size)) {
        return false;
    }
    const bool there = level.price > 0.0 && level.size > 0.0;
    if (there && !fields_price(fields, price_name, &level.price)) {
        return false;
    }
    *out = there ? level : (struct book_level){0.0, 0.0};
    return true;
}

static bool read_ticker(const struct fields *fields, const char *stream,
                        struct binance_list *list, struct binance_message *out)
{
    out->kind = BINANCE_TICKER;
    out->unknown_fields = fields_unknown(fields->object, KNOWN_TICKER);
    return read_symbol(fields, "s", out) && read_time(fields, &out->exchange_ns) &&
           fields_id(fields, "u", &out->ticker.id) &&
           read_touch(fields, "b", "B", &out->ticker.bid) &&
           read_touch(fields, "a", "A", &out->ticker.ask);
}

static bool read_rest_ticker(const struct fields *fields, const char *stream,
                             struct binance_list *list, struct binance_message *out)
{
    out->kind = BINANCE_TICKER;
    out->unknown_fields = fields_unknown(fields->object, KNOWN_TICKER);
    return read_symbol(fields, "symbol", out) &&
           fields_time_ns(fields, "time", &out->exchange_ns) &&
           (!fields_have(fields, "lastUpdateId") ||
            fields_id(fields, "lastUpdateId", &out->ticker.id)) &&
           read_touch(fields, "bidPrice", "bidQty", &out->ticker.bid) &&
           read_touch(fields, "askPrice", "askQty", &out->ticker.ask);
}

/* Dated contracts know no funding: their rate is "" and their time 0. */
static bool read_funding(const struct fields *fields, const char *rate_name,
                         const char *time_name, struct binance_message *out)
{
    const json_t *rate = json_object_get(fields->object, rate_name);
    if (json_is_string(rate) && json_string_length(rate) == 0) {
        return true;
    }
    return fields_number(fields, rate_name, &out->mark.rate) &&
           fields_time_ns(fields, time_name, &out->mark.next_ns);
}

static bool read_mark(const struct fields *fields, const char *stream,
                      struct binance_list *list, struct binance_message *out)
{
    out->kind = BINANCE_MARK;
    out->unknown_fields = fields_unknown(fields->object, KNOWN_MARK);
    return read_symbol(fields, "s", out) && fields_time_ns(fields, "E", &out->exchange_ns) &&
           fields_price(fields, "p", &out->mark.price) && read_funding(fields, "r", "T", out);
}

static bool read_premium(const struct fields *fields, const char *stream,
                         struct binance_list *list, struct binance_message *out)
{
    out->kind = BINANCE_MARK;
    out->unknown_fields = fields_unknown(fields->object, KNOWN_MARK);
    return read_symbol(fields, "symbol", out) &&
           fields_time_ns(fields, "time", &out->exchange_ns) &&
           fields_price(fields, "markPrice", &out->mark.price) &&
           read_funding(fields, "lastFundingRate", "nextFundingTime", out);
}

/* `m`: the buyer was resting, so a seller took. Prints of the insurance fund and of ADL are no
 * trades of the market. */
static bool read_trade(const struct fields *fields, const char *stream,
                       struct binance_list *list, struct binance_message *out)
{
    const char *origin = json_string_value(json_object_get(fields->object, "X"));
    if (origin != NULL && strcmp(origin, "MARKET") != 0) {
        out->kind = BINANCE_OTHER;
        return true;
    }
    const json_t *maker = json_object_get(fields->object, "m");
    if (!json_is_boolean(maker)) {
        return json_fail(fields->fault, REASON_INPUT_MALFORMED, "m: expected true or false");
    }
    out->kind = BINANCE_TRADE;
    out->unknown_fields = fields_unknown(fields->object, KNOWN_TRADE);
    out->trade.aggressor = json_is_true(maker) ? ORDER_SELL : ORDER_BUY;
    return read_symbol(fields, "s", out) && read_time(fields, &out->exchange_ns) &&
           fields_price(fields, "p", &out->trade.price) &&
           fields_positive(fields, "q", &out->trade.size);
}

/* REST gives code and text, a socket wraps them in "error". */
static bool read_error(const struct fields *fields, const char *stream,
                       struct binance_list *list, struct binance_message *out)
{
    const json_t *inner = json_object_get(fields->object, "error");
    const struct fields error = {inner != NULL ? inner : fields->object, fields->fault};
    out->kind = BINANCE_ERROR;
    fields_excerpt(&error, "code", out->error.code, sizeof(out->error.code));
    fields_excerpt(&error, "msg", out->error.text, sizeof(out->error.text));
    return true;
}

static bool read_reply(const struct fields *fields, const char *stream,
                       struct binance_list *list, struct binance_message *out)
{
    out->kind = BINANCE_REPLY;
    return true;
}

struct reader {
    const char *mark; /* the event's name, or the member that gives the shape away */
    const char *name; /* for messages */
    bool (*read)(const struct fields *fields, const char *stream, struct binance_list *list,
                 struct binance_message *out);
};

static const struct reader EVENTS[] = {{"depthUpdate", "depthUpdate", read_depth},
                                       {"bookTicker", "bookTicker", read_ticker},
                                       {"markPriceUpdate", "markPriceUpdate", read_mark},
                                       {"trade", "trade", read_trade},
                                       {"aggTrade", "aggTrade", read_trade},
                                       {NULL, NULL, NULL}};

static const struct reader SHAPES[] = {{"bids", "depth", read_snapshot},
                                       {"bidPrice", "bookTicker", read_rest_ticker},
                                       {"lastFundingRate", "premiumIndex", read_premium},
                                       {"msg", "error", read_error},
                                       {"error", "error", read_error},
                                       {"result", "reply", read_reply},
                                       {NULL, NULL, NULL}};

static bool read_payload(const struct fields *fields, const char *stream,
                         struct binance_list *list, struct binance_message *out)
{
    const char *event = json_string_value(json_object_get(fields->object, "e"));
    for (const struct reader *at = event != NULL ? EVENTS : SHAPES; at->mark != NULL; at++) {
        const bool fits =
            event != NULL ? strcmp(event, at->mark) == 0 : fields_have(fields, at->mark);
        if (fits) {
            return at->read(fields, stream, list, out)
                       ? true
                       : err_wrap(fields->fault->err, "%s", at->name);
        }
    }
    if (event != NULL) {
        out->kind = BINANCE_OTHER;
        return true;
    }
    return json_fail(fields->fault, REASON_INPUT_MALFORMED,
                     "no message of Binance (expected an event, depth, ticker or premium)");
}

static struct binance_message *new_message(struct binance_list *list)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity > 0 ? 2 * list->capacity : 1;
        list->messages = mem_grow(list->messages, list->capacity, sizeof(*list->messages));
    }
    struct binance_message *message = &list->messages[list->count++];
    memset(message, 0, sizeof(*message));
    return message;
}

static bool read_value(const json_t *value, const char *stream, struct binance_list *list,
                       const struct json_fault *fault)
{
    const struct fields fields = {value, fault};
    if (!json_is_object(value)) {
        return json_fail(fault, REASON_INPUT_MALFORMED, "not an object");
    }
    return read_payload(&fields, stream, list, new_message(list));
}

static bool read_all(const json_t *value, const char *stream, struct binance_list *list,
                     const struct json_fault *fault)
{
    if (!json_is_array(value)) {
        return read_value(value, stream, list, fault);
    }
    if (json_array_size(value) > BINANCE_MESSAGES_MAX) {
        return json_fail(fault, REASON_INPUT_RANGE, "list of %zu messages (at most %d)",
                         json_array_size(value), BINANCE_MESSAGES_MAX);
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!read_value(json_array_get(value, i), stream, list, fault)) {
            return err_wrap(fault->err, "[%zu]", i);
        }
    }
    return true;
}

bool binance_decode_any(struct binance_list *list, const char *stream, const char *bytes,
                        size_t length, enum reason *reason, struct err *err)
{
    const struct json_fault fault = {reason, err};
    json_t *root = NULL;
    list->count = 0;
    list->levels_count = 0;
    if (!json_text_load(&root, bytes, length, &fault)) {
        return false;
    }
    const char *envelope = json_string_value(json_object_get(root, "stream"));
    const json_t *data = json_object_get(root, "data");
    const bool wrapped = envelope != NULL && data != NULL;
    const bool read =
        read_all(wrapped ? data : root, wrapped ? envelope : stream, list, &fault);
    json_decref(root);
    if (!read) {
        list->count = 0;
    }
    return read;
}

/* Room for all that a message of this length can hold. */
static void reserve_levels(struct binance_list *list, size_t length)
{
    const size_t most = length / BINANCE_LEVEL_SIZE_MIN + 1;
    if (list->levels_capacity < most) {
        list->levels_capacity = most;
        list->levels = mem_grow(list->levels, most, sizeof(*list->levels));
    }
}

bool binance_decode(struct binance_list *list, const char *stream, const char *bytes,
                    size_t length, enum reason *reason, struct err *err)
{
    list->count = 0;
    list->levels_count = 0;
    if (length <= SIGHT_SIZE_MAX) {
        const char *padded = sight_pad(&list->padded, &list->padded_capacity, bytes, length);
        reserve_levels(list, length);
        if (sight_unit()->binance(list, new_message(list), stream, padded, length)) {
            return true;
        }
    }
    return binance_decode_any(list, stream, bytes, length, reason, err);
}

const struct book_level *binance_levels(const struct binance_list *list,
                                        const struct binance_levels *levels)
{
    return levels->count > 0 ? list->levels + levels->first : NULL;
}

void binance_list_finish(struct binance_list *list)
{
    if (list != NULL) {
        mem_free(list->messages);
        mem_free(list->levels);
        mem_free(list->padded);
        *list = (struct binance_list){0};
    }
}
