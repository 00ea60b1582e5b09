#include "tick.h"

#include <math.h>
#include <string.h>

#include "numbers.h"

double upbit_tick(double price_krw)
{
    static const struct {
        double from_krw, unit_krw;
    } UNITS[] = {
        {1e6, 1000},  {5e5, 500},   {1e5, 100},   {5e4, 50},    {1e4, 10},
        {5e3, 5},     {100, 1},     {10, 0.1},    {1, 0.01},    {0.1, 1e-3},
        {0.01, 1e-4}, {1e-3, 1e-5}, {1e-4, 1e-6}, {1e-5, 1e-7},
    };
    for (size_t i = 0; i < sizeof(UNITS) / sizeof(UNITS[0]); i++) {
        if (price_krw >= UNITS[i].from_krw) {
            return UNITS[i].unit_krw;
        }
    }
    return 1e-8;
}

/* Ticks below one are divided by their inverse, so that 3 ticks of 0.1 are 0.3. */
double to_tick(double price, double tick)
{
    const double ticks = floor(price / tick + 0.5);
    return tick >= 1.0 ? ticks * tick : ticks / floor(1.0 / tick + 0.5);
}

struct tall_units binance_units(const char *coin, double price_usd)
{
    static const struct {
        const char *coin;
        struct tall_units units;
    } KNOWN[] = {
        {"BTC", {.price_decimals = 2, .size_decimals = 3, .tick = 10, .lot = 1}},
        {"ETH", {.price_decimals = 2, .size_decimals = 3, .tick = 1, .lot = 1}},
    };
    struct tall_units units = {.price_decimals = 4, .size_decimals = 1, .tick = 1, .lot = 1};
    for (size_t i = 0; i < sizeof(KNOWN) / sizeof(KNOWN[0]); i++) {
        if (strcmp(KNOWN[i].coin, coin) == 0) {
            units = KNOWN[i].units;
        }
    }
    units.usd_per_coin = price_usd;
    return units;
}
