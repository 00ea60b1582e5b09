#include "support/check.h"

#include "puppet.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/num.h"

enum { VALUE_SIZE = 1024, LATER_MAX = 16, STOP_S_MAX = 5, SIZE_MAX_ASKED = 32 * 1024 * 1024 };

/* An answer that is given later. */
struct later {
    struct puppet *puppet;
    wire_exchange exchange;
    char query[VALUE_SIZE];
};

struct puppet {
    struct puppet_options options;
    struct loop *loop;
    struct wire *wire;
    pthread_t thread;
    int stop_fd;
    int64_t stop_ns;
    struct later later[LATER_MAX];
    int later_count;
    struct wire_socket *socket; /* the last one; NULL: none */
    struct puppet_story story;
};

static int64_t number(const char *query, const char *name, int64_t otherwise)
{
    char value[VALUE_SIZE];
    int64_t out = otherwise;
    if (wire_form(query, name, value, sizeof(value))) {
        assert_true(num_parse_int64(value, strlen(value), &out));
    }
    return out;
}

static struct wire_fault fault_of(const char *query, const char *name)
{
    char value[VALUE_SIZE];
    struct wire_fault fault = {.amount = number(query, "amount", 0),
                               .reset = number(query, "reset", 0) != 0};
    if (wire_form(query, name, value, sizeof(value))) {
        assert_true(wire_fault_find(value, &fault.kind));
    }
    return fault;
}

/* The payload that was asked for; freed by the caller. */
static char *payload_of(const char *query, const char *name, size_t *size)
{
    char *bytes = calloc(1, VALUE_SIZE);
    const int64_t asked = number(query, "size", -1);
    *size = 0;
    if (asked >= 0) {
        assert_true(asked <= SIZE_MAX_ASKED);
        bytes = realloc(bytes, (size_t)asked + 1);
        memset(bytes, 'x', (size_t)asked);
        *size = (size_t)asked;
    } else if (wire_form(query, name, bytes, VALUE_SIZE)) {
        *size = strlen(bytes);
    }
    return bytes;
}

static void answer(struct puppet *puppet, wire_exchange exchange, const char *query)
{
    char header[VALUE_SIZE];
    const char *const headers[] = {header};
    const struct wire_fault fault = fault_of(query, "fault");
    struct wire_answer made = {.status = (int32_t)number(query, "status", 200),
                               .headers = headers};
    made.headers_count = wire_form(query, "header", header, sizeof(header)) ? 1 : 0;
    char *body = payload_of(query, "body", &made.body_size);
    made.body = body;
    wire_answer(puppet->wire, exchange, &made, &fault);
    free(body);
}

static void on_later(void *context, int64_t now_ns)
{
    struct later *later = context;
    answer(later->puppet, later->exchange, later->query);
}

static void echo(struct puppet *puppet, wire_exchange exchange,
                 const struct wire_request *request)
{
    char body[VALUE_SIZE];
    const char *agent = wire_header(request, "x-AGENT");
    snprintf(body, sizeof(body), "%s %s ? %s [%s] %zu:%.*s", request->method, request->path,
             request->query, agent != NULL ? agent : "", request->body_size,
             (int)(request->body_size < 100 ? request->body_size : 100), request->body);
    const struct wire_answer made = {.status = 200, .body = body, .body_size = strlen(body)};
    wire_answer(puppet->wire, exchange, &made, NULL);
}

static void on_reopen(void *context, int64_t now_ns)
{
    struct err err = {.text = ""};
    assert_true(wire_open(((struct puppet *)context)->wire, &err));
}

/* True: it was one of the commands that concern the whole server. */
static bool command(struct puppet *puppet, const struct wire_request *request)
{
    if (strcmp(request->path, "/shut") == 0) {
        wire_shut(puppet->wire);
        loop_add_timer(puppet->loop,
                       clock_monotonic_ns() + number(request->query, "ms", 0) * CLOCK_NS_PER_MS,
                       on_reopen, puppet);
        return true;
    }
    if (strcmp(request->path, "/break") == 0) {
        const struct wire_fault fault = fault_of(request->query, "break");
        assert_non_null(puppet->socket);
        wire_break(puppet->socket, &fault);
        return true;
    }
    if (strcmp(request->path, "/identify") == 0) {
        char name[VALUE_SIZE] = "";
        struct err err = {.text = ""};
        enum wire_identity identity;
        assert_true(wire_form(request->query, "as", name, sizeof(name)));
        assert_true(wire_identity_find(name, &identity));
        assert_true(wire_identify(puppet->wire, identity, &err));
        return true;
    }
    if (strcmp(request->path, "/cut") == 0) {
        wire_cut(puppet->wire, number(request->query, "reset", 0) != 0);
        return true;
    }
    return false;
}

