#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "candles.h"
#include "feeds.h"
#include "instruments.h"
#include "market/binance.h"
#include "market/frame.h"
#include "market/frames.h"
#include "market/upbit.h"

/* intake: what a frame means, from its bytes to events, wherever it came from.
 *
 * A recording and a socket take this one path, so that a recording gives the same events as the
 * session it is of. */

enum intake_kind {
    INTAKE_NOTHING,
    INTAKE_MESSAGES,
    INTAKE_STATE,
    INTAKE_INSTRUMENTS,
    INTAKE_CANDLES,
    INTAKE_LISTINGS,
};

struct intake {
    struct feeds feeds;
    struct upbit_list upbit;
    struct binance_list binance;
    struct instrument_list instruments;
    struct candle_list candles;
    struct listing_list listings;
    struct feed_news news;
    struct frame frame; /* whose messages are being handed on; its raw is gone */
    enum intake_kind kind;
    size_t messages_count; /* in the list of its venue */
    size_t messages_done;  /* already handed on */
    uint64_t events;       /* given so far */
    struct frames_counts counts;
    struct err drop; /* the last one */
};

/* Errors name the option. */
bool intake_init(struct intake *intake, const struct frames_options *options, struct err *err);
void intake_finish(struct intake *intake); /* accepts zeroed */
/* Forgets what was said, as if just opened; what was counted stays. */
void intake_begin_anew(struct intake *intake);

/* Decodes a frame when all before it has been taken. When it cannot be read it is counted, the
 * reason is returned and intake->drop says why; else NONE. */
enum reason intake_read(struct intake *intake, const struct frame *frame);
/* A frame so long that nobody has read it. */
enum reason intake_read_too_long(struct intake *intake);
/* Puts the place in front of the last drop, and logs it at the 1st, 2nd, 4th, 8th ... of its
 * reason. */
void intake_report_drop(struct intake *intake, enum reason reason, const char *place);

/* Makes events of all that was read, so that the next frame may be read before they are taken.
 */
void intake_settle(struct intake *intake);
/* Events that wait to be taken, of frames that were settled. */
size_t intake_waiting(const struct intake *intake);

/* The next event of what was read, numbered from 1; false when there is none. */
bool intake_next(struct intake *intake, struct event *out);

/* What became of the frames so far. */
void intake_counts(const struct intake *intake, struct frames_counts *out);
bool intake_feed(const struct intake *intake, int32_t pair, enum venue venue,
                 struct source_feed *out);
