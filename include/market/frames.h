#pragma once
#include "base/err.h"
#include "market/source.h"

/* frames: a source over recorded wire frames, through the live decoders (SPEC.md 5, VENUES.md).
 *
 * `recv_ns TAB venue TAB channel[:SYMBOL] TAB raw`; plain or zstd. Binance depth diffs build a
 * local book by VENUES.md 7. A frame that cannot be read is counted with its reason and
 * skipped; the frame cap is FRAMES_SIZE_MAX bytes. */

enum { FRAMES_SIZE_MAX = 4 * 1024 * 1024 };

struct frames_pair {
    const char *symbol_a; /* "KRW-BTC" */
    const char *symbol_b; /* "BTCUSDT" */
};

struct frames_options {
    const struct frames_pair *pairs; /* borrowed during open only */
    int32_t pairs_count;
    const char *fx_symbol; /* "KRW-USDT" */
    const char *fx_price;  /* "micro", "mid", "last" */
};

bool frames_open(struct source **out, const char *path, const struct frames_options *options,
                 struct err *err);
