#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "market/frame.h"

/* frame_line: one line of a recording taken apart. What the venue sent is not looked at. */

/* `recv_ns TAB venue TAB channel[:SYMBOL] TAB raw`. Errors name the part. */
bool frame_line_parse(const char *line, size_t length, struct frame *out, struct err *err);
