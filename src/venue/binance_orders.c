#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "orders_state.h"
#include "venue/sign.h"

/* Order entry in Binance's words (VENUES.md 8 and 5.2). Everything stands in the query, which
 * is signed as it is sent. */

enum { DECIMALS = 8, STATUS_FORBIDDEN = 403, STATUS_SERVER_TIMEOUT = 408 };

static void add_units(struct request_text *out, const char *name, int64_t units)
{
    char buffer[NUM_TEXT_SIZE];
    request_add(out, name, num_format_fixed(buffer, units, DECIMALS));
}

/* A market order that must fill whole is a limit order far off, since there is no other. */
static void write_create(const struct orders *orders, const struct order *order,
                         struct request_text *out)
{
    static const char *const LIFETIMES[] = {"IOC", "FOK", "GTC"};
    const bool limit = order->type == ORDER_LIMIT || order->lifetime == ORDER_FOK;
    const int64_t price = order->type == ORDER_LIMIT ? order->limit_price_units
                                                     : orders_collar_units(orders, order);
    request_add(out, "side", order->side == ORDER_BUY ? "BUY" : "SELL");
    request_add(out, "type", limit ? "LIMIT" : "MARKET");
    add_units(out, "quantity", order->quantity_units);
    if (limit) {
        request_add(out, "timeInForce", LIFETIMES[order->lifetime]);
        add_units(out, "price", price);
    }
    if (order->class != ORDER_ENTRY) {
        request_add(out, "reduceOnly", "true");
    }
    request_add(out, "newOrderRespType", "RESULT");
}

static void write(const struct orders *orders, enum call_kind kind, const struct track *track,
                  struct request_text *out)
{
    static const struct {
        const char *method, *path;
    } calls[] = {
        [CALL_CREATE] = {"POST", "/fapi/v1/order"},
        [CALL_CANCEL] = {"DELETE", "/fapi/v1/order"},
        [CALL_STATUS] = {"GET", "/fapi/v1/order"},
        [CALL_TRADES] = {"GET", "/fapi/v1/userTrades"},
        [CALL_BALANCES] = {"GET", "/fapi/v3/balance"},
        [CALL_POSITIONS] = {"GET", "/fapi/v3/positionRisk"},
        [CALL_TIME] = {"GET", "/fapi/v1/time"},
    };
    char id[ORDER_ID_SIZE];
    out->method = calls[kind].method;
    out->path = calls[kind].path;
    if (track == NULL) {
        return;
    }
    request_add(out, "symbol", orders->options.pairs[track->order.pair].symbols[VENUE_B]);
    (void)orders_client_id(orders, &track->order, id);
    if (kind == CALL_CREATE) {
        write_create(orders, &track->order, out);
        request_add(out, "newClientOrderId", id);
    } else if (kind == CALL_TRADES) {
        request_add(out, "orderId", track->venue_id);
    } else {
        request_add(out, "origClientOrderId", id);
    }
}

static void seal(const struct venue_keys *keys, int64_t venue_ms, int64_t window_ms,
                 struct request_text *out)
{
    char number[NUM_TEXT_SIZE];
    char signature[SIGN_SHA256_TEXT_SIZE];
    request_add(out, "recvWindow", num_format_int64(number, window_ms));
    request_add(out, "timestamp", num_format_int64(number, venue_ms));
    (void)sign_hmac_sha256(signature, venue_keys_secret(keys), text_string(&out->query),
                           out->query.length);
    request_add(out, "signature", signature);
    text_addf(&out->header, "X-MBX-APIKEY: %s", venue_keys_access(keys));
}

