#include "support/check.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "bench.h"
#include "market/upbit.h"

/* Both venues over the wire, as a client meets them. */

static const char *const COINS[] = {"BTC"};

static struct venue_sim_options usual(void)
{
    struct venue_sim_options options = venue_sim_defaults();
    options.coins = COINS;
    options.pairs_count = 1;
    options.speed = 5.0;
    return options;
}

static int enter(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    const struct venue_sim_options options = usual();
    bench_open(bench, &options);
    *state = bench;
    return 0;
}

static int leave(void **state)
{
    bench_close(*state);
    free(*state);
    return 0;
}

/* Goal: calls, refusals and headers of both venues. */
static void rest_calls_are_answered(void **state)
{
    static const struct {
        enum venue venue;
        const char *path;
        int32_t status;
        const char *begins;
        const char *header, *value; /* how it begins: the second may turn meanwhile */
    } cases[] = {
        {VENUE_A, "/v1/orderbook?markets=KRW-BTC,KRW-USDT&count=2", 200,
         "[{\"market\":\"KRW-BTC\",\"timestamp\":", "Remaining-Req",
         "group=orderbook; min=600; sec=9"},
        {VENUE_A, "/v1/orderbook?markets=KRW-BTC,KRW-NO", 404,
         "{\"error\":{\"name\":404,\"message\":\"Code not found\"}}", "remaining-req",
         "group=orderbook; min=600; sec="},
        {VENUE_A, "/v1/orderbook", 400, "{\"error\":{\"name\":400,\"message\":\"Missing",
         "remaining-req", "group=orderbook; min=600; sec="},
        {VENUE_A, "/v1/orderbook?markets=KRW-BTC&count=x", 400,
         "{\"error\":{\"name\":400,\"message\":\"Type mismatch", NULL, NULL},
        {VENUE_A, "/v1/nothing", 404,
         "{\"error\":{\"name\":\"not_found\",\"message\":\"no Route", "remaining-req", ""},
        {VENUE_A, "/v1/orderbook/instruments?markets=KRW-BTC", 200,
         "[{\"market\":\"KRW-BTC\",\"quote_currency\":\"KRW\",\"tick_size\":\"1000\"", NULL,
         NULL},
        {VENUE_A, "/v1/market/all", 200, "[{\"market\":\"KRW-BTC\"", NULL, NULL},
        {VENUE_A, "/v1/ticker?markets=KRW-USDT", 200, "[{\"market\":\"KRW-USDT\"", NULL, NULL},
        {VENUE_A, "/v1/candles/minutes/1?market=KRW-BTC&count=3", 200,
         "[{\"market\":\"KRW-BTC\",\"candle_date_time_utc\":", NULL, NULL},
        {VENUE_B, "/fapi/v1/ping", 200, "{}", "x-mbx-used-weight-1m", "1"},
        {VENUE_B, "/fapi/v1/depth?symbol=BTCUSDT&limit=1000", 200, "{\"lastUpdateId\":512310",
         "X-MBX-USED-WEIGHT-1M", "2"},
        {VENUE_B, "/fapi/v1/depth?symbol=NOUSDT", 400,
         "{\"code\":-1121,\"msg\":\"Invalid symbol.\"}", NULL, NULL},
        {VENUE_B, "/fapi/v1/depth?symbol=BTCUSDT&limit=7", 400, "{\"code\":-1130", NULL, NULL},
        {VENUE_B, "/fapi/v1/depth", 400, "{\"code\":-1102", NULL, NULL},
        {VENUE_B, "/fapi/v1/time", 200, "{\"serverTime\":1", NULL, NULL},
        {VENUE_B, "/fapi/v1/exchangeInfo", 200, "{\"timezone\":\"UTC\"", NULL, NULL},
        {VENUE_B, "/fapi/v1/premiumIndex?symbol=BTCUSDT", 200, "{\"symbol\":\"BTCUSDT\"", NULL,
         NULL},
        {VENUE_B, "/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=3", 200, "[[1", NULL, NULL},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct bench_answer answer =
            bench_ask(*state, "GET", cases[i].venue, cases[i].path, cases[i].header);
        print_message("# %s\n", cases[i].path);
        assert_int_equal(answer.status, cases[i].status);
        if (strncmp(text_string(&answer.body), cases[i].begins, strlen(cases[i].begins)) != 0) {
            fail_msg("%s", text_string(&answer.body));
        }
        if (cases[i].header != NULL) {
            assert_memory_equal(answer.header, cases[i].value, strlen(cases[i].value));
        }
        text_finish(&answer.body);
    }
}

