#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/order.h"

/* ban: until when a venue wants to hear nothing from us, over the end of the process.
 *
 * A small file of lines `venue TAB milliseconds since 1970`, written whole. */

struct bans {
    int64_t until_ms[VENUE_LAST + 1]; /* wall clock; 0 none */
};

/* No file is no ban; lines that are none are passed by. Errors name the path. */
bool bans_load(struct bans *bans, const char *path, struct err *err);
/* For nobody else to read, like all that lies beside it. */
bool bans_store(const struct bans *bans, const char *path, struct err *err);

/* How long the answer of a 429 or 418 asks us to wait, in ms from `now_ms` of the wall clock:
 * what Retry-After says (may be NULL), else "until <ms since 1970>" or "<n> seconds" of the
 * body; else `otherwise_ms`. */
int64_t ban_wait_ms(const char *retry_after, const char *body, int64_t now_ms,
                    int64_t otherwise_ms);
