#include "market/upbit.h"

#include <string.h>

#include "base/mem.h"
#include "fields.h"
#include "sight.h"
#include "sight_unit.h"
#include "upbit_names.h"

/* One level of a side. Upbit pads a thin side with price 0 and size 0; any other zero is not a
 * level. */
static bool add_level(const struct fields *unit, const char *price_name, const char *size_name,
                      struct book_level *levels, int32_t *count)
{
    struct book_level level;
    if (!fields_not_negative(unit, price_name, &level.price) ||
        !fields_not_negative(unit, size_name, &level.size)) {
        return false;
    }
    if (level.price <= 0.0 && level.size <= 0.0) {
        return true;
    }
    if (!fields_price(unit, price_name, &level.price) ||
        !fields_positive(unit, size_name, &level.size)) {
        return false;
    }
    if (*count < BOOK_LEVELS_MAX) {
        levels[(*count)++] = level;
    }
    return true;
}

static bool read_units(const struct fields *fields, const struct form *form, struct book *book)
{
    const json_t *units = json_object_get(fields->object, form->units);
    if (!json_is_array(units)) {
        return json_fail(fields->fault, REASON_INPUT_MALFORMED, "%s: missing or no list",
                         form->units);
    }
    for (size_t i = 0; i < json_array_size(units); i++) {
        const struct fields unit = {json_array_get(units, i), fields->fault};
        if (!json_is_object(unit.object)) {
            return json_fail(fields->fault, REASON_INPUT_MALFORMED, "%s[%zu]: not an object",
                             form->units, i);
        }
        if (!add_level(&unit, form->ask_price, form->ask_size, book->asks, &book->asks_count) ||
            !add_level(&unit, form->bid_price, form->bid_size, book->bids, &book->bids_count)) {
            return err_wrap(fields->fault->err, "%s[%zu]", form->units, i);
        }
    }
    return true;
}

static bool read_orderbook(const struct fields *fields, const struct form *form,
                           struct upbit_message *out)
{
    out->kind = UPBIT_ORDERBOOK;
    out->unknown_fields = fields_unknown(fields->object, KNOWN_ORDERBOOK);
    out->book = (struct book){0};
    if (!fields_symbol(fields, form->code, out->symbol, sizeof(out->symbol)) ||
        !fields_time_ns(fields, form->time, &out->exchange_ns) ||
        (fields_have(fields, form->level) &&
         !fields_not_negative(fields, form->level, &out->level)) ||
        !read_units(fields, form, &out->book)) {
        return false;
    }
    out->book.exchange_ns = out->exchange_ns;
    return true;
}

static bool read_aggressor(const struct fields *fields, const char *name, enum order_side *out)
{
    const char *text = json_string_value(json_object_get(fields->object, name));
    if (text != NULL && strcmp(text, "BID") == 0) {
        *out = ORDER_BUY;
    } else if (text != NULL && strcmp(text, "ASK") == 0) {
        *out = ORDER_SELL;
    } else {
        return json_fail(fields->fault, REASON_INPUT_MALFORMED, "%s: expected BID or ASK",
                         name);
    }
    return true;
}

static bool read_trade(const struct fields *fields, const struct form *form,
                       struct upbit_message *out)
{
    out->kind = UPBIT_TRADE;
    out->unknown_fields = fields_unknown(fields->object, KNOWN_TRADE);
    return fields_symbol(fields, form->code, out->symbol, sizeof(out->symbol)) &&
           fields_time_ns(fields, form->trade_time, &out->exchange_ns) &&
           fields_price(fields, form->trade_price, &out->trade.price) &&
           fields_positive(fields, form->trade_size, &out->trade.size) &&
           read_aggressor(fields, form->aggressor, &out->trade.aggressor) &&
           fields_id(fields, form->trade_id, &out->trade.id);
}

/* PREVIEW, DELISTED and whatever else is not ACTIVE; what is not said is not so. */
static bool is_halted(const json_t *ticker)
{
    const json_t *state = json_object_get(ticker, "market_state");
    const char *word = json_string_value(state != NULL ? state : json_object_get(ticker, "ms"));
    return (word != NULL && strcmp(word, "ACTIVE") != 0) ||
           json_is_true(json_object_get(ticker, "is_trading_suspended")) ||
           json_is_true(json_object_get(ticker, "its"));
}

static bool read_ticker(const struct fields *fields, const struct form *form,
                        struct upbit_message *out)
{
    out->kind = UPBIT_TICKER;
    out->unknown_fields = fields_unknown(fields->object, KNOWN_TICKER);
    out->ticker.halted = is_halted(fields->object);
    return fields_symbol(fields, form->code, out->symbol, sizeof(out->symbol)) &&
           fields_time_ns(fields, form->time, &out->exchange_ns) &&
           fields_price(fields, form->trade_price, &out->ticker.price);
}

