#include "support/check.h"

#include "bench.h"

#include <jansson.h>

#include "base/clock.h"

#define NS_PER_MS INT64_C(1000000)

enum { DEADLINE_MS = 10000, LOOK_MS = 5, ANSWER_MAX = 1 << 20 };

void bench_open(struct bench *bench, const struct venue_sim_options *options)
{
    struct err err = {.text = ""};
    const struct http_options http = {.requests_max = 4};
    bench->loop = loop_create();
    if (!venue_sim_open(&bench->sim, bench->loop, options, &err) ||
        !http_create(&bench->http, bench->loop, &http, &err) ||
        !websockets_create(&bench->sockets, bench->loop, NULL, &err)) {
        fail_msg("%s", err.text);
    }
}

void bench_close(struct bench *bench)
{
    for (int i = 0; i < BENCH_LINES_MAX; i++) {
        websocket_close(bench->lines[i]);
    }
    websockets_destroy(bench->sockets);
    http_destroy(bench->http);
    venue_sim_close(bench->sim);
    loop_destroy(bench->loop);
}

struct watch {
    struct bench *bench;
    bench_fn *holds;
    void *context;
    int64_t until_ns;
};

static void look(void *context, int64_t now_ns)
{
    struct watch *watch = context;
    if (watch->holds(watch->context)) {
        loop_stop(watch->bench->loop, 0);
    } else if (now_ns > watch->until_ns) {
        loop_stop(watch->bench->loop, 1);
    } else {
        loop_add_timer(watch->bench->loop, now_ns + LOOK_MS * NS_PER_MS, look, watch);
    }
}

void bench_until(struct bench *bench, bench_fn *holds, void *context)
{
    const int64_t now_ns = clock_monotonic_ns();
    struct watch watch = {bench, holds, context, now_ns + DEADLINE_MS * NS_PER_MS};
    loop_add_timer(bench->loop, now_ns, look, &watch);
    assert_int_equal(loop_run(bench->loop), 0);
}

static void take_answer(void *context, const struct http_answer *answer)
{
    struct bench_answer *out = context;
    out->done = true;
    out->fault = answer->fault;
    out->status = answer->status;
    if (answer->fault == NET_NONE) {
        const char *value = out->header[0] != '\0' ? http_header(answer, out->header) : NULL;
        text_add_bytes(&out->body, answer->body, answer->body_size);
        text_cut(out->header, sizeof(out->header), "%s", value != NULL ? value : "");
    }
}

static bool is_done(void *context)
{
    return ((const struct bench_answer *)context)->done;
}

struct bench_answer bench_ask(struct bench *bench, const char *method, enum venue venue,
                              const char *path, const char *header)
{
    char url[512];
    struct bench_answer answer = {.body = text_growing()};
    text_cut(answer.header, sizeof(answer.header), "%s", header != NULL ? header : "");
    const struct http_request request = {
        .method = method,
        .url = text_cut(url, sizeof(url), "http://127.0.0.1:%d%s",
                        venue_sim_port(bench->sim, venue), path),
        .timeout_ms = 5000,
        .size_max = ANSWER_MAX,
    };
    assert_true(http_send(bench->http, &request, take_answer, &answer) > 0);
    bench_until(bench, is_done, &answer);
    return answer;
}

void bench_tell(struct bench *bench, const char *path)
{
    struct bench_answer answer = bench_ask(bench, "POST", VENUE_A, path, NULL);
    if (answer.status != 200) {
        fail_msg("%s: %d %s", path, answer.status, text_string(&answer.body));
    }
    text_finish(&answer.body);
}

static json_t *load_status(struct bench *bench)
{
    struct text status = text_growing();
    venue_sim_status(bench->sim, &status);
    json_t *root = json_loads(text_string(&status), 0, NULL);
    assert_non_null(root);
    text_finish(&status);
    return root;
}

/* Borrowed from the root. */
static json_t *faults_of(const json_t *root, enum venue venue)
{
    const json_t *venues = json_object_get(root, "venues");
    return json_object_get(json_object_get(venues, venue_name(venue)), "faults");
}

