#include <assert.h>
#include <math.h>
#include <string.h>

#include "guard_check.h"

/* What the guard remembers of equity, losses, fx and legs, and the causes that follow. */

#define NS_PER_S    INT64_C(1000000000)
#define NS_PER_MS   1e6
#define NS_PER_HOUR (3600 * NS_PER_S)
#define NO_BUCKET   INT64_MIN

/* A share of a limit that enters REDUCE, and the one that leaves it again (SAFETY.md 3.4). */
#define REDUCE_ENTER 0.5
#define REDUCE_LEAVE 0.4

/* How long OBSERVE outlives the exposure it came from (SAFETY.md 3.3). */
#define OBSERVE_DWELL_NS (60 * NS_PER_S)

/* A clock that is further away halts. */
#define CLOCK_HALT_MS (INT64_C(24) * 3600 * 1000)
#define CLOCK_DWELL_S 60.0

static int64_t divide_down(int64_t dividend, int64_t divisor)
{
    return dividend / divisor - (dividend % divisor < 0 ? 1 : 0);
}

static size_t bucket_of(int64_t number, int64_t buckets)
{
    const int64_t rest = number % buckets;
    return (size_t)(rest < 0 ? rest + buckets : rest);
}

/* now + seconds, at most the last moment before "until an operator acts". */
static int64_t after_s(int64_t now_ns, double seconds)
{
    const double until_ns = (double)now_ns + seconds * (double)NS_PER_S;
    return until_ns < 9e18 ? now_ns + (int64_t)(seconds * (double)NS_PER_S) : INT64_MAX - 1;
}

static void forget_fx(struct guard *guard)
{
    for (size_t i = 0; i < GUARD_FX_BUCKETS; i++) {
        guard->fx_part[i] = NO_BUCKET;
    }
}

void guard_init(struct guard *guard, double equity_usd, int32_t day)
{
    assert(isfinite(equity_usd));
    memset(guard, 0, sizeof *guard); /* padding too: equal guards are equal bytes */
    guard->day = day;
    guard->day_start_usd = equity_usd;
    guard->day_peak_usd = equity_usd;
    guard->session_start_usd = equity_usd;
    guard->equity_usd = equity_usd;
    for (size_t i = 0; i < GUARD_ROLLING_BUCKETS; i++) {
        guard->rolling_hour[i] = NO_BUCKET;
    }
    forget_fx(guard);
}

static double above_zero(double amount)
{
    return amount > 0.0 ? amount : 0.0;
}

double guard_day_loss_usd(const struct guard *guard)
{
    return above_zero(guard->day_start_usd - guard->equity_usd);
}

double guard_session_loss_usd(const struct guard *guard)
{
    return above_zero(guard->session_start_usd - guard->equity_usd);
}

double guard_rolling_loss_usd(const struct guard *guard, int64_t now_ns)
{
    const int64_t hour = divide_down(now_ns, NS_PER_HOUR);
    double peak_usd = guard->equity_usd;
    for (size_t i = 0; i < GUARD_ROLLING_BUCKETS; i++) {
        /* Hours ahead of now count too: a clock that stepped back forgives nothing. */
        const bool recent = guard->rolling_hour[i] != NO_BUCKET &&
                            guard->rolling_hour[i] > hour - GUARD_ROLLING_BUCKETS;
        if (recent && guard->rolling_usd[i] > peak_usd) {
            peak_usd = guard->rolling_usd[i];
        }
    }
    return peak_usd - guard->equity_usd;
}

double guard_drawdown_at(const struct guard *guard, double equity_usd)
{
    const double fall_usd = guard->day_peak_usd - equity_usd;
    if (!(fall_usd > 0.0)) {
        return 0.0;
    }
    /* Of nothing, everything is lost. */
    return guard->day_peak_usd > 0.0 ? fall_usd / guard->day_peak_usd * 100.0 : 100.0;
}

double guard_drawdown_pct(const struct guard *guard)
{
    return guard_drawdown_at(guard, guard->equity_usd);
}

static void mark_hour(struct guard *guard, int64_t now_ns, double equity_usd)
{
    const int64_t hour = divide_down(now_ns, NS_PER_HOUR);
    const size_t i = bucket_of(hour, GUARD_ROLLING_BUCKETS);
    if (guard->rolling_hour[i] != hour) {
        guard->rolling_hour[i] = hour;
        guard->rolling_usd[i] = guard->equity_usd; /* what it was when the hour began */
    }
    if (equity_usd > guard->rolling_usd[i]) {
        guard->rolling_usd[i] = equity_usd;
    }
}

static void mark_day(struct guard *guard, int32_t day)
{
    if (day > guard->day) {
        guard->day = day;
        guard->day_start_usd = guard->equity_usd; /* the last known before midnight */
        guard->day_peak_usd = guard->equity_usd;
    }
}

