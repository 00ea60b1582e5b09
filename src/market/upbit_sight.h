#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "market/upbit.h"

/* upbit_sight: order books of Upbit's socket, read at sight.
 *
 * Knows the two forms of an order book exactly as they come, and nothing else: members in their
 * order, no blanks, plain numbers. What it reads is bit for bit what upbit_decode_any() reads.
 */

/* `out` is zeroed. false: something else, and `out` is worth nothing. `bytes` is padded
 * (sight.h). */
bool upbit_sight(struct upbit_message *out, const char *bytes, size_t length);

/* upbit.c: any message, through a JSON tree; what stands behind it all. As upbit_decode(). */
bool upbit_decode_any(struct upbit_list *list, const char *bytes, size_t length,
                      enum reason *reason, struct err *err);
