#include <math.h>
#include <string.h>

#include "base/text.h"
#include "measure.h"

/* Rules on exposure, losses, margin, inventory and funding. */

/* Per cent of a guard limit that is used; NAN when it is not set. */
static double used_pct(const struct look *look, const char *name)
{
    for (int32_t i = 0; i < look->now->limits_count; i++) {
        const struct snapshot_limit *limit = &look->now->limits[i];
        if (strcmp(limit->name, name) == 0 && limit->limit > 0.0) {
            return limit->used / limit->limit * 100.0;
        }
    }
    return (double)NAN;
}

/* Both say how much of a guard limit is gone; at the threshold counts. */
static void measure_used(const struct look *look, const char *what, double leave_high,
                         struct finding *out)
{
    const double pct = used_pct(look, what);
    const struct config_alarm *alarm = look->alarm;
    out->enter = pct >= alarm->enter_high ? LEVEL_HIGH
                 : pct >= alarm->enter    ? LEVEL_MED
                                          : LEVEL_NONE;
    out->stay = pct >= leave_high ? LEVEL_HIGH : pct >= alarm->leave ? LEVEL_MED : LEVEL_NONE;
    text_cut(out->text, sizeof(out->text), "%s: %.0f %% of the limit is used", what, pct);
}

void measure_loss_day(const struct look *look, int32_t subject, struct memory *memory,
                      struct finding *out)
{
    measure_used(look, "day loss", look->alarm->leave_high, out);
}

/* HIGH ends with the alarm: the table of alarms gives it no end of its own. */
void measure_drawdown(const struct look *look, int32_t subject, struct memory *memory,
                      struct finding *out)
{
    measure_used(look, "drawdown", look->alarm->leave, out);
}

/* A trade that is broken now, or broke since the last look and is mended already; 0: none. */
static uint64_t broken_trade(const struct look *look)
{
    const struct snapshot *now = look->now;
    for (int32_t i = 0; i < now->positions_count; i++) {
        if (now->positions[i].state == TRADE_BROKEN) {
            return now->positions[i].id;
        }
    }
    return look->input->broken_trade;
}

void measure_leg_open(const struct look *look, int32_t subject, struct memory *memory,
                      struct finding *out)
{
    const struct snapshot *now = look->now;
    const uint64_t broken = broken_trade(look);
    const double open_usd = fabs(now->unhedged_usd);
    if (broken != 0) {
        out->enter = LEVEL_HIGH;
        out->dwell_s = 0.0;
    } else if (open_usd > look->alarm->enter) {
        out->enter = LEVEL_HIGH;
        out->since_ns = now->unhedged_since_ns;
    }
    /* It stays until somebody has seen it. */
    const bool gone = broken == 0 && open_usd < look->alarm->leave;
    out->stay = gone && look->acked ? LEVEL_NONE : LEVEL_HIGH;
    if (broken != 0) {
        text_cut(out->text, sizeof(out->text), "trade %llu is broken: %.0f USD unhedged",
                 (unsigned long long)broken, open_usd);
    } else {
        text_cut(out->text, sizeof(out->text), "%.0f USD unhedged, limit %.0f", open_usd,
                 look->alarm->enter);
    }
}

/* Subject: a pair, or the last one for all pairs together. A streak is over with a win, or when
 * the cool-down that follows a loss is. */
void measure_streak(const struct look *look, int32_t subject, struct memory *memory,
                    struct finding *out)
{
    const bool over_all = subject == SNAPSHOT_PAIRS_MAX;
    if (!over_all && subject >= look->now->pairs_count) {
        return;
    }
    const double losses =
        over_all ? look->input->session_losses : look->input->pair_losses[subject];
    const double limit = over_all ? look->alarm->enter_high : look->alarm->enter;
    if (!isfinite(losses)) {
        return;
    }
    if (losses > memory->value) {
        memory->ns = look->now->time_ns;
    }
    memory->value = losses;
    const bool cooling = memory->ns > 0 && seconds_between(memory->ns, look->now->time_ns) <
                                               look->config->risk_limits.streak_cooldown_s;
    if (losses >= limit && cooling) {
        out->enter = over_all ? LEVEL_HIGH : LEVEL_MED;
        out->stay = LEVEL_HIGH;
    }
    text_cut(out->text, sizeof(out->text), "%s: %.0f losses in a row",
             over_all ? "all pairs" : look->now->pairs[subject].name, losses);
}

void measure_edge_abnormal(const struct look *look, int32_t subject, struct memory *memory,
                           struct finding *out)
{
    if (subject >= look->now->pairs_count) {
        return;
    }
    const struct snapshot_pair *pair = &look->now->pairs[subject];
    const double limit_bps = isnan(look->alarm->enter)
                                 ? look->config->risk_limits.edge_abnormal_bps
                                 : look->alarm->enter;
    if (isnan(pair->a.age_limit_ms) || pair->decided_ns == 0) {
        return;
    }
    const double net_bps = fmax(pair->net_bps[0], pair->net_bps[1]);
    if (!(net_bps > limit_bps)) {
        memory->count = 0;
    } else if (pair->decided_ns != memory->ns) {
        memory->count++;
    }
    memory->ns = pair->decided_ns;
    if ((double)memory->count >= look->alarm->second) {
        out->enter = LEVEL_HIGH;
    }
    out->stay = net_bps >= look->alarm->leave ? LEVEL_HIGH : LEVEL_NONE;
    text_cut(out->text, sizeof(out->text), "%s: an edge of %.0f bps is too good, limit %.0f",
             pair->name, net_bps, limit_bps);
}

