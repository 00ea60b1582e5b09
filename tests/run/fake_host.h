#pragma once
/* host: a server on a thread of its own, and consoles to talk to it. */
#include "support/check.h"
#include "support/folder.h"

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/err.h"
#include "run/port_socket.h"
#include "run/server.h"
#include "run/wire.h"

/* The host runs on a thread of its own, as a process of its own would; the test tells it what
 * to do through a pipe and reads what it found through another. */
struct host {
    struct state_dir dir;
    struct loop *loop;
    struct server *server;
    struct snapshot snapshot;
    int orders[2];
    int answers[2];
    pthread_t thread;
    struct command last;
    int commands;
    bool deny_pages;
};

enum wish { PUBLISH = 'p', COUNT = 'c', WAITING = 'w', END = 'e' };

static char folder[FOLDER_PATH_SIZE];
static struct host host;
static struct err err;

static inline void on_command(void *context, const struct command *command,
                              struct command_result *out)
{
    struct host *self = context;
    self->last = *command;
    self->commands++;
    out->done = command->kind == COMMAND_PAUSE;
    snprintf(out->text, sizeof(out->text), "command %d", self->commands);
    /* A host may publish from inside a call. */
    server_publish(self->server, &self->snapshot);
}

static inline bool on_page(void *context, const struct page_query *query, struct page *out,
                           struct err *why)
{
    struct host *self = context;
    if (self->deny_pages) {
        return err_set(why, ERR_INPUT, "no such page today");
    }
    *out = (struct page){.query = *query, .count = query->count, .total = 777};
    for (uint32_t i = 0; i < out->count && query->kind == PAGE_TRADES; i++) {
        out->trades[i].trade.id = i + 1;
    }
    return true;
}

static inline void on_order(void *context, int fd, short revents)
{
    struct host *self = context;
    char order;
    size_t answer = 0;
    assert_int_equal(read(fd, &order, 1), 1);
    switch (order) {
    case PUBLISH:
        self->snapshot.sequence++;
        server_publish(self->server, &self->snapshot);
        break;
    case COUNT:
        answer = (size_t)server_clients(self->server);
        break;
    case WAITING:
        answer = server_waiting_bytes(self->server);
        break;
    default:
        loop_stop(self->loop, 0);
        break;
    }
    assert_int_equal(write(self->answers[1], &answer, sizeof(answer)), sizeof(answer));
}

static inline void *run_host(void *context)
{
    struct host *self = context;
    loop_run(self->loop);
    return NULL;
}

static inline size_t tell(enum wish order)
{
    const char byte = (char)order;
    size_t answer;
    assert_int_equal(write(host.orders[1], &byte, 1), 1);
    assert_int_equal(read(host.answers[0], &answer, sizeof(answer)), sizeof(answer));
    return answer;
}

static inline int set_up(void **state)
{
    const struct server_calls calls = {on_command, on_page, &host, NULL};
    folder_create(folder);
    memset(&host, 0, sizeof(host));
    assert_true(state_dir_find(&host.dir, folder, &err));
    assert_true(state_dir_lock(&host.dir, &err));
    assert_int_equal(pipe(host.orders), 0);
    assert_int_equal(pipe(host.answers), 0);
    host.loop = loop_create();
    loop_add_fd(host.loop, host.orders[0], POLLIN, on_order, &host);
    if (!server_open(&host.server, host.loop, &host.dir, &calls, &err)) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(pthread_create(&host.thread, NULL, run_host, &host), 0);
    return 0;
}

static inline void end_host(const char *farewell)
{
    if (host.server != NULL) {
        tell(END);
        pthread_join(host.thread, NULL);
        server_close(host.server, farewell, false);
        host.server = NULL;
    }
}

static inline int tear_down(void **state)
{
    end_host(NULL);
    loop_destroy(host.loop);
    for (int i = 0; i < 2; i++) {
        close(host.orders[i]);
        close(host.answers[i]);
    }
    state_dir_unlock(&host.dir);
    folder_remove(folder);
    return 0;
}

static inline struct port *attach(enum wire_manner manner)
{
    struct port *port = NULL;
    if (!port_socket_open(&port, &host.dir, manner, &err)) {
        fail_msg("%s", err.text);
    }
    return port;
}

static inline struct sockaddr_un socket_name(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    assert_true(strlen(host.dir.socket) < sizeof(name.sun_path));
    memcpy(name.sun_path, host.dir.socket, strlen(host.dir.socket));
    return name;
}

/* A console by hand. */
static inline int connect_raw(void)
{
    const struct sockaddr_un name = socket_name();
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&name, sizeof(name)), 0);
    return fd;
}

static inline void send_raw(int fd, uint32_t kind, const void *body, uint32_t size)
{
    const uint32_t head[2] = {size, kind};
    assert_int_equal(send(fd, head, sizeof(head), MSG_NOSIGNAL), sizeof(head));
    if (size > 0) {
        assert_int_equal(send(fd, body, size, MSG_NOSIGNAL), size);
    }
}

static inline void send_hello(int fd)
{
    struct wire_hello hello;
    wire_hello_make(&hello, WIRE_ACTS);
    send_raw(fd, WIRE_HELLO, &hello, sizeof(hello));
}

/* The next frame's kind, its text in `text`; 0 at the end of the connection. */
static inline uint32_t read_raw(int fd, char *text, size_t size)
{
    uint32_t head[2];
    if (recv(fd, head, sizeof(head), MSG_WAITALL) != sizeof(head)) {
        return 0;
    }
    char *body = malloc(head[0] + 1);
    if (head[0] > 0) {
        assert_int_equal(recv(fd, body, head[0], MSG_WAITALL), head[0]);
    }
    body[head[0]] = '\0';
    snprintf(text, size, "%s", body);
    free(body);
    return head[1];
}

#define HOST_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
