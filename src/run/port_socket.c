#include "run/port_socket.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "base/clock.h"
#include "base/mem.h"
#include "run/wire.h"

enum {
    PAGES = PAGE_AUDIT + 1,
    RESULTS_KEPT = 16,      /* unclaimed answers; the oldest falls out */
    UNSENT_MAX = 64 * 1024, /* a host that reads nothing for so long takes no more */
    READS_AT_ONCE = 64,
};

struct port_socket {
    struct port port; /* first: a port of ours is a port_socket */
    int fd;
    bool welcome;
    bool gone;
    struct err why; /* it is gone */
    uint64_t asked; /* numbers commands */
    int results_count;
    struct wire_result results[RESULTS_KEPT]; /* oldest first */
    struct snapshot *snapshot;
    bool has_snapshot;
    struct page *pages[PAGES]; /* NULL: none came yet */
    bool fresh[PAGES];         /* came since the last question for it */
    struct wire_inbox inbox;
    struct wire_outbox outbox;
    struct state_dir dir;
    enum wire_manner manner;
};

static const struct port_ops OPS;

static struct port_socket *self_of(struct port *port)
{
    assert(port->ops == &OPS);
    return (struct port_socket *)(void *)port;
}

static bool lose(struct port_socket *self, const char *text)
{
    if (!self->gone) {
        self->gone = true;
        err_set(&self->why, ERR_IO, "%s", text);
    }
    return false;
}

static void take_text(struct port_socket *self, const struct wire_frame *frame)
{
    char text[WIRE_TEXT_SIZE];
    snprintf(text, sizeof(text), "%.*s", (int)frame->size, (const char *)frame->body);
    lose(self, text);
    self->why.kind = frame->kind == WIRE_REFUSED    ? ERR_REFUSED
                     : frame->kind == WIRE_FAREWELL ? ERR_ENDED
                                                    : ERR_IO;
}

static void take_answer(struct port_socket *self, const struct wire_frame *frame)
{
    if (self->results_count == RESULTS_KEPT) {
        self->results_count--;
        memmove(self->results, self->results + 1,
                (size_t)self->results_count * sizeof(self->results[0]));
    }
    memcpy(&self->results[self->results_count++], frame->body, sizeof(self->results[0]));
}

static bool take_page(struct port_socket *self, const struct wire_frame *frame)
{
    struct page_query query;
    if (frame->size < sizeof(query)) {
        return false;
    }
    memcpy(&query, frame->body + offsetof(struct page, query), sizeof(query));
    if (query.kind > PAGE_AUDIT) {
        return false;
    }
    struct page **page = &self->pages[query.kind];
    if (*page == NULL) {
        *page = mem_zalloc(sizeof(**page));
    }
    self->fresh[query.kind] = wire_page_take(frame, *page);
    return self->fresh[query.kind];
}

/* False when no host of this build would have sent it. */
static bool take_frame(struct port_socket *self, const struct wire_frame *frame)
{
    switch (frame->kind) {
    case WIRE_WELCOME:
        self->welcome = true;
        return true;
    case WIRE_REFUSED:
    case WIRE_FAREWELL:
    case WIRE_FAILED:
        take_text(self, frame);
        return true;
    case WIRE_RESULT:
        if (frame->size != sizeof(struct wire_result)) {
            return false;
        }
        take_answer(self, frame);
        return true;
    case WIRE_PAGE:
        return take_page(self, frame);
    case WIRE_SNAPSHOT:
        if (frame->size != sizeof(*self->snapshot)) {
            return false;
        }
        memcpy(self->snapshot, frame->body, sizeof(*self->snapshot));
        self->has_snapshot = true;
        return true;
    default:
        return false;
    }
}

static bool take_frames(struct port_socket *self)
{
    struct wire_frame frame;
    enum wire_result_kind got = wire_inbox_next(&self->inbox, &frame);
    while (got == WIRE_FRAME && !self->gone) {
        /* Before the welcome the host may be of any build; only its refusals are readable. */
        if ((!self->welcome && frame.kind > WIRE_REFUSED) || !take_frame(self, &frame)) {
            got = WIRE_BROKEN;
            break;
        }
        got = wire_inbox_next(&self->inbox, &frame);
    }
    return got != WIRE_BROKEN || lose(self, "the session sent what cannot be read");
}

/* Why the host does not take it is told by reading: a refusal may lie there. */
static void flush(struct port_socket *self)
{
    (void)wire_outbox_send(&self->outbox, self->fd);
}

