#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/event.h"
#include "venue/venue.h"

/* paper: a venue that fills from the books it is shown, with balances in memory (SPEC.md 4).
 *
 * One value holds both venues' accounts: spot on A, margin on B. Market and crossing orders
 * walk the shown depth (partial when it ends) and pay slippage on top; limit orders rest and
 * fill only when crossed. What was taken from a level stays taken until the source shows it
 * again (replenish half-life). Latency, rejects and delayed reports are seeded. The state is
 * one flat value, so the journal can keep it with the session's.
 *
 * An order travels for one latency, meets the book shown by then, and is reported at once. The
 * last 256 orders that ended can still be asked about; of older ones it can only say UNKNOWN,
 * and their ids stay used. With 512 orders alive, or 256 requests on the wire, the next order
 * is rejected as RateLimited. With its reports unfetched the venue waits. */

struct venue_paper_config {
    int32_t pairs_count;
    int64_t lot_a_units[LEDGER_PAIRS_MAX], lot_b_units[LEDGER_PAIRS_MAX];
    int64_t tick_a_units[LEDGER_PAIRS_MAX], tick_b_units[LEDGER_PAIRS_MAX]; /* 0: none */
    bool tick_a_by_price; /* on A, where there is none: the table of KRW prices */
    int64_t minimum_a_units[LEDGER_PAIRS_MAX]; /* notional; 0: none */
    int64_t minimum_b_units[LEDGER_PAIRS_MAX]; /* not for what reduces a position */
    char names[LEDGER_PAIRS_MAX][24];
    double fee_a_bps, fee_b_bps;
    double slippage_bps; /* both legs together */
    double leverage;
    double maintenance_rate[LEDGER_PAIRS_MAX];
    double latency_a_ms_median, latency_a_ms_p99; /* 0: none */
    double latency_b_ms_median, latency_b_ms_p99;
    double reject_probability;    /* per order */
    double delay_probability;     /* UNKNOWN first, truth 2-6 s later */
    double replenish_half_life_s; /* 0: at once */
    uint64_t seed;
    int64_t krw_units, usdt_units; /* opening balances */
};

struct venue_paper;
struct venue_port *venue_paper_create(const struct venue_paper_config *config);

/* What the market shows; orders that rest are filled when crossed. A book that is not
 * BOOK_FINE is no market: nothing fills until the next. Times never run back. */
void venue_paper_show_book(struct venue_port *venue, int32_t pair, enum venue which,
                           const struct book *book, int64_t now_ns);
void venue_paper_show_fx(struct venue_port *venue, double krw_per_usd);
/* What the market takes of a symbol from now on: EVENT_INSTRUMENT. */
void venue_paper_show_instrument(struct venue_port *venue, const struct event *event);
void venue_paper_show_mark(struct venue_port *venue, int32_t pair, double price);
/* Opening coin of a pair, once, at cost. */
bool venue_paper_open_spot(struct venue_port *venue, int32_t pair, int64_t quantity_units,
                           int64_t cost_units, struct err *err);
/* Books funding on the open position: quantity * mark price * rate, paid by the long; says what
 * that was. */
bool venue_paper_fund(struct venue_port *venue, int32_t pair, double mark_price, double rate,
                      int64_t *paid_units, struct err *err);
/* A scripted fault (EVENT_FAULT); each adds to those still waiting for their order. */
void venue_paper_fault(struct venue_port *venue, int32_t pair, enum venue which,
                       enum fault_kind kind, int64_t delay_ns);

const struct ledger *venue_paper_ledger(const struct venue_port *venue);
/* Maintenance margin over equity: 1 is liquidation; INFINITY when nothing is left. */
double venue_paper_margin_ratio(const struct venue_port *venue);
/* Price at which the cross account would be liquidated by this pair alone; 0 none. */
double venue_paper_liquidation_price(const struct venue_port *venue, int32_t pair);

/* Flat state out and in, for the journal. Bytes borrowed until the next call on the venue. */
const void *venue_paper_state(const struct venue_port *venue, size_t *size);
bool venue_paper_restore(struct venue_port *venue, const void *state, size_t size,
                         struct err *err);
