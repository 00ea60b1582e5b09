#include "support/check.h"

#include "base/clock.h"
#include "puppet.h"
#include "raw.h"

/* WebSockets as they should be, and every fault that may hang on a message, a handshake or a
 * whole socket, as a client sees it. */

#define RUBBISH "\x83\x85" /* a frame of no known kind */

static struct puppet *start(void)
{
    const struct puppet_options options = puppet_defaults();
    return puppet_start(&options);
}

static struct raw *open_socket(struct puppet *puppet)
{
    struct raw *raw = raw_connect(puppet_port(puppet));
    raw_upgrade(raw, "/socket");
    return raw;
}

static void finish(struct puppet *puppet, struct raw *raw, enum wire_fault_kind kind, int count)
{
    raw_close(raw);
    assert_int_equal(puppet_stop(puppet).stats.faults[kind], count);
}

static void echoes_text_and_bytes(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = open_socket(puppet);
    raw_text(raw, "hello");
    raw_expect(raw, 0x81, "hello");
    raw_frame(raw, 0x82, "\xff\xfe", 2);
    raw_expect(raw, 0x82, "\xff\xfe");
    raw_frame(raw, 0x01, "fr", 2);
    raw_frame(raw, 0x89, "ping", 4);
    raw_frame(raw, 0x80, "ag", 2);
    raw_expect(raw, 0x8a, "ping"); /* while the message was still under way */
    raw_expect(raw, 0x81, "frag");
    raw_text(raw, "!ping=1");
    raw_expect(raw, 0x89, "wire");
    raw_frame(raw, 0x8a, "wire", 4); /* a pong is heard and nothing is said to it */
    raw_text(raw, "");
    raw_expect(raw, 0x81, "");
    raw_close(raw);
    const struct puppet_story story = puppet_stop(puppet);
    assert_int_equal(story.stats.messages_in, 5);
    assert_int_equal(story.stats.messages_out, 4);
    assert_int_equal(story.closed_count, 1);
    assert_int_equal(story.closed_code, 1006);
}

/* Goal: each form of a length on both ways, byte by byte as well as at once. */
static void carries_messages_of_any_length(void **state)
{
    static const size_t SIZES[] = {1, 125, 126, 127, 65535, 65536, 200000};
    static char bytes[200000];
    struct puppet *puppet = start();
    struct raw *raw = open_socket(puppet);
    memset(bytes, 'y', sizeof(bytes));
    for (size_t i = 0; i < LEN(SIZES); i++) {
        const size_t head = SIZES[i] > 65535 ? 10 : SIZES[i] > 125 ? 4 : 2;
        raw_frame(raw, 0x81, bytes, SIZES[i]);
        raw_take(raw, head + SIZES[i]);
        assert_int_equal(raw->size, head + SIZES[i]);
        assert_memory_equal(raw->bytes + head, bytes, SIZES[i]);
        raw_forget(raw, raw->size);
    }
    raw_close(raw);
    puppet_stop(puppet);
}

static void both_sides_say_good_bye(void **state)
{
    /* The client first: its code comes back, and it is told the end. */
    struct puppet *puppet = start();
    struct raw *raw = open_socket(puppet);
    raw_frame(raw, 0x88,
              "\x0f\xa0"
              "bye",
              5); /* 4000 */
    raw_expect(raw, 0x88, "\x0f\xa0");
    raw_to_end(raw);
    assert_int_equal(raw->state, RAW_ENDED);
    raw_close(raw);
    struct puppet_story story = puppet_stop(puppet);
    assert_int_equal(story.closed_code, 4000);

    /* Without a code: 1005, which is never sent. */
    puppet = start();
    raw = open_socket(puppet);
    raw_frame(raw, 0x88, "", 0);
    raw_expect(raw, 0x88, "");
    raw_to_end(raw);
    raw_close(raw);
    assert_int_equal(puppet_stop(puppet).closed_code, 1005);

    /* The server first: what waited goes out before, nothing after, and it waits for ours. */
    puppet = start();
    raw = open_socket(puppet);
    raw_text(raw, "!say=last&fault=delay&amount=20");
    raw_text(raw, "!close=1001&text=going");
    raw_text(raw, "!say=too+late");
    raw_expect(raw, 0x81, "last");
    raw_expect(raw, 0x88, "\x03\xe9going");
    raw_quiet(raw, 20);
    raw_frame(raw, 0x88, "\x03\xe9", 2);
    raw_to_end(raw);
    assert_int_equal(raw->size, 0);
    raw_close(raw);
    story = puppet_stop(puppet);
    assert_int_equal(story.closed_code, 1001);
    assert_int_equal(story.closed_count, 1);
    assert_int_equal(story.stats.timeouts, 0);
}