/* A loss limit that is used up halts until an operator acts; gains do not open it again. */
static bool loss_halts(struct guard *guard, enum reason reason, double loss_usd,
                       double limit_usd, int64_t now_ns)
{
    if (!(loss_usd >= limit_usd)) { /* also when the limit is not set */
        return false;
    }
    guard_add_cause(guard, &(struct guard_cause){
                               .reason = reason,
                               .pair = -1,
                               .level = GUARD_HALTED,
                               .since_ns = now_ns,
                               .until_ns = INT64_MAX,
                               .observed = loss_usd,
                               .limit = limit_usd,
                           });
    return true;
}

/* Half of what the day may lose, from its peak, halves what is opened. */
static void follow_drawdown(struct guard *guard, const struct guard_limits *limits,
                            int64_t now_ns)
{
    const double fall_usd = guard->day_peak_usd - guard->equity_usd;
    const double fall_pct = guard_drawdown_pct(guard);
    const bool enters = fall_usd >= limits->day_loss_usd * REDUCE_ENTER ||
                        fall_pct >= limits->drawdown_pct * REDUCE_ENTER;
    const bool stays = fall_usd >= limits->day_loss_usd * REDUCE_LEAVE ||
                       fall_pct >= limits->drawdown_pct * REDUCE_LEAVE;
    if (enters) {
        guard_add_cause(guard, &(struct guard_cause){
                                   .reason = REASON_GLOBAL_DRAWDOWN,
                                   .pair = -1,
                                   .level = GUARD_REDUCE,
                                   .since_ns = now_ns,
                                   .observed = fall_pct,
                                   .limit = limits->drawdown_pct * REDUCE_ENTER,
                               });
    } else if (!stays) {
        guard_clear_cause(guard, REASON_GLOBAL_DRAWDOWN, -1);
    }
}

void guard_mark(struct guard *guard, const struct guard_limits *limits, int64_t now_ns,
                int32_t day, double equity_usd)
{
    mark_day(guard, day);
    if (!isfinite(equity_usd)) {
        guard_add_cause(guard, &(struct guard_cause){
                                   .reason = REASON_INPUT_NOT_FINITE,
                                   .pair = -1,
                                   .level = GUARD_OBSERVE,
                                   .since_ns = now_ns,
                               });
        return;
    }
    guard_clear_cause(guard, REASON_INPUT_NOT_FINITE, -1);
    mark_hour(guard, now_ns, equity_usd);
    guard->equity_usd = equity_usd;
    if (equity_usd > guard->day_peak_usd) {
        guard->day_peak_usd = equity_usd;
    }
    loss_halts(guard, REASON_GLOBAL_DAY_LOSS, guard_day_loss_usd(guard), limits->day_loss_usd,
               now_ns);
    const bool rolling =
        loss_halts(guard, REASON_GLOBAL_ROLLING_LOSS, guard_rolling_loss_usd(guard, now_ns),
                   limits->rolling_loss_usd, now_ns);
    const bool session =
        loss_halts(guard, REASON_GLOBAL_SESSION_LOSS, guard_session_loss_usd(guard),
                   limits->session_loss_usd, now_ns);
    guard->stopped = guard->stopped || rolling || session;
    follow_drawdown(guard, limits, now_ns);
}

/* Takes the rate into its part of the window; returns the widest move within the window. */
static double fx_move_bps(struct guard *guard, int64_t part, double krw_per_usd)
{
    const size_t own = bucket_of(part, GUARD_FX_BUCKETS);
    if (guard->fx_part[own] != part) {
        guard->fx_part[own] = part;
        guard->fx_low[own] = guard->fx_high[own] = krw_per_usd;
    }
    guard->fx_low[own] = fmin(guard->fx_low[own], krw_per_usd);
    guard->fx_high[own] = fmax(guard->fx_high[own], krw_per_usd);
    double low = krw_per_usd;
    double high = krw_per_usd;
    for (size_t i = 0; i < GUARD_FX_BUCKETS; i++) {
        const bool recent =
            guard->fx_part[i] != NO_BUCKET && guard->fx_part[i] > part - GUARD_FX_BUCKETS;
        low = recent ? fmin(low, guard->fx_low[i]) : low;
        high = recent ? fmax(high, guard->fx_high[i]) : high;
    }
    return (high - low) / low * 1e4;
}

