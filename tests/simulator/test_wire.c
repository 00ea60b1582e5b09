#include "support/check.h"

#include <unistd.h>

#include "puppet.h"
#include "raw.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_over_the_request_as_it_came),
        cmocka_unit_test(answers_pipelined_requests_in_order),
    };
    return cmocka_run_group_tests_name("simulator/wire", tests, NULL, NULL);
}
