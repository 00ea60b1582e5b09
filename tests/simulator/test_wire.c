#include "support/check.h"

#include <sys/socket.h>

#include "puppet.h"
#include "raw.h"
#include "support/dice.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

static struct puppet *start(void)
{
    const struct puppet_options options = puppet_defaults();
    return puppet_start(&options);
}

/* Goal: what a handler is given is what the client sent. */
static void hands_over_the_request_as_it_came(void **state)
{
    static const struct {
        const char *request, *body;
    } cases[] = {
        {GET("/echo?a=1%20b"), "GET /echo ? a=1%20b [] 0:"},
        {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nX-Agent:  me\t\r\n\r\nhello",
         "POST /echo ?  [me] 5:hello"},
        {"DELETE /echo?x HTTP/1.1\r\nhost:x\r\n\r\n", "DELETE /echo ? x [] 0:"},
        {"PUT /echo HTTP/1.1\r\nHOST: x\r\ncontent-length: 0\r\n\r\n", "PUT /echo ?  [] 0:"},
    };
    struct puppet *puppet = start();
    struct raw *raw = raw_connect(puppet_port(puppet));
    for (size_t i = 0; i < LEN(cases); i++) {
        char want[256];
        snprintf(want, sizeof(want), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
                 strlen(cases[i].body), cases[i].body);
        raw_say(raw, cases[i].request);
        raw_until(raw, cases[i].body);
        assert_string_equal(raw->bytes, want);
        raw_forget(raw, raw->size);
    }
    raw_close(raw);
    const struct puppet_story story = puppet_stop(puppet);
    assert_int_equal(story.stats.accepted, 1);
    assert_int_equal(story.stats.requests, LEN(cases));
    assert_int_equal(story.stats.answers, LEN(cases));
}

/* Goal: several requests in one packet are answered in order, each once, however they come. */
static void answers_pipelined_requests_in_order(void **state)
{
    static const char REQUESTS[] =
        GET("/?body=1&later=20") GET("/?body=2") "POST /?body=3 HTTP/1.1\r\nHost: x\r\n"
                                                 "Content-Length: 3\r\n\r\nGET" GET("/?body=4");
    static const char WANT[] = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"
                               "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2"
                               "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n3"
                               "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n4";
    struct puppet *puppet = start();
    for (size_t piece = 1; piece < sizeof(REQUESTS); piece = piece * 3 + 1) {
        struct raw *raw = raw_connect(puppet_port(puppet));
        for (size_t at = 0; at < sizeof(REQUESTS) - 1; at += piece) {
            const size_t rest = sizeof(REQUESTS) - 1 - at;
            raw_send(raw, REQUESTS + at, piece < rest ? piece : rest);
        }
        raw_take(raw, sizeof(WANT) - 1);
        assert_string_equal(raw->bytes, WANT);
        raw_close(raw);
    }
    puppet_stop(puppet);
}

/* Goal: rubbish is answered by its status and the end, and what came before it is answered. */
static void refuses_rubbish_and_hangs_up(void **state)
{
    static const struct {
        const char *request, *status;
    } cases[] = {
        {"rubbish\r\n\r\n", "400 Bad Request"},
        {"\x16\x03\x01\x02\x03", "400 Bad Request"},
        {"GET / HTTP/1.0\r\n\r\n", "505 HTTP Version Not Supported"},
        {"BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n", "405 Method Not Allowed"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 262145\r\n\r\n",
         "413 Content Too Large"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "501 Not Implemented"},
        {"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
         "Sec-WebSocket-Version: 7\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
         "426 Upgrade Required"},
    };
    struct puppet *puppet = start();
    for (size_t i = 0; i < LEN(cases); i++) {
        char want[256];
        struct raw *raw = raw_connect(puppet_port(puppet));
        print_message("# %s\n", cases[i].status);
        raw_say(raw, GET("/?body=before"));
        raw_say(raw, cases[i].request);
        raw_say(raw, GET("/?body=after"));
        raw_to_end(raw);
        snprintf(want, sizeof(want),
                 "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nbefore"
                 "HTTP/1.1 %s\r\nAllow: GET, POST, PUT, DELETE\r\nSec-WebSocket-Version: 13\r\n"
                 "Connection: close\r\nContent-Length: 0\r\n\r\n",
                 cases[i].status);
        assert_string_equal(raw->bytes, want);
        assert_int_equal(raw->state, RAW_ENDED);
        raw_close(raw);
    }
    const struct puppet_story story = puppet_stop(puppet);
    assert_int_equal(story.stats.rubbish, LEN(cases));
    assert_int_equal(story.stats.requests, LEN(cases));
}