static int32_t ask_status(struct bench *bench, enum venue venue, const char *path,
                          char header[64], const char *name)
{
    struct bench_answer answer = bench_ask(bench, "GET", venue, path, name);
    text_cut(header, 64, "%s", answer.header);
    text_finish(&answer.body);
    return answer.status;
}

/* Goal: who asks too much is told to wait, and who goes on is banned. 2400 of weight are 120
 * snapshots; ten refusals more are a ban. */
static void too_many_requests_are_refused(void **state)
{
    static const char PATH[] = "/fapi/v1/depth?symbol=BTCUSDT&limit=1000";
    char header[64];
    int passed = 0;
    int32_t status = 200;
    for (int i = 0; i < 260 && status == 200; i++) {
        status = ask_status(*state, VENUE_B, PATH, header, "Retry-After");
        passed += status == 200 ? 1 : 0;
    }
    /* A minute may turn meanwhile. */
    assert_true(passed == 120 || (passed > 120 && passed <= 240));
    assert_int_equal(status, 429);
    assert_in_range(atoi(header), 1, 60);
    for (int i = 0; i < 200 && status != 418; i++) {
        status = ask_status(*state, VENUE_B, PATH, header, "Retry-After");
    }
    assert_int_equal(status, 418);
    assert_in_range(atoi(header), 118, 120);
}

/* Goal: a subscription is answered at once with whole books in binary frames; the next one
 * takes its place; a bad one is the last. */
static void upbit_serves_its_socket(void **state)
{
    struct bench_socket *socket = calloc(1, sizeof(*socket));
    bench_dial(*state, socket, VENUE_A, "/websocket/v1",
               "[{\"ticket\":\"t\"},{\"type\":\"orderbook\",\"codes\":[\"KRW-BTC.5\","
               "\"KRW-NO\",\"krw-btc\"]}]");
    bench_until_heard(socket, 3);
    assert_true(socket->binary);
    assert_non_null(strstr(bench_heard(socket, 0), "\"stream_type\":\"SNAPSHOT\""));
    assert_non_null(strstr(bench_heard(socket, 1), "\"stream_type\":\"REALTIME\""));
    static const char NEXT[] =
        "[{\"ticket\":\"t\"},{\"type\":\"orderbook\",\"codes\":[\"KRW-USDT.1\"]},"
        "{\"format\":\"SIMPLE_LIST\"}]";
    assert_true(websocket_send(socket->line, NEXT, strlen(NEXT)));
    int32_t count = socket->count;
    do {
        bench_until_heard(socket, ++count);
    } while (strncmp(bench_heard(socket, count - 1), "[{\"ty\":\"orderbook\"", 18) != 0);
    bench_until_heard(socket, count + 2);
    for (int32_t i = count; i < socket->count; i++) {
        assert_non_null(strstr(bench_heard(socket, i), "\"cd\":\"KRW-USDT\""));
    }
    assert_true(websocket_send(socket->line, "{}", 2));
    bench_until_lost(socket, 1);
    assert_non_null(strstr(bench_heard(socket, socket->count - 1), "WRONG_FORMAT"));
    bench_hang_up(socket);
    free(socket);
}

/* Goal: a market stream asked for on /public stays silent, without a word (VENUES.md 1.1). */
static void a_stream_on_the_wrong_path_is_silent(void **state)
{
    static const char *const PATHS[] = {"/public/stream", "/stream"};
    for (size_t i = 0; i < LEN(PATHS); i++) {
        struct bench_socket *socket = calloc(1, sizeof(*socket));
        bench_dial(*state, socket, VENUE_B, PATHS[i],
                   "{\"method\":\"SUBSCRIBE\",\"params\":[\"btcusdt@markPrice@1s\","
                   "\"btcusdt@bookTicker\"],\"id\":3}");
        bench_until_heard(socket, 20);
        assert_string_equal(bench_heard(socket, 0), "{\"result\":null,\"id\":3}");
        for (int32_t n = 1; n < socket->count; n++) {
            assert_null(strstr(bench_heard(socket, n), "markPrice"));
        }
        bench_hang_up(socket);
        free(socket);
    }
    struct bench_socket *market = calloc(1, sizeof(*market));
    bench_dial(*state, market, VENUE_B, "/market/ws/btcusdt@markPrice@1s", NULL);
    bench_until_heard(market, 1);
    assert_non_null(strstr(bench_heard(market, 0), "{\"e\":\"markPriceUpdate\""));
    bench_hang_up(market);
    free(market);
}

