#pragma once
#include "lane.h"

/* lane_parts: what the files of a lane do for each other: lane.c its life, lane_next.c the
 * search for the next row that matters, lane_step.c what happens there, lane_split.c who goes
 * on together. */

static inline bool lane_is_exact(const struct lane *lane)
{
    return lane->job.params.profile == ENGINE_EXACT;
}

/* The next row of [from, end) that may be more than a step like the one before; it may also be
 * one that is not. */
int32_t lane_next_row(struct lane *lane, const struct lane_pass *pass, int32_t from,
                      int32_t end);

/* One row, whole: exits, entry, marks. */
void lane_take_row(struct lane *lane, const struct lane_pass *pass, int32_t row);
void lane_close_trade(struct lane *lane, const struct lane_ear *ear,
                      const struct engine_exit *exit, const struct tick *tick);
void lane_forget_closed(struct lane *lane);

/* What the searches watch for, from the limits. */
void lane_set_limits(struct lane *lane);
/* The seats that decide otherwise at `row` than the ear has it, for the strictest limits, go on
 * there in a lane of their own. true: some do, and what is left is to be decided again. */
bool lane_split(struct lane *lane, struct lane_ear *ear, const struct engine_sight *sight,
                int32_t row);

/* Profit of the open trades as far as equity counts them: in `exact`. */
double lane_open_usd(const struct lane *lane, const struct tick *tick);
/* Equity after the rows before `row`. */
double lane_equity_before(const struct lane *lane, const struct strip *strip, int32_t row);
/* Marks the ends of the equity buckets that end at or before `row`, as the trades stand. */
void lane_end_buckets(struct lane *lane, const struct strip *strip, int32_t row);
/* Counts the time with open trades up to `row`, a valid one. */
void lane_expose(struct lane *lane, const struct strip *strip, int32_t row);
