#include "lane_parts.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* With a and b what A and B are traded at on the way out, each within 1 -+ h of the chunk's
 * prices: side . q . ((a - a_in) - (b - b_in)) less fees . (a_in + a + ...). The hair is for
 * what rounds, here and in the profit itself. */
static struct bound bound_of(const struct position *position, const struct holding *holding)
{
    const double q = position->quantity, h = holding->buy - 1;
    const double a_in = position->a_in_usd, b_in = position->b_in_usd;
    const double fees = position->fee_a + position->fee_b + position->fx_cost;
    const double paid = (position->fee_a + position->fx_cost) * a_in + position->fee_b * b_in;
    const double fixed = q * (position->side * (b_in - a_in)) - paid;
    const double hair = 1e-12 * (q + fees);
    if (!(holding->sell > 0)) {
        return (struct bound){{NAN, NAN}, NAN, NAN, NAN, NAN, NAN};
    }
    return (struct bound){
        .gap = {position->side > 0 ? q : 0, position->side > 0 ? 0 : q},
        .low_most = -(2 * h * q + fees * holding->sell),
        .high_most = hair,
        .most = fixed + hair * (a_in + b_in),
        .high_least = -(2 * h * q + fees * holding->buy) - hair,
        .least = fixed - hair * (a_in + b_in),
    };
}

static struct position position_of(const struct trade *trade, const struct trade_costs *costs,
                                   const struct holding *holding)
{
    const double q = trade->quantity;
    const struct trade_fill *a_in = &trade->legs[TRADE_A_IN];
    const struct trade_fill *b_in = &trade->legs[TRADE_B_IN];
    struct position position = {
        .side = trade->side == SPREAD_LONG_A_SHORT_B ? 1 : -1,
        .quantity = q,
        .a_in_usd = a_in->price / a_in->krw_per_usd,
        .b_in_usd = b_in->price / b_in->krw_per_usd,
        .fee_a = q * costs->fee_a_bps / 1e4,
        .fee_b = q * costs->fee_b_bps / 1e4,
        .fx_cost = q * costs->fx_cost_bps / 1e4,
    };
    position.bound = bound_of(&position, holding);
    return position;
}

double position_pnl_usd(const struct position *position, const struct holding *holding,
                        const struct tick *tick)
{
    const bool long_a = position->side > 0;
    const double a_price = long_a ? tick->bid_a * holding->sell : tick->ask_a * holding->buy;
    const double b_out = long_a ? tick->ask_b * holding->buy : tick->bid_b * holding->sell;
    const double a_out = a_price / tick->krw_per_usd;
    const double a_in = position->a_in_usd, b_in = position->b_in_usd;
    const double gross = position->quantity * (position->side * (a_out - a_in)) +
                         position->quantity * (position->side * (b_in - b_out));
    const double fees = position->fee_a * (a_in + a_out) + position->fee_b * (b_in + b_out);
    return gross - fees - position->fx_cost * (a_in + a_out);
}

static void tell(const struct lane *lane, const struct lane_ear *ear, const struct trade *trade,
                 const struct trade_result *settled)
{
    if (ear->trade != NULL) {
        ear->trade(ear->context, lane->index, trade, settled);
    }
}

void lane_close_trade(struct lane *lane, const struct lane_ear *ear,
                      const struct engine_exit *exit, const struct tick *tick)
{
    struct trade *trade = &lane->open[exit->index];
    trade_close_at(trade, tick, &lane->costs);
    trade->state = TRADE_CLOSED;
    trade->exit = exit->reason;
    trade->exit_spread_bps = exit->exit_spread_bps;
    trade->close_ns = tick->time_ns;

    const struct trade_result settled = engine_settle(&lane->job.params, trade);
    summary_closed(&lane->summary, trade, &settled);
    tell(lane, ear, trade, &settled);
}

void lane_forget_closed(struct lane *lane)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < lane->open_count; i++) {
        if (lane->open[i].state != TRADE_CLOSED) {
            lane->open[kept] = lane->open[i];
            lane->positions[kept++] = lane->positions[i];
        }
    }
    lane->open_count = kept;
}

static void open_trade(struct lane *lane, const struct lane_ear *ear, const struct tick *tick)
{
    const struct engine_params *params = &lane->job.params;
    assert(lane->open_count < params->max_open_trades);
    struct trade *trade = &lane->open[lane->open_count];
    *trade = trade_open_at(ear->decision.side, tick, params->max_position_usd, &lane->costs);
    summary_opened(&lane->summary);
    trade->id = (uint64_t)lane->summary.opened;
    trade->entry_spread_bps = ear->decision.entry_spread_bps;
    trade->net_edge_bps = ear->decision.net_edge_bps;
    lane->positions[lane->open_count++] = position_of(trade, &lane->costs, &lane->holding);
    tell(lane, ear, trade, NULL);
}

