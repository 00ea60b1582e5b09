#pragma once
#include "base/err.h"
#include "market/source.h"

/* frames: a source over recorded wire frames, through the live decoders (SPEC.md 5, VENUES.md).
 *
 * A line is `recv_ns TAB venue TAB channel[:SYMBOL] TAB raw`, plain or zstd; `#` begins a
 * comment. Venues are upbit and binance. Channels that are read: `ws` (and `ws.<stream>` for a
 * socket whose messages do not name their stream), `rest.depth`, `rest.orderbook`,
 * `rest.ticker`, `rest.trades`, `rest.premium`, `rest.instruments`,
 * `rest.exchangeInfo`, `rest.markets`, `rest.candles`, `rest.klines`, `state`; others are
 * passed by. `:SYMBOL` is for messages that do not name theirs, such as Binance's REST depth.
 *
 * A message that cannot be read is counted with its reason and passed by; a line that is no
 * frame and a receive time that runs back end the run with their place. One frame may give no
 * event or several, so an event's `line` is its number in the stream, from 1. */

enum { FRAMES_SIZE_MAX = 4 * 1024 * 1024 }; /* of one raw message, bytes */

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

/* `path`: a file, or a folder of rotated ones; see market/frame_lines. */
bool frames_open(struct source **out, const char *path, const struct frames_options *options,
                 struct err *err);

/* What became of the frames so far. A dropped frame that names no pair counts in the feed of
 * every pair of its venue. */
struct frames_counts {
    uint64_t frames;         /* lines with a message */
    uint64_t ignored;        /* messages and channels no pair asked for */
    uint64_t unknown_fields; /* members of messages that we do not know */
    uint64_t dropped;        /* could not be read; the sum of those below */
    uint64_t malformed, not_finite, not_positive, out_of_range, too_deep, too_long;
};

/* Of a source that frames_open() made. */
void frames_counts(const struct source *source, struct frames_counts *out);
/* "FILE:LINE: why" of the last drop, "" when there was none. Borrowed until the next event. */
const char *frames_last_drop(const struct source *source);
