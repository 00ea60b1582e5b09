#include <string.h>

#include <openssl/rand.h>

#include "base/num.h"
#include "orders_state.h"
#include "venue/sign.h"

/* Order entry in Upbit's words (VENUES.md 4). Creating puts the parameters into a JSON body,
 * everything else into the query; what is hashed is the same text. */

enum { DECIMALS = 8, UUID_SIZE = 36 + 1, UUID_BYTES = 16 };

static void add_units(struct request_text *out, const char *name, int64_t units)
{
    char buffer[NUM_TEXT_SIZE];
    request_add(out, name, num_format_fixed(buffer, units, DECIMALS));
}

/* Upbit's own market buy takes an amount of KRW instead of coin, so it is a limit order behind
 * the book; it refuses to rest. */
static void write_create(const struct orders *orders, const struct order *order,
                         struct request_text *out)
{
    const bool sell = order->side == ORDER_SELL;
    const bool market = order->type == ORDER_MARKET && sell && order->lifetime == ORDER_IOC;
    const int64_t price = order->type == ORDER_LIMIT ? order->limit_price_units
                                                     : orders_collar_units(orders, order);
    request_add(out, "market", orders->options.pairs[order->pair].symbols[VENUE_A]);
    request_add(out, "side", sell ? "ask" : "bid");
    request_add(out, "ord_type", market ? "market" : "limit");
    add_units(out, "volume", order->quantity_units);
    if (!market) {
        add_units(out, "price", price);
    }
    if (!market && order->lifetime != ORDER_GTC) {
        request_add(out, "time_in_force", order->lifetime == ORDER_IOC ? "ioc" : "fok");
    }
}

/* "k=v&k=v" as {"k":"v","k":"v"}, in the same order, as it is hashed. */
static void write_body(const struct text *query, struct text *body)
{
    text_add(body, "{\"");
    for (const char *at = text_string(query); *at != '\0'; at++) {
        if (*at == '=' || *at == '&') {
            text_add(body, *at == '=' ? "\":\"" : "\",\"");
        } else {
            text_add_char(body, *at);
        }
    }
    text_add(body, "\"}");
}

static void write(const struct orders *orders, enum call_kind kind, const struct track *track,
                  struct request_text *out)
{
    static const struct {
        const char *method, *path;
    } calls[] = {
        [CALL_CREATE] = {"POST", "/v1/orders"},    [CALL_CANCEL] = {"DELETE", "/v1/order"},
        [CALL_STATUS] = {"GET", "/v1/order"},      [CALL_TRADES] = {"GET", "/v1/order"},
        [CALL_BALANCES] = {"GET", "/v1/accounts"}, [CALL_POSITIONS] = {"GET", "/v1/accounts"},
        [CALL_TIME] = {"GET", "/v1/accounts"},
    };
    char id[ORDER_ID_SIZE];
    out->method = calls[kind].method;
    out->path = calls[kind].path;
    if (track == NULL) {
        return;
    }
    if (kind == CALL_CREATE) {
        write_create(orders, &track->order, out);
    }
    request_add(out, "identifier", orders_client_id(orders, &track->order, id));
    if (kind == CALL_CREATE) {
        write_body(&out->query, &out->body);
    }
}

