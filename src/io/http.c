#include "io/http.h"

#include <assert.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/safe.h"
#include "exchange.h"

enum { WAITING_PER_RUNNING_MAX = 16, SLOW_MS = 5000, SLOW_BYTES_PER_S = 64 };

struct http {
    struct loop *loop;
    struct http_options options;
    char *ca_file, *user_agent;
    CURLM *multi;
    uint64_t timer;              /* the one libcurl asks for; 0 none */
    struct exchange **exchanges; /* in the order they were sent */
    int32_t count, running;
    uint64_t last_id;
    int32_t calls; /* of owners, under way now */
};

struct http_headers {
    CURL *easy;
};

static void start_waiting(struct http *http)
{
    for (int32_t i = 0; i < http->count && http->running < http->options.requests_max; i++) {
        struct exchange *exchange = http->exchanges[i];
        if (!exchange->running) {
            exchange->running = true;
            http->running++;
            const CURLMcode added = curl_multi_add_handle(http->multi, exchange->easy);
            assert(added == CURLM_OK); /* not inside may_send() */
        }
    }
}

/* Takes it out of everything; it is the caller's then. */
static void take_out(struct http *http, struct exchange *exchange)
{
    int32_t at = 0;
    while (http->exchanges[at] != exchange) {
        at++;
    }
    http->count--;
    memmove(&http->exchanges[at], &http->exchanges[at + 1],
            (size_t)(http->count - at) * sizeof(struct exchange *));
    loop_remove_timer(http->loop, exchange->timer);
    if (exchange->running) {
        http->running--;
        const CURLMcode removed = curl_multi_remove_handle(http->multi, exchange->easy);
        assert(removed == CURLM_OK);
    }
}

/* The one call of a request. */
static void finish(struct exchange *exchange, enum net_fault fault, const char *text)
{
    struct http *http = exchange->http;
    long status = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    const struct http_headers headers = {.easy = exchange->easy};
    struct http_answer answer = {
        .fault = fault,
        .sent = exchange->sent,
        .status = (int32_t)status,
        .body = text_string(&exchange->body),
        .body_size = exchange->body.length,
        .sent_mono_ns = exchange->sent_ns,
        .done_mono_ns = clock_monotonic_ns(),
        .headers = &headers,
    };
    safe_text(answer.text, sizeof(answer.text), text, strlen(text));
    take_out(http, exchange);
    start_waiting(http);
    http->calls++;
    exchange->done(exchange->context, &answer);
    http->calls--;
    exchange_destroy(exchange);
}

static void finish_late(struct exchange *exchange)
{
    char text[128];
    finish(exchange, NET_TIMEOUT,
           text_cut(text, sizeof(text), "%s within %lld ms", exchange_stage(exchange),
                    (long long)exchange->timeout_ms));
}

static void finish_done(struct exchange *exchange, CURLcode result)
{
    const enum net_fault fault = exchange_fault(exchange, result);
    if (fault == NET_TIMEOUT) {
        finish_late(exchange); /* libcurl counts the same time, and may be first */
    } else {
        finish(exchange, fault, fault == NET_NONE ? "" : exchange_problem(exchange, result));
    }
}

static void take_results(struct http *http)
{
    int left;
    for (const CURLMsg *message = curl_multi_info_read(http->multi, &left); message != NULL;
         message = curl_multi_info_read(http->multi, &left)) {
        const CURLcode result = message->data.result;
        char *context = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
        finish_done((struct exchange *)context, result);
    }
}

static void act(struct http *http, curl_socket_t fd, int events)
{
    int running;
    const CURLMcode done = curl_multi_socket_action(http->multi, fd, events, &running);
    assert(done == CURLM_OK);
    take_results(http);
}

