#pragma once
#include "tall_book.h"

/* tick: the steps of prices and sizes (VENUES.md 5.1). */

/* The nearest price on the grid. */
double to_tick(double price, double tick);
/* How Binance writes "BTC" against USDT; coins it does not know are like XRP. */
struct tall_units binance_units(const char *coin, double price_usd);
