#pragma once
#include <stdint.h>

#include <netinet/in.h>

#include "io/loop.h"

/* resolve: which addresses does a name have? Answered later, from the loop.
 *
 * getaddrinfo() may take half a minute, so it runs on a thread of its own that shares nothing
 * with the loop but the end of a socket. Whoever gives up closes the other end. */

enum { ADDRESSES_MAX = 4 };
struct addresses {
    int32_t count;
    int32_t problem; /* EAI_*, when there are none */
    char text[ADDRESSES_MAX][INET6_ADDRSTRLEN];
};

struct resolve;
typedef void resolve_fn(void *context, const struct addresses *found);

/* The handle is gone once the call was made. */
struct resolve *resolve_start(struct loop *loop, const char *host, resolve_fn *done,
                              void *context);
void resolve_cancel(struct resolve *resolve); /* no call is made; accepts NULL */
