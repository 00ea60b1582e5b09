#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "core/limiter.h"
#include "core/order.h"
#include "core/reason.h"
#include "core/spread.h"

/* guard: may this be done, and if not, why? (SAFETY.md 3)
 *
 * An ordered list of single-condition checks over plain values. Output depends on (state,
 * limits, candidate) only. All checks of the evaluated layers are reported; the primary code is
 * the first in order, the action the most severe. A limit of 0 is zero; NAN means "not set
 * here" and exists only for csv sources, where limits act only when an operator sets them. */

struct guard_limits {
    double notional_per_trade_usd; /* caps: at the limit is allowed */
    double open_trades;
    double gross_exposure_usd;
    double day_loss_usd;     /* budgets: at the limit is used up */
    double rolling_loss_usd; /* 24 h */
    double session_loss_usd;
    double drawdown_pct;   /* from the peak of the day */
    double orders_per_min; /* caps */
    double orders_per_hour;
    double edge_abnormal_bps;
    double pair_losses_in_row;
    double session_losses_in_row;
    double streak_cooldown_s;
    double age_a_ms; /* of the last message or pong */
    double age_b_ms;
    double age_fx_ms;
    double skew_ms; /* between the two books of a pair */
    double unhedged_usd;
    double unhedged_observe_ms;
    double unhedged_halt_ms;
    double collar_bps;  /* a price that jumps further is to be confirmed first */
    double fx_jump_bps; /* in fx_jump_window_s: OBSERVE for as long */
    double fx_jump_window_s;
};

/* Levels of permission, worst last (SAFETY.md 3.1). */
enum guard_level {
    GUARD_NORMAL,
    GUARD_REDUCE,
    GUARD_OBSERVE,
    GUARD_HALTED,
    GUARD_LEVEL_LAST = GUARD_HALTED
};
const char *guard_level_name(enum guard_level level);

enum {
    GUARD_CAUSES_MAX = 32,
    GUARD_PAIRS_MAX = 16,
    GUARD_FAULTS_MAX = 40, /* room for every check of a layer and every cause at once */
    GUARD_ROLLING_BUCKETS = 25,
    GUARD_FX_BUCKETS = 13, /* the window in twelve parts, and the one that leaves it */
};

/* What REDUCE leaves of an entry's size. */
#define GUARD_REDUCE_FACTOR 0.5

/* Why the level is what it is. */
struct guard_cause {
    enum reason reason;
    int32_t pair; /* -1: global */
    enum guard_level level;
    int32_t day; /* civil date it was last found; guard_add_cause() sets it */
    int64_t since_ns;
    int64_t until_ns; /* dwell deadline; 0: while it lasts; INT64_MAX: until an operator acts */
    double observed;
    double limit;
};

/* The guard's memory: persistent with the session, restored after a restart, never dropped. */
struct guard {
    struct guard_cause causes[GUARD_CAUSES_MAX]; /* by reason, then pair */
    int32_t causes_count;
    bool stopped; /* this session opens nothing more, ever */
    struct limiter orders;
    int32_t day;          /* civil date of the baseline below, days since 1970 */
    double day_start_usd; /* trading equity */
    double day_peak_usd;
    double session_start_usd;
    double equity_usd;                           /* last marked */
    double rolling_usd[GUARD_ROLLING_BUCKETS];   /* highest equity of each of the last hours */
    int64_t rolling_hour[GUARD_ROLLING_BUCKETS]; /* which hour; INT64_MIN: none */
    double fx_low[GUARD_FX_BUCKETS], fx_high[GUARD_FX_BUCKETS];
    int64_t fx_part[GUARD_FX_BUCKETS]; /* which part of a window; INT64_MIN: none */
    int32_t pair_losses[GUARD_PAIRS_MAX];
    int32_t session_losses;
    int64_t decisions; /* envelopes issued */
};

/* What someone wants to do, with every number the checks use. */
struct guard_candidate {
    enum order_class class;
    int32_t pair;
    enum spread_side side;
    int64_t time_ns;
    bool has_clock;       /* ages and skews mean something here (not on csv) */
    bool has_depth_model; /* collar, abnormal edge and streak causes apply (not on csv) */
    double notional_usd;  /* worst case of this trade, slippage in */
    double quantity;      /* after lot rounding, both legs */
    double net_edge_bps;
    double min_edge_bps;
    double
        walk_bps; /* what both books take beyond their touch for this size; see core/book.h */
    double worst_loss_usd; /* if it closed at once: fees, slippage, width */
    struct tick tick;      /* 0 where a side was never heard; the guard looks for itself */
    double age_a_ms, age_b_ms, age_fx_ms; /* < 0: never heard */
    double skew_ms;
    bool feed_a_ok, feed_b_ok;                /* in sequence, connected, uncrossed */
    enum reason feed_a_reason, feed_b_reason; /* why not */
    bool halted_a, halted_b;                  /* the venue does not trade the symbol now */
    double lot_minimum_a, lot_minimum_b;      /* coin */
    double minimum_notional_a_usd, minimum_notional_b_usd;
    double free_krw_usd; /* cash on A in USD */
    double free_coin;    /* inventory on A */
    double free_margin_usd;
    double need_margin_usd;
    bool spot_short;
    int32_t open_trades; /* session-wide, everything not closed */
    double gross_exposure_usd;
    double unhedged_usd;
    int64_t orders_wanted; /* this one's orders and what undoing it costs */
    int64_t ttl_ns;        /* how long an ALLOW may be acted upon */
};

