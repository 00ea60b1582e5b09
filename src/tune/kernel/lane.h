#pragma once
#include "run/equity.h"
#include "tune/kernel.h"
#include "unit.h"

/* lane: one configuration on its way through the rows: what run/backtest keeps of a run. It
 * looks only at the rows that a search of the unit names, and there does what the oracle does,
 * with the core's own functions. */

struct lane;

/* A job's place: the lane that does its work, or, once the job was stopped before others of
 * that lane, what it came to. */
struct seat {
    struct engine_params params;
    struct lane *lane;
    struct kernel_outcome *outcome; /* owned; NULL: the lane's */
};

/* Lanes stand in an array, each with as many places as it has seats: where some of these leave,
 * they take theirs for a lane of their own. */
struct lane {
    struct kernel_job job; /* of its first seat, with the strictest limits of all */
    int32_t index;         /* of the one it was made for, among the kernel's jobs */
    struct seat **seats;
    int32_t seats_count;
    int32_t waiting; /* seats that it goes on for */
    bool done;       /* goes no further */
    bool stopped;    /* by its drawdown */
    int32_t row;     /* of the strip, where it goes on; the rows before were another's */
    struct trade_costs costs;
    bool spread_alone;            /* compat profiles, PnL `spread` */
    double cost_bps, net_bps_min; /* of those: c, and the net edge that opens a trade */
    /* What the searches watch for, all of it reached too early rather than too late. */
    double edge_bps[SPREAD_SIDE_LAST + 1];
    double stop_usd, take_usd, hold_ns;
    struct holding holding;
    int64_t cooldown_until_ns[SPREAD_SIDE_LAST + 1];
    struct trade *open;         /* opening order, as many as may be open at once; owned */
    struct position *positions; /* of `open`; owned */
    int32_t open_count;
    double width_bps; /* at the end; NAN: no valid step */
    struct summary summary;
    struct equity equity;
    int64_t bucket_until_ns;
    int32_t exposed_row; /* up to here exposed_ns is counted; -1: the strip before */
};

/* Whom a lane tells of its trades. The rest is room for a step: too large to have one each. */
struct lane_ear {
    kernel_trade_fn *trade; /* may be NULL */
    void *context;
    struct engine_decision decision, other;
    double pnl_usd[ENGINE_TRADES_MAX]; /* of the open trades, in `exact` */
};

/* What a lane passes over. */
struct lane_pass {
    const struct kernel_unit *unit;
    const struct strip *strip;
    const struct track_strip *track; /* NULL in the compat profiles */
    struct lane_ear *ear;
};

/* For the first of the seats; lane_join() adds the one behind those it has. */
void lane_init(struct lane *lane, const struct kernel_job *job, int32_t index,
               struct seat **seats);
void lane_join(struct lane *lane);
void lane_finish(struct lane *lane);

/* The rows of the strip, whether before, in or after the lane's part of time. */
void lane_advance(struct lane *lane, const struct lane_pass *pass);
/* No rows from `row` of the strip on. Closes what is to be closed, unless it was cut short. */
void lane_end(struct lane *lane, const struct lane_pass *pass, int32_t row, bool cut_short);

/* What it came to; after lane_end(). `params` are those of a job that is like its own, and say
 * what was booked as fees and slippage. */
void lane_outcome(const struct lane *lane, const struct engine_params *params,
                  struct kernel_outcome *out);

double lane_equity_usd(const struct lane *lane, const struct strip *strip);
