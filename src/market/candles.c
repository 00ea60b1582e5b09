#include "candles.h"

#include <float.h>
#include <string.h>

#include "base/calendar.h"
#include "base/mem.h"
#include "fields.h"

#define MINUTE_NS   (INT64_C(60) * 1000000000)
#define TIME_NS_MAX (INT64_MAX - MINUTE_NS)

enum { KLINE_TIME = 0, KLINE_CLOSE = 4, KLINE_LEAST = 5 };

void candle_list_finish(struct candle_list *list)
{
    mem_free(list->items);
    *list = (struct candle_list){0};
}

static bool out_of_order(const struct json_fault *fault)
{
    return json_fail(fault, REASON_INPUT_RANGE, "its minute is out of order");
}

/* `opened_ns` is where the minute began. */
static bool make_candle(struct candle *out, int64_t opened_ns, double close,
                        const struct json_fault *fault)
{
    if (opened_ns < 0 || opened_ns > TIME_NS_MAX || opened_ns % MINUTE_NS != 0) {
        return json_fail(fault, REASON_INPUT_RANGE, "'%lld' ns is where no minute begins",
                         (long long)opened_ns);
    }
    *out = (struct candle){opened_ns + MINUTE_NS, close};
    return true;
}

static const char *const KNOWN_CANDLE[] = {"market",
                                           "candle_date_time_utc",
                                           "candle_date_time_kst",
                                           "opening_price",
                                           "high_price",
                                           "low_price",
                                           "trade_price",
                                           "timestamp",
                                           "candle_acc_trade_price",
                                           "candle_acc_trade_volume",
                                           "unit",
                                           NULL};

static bool read_upbit(struct candle_list *list, const json_t *value, struct candle *out,
                       const struct json_fault *fault)
{
    enum { TIME_SIZE = 32 };
    const struct fields fields = {value, fault};
    char time[TIME_SIZE];
    int64_t opened_ns;
    double close;
    if (!json_is_object(value)) {
        return json_fail(fault, REASON_INPUT_MALFORMED, "not an object");
    }
    list->unknown_fields += fields_unknown(value, KNOWN_CANDLE);
    if (!fields_symbol(&fields, "candle_date_time_utc", time, sizeof(time)) ||
        !fields_positive(&fields, "trade_price", &close)) {
        return false;
    }
    if (!calendar_parse(time, strlen(time), &opened_ns)) {
        return json_fail(fault, REASON_INPUT_MALFORMED, "candle_date_time_utc: not a time");
    }
    return make_candle(out, opened_ns, close, fault);
}

/* [1499040000000,"open","high","low","close",...] */
static bool read_binance(struct candle_list *list, const json_t *value, struct candle *out,
                         const struct json_fault *fault)
{
    double close;
    if (!json_is_array(value) || json_array_size(value) < KLINE_LEAST) {
        return json_fail(fault, REASON_INPUT_MALFORMED, "not a list of at least %d",
                         KLINE_LEAST);
    }
    const json_t *time = json_array_get(value, KLINE_TIME);
    const json_int_t opened_ms = json_integer_value(time);
    if (!json_is_integer(time) || opened_ms < 0 || opened_ms > TIME_NS_MAX / 1000000) {
        return json_fail(fault, REASON_INPUT_MALFORMED, "its time is not milliseconds");
    }
    if (!fields_value_number(json_array_get(value, KLINE_CLOSE), "close", &close, fault)) {
        return false;
    }
    if (close < DBL_MIN) {
        return json_fail(fault, REASON_INPUT_NOT_POSITIVE, "close: not above zero");
    }
    return make_candle(out, opened_ms * 1000000, close, fault);
}

typedef bool read_fn(struct candle_list *list, const json_t *value, struct candle *out,
                     const struct json_fault *fault);

static void make_room(struct candle_list *list, size_t count)
{
    if (list->capacity < count) {
        list->capacity = count;
        list->items = mem_grow(list->items, count, sizeof(*list->items));
    }
}

void candle_list_copy(struct candle_list *to, const struct candle_list *from)
{
    make_room(to, from->count);
    for (size_t i = 0; i < from->count; i++) {
        to->items[i] = from->items[i];
    }
    to->count = from->count;
    to->unknown_fields = from->unknown_fields;
}

static bool read_all(struct candle_list *list, const json_t *root, bool newest_first,
                     read_fn *read, const struct json_fault *fault)
{
    if (!json_is_array(root)) {
        return json_fail(fault, REASON_INPUT_MALFORMED, "candles: not a list");
    }
    const size_t count = json_array_size(root);
    make_room(list, count);
    for (size_t i = 0; i < count; i++) {
        const size_t at = newest_first ? count - 1 - i : i;
        struct candle *candle = &list->items[i];
        if (!read(list, json_array_get(root, at), candle, fault) ||
            (i > 0 && candle->end_ns <= candle[-1].end_ns && !out_of_order(fault))) {
            return err_wrap(fault->err, "candles[%zu]", at);
        }
    }
    list->count = count;
    return true;
}

static bool decode(struct candle_list *list, bool newest_first, read_fn *read,
                   const char *bytes, size_t length, const struct json_fault *fault)
{
    json_t *root = NULL;
    list->count = 0;
    list->unknown_fields = 0;
    if (!json_text_load(&root, bytes, length, fault)) {
        return false;
    }
    const bool done = read_all(list, root, newest_first, read, fault);
    json_decref(root);
    return done;
}

bool candles_decode_upbit(struct candle_list *list, const char *bytes, size_t length,
                          enum reason *reason, struct err *err)
{
    return decode(list, true, read_upbit, bytes, length, &(struct json_fault){reason, err});
}

bool candles_decode_binance(struct candle_list *list, const char *bytes, size_t length,
                            enum reason *reason, struct err *err)
{
    return decode(list, false, read_binance, bytes, length, &(struct json_fault){reason, err});
}
