#pragma once
/* peer: a server on 127.0.0.1 that does what the test says, byte by byte.
 *
 * Every connection is a line with a thread of its own, on which the test's function plays the
 * server; it is closed when the function returns. No function of a line may be used elsewhere,
 * nor may the function assert: it leaves numbers for the test to look at after peer_stop(). */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct peer;
struct line {
    struct peer *peer;
    void *context;
    int number; /* from 0, in the order they came */
    int fd;
    struct ssl_st *tls; /* NULL: plain */
    char head[4096];    /* the last one read, with its empty line */
};

typedef void peer_fn(struct line *line);

/* Listens before it returns. `certificate` (PEM, certificate and key): speak TLS; NULL: do not.
 */
struct peer *peer_start(peer_fn *play, void *context, const char *certificate);
void peer_stop(struct peer *peer); /* cuts all lines, waits for their ends; accepts NULL */
int peer_port(const struct peer *peer);

/* Turns the line into TLS, as the server. */
bool line_encrypt(struct line *line, const char *certificate);
/* Up to `size` bytes; 0 at the end or when it was cut. */
size_t line_read(struct line *line, void *into, size_t size);
bool line_read_all(struct line *line, void *into, size_t size);
bool line_read_head(struct line *line); /* up to the empty line */
bool line_write(struct line *line, const void *bytes, size_t size);
bool line_say(struct line *line, const char *text);
void line_hold(struct line *line);  /* reads until the other side is gone */
void line_reset(struct line *line); /* RST instead of FIN, now */
