#include "venue_case.h"

#include "orders_state.h"

/* How orders are put to the venues, byte for byte, and what their answers mean (VENUES.md
 * 4, 5.2 and 8). */

static struct orders desk(void)
{
    struct orders orders;
    memset(&orders, 0, sizeof(orders));
    strcpy(orders.options.session, "20261120");
    orders.options.pairs_count = 1;
    orders.options.collar_pct = 1.0;
    orders.options.pairs[0] = (struct venue_orders_pair){
        .name = "BTC",
        .symbols = {"KRW-BTC", "BTCUSDT"},
        .lot_units = {1, ONE / 1000},
        .tick_units = {0, ONE / 10},
    };
    return orders;
}

static const struct dialect *dialect_of(enum venue venue)
{
    return venue == VENUE_A ? &UPBIT_DIALECT : &BINANCE_DIALECT;
}

struct written {
    char method[8], path[64], query[512], body[512];
};

static struct written write_call(const struct orders *orders, enum call_kind kind,
                                 const struct track *track)
{
    struct written out;
    struct request_text text = {
        .query = text_growing(), .body = text_growing(), .header = text_growing()};
    dialect_of(track->order.venue)->write(orders, kind, track, &text);
    snprintf(out.method, sizeof(out.method), "%s", text.method);
    snprintf(out.path, sizeof(out.path), "%s", text.path);
    snprintf(out.query, sizeof(out.query), "%s", text_string(&text.query));
    snprintf(out.body, sizeof(out.body), "%s", text_string(&text.body));
    text_finish(&text.query);
    text_finish(&text.body);
    text_finish(&text.header);
    return out;
}

/* An ask of 1 coin at 116,500,000 KRW and 5 more at 117,000,000; a collar of one percent on top
 * gives 117,665,000 and 118,170,000, both on the tick of 1,000. */
static void puts_orders_exactly(void **state)
{
    static const struct {
        const char *name;
        struct order order;
        const char *query;
    } rows[] = {
        {"limit at once",
         {123, 0, 0, VENUE_A, ORDER_BUY, ORDER_LIMIT, ORDER_IOC, ORDER_ENTRY, ONE / 1000,
          116500000 * ONE},
         "market=KRW-BTC&side=bid&ord_type=limit&volume=0.001&price=116500000&"
         "time_in_force=ioc&identifier=arb-20261120-000123-u"},
        {"limit that rests, in the least of units",
         {1, 0, 0, VENUE_A, ORDER_SELL, ORDER_LIMIT, ORDER_GTC, ORDER_EXIT, 12345678,
          116500000 * ONE},
         "market=KRW-BTC&side=ask&ord_type=limit&volume=0.12345678&price=116500000&"
         "identifier=arb-20261120-000001-u"},
        {"market sell",
         {2, 0, 0, VENUE_A, ORDER_SELL, ORDER_MARKET, ORDER_IOC, ORDER_EXIT, ONE, 0},
         "market=KRW-BTC&side=ask&ord_type=market&volume=1&identifier=arb-20261120-000002-u"},
        {"market buy: behind the level that fills it",
         {3, 0, 0, VENUE_A, ORDER_BUY, ORDER_MARKET, ORDER_IOC, ORDER_ENTRY, ONE / 2, 0},
         "market=KRW-BTC&side=bid&ord_type=limit&volume=0.5&price=117665000&"
         "time_in_force=ioc&identifier=arb-20261120-000003-u"},
        {"market buy of more than the first level has",
         {4, 0, 0, VENUE_A, ORDER_BUY, ORDER_MARKET, ORDER_FOK, ORDER_ENTRY, 3 * ONE, 0},
         "market=KRW-BTC&side=bid&ord_type=limit&volume=3&price=118170000&"
         "time_in_force=fok&identifier=arb-20261120-000004-u"},
        {"futures limit",
         {123, 0, 0, VENUE_B, ORDER_SELL, ORDER_LIMIT, ORDER_IOC, ORDER_ENTRY, ONE / 500,
          76950 * ONE},
         "symbol=BTCUSDT&side=SELL&type=LIMIT&quantity=0.002&timeInForce=IOC&price=76950&"
         "newOrderRespType=RESULT&newClientOrderId=arb-20261120-000123-b"},
        {"futures market that closes",
         {5, 0, 0, VENUE_B, ORDER_BUY, ORDER_MARKET, ORDER_IOC, ORDER_EXIT, ONE / 500, 0},
         "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.002&reduceOnly=true&"
         "newOrderRespType=RESULT&newClientOrderId=arb-20261120-000005-b"},
        {"futures market or nothing",
         {6, 0, 0, VENUE_B, ORDER_BUY, ORDER_MARKET, ORDER_FOK, ORDER_ENTRY, ONE, 0},
         "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&timeInForce=FOK&price=80800&"
         "newOrderRespType=RESULT&newClientOrderId=arb-20261120-000006-b"},
    };
    struct orders orders = desk();
    orders.books[0][VENUE_A] = venue_case_asks(116500000, 1, 117000000, 5);
    orders.books[0][VENUE_B] = venue_case_asks(80000, 1, 0, 0);
    for (size_t i = 0; i < LEN(rows); i++) {
        print_message("# %s\n", rows[i].name);
        const struct track track = {.order = rows[i].order};
        assert_string_equal(write_call(&orders, CALL_CREATE, &track).query, rows[i].query);
    }
}