static void on_request(void *context, wire_exchange exchange,
                       const struct wire_request *request)
{
    struct puppet *puppet = context;
    const struct wire_fault fault = fault_of(request->query, "fault");
    const int64_t later_ms = number(request->query, "later", 0);
    if (request->upgrade && number(request->query, "status", 0) == 0) {
        puppet->socket = wire_accept(puppet->wire, exchange, puppet, &fault);
        assert_non_null(puppet->socket);
        assert_null(wire_accept(puppet->wire, exchange, puppet, NULL)); /* once is enough */
    } else if (command(puppet, request)) {
        answer(puppet, exchange, "");
    } else if (strcmp(request->path, "/echo") == 0) {
        echo(puppet, exchange, request);
    } else if (later_ms > 0) {
        assert_true(puppet->later_count < LATER_MAX);
        struct later *later = &puppet->later[puppet->later_count++];
        *later = (struct later){.puppet = puppet, .exchange = exchange};
        snprintf(later->query, sizeof(later->query), "%s", request->query);
        loop_add_timer(puppet->loop, clock_monotonic_ns() + later_ms * CLOCK_NS_PER_MS,
                       on_later, later);
    } else {
        answer(puppet, exchange, request->query);
    }
}

static void obey(struct wire_socket *socket, const char *query)
{
    char text[VALUE_SIZE] = "";
    const struct wire_fault fault = fault_of(query, "fault");
    const struct wire_fault breach = fault_of(query, "break");
    const int32_t code = (int32_t)number(query, "close", 0);
    wire_form(query, "text", text, sizeof(text));
    if (strstr(query, "break=") != NULL) {
        wire_break(socket, &breach);
    } else if (code != 0) {
        wire_close(socket, code, text);
    } else if (number(query, "ping", 0) != 0) {
        wire_ping(socket);
    } else {
        size_t size;
        char *bytes = payload_of(query, "say", &size);
        for (int64_t i = number(query, "times", 1); i > 0; i--) {
            wire_send(socket, bytes, size, number(query, "binary", 0) != 0, &fault);
        }
        free(bytes);
    }
}

static void on_message(void *context, struct wire_socket *socket, const char *bytes,
                       size_t size, bool binary)
{
    char query[VALUE_SIZE];
    assert_ptr_equal(wire_owner(socket), context);
    if (size == 0 || bytes[0] != '!') {
        wire_send(socket, bytes, size, binary, NULL);
        return;
    }
    assert_true(size < sizeof(query));
    snprintf(query, sizeof(query), "%.*s", (int)size - 1, bytes + 1);
    obey(socket, query);
}

static void on_closed(void *context, struct wire_socket *socket, int32_t code)
{
    struct puppet *puppet = context;
    assert_ptr_equal(wire_owner(socket), puppet);
    puppet->socket = puppet->socket == socket ? NULL : puppet->socket;
    /* What is said to it now is said to nobody. */
    wire_send(socket, "late", 4, false, NULL);
    wire_break(socket, &(struct wire_fault){.kind = WIRE_FAULT_SILENCE});
    wire_close(socket, 1000, "");
    puppet->story.closed_count++;
    puppet->story.closed_code = code;
}

static struct wire_fault on_connected(void *context)
{
    return ((struct puppet *)context)->options.connected;
}

/* Ends once everybody has left. */
static void on_check(void *context, int64_t now_ns)
{
    struct puppet *puppet = context;
    if (wire_stats(puppet->wire)->connections == 0 || now_ns > puppet->stop_ns) {
        loop_stop(puppet->loop, 0);
        return;
    }
    loop_add_timer(puppet->loop, now_ns + CLOCK_NS_PER_MS, on_check, puppet);
}

static void on_stop(void *context, int fd, short revents)
{
    struct puppet *puppet = context;
    loop_remove_fd(puppet->loop, fd);
    puppet->stop_ns = clock_monotonic_ns() + STOP_S_MAX * CLOCK_NS_PER_S;
    on_check(puppet, 0);
}

static void *run(void *context)
{
    loop_run(((struct puppet *)context)->loop);
    return NULL;
}

struct puppet_options puppet_defaults(void)
{
    return (struct puppet_options){.wire = wire_defaults()};
}

struct wire_calls puppet_calls(void)
{
    return (struct wire_calls){.request = on_request,
                               .message = on_message,
                               .closed = on_closed,
                               .connected = on_connected};
}

struct puppet *puppet_start(const struct puppet_options *options)
{
    struct err err = {.text = ""};
    struct puppet *puppet = calloc(1, sizeof(*puppet));
    puppet->options = *options;
    puppet->loop = loop_create();
    struct wire_calls calls = puppet_calls();
    calls.context = puppet;
    if (!wire_listen(&puppet->wire, puppet->loop, &options->wire, &calls, &err)) {
        fail_msg("%s", err.text);
    }
    puppet->stop_fd = eventfd(0, EFD_CLOEXEC);
    loop_add_fd(puppet->loop, puppet->stop_fd, POLLIN, on_stop, puppet);
    assert_int_equal(pthread_create(&puppet->thread, NULL, run, puppet), 0);
    return puppet;
}

uint16_t puppet_port(const struct puppet *puppet)
{
    return wire_port(puppet->wire);
}

struct puppet_story puppet_stop(struct puppet *puppet)
{
    assert_int_equal(eventfd_write(puppet->stop_fd, 1), 0);
    assert_int_equal(pthread_join(puppet->thread, NULL), 0);
    struct puppet_story story = puppet->story;
    story.stats = *wire_stats(puppet->wire);
    assert_int_equal(story.stats.connections, 0);
    assert_int_equal(story.stats.sockets, 0);
    wire_finish(puppet->wire);
    loop_destroy(puppet->loop);
    close(puppet->stop_fd);
    free(puppet);
    return story;
}
