#include "support/check.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "follower.h"
#include "http_date.h"

/* Every kind of mischief, on command, as a client meets it: it comes to pass, it is counted,
 * and it is what its name says. */

static const char *const COINS[] = {"BTC"};

static int enter(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    struct venue_sim_options options = venue_sim_defaults();
    options.coins = COINS;
    options.pairs_count = 1;
    options.speed = 10.0;
    options.limits = false;
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

/* What the fault looks like from outside. */
struct sight {
    struct follower *follower;
    enum venue venue;
    const char *name;
    int64_t before; /* how often it had happened already */
};

static bool is_counted(void *context)
{
    const struct sight *sight = context;
    return bench_fault_count(sight->follower->bench, sight->venue, sight->name, "happened") >
           sight->before;
}

static const struct follower_notes *notes_of(const struct sight *sight)
{
    return &sight->follower->notes[sight->venue];
}

static bool is_lost(void *context)
{
    const struct sight *sight = context;
    return sight->follower->sockets[sight->venue].lost >= 1;
}

static bool is_lost_often(void *context)
{
    const struct sight *sight = context;
    return sight->follower->sockets[sight->venue].lost >= 3;
}

/* 300 ms are a dozen times what lies between messages at this speed. */
static bool is_paused(void *context)
{
    const struct follower_notes *notes = notes_of(context);
    return notes->pause_ms_longest >= 300 ||
           clock_monotonic_ns() - notes->heard_ns > INT64_C(300000000);
}

static bool is_twice(void *context)
{
    return notes_of(context)->duplicates >= 1;
}

static bool is_out_of_order(void *context)
{
    return notes_of(context)->behind >= 1;
}

/* Upbit's books have no numbers: one that is left out cannot be missed. */
static bool is_left_out(void *context)
{
    const struct sight *sight = context;
    return sight->venue == VENUE_A ? notes_of(sight)->messages >= 3
                                   : notes_of(sight)->gaps >= 1;
}

static bool is_standing(void *context)
{
    return notes_of(context)->standing >= 5;
}

static bool is_crossed(void *context)
{
    return notes_of(context)->crossed >= 1;
}

/* Bytes that are no text end the connection, or are no JSON. */
static bool is_garbage(void *context)
{
    return notes_of(context)->unreadable >= 1 || is_lost(context);
}

static bool is_too_deep(void *context)
{
    return notes_of(context)->unreadable >= 1 &&
           notes_of(context)->reason == REASON_INPUT_DEPTH;
}

static bool is_new_to_us(void *context)
{
    return notes_of(context)->unknown_fields == 3;
}

static const struct {
    const char *kind;
    const char *more; /* of the query */
    bench_fn *seen;
} SOCKET_CASES[] = {
    {"drop", "", is_lost},
    {"drop", "&reset=1", is_lost},
    {"silence", "", is_paused},
    {"delay", "&amount=500", is_paused},
    {"drip", "&amount=100", is_paused},
    {"truncate", "", is_lost},
    {"duplicate", "", is_twice},
    {"reorder", "", is_out_of_order},
    {"gap", "&amount=2", is_left_out},
    {"stale-side", "", is_standing},
    {"crossed", "", is_crossed},
    {"garbage", "", is_garbage},
    {"oversize", "", is_lost},
    {"deep", "", is_too_deep},
    {"unknown-fields", "", is_new_to_us},
    {"storm", "", is_lost_often},
    {"24h-close", "", is_lost},
    {"maintenance", "", is_lost},
    {"wrong-path", "", is_paused},
};

static void check_socket_case(struct follower *follower, size_t i, enum venue venue)
{
    char path[128];
    struct sight sight = {follower, venue, SOCKET_CASES[i].kind, 0};
    print_message("# %s %s\n", venue_name(venue), sight.name);
    follower_forget(follower);
    follower_until_well(follower);
    sight.before = bench_fault_count(follower->bench, venue, sight.name, "happened");
    bench_tell(follower->bench, text_cut(path, sizeof(path), "/sim/fault?kind=%s&venue=%s%s",
                                         sight.name, venue_name(venue), SOCKET_CASES[i].more));
    bench_until(follower->bench, SOCKET_CASES[i].seen, &sight);
    bench_until(follower->bench, is_counted, &sight);
    bench_tell(follower->bench, "/sim/quiet?ms=0");
}

/* Goal: what hits sockets does what its name says, on both venues, and passes. */
static void sockets_misbehave_on_command(void **state)
{
    struct follower *follower = follower_open(*state);
    for (size_t i = 0; i < LEN(SOCKET_CASES); i++) {
        check_socket_case(follower, i, VENUE_A);
        check_socket_case(follower, i, VENUE_B);
    }
    follower_forget(follower);
    follower_until_well(follower);
    follower_close(follower);
}

/* Goal: what hits answers does so, with the words and headers of each venue. */
static void answers_misbehave_on_command(void **state)
{
    static const struct {
        const char *query;
        enum venue venue;
        int32_t status; /* 0: no answer comes */
        const char *says;
        const char *header, *value;
    } cases[] = {
        {"429", VENUE_A, 429, "too_many_requests", NULL, NULL},
        {"429&amount=7", VENUE_B, 429, "\"code\":-1003", "Retry-After", "7"},
        {"418", VENUE_A, 418, "Blocked for 5 seconds", NULL, NULL},
        {"418&amount=9", VENUE_B, 418, "IP banned until 1", "Retry-After", "9"},
        {"5xx&amount=502", VENUE_A, 502, "server_error", NULL, NULL},
        {"5xx", VENUE_B, 500, "\"code\":-1000", NULL, NULL},
        {"503-unknown", VENUE_B, 503, "\"msg\":\"Unknown error, please check", NULL, NULL},
        {"maintenance", VENUE_A, 503, "maintenance", NULL, NULL},
        {"maintenance", VENUE_B, 503, "no longer available", NULL, NULL},
        {"drop&on=rest", VENUE_A, 0, "", NULL, NULL},
        {"truncate&on=rest&amount=5", VENUE_B, 0, "", NULL, NULL},
        {"deep&on=rest", VENUE_B, 200, "{\"deep\":{\"deep\":", NULL, NULL},
        {"oversize&on=rest&amount=2000000", VENUE_A, 0, "", NULL, NULL},
    };
    static const char *const PATHS[] = {"/v1/orderbook?markets=KRW-BTC",
                                        "/fapi/v1/premiumIndex?symbol=BTCUSDT"};
    for (size_t i = 0; i < LEN(cases); i++) {
        char path[128];
        const enum venue venue = cases[i].venue;
        print_message("# %s %s\n", venue_name(venue), cases[i].query);
        bench_tell(*state, text_cut(path, sizeof(path), "/sim/fault?venue=%s&kind=%s",
                                    venue_name(venue), cases[i].query));
        struct bench_answer answer =
            bench_ask(*state, "GET", venue, PATHS[venue], cases[i].header);
        assert_int_equal(answer.fault == NET_NONE ? answer.status : 0, cases[i].status);
        if (strstr(text_string(&answer.body), cases[i].says) == NULL) {
            fail_msg("%s", text_string(&answer.body));
        }
        if (cases[i].header != NULL) {
            assert_string_equal(answer.header, cases[i].value);
        }
        text_finish(&answer.body);
        bench_tell(*state, "/sim/quiet?ms=0");
        answer = bench_ask(*state, "GET", venue, PATHS[venue], NULL);
        text_finish(&answer.body);
        assert_int_equal(answer.status, 200);
    }
}

static int64_t server_ms(struct bench *bench)
{
    struct bench_answer answer = bench_ask(bench, "GET", VENUE_B, "/fapi/v1/time", NULL);
    json_t *root = json_loads(text_string(&answer.body), 0, NULL);
    const int64_t time_ms = json_integer_value(json_object_get(root, "serverTime"));
    json_decref(root);
    text_finish(&answer.body);
    return time_ms;
}

/* Upbit has no call that tells the time; the dates of its answers do. */
static int64_t date_ms(struct bench *bench)
{
    struct bench_answer answer =
        bench_ask(bench, "GET", VENUE_A, "/v1/orderbook?markets=KRW-BTC", "date");
    int64_t time_ns = 0;
    assert_true(http_date_parse(answer.header, &time_ns));
    text_finish(&answer.body);
    return time_ns / CLOCK_NS_PER_MS;
}

/* Goal: a venue's clock can be wrong, and right again; it is our own otherwise, Upbit's in
 * whole seconds. */
static void a_clock_goes_wrong(void **state)
{
    int64_t (*const clocks[])(struct bench *) = {date_ms, server_ms};
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        char path[128];
        const int64_t right_ms = clocks[venue](*state);
        const int64_t now_ms = clock_wall_ns() / CLOCK_NS_PER_MS;
        assert_in_range(now_ms - right_ms + 50, 0, 5050);
        bench_tell(*state,
                   text_cut(path, sizeof path, "/sim/fault?kind=clock-skew&venue=%s&amount=%d",
                            venue_name(venue), -60000));
        assert_true(clocks[venue](*state) < right_ms - 50000);
        bench_tell(*state, "/sim/quiet?ms=0");
        assert_true(clocks[venue](*state) >= right_ms);
    }
}