/* Switches above the guard (SAFETY.md 3.1). */
struct guard_gate {
    bool killed;
    bool armed;
    bool paused;
};

/* By severity. STOP_SESSION: a loss limit is used up and nothing opens any more; for good when
 * `stopped` says so (session, 24 h), else until an operator acts on a later day. */
enum guard_action { GUARD_ALLOW, GUARD_SCALE, GUARD_BLOCK, GUARD_STOP_SESSION };
const char *guard_action_name(enum guard_action action);

/* What it is about, of the things that are heard. */
enum guard_feed {
    GUARD_FEED_NONE,
    GUARD_FEED_A,
    GUARD_FEED_B,
    GUARD_FEED_FX,
    GUARD_FEED_BOTH, /* A against B */
    GUARD_FEED_LAST = GUARD_FEED_BOTH
};

struct guard_fault {
    enum reason reason;
    int32_t pair; /* scope; -1 global */
    double observed;
    double limit;
    int64_t feed; /* enum guard_feed, without a hole behind it */
};

/* The decision envelope (SAFETY.md 3.7); run adds ids, wall time, build and hashes. */
struct guard_decision {
    int64_t number; /* from 1 per session */
    enum guard_action action;
    double scale;        /* of SCALE; else 1 */
    enum reason primary; /* REASON_NONE when allowed */
    int32_t faults_count;
    struct guard_fault faults[GUARD_FAULTS_MAX];
    struct guard_candidate candidate; /* `inputs` */
    enum guard_level level;
    bool killed, armed, paused, stopped;
    int64_t ttl_ns;      /* event time until which an ALLOW or SCALE is good; else 0 */
    int64_t cooldown_ns; /* when it makes sense to ask again; 0 unknown */
};

void guard_init(struct guard *guard, double equity_usd, int32_t day);

/* Decides one candidate. Counts the envelope; books nothing else. Every byte of *out is
 * written, padding too: the same inputs give the same bytes. */
void guard_decide(struct guard *guard, const struct guard_limits *limits,
                  const struct guard_gate *gate, const struct guard_candidate *candidate,
                  struct guard_decision *out);

/* Are the feeds fresh, in sequence and of one moment? The checks of guard_decide() that are
 * about feeds, whatever else it would say; false: *out is the first that fails. */
bool guard_check_feeds(const struct guard_limits *limits,
                       const struct guard_candidate *candidate, struct guard_fault *out);

/* The fault to tell of: the first; of a gate that only the guard's level holds shut, what the
 * level is for. NULL when it was allowed. */
const struct guard_fault *guard_decision_cause(const struct guard_decision *decision);

/* Marks trading equity and day; enters and leaves loss and drawdown causes. The day rolls once
 * per strictly greater date. An equity that is not finite bars entries until it is again. */
void guard_mark(struct guard *guard, const struct guard_limits *limits, int64_t now_ns,
                int32_t day, double equity_usd);

/* Follows fx (on change is enough): a move of fx_jump_bps within the window is a cause. */
void guard_mark_fx(struct guard *guard, const struct guard_limits *limits, int64_t now_ns,
                   double krw_per_usd);

/* Follows the unhedged exposure, which has stood above limits->unhedged_usd since `since_ns`:
 * OBSERVE after unhedged_observe_ms, and HALTED when it is then larger than a trade may be or
 * stays for unhedged_halt_ms (MARKET.md B.2). */
void guard_mark_unhedged(struct guard *guard, const struct guard_limits *limits, int64_t now_ns,
                         double unhedged_usd, int64_t since_ns);

/* A clock is off_ms away from where it should be: OBSERVE until a while after it was last said,
 * and HALTED beyond a day, since no date can be trusted then. */
void guard_mark_clock(struct guard *guard, int64_t now_ns, enum reason reason, int64_t off_ms,
                      int64_t limit_ms);

void guard_count_order(struct guard *guard, int64_t now_ns);
void guard_count_close(struct guard *guard, const struct guard_limits *limits, int64_t now_ns,
                       int32_t pair, double pnl_usd);

/* Adds a cause, or refreshes it when (reason, pair) stands already; never lowers its level and
 * never shortens it. With no room left the last cause becomes a halt that only an operator
 * ends: nothing is forgotten in silence. */
void guard_add_cause(struct guard *guard, const struct guard_cause *cause);
/* Ends a cause that is not the operator's. */
void guard_clear_cause(struct guard *guard, enum reason reason, int32_t pair);
/* What a cause came from is over: one that stood "while it lasts" rests until `until_ns`. */
void guard_rest_cause(struct guard *guard, enum reason reason, int32_t pair, int64_t until_ns);
/* Drops causes whose dwell is over. */
void guard_expire(struct guard *guard, int64_t now_ns);

/* The operator's release of what only an operator may release (not loss causes of this day). */
void guard_release(struct guard *guard);

/* Highest level that touches `pair` (-1: global causes only). */
enum guard_level guard_level_of(const struct guard *guard, int32_t pair);
double guard_day_loss_usd(const struct guard *guard);
/* From the highest equity of the last 24 h (by hours, so up to 25): no window of a day that
 * ends now has lost more. */
double guard_rolling_loss_usd(const struct guard *guard, int64_t now_ns);
double guard_session_loss_usd(const struct guard *guard);
double guard_drawdown_pct(const struct guard *guard); /* from the day's peak, of the peak */
