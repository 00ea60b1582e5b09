#pragma once
#include "base/err.h"
#include "core/order.h"

/* keys: what proves to a venue that a request is ours; out of the environment and nowhere else.
 *
 * Read only by what is about to send orders. They live in a page of their own that is neither
 * swapped out nor dumped, and are overwritten where they were found. */

struct venue_keys; /* of one venue */

/* ARBLITE_UPBIT_ACCESS_KEY and _SECRET_KEY, ARBLITE_BINANCE_ACCESS_KEY and _SECRET_KEY. The
 * variables are gone afterwards; errors name a variable and never what it holds. */
bool venue_keys_load(struct venue_keys **out, enum venue venue, struct err *err);
void venue_keys_forget(struct venue_keys *keys); /* accepts NULL */

const char *venue_keys_access(const struct venue_keys *keys);
const char *venue_keys_secret(const struct venue_keys *keys);