/* Of the open trades, as far as equity counts them: in `exact`. */
double lane_open_usd(const struct lane *lane, const struct tick *tick)
{
    double sum_usd = 0;
    for (int32_t i = 0; lane_is_exact(lane) && i < lane->open_count; i++) {
        sum_usd += position_pnl_usd(&lane->positions[i], &lane->holding, tick);
    }
    return sum_usd;
}

/* Equity after the rows before `row`. */
double lane_equity_before(const struct lane *lane, const struct strip *strip, int32_t row)
{
    struct tick tick;
    const bool open = lane->open_count > 0 && strip_valid_before(strip, row, &tick);
    return lane->summary.balance_usd + (open ? lane_open_usd(lane, &tick) : 0);
}

/* Marks the ends of the equity buckets that end at or before `row`, as the trades stand. */
void lane_end_buckets(struct lane *lane, const struct strip *strip, int32_t row)
{
    int32_t from = 0;
    while (strip->time_ns[row] >= lane->bucket_until_ns) {
        from = strip_row_at(strip, from, row, lane->bucket_until_ns);
        const int64_t before_ns = from > 0 ? strip->time_ns[from - 1] : strip->last_ns;
        /* The row before a part's first one may lie before its buckets. */
        const int64_t time_ns =
            before_ns > lane->equity.first_ns ? before_ns : lane->equity.first_ns;
        equity_mark(&lane->equity, time_ns, lane_equity_before(lane, strip, from));
        lane->bucket_until_ns = equity_until_ns(&lane->equity, strip->time_ns[from]);
    }
}

/* The times between valid rows up to `row`, added one by one. */
static double add_waits(const struct lane *lane, const struct strip *strip, int32_t row)
{
    double sum_ns = lane->summary.exposed_ns;
    int64_t last_ns = lane->summary.last_valid_ns;
    for (int32_t i = lane->exposed_row + 1; i <= row; i++) {
        if (strip->fault[i] == TICK_VALID) {
            sum_ns += (double)(strip->time_ns[i] - last_ns);
            last_ns = strip->time_ns[i];
        }
    }
    return sum_ns;
}

/* Counts the time up to `row`, a valid one. Times that are whole multiples of some 2^n have
 * exact sums up to 2^(53 + n); those need not be added one by one. */
void lane_expose(struct lane *lane, const struct strip *strip, int32_t row)
{
    struct summary *summary = &lane->summary;
    if (summary->was_exposed) {
        const double sum_ns =
            summary->exposed_ns + (double)(strip->time_ns[row] - summary->last_valid_ns);
        const uint64_t bits =
            strip->wait_bits | (sum_ns < 4e18 ? (uint64_t)summary->exposed_ns : 1);
        const double unit = bits != 0 ? (double)(bits & -bits) : 1;
        summary->exposed_ns = sum_ns <= 0x1p53 * unit ? sum_ns : add_waits(lane, strip, row);
    }
    summary->last_valid_ns = strip->time_ns[row];
    lane->exposed_row = row;
}

static void mark(struct lane *lane, const struct tick *tick)
{
    summary_mark(&lane->summary, lane_open_usd(lane, tick), lane_is_exact(lane));
    lane->summary.was_exposed = lane->open_count > 0;
    /* Not set is NAN, which nothing reaches. */
    lane->stopped = lane->summary.drawdown * 100 >= lane->job.params.stop_on_drawdown_pct;
}

/* Closes the trades whose side turned. */
static void step_exits(struct lane *lane, int64_t now_ns, const double entry_bps[2])
{
    int32_t kept = 0;
    for (int32_t i = 0; i < lane->open_count; i++) {
        struct trade *trade = &lane->open[i];
        if (entry_bps[trade->side] < 0) {
            trade->close_ns = now_ns;
            const struct trade_result settled = trade_settle_spread(trade, &lane->costs);
            summary_closed(&lane->summary, trade, &settled);
        } else if (kept++ < i) {
            lane->open[kept - 1] = *trade;
        }
    }
    lane->open_count = kept;
}

/* step() for a trade that is nothing but its spread, which is most of what tuning in the compat
 * profiles does: the decision of SPEC.md 3.5 on spreads worked out already, and no legs. */
