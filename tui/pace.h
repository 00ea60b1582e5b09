#pragma once
#include <stdbool.h>
#include <stdint.h>

/* pace: how often may a frame be sent to a terminal at the end of a slow line?
 *
 * After each frame the terminal is asked for a sign of life; until it comes the frame is still
 * on its way and the next one waits, to be drawn from the newest state then. A terminal that
 * never answers is not asked again. */

struct pace {
    bool waiting;
    int64_t asked_ns;
    int64_t trip_ns; /* of the last answer */
    bool answered;   /* ever */
    bool deaf;       /* it never will */
    bool lost;       /* it did once, and has stopped */
};

enum { PACE_PATIENCE_MS = 5000, PACE_LOST_PERIOD_MS = 2000 };

/* May a frame nobody asked for be sent now? A key press need not ask. */
bool pace_may_draw(struct pace *pace, int64_t now_ns);
/* Should the frame just sent be followed by a question? Then it counts as asked. */
bool pace_should_ask(struct pace *pace, int64_t now_ns);
/* The answer. */
void pace_answer(struct pace *pace, int64_t now_ns);
/* Frames a second the line carries when that is less than `wanted`; else 0. */
double pace_slow_rate(const struct pace *pace, double wanted, int64_t now_ns);
