#include "support/check.h"

#include "base/clock.h"
#include "puppet.h"
#include "raw.h"

/* Every fault that may hang on an answer, as a client sees it. */

#define OK(length) "HTTP/1.1 200 OK\r\nContent-Length: " length "\r\n\r\n"

static struct puppet *start(void)
{
    const struct puppet_options options = puppet_defaults();
    return puppet_start(&options);
}

static void ask(struct raw *raw, const char *query)
{
    char text[256];
    snprintf(text, sizeof(text), "GET /?%s HTTP/1.1\r\nHost: x\r\n\r\n", query);
    raw_say(raw, text);
}

static uint64_t all_faults(const struct puppet_story *story)
{
    uint64_t sum = 0;
    for (int i = 0; i < WIRE_FAULT_COUNT; i++) {
        sum += story->stats.faults[i];
    }
    return sum;
}

/* Goal: exactly these bytes and this end, and one fault of this kind on the books. */
static void each_fault_is_what_it_says(void **state)
{
    static const struct {
        const char *query, *want;
        enum wire_fault_kind kind;
        enum raw_state end;
    } cases[] = {
        {"body=hello", OK("5") "hello", WIRE_FAULT_NONE, RAW_OPEN},
        {"body=hello&fault=delay&amount=1", OK("5") "hello", WIRE_FAULT_DELAY, RAW_OPEN},
        {"body=hello&fault=drip&amount=1000000", OK("5") "hello", WIRE_FAULT_DRIP, RAW_OPEN},
        {"body=hello&fault=truncate&amount=2", OK("5") "he", WIRE_FAULT_TRUNCATE, RAW_ENDED},
        {"body=hello&fault=truncate&amount=0&reset=1", OK("5"), WIRE_FAULT_TRUNCATE, RAW_RESET},
        {"body=hello&fault=truncate&amount=9", OK("5") "hello", WIRE_FAULT_TRUNCATE, RAW_ENDED},
        {"body=hello&fault=stall&amount=2", OK("5") "he", WIRE_FAULT_STALL, RAW_OPEN},
        {"body=hello&fault=cut", "", WIRE_FAULT_CUT, RAW_ENDED},
        {"body=hello&fault=cut&reset=1", "", WIRE_FAULT_CUT, RAW_RESET},
        {"body=hello&fault=cut-unheard", "", WIRE_FAULT_CUT_UNHEARD, RAW_ENDED},
        {"body=hello&fault=cut-unheard&reset=1", "", WIRE_FAULT_CUT_UNHEARD, RAW_RESET},
        {"body=hello&fault=silence", "", WIRE_FAULT_SILENCE, RAW_OPEN},
        {"body=hello&fault=silence&amount=30", "", WIRE_FAULT_SILENCE, RAW_ENDED},
        {"body=hello&fault=silence&amount=30&reset=1", "", WIRE_FAULT_SILENCE, RAW_RESET},
        {"body=hello&fault=oversize&amount=3", OK("8") "hello   ", WIRE_FAULT_OVERSIZE,
         RAW_OPEN},
        {"body=hello&fault=duplicate&amount=2", OK("5") "hello" OK("5") "hello" OK("5") "hello",
         WIRE_FAULT_DUPLICATE, RAW_OPEN},
        {"body=hello&fault=length&amount=7", OK("12") "hello", WIRE_FAULT_LENGTH, RAW_OPEN},
        {"body=hello&fault=length&amount=-4", OK("1") "hello", WIRE_FAULT_LENGTH, RAW_OPEN},
        {"body=hello&fault=length&amount=-9", OK("0") "hello", WIRE_FAULT_LENGTH, RAW_OPEN},
        {"body=hello&fault=fragment&amount=2",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
         "2\r\nhe\r\n2\r\nll\r\n1\r\no\r\n0\r\n\r\n",
         WIRE_FAULT_FRAGMENT, RAW_OPEN},
        {"status=429&header=Retry-After:+3&body=&fault=delay",
         "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n",
         WIRE_FAULT_DELAY, RAW_OPEN},
        {"status=599", "HTTP/1.1 599 Unknown\r\nContent-Length: 0\r\n\r\n", WIRE_FAULT_NONE,
         RAW_OPEN},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct puppet *puppet = start();
        struct raw *raw = raw_connect(puppet_port(puppet));
        print_message("# %s\n", cases[i].query);
        ask(raw, cases[i].query);
        raw_take(raw, strlen(cases[i].want));
        if (cases[i].end == RAW_OPEN) {
            raw_quiet(raw, 15);
        } else {
            raw_to_end(raw);
        }
        assert_string_equal(raw->bytes, cases[i].want);
        assert_int_equal(raw->state, cases[i].end);
        raw_close(raw);
        const struct puppet_story story = puppet_stop(puppet);
        const int count = cases[i].kind != WIRE_FAULT_NONE;
        assert_int_equal(all_faults(&story), count);
        assert_int_equal(story.stats.faults[cases[i].kind], count);
        assert_int_equal(story.stats.requests, 1);
    }
}

