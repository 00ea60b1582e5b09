#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "market/source.h"

/* simulated: the built-in market of MARKET.md A: seeded, three coins, books of both venues, fx,
 * funding, faults and the scripted opening. Seed + start time = the same bytes. */

struct simulated_pair {
    const char *name;      /* "BTC": prices and books by name; others behave like XRP scaled */
    double tick_a, tick_b; /* 0: by table */
};

struct simulated_options {
    const char *preset; /* lively, calm, crisis, noise, planted */
    uint64_t seed;
    int64_t start_ns;
    bool faults;
    bool opening;                       /* the scripted first ten minutes; lively only */
    const struct simulated_pair *pairs; /* borrowed during open only */
    int32_t pairs_count;
    int64_t history_minutes; /* 240 */
    int32_t view_levels;     /* of a side, that books show; 0: all. No other number moves */
};

bool simulated_open(struct source **out, const struct simulated_options *options,
                    struct err *err);

/* How many orders the venues of this preset reject, and report late, while faults are on:
 * shares for the venue that takes the orders, since a market cannot see them. */
void simulated_order_faults(const char *preset, double *rejected_share, double *delayed_share);

/* The price unit of Upbit's KRW market (VENUES.md 2.5). */
double simulated_upbit_tick(double price_krw);