static void make_uuid(char out[UUID_SIZE])
{
    unsigned char bytes[UUID_BYTES];
    /* Without randomness nothing is sent twice, but it is refused: the clock would not do. */
    if (RAND_bytes(bytes, sizeof(bytes)) != 1) {
        memset(bytes, 0, sizeof(bytes));
    }
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    struct text text = text_fixed(out, UUID_SIZE);
    for (int i = 0; i < UUID_BYTES; i++) {
        text_addf(&text, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", bytes[i]);
    }
}

static void seal(const struct venue_keys *keys, int64_t venue_ms, int64_t window_ms,
                 struct request_text *out)
{
    char hash[SIGN_SHA512_TEXT_SIZE];
    char nonce[UUID_SIZE];
    make_uuid(nonce);
    const struct sign_claims claims = {
        .access_key = venue_keys_access(keys),
        .nonce = nonce,
        .query_hash = out->query.length > 0
                          ? sign_sha512(hash, text_string(&out->query), out->query.length)
                          : NULL,
    };
    text_add(&out->header, "Authorization: Bearer ");
    sign_token(&out->header, SIGN_HS512, venue_keys_secret(keys), &claims);
    if (out->body.length > 0) {
        text_clear(&out->query); /* it stands in the body */
    }
}

static bool read_fill(const json_t *trade, struct fill *fill)
{
    int64_t price_units;
    const char *price = orders_json_text(trade, "price");
    text_cut(fill->key, sizeof(fill->key), "%s", orders_json_text(trade, "uuid"));
    fill->fee_units = FEE_OF_ORDER;
    if (fill->key[0] == '\0' || !num_parse_double(price, strlen(price), &fill->price) ||
        !orders_json_units(trade, "price", &price_units) || price_units <= 0 ||
        !orders_json_units(trade, "volume", &fill->quantity_units) ||
        fill->quantity_units <= 0) {
        return false;
    }
    return orders_json_units(trade, "funds", &fill->value_units) ||
           orders_value(price_units, fill->quantity_units, &fill->value_units);
}

/* Creating and cancelling tell no trades; then the status is asked for. */
static bool read_trades(const json_t *root, struct fill_list *fills)
{
    size_t i;
    json_t *trade;
    json_array_foreach(json_object_get(root, "trades"), i, trade)
    {
        struct fill fill = {.key = ""};
        if (!read_fill(trade, &fill)) {
            return false;
        }
        fill_list_add(fills, &fill);
    }
    return true;
}

/* What is executed decides, and not the state: a market buy ends as "cancel" when all is
 * bought. */
static bool read_view(const struct orders *orders, const struct track *track,
                      const json_t *root, struct reply *out)
{
    char id[ORDER_ID_SIZE];
    struct order_view *view = &out->view;
    const char *state = orders_json_text(root, "state");
    const char *identifier = orders_json_text(root, "identifier");
    if (*state == '\0' || !orders_json_units(root, "executed_volume", &view->executed_units) ||
        !orders_json_units(root, "paid_fee", &view->fee_units) ||
        strcmp(identifier, orders_client_id(orders, &track->order, id)) != 0) {
        return false;
    }
    text_cut(view->venue_id, sizeof(view->venue_id), "%s", orders_json_text(root, "uuid"));
    view->ended = strcmp(state, "done") == 0 || strcmp(state, "cancel") == 0;
    return view->executed_units >= 0 && read_trades(root, &out->fills);
}

static bool read_accounts(struct orders *orders, const json_t *root)
{
    size_t i;
    json_t *row;
    struct account account = {.known = true};
    if (!json_is_array(root)) {
        return false;
    }
    json_array_foreach(root, i, row)
    {
        struct money money;
        const char *currency = orders_json_text(row, "currency");
        if (!orders_json_units(row, "balance", &money.free_units) ||
            !orders_json_units(row, "locked", &money.locked_units)) {
            return false;
        }
        if (strcmp(currency, "KRW") == 0) {
            account.money = money;
        }
        for (int32_t pair = 0; pair < orders->options.pairs_count; pair++) {
            if (strcmp(orders->options.pairs[pair].name, currency) == 0) {
                account.coins[pair] = money;
            }
        }
    }
    orders->desks[VENUE_A].account = account;
    return true;
}

static bool read(struct orders *orders, const struct call *call, const json_t *root,
                 struct reply *out)
{
    return call->track != NULL ? read_view(orders, call->track, root, out)
                               : read_accounts(orders, root);
}

struct verdict {
    const char *name;
    enum outcome outcome;
    enum venue_error error;
};

static const struct verdict *find_verdict(const char *name)
{
    static const struct verdict rows[] = {
        {"insufficient_funds_bid", OUTCOME_REFUSED, VENUE_ERROR_INSUFFICIENT_BALANCE},
        {"insufficient_funds_ask", OUTCOME_REFUSED, VENUE_ERROR_INSUFFICIENT_BALANCE},
        {"order_not_found", OUTCOME_NOT_FOUND, VENUE_ERROR_ORDER_NOT_FOUND},
        {"market_does_not_exist", OUTCOME_REFUSED, VENUE_ERROR_SYMBOL_NOT_FOUND},
        {"duplicated_identifier", OUTCOME_UNKNOWN, VENUE_ERROR_UNKNOWN}, /* it got in: ask */
        {"invalid_query_payload", OUTCOME_KEYS, VENUE_ERROR_AUTHENTICATION},
        {"jwt_verification", OUTCOME_KEYS, VENUE_ERROR_AUTHENTICATION},
        {"expired_access_key", OUTCOME_KEYS, VENUE_ERROR_AUTHENTICATION},
        {"no_authorization_ip", OUTCOME_KEYS, VENUE_ERROR_AUTHENTICATION},
        {"no_authorization_i_p", OUTCOME_KEYS, VENUE_ERROR_AUTHENTICATION},
        {"no_authorization_token", OUTCOME_KEYS, VENUE_ERROR_AUTHENTICATION},
        {"out_of_scope", OUTCOME_KEYS, VENUE_ERROR_AUTHENTICATION},
        {"nonce_used", OUTCOME_REFUSED, VENUE_ERROR_AUTHENTICATION},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

/* By the name of the error and not by its status. Names are whole numbers at times. */
static void judge(int32_t status, const json_t *root, struct reply *out)
{
    const json_t *error = json_object_get(root, "error");
    const struct verdict *verdict = find_verdict(orders_json_text(error, "name"));
    if (verdict != NULL) {
        out->outcome = verdict->outcome;
        out->error = verdict->error;
    } else if (error == NULL || status < 400 || status >= 500) {
        out->outcome = OUTCOME_UNKNOWN;
    } else {
        out->outcome = OUTCOME_REFUSED;
        out->error = VENUE_ERROR_INVALID_ORDER;
    }
}

const struct dialect UPBIT_DIALECT = {
    .write = write,
    .seal = seal,
    .read = read,
    .judge = judge,
};
