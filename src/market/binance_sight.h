#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "market/binance.h"

/* binance_sight: what Binance's book streams say, read at sight.
 *
 * Knows diffs, partial books and bookTicker exactly as they come, alone or in an envelope, and
 * nothing else: members in their order, no blanks, plain numbers. What it reads is bit for bit
 * what binance_decode_any() reads. */

enum { BINANCE_LEVEL_SIZE_MIN = 10 }; /* ["1","0"], */

/* `out` is zeroed; the list has room for the levels, and they are its first. false: something
 * else, and what is in `out` and the list is worth nothing. `bytes` is padded (sight.h). */
bool binance_sight(struct binance_list *list, struct binance_message *out, const char *stream,
                   const char *bytes, size_t length);

/* binance.c: any message, through a JSON tree; what stands behind it all. As binance_decode().
 */
bool binance_decode_any(struct binance_list *list, const char *stream, const char *bytes,
                        size_t length, enum reason *reason, struct err *err);

/* binance.c: does the stream's name say depth5, depth10 or depth20? */
bool binance_is_partial(const char *stream);
