#include "client.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

/* A console says hello at once; what does not is no console and may not hold a place. */
#define HELLO_NS (5 * CLOCK_NS_PER_S)

void client_close(struct client *client)
{
    struct server *server = client->server;
    for (int i = 0; i < SERVER_CLIENTS_MAX; i++) {
        if (server->clients[i] == client) {
            server->clients[i] = NULL;
        }
    }
    loop_remove_timer(server->loop, client->timer);
    loop_remove_fd(server->loop, client->fd);
    close(client->fd);
    wire_inbox_finish(&client->inbox);
    wire_outbox_finish(&client->outbox);
    mem_free(client);
}

static size_t waiting(const struct client *client)
{
    return wire_outbox_pending(&client->outbox);
}

/* Of those who sit before a console the first to come acts; it is the next one's turn when it
 * leaves. */
static bool may_act(const struct client *client)
{
    if (client->manner != WIRE_SITS) {
        return client->manner == WIRE_ACTS;
    }
    for (int i = 0; i < SERVER_CLIENTS_MAX; i++) {
        const struct client *other = client->server->clients[i];
        if (other != NULL && other->greeted && other->manner == WIRE_SITS &&
            other->arrival < client->arrival) {
            return false;
        }
    }
    return true;
}

static void put_snapshot(struct client *client)
{
    struct snapshot *snapshot = client->server->latest;
    snapshot->read_only = !may_act(client);
    wire_outbox_put(&client->outbox, WIRE_SNAPSHOT, snapshot, sizeof(*snapshot));
    client->wants_snapshot = false;
}

static void flush(struct client *client)
{
    if (!client->deaf) {
        client->deaf = wire_outbox_send(&client->outbox, client->fd) == WIRE_GONE;
    }
    if (!client->deaf && waiting(client) == 0 && client->wants_snapshot) {
        put_snapshot(client);
        client->deaf = wire_outbox_send(&client->outbox, client->fd) == WIRE_GONE;
    }
    if (client->deaf) {
        wire_outbox_finish(&client->outbox);
    }
}

static void watch(struct client *client)
{
    const size_t bytes = waiting(client);
    const int in = bytes <= SERVER_BACKLOG ? POLLIN : 0;
    const int out = bytes > 0 ? POLLOUT : 0;
    loop_set_events(client->server->loop, client->fd, (short)(in | out));
}

void client_publish(struct client *client)
{
    if (client->greeted) {
        client->wants_snapshot = true;
        flush(client);
        watch(client);
    }
}

void client_tell(struct client *client, enum wire_kind kind, const char *text)
{
    wire_outbox_put(&client->outbox, kind, text, strlen(text));
    flush(client);
}

static bool greet(struct client *client, const struct wire_frame *frame, struct err *err)
{
    struct wire_hello theirs;
    if (frame->kind != WIRE_HELLO) {
        return err_set(err, ERR_REFUSED, "this is no console of arblite");
    }
    if (!wire_hello_check(&client->server->hello, frame->body, frame->size, &theirs, err)) {
        return false;
    }
    if (theirs.manner > WIRE_SITS) {
        return err_set(err, ERR_REFUSED, "there is no such manner of attaching");
    }
    if (client->server->calls.attach != NULL) {
        client->server->calls.attach(client->server->calls.context);
    }
    client->greeted = true;
    client->manner = (enum wire_manner)theirs.manner;
    client->arrival = ++client->server->arrivals;
    client->wants_snapshot = client->server->has_latest;
    loop_remove_timer(client->server->loop, client->timer);
    client->timer = 0;
    wire_outbox_put(&client->outbox, WIRE_WELCOME, NULL, 0);
    return true;
}

