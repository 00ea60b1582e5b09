#include "simulated_coin.h"

#include <stddef.h>
#include <string.h>

#include "base/rng.h"
#include "market/simulated.h"

static const struct simulated_coin COINS[] = {
    {
        .name = "BTC",
        .price_usd = 100000,
        .beta = 1.0,
        .own = 0.25,
        .tick_b = 0.1,
        .lot_b = 0.001,
        .spread_a_ticks_mean = 6,
        .gap_a_one_share = 0.4,
        .gap_a_ticks_mean = 5,
        .depth_a = 1,
        .books_a_per_10s = 30,
    },
    {
        .name = "ETH",
        .price_usd = 3000,
        .beta = 1.2,
        .own = 0.6,
        .tick_b = 0.01,
        .lot_b = 0.001,
        .spread_a_one_share = 0.85,
        .gap_a_one_share = 0.9,
        .gap_a_ticks_mean = 1,
        .depth_a = 8,
        .books_a_per_10s = 20,
    },
    {
        .name = "XRP",
        .price_usd = 2,
        .beta = 1.2,
        .own = 0.8,
        .tick_b = 0.0001,
        .lot_b = 0.1,
        .spread_a_one_share = 0.92,
        .gap_a_one_share = 0.95,
        .gap_a_ticks_mean = 1,
        .depth_a = 12,
        .books_a_per_10s = 20,
    },
};

struct simulated_coin simulated_coin_find(const char *name)
{
    const size_t count = sizeof(COINS) / sizeof(COINS[0]);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(COINS[i].name, name) == 0) {
            return COINS[i];
        }
    }
    struct simulated_coin coin = COINS[count - 1];
    coin.name = name;
    coin.price_usd = 1.0 + (double)(rng_salt(name) % 80) / 10.0;
    return coin;
}

double simulated_upbit_tick(double price_krw)
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