/* Goal: a head of 16 KiB is taken and one byte more is not, wherever the packets end. */
static void a_head_has_its_limit(void **state)
{
    static char request[17000];
    for (size_t over = 0; over <= 1; over++) {
        struct puppet *puppet = start();
        struct raw *raw = raw_connect(puppet_port(puppet));
        const size_t size = 16 * 1024 + over;
        const int head =
            snprintf(request, sizeof(request), "GET /?body=fits HTTP/1.1\r\nHost: x\r\nX: ");
        memset(request + head, 'x', size - (size_t)head - 4);
        memcpy(request + size - 4, "\r\n\r\n", 5);
        raw_say(raw, request);
        raw_until(raw, over ? "431 Request Header Fields Too Large" : "fits");
        raw_close(raw);
        assert_int_equal(puppet_stop(puppet).stats.rubbish, over);
    }
}

static void says_when_to_go_on(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = raw_connect(puppet_port(puppet));
    raw_say(raw, "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                 "Content-Length: 4\r\n\r\n");
    raw_until(raw, "HTTP/1.1 100 Continue\r\n\r\n");
    raw_quiet(raw, 15);
    raw_forget(raw, raw->size);
    raw_say(raw, "body");
    raw_until(raw, "4:body");
    raw_close(raw);
    puppet_stop(puppet);
}

/* Goal: who asks for one answer gets one and the end, also if it ends its own side first. */
static void ends_when_the_client_wants_to(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = raw_connect(puppet_port(puppet));
    raw_say(raw, "GET /?body=bye HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    raw_to_end(raw);
    assert_string_equal(raw->bytes, "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                                    "Content-Length: 3\r\n\r\nbye");
    raw_close(raw);

    raw = raw_connect(puppet_port(puppet));
    raw_say(raw, GET("/?body=1&later=20") GET("/?body=2"));
    assert_int_equal(shutdown(raw->fd, SHUT_WR), 0);
    raw_to_end(raw);
    assert_string_equal(raw->bytes, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"
                                    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");
    raw_close(raw);
    assert_int_equal(puppet_stop(puppet).stats.answers, 3);
}

/* Goal: an answer to somebody who has left is for nobody, least of all for who came after. */
static void answers_into_nothing(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = raw_connect(puppet_port(puppet));
    raw_say(raw, GET("/?body=secret&later=40"));
    raw_quiet(raw, 10);
    const struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(raw->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    raw_close(raw); /* by RST */
    raw = raw_connect(puppet_port(puppet));
    raw_say(raw, GET("/?body=ours&later=60"));
    raw_until(raw, "ours");
    assert_null(strstr(raw->bytes, "secret"));
    raw_close(raw);
    const struct puppet_story story = puppet_stop(puppet);
    assert_int_equal(story.stats.requests, 2);
    assert_int_equal(story.stats.answers, 1);
}

static void half_a_request_has_its_time(void **state)
{
    static const char *const HALVES[] = {
        "G", "GET / HTTP/1.1\r\nHost: x\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"};
    struct puppet_options options = puppet_defaults();
    options.wire.request_ms = 40;
    struct puppet *puppet = puppet_start(&options);
    for (size_t i = 0; i < LEN(HALVES); i++) {
        struct raw *raw = raw_connect(puppet_port(puppet));
        raw_say(raw, HALVES[i]);
        raw_to_end(raw);
        assert_memory_equal(raw->bytes, "HTTP/1.1 408 Request Timeout\r\n", 30);
        raw_close(raw);
    }
    /* Half a frame, too; there is no status for it. */
    struct raw *raw = raw_connect(puppet_port(puppet));
    raw_upgrade(raw, "/");
    raw_send(raw, "\x81", 1);
    raw_to_end(raw);
    assert_int_equal(raw->size, 0);
    raw_close(raw);
    const struct puppet_story story = puppet_stop(puppet);
    assert_int_equal(story.stats.timeouts, LEN(HALVES) + 1);
    assert_int_equal(story.stats.requests, 1);
}

static void an_idle_client_is_let_go(void **state)
{
    struct puppet_options options = puppet_defaults();
    options.wire.idle_ms = 200;
    struct puppet *puppet = puppet_start(&options);
    struct raw *mute = raw_connect(puppet_port(puppet));
    struct raw *done = raw_connect(puppet_port(puppet));
    struct raw *socket = raw_connect(puppet_port(puppet));
    raw_upgrade(socket, "/"); /* it is the venue's affair how long it may be quiet */
    raw_say(done, GET("/?body=x"));
    raw_to_end(mute);
    raw_to_end(done);
    assert_non_null(strstr(done->bytes, "\r\n\r\nx"));
    raw_text(socket, "still");
    raw_expect(socket, 0x81, "still");
    raw_close(mute);
    raw_close(done);
    raw_close(socket);
    assert_int_equal(puppet_stop(puppet).stats.timeouts, 2);
}

/* Goal: a client that does not read is cut at the limit of its queue, and nobody else is. */
static void a_slow_reader_is_cut(void **state)
{
    struct puppet_options options = puppet_defaults();
    options.wire.queue_max = 1000000;
    struct puppet *puppet = puppet_start(&options);
    struct raw *slow = raw_connect(puppet_port(puppet));
    struct raw *other = raw_connect(puppet_port(puppet));
    raw_upgrade(slow, "/");
    raw_upgrade(other, "/");
    raw_text(slow, "!size=100000&times=20");
    raw_text(other, "fine");
    raw_expect(other, 0x81, "fine");
    raw_close(other);
    const struct puppet_story story = puppet_stop(puppet);
    raw_close(slow);
    assert_int_equal(story.stats.too_slow, 1);
    assert_int_equal(story.closed_count, 2);
}

static void an_answer_nobody_takes_ends(void **state)
{
    struct puppet_options options = puppet_defaults();
    options.wire.stuck_ms = 50;
    struct puppet *puppet = puppet_start(&options);
    struct raw *raw = raw_connect(puppet_port(puppet));
    raw_say(raw, GET("/?size=33554432")); /* more than the kernel keeps for a socket */
    const struct puppet_story story = puppet_stop(puppet);
    raw_close(raw);
    assert_int_equal(story.stats.too_slow, 1);
    assert_int_equal(story.stats.answers, 0);
}

static void many_come_and_one_too_many_goes(void **state)
{
    enum { MANY = 200, MORE = 20 };
    static struct raw *clients[MANY + MORE];
    struct puppet_options options = puppet_defaults();
    options.wire.connections_max = MANY;
    struct puppet *puppet = puppet_start(&options);
    for (int i = 0; i < MANY; i++) {
        clients[i] = raw_connect(puppet_port(puppet));
        raw_say(clients[i], GET("/?body=in"));
        raw_until(clients[i], "in");
    }
    for (int i = MANY; i < MANY + MORE; i++) {
        clients[i] = raw_connect(puppet_port(puppet));
        raw_to_end(clients[i]);
        assert_int_equal(clients[i]->size, 0);
    }
    raw_close(clients[0]);
    raw_say(clients[1], GET("/?body=still"));
    raw_until(clients[1], "still");
    clients[0] = raw_connect(puppet_port(puppet)); /* there is room for one again */
    raw_say(clients[0], GET("/?body=in"));
    raw_until(clients[0], "in");
    for (int i = 0; i < MANY + MORE; i++) {
        raw_close(clients[i]);
    }
    const struct puppet_story story = puppet_stop(puppet);
    assert_int_equal(story.stats.accepted, MANY + 1);
    assert_int_equal(story.stats.turned_away, MORE);
}

/* Goal: whatever comes, the next client is served: on fresh connections, behind a request and
 * on sockets. */
static void outlives_rubbish(void **state)
{
    struct dice dice = {.state = 20261121};
    struct puppet *puppet = start();
    for (int i = 0; i < 150; i++) {
        unsigned char bytes[600];
        struct raw *raw = raw_connect(puppet_port(puppet));
        for (size_t k = 0; k < sizeof(bytes); k++) {
            bytes[k] = (unsigned char)dice_next(&dice);
        }
        if (i % 3 == 1) {
            raw_say(raw, "POST /echo HTTP/1.1\r\nContent-Length: 100\r\nHost: x\r\n\r\n");
        } else if (i % 3 == 2) {
            raw_upgrade(raw, "/");
        }
        raw_send(raw, bytes, (size_t)dice_between(&dice, 1, sizeof(bytes)));
        raw_close(raw);
    }
    struct raw *raw = raw_connect(puppet_port(puppet));
    raw_say(raw, GET("/?body=alive"));
    raw_until(raw, "alive");
    raw_close(raw);
    puppet_stop(puppet);
}

/* Goal: while it is shut nobody gets in and who is there stays; then it is the same port. */
static void shuts_and_opens_again(void **state)
{
    struct puppet *puppet = start();
    struct raw *raw = raw_connect(puppet_port(puppet));
    raw_say(raw, GET("/shut?ms=60"));
    raw_until(raw, "200 OK");
    raw_forget(raw, raw->size);
    assert_false(raw_knock(puppet_port(puppet)));
    raw_say(raw, GET("/?body=stays"));
    raw_until(raw, "stays");
    int64_t tries = 0;
    while (!raw_knock(puppet_port(puppet))) {
        assert_true(++tries < 5000);
        raw_quiet(raw, 1);
    }
    raw_close(raw);
    puppet_stop(puppet);
}

static void cuts_everybody(void **state)
{
    for (int reset = 0; reset <= 1; reset++) {
        struct puppet *puppet = start();
        struct raw *socket = raw_connect(puppet_port(puppet));
        struct raw *idle = raw_connect(puppet_port(puppet));
        struct raw *raw = raw_connect(puppet_port(puppet));
        raw_upgrade(socket, "/");
        raw_say(idle, GET("/?body=x"));
        raw_until(idle, "x");
        raw_say(raw, reset ? GET("/cut?reset=1") : GET("/cut"));
        raw_to_end(socket);
        raw_to_end(idle);
        raw_to_end(raw);
        assert_int_equal(socket->state, reset ? RAW_RESET : RAW_ENDED);
        assert_int_equal(idle->state, reset ? RAW_RESET : RAW_ENDED);
        raw_close(socket);
        raw_close(idle);
        raw_close(raw);
        assert_int_equal(puppet_stop(puppet).closed_count, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_over_the_request_as_it_came),
        cmocka_unit_test(answers_pipelined_requests_in_order),
        cmocka_unit_test(refuses_rubbish_and_hangs_up),
        cmocka_unit_test(a_head_has_its_limit),
        cmocka_unit_test(says_when_to_go_on),
        cmocka_unit_test(ends_when_the_client_wants_to),
        cmocka_unit_test(answers_into_nothing),
        cmocka_unit_test(half_a_request_has_its_time),
        cmocka_unit_test(an_idle_client_is_let_go),
        cmocka_unit_test(a_slow_reader_is_cut),
        cmocka_unit_test(an_answer_nobody_takes_ends),
        cmocka_unit_test(many_come_and_one_too_many_goes),
        cmocka_unit_test(outlives_rubbish),
        cmocka_unit_test(shuts_and_opens_again),
        cmocka_unit_test(cuts_everybody),
    };
    return cmocka_run_group_tests_name("simulator/wire", tests, NULL, NULL);
}
