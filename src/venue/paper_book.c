#include <assert.h>
#include <math.h>

#include "paper_state.h"

/* Depth as shown, less what we took and what has not come back since. */

#define NS_PER_S 1e9

static double still_taken(const struct venue_paper *paper, const struct paper_taken *taken,
                          int64_t now_ns)
{
    const double half_life_s = paper->config.replenish_half_life_s;
    const double age_s = (double)(now_ns - taken->time_ns) / NS_PER_S;
    if (!(half_life_s > 0.0) || !(age_s > 0.0)) {
        return taken->size;
    }
    return taken->size * paper_power_of_two(-age_s / half_life_s);
}

static struct paper_taken *find_taken(struct paper_market *market, enum paper_side side,
                                      double price)
{
    for (int32_t i = 0; i < market->taken_count[side]; i++) {
        if (market->taken[side][i].price == price) {
            return &market->taken[side][i];
        }
    }
    return NULL;
}

/* A place to note what is taken at a new price; when all are used the oldest is given up. */
static struct paper_taken *new_taken(struct paper_market *market, enum paper_side side)
{
    if (market->taken_count[side] < PAPER_TAKEN_MAX) {
        return &market->taken[side][market->taken_count[side]++];
    }
    struct paper_taken *oldest = &market->taken[side][0];
    for (int32_t i = 1; i < PAPER_TAKEN_MAX; i++) {
        if (market->taken[side][i].time_ns < oldest->time_ns) {
            oldest = &market->taken[side][i];
        }
    }
    return oldest;
}

static int64_t whole_units(double size)
{
    const double units = size * (double)UNITS_PER_ONE;
    return !(units > 0.0) ? 0 : units < 9.2e18 ? (int64_t)units : INT64_MAX;
}

static int64_t available_units(struct venue_paper *paper, struct paper_market *market,
                               enum paper_side side, const struct book_level *level,
                               int64_t now_ns)
{
    const struct paper_taken *taken = find_taken(market, side, level->price);
    const double gone = taken == NULL ? 0.0 : still_taken(paper, taken, now_ns);
    return whole_units(level->size - gone);
}

static void take_units(struct venue_paper *paper, struct paper_market *market,
                       enum paper_side side, double price, int64_t units, int64_t now_ns)
{
    struct paper_taken *taken = find_taken(market, side, price);
    const double gone = taken == NULL ? 0.0 : still_taken(paper, taken, now_ns);
    taken = taken == NULL ? new_taken(market, side) : taken;
    *taken = (struct paper_taken){
        .price = price, .size = gone + ledger_amount(units), .time_ns = now_ns};
}

static bool within_limit(const struct order *order, double price)
{
    if (order->type == ORDER_MARKET) {
        return true;
    }
    const double limit = ledger_amount(order->limit_price_units);
    return order->side == ORDER_BUY ? price <= limit : price >= limit;
}

struct paper_walk paper_walk_book(struct venue_paper *paper, const struct order *order,
                                  int64_t quantity_units, int64_t now_ns, bool take)
{
    struct paper_market *market = &paper->state.markets[order->pair][order->venue];
    const enum paper_side side = order->side == ORDER_BUY ? PAPER_ASKS : PAPER_BIDS;
    const struct book_level *levels =
        side == PAPER_ASKS ? market->book.asks : market->book.bids;
    const int32_t count =
        side == PAPER_ASKS ? market->book.asks_count : market->book.bids_count;
    struct paper_walk walk = {0};
    double weighted = 0.0;
    int32_t levels_used = 0;
    for (int32_t i = 0; i < count && walk.quantity_units < quantity_units; i++) {
        if (!within_limit(order, levels[i].price)) {
            break;
        }
        const int64_t there = available_units(paper, market, side, &levels[i], now_ns);
        const int64_t wanted = quantity_units - walk.quantity_units;
        const int64_t got = there < wanted ? there : wanted;
        if (got == 0) {
            continue;
        }
        if (take) {
            take_units(paper, market, side, levels[i].price, got, now_ns);
        }
        walk.quantity_units += got;
        weighted += levels[i].price * (double)got;
        walk.price = levels[i].price;
        levels_used++;
    }
    if (levels_used > 1) { /* one level is its own average, to the bit */
        walk.price = weighted / (double)walk.quantity_units;
    }
    return walk;
}

/* What was taken comes back with the half-life; without one, as soon as it is shown again. */
void paper_replace_book(struct venue_paper *paper, int32_t pair, enum venue venue,
                        const struct book *book, int64_t now_ns)
{
    struct paper_market *market = &paper->state.markets[pair][venue];
    book_copy(&market->book, book);
    for (int side = PAPER_BIDS; side <= PAPER_SIDE_LAST; side++) {
        int32_t kept = 0;
        for (int32_t i = 0; i < market->taken_count[side]; i++) {
            struct paper_taken taken = market->taken[side][i];
            taken.size = still_taken(paper, &taken, now_ns);
            taken.time_ns = now_ns > taken.time_ns ? now_ns : taken.time_ns;
            if (paper->config.replenish_half_life_s > 0.0 && whole_units(taken.size) > 0) {
                market->taken[side][kept++] = taken;
            }
        }
        market->taken_count[side] = kept;
    }
}
