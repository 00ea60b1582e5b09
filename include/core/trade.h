#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "core/spread.h"

/* trade: one round trip: its states, its four legs, its profit (SPEC.md 3.4, MARKET.md E).
 *
 * A plain value. The same arithmetic books a backtest's trade, whose legs fill at once and
 * whole, and a session's, whose legs fill in parts. Money here is double USD for decisions and
 * reports; the ledger keeps the same trade in whole units. */

enum trade_state {
    TRADE_OPENING, /* both entry orders are out, nothing filled yet */
    TRADE_HEDGING, /* one leg is ahead of the other */
    TRADE_OPEN,
    TRADE_CLOSING,   /* exit orders are out */
    TRADE_BROKEN,    /* a leg failed: legs differ and nothing is on its way to mend it */
    TRADE_UNWINDING, /* repair orders are out */
    TRADE_CLOSED,
    TRADE_STATE_LAST = TRADE_CLOSED,
};
const char *trade_state_name(enum trade_state state); /* "open", ... */

enum trade_exit {
    TRADE_EXIT_NONE,
    TRADE_EXIT_STOP_LOSS,
    TRADE_EXIT_TAKE_PROFIT,
    TRADE_EXIT_CONVERGENCE,
    TRADE_EXIT_MAX_HOLD,
    TRADE_EXIT_SPREAD_REVERSAL,
    TRADE_EXIT_END_OF_DATA,
    TRADE_EXIT_OPERATOR,   /* close TRADE */
    TRADE_EXIT_FLATTEN,    /* flatten */
    TRADE_EXIT_LEG_FAILED, /* never both legs: unwound */
    TRADE_EXIT_LAST = TRADE_EXIT_LEG_FAILED,
};
const char *trade_exit_name(enum trade_exit reason); /* "stop_loss", ...; "" for none */

enum trade_leg {
    TRADE_A_IN,
    TRADE_B_IN,
    TRADE_A_OUT,
    TRADE_B_OUT,
    TRADE_LEG_LAST = TRADE_B_OUT
};

/* What has filled of one leg. With one fill price and rate are that fill's own, bit for bit;
 * with more, the averages that keep price*quantity and its USD value. */
struct trade_fill {
    double quantity;    /* coin */
    double price;       /* native currency, slippage in */
    double touch_price; /* the same without slippage: best price or average of levels walked */
    double krw_per_usd; /* of this fill; 1 on B */
};

struct trade {
    uint64_t id; /* from 1 per session in opening order; 0 until the first fill */
    int32_t pair;
    enum spread_side side;
    enum trade_state state;
    enum trade_exit exit;
    int64_t open_ns;
    int64_t close_ns; /* 0 while not closed */
    double entry_spread_bps;
    double exit_spread_bps;
    double net_edge_bps; /* predicted at entry */
    double notional_usd; /* max_position_usd, scaled down to what filled */
    double quantity;     /* coin, equal on both venues once open */
    struct trade_fill legs[TRADE_LEG_LAST + 1];
    double funding_usd; /* cost so far; negative is income */
    double repair_usd;  /* profit of coin bought and sold back while mending unequal legs, fees
                           in */
    double repair_fees_usd; /* the fees inside repair_usd */
};

/* The rates that price a trade. */
struct trade_costs {
    double fee_a_bps;
    double fee_b_bps;
    double slippage_bps; /* both legs together, each time */
    double fx_cost_bps;  /* exact only: every A leg is converted */
};

/* Where the money went, in USD: gross = price - slippage + fx, and
 * pnl = gross - fees - fx_cost - funding + repair, where the fees of a repair stand among the
 * fees and its profit is counted before them. */
struct trade_result {
    double gross_usd;
    double fees_usd;
    double fx_cost_usd;
    double slippage_usd;
    double fx_usd;
    double price_usd;
    double funding_usd;
    double pnl_usd;
    double pnl_bps; /* of notional_usd */
};

/* Opens at the touch of a valid tick with slippage, whole: the backtest's way. Quantity by
 * SPEC 3.4 from notional_usd. id, pair and predicted figures are the caller's to set. */
struct trade trade_open_at(enum spread_side side, const struct tick *tick, double notional_usd,
                           const struct trade_costs *costs);

/* The exit legs as they would fill whole at the touch of a valid tick. The trade keeps its
 * state. */
void trade_close_at(struct trade *trade, const struct tick *tick,
                    const struct trade_costs *costs);

/* Adds a (partial) fill to a leg. quantity > 0, price > 0, krw_per_usd > 0. */
void trade_add_fill(struct trade *trade, enum trade_leg leg, const struct trade_fill *fill);

/* The result from the four legs, all of which filled `quantity`. With quantity 0, a trade that
 * never had both legs, only funding and repair count. */
struct trade_result trade_settle(const struct trade *trade, const struct trade_costs *costs);

/* The result if the open trade closed at the touch of a valid tick. */
struct trade_result trade_mark(const struct trade *trade, const struct tick *tick,
                               const struct trade_costs *costs);

/* What the fills so far have cost in fees: of an open trade the entry, of a closed one with its
 * four legs the fees_usd of trade_settle(). */
double trade_fees_paid_usd(const struct trade *trade, const struct trade_costs *costs);

/* The pnl_usd of trade_mark() alone, for those who mark with every tick; quantity > 0. */
double trade_mark_usd(const struct trade *trade, const struct tick *tick,
                      const struct trade_costs *costs);

/* The same while legs are under way and may differ: what has filled counts at its own price,
 * what is left of each leg at the touch. */
double trade_mark_apart_usd(const struct trade *trade, const struct tick *tick,
                            const struct trade_costs *costs);

/* SPEC.md 3.5: the PnL of a closed compat trade in the `spread` model. */
struct trade_result trade_settle_spread(const struct trade *trade,
                                        const struct trade_costs *costs);

/* SPEC.md 3.4: cost of one funding at mark price; rate as a fraction (0.0001 = 1 bp). */
double trade_funding_usd(const struct trade *trade, double mark_price, double rate);
