#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "market/frame.h"
#include "stage.h"
#include "upbit_wishes.h"

/* upbit_desk: Upbit's public address: its REST calls and its socket (VENUES.md 2 and 3). */

struct upbit_desk;
/* Borrows the stage. */
bool upbit_desk_open(struct upbit_desk **out, struct stage *stage,
                     const struct wire_options *options, struct err *err);
void upbit_desk_close(struct upbit_desk *desk); /* accepts NULL */

/* Something changed in one market: whoever asked for it is told. */
void upbit_desk_tell(struct upbit_desk *desk, int32_t market, enum upbit_topic topic);
/* A recorded message goes out as it is. */
void upbit_desk_play(struct upbit_desk *desk, const struct frame *frame);
/* Idle sockets; a few times a second. */
void upbit_desk_keep(struct upbit_desk *desk);
/* Every book as it is; nothing is sent after it until the market moves again. */
void upbit_desk_settle(struct upbit_desk *desk);