/* Goal: garbage has the announced length, differs from the payload, and comes again by seed. */
static void garbage_is_seeded(void **state)
{
    char first[64] = "";
    struct puppet *puppet = start();
    for (int i = 0; i < 3; i++) {
        char query[64];
        struct raw *raw = raw_connect(puppet_port(puppet));
        snprintf(query, sizeof(query), "size=40&fault=garbage&amount=%d", i == 2 ? 8 : 7);
        ask(raw, query);
        raw_until(raw, OK("40"));
        raw_forget(raw, strlen(OK("40")));
        raw_take(raw, 40);
        assert_null(memmem(raw->bytes, 40, "xxx", 3));
        if (i == 0) {
            memcpy(first, raw->bytes, 40);
        }
        assert_int_equal(memcmp(raw->bytes, first, 40) == 0, i < 2);
        raw_close(raw);
    }
    assert_int_equal(puppet_stop(puppet).stats.faults[WIRE_FAULT_GARBAGE], 3);
}

static void a_bad_header_is_none(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = raw_connect(puppet_port(puppet));
    ask(raw, "body=hello&fault=bad-header&amount=1");
    raw_until(raw, "hello");
    assert_int_equal(raw->size, strlen(OK("5") "hello"));
    assert_true((unsigned char)raw->bytes[0] >= 0x80);
    assert_null(memmem(raw->bytes, raw->size, "HTTP", 4));
    raw_close(raw);
    assert_int_equal(puppet_stop(puppet).stats.faults[WIRE_FAULT_BAD_HEADER], 1);
}

/* Goal: a delay is at least as long as ordered, and the next answer waits behind it. */
static void a_delay_takes_its_time(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = raw_connect(puppet_port(puppet));
    const int64_t start_ns = clock_monotonic_ns();
    ask(raw, "body=one&fault=delay&amount=80");
    ask(raw, "body=two");
    raw_until(raw, "two");
    assert_true(clock_monotonic_ns() - start_ns >= 80 * (int64_t)CLOCK_NS_PER_MS);
    assert_string_equal(raw->bytes, OK("3") "one" OK("3") "two");
    raw_close(raw);
    puppet_stop(puppet);
}

/* Goal: 140 bytes (38 of head) at 1000 a second take 139 ms, and other clients do not wait. */
static void a_drip_takes_its_time(void **state)
{
    struct puppet *puppet = start();
    struct raw *slow = raw_connect(puppet_port(puppet));
    struct raw *fast = raw_connect(puppet_port(puppet));
    const int64_t start_ns = clock_monotonic_ns();
    ask(slow, "size=100&fault=drip&amount=1000");
    raw_until(slow, "H");
    for (int i = 0; i < 10; i++) {
        ask(fast, "body=quick");
        raw_until(fast, "quick");
        raw_forget(fast, fast->size);
    }
    assert_true(slow->size < 140);
    raw_take(slow, strlen(OK("100")) + 100);
    assert_true(clock_monotonic_ns() - start_ns >= 138 * (int64_t)CLOCK_NS_PER_MS);
    raw_close(slow);
    raw_close(fast);
    puppet_stop(puppet);
}

