#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "binance_json.h"
#include "core/ledger.h"
#include "private_parts.h"
#include "say.h"

/* The private calls of Binance USDS-M futures (VENUES.md 8.2). */

enum { DECIMALS = 8, WORD_SIZE = 64, CLIENT_ID_MAX = 36 };

void private_binance_refuse(struct private_visit *visit, int32_t status, int code,
                            const char *message)
{
    visit->status = status;
    text_clear(visit->body);
    binance_json_error(visit->body, code, message);
}

static bool get(const struct private_visit *visit, const char *name, char out[WORD_SIZE])
{
    out[0] = '\0';
    return wire_form(visit->request->query, name, out, WORD_SIZE);
}

static bool get_units(const struct private_visit *visit, const char *name, int64_t *out)
{
    char word[WORD_SIZE];
    return get(visit, name, word) && num_parse_fixed(word, strlen(word), DECIMALS, out);
}

/* `^[.A-Z:/a-z0-9_-]{1,36}$` */
static bool is_client_id(const char *text)
{
    static const char ALLOWED[] =
        ".:/_-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const size_t length = strlen(text);
    return length >= 1 && length <= CLIENT_ID_MAX && strspn(text, ALLOWED) == length;
}

static bool refuse_shape(struct private_visit *visit, int code, const char *message)
{
    private_binance_refuse(visit, 400, code, message);
    return false;
}

/* Type, lifetime and price; false: refused. */
static bool read_terms(struct private_visit *visit, struct order *order)
{
    static const char *const LIFETIMES[] = {"IOC", "FOK", "GTC"};
    char word[WORD_SIZE];
    (void)get(visit, "type", word);
    order->type = strcmp(word, "LIMIT") == 0 ? ORDER_LIMIT : ORDER_MARKET;
    if (order->type == ORDER_MARKET) {
        order->lifetime = ORDER_IOC;
        return strcmp(word, "MARKET") == 0 || refuse_shape(visit, -1116, "Invalid orderType.");
    }
    (void)get(visit, "timeInForce", word);
    for (enum order_lifetime lifetime = ORDER_IOC; lifetime <= ORDER_GTC; lifetime++) {
        if (strcmp(word, LIFETIMES[lifetime]) == 0) {
            order->lifetime = lifetime;
            return get_units(visit, "price", &order->limit_price_units) ||
                   refuse_shape(visit, -1102, "Mandatory parameter 'price' was not sent.");
        }
    }
    return refuse_shape(visit, -1115, "Invalid timeInForce.");
}

static bool read_order(struct private_visit *visit, struct order *order)
{
    char word[WORD_SIZE];
    const struct venue_paper_config *account = &visit->venue->options.account;
    (void)get(visit, "symbol", word);
    *order = (struct order){.pair = private_find_pair(visit, word), .venue = VENUE_B};
    if (order->pair < 0) {
        return refuse_shape(visit, -1121, "Invalid symbol.");
    }
    (void)get(visit, "side", word);
    order->side = strcmp(word, "BUY") == 0 ? ORDER_BUY : ORDER_SELL;
    if (order->side == ORDER_SELL && strcmp(word, "SELL") != 0) {
        return refuse_shape(visit, -1117, "Invalid side.");
    }
    if (!get_units(visit, "quantity", &order->quantity_units) || order->quantity_units <= 0) {
        return refuse_shape(visit, -4003, "Quantity less than or equal to zero.");
    }
    if (order->quantity_units % account->lot_b_units[order->pair] != 0) {
        return refuse_shape(visit, -4023, "Qty not increased by step size.");
    }
    if (!read_terms(visit, order)) {
        return false;
    }
    return order->limit_price_units % account->tick_b_units[order->pair] == 0 ||
           refuse_shape(visit, -4014, "Price not increased by tick size.");
}

/* A reduce-only order that would extend is refused; one too large is cut. */
static bool fit_reduction(struct private_visit *visit, struct order *order)
{
    char word[WORD_SIZE];
    const struct ledger *ledger = venue_paper_ledger(visit->venue->account.paper);
    const int64_t held = ledger->perp[order->pair].quantity;
    if (!get(visit, "reduceOnly", word) || strcmp(word, "true") != 0) {
        return true;
    }
    if (held == 0 || (held > 0) == (order->side == ORDER_BUY)) {
        return refuse_shape(visit, -2022, "ReduceOnly Order is rejected.");
    }
    const int64_t size = held < 0 ? -held : held;
    order->quantity_units = order->quantity_units > size ? size : order->quantity_units;
    order->class = ORDER_EXIT;
    return true;
}

