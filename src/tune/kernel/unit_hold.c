/* Compiled once for each width, as unit.c. */
#include <math.h>

#include "vec.h"

/* The profit of a position, as position_pnl_usd() has it. */
static inline vec pnl_at(const struct quotes *q, const struct position *position,
                         const struct holding *holding)
{
    const bool long_a = position->side > 0;
    const vec a_out =
        (long_a ? q->bid_a * splat(holding->sell) : q->ask_a * splat(holding->buy)) / q->rate;
    const vec b_out = long_a ? q->ask_b * splat(holding->buy) : q->bid_b * splat(holding->sell);
    const vec a_in = splat(position->a_in_usd), b_in = splat(position->b_in_usd);
    const vec quantity = splat(position->quantity * position->side);
    const vec gross = quantity * (a_out - a_in) + quantity * (b_in - b_out);
    const vec a_sum = a_in + a_out;
    const vec fees = splat(position->fee_a) * a_sum + splat(position->fee_b) * (b_in + b_out);
    return gross - fees - splat(position->fx_cost) * a_sum;
}

/* What the rows at some row are to a configuration that holds trades. */
struct sight {
    unsigned act;  /* a trade may close or open */
    unsigned high; /* the equity is a new high */
    unsigned low;  /* it may be a new low below one */
    unsigned valid;
    vec equity_usd;
};

/* Equity under which the drawdown may be a new one; a little above where it is. */
static double low_usd(const struct holding *holding)
{
    const double peak = holding->peak_usd, drawdown = holding->drawdown;
    return peak - drawdown * peak + (1 + drawdown) * peak * 1e-14;
}

static inline struct sight look(const struct strip *strip, const struct track_strip *track,
                                int32_t row, const struct holding *holding)
{
    const struct quotes quotes = quotes_at(strip, row);
    const struct edges edges = edges_at(strip, track, row);
    mask act = (edges.edge[0] >= splat(holding->edge_bps[0])) |
               (edges.edge[1] >= splat(holding->edge_bps[1]));
    vec open_usd = splat(0);
    for (int32_t i = 0; i < holding->count; i++) {
        const struct position *position = &holding->positions[i];
        const vec pnl_usd = pnl_at(&quotes, position, holding);
        act |= (pnl_usd <= splat(holding->stop_usd)) | (pnl_usd >= splat(holding->take_usd)) |
               (splat(position->side) * edges.away <= splat(holding->exit_bps));
        open_usd += pnl_usd;
    }
    const vec equity_usd = splat(holding->balance_usd) + open_usd;
    const mask high = equity_usd > splat(holding->peak_usd);
    const mask low = equity_usd < splat(low_usd(holding));
    const vec premium = load(strip->premium_bps + row);
    const mask valid = premium == premium; /* NAN in the others */
    return (struct sight){bits_of(act & valid), bits_of(high & valid), bits_of(low & valid),
                          bits_of(valid), equity_usd};
}

/* summary_mark() of one row, whose division only a low needs. true: the drawdown is one to stop
 * on. */
static bool mark_row(struct holding *holding, double equity_usd, double *under_usd)
{
    if (equity_usd > holding->peak_usd) {
        holding->peak_usd = equity_usd;
        *under_usd = low_usd(holding);
        return false;
    }
    if (!(equity_usd < *under_usd)) {
        return false;
    }
    const double drawdown = (holding->peak_usd - equity_usd) / holding->peak_usd;
    if (drawdown > holding->drawdown) {
        holding->drawdown = drawdown;
        *under_usd = low_usd(holding);
    }
    return holding->drawdown * 100 >= holding->stop_drawdown_pct;
}

/* Marks those rows of `among` that count, in their order; behind a new high any of them may be
 * a low. Stops at one to stop on, and returns it. */
static int32_t mark_rows(struct holding *holding, int32_t row, const struct sight *sight,
                         unsigned among)
{
    double each_usd[LANES], under_usd = low_usd(holding);
    store(each_usd, sight->equity_usd);
    const bool all = (sight->high & among) != 0;
    for (unsigned rows = among & (all ? sight->valid : sight->low); rows != 0;
         rows &= rows - 1) {
        const int lane = __builtin_ctz(rows);
        if (mark_row(holding, each_usd[lane], &under_usd)) {
            holding->stopped = true;
            return row + lane;
        }
    }
    return row;
}

