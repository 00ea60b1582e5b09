#include "orders_case.h"

#include <stdlib.h>

#include "base/clock.h"
#include "io/http.h"
#include "venue/sign.h"

/* What the private halves answer to requests that are not ours: signatures, times, names. */

struct asked {
    struct loop *loop;
    int32_t status;
    char body[512];
};

static int open(void **state)
{
    struct orders_case *it = malloc(sizeof(*it));
    orders_case_prepare(it);
    orders_case_open(it);
    *state = it;
    return 0;
}

static int finish(void **state)
{
    orders_case_close(*state);
    free(*state);
    return 0;
}

static void on_answer(void *context, const struct http_answer *answer)
{
    struct asked *asked = context;
    asked->status = answer->status;
    snprintf(asked->body, sizeof(asked->body), "%s", answer->body);
    loop_stop(asked->loop, 0);
}

static struct asked ask(struct orders_case *it, enum venue which, const char *method,
                        const char *target, const char *header, const char *body)
{
    struct err err;
    char url[1024];
    const char *const headers[] = {header};
    struct asked asked = {.loop = it->loop};
    struct http *http;
    const struct http_options options = {.requests_max = 1};
    snprintf(url, sizeof(url), "%s%s", it->urls[which], target);
    const struct http_request request = {.method = method,
                                         .url = url,
                                         .headers = headers,
                                         .headers_count = header != NULL ? 1 : 0,
                                         .body = body,
                                         .body_size = body != NULL ? strlen(body) : 0,
                                         .timeout_ms = 5000,
                                         .size_max = 4096};
    assert_true(http_create(&http, it->loop, &options, &err));
    assert_true(http_send(http, &request, on_answer, &asked) != 0);
    loop_run(it->loop);
    http_destroy(http);
    return asked;
}

/* A query signed with `secret` at `late_ms` behind the simulator's time. */
static struct asked ask_binance(struct orders_case *it, const char *method, const char *query,
                                const char *secret, int64_t late_ms)
{
    char target[512], signature[SIGN_SHA256_TEXT_SIZE];
    const int64_t at_ms = orders_case_now_ns(it) / CLOCK_NS_PER_MS - late_ms;
    const int start = snprintf(target, sizeof(target), "/fapi/v1/order?");
    const int length = snprintf(target + start, sizeof(target) - (size_t)start,
                                "%s&recvWindow=5000&timestamp=%lld", query, (long long)at_ms);
    (void)sign_hmac_sha256(signature, secret, target + start, (size_t)length);
    snprintf(target + start + length, sizeof(target) - (size_t)(start + length),
             "&signature=%s", signature);
    return ask(it, VENUE_B, method, target, "X-MBX-APIKEY: BINANCEACCESS", NULL);
}

#define SELL "symbol=ETHUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=110"

static void wants_a_signature_and_the_time_of_day(void **state)
{
    struct orders_case *it = *state;
    static const struct {
        const char *name, *secret;
        int64_t late_ms;
        const char *code;
    } rows[] = {
        {"another secret", "SOMETHINGELSE", 0, "-1022"},
        {"too late", "BINANCESECRET", 5200, "-1021"},
        {"from the future", "BINANCESECRET", -1200, "-1021"},
        {"just in time", "BINANCESECRET", 4000, "clientOrderId"},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        print_message("# %s\n", rows[i].name);
        const struct asked asked = ask_binance(it, "POST", SELL "&newClientOrderId=x1",
                                               rows[i].secret, rows[i].late_ms);
        assert_non_null(strstr(asked.body, rows[i].code));
    }
    const struct asked asked = ask(it, VENUE_B, "POST", "/fapi/v1/order?" SELL, NULL, NULL);
    assert_int_equal(asked.status, 401);
}

/* Among those that are open; once it has ended, the name may come again. */
static void takes_a_name_once_while_its_order_is_open(void **state)
{
    struct orders_case *it = *state;
    static const char *const QUERY = SELL "&newClientOrderId=x1";
    assert_int_equal(ask_binance(it, "POST", QUERY, "BINANCESECRET", 0).status, 200);
    assert_non_null(strstr(ask_binance(it, "POST", QUERY, "BINANCESECRET", 0).body, "-4116"));
    assert_int_equal(
        ask_binance(it, "DELETE", "symbol=ETHUSDT&origClientOrderId=x1", "BINANCESECRET", 0)
            .status,
        200);
    assert_int_equal(ask_binance(it, "POST", QUERY, "BINANCESECRET", 0).status, 200);
}