/* What is hashed and what is sent have their members in the same order. */
static void puts_the_parameters_of_upbit_into_a_body(void **state)
{
    const struct orders orders = desk();
    const struct track track = {
        .order = {2, 0, 0, VENUE_A, ORDER_SELL, ORDER_MARKET, ORDER_IOC, ORDER_EXIT, ONE, 0}};
    const struct written made = write_call(&orders, CALL_CREATE, &track);
    assert_string_equal(made.method, "POST");
    assert_string_equal(made.path, "/v1/orders");
    assert_string_equal(made.body, "{\"market\":\"KRW-BTC\",\"side\":\"ask\",\"ord_type\":"
                                   "\"market\",\"volume\":\"1\",\"identifier\":"
                                   "\"arb-20261120-000002-u\"}");
    assert_string_equal(write_call(&orders, CALL_CANCEL, &track).query,
                        "identifier=arb-20261120-000002-u");
}

struct judged {
    enum venue venue;
    int32_t status;
    const char *body; /* NULL: no JSON */
    enum outcome outcome;
    enum venue_error error;
};

#define CODE(number) "{\"code\":" #number ",\"msg\":\"m\"}"
#define NAME(name)   "{\"error\":{\"name\":\"" name "\",\"message\":\"m\"}}"

static void takes_refusals_for_what_they_are(void **state)
{
    static const struct judged rows[] = {
        {VENUE_B, 400, CODE(-1006), OUTCOME_UNKNOWN, VENUE_ERROR_UNKNOWN},
        {VENUE_B, 400, CODE(-1007), OUTCOME_UNKNOWN, VENUE_ERROR_UNKNOWN},
        {VENUE_B, 503, CODE(-1008), OUTCOME_REFUSED, VENUE_ERROR_RATE_LIMITED},
        {VENUE_B, 400, CODE(-1015), OUTCOME_REFUSED, VENUE_ERROR_RATE_LIMITED},
        {VENUE_B, 400, CODE(-1021), OUTCOME_CLOCK, VENUE_ERROR_NETWORK},
        {VENUE_B, 400, CODE(-5028), OUTCOME_CLOCK, VENUE_ERROR_NETWORK},
        {VENUE_B, 400, CODE(-1022), OUTCOME_KEYS, VENUE_ERROR_AUTHENTICATION},
        {VENUE_B, 401, CODE(-2015), OUTCOME_KEYS, VENUE_ERROR_AUTHENTICATION},
        {VENUE_B, 400, CODE(-1111), OUTCOME_REFUSED, VENUE_ERROR_INVALID_ORDER},
        {VENUE_B, 400, CODE(-1121), OUTCOME_REFUSED, VENUE_ERROR_SYMBOL_NOT_FOUND},
        {VENUE_B, 400, CODE(-2010), OUTCOME_REFUSED, VENUE_ERROR_INVALID_ORDER},
        {VENUE_B, 400, CODE(-2013), OUTCOME_NOT_FOUND, VENUE_ERROR_ORDER_NOT_FOUND},
        {VENUE_B, 400, CODE(-2019), OUTCOME_REFUSED, VENUE_ERROR_INSUFFICIENT_BALANCE},
        {VENUE_B, 400, CODE(-4116), OUTCOME_UNKNOWN, VENUE_ERROR_UNKNOWN},
        {VENUE_B, 400, CODE(-4164), OUTCOME_REFUSED, VENUE_ERROR_INVALID_ORDER},
        {VENUE_B, 503,
         "{\"timestamp\":1,\"msg\":\"Unknown error, please check your request or "
         "try again later.\"}",
         OUTCOME_UNKNOWN, VENUE_ERROR_UNKNOWN},
        {VENUE_B, 503, "{\"msg\":\"Service Unavailable.\"}", OUTCOME_REFUSED,
         VENUE_ERROR_NETWORK},
        {VENUE_B, 502, NULL, OUTCOME_UNKNOWN, VENUE_ERROR_UNKNOWN},
        {VENUE_B, 408, NULL, OUTCOME_UNKNOWN, VENUE_ERROR_UNKNOWN},
        {VENUE_B, 403, NULL, OUTCOME_REFUSED, VENUE_ERROR_NETWORK},
        {VENUE_B, 302, NULL, OUTCOME_UNKNOWN, VENUE_ERROR_UNKNOWN},
        {VENUE_A, 400, NAME("insufficient_funds_bid"), OUTCOME_REFUSED,
         VENUE_ERROR_INSUFFICIENT_BALANCE},
        {VENUE_A, 400, NAME("under_min_total_ask"), OUTCOME_REFUSED, VENUE_ERROR_INVALID_ORDER},
        {VENUE_A, 400, NAME("invalid_price_bid"), OUTCOME_REFUSED, VENUE_ERROR_INVALID_ORDER},
        {VENUE_A, 401, NAME("jwt_verification"), OUTCOME_KEYS, VENUE_ERROR_AUTHENTICATION},
        {VENUE_A, 401, NAME("no_authorization_i_p"), OUTCOME_KEYS, VENUE_ERROR_AUTHENTICATION},
        {VENUE_A, 403, NAME("out_of_scope"), OUTCOME_KEYS, VENUE_ERROR_AUTHENTICATION},
        {VENUE_A, 404, NAME("order_not_found"), OUTCOME_NOT_FOUND, VENUE_ERROR_ORDER_NOT_FOUND},
        {VENUE_A, 404, "{\"error\":{\"name\":404,\"message\":\"Code not found\"}}",
         OUTCOME_REFUSED, VENUE_ERROR_INVALID_ORDER},
        {VENUE_A, 500, NAME("server_error"), OUTCOME_UNKNOWN, VENUE_ERROR_UNKNOWN},
        {VENUE_A, 400, NULL, OUTCOME_UNKNOWN, VENUE_ERROR_UNKNOWN},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        const struct judged *row = &rows[i];
        struct reply reply = {.outcome = OUTCOME_UNKNOWN, .error = VENUE_ERROR_UNKNOWN};
        json_t *root = row->body != NULL ? json_loads(row->body, 0, NULL) : NULL;
        print_message("# %s %d %s\n", venue_name(row->venue), (int)row->status,
                      row->body != NULL ? row->body : "");
        dialect_of(row->venue)->judge(row->status, root, &reply);
        assert_int_equal(reply.outcome, row->outcome);
        assert_int_equal(reply.error, row->error);
        json_decref(root);
    }
}