static const char *status_of(const struct private_order *order, bool hidden)
{
    const bool some = order->executed_units > 0;
    if (order->cancelled && (hidden || order->executed_units < order->order.quantity_units)) {
        return "CANCELED";
    }
    if (hidden || (!order->ended && !some)) {
        return "NEW";
    }
    if (!order->ended) {
        return "PARTIALLY_FILLED";
    }
    return order->executed_units == order->order.quantity_units ? "FILLED" : "EXPIRED";
}

static void say_order(const struct private_visit *visit, struct private_order *order)
{
    struct text *out = visit->body;
    const bool hidden = order->hidden > 0;
    order->hidden -= hidden ? 1 : 0;
    text_add_char(out, '{');
    say_text(out, "clientOrderId", order->client_id);
    private_say_units(out, "cumQty", hidden ? 0 : order->executed_units);
    private_say_units(out, "executedQty", hidden ? 0 : order->executed_units);
    say_integer(out, "orderId", (int64_t)order->order.client_id);
    private_say_units(out, "origQty", order->order.quantity_units);
    private_say_units(out, "price", order->order.limit_price_units);
    say_text(out, "side", order->order.side == ORDER_BUY ? "BUY" : "SELL");
    say_text(out, "positionSide", "BOTH");
    say_text(out, "status", status_of(order, hidden));
    say_text(out, "symbol", visit->venue->options.symbols[order->order.pair][VENUE_B]);
    say_text(out, "type", order->order.type == ORDER_LIMIT ? "LIMIT" : "MARKET");
    say_integer(out, "updateTime", order->time_ms);
    text_add_char(out, '}');
}

static void refuse_by_rule(struct private_visit *visit, enum venue_error error)
{
    switch (error) {
    case VENUE_ERROR_INSUFFICIENT_BALANCE:
        private_binance_refuse(visit, 400, -2019, "Margin is insufficient.");
        break;
    case VENUE_ERROR_RATE_LIMITED:
        private_binance_refuse(visit, 400, -1015, "Too many new orders.");
        break;
    case VENUE_ERROR_INVALID_ORDER: /* lot and tick were looked at before */
        private_binance_refuse(visit, 400, -4164, "Order's notional must be no smaller.");
        break;
    default:
        private_binance_refuse(visit, 400, -2010, "Order was rejected.");
    }
}

static void create(struct private_visit *visit)
{
    char id[WORD_SIZE];
    struct order order;
    if (!read_order(visit, &order) || !fit_reduction(visit, &order)) {
        return;
    }
    if (!get(visit, "newClientOrderId", id) || !is_client_id(id)) {
        private_binance_refuse(visit, 400, -4015, "Client order id is not valid.");
        return;
    }
    /* Only among those that are open: a name may come again once its order has ended. */
    const struct private_order *known =
        private_account_find(&visit->venue->account, VENUE_B, id);
    if (known != NULL && !known->ended) {
        private_binance_refuse(visit, 400, -4116, "ClientOrderId is duplicated.");
        return;
    }
    struct private_order *placed = private_place(visit, &order, id);
    if (placed->error != VENUE_ERROR_NONE) {
        refuse_by_rule(visit, placed->error);
        return;
    }
    say_order(visit, placed);
}

static struct private_order *find_order(const struct private_visit *visit)
{
    char word[WORD_SIZE];
    uint64_t number;
    const struct private_account *account = &visit->venue->account;
    struct private_order *order = NULL;
    if (get(visit, "orderId", word) && num_parse_uint64(word, strlen(word), &number)) {
        order = private_account_find_number(account, VENUE_B, number);
    } else if (get(visit, "origClientOrderId", word)) {
        order = private_account_find(account, VENUE_B, word);
    }
    return order != NULL && order->error == VENUE_ERROR_NONE ? order : NULL;
}

static void get_status(struct private_visit *visit)
{
    struct private_order *order = find_order(visit);
    if (order == NULL || order->absent > 0) {
        if (order != NULL) {
            order->absent--;
        }
        private_binance_refuse(visit, 400, -2013, "Order does not exist.");
        return;
    }
    say_order(visit, order);
}