static void on_socket(void *context, int fd, short revents)
{
    const int events = ((revents & (POLLIN | POLLHUP)) != 0 ? CURL_CSELECT_IN : 0) |
                       ((revents & POLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                       ((revents & POLLERR) != 0 ? CURL_CSELECT_ERR : 0);
    act(context, fd, events);
}

static void on_timer(void *context, int64_t now_ns)
{
    struct http *http = context;
    http->timer = 0;
    act(http, CURL_SOCKET_TIMEOUT, 0);
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *watched)
{
    struct http *http = context;
    if (what == CURL_POLL_REMOVE) {
        loop_remove_fd(http->loop, fd);
        return 0;
    }
    const short events = (short)(((what & CURL_POLL_IN) != 0 ? POLLIN : 0) |
                                 ((what & CURL_POLL_OUT) != 0 ? POLLOUT : 0));
    if (watched == NULL) {
        loop_add_fd(http->loop, fd, events, on_socket, http);
        curl_multi_assign(http->multi, fd, http);
    } else {
        loop_set_events(http->loop, fd, events);
    }
    return 0;
}

static int set_timer(CURLM *multi, long timeout_ms, void *context)
{
    struct http *http = context;
    loop_remove_timer(http->loop, http->timer);
    http->timer = 0;
    if (timeout_ms >= 0) {
        const int64_t due_ns = clock_monotonic_ns() + timeout_ms * CLOCK_NS_PER_MS;
        http->timer = loop_add_timer(http->loop, due_ns, on_timer, http);
    }
    return 0;
}

static bool resolves_beside(struct err *err)
{
    const curl_version_info_data *version = curl_version_info(CURLVERSION_NOW);
    return (version->features & CURL_VERSION_ASYNCHDNS) != 0 ||
           err_set(err, ERR_IO, "this libcurl (%s) stands still while it resolves a name",
                   version->version);
}

bool http_create(struct http **out, struct loop *loop, const struct http_options *options,
                 struct err *err)
{
    assert(options->requests_max > 0 && options->slow_ms >= 0);
    /* OpenSSL writes to sockets that are closed, and libcurl told to leave signals alone lets
     * it; libwebsockets does the same as this. */
    signal(SIGPIPE, SIG_IGN);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return err_set(err, ERR_IO, "cannot start libcurl");
    }
    CURLM *multi = resolves_beside(err) ? curl_multi_init() : NULL;
    if (multi == NULL) {
        curl_global_cleanup();
        return false;
    }
    struct http *http = mem_zalloc(sizeof(*http));
    *http = (struct http){.loop = loop, .options = *options, .multi = multi};
    http->options.slow_ms = options->slow_ms > 0 ? options->slow_ms : SLOW_MS;
    if (options->ca_file != NULL) {
        http->options.ca_file = http->ca_file = mem_copy_string(options->ca_file);
    }
    if (options->user_agent != NULL) {
        http->options.user_agent = http->user_agent = mem_copy_string(options->user_agent);
    }
    http->exchanges = mem_array((size_t)options->requests_max * (WAITING_PER_RUNNING_MAX + 1),
                                sizeof(struct exchange *));
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, http);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, http);
    *out = http;
    return true;
}

void http_destroy(struct http *http)
{
    if (http == NULL) {
        return;
    }
    assert(http->calls == 0);
    while (http->count > 0) {
        struct exchange *exchange = http->exchanges[http->count - 1];
        take_out(http, exchange);
        exchange_destroy(exchange);
    }
    curl_multi_cleanup(http->multi);
    curl_global_cleanup();
    loop_remove_timer(http->loop, http->timer);
    mem_free(http->exchanges);
    mem_free(http->ca_file);
    mem_free(http->user_agent);
    mem_free(http);
}

/* One timer per request looks after its end and its pace. */
static void look_again(struct exchange *exchange, int64_t now_ns);

static void on_look(void *context, int64_t now_ns)
{
    struct exchange *exchange = context;
    const int64_t slow_ms = exchange->http->options.slow_ms;
    char text[128];
    exchange->timer = 0;
    if (now_ns >= exchange->deadline_ns) {
        finish_late(exchange);
    } else if (exchange_drips(exchange, slow_ms * SLOW_BYTES_PER_S / 1000)) {
        finish(exchange, NET_SLOW,
               text_cut(text, sizeof(text), "fewer than %d bytes a second for %lld ms",
                        SLOW_BYTES_PER_S, (long long)slow_ms));
    } else {
        look_again(exchange, now_ns);
    }
}

static void look_again(struct exchange *exchange, int64_t now_ns)
{
    struct http *http = exchange->http;
    const int64_t pace_ns = now_ns + http->options.slow_ms * CLOCK_NS_PER_MS;
    const int64_t due_ns = pace_ns < exchange->deadline_ns ? pace_ns : exchange->deadline_ns;
    exchange->timer = loop_add_timer(http->loop, due_ns, on_look, exchange);
}

uint64_t http_send(struct http *http, const struct http_request *request, http_done_fn *done,
                   void *context)
{
    assert(request->timeout_ms > 0 && request->size_max > 0 && done != NULL);
    const int32_t waiting = http->count - http->running;
    if (waiting >= http->options.requests_max * WAITING_PER_RUNNING_MAX) {
        return 0;
    }
    struct exchange *exchange = exchange_create(&http->options, request);
    const int64_t now_ns = clock_monotonic_ns();
    exchange->http = http;
    exchange->id = ++http->last_id;
    exchange->done = done;
    exchange->context = context;
    exchange->deadline_ns = now_ns + request->timeout_ms * CLOCK_NS_PER_MS;
    look_again(exchange, now_ns);
    http->exchanges[http->count++] = exchange;
    start_waiting(http);
    return exchange->id;
}

void http_cancel(struct http *http, uint64_t id)
{
    for (int32_t i = 0; i < http->count; i++) {
        struct exchange *exchange = http->exchanges[i];
        if (exchange->id == id) {
            take_out(http, exchange);
            exchange_destroy(exchange);
            start_waiting(http);
            return;
        }
    }
}

const char *http_header(const struct http_answer *answer, const char *name)
{
    struct curl_header *header = NULL;
    if (answer->headers == NULL || curl_easy_header(answer->headers->easy, name, 0,
                                                    CURLH_HEADER, -1, &header) != CURLHE_OK) {
        return NULL;
    }
    return header->value;
}