/* The name of an error is a number on quotation REST and a word elsewhere. */
static bool read_error(const struct fields *fields, struct upbit_message *out)
{
    const struct fields error = {json_object_get(fields->object, "error"), fields->fault};
    if (!json_is_object(error.object)) {
        return json_fail(fields->fault, REASON_INPUT_MALFORMED, "error: not an object");
    }
    out->kind = UPBIT_ERROR;
    fields_excerpt(&error, "name", out->error.name, sizeof(out->error.name));
    fields_excerpt(&error, "message", out->error.text, sizeof(out->error.text));
    return true;
}

typedef bool read_fn(const struct fields *fields, const struct form *form,
                     struct upbit_message *out);

static bool read_by_type(const struct fields *fields, const char *type, const struct form *form,
                         struct upbit_message *out)
{
    static const struct {
        const char *type;
        read_fn *read;
    } readers[] = {
        {"orderbook", read_orderbook}, {"trade", read_trade}, {"ticker", read_ticker}};
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        if (strcmp(type, readers[i].type) == 0) {
            return readers[i].read(fields, form, out)
                       ? true
                       : err_wrap(fields->fault->err, "%s", readers[i].type);
        }
    }
    out->kind = UPBIT_OTHER;
    return true;
}

/* REST answers do not say what they are; a member that only one kind has does. */
static bool read_rest(const struct fields *fields, struct upbit_message *out)
{
    if (fields_have(fields, "orderbook_units")) {
        return read_by_type(fields, "orderbook", &FORM_REST, out);
    }
    if (fields_have(fields, "sequential_id")) {
        return read_by_type(fields, "trade", &FORM_REST, out);
    }
    const bool is_ticker =
        fields_have(fields, "trade_price") && !fields_have(fields, "candle_date_time_utc");
    return read_by_type(fields, is_ticker ? "ticker" : "", &FORM_REST, out);
}

static bool read_message(const struct fields *fields, struct upbit_message *out)
{
    memset(out, 0, sizeof(*out));
    const char *type = json_string_value(json_object_get(fields->object, "type"));
    if (type != NULL) {
        return read_by_type(fields, type, &FORM_DEFAULT, out);
    }
    const char *simple_type = json_string_value(json_object_get(fields->object, "ty"));
    if (simple_type != NULL) {
        return read_by_type(fields, simple_type, &FORM_SIMPLE, out);
    }
    if (fields_have(fields, "market")) {
        return read_rest(fields, out);
    }
    if (fields_have(fields, "error")) {
        return read_error(fields, out);
    }
    if (fields_have(fields, "status")) {
        out->kind = UPBIT_STATUS;
        return true;
    }
    return json_fail(fields->fault, REASON_INPUT_MALFORMED,
                     "no message of Upbit (expected type, ty, market, error or status)");
}

static struct upbit_message *new_message(struct upbit_list *list)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity > 0 ? 2 * list->capacity : 1;
        list->messages = mem_grow(list->messages, list->capacity, sizeof(*list->messages));
    }
    return &list->messages[list->count++];
}

static bool read_list(struct upbit_list *list, const json_t *array,
                      const struct json_fault *fault)
{
    if (json_array_size(array) > UPBIT_MESSAGES_MAX) {
        return json_fail(fault, REASON_INPUT_RANGE, "list of %zu messages (at most %d)",
                         json_array_size(array), UPBIT_MESSAGES_MAX);
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        const struct fields fields = {json_array_get(array, i), fault};
        if (!json_is_object(fields.object)) {
            return json_fail(fault, REASON_INPUT_MALFORMED, "[%zu]: not an object", i);
        }
        if (!read_message(&fields, new_message(list))) {
            return err_wrap(fault->err, "[%zu]", i);
        }
    }
    return true;
}

bool upbit_decode_any(struct upbit_list *list, const char *bytes, size_t length,
                      enum reason *reason, struct err *err)
{
    const struct json_fault fault = {reason, err};
    json_t *root = NULL;
    list->count = 0;
    if (!json_text_load(&root, bytes, length, &fault)) {
        return false;
    }
    const struct fields fields = {root, &fault};
    const bool read = json_is_array(root) ? read_list(list, root, &fault)
                                          : read_message(&fields, new_message(list));
    json_decref(root);
    if (!read) {
        list->count = 0;
    }
    return read;
}

bool upbit_decode(struct upbit_list *list, const char *bytes, size_t length,
                  enum reason *reason, struct err *err)
{
    list->count = 0;
    if (length <= SIGHT_SIZE_MAX) {
        const char *padded = sight_pad(&list->padded, &list->padded_capacity, bytes, length);
        struct upbit_message *message = new_message(list);
        memset(message, 0, offsetof(struct upbit_message, book.bids));
        if (sight_unit()->upbit(message, padded, length)) {
            return true;
        }
    }
    return upbit_decode_any(list, bytes, length, reason, err);
}

void upbit_list_finish(struct upbit_list *list)
{
    if (list != NULL) {
        mem_free(list->padded);
        mem_free(list->messages);
        *list = (struct upbit_list){0};
    }
}
