#pragma once
#include <stddef.h>
#include <stdint.h>

#include "core/order.h"

/* frame: one thing that came from outside, as it came, with the moment it was received.
 *
 * What recordings are made of and what live data become before anything is decided from them.
 *
 * Channels: `ws` and `ws.<stream>` (socket messages), `rest.<call>` (answers to requests), and
 * `state` (what the connections themselves tell, as JSON of ours; see market/live). */

enum { FRAME_CHANNEL_SIZE = 64, FRAME_SYMBOL_SIZE = 24 };

struct frame {
    int64_t receive_ns;
    enum venue venue;
    char channel[FRAME_CHANNEL_SIZE];
    char symbol[FRAME_SYMBOL_SIZE]; /* of a message that does not name its own; "": none */
    const char *raw;                /* borrowed; without line feeds */
    size_t raw_length;
};
