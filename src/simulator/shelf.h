#pragma once
#include <stddef.h>

/* shelf: the newest recorded answer of each REST call, by channel and symbol. */

struct shelf_item;
struct shelf {
    struct shelf_item *items;
};
void shelf_finish(struct shelf *shelf); /* accepts zeroed */

/* Copies the bytes; "rest.depth" and "BTCUSDT" or "". */
void shelf_put(struct shelf *shelf, const char *channel, const char *symbol, const char *bytes,
               size_t size);
/* NULL: none was recorded yet. Borrowed until the next put of that name. */
const char *shelf_get(const struct shelf *shelf, const char *channel, const char *symbol);
