#include "support/check.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/clock.h"
#include "io/http.h"
#include "peer.h"

/* What came back, kept beyond the call. */
struct got {
    struct http_answer answer;
    char body[256];
    char header[64]; /* of X-Test */
    int calls;
};

static struct loop *loop;
static struct got got;

static void keep(void *context, const struct http_answer *answer)
{
    struct got *into = context;
    into->answer = *answer;
    const size_t size =
        answer->body_size < sizeof(into->body) ? answer->body_size : sizeof(into->body) - 1;
    memcpy(into->body, answer->body, size);
    into->body[size] = '\0';
    const char *header = http_header(answer, "x-TEST");
    snprintf(into->header, sizeof(into->header), "%s", header != NULL ? header : "-");
    assert_int_equal(answer->body[answer->body_size], '\0');
    into->calls++;
    loop_stop(loop, 0);
}

static void give_up(void *context, int64_t now_ns)
{
    fail_msg("nothing happened for ten seconds");
}

static void run_loop(void)
{
    const uint64_t timer =
        loop_add_timer(loop, clock_monotonic_ns() + 10 * CLOCK_NS_PER_S, give_up, NULL);
    loop_run(loop);
    loop_remove_timer(loop, timer);
}

static struct http *start(const struct http_options *options)
{
    static const struct http_options PLAIN = {.requests_max = 4, .slow_ms = 60};
    struct http *http = NULL;
    struct err err;
    loop = loop_create();
    got = (struct got){.calls = 0};
    assert_true(http_create(&http, loop, options != NULL ? options : &PLAIN, &err));
    return http;
}

static void end(struct http *http)
{
    http_destroy(http);
    loop_destroy(loop);
}

static const char *url_of(const struct peer *peer, const char *path)
{
    static char url[128];
    snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", peer_port(peer), path);
    return url;
}

static struct http_request request_of(const char *url)
{
    return (struct http_request){
        .method = "GET", .url = url, .timeout_ms = 8000, .size_max = 1000};
}

static void ask(struct http *http, const struct http_request *request)
{
    const int calls = got.calls;
    assert_true(http_send(http, request, keep, &got) > 0);
    run_loop();
    assert_int_equal(got.calls, calls + 1);
}

/* A server that answers with these bytes and then does that. */
enum ending { CLOSE, RESET, HOLD };
struct script {
    const char *bytes;
    size_t size; /* 0: a string */
    enum ending ending;
    int heads; /* read */
    char head[4096];
    uint64_t read_size; /* of anything but a head */
};

static void play_script(struct line *line)
{
    struct script *script = line->context;
    if (!line_read_head(line)) {
        return;
    }
    script->heads++;
    memcpy(script->head, line->head, sizeof(script->head));
    line_write(line, script->bytes, script->size > 0 ? script->size : strlen(script->bytes));
    if (script->ending == RESET) {
        line_reset(line);
    } else if (script->ending == HOLD) {
        line_hold(line);
    }
}

#define OK "HTTP/1.1 200 OK\r\n"

#define DIGITS "0123456789"

static const struct {
    const char *name;
    struct script script;
    enum net_fault fault;
    int32_t status;
    const char *body, *text;
} ANSWERS[] = {
    {"whole", {.bytes = OK "Content-Length: 10\r\n\r\n0123456789"}, NET_NONE, 200, DIGITS, ""},
    {"no length", {.bytes = OK "\r\n0123456789"}, NET_NONE, 200, DIGITS, ""},
    {"chunks",
     {.bytes = OK "Transfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n"},
     NET_NONE,
     200,
     DIGITS,
     ""},
    {"a status of trouble is an answer",
     {.bytes = "HTTP/1.1 429 No\r\nContent-Length: 2\r\n\r\n{}"},
     NET_NONE,
     429,
     "{}",
     ""},
    {"redirects are the caller's business",
     {.bytes = "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"},
     NET_NONE,
     302,
     "",
     ""},
    {"closed before an answer", {.bytes = ""}, NET_RESET, 0, "", "Empty reply from server"},
    {"reset before an answer",
     {.bytes = "", .ending = RESET},
     NET_RESET,
     0,
     "",
     "reset by peer"},
    {"short of its length",
     {.bytes = OK "Content-Length: 11\r\n\r\n0123456789"},
     NET_TRUNCATED,
     200,
     DIGITS,
     "1 bytes remaining"},
    {"short of a chunk",
     {.bytes = OK "Transfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n6\r\n45"},
     NET_TRUNCATED,
     200,
     "012345",
     "outstanding read data"},
    {"no last chunk",
     {.bytes = OK "Transfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n"},
     NET_TRUNCATED,
     200,
     "0123",
     "outstanding read data"},
    {"reset within the body",
     {.bytes = OK "Content-Length: 11\r\n\r\n0123456789", .ending = RESET},
     NET_RESET,
     200,
     DIGITS,
     "reset by peer"},
    {"announces too much",
     {.bytes = OK "Content-Length: 1001\r\n\r\n", .ending = HOLD},
     NET_OVERSIZE,
     200,
     "",
     "Maximum file size exceeded"},
    {"not HTTP", {.bytes = "SSH-2.0-OpenSSH_9.2\r\n"}, NET_GARBAGE, 0, "", "HTTP/0.9"},
    {"not gzip",
     {.bytes = OK "Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n0123456789"},
     NET_GARBAGE,
     200,
     "",
     "incorrect header check"},
    {"broken chunks",
     {.bytes = OK "Transfer-Encoding: chunked\r\n\r\nzz\r\n"},
     NET_GARBAGE,
     200,
     "",
     "in chunked-encoding"},
};

static void tells_what_went_wrong(void **state)
{
    for (size_t i = 0; i < LEN(ANSWERS); i++) {
        print_message("# %s\n", ANSWERS[i].name);
        struct http *http = start(NULL);
        struct script script = ANSWERS[i].script;
        struct peer *peer = peer_start(play_script, &script, NULL);
        const struct http_request request = request_of(url_of(peer, "/"));
        ask(http, &request);
        end(http);
        peer_stop(peer);
        print_message("%s: %s\n", net_fault_name(got.answer.fault), got.answer.text);
        assert_int_equal(got.answer.fault, ANSWERS[i].fault);
        assert_int_equal(got.answer.status, ANSWERS[i].status);
        assert_string_equal(got.body, ANSWERS[i].body);
        assert_non_null(strstr(got.answer.text, ANSWERS[i].text));
        assert_true(got.answer.sent);
        assert_true(got.answer.sent_mono_ns > 0);
        assert_true(got.answer.done_mono_ns >= got.answer.sent_mono_ns);
        assert_int_equal(script.heads, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_went_wrong),
    };
    return cmocka_run_group_tests_name("io/http", tests, NULL, NULL);
}