/* Goal: who breaks the protocol hears the code of it and is out. */
static void rubbish_is_answered_by_its_code(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *code;
    } cases[] = {
        {RUBBISH, 2, "\x03\xea"},                               /* 1002 */
        {"\x81\x02hi", 4, "\x03\xea"},                          /* no mask */
        {"\x81\x81\0\0\0\0\xff", 7, "\x03\xef"},                /* 1007: no UTF-8 */
        {"\x82\xff\0\0\0\0\0\x04\0\1\0\0\0\0", 14, "\x03\xf1"}, /* 1009: 256 KiB and a byte */
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct puppet *puppet = start();
        struct raw *raw = open_socket(puppet);
        raw_text(raw, "before");
        raw_send(raw, cases[i].bytes, cases[i].size);
        raw_text(raw, "after");
        raw_expect(raw, 0x81, "before");
        raw_expect(raw, 0x88, cases[i].code);
        raw_to_end(raw);
        assert_int_equal(raw->size, 0);
        raw_close(raw);
        const struct puppet_story story = puppet_stop(puppet);
        assert_int_equal(story.stats.rubbish, 1);
        assert_int_equal(story.closed_count, 1);
    }
}

static const struct message_case {
    const char *command;
    const char *want;
    size_t size;
    enum wire_fault_kind kind;
    enum raw_state end;
} MESSAGES[] = {
#define CASE(command, want, kind, end)                                                         \
    {                                                                                          \
        command, want, sizeof(want) - 1, WIRE_FAULT_##kind, RAW_##end                          \
    }
    CASE("!say=hello", "\x81\x05hello", NONE, OPEN),
    CASE("!say=hello&binary=1&fault=delay&amount=5", "\x82\x05hello", DELAY, OPEN),
    CASE("!say=hello&fault=drip&amount=1000000", "\x81\x05hello", DRIP, OPEN),
    CASE("!say=hello&fault=truncate&amount=2", "\x81\x05he", TRUNCATE, ENDED),
    CASE("!say=hello&fault=truncate&amount=2&reset=1", "\x81\x05he", TRUNCATE, RESET),
    CASE("!say=hello&fault=stall&amount=2", "\x81\x05he", STALL, OPEN),
    CASE("!say=hello&fault=cut", "", CUT, ENDED),
    CASE("!say=hello&fault=cut&reset=1", "", CUT, RESET),
    CASE("!say=hello&fault=silence", "", SILENCE, OPEN),
    CASE("!say=hello&fault=oversize&amount=2", "\x81\x07hello  ", OVERSIZE, OPEN),
    CASE("!say=hello&fault=duplicate&amount=1", "\x81\x05hello\x81\x05hello", DUPLICATE, OPEN),
    CASE("!say=hello&fault=length&amount=120", "\x81\x7dhello", LENGTH, OPEN),
    CASE("!say=hello&fault=length&amount=-1", "\x81\x04hello", LENGTH, OPEN),
    CASE("!say=hello&fault=fragment&amount=2", "\x01\x02he\x00\x02ll\x80\x01o", FRAGMENT, OPEN),
    CASE("!say=hello&fault=fragment&amount=9", "\x81\x05hello", FRAGMENT, OPEN),
    CASE("!say=&fault=fragment&amount=9", "\x81\x00", FRAGMENT, OPEN),
    CASE("!say=hello&fault=close&amount=1006", "\x88\x02\x03\xee", CLOSE, OPEN),
    CASE("!say=hello&fault=close&amount=1012&reset=1", "\x88\x02\x03\xf4", CLOSE, RESET),
    CASE("!break=cut", "", CUT, ENDED),
    CASE("!break=cut&reset=1", "", CUT, RESET),
    CASE("!break=silence", "", SILENCE, OPEN),
    CASE("!break=close&amount=1000", "\x88\x02\x03\xe8", CLOSE, OPEN),
#undef CASE
};