/* Goal: every connection ends, and nobody is let in until the time is over. */
static void a_venue_cuts_everybody_off(void **state)
{
    static const struct {
        enum venue venue;
        const char *order, *kind;
        bench_fn *seen;
    } cases[] = {
        {VENUE_A, "kind=cut&reset=1&venue=upbit", "cut", is_lost},
        {VENUE_A, "kind=shut&for_s=1&venue=upbit", "shut", is_lost_often},
        {VENUE_B, "kind=cut&venue=binance", "cut", is_lost},
        {VENUE_B, "kind=shut&for_s=1&venue=binance", "shut", is_lost_often},
    };
    struct follower *follower = follower_open(*state);
    for (size_t i = 0; i < LEN(cases); i++) {
        char path[64];
        struct sight sight = {follower, cases[i].venue, cases[i].kind, 0};
        print_message("# %s\n", cases[i].order);
        follower_forget(follower);
        follower_until_well(follower);
        /* Its neighbour is told, whose connections stay. */
        text_cut(path, sizeof(path), "/sim/fault?%s", cases[i].order);
        struct bench_answer answer = bench_ask(
            *state, "POST", cases[i].venue == VENUE_A ? VENUE_B : VENUE_A, path, NULL);
        text_finish(&answer.body);
        assert_int_equal(answer.status, 200);
        bench_until(*state, cases[i].seen, &sight);
        assert_true(is_counted(&sight));
    }
    follower_forget(follower);
    follower_until_well(follower);
    follower_close(follower);
}

