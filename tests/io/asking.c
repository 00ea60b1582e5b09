#include "support/check.h"

#include "asking.h"

#include <stdlib.h>

#include "base/clock.h"

struct got got;
struct loop *asking_loop;

void keep(void *context, const struct http_answer *answer)
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
    loop_stop(asking_loop, 0);
}

static void give_up(void *context, int64_t now_ns)
{
    fail_msg("nothing happened for ten seconds");
}

void asking_run(void)
{
    const uint64_t timer =
        loop_add_timer(asking_loop, clock_monotonic_ns() + 10 * CLOCK_NS_PER_S, give_up, NULL);
    loop_run(asking_loop);
    loop_remove_timer(asking_loop, timer);
}

static void forget_proxies(void)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
    for (size_t i = 0; i < LEN(names); i++) {
        unsetenv(names[i]);
    }
}

struct http *asking_start(const struct http_options *options)
{
    static const struct http_options PLAIN = {.requests_max = 4};
    struct http *http = NULL;
    struct err err;
    forget_proxies();
    asking_loop = loop_create();
    got = (struct got){.calls = 0};
    assert_true(http_create(&http, asking_loop, options != NULL ? options : &PLAIN, &err));
    return http;
}

void asking_end(struct http *http)
{
    http_destroy(http);
    loop_destroy(asking_loop);
}

const char *url_of(const struct peer *peer, const char *path)
{
    static char url[128];
    snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", peer_port(peer), path);
    return url;
}

struct http_request request_of(const char *url)
{
    return (struct http_request){
        .method = "GET", .url = url, .timeout_ms = 8000, .size_max = 1000};
}

void ask(struct http *http, const struct http_request *request)
{
    const int calls = got.calls;
    assert_true(http_send(http, request, keep, &got) > 0);
    asking_run();
    assert_int_equal(got.calls, calls + 1);
}

void play_script(struct line *line)
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

void play_silence(struct line *line)
{
    line_read_head(line);
    line_hold(line);
}