static bool read_call(struct orders *orders, enum call_kind kind, struct track *track,
                      const char *text, struct reply *reply)
{
    const struct call call = {.track = track, .venue = track->order.venue, .kind = kind};
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    *reply = (struct reply){.outcome = OUTCOME_UNKNOWN};
    const bool read = dialect_of(call.venue)->read(orders, &call, root, reply);
    json_decref(root);
    return read;
}

#define BINANCE_ORDER(id, executed, status)                                                    \
    "{\"clientOrderId\":\"" id "\",\"executedQty\":" executed ",\"orderId\":22542179,"         \
    "\"status\":\"" status "\",\"newField\":{}}"

static void reads_orders_of_binance(void **state)
{
    static const struct {
        const char *text;
        bool read, ended;
        int64_t executed;
    } rows[] = {
        {BINANCE_ORDER("arb-20261120-000123-b", "\"0\"", "NEW"), true, false, 0},
        {BINANCE_ORDER("arb-20261120-000123-b", "\"0.001\"", "PARTIALLY_FILLED"), true, false,
         ONE / 1000},
        {BINANCE_ORDER("arb-20261120-000123-b", "\"0.001\"", "EXPIRED"), true, true,
         ONE / 1000},
        {BINANCE_ORDER("arb-20261120-000123-b", "\"0\"", "EXPIRED_IN_MATCH"), true, true, 0},
        {BINANCE_ORDER("arb-20261120-000124-b", "\"0\"", "NEW"), false, false, 0},
        {BINANCE_ORDER("arb-20261120-000123-b", "0.001", "NEW"), false, false, 0},
        {BINANCE_ORDER("arb-20261120-000123-b", "\"-1\"", "NEW"), false, false, 0},
        {"{\"clientOrderId\":\"arb-20261120-000123-b\"}", false, false, 0},
        {"[]", false, false, 0},
    };
    struct orders orders = desk();
    for (size_t i = 0; i < LEN(rows); i++) {
        struct track track = {.order = {.client_id = 123, .venue = VENUE_B}};
        struct reply reply;
        print_message("# %s\n", rows[i].text);
        assert_int_equal(read_call(&orders, CALL_STATUS, &track, rows[i].text, &reply),
                         rows[i].read);
        if (rows[i].read) {
            assert_int_equal(reply.view.ended, rows[i].ended);
            assert_int_equal(reply.view.executed_units, rows[i].executed);
            assert_string_equal(reply.view.venue_id, "22542179");
        }
        reply_finish(&reply);
    }
}

