#include "instruments.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "fields.h"

#define UNITS_PER_ONE     1e8
#define AMOUNT_MAX        1e10 /* of what fits in units, with room */
#define UPBIT_MINIMUM_KRW 5000 /* of an order, VENUES.md 2.5 */
#define UNITS_OF(whole)   ((whole)*INT64_C(100000000))

void instrument_list_finish(struct instrument_list *list)
{
    mem_free(list->items);
    *list = (struct instrument_list){0};
}

const struct instrument *instruments_find(const struct instrument_list *list,
                                          const char *symbol)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].symbol, symbol) == 0) {
            return &list->items[i];
        }
    }
    return NULL;
}

static struct instrument *add(struct instrument_list *list)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity > 0 ? 2 * list->capacity : 8;
        list->items = mem_grow(list->items, list->capacity, sizeof(*list->items));
    }
    struct instrument *item = &list->items[list->count++];
    memset(item, 0, sizeof(*item));
    return item;
}

/* A step or an amount above zero; the nearest unit, since a number may have come as a double.
 */
static bool read_units(const struct fields *fields, const char *name, int64_t *out)
{
    double amount;
    if (!fields_positive(fields, name, &amount)) {
        return false;
    }
    if (amount > AMOUNT_MAX || amount < 0.5 / UNITS_PER_ONE) {
        return json_fail(fields->fault, REASON_INPUT_RANGE, "%s: %g is out of range", name,
                         amount);
    }
    *out = (int64_t)llround(amount * UNITS_PER_ONE);
    return true;
}

static bool read_upbit_item(struct instrument_list *list, const struct fields *fields)
{
    if (!json_is_object(fields->object)) {
        return json_fail(fields->fault, REASON_INPUT_MALFORMED, "not an object");
    }
    struct instrument *item = add(list);
    item->lot_units = 1;
    item->minimum_notional_units = UNITS_OF(UPBIT_MINIMUM_KRW);
    item->trading = true;
    return fields_symbol(fields, "market", item->symbol, sizeof(item->symbol)) &&
           read_units(fields, "tick_size", &item->tick_units);
}

static bool read_upbit(struct instrument_list *list, const json_t *root,
                       const struct json_fault *fault)
{
    if (json_is_object(root) && json_object_get(root, "error") != NULL) {
        return true; /* no market of that name */
    }
    if (!json_is_array(root)) {
        return json_fail(fault, REASON_INPUT_MALFORMED, "instruments: not a list");
    }
    for (size_t i = 0; i < json_array_size(root); i++) {
        const struct fields fields = {json_array_get(root, i), fault};
        if (!read_upbit_item(list, &fields)) {
            return err_wrap(fault->err, "instruments[%zu]", i);
        }
    }
    return true;
}

static bool read_filter(const struct fields *filter, struct instrument *item)
{
    const char *type = json_string_value(json_object_get(filter->object, "filterType"));
    if (type == NULL) {
        return json_fail(filter->fault, REASON_INPUT_MALFORMED, "filterType: missing");
    }
    if (strcmp(type, "PRICE_FILTER") == 0) {
        return read_units(filter, "tickSize", &item->tick_units);
    }
    if (strcmp(type, "LOT_SIZE") == 0) {
        return read_units(filter, "stepSize", &item->lot_units);
    }
    if (strcmp(type, "MIN_NOTIONAL") == 0) {
        const char *name = fields_have(filter, "notional") ? "notional" : "minNotional";
        return read_units(filter, name, &item->minimum_notional_units);
    }
    return true;
}

static bool read_filters(const json_t *filters, struct instrument *item,
                         const struct json_fault *fault)
{
    for (size_t i = 0; i < json_array_size(filters); i++) {
        const struct fields filter = {json_array_get(filters, i), fault};
        if (!read_filter(&filter, item)) {
            return false;
        }
    }
    return item->tick_units > 0 && item->lot_units > 0;
}

static bool read_binance_item(struct instrument_list *list, const struct fields *fields)
{
    struct instrument item = {.lot_units = 0};
    if (!fields_symbol(fields, "symbol", item.symbol, sizeof(item.symbol))) {
        return false;
    }
    const char *status = json_string_value(json_object_get(fields->object, "status"));
    const json_t *filters = json_object_get(fields->object, "filters");
    const bool read = read_filters(filters, &item, fields->fault);
    item.lot_units = item.lot_units > 0 ? item.lot_units : 1;
    item.trading = read && status != NULL && strcmp(status, "TRADING") == 0;
    *add(list) = item;
    return true;
}

/* {"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":2400} */
static void read_limits(struct instrument_list *list, const json_t *limits)
{
    for (size_t i = 0; i < json_array_size(limits); i++) {
        const json_t *limit = json_array_get(limits, i);
        const char *type = json_string_value(json_object_get(limit, "rateLimitType"));
        const char *interval = json_string_value(json_object_get(limit, "interval"));
        const json_int_t count = json_integer_value(json_object_get(limit, "intervalNum"));
        const json_int_t most = json_integer_value(json_object_get(limit, "limit"));
        if (type != NULL && strcmp(type, "REQUEST_WEIGHT") == 0 && interval != NULL &&
            strcmp(interval, "MINUTE") == 0 && count == 1 && most > 0 && most <= INT32_MAX) {
            list->weight_per_min = (int32_t)most;
        }
    }
}

static bool read_binance(struct instrument_list *list, const json_t *root,
                         const struct json_fault *fault)
{
    const json_t *symbols = json_object_get(root, "symbols");
    if (!json_is_array(symbols)) {
        return json_fail(fault, REASON_INPUT_MALFORMED, "symbols: missing or no list");
    }
    read_limits(list, json_object_get(root, "rateLimits"));
    for (size_t i = 0; i < json_array_size(symbols); i++) {
        const struct fields fields = {json_array_get(symbols, i), fault};
        if (!read_binance_item(list, &fields)) {
            return err_wrap(fault->err, "symbols[%zu]", i);
        }
    }
    return true;
}

typedef bool read_fn(struct instrument_list *list, const json_t *root,
                     const struct json_fault *fault);

static bool decode(struct instrument_list *list, read_fn *read, const char *bytes,
                   size_t length, const struct json_fault *fault)
{
    json_t *root = NULL;
    list->count = 0;
    list->weight_per_min = 0;
    if (!json_text_load(&root, bytes, length, fault)) {
        return false;
    }
    const bool done = read(list, root, fault);
    json_decref(root);
    if (!done) {
        list->count = 0;
    }
    return done;
}

bool instruments_decode_upbit(struct instrument_list *list, const char *bytes, size_t length,
                              enum reason *reason, struct err *err)
{
    return decode(list, read_upbit, bytes, length, &(struct json_fault){reason, err});
}

bool instruments_decode_binance(struct instrument_list *list, const char *bytes, size_t length,
                                enum reason *reason, struct err *err)
{
    return decode(list, read_binance, bytes, length, &(struct json_fault){reason, err});
}
