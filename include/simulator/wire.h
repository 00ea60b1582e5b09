#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "io/loop.h"
#include "simulator/fault.h"
#include "simulator/identity.h"

/* wire: a server on 127.0.0.1 that speaks HTTP/1.1 and WebSocket, and breaks both on command.
 *
 * One loop, one thread, many clients. It is strict with what clients send and never waits for
 * one. What it is told to break it breaks exactly so, and counts it when it happens. Calls are
 * made from the loop only, never from inside a function of this door. */

struct wire;

struct wire_options {
    uint16_t port;               /* 0: any that is free */
    const char *tls_folder;      /* of wire_identities_make(); NULL: no TLS */
    enum wire_identity identity; /* of the first connections */
    int32_t connections_max;     /* one more is cut as it comes */
    size_t head_max;             /* of a request: its line and headers, bytes */
    size_t body_max;             /* of a request */
    size_t message_max;          /* of a client's message, all fragments together */
    size_t queue_max;            /* waiting for one client; a slower one is cut */
    int64_t request_ms;          /* from the first byte of a request to its last */
    int64_t idle_ms;             /* without a request, before and between them */
    int64_t stuck_ms;            /* bytes wait and the client takes none */
};
struct wire_options wire_defaults(void);

/* A request as it came; all of it borrowed during the call. */
struct wire_request {
    const char *method; /* "GET", "POST", "PUT", "DELETE" */
    const char *path;   /* "/v1/orderbook", as written */
    const char *query;  /* behind '?', as written; "" none */
    const char *body;   /* ends in NUL */
    size_t body_size;
    bool upgrade; /* a handshake: wire_accept() it, or answer why not */
    const struct wire_fields *fields;
};
/* The value of a header, its name in any case; NULL: not there. */
const char *wire_header(const struct wire_request *request, const char *name);
/* The value of `name` in a form ("a=1&b=%20"), unescaped; false: not there, broken or longer
 * than `size` - 1. For a query, and for a body of application/x-www-form-urlencoded. */
bool wire_form(const char *form, const char *name, char *out, size_t size);
/* The same as a whole number; *out stays when it is not there. False: it is no number. */
bool wire_form_integer(const char *form, const char *name, int64_t *out);

/* A request that waits for its answer: a number that never comes again. One whose client has
 * gone is answered into nothing. */
typedef uint64_t wire_exchange;

struct wire_socket; /* a WebSocket, from wire_accept() until its `closed` call returns */

struct wire_calls {
    /* To be answered by wire_answer() or wire_accept(), now or later. */
    void (*request)(void *context, wire_exchange exchange, const struct wire_request *request);
    void (*message)(void *context, struct wire_socket *socket, const char *bytes, size_t size,
                    bool binary);
    /* Whoever ended it; code 1006 when nobody said good-bye. Once for each accepted socket. */
    void (*closed)(void *context, struct wire_socket *socket, int32_t code);
    /* The fault of a new connection; NULL: none. */
    struct wire_fault (*connected)(void *context);
    void *context;
};

/* Borrows the loop. */
bool wire_listen(struct wire **out, struct loop *loop, const struct wire_options *options,
                 const struct wire_calls *calls, struct err *err);
/* Cuts whoever is there; no call is made. Accepts NULL. */
void wire_finish(struct wire *wire);
uint16_t wire_port(const struct wire *wire);

/* Nobody takes connections until wire_open() finds the port again; those that are there stay.
 */
void wire_shut(struct wire *wire);
bool wire_open(struct wire *wire, struct err *err);
/* Of connections that come from now on. Only with a TLS folder. */
bool wire_identify(struct wire *wire, enum wire_identity identity, struct err *err);
/* Cuts every connection: a venue that restarts. */
void wire_cut(struct wire *wire, bool reset);

struct wire_answer {
    int32_t status;
    const char *const *headers; /* "Name: value"; Content-Length comes by itself */
    int32_t headers_count;
    const char *body;
    size_t body_size;
};
/* Copies the answer. `fault` may be NULL, here and below. */
void wire_answer(struct wire *wire, wire_exchange exchange, const struct wire_answer *answer,
                 const struct wire_fault *fault);

/* Accepts a handshake; NULL: its client has gone. With BAD_ACCEPT, CUT and the like there is a
 * socket too, which ends soon. */
struct wire_socket *wire_accept(struct wire *wire, wire_exchange exchange, void *owner,
                                const struct wire_fault *fault);
void *wire_owner(const struct wire_socket *socket); /* as given to wire_accept() */

/* Copies the message. Nothing is sent on a socket that is about to close. */
void wire_send(struct wire_socket *socket, const char *bytes, size_t size, bool binary,
               const struct wire_fault *fault);
void wire_ping(struct wire_socket *socket);
/* From now on; NONE ends DELAY, DRIP and SILENCE. */
void wire_break(struct wire_socket *socket, const struct wire_fault *fault);
/* The orderly end: what waits goes out, then a close frame, then the client's. */
void wire_close(struct wire_socket *socket, int32_t code, const char *text);
/* When a whole frame of any kind last came from the client. */
int64_t wire_heard_ns(const struct wire_socket *socket);

struct wire_stats {
    uint64_t connections, sockets;      /* now */
    uint64_t accepted, turned_away;     /* connections so far; those over connections_max */
    uint64_t requests, answers;         /* handshakes among them */
    uint64_t messages_in, messages_out; /* out: of these and of answers at least a byte */
    uint64_t bytes_in, bytes_out;       /* of HTTP and WebSocket, before TLS */
    uint64_t rubbish;                   /* requests and frames that break the protocol */
    uint64_t too_slow;                  /* cut for queue_max or stuck_ms */
    uint64_t timeouts;                  /* cut for request_ms or idle_ms */
    uint64_t tls_failed;                /* handshakes that did not come to an end */
    uint64_t faults[WIRE_FAULT_COUNT];  /* carried out, by kind */
};
const struct wire_stats *wire_stats(const struct wire *wire);