#define TRADE(id, order, asset)                                                                \
    "{\"id\":" id ",\"orderId\":" order ",\"price\":\"76950.10\",\"qty\":\"0.002\","           \
    "\"commission\":\"0.0769501\",\"commissionAsset\":\"" asset "\"}"

/* 76,950.10 * 0.002 is 153.9002. A fee in BNB cannot be counted in USDT: it is estimated. */
static void reads_fills_of_binance(void **state)
{
    struct orders orders = desk();
    struct track track = {.order = {.client_id = 123, .venue = VENUE_B}, .venue_id = "7"};
    struct reply reply;
    assert_true(read_call(
        &orders, CALL_TRADES, &track,
        "[" TRADE("1", "7", "USDT") "," TRADE("1", "7", "USDT") "," TRADE("2", "7", "BNB") "]",
        &reply));
    assert_int_equal(reply.fills.count, 2);
    assert_int_equal(reply.fills.fills[0].value_units, INT64_C(15390020000));
    assert_int_equal(reply.fills.fills[0].fee_units, 7695010);
    assert_int_equal(reply.fills.fills[1].fee_units, FEE_FOREIGN);
    reply_finish(&reply);
    assert_false(
        read_call(&orders, CALL_TRADES, &track, "[" TRADE("1", "8", "USDT") "]", &reply));
    reply_finish(&reply);
}

/* A market buy ends as "cancel" though all of it filled; fees have more than eight decimals. */
static void reads_orders_of_upbit(void **state)
{
    static const char TEXT[] =
        "{\"uuid\":\"9ca0\",\"state\":\"cancel\",\"executed_volume\":\"0.001\","
        "\"paid_fee\":\"58.2500123456789\",\"identifier\":\"arb-20261120-000123-u\","
        "\"trades\":[{\"uuid\":\"t1\",\"price\":\"116500000\",\"volume\":\"0.001\","
        "\"funds\":\"116500\"}]}";
    struct orders orders = desk();
    struct track track = {.order = {.client_id = 123, .venue = VENUE_A}};
    struct reply reply;
    assert_true(read_call(&orders, CALL_STATUS, &track, TEXT, &reply));
    assert_true(reply.view.ended);
    assert_int_equal(reply.view.executed_units, ONE / 1000);
    assert_int_equal(reply.view.fee_units, INT64_C(5825001235)); /* 58.25001234|56789 */
    assert_int_equal(reply.fills.count, 1);
    assert_int_equal(reply.fills.fills[0].value_units, 116500 * ONE);
    reply_finish(&reply);
    track.order.client_id = 124;
    assert_false(read_call(&orders, CALL_STATUS, &track, TEXT, &reply));
    reply_finish(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_orders_exactly),
        cmocka_unit_test(puts_the_parameters_of_upbit_into_a_body),
        cmocka_unit_test(takes_refusals_for_what_they_are),
        cmocka_unit_test(reads_orders_of_binance),
        cmocka_unit_test(reads_fills_of_binance),
        cmocka_unit_test(reads_orders_of_upbit),
    };
    return cmocka_run_group_tests_name("venue/dialects", tests, NULL, NULL);
}
