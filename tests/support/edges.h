#pragma once
#include "base/text.h"

/* edges: a market as a CSV file in which a trade opens and closes every ten rows.
 *
 * Rows r mod 10 < 5 have B 60 bps over A, the others 10 bps under it. A round trip costs
 * 2 * (5 + 5 + 1) = 22 bps and the books are 1 bp wide each, so buying A and selling B is worth
 * 60 - 2 - 22 = 36 bps, above the 5 asked for; at -10 the premium has converged (baseline 0).
 * Nothing is to be had the other way: 10 - 2 - 22 < 0. */

enum { EDGES_PERIOD = 10, EDGES_FIRST_S = 1767571200 }; /* 2026-01-05T00:00:00Z */

#define EDGES_OPTIONS                                                                          \
    "--min-spread-bps 5 --taker-fee-a-bps 5 --taker-fee-b-bps 5 --slippage-bps 1 "             \
    "--max-position-usd 1000"

#define EDGES_HEADER "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b,fx_rate\n"

static inline void edges_row(struct text *csv, int row)
{
    const double usd = 100000.0 + row % 7;
    const double krw = usd * 1400.0;
    const double b = usd * (1.0 + (row % EDGES_PERIOD < EDGES_PERIOD / 2 ? 60e-4 : -10e-4));
    text_addf(csv, "%d,%.0f,%.0f,%.2f,%.2f,1400\n", EDGES_FIRST_S + row, krw - 7000, krw + 7000,
              b - 5.0, b + 5.0);
}

/* One row a second. */
static inline void edges_csv(struct text *csv, int rows)
{
    text_add(csv, EDGES_HEADER);
    for (int row = 0; row < rows; row++) {
        edges_row(csv, row);
    }
}
