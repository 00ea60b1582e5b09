#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "market/binance.h"
#include "market/upbit.h"

/* sight_unit: what comes a thousand times a second, read at sight: order books of Upbit's
 * socket in both forms; diffs, partial books and bookTicker of Binance, alone or in an
 * envelope.
 *
 * Known is what comes exactly as it comes, and nothing else: members in their order, no blanks,
 * plain numbers. What is read is bit for bit what the JSON trees behind it read. The same
 * source is compiled once for each kind of processor there may be. */

enum { BINANCE_LEVEL_SIZE_MIN = 10 }; /* ["1","0"], */

/* `out` is zeroed, but for the levels of its book; `bytes` is padded (sight.h). false:
 * something else, and `out` is worth nothing. */
typedef bool upbit_sight(struct upbit_message *out, const char *bytes, size_t length);
/* The same; the list has room for the levels, and they are its first. */
typedef bool binance_sight(struct binance_list *list, struct binance_message *out,
                           const char *stream, const char *bytes, size_t length);

struct sight_unit {
    upbit_sight *upbit;
    binance_sight *binance;
};
upbit_sight upbit_sight_plain, upbit_sight_avx;
binance_sight binance_sight_plain, binance_sight_avx;

/* The best that this processor has. */
const struct sight_unit *sight_unit(void);
/* Each that it has, from 0 on; NULL behind the last. */
const struct sight_unit *sight_unit_at(size_t index);

/* upbit.c, binance.c: any message, through a JSON tree; what stands behind it all. As
 * upbit_decode() and binance_decode(). */
bool upbit_decode_any(struct upbit_list *list, const char *bytes, size_t length,
                      enum reason *reason, struct err *err);
bool binance_decode_any(struct binance_list *list, const char *stream, const char *bytes,
                        size_t length, enum reason *reason, struct err *err);

/* binance.c: does the stream's name say depth5, depth10 or depth20? */
bool binance_is_partial(const char *stream);