/* Goal: exactly these bytes after the handshake, this end, and one fault on the books. */
static void each_fault_is_what_it_says(void **state)
{
    for (size_t i = 0; i < LEN(MESSAGES); i++) {
        struct puppet *puppet = start();
        struct raw *raw = open_socket(puppet);
        print_message("# %s\n", MESSAGES[i].command);
        raw_text(raw, MESSAGES[i].command);
        raw_take(raw, MESSAGES[i].size);
        if (MESSAGES[i].end == RAW_OPEN) {
            raw_quiet(raw, 15);
        } else {
            raw_to_end(raw);
        }
        assert_int_equal(raw->size, MESSAGES[i].size);
        assert_memory_equal(raw->bytes, MESSAGES[i].want, MESSAGES[i].size);
        assert_int_equal(raw->state, MESSAGES[i].end);
        raw_close(raw);
        const struct puppet_story story = puppet_stop(puppet);
        for (int kind = 0; kind < WIRE_FAULT_COUNT; kind++) {
            const bool ours = kind == (int)MESSAGES[i].kind && kind != WIRE_FAULT_NONE;
            assert_int_equal(story.stats.faults[kind], ours);
        }
        assert_int_equal(story.closed_count, 1);
    }
}

/* Goal: a message held back for two goes behind the second of them. */
static void a_held_message_comes_later(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = open_socket(puppet);
    raw_text(raw, "!say=a&fault=hold&amount=2");
    raw_quiet(raw, 15);
    raw_text(raw, "b");
    raw_text(raw, "c");
    raw_text(raw, "d");
    raw_expect(raw, 0x81, "b");
    raw_expect(raw, 0x81, "c");
    raw_expect(raw, 0x81, "a");
    raw_expect(raw, 0x81, "d");
    finish(puppet, raw, WIRE_FAULT_HOLD, 1);
}

static void garbage_and_bad_headers_are_none(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = open_socket(puppet);
    raw_text(raw, "!size=100&fault=garbage&amount=3");
    raw_take(raw, 102);
    assert_memory_equal(raw->bytes, "\x81\x64", 2);
    assert_null(memmem(raw->bytes, 102, "xxx", 3));
    raw_forget(raw, 102);
    raw_text(raw, "!say=abcde&fault=bad-header&amount=3");
    raw_take(raw, 7);
    assert_int_equal(raw->bytes[0] & 0x70, 0x70); /* bits that nobody has agreed upon */
    assert_memory_equal(raw->bytes + 2, "abcde", 5);
    raw_close(raw);
    const struct puppet_story story = puppet_stop(puppet);
    assert_int_equal(story.stats.faults[WIRE_FAULT_GARBAGE], 1);
    assert_int_equal(story.stats.faults[WIRE_FAULT_BAD_HEADER], 1);
}

/* Goal: in a silence no pong comes either; what was said in it is lost; then all is well. */
static void a_silence_ends(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = open_socket(puppet);
    raw_hold(raw, true);
    raw_text(raw, "!break=silence&amount=60");
    raw_frame(raw, 0x89, "?", 1);
    raw_text(raw, "lost");
    raw_hold(raw, false);
    raw_quiet(raw, 30);
    raw_text(raw, "!break=none"); /* nobody hears this */
    raw_quiet(raw, 10);
    const int64_t until_ns = clock_monotonic_ns() + 40 * (int64_t)CLOCK_NS_PER_MS;
    while (clock_monotonic_ns() < until_ns) {
        raw_quiet(raw, 5);
    }
    raw_frame(raw, 0x89, "!", 1);
    raw_expect(raw, 0x8a, "!");
    raw_text(raw, "heard");
    raw_expect(raw, 0x81, "heard");
    finish(puppet, raw, WIRE_FAULT_SILENCE, 1);
}