void measure_margin(const struct look *look, int32_t subject, struct memory *memory,
                    struct finding *out)
{
    const struct config_alarm *alarm = look->alarm;
    const double ratio_pct = look->now->margin_used_pct;
    const double distance_pct = look->input->liquidation_pct;
    const double better = alarm->leave;
    out->enter = level_worse(
        level_above(ratio_pct, alarm->enter, alarm->enter_middle, alarm->enter_high),
        level_below(distance_pct, alarm->second, alarm->second_middle, alarm->second_high));
    out->stay =
        level_worse(level_above(ratio_pct, alarm->enter - better, alarm->enter_middle - better,
                                alarm->enter_high - better),
                    level_below(distance_pct, alarm->second + better,
                                alarm->second_middle + better, alarm->second_high + better));
    if (isnan(distance_pct)) {
        text_cut(out->text, sizeof(out->text), "margin ratio is %.0f %%", ratio_pct);
    } else {
        text_cut(out->text, sizeof(out->text),
                 "margin ratio is %.0f %%, liquidation %.0f %% away", ratio_pct, distance_pct);
    }
}

/* Subject: 0 KRW, 1 USDT, then the coin of each pair. */
void measure_inventory_low(const struct look *look, int32_t subject, struct memory *memory,
                           struct finding *out)
{
    const struct config_alarm *alarm = look->alarm;
    const int32_t pair = subject - 2;
    if (pair >= look->now->pairs_count) {
        return;
    }
    const double trades = subject == 0   ? look->input->krw_trades_left
                          : subject == 1 ? look->input->usdt_trades_left
                                         : look->input->coin_trades_left[pair];
    const char *asset = subject == 0   ? "KRW"
                        : subject == 1 ? "USDT"
                                       : look->now->pairs[pair].name;
    out->enter = level_below(trades, alarm->enter, alarm->enter_middle, (double)NAN);
    out->stay = level_below(trades, alarm->leave, alarm->leave_high, (double)NAN);
    text_cut(out->text, sizeof(out->text), "%s lasts for %.1f more trades", asset, trades);
}

void measure_inventory_fx(const struct look *look, int32_t subject, struct memory *memory,
                          struct finding *out)
{
    const struct config_alarm *alarm = look->alarm;
    const double change_pct = look->input->idle_change_pct;
    const double size_pct = fabs(change_pct);
    out->enter = level_above(size_pct, alarm->enter, alarm->enter_middle, (double)NAN);
    out->stay = level_above(size_pct, alarm->leave, alarm->leave_high, (double)NAN);
    text_cut(out->text, sizeof(out->text),
             "idle balances are worth %+.1f %% since the day began", change_pct);
}

/* What the open trades of a pair will pay; below zero they will be paid. */
static void add_up_funding(const struct snapshot *now, int32_t pair, double *cost_usd,
                           double *notional_usd)
{
    const struct snapshot_pair *market = &now->pairs[pair];
    for (int32_t i = 0; i < now->positions_count; i++) {
        const struct snapshot_position *position = &now->positions[i];
        if (position->pair == pair) {
            const double sign = position->side == SPREAD_LONG_A_SHORT_B ? -1.0 : 1.0;
            *cost_usd +=
                sign * position->quantity * market->mark_price * market->funding_rate_bps / 1e4;
            *notional_usd += position->notional_usd;
        }
    }
}

void measure_funding_due(const struct look *look, int32_t subject, struct memory *memory,
                         struct finding *out)
{
    if (subject >= look->now->pairs_count) {
        return;
    }
    const struct snapshot_pair *pair = &look->now->pairs[subject];
    const double left_s = seconds_between(look->now->time_ns, pair->funding_next_ns);
    double cost_usd = 0.0;
    double notional_usd = 0.0;
    if (pair->funding_next_ns == 0 || left_s < 0.0 || left_s > look->alarm->enter) {
        return;
    }
    add_up_funding(look->now, subject, &cost_usd, &notional_usd);
    const double cost_bps = notional_usd > 0.0 ? cost_usd / notional_usd * 1e4 : 0.0;
    if (cost_bps > look->alarm->second || cost_usd > look->alarm->third) {
        out->enter = LEVEL_LOW;
    }
    out->stay = cost_usd > 0.0 ? LEVEL_LOW : LEVEL_NONE;
    text_cut(out->text, sizeof(out->text),
             "%s: funding in %.0f min will cost %.2f USD (%.1f bps)", pair->name, left_s / 60.0,
             cost_usd, cost_bps);
}