/* Goal: far more than any client takes costs nothing but time, and ends when the client does.
 */
static void oversize_costs_no_memory(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = raw_connect(puppet_port(puppet));
    ask(raw, "body=x&fault=oversize&amount=1099511627776"); /* 2^40 */
    raw_until(raw, "Content-Length: 1099511627777\r\n\r\nx   ");
    raw_take(raw, 500000);
    raw_close(raw);
    struct raw *next = raw_connect(puppet_port(puppet));
    ask(next, "body=alive");
    raw_until(next, "alive");
    raw_close(next);
    assert_int_equal(puppet_stop(puppet).stats.faults[WIRE_FAULT_OVERSIZE], 1);
}

/* Goal: a fault of one answer is over with it. */
static void the_next_answer_is_whole_again(void **state)
{
    static const char *const FAULTS[] = {
        "delay",   "drip&amount=100000", "duplicate&amount=1", "fragment&amount=1",
        "garbage", "oversize&amount=1"};
    struct puppet *puppet = start();
    struct raw *raw = raw_connect(puppet_port(puppet));
    for (size_t i = 0; i < LEN(FAULTS); i++) {
        char query[64];
        snprintf(query, sizeof(query), "body=a&fault=%s", FAULTS[i]);
        ask(raw, query);
        ask(raw, "body=whole");
        raw_until(raw, OK("5") "whole");
        raw_forget(raw, raw->size);
    }
    raw_close(raw);
    puppet_stop(puppet);
}

/* Goal: what hangs on a connection is there from its first byte. */
static void a_connection_may_be_broken_from_the_first(void **state)
{
    static const struct {
        struct wire_fault fault;
        const char *want;
        enum raw_state end;
    } cases[] = {
        {{WIRE_FAULT_NONE, 0, false}, OK("2") "hi", RAW_OPEN},
        {{WIRE_FAULT_DELAY, 40, false}, OK("2") "hi", RAW_OPEN},
        {{WIRE_FAULT_DRIP, 1000, false}, OK("2") "hi", RAW_OPEN},
        {{WIRE_FAULT_SILENCE, 0, false}, "", RAW_OPEN},
        {{WIRE_FAULT_SILENCE, 30, true}, "", RAW_RESET},
        {{WIRE_FAULT_CUT, 0, false}, "", RAW_ENDED},
        {{WIRE_FAULT_CUT, 0, true}, "", RAW_RESET},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct puppet_options options = puppet_defaults();
        options.connected = cases[i].fault;
        struct puppet *puppet = puppet_start(&options);
        print_message("# %s\n", wire_fault_name(cases[i].fault.kind));
        const int64_t start_ns = clock_monotonic_ns();
        struct raw *raw = raw_connect(puppet_port(puppet));
        ask(raw, "body=hi");
        raw_take(raw, strlen(cases[i].want));
        if (cases[i].fault.kind == WIRE_FAULT_DELAY || cases[i].fault.kind == WIRE_FAULT_DRIP) {
            assert_true(clock_monotonic_ns() - start_ns >= 39 * (int64_t)CLOCK_NS_PER_MS);
        }
        if (cases[i].end == RAW_OPEN) {
            raw_quiet(raw, 15);
        } else {
            raw_to_end(raw);
        }
        assert_string_equal(raw->bytes, cases[i].want);
        assert_int_equal(raw->state, cases[i].end);
        raw_close(raw);
        const struct puppet_story story = puppet_stop(puppet);
        assert_int_equal(all_faults(&story), i > 0);
        assert_int_equal(story.stats.faults[cases[i].fault.kind], i > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_is_what_it_says),
        cmocka_unit_test(garbage_is_seeded),
        cmocka_unit_test(a_bad_header_is_none),
        cmocka_unit_test(a_delay_takes_its_time),
        cmocka_unit_test(a_drip_takes_its_time),
        cmocka_unit_test(oversize_costs_no_memory),
        cmocka_unit_test(the_next_answer_is_whole_again),
        cmocka_unit_test(a_connection_may_be_broken_from_the_first),
    };
    return cmocka_run_group_tests_name("simulator/wire_answers", tests, NULL, NULL);
}
