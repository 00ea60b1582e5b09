#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "market/frame.h"
#include "stage.h"

/* binance_desk: Binance's public futures addresses: REST, and the sockets of /public and
 * /market (VENUES.md 5 and 6). */

struct binance_desk;
/* Borrows the stage. */
bool binance_desk_open(struct binance_desk **out, struct stage *stage,
                       const struct wire_options *options, struct err *err);
void binance_desk_close(struct binance_desk *desk); /* accepts NULL */

/* Something changed in one pair: whoever asked for it is told. */
void binance_desk_tell_book(struct binance_desk *desk, int32_t pair,
                            const struct tall_changes *changes, bool touched);
void binance_desk_tell_trade(struct binance_desk *desk, int32_t pair);
void binance_desk_tell_mark(struct binance_desk *desk, int32_t pair);
/* A recorded message goes out as it is. */
void binance_desk_play(struct binance_desk *desk, const struct frame *frame);
/* Slower streams, pings and ends of lives; ten times a second. */
void binance_desk_keep(struct binance_desk *desk);
/* What is held back is said. Said again and again while the market rests, it shows who missed
 * a message that he did. */
void binance_desk_settle(struct binance_desk *desk);
