#include "tick.h"

#include <math.h>
#include <string.h>

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