int64_t bench_fault_count(struct bench *bench, enum venue venue, const char *kind,
                          const char *what)
{
    json_t *root = load_status(bench);
    const json_t *at = json_object_get(json_object_get(faults_of(root, venue), kind), what);
    assert_true(json_is_integer(at));
    const int64_t count = json_integer_value(at);
    json_decref(root);
    return count;
}

int64_t bench_fault_sum(struct bench *bench, const char *what)
{
    json_t *root = load_status(bench);
    int64_t sum = 0;
    for (int venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const char *kind;
        json_t *counts;
        json_object_foreach(faults_of(root, (enum venue)venue), kind, counts)
        {
            sum += json_integer_value(json_object_get(counts, what));
        }
    }
    json_decref(root);
    return sum;
}

static void take_news(void *context, const struct websocket_news *news)
{
    struct bench_socket *socket = context;
    socket->opened += news->change == WEBSOCKET_OPENED ? 1 : 0;
    socket->lost += news->change == WEBSOCKET_LOST ? 1 : 0;
}

static void take_message(void *context, const char *bytes, size_t size, bool binary,
                         int64_t mono_ns)
{
    struct bench_socket *socket = context;
    struct text *kept = &socket->kept[socket->count % BENCH_KEPT_MAX];
    if (kept->data == NULL) {
        *kept = text_growing();
    }
    text_clear(kept);
    text_add_bytes(kept, bytes, size);
    socket->binary = binary;
    socket->count++;
    if (socket->hear != NULL) {
        socket->hear(socket->context, bytes, size);
    }
}

/* Where that line is kept; NULL finds room for one. */
static struct websocket **line_of(struct bench *bench, const struct websocket *line)
{
    int i = 0;
    while (bench->lines[i] != line) {
        i++;
        assert_true(i < BENCH_LINES_MAX);
    }
    return &bench->lines[i];
}

void bench_dial(struct bench *bench, struct bench_socket *socket, enum venue venue,
                const char *path, const char *hello)
{
    char url[512];
    struct err err = {.text = ""};
    const struct websocket_options options = {
        .url = text_cut(url, sizeof(url), "ws://127.0.0.1:%d%s",
                        venue_sim_port(bench->sim, venue), path),
        .hello = {hello},
        .hello_count = hello != NULL ? 1 : 0,
        .message_size_max = 4 * 1024 * 1024,
        .connect_ms = 5000,
        .ping_ms = socket->ping_ms > 0 ? socket->ping_ms : 200,
        .silence_ms = 5000,
        .back_off_ms = 50,
        .back_off_max_ms = 200,
        .seed = 1,
    };
    const struct websocket_calls calls = {
        .news = take_news, .message = take_message, .context = socket};
    socket->bench = bench;
    if (!websocket_open(&socket->line, bench->sockets, &options, &calls, &err)) {
        fail_msg("%s", err.text);
    }
    *line_of(bench, NULL) = socket->line;
}

void bench_hang_up(struct bench_socket *socket)
{
    *line_of(socket->bench, socket->line) = NULL;
    websocket_close(socket->line);
    for (int i = 0; i < BENCH_KEPT_MAX; i++) {
        text_finish(&socket->kept[i]);
    }
}

const char *bench_heard(const struct bench_socket *socket, int32_t n)
{
    assert_true(n < socket->count && n >= socket->count - BENCH_KEPT_MAX);
    return text_string(&socket->kept[n % BENCH_KEPT_MAX]);
}

struct goal {
    const struct bench_socket *socket;
    int32_t heard, lost;
};

static bool is_reached(void *context)
{
    const struct goal *goal = context;
    return goal->socket->count >= goal->heard && goal->socket->lost >= goal->lost;
}

void bench_until_heard(struct bench_socket *socket, int32_t count)
{
    struct goal goal = {socket, count, 0};
    bench_until(socket->bench, is_reached, &goal);
}

void bench_until_lost(struct bench_socket *socket, int32_t count)
{
    struct goal goal = {socket, 0, count};
    bench_until(socket->bench, is_reached, &goal);
}
