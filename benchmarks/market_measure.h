#pragma once
#include "market/source.h"

/* market_measure: the quantities of MARKET.md A.2, of a market of three pairs, as a table. */
void market_measure_print(struct source *source, double hours);
