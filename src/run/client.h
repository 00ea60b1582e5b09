#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/listener.h"
#include "run/server.h"
#include "run/wire.h"

/* client: one console as the session's host sees it. */

struct client {
    struct server *server;
    int fd;
    uint64_t timer; /* until it has said hello; 0 then */
    bool greeted;   /* its hello was fine */
    enum wire_manner manner;
    uint64_t arrival;    /* numbers the consoles */
    bool wants_snapshot; /* the newest goes out once what is under way is through */
    bool deaf;           /* it takes no more; what it sent is still heard */
    struct wire_inbox inbox;
    struct wire_outbox outbox;
};

struct server {
    struct loop *loop;
    struct server_calls calls;
    struct state_dir dir;
    struct wire_hello hello;
    struct listener listener;
    uint64_t arrivals;
    bool has_latest;
    struct snapshot *latest;
    struct page *page; /* scratch */
    struct client *clients[SERVER_CLIENTS_MAX];
};

/* Takes over a connected, non-blocking fd, puts itself in slot and watches from then on. */
void client_open(struct server *server, int slot, int fd);
void client_close(struct client *client);
/* There is a newer snapshot: sends it now or once the console has read what is under way. */
void client_publish(struct client *client);
/* Sends one sentence as well as it goes now. */
void client_tell(struct client *client, enum wire_kind kind, const char *text);