void guard_mark_fx(struct guard *guard, const struct guard_limits *limits, int64_t now_ns,
                   double krw_per_usd)
{
    assert(isfinite(krw_per_usd) && krw_per_usd > 0.0);
    const double part_ns = limits->fx_jump_window_s * (double)NS_PER_S / (GUARD_FX_BUCKETS - 1);
    if (!(part_ns >= 1.0 && part_ns < 9e18)) { /* also when the window is not set */
        return;
    }
    const int64_t part = divide_down(now_ns, (int64_t)part_ns);
    const double move_bps = fx_move_bps(guard, part, krw_per_usd);
    if (!(move_bps >= limits->fx_jump_bps)) {
        return;
    }
    guard_add_cause(guard, &(struct guard_cause){
                               .reason = REASON_FX_JUMP,
                               .pair = -1,
                               .level = GUARD_OBSERVE,
                               .since_ns = now_ns,
                               .until_ns = after_s(now_ns, limits->fx_jump_window_s),
                               .observed = move_bps,
                               .limit = limits->fx_jump_bps,
                           });
    /* This jump is accounted for: the next one is measured from where it landed. */
    forget_fx(guard);
    fx_move_bps(guard, part, krw_per_usd);
}

void guard_mark_unhedged(struct guard *guard, const struct guard_limits *limits, int64_t now_ns,
                         double unhedged_usd, int64_t since_ns)
{
    if (!(unhedged_usd > limits->unhedged_usd)) {
        guard_rest_cause(guard, REASON_CROSS_LEG_OPEN, -1, now_ns + OBSERVE_DWELL_NS);
        return;
    }
    const double age_ms = (double)(now_ns - since_ns) / NS_PER_MS;
    if (!(age_ms > limits->unhedged_observe_ms)) {
        return;
    }
    const bool halts =
        age_ms > limits->unhedged_halt_ms || unhedged_usd > limits->notional_per_trade_usd;
    guard_add_cause(guard, &(struct guard_cause){
                               .reason = REASON_CROSS_LEG_OPEN,
                               .pair = -1,
                               .level = halts ? GUARD_HALTED : GUARD_OBSERVE,
                               .since_ns = now_ns,
                               .until_ns = halts ? INT64_MAX : 0,
                               .observed = unhedged_usd,
                               .limit = limits->unhedged_usd,
                           });
}

void guard_mark_clock(struct guard *guard, int64_t now_ns, enum reason reason, int64_t off_ms,
                      int64_t limit_ms)
{
    assert(reason == REASON_CLOCK_STEP || reason == REASON_CLOCK_VENUE_SKEW);
    const bool halts = off_ms > CLOCK_HALT_MS || off_ms < -CLOCK_HALT_MS;
    guard_add_cause(guard, &(struct guard_cause){
                               .reason = reason,
                               .pair = -1,
                               .level = halts ? GUARD_HALTED : GUARD_OBSERVE,
                               .since_ns = now_ns,
                               .until_ns = halts ? INT64_MAX : after_s(now_ns, CLOCK_DWELL_S),
                               .observed = (double)off_ms,
                               .limit = (double)(halts ? CLOCK_HALT_MS : limit_ms),
                           });
}

void guard_count_order(struct guard *guard, int64_t now_ns)
{
    limiter_add(&guard->orders, now_ns);
}

/* A streak bars its scope for the cool-down; each further loss does so anew. */
static void follow_streak(struct guard *guard, const struct guard_limits *limits,
                          const struct guard_cause *streak)
{
    if (streak->observed >= streak->limit && limits->streak_cooldown_s > 0.0) {
        guard_add_cause(guard, streak);
    }
}

static void count_loss(int32_t *losses, double pnl_usd)
{
    if (pnl_usd > 0.0) {
        *losses = 0;
    } else if (!(pnl_usd >= 0.0) && *losses < INT32_MAX) { /* NAN is a loss */
        (*losses)++;
    }
}

void guard_count_close(struct guard *guard, const struct guard_limits *limits, int64_t now_ns,
                       int32_t pair, double pnl_usd)
{
    assert(pair >= 0 && pair < GUARD_PAIRS_MAX);
    count_loss(&guard->pair_losses[pair], pnl_usd);
    count_loss(&guard->session_losses, pnl_usd);
    if (pnl_usd >= 0.0) {
        return;
    }
    struct guard_cause streak = {
        .reason = REASON_ROUTE_STREAK,
        .pair = pair,
        .level = GUARD_OBSERVE,
        .since_ns = now_ns,
        .until_ns = after_s(now_ns, limits->streak_cooldown_s),
        .observed = guard->pair_losses[pair],
        .limit = limits->pair_losses_in_row,
    };
    follow_streak(guard, limits, &streak);
    streak.reason = REASON_CROSS_CONSECUTIVE_LOSS;
    streak.pair = -1;
    streak.observed = guard->session_losses;
    streak.limit = limits->session_losses_in_row;
    follow_streak(guard, limits, &streak);
}
