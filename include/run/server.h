#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "io/loop.h"
#include "store/state_dir.h"
#include "view/command.h"
#include "view/page.h"
#include "view/snapshot.h"

/* server: the session's socket: consoles come, look, act and go; the session waits for none.
 *
 * All on the loop's thread. A console that does not read costs one snapshot under way, at most
 * SERVER_BACKLOG bytes of answers, and nothing else; when it reads again it gets the newest
 * snapshot. Only this uid may connect. */

enum {
    SERVER_CLIENTS_MAX = 16,
    SERVER_BACKLOG = 256 * 1024, /* with more answers waiting, a console's questions wait too */
};

struct server_calls {
    /* Acts and answers at once. Never called for a console that may not act: one that attached
     * read-only, or, but for the kill switch, one beside a console that came before it. */
    void (*command)(void *context, const struct command *command, struct command_result *out);
    /* Writes the page; false with err when it cannot be given. */
    bool (*page)(void *context, const struct page_query *query, struct page *out,
                 struct err *err);
    void *context;
    /* A console attaches: time to publish something fresh for it. May be NULL. */
    void (*attach)(void *context);
};

struct server;

/* Listens on dir->socket (0600). The lock must be ours: only then a socket file that lies
 * there belongs to nobody and is replaced. loop and the context outlive the server. */
bool server_open(struct server **out, struct loop *loop, const struct state_dir *dir,
                 const struct server_calls *calls, struct err *err);
/* Tells every console why (NULL: nothing to tell), and whether the session failed; hangs up and
 * removes the socket. Accepts NULL server. Not from inside a call. */
void server_close(struct server *server, const char *farewell, bool failed);

/* Gives every console this snapshot, or a newer one when it is slow. read_only is set for each
 * console by whether it may act now. */
void server_publish(struct server *server, const struct snapshot *snapshot);

int server_clients(const struct server *server);
size_t server_waiting_bytes(const struct server *server); /* for all consoles together */
