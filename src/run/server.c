#include "run/server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "address.h"
#include "base/mem.h"
#include "client.h"

enum { BACKLOG = 16 };

static void refuse(int fd, const char *text)
{
    struct wire_outbox outbox = {0};
    wire_outbox_put(&outbox, WIRE_REFUSED, text, strlen(text));
    /* A console that cannot even take this loses the reason, not more. */
    (void)wire_outbox_send(&outbox, fd);
    wire_outbox_finish(&outbox);
    close(fd);
}

static int free_slot(const struct server *server)
{
    for (int i = 0; i < SERVER_CLIENTS_MAX; i++) {
        if (server->clients[i] == NULL) {
            return i;
        }
    }
    return -1;
}

static void admit(void *context, int fd)
{
    struct server *server = context;
    struct ucred peer;
    char text[WIRE_TEXT_SIZE];
    socklen_t size = sizeof(peer);
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.uid != geteuid()) {
        refuse(fd, "the session belongs to another user");
        return;
    }
    const int slot = free_slot(server);
    if (slot < 0) {
        snprintf(text, sizeof(text), "%d consoles are attached already, which is the limit",
                 (int)SERVER_CLIENTS_MAX);
        refuse(fd, text);
        return;
    }
    client_open(server, slot, fd);
}

/* A socket left behind by a host that died. The lock says that none lives. */
static bool remove_stale(const struct state_dir *dir, struct err *err)
{
    struct stat status;
    if (lstat(dir->socket, &status) != 0) {
        return errno == ENOENT ||
               err_set(err, ERR_IO, "socket '%s': %s", dir->socket, strerror(errno));
    }
    if (!S_ISSOCK(status.st_mode)) {
        return err_set(err, ERR_REFUSED, "'%s' is in the socket's place and is none; move it",
                       dir->socket);
    }
    return unlink(dir->socket) == 0 ||
           err_set(err, ERR_IO, "socket '%s': %s", dir->socket, strerror(errno));
}

static bool listen_on(int fd, const struct state_dir *dir, struct err *err)
{
    struct address address;
    if (!address_open(&address, dir, err)) {
        return false;
    }
    /* The mode of the descriptor is the one bind() gives the file, less the umask. */
    const bool fine =
        fchmod(fd, 0600) == 0 &&
        bind(fd, (const struct sockaddr *)&address.name, sizeof(address.name)) == 0 &&
        chmod(dir->socket, 0600) == 0 && listen(fd, BACKLOG) == 0;
    if (!fine) {
        err_set(err, ERR_IO, "socket '%s': %s", dir->socket, strerror(errno));
    }
    address_close(&address);
    return fine;
}

bool server_open(struct server **out, struct loop *loop, const struct state_dir *dir,
                 const struct server_calls *calls, struct err *err)
{
    if (dir->lock_fd < 0) {
        return err_set(err, ERR_INTERNAL, "socket '%s': the state folder is not locked",
                       dir->socket);
    }
    if (!remove_stale(dir, err)) {
        return false;
    }
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return err_set(err, ERR_IO, "socket: %s", strerror(errno));
    }
    if (!listen_on(fd, dir, err)) {
        close(fd);
        return false;
    }
    struct server *server = mem_zalloc(sizeof(*server));
    server->loop = loop;
    server->calls = *calls;
    server->dir = *dir;
    server->latest = mem_zalloc(sizeof(*server->latest));
    server->page = mem_zalloc(sizeof(*server->page));
    wire_hello_make(&server->hello, WIRE_ACTS);
    listener_open(&server->listener, loop, fd, admit, server);
    *out = server;
    return true;
}

void server_close(struct server *server, const char *farewell, bool failed)
{
    if (server == NULL) {
        return;
    }
    for (int i = 0; i < SERVER_CLIENTS_MAX; i++) {
        struct client *client = server->clients[i];
        if (client != NULL && farewell != NULL) {
            client_tell(client, failed ? WIRE_FAILED : WIRE_FAREWELL, farewell);
        }
        if (client != NULL) {
            client_close(client);
        }
    }
    unlink(server->dir.socket);
    listener_close(&server->listener);
    mem_free(server->latest);
    mem_free(server->page);
    mem_free(server);
}

void server_publish(struct server *server, const struct snapshot *snapshot)
{
    *server->latest = *snapshot;
    server->has_latest = true;
    for (int i = 0; i < SERVER_CLIENTS_MAX; i++) {
        if (server->clients[i] != NULL) {
            client_publish(server->clients[i]);
        }
    }
}

int server_clients(const struct server *server)
{
    int count = 0;
    for (int i = 0; i < SERVER_CLIENTS_MAX; i++) {
        count += server->clients[i] != NULL;
    }
    return count;
}

size_t server_waiting_bytes(const struct server *server)
{
    size_t sum = 0;
    for (int i = 0; i < SERVER_CLIENTS_MAX; i++) {
        if (server->clients[i] != NULL) {
            sum += wire_outbox_pending(&server->clients[i]->outbox);
        }
    }
    return sum;
}
