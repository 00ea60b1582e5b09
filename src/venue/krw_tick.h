#pragma once
#include <stdint.h>

/* Upbit's price step at a price, in units (VENUES.md 2.5). */
int64_t paper_krw_tick(int64_t price_units);