/* What Binance answers when it is asked again and again. */
static void ask_until(struct bench *bench, const char *says)
{
    const int64_t began_ns = clock_monotonic_ns();
    for (bool said = false; !said;) {
        struct bench_answer answer =
            bench_ask(bench, "GET", VENUE_B, "/fapi/v1/exchangeInfo", NULL);
        said = strstr(text_string(&answer.body), says) != NULL;
        text_finish(&answer.body);
        assert_true(clock_monotonic_ns() - began_ns < INT64_C(10000000000));
    }
}

static bool is_last_heard(void *context)
{
    const struct bench_socket *socket = context;
    return socket->count > 0 && strstr(bench_heard(socket, socket->count - 1),
                                       "\"is_trading_suspended\":true") != NULL;
}

/* Goal: a pair that is halted is called so, by each venue in its words, and traded again. */
static void a_pair_is_halted_for_a_while(void **state)
{
    struct bench_socket socket = {.line = NULL};
    bench_dial(*state, &socket, VENUE_A, "/websocket/v1",
               "[{\"ticket\":\"t\"},{\"type\":\"ticker\",\"codes\":[\"KRW-BTC\"]}]");
    bench_until_heard(&socket, 1);
    bench_tell(*state, "/sim/fault?kind=halt&pair=BTC&for_s=1");
    bench_until(*state, is_last_heard, &socket);
    ask_until(*state, "\"status\":\"SETTLING\"");
    ask_until(*state, "\"status\":\"TRADING\"");
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        assert_int_equal(bench_fault_count(*state, venue, "halt", "happened"), 1);
    }
    bench_hang_up(&socket);
}