/* Reads once; false when there is nothing more now, or ever. */
static bool receive(struct port_socket *self)
{
    switch (wire_inbox_receive(&self->inbox, self->fd)) {
    case WIRE_MOVED:
        return take_frames(self);
    case WIRE_IDLE:
        return false;
    case WIRE_GONE:
        break;
    }
    return lose(self, errno == ECONNRESET ? "the session has gone" : strerror(errno));
}

static bool pump_socket(struct port *port, struct err *err)
{
    struct port_socket *self = self_of(port);
    flush(self);
    for (int i = 0; i < READS_AT_ONCE && !self->gone && receive(self); i++) {
    }
    if (self->gone) {
        *err = self->why;
    }
    return !self->gone;
}

static int fd_socket(struct port *port)
{
    return self_of(port)->fd;
}

static const struct snapshot *snapshot_socket(struct port *port)
{
    const struct port_socket *self = self_of(port);
    return self->has_snapshot ? self->snapshot : NULL;
}

static bool put(struct port_socket *self, enum wire_kind kind, const void *body, size_t size,
                struct err *err)
{
    if (self->gone) {
        *err = self->why;
        return false;
    }
    if (wire_outbox_pending(&self->outbox) > UNSENT_MAX) {
        return err_set(err, ERR_IO, "the session takes no messages now");
    }
    wire_outbox_put(&self->outbox, kind, body, size);
    flush(self);
    return true;
}

/* The kill switch does not depend on a host that answers: its flag is there first, and whoever
 * hosts the session next finds it. */
static void leave_flag(const struct port_socket *self, const struct command *command)
{
    struct err ignored = {0}; /* the host hears of the command all the same */
    if (command->kind == COMMAND_KILL && self->manner != WIRE_LOOKS) {
        (void)!state_dir_engage_kill(&self->dir, command->operator_name, command->reason,
                                     &ignored);
    }
}

static bool send_socket(struct port *port, const struct command *command, struct err *err)
{
    struct port_socket *self = self_of(port);
    leave_flag(self, command);
    struct wire_command message = {.number = ++self->asked, .command = *command};
    return put(self, WIRE_COMMAND, &message, sizeof(message), err);
}

/* Takes out the result at `index`. */
static void take_out(struct port_socket *self, int index, struct command_result *out)
{
    *out = self->results[index].result;
    self->results_count--;
    memmove(self->results + index, self->results + index + 1,
            (size_t)(self->results_count - index) * sizeof(self->results[0]));
}

static bool take_result_socket(struct port *port, struct command_result *out)
{
    struct port_socket *self = self_of(port);
    if (self->results_count == 0) {
        return false;
    }
    take_out(self, 0, out);
    return true;
}

static bool ask_socket(struct port *port, const struct page_query *query, struct err *err)
{
    struct port_socket *self = self_of(port);
    assert(query->kind <= PAGE_AUDIT);
    self->fresh[query->kind] = false;
    return put(self, WIRE_QUERY, query, sizeof(*query), err);
}

static const struct page *page_socket(struct port *port, enum page_kind kind)
{
    return self_of(port)->pages[kind];
}

static void close_socket(struct port *port)
{
    struct port_socket *self = self_of(port);
    if (self->fd >= 0) {
        close(self->fd);
    }
    for (int i = 0; i < PAGES; i++) {
        mem_free(self->pages[i]);
    }
    wire_inbox_finish(&self->inbox);
    wire_outbox_finish(&self->outbox);
    mem_free(self->snapshot);
    mem_free(self);
}

static const struct port_ops OPS = {
    .fd = fd_socket,
    .pump = pump_socket,
    .snapshot = snapshot_socket,
    .send = send_socket,
    .take_result = take_result_socket,
    .ask = ask_socket,
    .page = page_socket,
    .close = close_socket,
};

static bool connect_to(int fd, const struct state_dir *dir, struct err *err)
{
    struct address address;
    if (!address_open(&address, dir, err)) {
        return err_set(err, ERR_INPUT, "no session is running in '%s'", dir->path);
    }
    const int result =
        connect(fd, (const struct sockaddr *)&address.name, sizeof(address.name));
    const int error = errno;
    address_close(&address);
    if (result == 0) {
        return true;
    }
    if (error == EAGAIN) {
        return err_set(err, ERR_IO, "the session in '%s' (pid %d) does not answer", dir->path,
                       state_dir_holder(dir));
    }
    if (error == EACCES || error == EPERM) {
        return err_set(err, ERR_REFUSED, "the session in '%s' belongs to another user",
                       dir->path);
    }
    return err_set(err, ERR_INPUT, "no session is running in '%s'", dir->path);
}

