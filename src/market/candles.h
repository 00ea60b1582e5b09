#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/reason.h"

/* candles: the minutes of one symbol, of which we want to know at what price each ended.
 *
 * Pure, like the decoders of the streams. A minute without a trade is one that is not there. */

struct candle {
    int64_t end_ns; /* of the minute */
    double close;
};

/* Oldest first. Memory is kept from answer to answer. Zeroed is empty. */
struct candle_list {
    size_t count, capacity;
    struct candle *items;
    int32_t unknown_fields;
};
void candle_list_finish(struct candle_list *list); /* accepts zeroed */
void candle_list_copy(struct candle_list *to, const struct candle_list *from);

/* GET /v1/candles/minutes/1, newest first. An answer that is not of whole minutes in order is
 * none: who mixes up times mixes up prices too. */
bool candles_decode_upbit(struct candle_list *list, const char *bytes, size_t length,
                          enum reason *reason, struct err *err);
/* GET /fapi/v1/klines?interval=1m, oldest first. */
bool candles_decode_binance(struct candle_list *list, const char *bytes, size_t length,
                            enum reason *reason, struct err *err);
