#include <math.h>
#include <string.h>

#include "base/num.h"
#include "core/ledger.h"
#include "krw_tick.h"
#include "orders_state.h"

#define CLIENT_IDS_MAX UINT64_C(1000000000000)
/* 23 billions; three of them can be added. */
#define UNITS_SANE (INT64_C(1) << 61)
#define PCT        100.0

enum { DECIMALS = 8, DECIMAL_SIZE_MAX = 48 };

__extension__ typedef __int128 wide;

void request_add(struct request_text *request, const char *name, const char *value)
{
    text_addf(&request->query, "%s%s=%s", request->query.length > 0 ? "&" : "", name, value);
}

/* "arb-20261120-000123-u": 36 bytes at most. */
const char *orders_client_id(const struct orders *orders, const struct order *order,
                             char out[ORDER_ID_SIZE])
{
    return text_cut(out, ORDER_ID_SIZE, "arb-%s-%06llu-%c", orders->options.session,
                    (unsigned long long)order->client_id, order->venue == VENUE_A ? 'u' : 'b');
}

static int64_t tick_at(const struct orders *orders, const struct order *order,
                       int64_t price_units)
{
    const int64_t fixed = orders->options.pairs[order->pair].tick_units[order->venue];
    return fixed > 0 ? fixed : order->venue == VENUE_A ? paper_krw_tick(price_units) : 1;
}

bool orders_shape_fine(const struct orders *orders, const struct order *order)
{
    const int64_t lot = orders->options.pairs[order->pair].lot_units[order->venue];
    if (order->client_id >= CLIENT_IDS_MAX || order->quantity_units <= 0 ||
        order->quantity_units % (lot > 0 ? lot : 1) != 0) {
        return false;
    }
    if (order->type == ORDER_MARKET) {
        return order->limit_price_units == 0 && order->lifetime != ORDER_GTC;
    }
    const int64_t price = order->limit_price_units;
    return price > 0 && price % tick_at(orders, order, price) == 0;
}

/* The price of the level where the quantity is full, or of the last one shown. */
static double price_reached(const struct book_level *levels, int32_t count, double quantity)
{
    double sum = 0.0;
    for (int32_t i = 0; i < count; i++) {
        sum += levels[i].size;
        if (sum >= quantity || i == count - 1) {
            return levels[i].price;
        }
    }
    return 0.0;
}

int64_t orders_collar_units(const struct orders *orders, const struct order *order)
{
    const struct book *book = &orders->books[order->pair][order->venue];
    const bool buys = order->side == ORDER_BUY;
    const double quantity = ledger_amount(order->quantity_units);
    const double reached = buys ? price_reached(book->asks, book->asks_count, quantity)
                                : price_reached(book->bids, book->bids_count, quantity);
    const double part = orders->options.collar_pct / PCT;
    int64_t units;
    if (!ledger_units(reached * (buys ? 1.0 + part : 1.0 - part), &units) || units <= 0) {
        return 0;
    }
    const int64_t tick = tick_at(orders, order, units);
    const int64_t below = units - units % tick;
    return buys || below == units ? below : below + tick; /* never looser than the collar */
}

const char *orders_json_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

/* Venues tell fees to more decimals than anybody pays. */
static bool round_decimal(const char *text, int64_t *out)
{
    char cut[DECIMAL_SIZE_MAX];
    const char *point = strchr(text, '.');
    const size_t kept = point == NULL ? 0 : (size_t)(point - text) + 1 + DECIMALS;
    if (point == NULL || strspn(point + 1, "0123456789") != strlen(point + 1) ||
        kept >= sizeof(cut) || strlen(text) <= kept) {
        return false;
    }
    memcpy(cut, text, kept);
    cut[kept] = '\0';
    int64_t units;
    if (!num_parse_fixed(cut, kept, DECIMALS, &units)) {
        return false;
    }
    const int64_t more = text[kept] >= '5' ? (*text == '-' ? -1 : 1) : 0;
    return !__builtin_add_overflow(units, more, out);
}

bool orders_json_units(const json_t *object, const char *name, int64_t *out)
{
    const char *text = json_string_value(json_object_get(object, name));
    int64_t units;
    if (text == NULL || (!num_parse_fixed(text, strlen(text), DECIMALS, &units) &&
                         !round_decimal(text, &units))) {
        return false;
    }
    if (units > UNITS_SANE || units < -UNITS_SANE) {
        return false;
    }
    *out = units;
    return true;
}

bool orders_value(int64_t price_units, int64_t quantity_units, int64_t *out)
{
    const wide value = (wide)price_units * quantity_units / UNITS_PER_ONE;
    *out = (int64_t)value;
    return value == *out;
}

int32_t orders_find_pair(const struct orders *orders, enum venue venue, const char *symbol)
{
    for (int32_t i = 0; i < orders->options.pairs_count; i++) {
        if (strcmp(orders->options.pairs[i].symbols[venue], symbol) == 0) {
            return i;
        }
    }
    return -1;
}