static void refuses_by_the_rules_of_the_exchange(void **state)
{
    struct orders_case *it = *state;
    static const struct {
        const char *query, *code;
    } rows[] = {
        {"symbol=XUSDT&side=SELL&type=MARKET&quantity=1", "-1121"},
        {"symbol=ETHUSDT&side=SELL&type=MARKET&quantity=0", "-4003"},
        {"symbol=ETHUSDT&side=SELL&type=MARKET&quantity=1.0005", "-4023"},
        {"symbol=ETHUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=110.05",
         "-4014"},
        {"symbol=ETHUSDT&side=SELL&type=MARKET&quantity=1&reduceOnly=true", "-2022"},
        {"symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.04&price=100",
         "-4164"},
        {"symbol=ETHUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=100&price=110", "-2019"},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        char query[256];
        print_message("# %s\n", rows[i].code);
        snprintf(query, sizeof(query), "%s&newClientOrderId=y%zu", rows[i].query, i);
        const struct asked asked = ask_binance(it, "POST", query, "BINANCESECRET", 0);
        assert_non_null(strstr(asked.body, rows[i].code));
    }
}

static struct asked ask_upbit(struct orders_case *it, const char *method, const char *target,
                              const char *hashed, const char *nonce, const char *body)
{
    char hash[SIGN_SHA512_TEXT_SIZE];
    struct text header = text_growing();
    const struct sign_claims claims = {
        .access_key = "UPBITACCESS",
        .nonce = nonce,
        .query_hash = hashed != NULL ? sign_sha512(hash, hashed, strlen(hashed)) : NULL,
    };
    text_add(&header, "Authorization: Bearer ");
    sign_token(&header, SIGN_HS256, "UPBITSECRET", &claims);
    const struct asked asked = ask(it, VENUE_A, method, target, text_string(&header), body);
    text_finish(&header);
    return asked;
}

static void wants_a_token_with_the_hash_of_what_is_asked(void **state)
{
    struct orders_case *it = *state;
    assert_non_null(
        strstr(ask(it, VENUE_A, "GET", "/v1/accounts", NULL, NULL).body, "no_authorization"));
    assert_non_null(strstr(
        ask(it, VENUE_A, "GET", "/v1/accounts", "Authorization: Bearer a.b.c", NULL).body,
        "jwt_verification"));
    assert_int_equal(ask_upbit(it, "GET", "/v1/accounts", NULL, "n1", NULL).status, 200);
    assert_non_null(
        strstr(ask_upbit(it, "GET", "/v1/accounts", NULL, "n1", NULL).body, "nonce_used"));
    assert_non_null(
        strstr(ask_upbit(it, "GET", "/v1/order?identifier=a", "identifier=b", "n2", NULL).body,
               "invalid_query_payload"));
    assert_non_null(
        strstr(ask_upbit(it, "GET", "/v1/order?identifier=a", "identifier=a", "n3", NULL).body,
               "order_not_found"));
}

/* For ever, and also when it was refused: nine coins that are not there. */
static void burns_an_identifier_at_the_first_attempt(void **state)
{
    struct orders_case *it = *state;
    static const char BODY[] = "{\"market\":\"KRW-BTC\",\"side\":\"ask\",\"ord_type\":"
                               "\"market\",\"volume\":\"9\",\"identifier\":\"a\"}";
    static const char HASHED[] =
        "market=KRW-BTC&side=ask&ord_type=market&volume=9&identifier=a";
    assert_non_null(strstr(ask_upbit(it, "POST", "/v1/orders", HASHED, "n1", BODY).body,
                           "insufficient_funds_ask"));
    assert_non_null(strstr(ask_upbit(it, "POST", "/v1/orders", HASHED, "n2", BODY).body,
                           "duplicated_identifier"));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open, finish)
    const struct CMUnitTest tests[] = {
        CASE(wants_a_signature_and_the_time_of_day),
        CASE(takes_a_name_once_while_its_order_is_open),
        CASE(refuses_by_the_rules_of_the_exchange),
        CASE(wants_a_token_with_the_hash_of_what_is_asked),
        CASE(burns_an_identifier_at_the_first_attempt),
    };
    return cmocka_run_group_tests_name("simulator/private", tests, NULL, NULL);
}
