#pragma once
#include <stdint.h>

#include "core/engine.h"
#include "market/source.h"

/* trade_measure: what the engine earns on a market when every order fills at the touch at once.
 */

enum { TRADE_PAIRS = 3 };

struct trade_totals {
    int64_t opened, closed, won;
    int64_t exits[TRADE_EXIT_LAST + 1];
    double hours;
    double pnl_usd, win_usd, loss_usd;
    double predicted_bps, realised_bps;
    double hold_s;
    double hold_s_median;
    double hours_without_share, hours_with_five_share; /* of whole hours, by trades opened */
    double first_open_s;                               /* after the start; -1: none */
};

/* The session defaults of MARKET.md B.1. */
struct engine_params trade_measure_params(void);

/* Runs a market of TRADE_PAIRS pairs for so many hours of its time. */
struct trade_totals trade_measure(struct source *source, const struct engine_params *params,
                                  double hours);
