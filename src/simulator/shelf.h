#pragma once
#include <stddef.h>

/* shelf: the newest recorded answer of each REST call, by channel and symbol. */

struct shelf_item;
struct shelf {
    struct shelf_item *items;
};
void shelf_finish(struct shelf *shelf); /* accepts zeroed */

/* Copies the bytes; `name` is "rest.depth:BTCUSDT". */
void shelf_put(struct shelf *shelf, const char *name, const char *bytes, size_t size);
/* NULL: none was recorded yet. Borrowed until the next put of that name. */
const char *shelf_get(const struct shelf *shelf, const char *name);