/* Rows of one chunk. true: *found is the row to return. */
static bool hold_chunk(const struct strip *strip, const struct track_strip *track, int32_t from,
                       int32_t end, struct holding *holding, int32_t *found)
{
    for (int32_t row = from / LANES * LANES; row < end; row += LANES) {
        const struct sight sight = look(strip, track, row, holding);
        const unsigned inside = lanes_in(row, from, end);
        const unsigned act = sight.act & inside;
        const unsigned before = act != 0 ? inside & ((act & -act) - 1) : inside;
        if (((sight.high | sight.low) & before) != 0) {
            *found = mark_rows(holding, row, &sight, before);
            if (holding->stopped) {
                return true;
            }
        }
        if (act != 0) {
            *found = row + __builtin_ctz(act);
            return true;
        }
    }
    return false;
}

struct range {
    vec least, most;
};

/* Within what the profit of a bound lies in each of the chunks at `chunk`. */
static inline struct range range_at(const struct strip *strip, int32_t chunk,
                                    const struct bound *bound)
{
    const vec low = load(strip->price_usd_min + chunk);
    const vec high = load(strip->price_usd_max + chunk);
    const vec gap_a = splat(bound->gap[0]), gap_b = splat(bound->gap[1]);
    return (struct range){
        .least = gap_a * load(strip->gap_usd_min[0] + chunk) +
                 gap_b * load(strip->gap_usd_min[1] + chunk) + splat(bound->high_least) * high +
                 splat(bound->least),
        .most = gap_a * load(strip->gap_usd_max[0] + chunk) +
                gap_b * load(strip->gap_usd_max[1] + chunk) + splat(bound->low_most) * low +
                splat(bound->high_most) * high + splat(bound->most),
    };
}

/* The chunks in which no profit reaches a limit of its trade. */
static inline mask within_limits(const struct strip *strip, int32_t chunk,
                                 const struct holding *holding, const struct range *all)
{
    const vec stop = splat(holding->stop_usd), take = splat(holding->take_usd);
    if (holding->count == 1) {
        return (all->least > stop) & (all->most < take);
    }
    mask calm = stop == stop; /* all of them */
    for (int32_t i = 0; i < holding->count; i++) {
        const struct range each = range_at(strip, chunk, &holding->positions[i].bound);
        calm &= (each.least > stop) & (each.most < take);
    }
    return calm;
}

/* The chunks at `chunk` in which something may happen or a mark may count. What holds of NAN
 * is never that a chunk is calm. */
static inline unsigned busy_chunks(const struct strip *strip, const struct track_strip *track,
                                   int32_t chunk, const struct holding *holding)
{
    const struct range open = range_at(strip, chunk, &holding->bound);
    const vec balance = splat(holding->balance_usd);
    const vec hair = splat(1e-12 * fabs(holding->balance_usd));
    const double exit = holding->exit_bps;
    const vec exit_a = splat(holding->bound.gap[0] > 0 ? exit : -INFINITY);
    const vec exit_b = splat(holding->bound.gap[1] > 0 ? -exit : INFINITY);
    mask calm = (balance + open.most + hair <= splat(holding->peak_usd)) &
                (balance + open.least - hair >= splat(low_usd(holding))) &
                (load(track->edge_bps_max[0] + chunk) < splat(holding->edge_bps[0])) &
                (load(track->edge_bps_max[1] + chunk) < splat(holding->edge_bps[1])) &
                (load(track->away_bps_min + chunk) > exit_a) &
                (load(track->away_bps_max + chunk) < exit_b);
    if (holding->stop_usd > -INFINITY || holding->take_usd < INFINITY) {
        calm &= within_limits(strip, chunk, holding, &open);
    }
    return ~bits_of(calm) & ((1U << LANES) - 1);
}

int32_t UNIT_HOLD(const struct strip *strip, const struct track_strip *track, int32_t from,
                  int32_t end, struct holding *holding)
{
    const int32_t chunks = (end + CHUNK_ROWS - 1) / CHUNK_ROWS;
    int32_t chunk = from / CHUNK_ROWS;
    /* Many trades do not outlive their first rows, and these are not worth a bound. */
    unsigned busy = 1;
    for (;;) {
        if (busy == 0) {
            chunk = (chunk / LANES + 1) * LANES;
        } else {
            chunk += __builtin_ctz(busy);
            const int32_t first = chunk * CHUNK_ROWS, behind = first + CHUNK_ROWS;
            int32_t found;
            if (hold_chunk(strip, track, first > from ? first : from,
                           behind < end ? behind : end, holding, &found)) {
                return found;
            }
            chunk++;
        }
        if (chunk >= chunks) {
            return end;
        }
        const int32_t at = chunk / LANES * LANES;
        busy = (busy_chunks(strip, track, at, holding) & lanes_in(at, chunk, chunks)) >>
               (chunk - at);
    }
}
