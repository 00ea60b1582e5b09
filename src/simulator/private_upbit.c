#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/num.h"
#include "core/ledger.h"
#include "market/simulated.h"
#include "numbers.h"
#include "private_parts.h"
#include "say.h"
#include "upbit_json.h"

/* The private calls of Upbit (VENUES.md 4.2). */

enum { DECIMALS = 8, WORD_SIZE = 64 };

void private_upbit_refuse(struct private_visit *visit, int32_t status, const char *name)
{
    visit->status = status;
    text_clear(visit->body);
    upbit_json_error_name(visit->body, name, name);
}

static bool refuse(struct private_visit *visit, const char *name)
{
    private_upbit_refuse(visit, 400, name);
    return false;
}

static const char *get(const json_t *body, const char *name)
{
    const char *text = json_string_value(json_object_get(body, name));
    return text != NULL ? text : "";
}

static bool get_units(const json_t *body, const char *name, int64_t *out)
{
    const char *text = get(body, name);
    return num_parse_fixed(text, strlen(text), DECIMALS, out) && *out > 0;
}

/* A market sell has volume and no price; what is "limit" has both. A market buy, which has a
 * sum of KRW instead of a volume, is not offered here. */
static bool read_terms(struct private_visit *visit, const json_t *body, struct order *order)
{
    const char *type = get(body, "ord_type");
    const char *lifetime = get(body, "time_in_force");
    order->type = strcmp(type, "market") == 0 ? ORDER_MARKET : ORDER_LIMIT;
    order->lifetime = order->type == ORDER_MARKET    ? ORDER_IOC
                      : strcmp(lifetime, "ioc") == 0 ? ORDER_IOC
                      : strcmp(lifetime, "fok") == 0 ? ORDER_FOK
                                                     : ORDER_GTC;
    if (order->type == ORDER_MARKET) {
        return (order->side == ORDER_SELL && *get(body, "price") == '\0') ||
               refuse(visit, "validation_error");
    }
    if (strcmp(type, "limit") != 0 || !get_units(body, "price", &order->limit_price_units)) {
        return refuse(visit, "validation_error");
    }
    const int64_t fixed = visit->venue->options.account.tick_a_units[order->pair];
    const double price = ledger_amount(order->limit_price_units);
    const int64_t tick =
        fixed > 0 ? fixed : number_units(simulated_upbit_tick(price), DECIMALS);
    return tick == 0 || order->limit_price_units % tick == 0 ||
           refuse(visit, order->side == ORDER_BUY ? "invalid_price_bid" : "invalid_price_ask");
}

static bool read_order(struct private_visit *visit, const json_t *body, struct order *order)
{
    const char *side = get(body, "side");
    *order =
        (struct order){.pair = private_find_pair(visit, get(body, "market")), .venue = VENUE_A};
    if (order->pair < 0) {
        return refuse(visit, "market_does_not_exist");
    }
    order->side = strcmp(side, "bid") == 0 ? ORDER_BUY : ORDER_SELL;
    if ((order->side == ORDER_SELL && strcmp(side, "ask") != 0) ||
        !get_units(body, "volume", &order->quantity_units)) {
        return refuse(visit, "validation_error");
    }
    return read_terms(visit, body, order);
}

static void say_trades(const struct private_visit *visit, const struct private_order *order)
{
    struct text *out = visit->body;
    say_list(out, "trades");
    for (int32_t i = 0; i < order->trades_count * (order->doubled ? 2 : 1); i++) {
        const struct private_trade *trade = &order->trades[i % order->trades_count];
        char uuid[WORD_SIZE];
        text_cut(uuid, sizeof(uuid), "00000000-0000-4000-9000-%012llx",
                 (unsigned long long)trade->id);
        say_object(out, NULL);
        say_text(out, "market", visit->venue->options.symbols[order->order.pair][VENUE_A]);
        say_text(out, "uuid", uuid);
        private_say_units(out, "price", trade->price_units);
        private_say_units(out, "volume", trade->quantity_units);
        private_say_units(out, "funds", trade->value_units);
        say_text(out, "side", order->order.side == ORDER_BUY ? "bid" : "ask");
        text_add_char(out, '}');
    }
    text_add_char(out, ']');
}