static bool has_ended(const char *status)
{
    static const char *const ENDED[] = {"FILLED", "CANCELED", "EXPIRED", "EXPIRED_IN_MATCH",
                                        "REJECTED"};
    for (size_t i = 0; i < sizeof(ENDED) / sizeof(ENDED[0]); i++) {
        if (strcmp(status, ENDED[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Is it the order that was asked for? */
static bool read_view(const struct orders *orders, const struct track *track,
                      const json_t *root, struct order_view *view)
{
    char id[ORDER_ID_SIZE];
    const json_t *order_id = json_object_get(root, "orderId");
    const char *status = orders_json_text(root, "status");
    if (!json_is_integer(order_id) || *status == '\0' ||
        strcmp(orders_json_text(root, "clientOrderId"),
               orders_client_id(orders, &track->order, id)) != 0 ||
        !orders_json_units(root, "executedQty", &view->executed_units)) {
        return false;
    }
    text_cut(view->venue_id, sizeof(view->venue_id), "%lld",
             (long long)json_integer_value(order_id));
    view->ended = has_ended(status);
    return view->executed_units >= 0;
}

static bool read_fill(const json_t *trade, struct fill *fill)
{
    const json_t *id = json_object_get(trade, "id");
    int64_t price_units;
    const char *price = orders_json_text(trade, "price");
    if (!json_is_integer(id) || json_integer_value(id) <= 0 ||
        !num_parse_double(price, strlen(price), &fill->price) ||
        !orders_json_units(trade, "price", &price_units) || price_units <= 0 ||
        !orders_json_units(trade, "qty", &fill->quantity_units) || fill->quantity_units <= 0 ||
        !orders_json_units(trade, "commission", &fill->fee_units)) {
        return false;
    }
    if (strcmp(orders_json_text(trade, "commissionAsset"), "USDT") != 0) {
        fill->fee_units = FEE_FOREIGN;
    }
    text_cut(fill->key, sizeof(fill->key), "%lld", (long long)json_integer_value(id));
    return orders_json_units(trade, "quoteQty", &fill->value_units) ||
           orders_value(price_units, fill->quantity_units, &fill->value_units);
}

/* All or none of them: half a story is worse than none. */
static bool read_trades(const struct track *track, const json_t *root, struct reply *out)
{
    size_t i;
    json_t *trade;
    if (!json_is_array(root)) {
        return false;
    }
    json_array_foreach(root, i, trade)
    {
        struct fill fill = {.key = ""};
        char order_id[FILL_KEY_SIZE];
        text_cut(order_id, sizeof(order_id), "%lld",
                 (long long)json_integer_value(json_object_get(trade, "orderId")));
        if (strcmp(order_id, track->venue_id) != 0 || !read_fill(trade, &fill)) {
            return false;
        }
        fill_list_add(&out->fills, &fill);
    }
    return true;
}

static bool read_balances(struct account *account, const json_t *root)
{
    size_t i;
    json_t *row;
    if (!json_is_array(root)) {
        return false;
    }
    json_array_foreach(root, i, row)
    {
        int64_t wallet, unrealized, available;
        if (strcmp(orders_json_text(row, "asset"), "USDT") != 0) {
            continue;
        }
        if (!orders_json_units(row, "crossWalletBalance", &wallet) ||
            !orders_json_units(row, "crossUnPnl", &unrealized) ||
            !orders_json_units(row, "availableBalance", &available)) {
            return false;
        }
        account->money = (struct money){available, wallet + unrealized - available};
        account->known = true;
        return true;
    }
    return false;
}

static bool read_positions(struct orders *orders, const json_t *root)
{
    size_t i;
    json_t *row;
    struct venue_position positions[VENUE_ORDERS_PAIRS_MAX];
    memset(positions, 0, sizeof(positions));
    if (!json_is_array(root)) {
        return false;
    }
    json_array_foreach(root, i, row)
    {
        const int32_t pair = orders_find_pair(orders, VENUE_B, orders_json_text(row, "symbol"));
        int64_t amount, entry_price, value;
        if (pair < 0) {
            continue; /* somebody else's */
        }
        if (!orders_json_units(row, "positionAmt", &amount) ||
            !orders_json_units(row, "entryPrice", &entry_price) ||
            !orders_value(entry_price, amount < 0 ? -amount : amount, &value)) {
            return false;
        }
        positions[pair] = (struct venue_position){pair, amount, value};
    }
    memcpy(orders->desks[VENUE_B].account.positions, positions, sizeof(positions));
    return true;
}

static bool read_time(const json_t *root, struct reply *out)
{
    const json_t *time = json_object_get(root, "serverTime");
    out->venue_ms = json_integer_value(time);
    return json_is_integer(time) && out->venue_ms > 0;
}

static bool read(struct orders *orders, const struct call *call, const json_t *root,
                 struct reply *out)
{
    switch (call->kind) {
    case CALL_TRADES:
        return read_trades(call->track, root, out);
    case CALL_BALANCES:
        return read_balances(&orders->desks[VENUE_B].account, root);
    case CALL_POSITIONS:
        return read_positions(orders, root);
    case CALL_TIME:
        return read_time(root, out);
    default:
        return read_view(orders, call->track, root, &out->view);
    }
}

struct verdict {
    int code;
    enum outcome outcome;
    enum venue_error error;
};

static const struct verdict *find_verdict(int64_t code)
{
    static const struct verdict rows[] = {
        {-1000, OUTCOME_UNKNOWN, VENUE_ERROR_UNKNOWN},
        {-1001, OUTCOME_UNKNOWN, VENUE_ERROR_UNKNOWN},
        {-1003, OUTCOME_LIMITED, VENUE_ERROR_RATE_LIMITED},
        {-1006, OUTCOME_UNKNOWN, VENUE_ERROR_UNKNOWN},
        {-1007, OUTCOME_UNKNOWN, VENUE_ERROR_UNKNOWN},
        {-1008, OUTCOME_REFUSED, VENUE_ERROR_RATE_LIMITED},
        {-1015, OUTCOME_REFUSED, VENUE_ERROR_RATE_LIMITED},
        {-1021, OUTCOME_CLOCK, VENUE_ERROR_NETWORK},
        {-1022, OUTCOME_KEYS, VENUE_ERROR_AUTHENTICATION},
        {-1121, OUTCOME_REFUSED, VENUE_ERROR_SYMBOL_NOT_FOUND},
        {-2013, OUTCOME_NOT_FOUND, VENUE_ERROR_ORDER_NOT_FOUND},
        {-2014, OUTCOME_KEYS, VENUE_ERROR_AUTHENTICATION},
        {-2015, OUTCOME_KEYS, VENUE_ERROR_AUTHENTICATION},
        {-2018, OUTCOME_REFUSED, VENUE_ERROR_INSUFFICIENT_BALANCE},
        {-2019, OUTCOME_REFUSED, VENUE_ERROR_INSUFFICIENT_BALANCE},
        {-2027, OUTCOME_REFUSED, VENUE_ERROR_INSUFFICIENT_BALANCE},
        {-4116, OUTCOME_UNKNOWN, VENUE_ERROR_UNKNOWN}, /* it got in: ask */
        {-5028, OUTCOME_CLOCK, VENUE_ERROR_NETWORK},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].code == code) {
            return &rows[i];
        }
    }
    return NULL;
}

static void judge(int32_t status, const json_t *root, struct reply *out)
{
    const json_t *code = json_object_get(root, "code");
    const struct verdict *verdict =
        json_is_integer(code) ? find_verdict(json_integer_value(code)) : NULL;
    if (verdict != NULL) {
        out->outcome = verdict->outcome;
        out->error = verdict->error;
        out->wait_ms = 1000;
    } else if (status == 503 &&
               strcmp(orders_json_text(root, "msg"), "Service Unavailable.") == 0) {
        out->outcome = OUTCOME_REFUSED; /* the one 503 that did not execute */
        out->error = VENUE_ERROR_NETWORK;
    } else if (status >= 500 || status == STATUS_SERVER_TIMEOUT || root == NULL) {
        const bool wall = status == STATUS_FORBIDDEN; /* the firewall speaks no JSON */
        out->outcome = wall ? OUTCOME_REFUSED : OUTCOME_UNKNOWN;
        out->error = wall ? VENUE_ERROR_NETWORK : VENUE_ERROR_UNKNOWN;
    } else {
        out->outcome = status >= 400 ? OUTCOME_REFUSED : OUTCOME_UNKNOWN;
        out->error = VENUE_ERROR_INVALID_ORDER;
    }
}

const struct dialect BINANCE_DIALECT = {
    .has_clock = true,
    .has_trades = true,
    .has_positions = true,
    .write = write,
    .seal = seal,
    .read = read,
    .judge = judge,
};
