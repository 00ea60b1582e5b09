#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "core/reason.h"
#include "feeds.h"

/* state_frame: what a connection tells, as the text of a frame of the channel `state`:
 * {"state":"down","reason":"NET.RESET"}. The reason may be missing. Of a clock, by how much:
 * {"state":"clock","reason":"CLOCK.STEP","off_ms":-3600000,"limit_ms":1000}. Of a venue's
 * clock, how far it is from ours, give or take error_ms, and how long under way is late by it:
 * {"state":"offset","off_ms":-12,"error_ms":40,"limit_ms":3000}. */

enum { STATE_FRAME_SIZE = 128 };

void state_frame_format(char out[STATE_FRAME_SIZE], const struct feed_news *news);

/* When it cannot be read, *reason is INPUT.* and err says why. */
bool state_frame_parse(struct feed_news *out, const char *bytes, size_t length,
                       enum reason *reason, struct err *err);