static void cancel(struct private_visit *visit)
{
    struct private_order *order = find_order(visit);
    if (order == NULL || order->ended) {
        private_binance_refuse(visit, 400, -2011, "Unknown order sent.");
        return;
    }
    private_cancel(visit, order);
    say_order(visit, order);
}

static void say_trade(const struct private_visit *visit, const struct private_order *order,
                      const struct private_trade *trade)
{
    struct text *out = visit->body;
    say_object(out, NULL);
    say_text(out, "symbol", visit->venue->options.symbols[order->order.pair][VENUE_B]);
    say_integer(out, "id", (int64_t)trade->id);
    say_integer(out, "orderId", (int64_t)order->order.client_id);
    say_text(out, "side", order->order.side == ORDER_BUY ? "BUY" : "SELL");
    private_say_units(out, "price", trade->price_units);
    private_say_units(out, "qty", trade->quantity_units);
    private_say_units(out, "quoteQty", trade->value_units);
    private_say_units(out, "commission", trade->fee_units);
    say_text(out, "commissionAsset", "USDT");
    say_integer(out, "time", trade->time_ms);
    text_add(out, ",\"maker\":false,\"buyer\":false}");
}

static void get_trades(struct private_visit *visit)
{
    const struct private_order *order = find_order(visit);
    text_add_char(visit->body, '[');
    for (int32_t i = 0; order != NULL && order->hidden == 0 && i < order->trades_count; i++) {
        say_trade(visit, order, &order->trades[i]);
        if (order->doubled) {
            say_trade(visit, order, &order->trades[i]);
        }
    }
    text_add_char(visit->body, ']');
}

static void get_balance(struct private_visit *visit)
{
    const struct ledger_money *money = &venue_paper_ledger(visit->venue->account.paper)->usdt;
    struct text *out = visit->body;
    text_add(out, "[{");
    say_text(out, "accountAlias", "SgsR");
    say_text(out, "asset", "USDT");
    private_say_units(out, "balance", money->cash + money->locked);
    private_say_units(out, "crossWalletBalance", money->cash + money->locked);
    private_say_units(out, "crossUnPnl", 0);
    private_say_units(out, "availableBalance", money->cash);
    private_say_units(out, "maxWithdrawAmount", money->cash);
    say_integer(out, "updateTime", visit->now_ns / CLOCK_NS_PER_MS);
    text_add(out, ",\"marginAvailable\":true}]");
}

static void get_positions(struct private_visit *visit)
{
    const struct private_options *options = &visit->venue->options;
    const struct ledger *ledger = venue_paper_ledger(visit->venue->account.paper);
    struct text *out = visit->body;
    text_add_char(out, '[');
    for (int32_t i = 0; i < options->account.pairs_count; i++) {
        const struct ledger_perp *perp = &ledger->perp[i];
        if (perp->quantity == 0) {
            continue; /* only symbols with a position */
        }
        const double size =
            ledger_amount(perp->quantity < 0 ? -perp->quantity : perp->quantity);
        int64_t entry_units = 0;
        (void)ledger_units(ledger_amount(perp->entry_value) / size, &entry_units);
        say_object(out, NULL);
        say_text(out, "symbol", options->symbols[i][VENUE_B]);
        say_text(out, "positionSide", "BOTH");
        private_say_units(out, "positionAmt", perp->quantity);
        private_say_units(out, "entryPrice", entry_units);
        say_text(out, "marginAsset", "USDT");
        text_add_char(out, '}');
    }
    text_add_char(out, ']');
}

static void get_time(struct private_visit *visit)
{
    text_add_char(visit->body, '{');
    say_integer(visit->body, "serverTime",
                visit->now_ns / CLOCK_NS_PER_MS + visit->venue->skew_ms);
    text_add_char(visit->body, '}');
}

const struct private_route private_binance_routes[] = {
    {"POST", "/fapi/v1/order", PRIVATE_CREATE, create, false},
    {"DELETE", "/fapi/v1/order", PRIVATE_CANCEL, cancel, false},
    {"GET", "/fapi/v1/order", PRIVATE_STATUS, get_status, false},
    {"GET", "/fapi/v1/userTrades", PRIVATE_OTHER, get_trades, false},
    {"GET", "/fapi/v3/balance", PRIVATE_OTHER, get_balance, false},
    {"GET", "/fapi/v3/positionRisk", PRIVATE_OTHER, get_positions, false},
    {"GET", "/fapi/v1/time", PRIVATE_OTHER, get_time, true},
    {0},
};
