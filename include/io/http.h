#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "io/loop.h"
#include "io/net.h"

/* http: ask a server something, on the loop, without waiting for the answer.
 *
 * libcurl underneath: TLS is verified, http(s)_proxy and no_proxy of the environment count,
 * redirects are not followed, nothing is asked twice. Answers are cut at a size while they
 * come, unpacked bytes counted. Every request ends in exactly one call, unless it is cancelled.
 */

struct http;

struct http_options {
    const char *ca_file;    /* certificates to believe instead of the system's; NULL: those */
    const char *user_agent; /* NULL: none */
    int32_t requests_max;   /* under way at once; more wait in order */
    int64_t slow_ms;        /* fewer than 64 bytes a second for so long is NET_SLOW; 0: 5 s */
};

/* Borrows the loop. From then on the process ignores SIGPIPE. */
bool http_create(struct http **out, struct loop *loop, const struct http_options *options,
                 struct err *err);
/* Requests under way are cut off, their calls are not made. Not inside such a call. Accepts
 * NULL. */
void http_destroy(struct http *http);

struct http_request {
    const char *method; /* "GET", "POST", "DELETE" */
    const char *url;
    const char *const *headers; /* "Name: value" */
    int32_t headers_count;
    const char *body; /* NULL: none */
    size_t body_size;
    int64_t timeout_ms; /* of the whole exchange, from http_send() */
    size_t size_max;    /* of the answer's body, bytes */
    bool straight;      /* past the proxies of the environment, as a websocket goes */
    /* Asked last of all, after the connection is up and before a byte is written; false ends
     * the request as NET_CANCELLED. NULL: always. Must not call into http. */
    bool (*may_send)(void *context);
};

struct http_answer {
    enum net_fault fault; /* NET_NONE: `status` and the body are the server's */
    char text[160];       /* what went wrong, fit for a terminal */
    bool sent;            /* a byte of the request may have left: the outcome can be unknown */
    int32_t status;       /* 200, 429, ...; 0: no answer */
    const char *body;     /* borrowed during the call; ends in NUL */
    size_t body_size;
    int64_t sent_mono_ns; /* when it was handed to the network */
    int64_t done_mono_ns;
    const struct http_headers *headers;
};
/* The value of a header, its name in any case; NULL: not there. Borrowed during the call. */
const char *http_header(const struct http_answer *answer, const char *name);

typedef void http_done_fn(void *context, const struct http_answer *answer);

/* The request is copied. Returns an id >= 1; 0: the queue is full (see requests_max * 16). */
uint64_t http_send(struct http *http, const struct http_request *request, http_done_fn *done,
                   void *context);
void http_cancel(struct http *http, uint64_t id); /* its call is not made; unknown: ignored */
