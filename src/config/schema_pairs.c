#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "schema.h"

/* Where a member is and how large. */
#define AT(member)                                                                             \
    offsetof(struct config_pair, member), sizeof(((struct config_pair *)0)->member)

static const struct schema_row ROWS[] = {
    /* Short enough for USDT behind it. */
    {"pairs.name", SCHEMA_NAME, "", 0, 0, "", offsetof(struct config_pair, name),
     CONFIG_SYMBOL_SIZE - 4,
     "The coin; BTC, ETH and XRP know their instruments, of others the rest has neutral "
     "values"},
    {"pairs.symbol_a", SCHEMA_NAME, "", 0, 0, "", AT(symbol_a),
     "Market on venue A; KRW- and the name where it is not said"},
    {"pairs.symbol_b", SCHEMA_NAME, "", 0, 0, "", AT(symbol_b),
     "Contract on venue B; the name and USDT where it is not said"},
    {"pairs.lot_a", SCHEMA_NUMBER, "coin", 1e-8, 1e6, "1e-8", AT(lot_a), "Quantity step on A"},
    {"pairs.lot_b", SCHEMA_NUMBER, "coin", 1e-8, 1e6, "0.001", AT(lot_b), "Quantity step on B"},
    {"pairs.tick_a", SCHEMA_NUMBER, "KRW", 0, 1e6, "0", AT(tick_a),
     "Price step on A; 0: by the venue's table of KRW prices"},
    {"pairs.tick_b", SCHEMA_NUMBER, "USDT", 0, 1e6, "0", AT(tick_b),
     "Price step on B; 0: none"},
    {"pairs.minimum_a_krw", SCHEMA_NUMBER, "KRW", 0, 1e9, "5000", AT(minimum_a_krw),
     "Smallest order on A"},
    {"pairs.minimum_b_usdt", SCHEMA_NUMBER, "USDT", 0, 1e6, "5", AT(minimum_b_usdt),
     "Smallest order on B"},
    {"pairs.maintenance_pct", SCHEMA_NUMBER, "%", 0, 50, "1", AT(maintenance_pct),
     "Maintenance margin on B"},
};

#undef AT

const struct schema_rows SCHEMA_PAIR_KEYS = {ROWS, sizeof ROWS / sizeof ROWS[0]};

/* What differs from the fallbacks, of the coins we know. */
static const struct {
    const char *name;
    double lot_b, tick_b, minimum_b_usdt, maintenance_pct;
} COINS[] = {
    {"BTC", 0.001, 0.1, 50, 0.4},
    {"ETH", 0.001, 0.01, 20, 0.5},
    {"XRP", 0.1, 0.0001, 5, 0.65},
};

struct config_pair schema_pair(const char *name)
{
    struct config_pair pair = {.name = ""};
    assert(strlen(name) + sizeof "USDT" <= sizeof pair.symbol_b);
    for (size_t i = 0; i < SCHEMA_PAIR_KEYS.count; i++) {
        if (ROWS[i].type == SCHEMA_NUMBER) {
            char buffer[128];
            struct text why = text_fixed(buffer, sizeof buffer);
            const bool stored = schema_store(&ROWS[i], &pair, ROWS[i].fallback, &why);
            assert(stored);
        }
    }
    snprintf(pair.name, sizeof pair.name, "%s", name);
    snprintf(pair.symbol_a, sizeof pair.symbol_a, "KRW-%s", name);
    snprintf(pair.symbol_b, sizeof pair.symbol_b, "%sUSDT", name);
    for (size_t i = 0; i < sizeof COINS / sizeof COINS[0]; i++) {
        if (strcmp(COINS[i].name, name) == 0) {
            pair.lot_b = COINS[i].lot_b;
            pair.tick_b = COINS[i].tick_b;
            pair.minimum_b_usdt = COINS[i].minimum_b_usdt;
            pair.maintenance_pct = COINS[i].maintenance_pct;
        }
    }
    return pair;
}