static void step_spread(struct lane *lane, const struct lane_pass *pass, int32_t row)
{
    const struct strip *strip = pass->strip;
    const struct engine_params *params = &lane->job.params;
    const double entry_bps[] = {strip->entry_bps[SPREAD_LONG_A_SHORT_B][row],
                                strip->entry_bps[SPREAD_LONG_B_SHORT_A][row]};
    const enum spread_side side =
        entry_bps[SPREAD_LONG_A_SHORT_B] >= entry_bps[SPREAD_LONG_B_SHORT_A]
            ? SPREAD_LONG_A_SHORT_B
            : SPREAD_LONG_B_SHORT_A;
    step_exits(lane, strip->time_ns[row], entry_bps);
    if (entry_bps[side] - lane->cost_bps >= lane->net_bps_min &&
        lane->open_count < params->max_open_trades &&
        (side == SPREAD_LONG_A_SHORT_B || params->spot_short)) {
        /* The rest of it, legs and all, stays zero. */
        struct trade *trade = &lane->open[lane->open_count++];
        trade->side = side;
        trade->state = TRADE_OPEN;
        trade->open_ns = strip->time_ns[row];
        trade->close_ns = 0;
        trade->entry_spread_bps = entry_bps[side];
        trade->notional_usd = params->max_position_usd;
        summary_opened(&lane->summary);
    }
}

static struct spread spread_at(const struct strip *strip, int32_t row)
{
    return (struct spread){
        .premium_bps = strip->premium_bps[row],
        .enter_a_bps = strip->enter_a_bps[row],
        .undo_a_bps = strip->undo_a_bps[row],
        .width_bps = strip->width_bps[row],
    };
}

static bool ends_at_limit(const struct engine_decision *decision)
{
    bool found = false;
    for (int32_t i = 0; i < decision->exits_count; i++) {
        found |= decision->exits[i].reason != TRADE_EXIT_CONVERGENCE;
    }
    return found;
}

/* The engine decides, and for all seats of the lane. */
static void decide_for_all(struct lane *lane, struct lane_ear *ear,
                           const struct engine_sight *sight, int32_t row)
{
    int64_t cooldown_until_ns[SPREAD_SIDE_LAST + 1];
    do {
        memcpy(cooldown_until_ns, lane->cooldown_until_ns, sizeof cooldown_until_ns);
        engine_decide(&lane->job.params, sight, cooldown_until_ns, lane->open, lane->open_count,
                      &ear->decision);
    } while (lane->seats_count > 1 && ends_at_limit(&ear->decision) &&
             lane_split(lane, ear, sight, row));
    memcpy(lane->cooldown_until_ns, cooldown_until_ns, sizeof cooldown_until_ns);
}

/* What the engine decides on. The compat profiles look at the tick alone. */
static void decide(struct lane *lane, const struct lane_pass *pass, int32_t row,
                   const struct tick *tick)
{
    const bool exact = pass->track != NULL;
    const struct spread spread = exact ? spread_at(pass->strip, row) : (struct spread){0};
    for (int32_t i = 0; exact && i < lane->open_count; i++) {
        pass->ear->pnl_usd[i] = position_pnl_usd(&lane->positions[i], &lane->holding, tick);
    }
    const struct engine_sight sight = {
        .tick = tick,
        .spread = &spread,
        .level_bps = exact ? pass->track->level_bps[row] : 0,
        .warmup_left_ns = exact && !pass->track->warm[row],
        .pnl_usd = exact ? pass->ear->pnl_usd : NULL,
    };
    decide_for_all(lane, pass->ear, &sight, row);
}

/* One row, whole: the engine decides. */
void lane_take_row(struct lane *lane, const struct lane_pass *pass, int32_t row)
{
    const struct strip *strip = pass->strip;
    const struct engine_decision *decision = &pass->ear->decision;
    if (strip->fault[row] != TICK_VALID) {
        return;
    }
    lane_end_buckets(lane, strip, row);
    lane_expose(lane, strip, row);
    if (lane->spread_alone && pass->ear->trade == NULL) {
        step_spread(lane, pass, row);
        mark(lane, NULL);
        return;
    }
    const struct tick tick = strip_tick(strip, row);
    decide(lane, pass, row, &tick);
    for (int32_t i = 0; i < decision->exits_count; i++) {
        lane_close_trade(lane, pass->ear, &decision->exits[i], &tick);
    }
    if (decision->exits_count > 0) {
        lane_forget_closed(lane);
    }
    if (decision->enter) {
        open_trade(lane, pass->ear, &tick);
    }
    mark(lane, &tick);
}
