#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* server_time: {"serverTime":1789478319738}, Binance's answer to what time it is, to ns since
 * 1970. Whatever else came in its place says nothing of a clock. */

bool server_time_read(const char *body, size_t size, int64_t *out_ns);
