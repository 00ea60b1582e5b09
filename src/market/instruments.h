#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/reason.h"

/* instruments: what a venue takes of each of its symbols (VENUES.md 2.2, 2.5 and 5.1).
 *
 * Pure, like the decoders of the streams. Numbers are whole units of 1e-8. */

enum { INSTRUMENT_SYMBOL_SIZE = 24 };

struct instrument {
    char symbol[INSTRUMENT_SYMBOL_SIZE];
    int64_t tick_units;
    int64_t lot_units;
    int64_t minimum_notional_units; /* in the venue's currency */
    bool trading;
};

/* Memory is kept from answer to answer. Zeroed is empty. */
struct instrument_list {
    size_t count, capacity;
    struct instrument *items;
    int32_t weight_per_min; /* of requests; 0: it does not say */
};
void instrument_list_finish(struct instrument_list *list); /* accepts zeroed */

/* NULL: the venue does not know it. */
const struct instrument *instruments_find(const struct instrument_list *list,
                                          const char *symbol);

/* GET /v1/orderbook/instruments. Upbit tells no lot and no minimum there: its documents do. Its
 * answer for a market it does not know is an empty list. */
bool instruments_decode_upbit(struct instrument_list *list, const char *bytes, size_t length,
                              enum reason *reason, struct err *err);
/* GET /fapi/v1/exchangeInfo. A symbol with filters that cannot be is one that is not traded:
 * among hundreds it is nobody's reason to do without the others. */
bool instruments_decode_binance(struct instrument_list *list, const char *bytes, size_t length,
                                enum reason *reason, struct err *err);