/* Goal: control frames are answered, with the id as it came. */
static void control_frames_are_answered(void **state)
{
    static const struct {
        const char *frame, *answer;
    } cases[] = {
        {"{\"method\":\"SUBSCRIBE\",\"params\":[\"xusdt@depth\"],\"id\":1}",
         "{\"result\":null,\"id\":1}"},
        {"{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":\"a\"}",
         "{\"result\":[\"xusdt@depth\"],\"id\":\"a\"}"},
        {"{\"method\":\"UNSUBSCRIBE\",\"params\":[\"xusdt@depth\"],\"id\":null}",
         "{\"result\":null,\"id\":null}"},
        {"{\"method\":\"DANCE\",\"id\":4}",
         "{\"error\":{\"code\":2,\"msg\":\"Invalid request: unknown variant\"},\"id\":4}"},
        {"{", "{\"error\":{\"code\":3,\"msg\":\"Invalid JSON\"},\"id\":null}"},
    };
    struct bench_socket *socket = calloc(1, sizeof(*socket));
    bench_dial(*state, socket, VENUE_B, "/public/ws",
               "{\"method\":\"SUBSCRIBE\",\"params\":"
               "[],\"id\":0}");
    bench_until_heard(socket, 1);
    for (size_t i = 0; i < LEN(cases); i++) {
        const int32_t before = socket->count;
        assert_true(websocket_send(socket->line, cases[i].frame, strlen(cases[i].frame)));
        bench_until_heard(socket, before + 1);
        assert_string_equal(bench_heard(socket, before), cases[i].answer);
    }
    bench_hang_up(socket);
    free(socket);
}

/* Goal: a socket that says nothing is cut by Upbit, one that is old is closed by Binance. */
static void sockets_do_not_live_for_ever(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    struct venue_sim_options options = usual();
    struct bench_socket *upbit = calloc(1, sizeof(*upbit));
    struct bench_socket *binance = calloc(1, sizeof(*binance));
    options.idle_s = 0.05;
    options.lifetime_s = 0.1;
    bench_open(bench, &options);
    bench_dial(bench, upbit, VENUE_A, "/websocket/v1", NULL);
    bench_dial(bench, binance, VENUE_B, "/public/ws/btcusdt@depth", NULL);
    bench_until_lost(upbit, 1);
    bench_until_lost(binance, 1);
    bench_hang_up(upbit);
    bench_hang_up(binance);
    bench_close(bench);
    free(upbit);
    free(binance);
    free(bench);
}

static bool is_over(void *context)
{
    return clock_monotonic_ns() > *(const int64_t *)context;
}

/* Goal: Binance pings, and who answers stays. The client itself pings every five seconds only,
 * and who is not heard for one is cut. */
static void who_answers_pings_stays(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    struct venue_sim_options options = usual();
    struct bench_socket *socket = calloc(1, sizeof(*socket));
    options.ping_s = 0.3;
    socket->ping_ms = 5000;
    bench_open(bench, &options);
    bench_dial(bench, socket, VENUE_B, "/public/ws/btcusdt@depth@100ms", NULL);
    bench_until_heard(socket, 1);
    int64_t until_ns = clock_monotonic_ns() + INT64_C(1500000000);
    bench_until(bench, is_over, &until_ns);
    assert_int_equal(socket->lost, 0);
    bench_hang_up(socket);
    bench_close(bench);
    free(socket);
    free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rest_calls_are_answered, enter, leave),
        cmocka_unit_test_setup_teardown(too_many_requests_are_refused, enter, leave),
        cmocka_unit_test_setup_teardown(upbit_serves_its_socket, enter, leave),
        cmocka_unit_test_setup_teardown(a_stream_on_the_wrong_path_is_silent, enter, leave),
        cmocka_unit_test_setup_teardown(control_frames_are_answered, enter, leave),
        cmocka_unit_test(sockets_do_not_live_for_ever),
        cmocka_unit_test(who_answers_pings_stays),
    };
    return cmocka_run_group_tests_name("simulator/venue_sim", tests, NULL, NULL);
}
