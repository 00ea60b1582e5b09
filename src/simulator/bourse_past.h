#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "core/event.h"

struct bourse;

/* bourse_past: what happened before the doors opened. */

/* Plays the market until every book is there, and puts the minutes before it together as
 * candles: prices of our own whose premium is the one that the simulated market had. */
void bourse_past_play(struct bourse *bourse, int64_t minutes);

/* For bourse_past alone. */
bool bourse_complete(const struct bourse *bourse);
/* Takes in the next event, whenever it is, and gives it. */
const struct event *bourse_step(struct bourse *bourse);