/* Goal: latency and drip of a whole socket hold for each message until they are taken back. */
static void a_socket_may_be_slow_from_now_on(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = open_socket(puppet);
    const int64_t start_ns = clock_monotonic_ns();
    raw_text(raw, "!break=delay&amount=40");
    raw_text(raw, "a");
    raw_expect(raw, 0x81, "a");
    assert_true(clock_monotonic_ns() - start_ns >= 40 * (int64_t)CLOCK_NS_PER_MS);
    raw_text(raw, "!break=none");
    raw_text(raw, "!break=drip&amount=1000");
    const int64_t drip_ns = clock_monotonic_ns();
    raw_text(raw, "!size=50");
    raw_take(raw, 52);
    assert_true(clock_monotonic_ns() - drip_ns >= 51 * (int64_t)CLOCK_NS_PER_MS);
    raw_close(raw);
    const struct puppet_story story = puppet_stop(puppet);
    assert_int_equal(story.stats.faults[WIRE_FAULT_DELAY], 1);
    assert_int_equal(story.stats.faults[WIRE_FAULT_DRIP], 1);
}

static void a_handshake_may_be_broken_or_refused(void **state)
{
    static const char HANDSHAKE[] =
        "GET /?%s HTTP/1.1\r\nHost: x\r\nUpgrade: WebSocket\r\nConnection: upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    static const char ACCEPTED[] =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    static const struct {
        const char *query, *want; /* NULL: what is accepted */
        size_t size;              /* so much of it */
        enum raw_state end;
    } cases[] = {
        {"", NULL, sizeof(ACCEPTED) - 1, RAW_OPEN},
        {"fault=delay&amount=20", NULL, sizeof(ACCEPTED) - 1, RAW_OPEN},
        {"fault=truncate&amount=30", NULL, 30, RAW_ENDED},
        {"fault=stall&amount=30", NULL, 30, RAW_OPEN},
        {"fault=cut&reset=1", "", 0, RAW_RESET},
        {"fault=silence&amount=30", "", 0, RAW_ENDED},
        {"status=429&header=Retry-After:+7",
         "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", 69,
         RAW_OPEN},
        {"status=503&fault=truncate",
         "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0"
         "\r\n\r\n",
         55, RAW_ENDED},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char text[512];
        struct puppet *puppet = start();
        struct raw *raw = raw_connect(puppet_port(puppet));
        const char *want = cases[i].want != NULL ? cases[i].want : ACCEPTED;
        print_message("# %s\n", cases[i].query);
        snprintf(text, sizeof(text), HANDSHAKE, cases[i].query);
        raw_say(raw, text);
        raw_take(raw, cases[i].size);
        if (cases[i].end == RAW_OPEN) {
            raw_quiet(raw, 15);
        } else {
            raw_to_end(raw);
        }
        assert_int_equal(raw->size, cases[i].size);
        assert_memory_equal(raw->bytes, want, cases[i].size);
        assert_int_equal(raw->state, cases[i].end);
        raw_close(raw);
        puppet_stop(puppet);
    }
}

static void a_wrong_accept_key_is_wrong(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = raw_connect(puppet_port(puppet));
    raw_say(raw, "GET /?fault=bad-accept HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                 "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    raw_until(raw, "\r\n\r\n");
    assert_non_null(strstr(raw->bytes, "101 Switching"));
    assert_null(strstr(raw->bytes, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    finish(puppet, raw, WIRE_FAULT_BAD_ACCEPT, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(echoes_text_and_bytes),
        cmocka_unit_test(carries_messages_of_any_length),
        cmocka_unit_test(both_sides_say_good_bye),
        cmocka_unit_test(rubbish_is_answered_by_its_code),
        cmocka_unit_test(each_fault_is_what_it_says),
        cmocka_unit_test(a_held_message_comes_later),
        cmocka_unit_test(garbage_and_bad_headers_are_none),
        cmocka_unit_test(a_silence_ends),
        cmocka_unit_test(a_socket_may_be_slow_from_now_on),
        cmocka_unit_test(a_handshake_may_be_broken_or_refused),
        cmocka_unit_test(a_wrong_accept_key_is_wrong),
    };
    return cmocka_run_group_tests_name("simulator/wire_socket", tests, NULL, NULL);
}