/* Creating and cancelling are accepted, and what became of it is asked for. */
static void say_order(const struct private_visit *visit, struct private_order *order)
{
    struct text *out = visit->body;
    char uuid[WORD_SIZE];
    const bool status = visit->call == PRIVATE_STATUS;
    const bool hidden = !status || order->hidden > 0;
    const int64_t executed = hidden ? 0 : order->executed_units;
    const bool whole = executed == order->order.quantity_units;
    const bool over = (order->ended && !hidden) || (order->cancelled && status);
    order->hidden -= status && order->hidden > 0 ? 1 : 0;
    text_cut(uuid, sizeof(uuid), "00000000-0000-4000-8000-%012llx",
             (unsigned long long)order->order.client_id);
    text_add_char(out, '{');
    say_text(out, "uuid", uuid);
    say_text(out, "side", order->order.side == ORDER_BUY ? "bid" : "ask");
    say_text(out, "ord_type", order->order.type == ORDER_LIMIT ? "limit" : "market");
    private_say_units(out, "price", order->order.limit_price_units);
    say_text(out, "state", !over ? "wait" : whole ? "done" : "cancel");
    say_text(out, "market", visit->venue->options.symbols[order->order.pair][VENUE_A]);
    private_say_units(out, "volume", order->order.quantity_units);
    private_say_units(out, "remaining_volume", order->order.quantity_units - executed);
    private_say_units(out, "paid_fee", hidden ? 0 : order->fee_units);
    private_say_units(out, "executed_volume", executed);
    say_integer(out, "trades_count", hidden ? 0 : order->trades_count);
    say_text(out, "identifier", order->client_id);
    if (!hidden) {
        say_trades(visit, order);
    }
    text_add_char(out, '}');
}

static void refuse_by_rule(struct private_visit *visit, const struct private_order *order)
{
    const bool buy = order->order.side == ORDER_BUY;
    switch (order->error) {
    case VENUE_ERROR_INSUFFICIENT_BALANCE:
        (void)refuse(visit, buy ? "insufficient_funds_bid" : "insufficient_funds_ask");
        break;
    case VENUE_ERROR_INVALID_ORDER: /* the tick was looked at before */
        (void)refuse(visit, buy ? "under_min_total_bid" : "under_min_total_ask");
        break;
    default:
        (void)refuse(visit, buy ? "create_bid_error" : "create_ask_error");
    }
}

static void create_order(struct private_visit *visit, const json_t *body)
{
    struct order order;
    const char *id = get(body, "identifier");
    if (!read_order(visit, body, &order)) {
        return;
    }
    if (*id == '\0' || strlen(id) >= PRIVATE_ID_SIZE) {
        (void)refuse(visit, "validation_error");
        return;
    }
    /* For ever, and also when it was refused. */
    if (private_account_find(&visit->venue->account, VENUE_A, id) != NULL) {
        (void)refuse(visit, "duplicated_identifier");
        return;
    }
    struct private_order *placed = private_place(visit, &order, id);
    if (placed->error != VENUE_ERROR_NONE) {
        refuse_by_rule(visit, placed);
        return;
    }
    visit->status = 201;
    say_order(visit, placed);
}

static void create(struct private_visit *visit)
{
    json_t *body = json_loads(visit->request->body, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(body)) {
        (void)refuse(visit, "validation_error");
    } else {
        create_order(visit, body);
    }
    json_decref(body);
}

static struct private_order *find_order(struct private_visit *visit)
{
    char id[WORD_SIZE] = "";
    (void)wire_form(visit->request->query, "identifier", id, sizeof(id));
    struct private_order *order = private_account_find(&visit->venue->account, VENUE_A, id);
    const bool refused = order != NULL && order->error != VENUE_ERROR_NONE;
    const bool absent = order != NULL && order->absent > 0;
    if (absent) {
        order->absent--;
    }
    if (order == NULL || refused || absent) {
        private_upbit_refuse(visit, 404, "order_not_found");
        return NULL;
    }
    return order;
}

static void get_status(struct private_visit *visit)
{
    struct private_order *order = find_order(visit);
    if (order != NULL) {
        say_order(visit, order);
    }
}

static void cancel(struct private_visit *visit)
{
    struct private_order *order = find_order(visit);
    if (order != NULL) {
        private_cancel(visit, order);
        say_order(visit, order);
    }
}

static void say_account(struct text *out, const char *currency, int64_t free_units,
                        int64_t locked_units)
{
    say_object(out, NULL);
    say_text(out, "currency", currency);
    private_say_units(out, "balance", free_units);
    private_say_units(out, "locked", locked_units);
    say_text(out, "avg_buy_price", "0");
    say_text(out, "unit_currency", "KRW");
    text_add_char(out, '}');
}

static void get_accounts(struct private_visit *visit)
{
    const struct venue_paper_config *account = &visit->venue->options.account;
    const struct ledger *ledger = venue_paper_ledger(visit->venue->account.paper);
    text_add_char(visit->body, '[');
    say_account(visit->body, "KRW", ledger->krw.cash, ledger->krw.locked);
    for (int32_t i = 0; i < account->pairs_count; i++) {
        const struct ledger_spot *spot = &ledger->spot[i];
        if (spot->quantity + spot->locked > 0) {
            say_account(visit->body, account->names[i], spot->quantity, spot->locked);
        }
    }
    text_add_char(visit->body, ']');
}

const struct private_route private_upbit_routes[] = {
    {"POST", "/v1/orders", PRIVATE_CREATE, create, false},
    {"DELETE", "/v1/order", PRIVATE_CANCEL, cancel, false},
    {"GET", "/v1/order", PRIVATE_STATUS, get_status, false},
    {"GET", "/v1/accounts", PRIVATE_OTHER, get_accounts, false},
    {0},
};
