#include "peer.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINES_MAX = 64 };

struct peer {
    peer_fn *play;
    void *context;
    const char *certificate;
    int fd, port;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    bool stopped;
    int count;
    struct line lines[LINES_MAX];
    pthread_t threads[LINES_MAX];
};

static void die(const char *what)
{
    perror(what);
    abort();
}

bool line_encrypt(struct line *line, const char *certificate)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, certificate, SSL_FILETYPE_PEM) != 1) {
        die(certificate);
    }
    line->tls = SSL_new(context);
    SSL_CTX_free(context);
    SSL_set_fd(line->tls, line->fd);
    return SSL_accept(line->tls) == 1;
}

size_t line_read(struct line *line, void *into, size_t size)
{
    const ssize_t got = line->tls != NULL ? SSL_read(line->tls, into, (int)size)
                                          : recv(line->fd, into, size, 0);
    return got > 0 ? (size_t)got : 0;
}

bool line_read_all(struct line *line, void *into, size_t size)
{
    size_t had = 0;
    while (had < size) {
        const size_t got = line_read(line, (char *)into + had, size - had);
        if (got == 0) {
            return false;
        }
        had += got;
    }
    return true;
}

bool line_read_head(struct line *line)
{
    size_t length = 0;
    while (length < sizeof(line->head) - 1 && line_read(line, &line->head[length], 1) == 1) {
        line->head[++length] = '\0';
        if (length >= 4 && memcmp(&line->head[length - 4], "\r\n\r\n", 4) == 0) {
            return true;
        }
    }
    return false;
}

bool line_write(struct line *line, const void *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t put = line->tls != NULL ? SSL_write(line->tls, bytes, (int)size)
                                              : send(line->fd, bytes, size, MSG_NOSIGNAL);
        if (put <= 0) {
            return false;
        }
        bytes = (const char *)bytes + put;
        size -= (size_t)put;
    }
    return true;
}

bool line_say(struct line *line, const char *text)
{
    return line_write(line, text, strlen(text));
}

void line_hold(struct line *line)
{
    char bytes[4096];
    while (line_read(line, bytes, sizeof(bytes)) > 0) {
    }
}

void line_reset(struct line *line)
{
    const struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(line->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    SSL_free(line->tls);
    line->tls = NULL;
}

static void *run_line(void *argument)
{
    struct line *line = argument;
    struct peer *peer = line->peer;
    if (peer->certificate == NULL || line_encrypt(line, peer->certificate)) {
        peer->play(line);
    }
    SSL_free(line->tls);
    pthread_mutex_lock(&peer->lock);
    close(line->fd);
    line->fd = -1;
    pthread_mutex_unlock(&peer->lock);
    return NULL;
}

static void take_line(struct peer *peer, int fd)
{
    pthread_mutex_lock(&peer->lock);
    if (peer->stopped || peer->count == LINES_MAX) {
        close(fd);
    } else {
        const int number = peer->count++;
        struct line *line = &peer->lines[number];
        const int yes = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
        *line =
            (struct line){.peer = peer, .context = peer->context, .number = number, .fd = fd};
        if (pthread_create(&peer->threads[number], NULL, run_line, line) != 0) {
            die("pthread_create");
        }
    }
    pthread_mutex_unlock(&peer->lock);
}

static void *run_peer(void *argument)
{
    struct peer *peer = argument;
    for (;;) {
        const int fd = accept4(peer->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) {
            return NULL;
        }
        take_line(peer, fd);
    }
}

struct peer *peer_start(peer_fn *play, void *context, const char *certificate)
{
    signal(SIGPIPE, SIG_IGN);
    struct peer *peer = calloc(1, sizeof(*peer));
    peer->play = play;
    peer->context = context;
    peer->certificate = certificate;
    pthread_mutex_init(&peer->lock, NULL);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (peer->fd < 0 || bind(peer->fd, (struct sockaddr *)&address, length) != 0 ||
        listen(peer->fd, LINES_MAX) != 0 ||
        getsockname(peer->fd, (struct sockaddr *)&address, &length) != 0) {
        die("listen");
    }
    peer->port = ntohs(address.sin_port);
    if (pthread_create(&peer->thread, NULL, run_peer, peer) != 0) {
        die("pthread_create");
    }
    return peer;
}

void peer_stop(struct peer *peer)
{
    if (peer == NULL) {
        return;
    }
    shutdown(peer->fd, SHUT_RDWR);
    pthread_join(peer->thread, NULL);
    pthread_mutex_lock(&peer->lock);
    peer->stopped = true;
    for (int i = 0; i < peer->count; i++) {
        if (peer->lines[i].fd >= 0) {
            shutdown(peer->lines[i].fd, SHUT_RDWR);
        }
    }
    pthread_mutex_unlock(&peer->lock);
    for (int i = 0; i < peer->count; i++) {
        pthread_join(peer->threads[i], NULL);
    }
    close(peer->fd);
    pthread_mutex_destroy(&peer->lock);
    free(peer);
}

int peer_port(const struct peer *peer)
{
    return peer->port;
}