/* One wait for one of the conditions below. */
typedef bool ready_fn(struct port_socket *self, void *context);

static bool wait_for(struct port_socket *self, ready_fn *ready, void *context, int timeout_ms,
                     struct err *err)
{
    const int64_t end_ns = clock_monotonic_ns() + (int64_t)timeout_ms * CLOCK_NS_PER_MS;
    for (;;) {
        const bool alive = pump_socket(&self->port, err);
        if (ready(self, context)) {
            return true;
        }
        const int64_t left_ns = end_ns - clock_monotonic_ns();
        if (!alive) {
            return false;
        }
        if (left_ns <= 0) {
            return err_set(err, ERR_IO, "the session in '%s' (pid %d) does not answer",
                           self->dir.path, state_dir_holder(&self->dir));
        }
        const bool unsent = wire_outbox_pending(&self->outbox) > 0;
        struct pollfd wait = {.fd = self->fd,
                              .events = (short)(POLLIN | (unsent ? POLLOUT : 0))};
        poll(&wait, 1, (int)(left_ns / CLOCK_NS_PER_MS) + 1);
    }
}

static bool is_welcome(struct port_socket *self, void *context)
{
    return self->welcome;
}

bool port_socket_open(struct port **out, const struct state_dir *dir, enum wire_manner manner,
                      struct err *err)
{
    struct wire_hello hello;
    struct port_socket *self = mem_zalloc(sizeof(*self));
    self->port.ops = &OPS;
    self->dir = *dir;
    self->manner = manner;
    self->snapshot = mem_zalloc(sizeof(*self->snapshot));
    wire_inbox_init(&self->inbox, WIRE_TO_CONSOLE_MAX);
    wire_hello_make(&hello, manner);
    self->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const bool fine = self->fd >= 0 ? connect_to(self->fd, dir, err)
                                    : err_set(err, ERR_IO, "socket: %s", strerror(errno));
    if (!fine || !put(self, WIRE_HELLO, &hello, sizeof(hello), err) ||
        !wait_for(self, is_welcome, NULL, PORT_SOCKET_HELLO_MS, err)) {
        /* It went while we knocked: it was on its way out. */
        if (self->gone && self->why.kind == ERR_IO) {
            err_set(err, ERR_INPUT, "no session is running in '%s'", dir->path);
        }
        close_socket(&self->port);
        return false;
    }
    *out = &self->port;
    return true;
}

struct awaited {
    uint64_t number;
    struct command_result *result;
};

static bool is_answered(struct port_socket *self, void *context)
{
    const struct awaited *awaited = context;
    for (int i = 0; i < self->results_count; i++) {
        if (self->results[i].number == awaited->number) {
            take_out(self, i, awaited->result);
            return true;
        }
    }
    return false;
}

bool port_socket_request(struct port *port, const struct command *command,
                         struct command_result *result, int timeout_ms, struct err *err)
{
    struct port_socket *self = self_of(port);
    if (!send_socket(port, command, err)) {
        return false;
    }
    struct awaited awaited = {.number = self->asked, .result = result};
    return wait_for(self, is_answered, &awaited, timeout_ms, err);
}

static bool has_snapshot(struct port_socket *self, void *context)
{
    return self->has_snapshot;
}

const struct snapshot *port_socket_wait(struct port *port, int timeout_ms, struct err *err)
{
    struct port_socket *self = self_of(port);
    return wait_for(self, has_snapshot, NULL, timeout_ms, err) ? self->snapshot : NULL;
}

/* A page came, or word that it cannot be given. */
static bool has_page(struct port_socket *self, void *context)
{
    const enum page_kind *kind = context;
    bool refused = false;
    for (int i = 0; i < self->results_count; i++) {
        refused = refused || self->results[i].number == 0;
    }
    return self->fresh[*kind] || refused;
}

const struct page *port_socket_query(struct port *port, const struct page_query *query,
                                     int timeout_ms, struct err *err)
{
    struct port_socket *self = self_of(port);
    enum page_kind kind = query->kind;
    struct command_result refusal;
    struct awaited none = {.number = 0, .result = &refusal};
    if (!ask_socket(port, query, err) || !wait_for(self, has_page, &kind, timeout_ms, err)) {
        return NULL;
    }
    if (!self->fresh[kind] && is_answered(self, &none)) {
        err_set(err, ERR_INPUT, "%s", refusal.text);
        return NULL;
    }
    return self->pages[kind];
}
