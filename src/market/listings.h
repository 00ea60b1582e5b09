#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/reason.h"

/* listings: which markets Upbit has, and which of them it warns of (VENUES.md 2).
 *
 * GET /v1/market/all?is_details=true. Pure, like the decoders of the streams. */

enum { LISTING_SYMBOL_SIZE = 24, LISTING_CAUTIONS_SIZE = 128 };

struct listing {
    char symbol[LISTING_SYMBOL_SIZE];
    char cautions[LISTING_CAUTIONS_SIZE]; /* "WARNING PRICE_FLUCTUATIONS"; "" none */
};

/* Memory is kept from answer to answer. Zeroed is empty. */
struct listing_list {
    size_t count, capacity;
    struct listing *items;
};
void listing_list_finish(struct listing_list *list); /* accepts zeroed */

/* NULL: it is not listed. */
const struct listing *listings_find(const struct listing_list *list, const char *symbol);

/* A list without any market is no answer: all would be thought gone. */
bool listings_decode_upbit(struct listing_list *list, const char *bytes, size_t length,
                           enum reason *reason, struct err *err);
