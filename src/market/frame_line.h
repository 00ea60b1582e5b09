#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/order.h"

/* frame_line: one line of a recording taken apart. What the venue sent is not looked at. */

enum { FRAME_CHANNEL_SIZE = 64, FRAME_SYMBOL_SIZE = 24 };

struct frame_line {
    int64_t receive_ns;
    enum venue venue;
    char channel[FRAME_CHANNEL_SIZE];
    char symbol[FRAME_SYMBOL_SIZE]; /* "": none */
    const char *raw;                /* borrowed from the line */
    size_t raw_length;
};

/* `recv_ns TAB venue TAB channel[:SYMBOL] TAB raw`. Errors name the part. */
bool frame_line_parse(const char *line, size_t length, struct frame_line *out, struct err *err);
