#include "lane_parts.h"

#include <math.h>

static const double NS_PER_S = 1e9;

/* The edges that could open a trade at `from`, and in *end how long that holds: a side that
 * cools down comes back. */
static void edges_at(const struct lane *lane, const struct strip *strip, int32_t from,
                     int32_t *end, double edge_bps[SPREAD_SIDE_LAST + 1])
{
    const bool full = lane->open_count == lane->job.params.max_open_trades;
    for (int side = 0; side <= SPREAD_SIDE_LAST; side++) {
        const int64_t until_ns = lane->cooldown_until_ns[side];
        const bool cooling = until_ns != 0 && strip->time_ns[from] < until_ns;
        edge_bps[side] = full || cooling ? INFINITY : lane->edge_bps[side];
        if (!full && cooling && strip->time_ns[*end - 1] >= until_ns) {
            *end = strip_row_at(strip, from, *end, until_ns);
        }
    }
}

/* The row from which the oldest trade may have been held long enough. */
static int32_t hold_end(const struct lane *lane, const struct strip *strip, int32_t from,
                        int32_t end)
{
    const double wait_ns = lane->job.params.max_hold_s * NS_PER_S * (1 - 1e-15) - 1;
    int64_t until_ns;
    if (!(wait_ns < 4e18) ||
        __builtin_add_overflow(lane->open[0].open_ns, (int64_t)wait_ns, &until_ns) ||
        strip->time_ns[end - 1] < until_ns) {
        return INT32_MAX;
    }
    return strip_row_at(strip, from, end, until_ns);
}

static struct bound bound_all(const struct lane *lane)
{
    struct bound all = lane->positions[0].bound;
    for (int32_t i = 1; i < lane->open_count; i++) {
        const struct bound *bound = &lane->positions[i].bound;
        all.gap[0] += bound->gap[0];
        all.gap[1] += bound->gap[1];
        all.low_most += bound->low_most;
        all.high_most += bound->high_most;
        all.most += bound->most;
        all.high_least += bound->high_least;
        all.least += bound->least;
    }
    return all;
}

static int32_t next_held(struct lane *lane, const struct lane_pass *pass, int32_t from,
                         int32_t end)
{
    struct holding *holding = &lane->holding;
    const int32_t timeout = hold_end(lane, pass->strip, from, end);
    if (timeout <= from) {
        return from;
    }
    end = timeout < end ? timeout : end;
    edges_at(lane, pass->strip, from, &end, holding->edge_bps);
    holding->count = lane->open_count;
    holding->bound = bound_all(lane);
    holding->balance_usd = lane->summary.balance_usd;
    holding->peak_usd = lane->summary.peak_usd;
    holding->drawdown = lane->summary.drawdown;
    const int32_t row = pass->unit->hold(pass->strip, pass->track, from, end, holding);
    lane->summary.peak_usd = holding->peak_usd;
    lane->summary.drawdown = holding->drawdown;
    lane->stopped = holding->stopped;
    return row;
}

/* In the compat profiles: where the side of an open trade turns, which closes it. */
static int32_t next_close(const struct lane *lane, const struct strip *strip, int32_t from,
                          int32_t end)
{
    for (int32_t i = 0; i < lane->open_count; i++) {
        const int32_t turn = strip->turn_row[lane->open[i].side][from];
        end = turn < end ? turn : end;
    }
    return end;
}

static int32_t next_turn(const struct lane *lane, const struct lane_pass *pass, int32_t from,
                         int32_t end)
{
    double edge_bps[SPREAD_SIDE_LAST + 1];
    double turn_bps[SPREAD_SIDE_LAST + 1] = {-INFINITY, -INFINITY};
    if (lane->open_count == lane->job.params.max_open_trades) {
        return next_close(lane, pass->strip, from, end);
    }
    edges_at(lane, pass->strip, from, &end, edge_bps);
    for (int32_t i = 0; i < lane->open_count; i++) {
        turn_bps[lane->open[i].side] = 0;
    }
    return pass->unit->find_turn(pass->strip, from, end, edge_bps, turn_bps);
}

/* The next row of [from, end) that may be more than a step like the one before; it may also be
 * one that is not. */
int32_t lane_next_row(struct lane *lane, const struct lane_pass *pass, int32_t from,
                      int32_t end)
{
    if (pass->strip->odd) {
        return from;
    }
    if (!lane_is_exact(lane)) {
        return next_turn(lane, pass, from, end);
    }
    if (lane->open_count > 0) {
        return next_held(lane, pass, from, end);
    }
    double edge_bps[SPREAD_SIDE_LAST + 1];
    edges_at(lane, pass->strip, from, &end, edge_bps);
    return pass->unit->find_edge(pass->strip, pass->track, from, end, edge_bps);
}
