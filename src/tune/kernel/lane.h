#pragma once
#include "run/equity.h"
#include "tune/kernel.h"

/* lane: one configuration on its way through the rows: what run/backtest keeps of a run. */

struct lane {
    struct kernel_job job;
    int32_t index; /* among the kernel's jobs */
    bool done;     /* goes no further */
    struct engine engine;
    struct trade *open; /* opening order, as many as may be open at once; owned */
    int32_t open_count;
    struct tick last_valid;
    double unrealized_usd; /* of the open trades at last_valid */
    double width_bps;      /* at last_valid; NAN: none */
    int64_t steps_processed;
    int64_t last_step_ns;
    struct summary summary;
    struct equity equity;
};

/* Whom a lane tells of its trades. `decision` is room for it: too large to have one each. */
struct lane_ear {
    kernel_trade_fn *trade; /* may be NULL */
    void *context;
    struct engine_decision decision;
};

void lane_init(struct lane *lane, const struct kernel_job *job, int32_t index);
void lane_finish(struct lane *lane);

/* One row of the file, whether before, in or after the lane's part of time. */
void lane_row(struct lane *lane, struct lane_ear *ear, const struct tick *tick);
/* No more rows: closes what is to be closed. */
void lane_end(struct lane *lane, struct lane_ear *ear);