static bool obey(struct client *client, const struct wire_frame *frame, struct err *err)
{
    const struct server_calls *calls = &client->server->calls;
    struct wire_command asked;
    struct wire_result answer = {0};
    if (frame->size != sizeof(asked)) {
        return err_set(err, ERR_REFUSED, "a command has the wrong length");
    }
    memcpy(&asked, frame->body, sizeof(asked));
    struct command *command = &asked.command;
    if (command->kind > COMMAND_KIND_LAST) {
        return err_set(err, ERR_REFUSED, "there is no such command");
    }
    command->text[sizeof(command->text) - 1] = '\0';
    command->reason[sizeof(command->reason) - 1] = '\0';
    command->operator_name[sizeof(command->operator_name) - 1] = '\0';
    command->params[sizeof(command->params) - 1] = '\0';
    command->origin[sizeof(command->origin) - 1] = '\0';
    answer.number = asked.number;
    if (client->manner == WIRE_LOOKS) {
        snprintf(answer.result.text, sizeof(answer.result.text),
                 "this console only watches: it attached read-only");
    } else if (command->kind != COMMAND_KILL && !may_act(client)) {
        snprintf(
            answer.result.text, sizeof(answer.result.text),
            "this console watches while another one acts; only the kill switch works here");
    } else {
        calls->command(calls->context, command, &answer.result);
    }
    wire_outbox_put(&client->outbox, WIRE_RESULT, &answer, sizeof(answer));
    return true;
}

static bool give_page(struct client *client, const struct wire_frame *frame, struct err *err)
{
    const struct server_calls *calls = &client->server->calls;
    struct page *page = client->server->page;
    struct page_query query;
    struct err why;
    if (frame->size != sizeof(query)) {
        return err_set(err, ERR_REFUSED, "a question has the wrong length");
    }
    memcpy(&query, frame->body, sizeof(query));
    if (query.kind > PAGE_AUDIT) {
        return err_set(err, ERR_REFUSED, "there is no such page");
    }
    query.count = query.count < PAGE_ROWS_MAX ? query.count : PAGE_ROWS_MAX;
    if (calls->page(calls->context, &query, page, &why)) {
        wire_outbox_put(&client->outbox, WIRE_PAGE, page, wire_page_size(page));
        return true;
    }
    struct wire_result answer = {0};
    snprintf(answer.result.text, sizeof(answer.result.text), "%.*s",
             (int)sizeof(answer.result.text) - 1, why.text);
    wire_outbox_put(&client->outbox, WIRE_RESULT, &answer, sizeof(answer));
    return true;
}

static bool answer(struct client *client, const struct wire_frame *frame, struct err *err)
{
    if (!client->greeted) {
        return greet(client, frame, err);
    }
    switch (frame->kind) {
    case WIRE_COMMAND:
        return obey(client, frame, err);
    case WIRE_QUERY:
        return give_page(client, frame, err);
    default:
        return err_set(err, ERR_REFUSED, "a console does not send such messages");
    }
}

/* Answers what has come as far as its answers find room. */
static bool converse(struct client *client, struct err *err)
{
    enum wire_result_kind got = WIRE_FRAME;
    flush(client);
    while (got == WIRE_FRAME && waiting(client) <= SERVER_BACKLOG) {
        struct wire_frame frame;
        got = wire_inbox_next(&client->inbox, &frame);
        if (got == WIRE_FRAME && !answer(client, &frame, err)) {
            return false;
        }
        flush(client);
    }
    return got != WIRE_BROKEN ||
           err_set(err, ERR_REFUSED, "a message cannot be read: too long or of no known kind");
}

static void on_ready(void *context, int fd, short revents)
{
    struct client *client = context;
    struct err err;
    /* Without POLLIN it was not to be read: a hang-up then is all there is to know. */
    const bool open = (revents & POLLIN) != 0
                          ? wire_inbox_receive(&client->inbox, fd) != WIRE_GONE
                          : (revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
    if (!open) {
        client_close(client);
        return;
    }
    if (!converse(client, &err)) {
        client_tell(client, WIRE_REFUSED, err.text);
        client_close(client);
        return;
    }
    watch(client);
}

static void on_silence(void *context, int64_t now_ns)
{
    struct client *client = context;
    client->timer = 0;
    client_tell(client, WIRE_REFUSED, "no hello came");
    client_close(client);
}

void client_open(struct server *server, int slot, int fd)
{
    struct client *client = mem_zalloc(sizeof(*client));
    client->server = server;
    client->fd = fd;
    wire_inbox_init(&client->inbox, WIRE_TO_HOST_MAX);
    server->clients[slot] = client;
    loop_add_fd(server->loop, fd, POLLIN, on_ready, client);
    client->timer =
        loop_add_timer(server->loop, clock_monotonic_ns() + HELLO_NS, on_silence, client);
}