/* Goal: an order that makes no sense is refused in words. */
static void nonsense_is_refused(void **state)
{
    static const struct {
        const char *method, *path;
        int32_t status;
        const char *says;
    } cases[] = {
        {"POST", "/sim/fault?kind=weather", 400, "kind is not a fault"},
        {"POST", "/sim/fault?kind=drop&venue=mtgox", 400, "is not a venue"},
        {"POST", "/sim/fault?kind=gap&pair=DOGE", 400, "is not a pair here"},
        {"POST", "/sim/fault?kind=gap&amount=%22", 400, "amount is not a number"},
        {"POST", "/sim/fault?kind=gap&on=rest", 400, "cannot hang on answers"},
        {"POST", "/sim/fault?kind=identity&amount=99", 400, "'99' is none (expected 0 to 6)"},
        {"POST", "/sim/fault?kind=identity&amount=1", 400, "needs --tls"},
        {"POST", "/sim/fault?kind=gap&foo=1", 400, "'foo' is no parameter (expected kind|"},
        {"POST", "/sim/fault?kind=gap&kin=1", 400, "'kin' is no parameter"},
        {"POST", "/sim/fault?kind=gap&=1", 400, "'' is no parameter"},
        {"POST", "/sim/fault?kind=drop&kind=gap", 400, "'kind' is said twice"},
        {"POST", "/sim/fault?kind=gap&amount=1&venue=upbit&amount=1", 400, "'amount' is said"},
        {"POST", "/sim/fault?kind=gap&amount", 400, "'amount' has no readable value"},
        {"POST", "/sim/fault?kind=gap&amount=%zz", 400, "'amount' has no readable value"},
        {"POST", "/sim/fault?kind=gap&reset=yes", 400, "'yes' is neither 0 nor 1"},
        {"POST", "/sim/fault?kind=drop&on=wire", 400, "'wire' is neither socket nor rest"},
        {"POST", "/sim/fault?kind=oversize&amount=99999999999", 400, "at most 1073741824"},
        {"POST", "/sim/fault?kind=deep&amount=100000000", 400, "at most 1000000"},
        {"POST", "/sim/fault?kind=clock-skew&amount=-86400001", 400, "at most 86400000"},
        {"POST", "/sim/quiet?millis=5", 400, "'millis' is no parameter (expected ms)"},
        {"GET", "/sim/books?levels=-1", 400, "levels is not a number"},
        {"GET", "/sim/books?level=5", 400, "(expected levels)"},
        {"POST", "/sim/quiet?ms=-1", 400, "ms is out of range"},
        {"GET", "/sim/fault?kind=drop", 404, "expected GET /sim/status"},
        {"GET", "/sim/else", 404, "expected GET /sim/status"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct bench_answer answer =
            bench_ask(*state, cases[i].method, VENUE_B, cases[i].path, NULL);
        assert_int_equal(answer.status, cases[i].status);
        if (strstr(text_string(&answer.body), cases[i].says) == NULL) {
            fail_msg("%s", text_string(&answer.body));
        }
        text_finish(&answer.body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sockets_misbehave_on_command, enter, leave),
        cmocka_unit_test_setup_teardown(answers_misbehave_on_command, enter, leave),
        cmocka_unit_test_setup_teardown(a_clock_goes_wrong, enter, leave),
        cmocka_unit_test_setup_teardown(a_venue_cuts_everybody_off, enter, leave),
        cmocka_unit_test_setup_teardown(a_pair_is_halted_for_a_while, enter, leave),
        cmocka_unit_test_setup_teardown(nonsense_is_refused, enter, leave),
    };
    return cmocka_run_group_tests_name("simulator/misbehaviour", tests, NULL, NULL);
}
