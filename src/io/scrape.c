#include "io/scrape.h"

#include <assert.h>
#include <microhttpd.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "io/listener.h"

enum { MEMORY_PER_CLIENT = 8 * 1024 };

#define CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct client {
    const struct MHD_Connection *connection;
    int fd;
    int64_t since_ns;
    bool over; /* its socket is shut, libmicrohttpd will notice */
};

struct scrape {
    struct loop *loop;
    struct MHD_Daemon *daemon;
    int epoll_fd;
    uint16_t port;
    uint64_t timer; /* 0: none */
    scrape_page_fn *page;
    void *context;
    struct text text;                          /* of the page being made */
    struct client clients[SCRAPE_CLIENTS_MAX]; /* oldest first */
    int clients_count;
};

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status,
                              const struct text *body, const char *header, const char *value)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        body->length, (void *)text_string(body), MHD_RESPMEM_MUST_COPY);
    if (response == NULL) {
        return MHD_NO;
    }
    const bool done = MHD_add_response_header(response, header, value) == MHD_YES &&
                      MHD_add_response_header(response, "Connection", "close") == MHD_YES &&
                      MHD_queue_response(connection, status, response) == MHD_YES;
    MHD_destroy_response(response);
    return done ? MHD_YES : MHD_NO;
}

/* What comes behind the head of a request is read and not kept: the answer stands by then. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
                                  const char *path, const char *method, const char *version,
                                  const char *upload, size_t *upload_size, void **request)
{
    struct scrape *scrape = context;
    text_clear(&scrape->text);
    if (strcmp(path, "/metrics") != 0) {
        text_add(&scrape->text, "only /metrics is here\n");
        return answer(connection, MHD_HTTP_NOT_FOUND, &scrape->text, "Content-Type",
                      "text/plain");
    }
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0) {
        text_add(&scrape->text, "only GET and HEAD\n");
        return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, &scrape->text, "Allow",
                      "GET, HEAD");
    }
    scrape->page(scrape->context, &scrape->text);
    return answer(connection, MHD_HTTP_OK, &scrape->text, "Content-Type", CONTENT_TYPE);
}

static void on_client(void *context, struct MHD_Connection *connection, void **own,
                      enum MHD_ConnectionNotificationCode code)
{
    struct scrape *scrape = context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        assert(scrape->clients_count < SCRAPE_CLIENTS_MAX);
        scrape->clients[scrape->clients_count++] = (struct client){
            .connection = connection,
            .fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
                      ->connect_fd,
            .since_ns = clock_monotonic_ns(),
        };
        return;
    }
    int at = 0;
    while (scrape->clients[at].connection != connection) {
        at++;
        assert(at < scrape->clients_count);
    }
    scrape->clients_count--;
    memmove(&scrape->clients[at], &scrape->clients[at + 1],
            (size_t)(scrape->clients_count - at) * sizeof(scrape->clients[0]));
}

static int64_t end_ns(const struct scrape *scrape, const struct client *client)
{
    const bool crowded = scrape->clients_count == SCRAPE_CLIENTS_MAX;
    return client->since_ns + (crowded ? SCRAPE_CROWDED_MS : SCRAPE_LIFE_MS) * CLOCK_NS_PER_MS;
}

/* libmicrohttpd knows a limit of silence alone; who sends a byte now and then has none. */
static void end_lives(struct scrape *scrape)
{
    const int64_t now_ns = clock_monotonic_ns();
    for (int i = 0; i < scrape->clients_count; i++) {
        struct client *client = &scrape->clients[i];
        if (!client->over && now_ns >= end_ns(scrape, client)) {
            client->over = true;
            shutdown(client->fd, SHUT_RDWR);
        }
    }
}

static void on_timer(void *context, int64_t now_ns);

/* When to take a turn though nothing may come: for a time limit, and when somebody left, since
 * libmicrohttpd listens again only at the beginning of a turn. INT64_MAX: never. */
static int64_t next_turn_ns(const struct scrape *scrape, bool left)
{
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    int64_t due_ns = INT64_MAX;
    if (left) {
        return 0;
    }
    if (MHD_get_timeout(scrape->daemon, &wait_ms) == MHD_YES) {
        due_ns = clock_monotonic_ns() + (int64_t)wait_ms * (int64_t)CLOCK_NS_PER_MS;
    }
    for (int i = 0; i < scrape->clients_count; i++) {
        const struct client *client = &scrape->clients[i];
        if (!client->over && end_ns(scrape, client) < due_ns) {
            due_ns = end_ns(scrape, client);
        }
    }
    return due_ns;
}

static void tend(struct scrape *scrape)
{
    const int before = scrape->clients_count;
    loop_remove_timer(scrape->loop, scrape->timer);
    scrape->timer = 0;
    end_lives(scrape);
    MHD_run(scrape->daemon);
    const int64_t due_ns = next_turn_ns(scrape, scrape->clients_count < before);
    if (due_ns != INT64_MAX) {
        scrape->timer = loop_add_timer(scrape->loop, due_ns, on_timer, scrape);
    }
}

static void on_timer(void *context, int64_t now_ns)
{
    struct scrape *scrape = context;
    scrape->timer = 0;
    tend(scrape);
}

static void on_ready(void *context, int fd, short revents)
{
    tend(context);
}

bool scrape_open(struct scrape **out, struct loop *loop, uint16_t port, scrape_page_fn *page,
                 void *context, struct err *err)
{
    int fd = -1;
    if (!listener_bind(&port, &fd, err)) {
        return false;
    }
    struct scrape *scrape = mem_zalloc(sizeof(*scrape));
    *scrape = (struct scrape){
        .loop = loop, .port = port, .page = page, .context = context, .text = text_growing()};
    scrape->daemon = MHD_start_daemon(
        MHD_USE_EPOLL, 0, NULL, NULL, on_request, scrape, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)SCRAPE_CLIENTS_MAX, MHD_OPTION_NOTIFY_CONNECTION,
        on_client, scrape, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_PER_CLIENT,
        MHD_OPTION_END);
    if (scrape->daemon == NULL) {
        text_finish(&scrape->text);
        mem_free(scrape);
        close(fd);
        return err_set(err, ERR_IO, "cannot start libmicrohttpd");
    }
    scrape->epoll_fd = MHD_get_daemon_info(scrape->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    loop_add_fd(loop, scrape->epoll_fd, POLLIN, on_ready, scrape);
    *out = scrape;
    return true;
}

void scrape_close(struct scrape *scrape)
{
    if (scrape == NULL) {
        return;
    }
    loop_remove_timer(scrape->loop, scrape->timer);
    loop_remove_fd(scrape->loop, scrape->epoll_fd);
    MHD_stop_daemon(scrape->daemon);
    text_finish(&scrape->text);
    mem_free(scrape);
}

uint16_t scrape_port(const struct scrape *scrape)
{
    return scrape->port;
}
