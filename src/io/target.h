#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* target: the parts of a ws:// or wss:// address. */

struct target {
    bool tls;
    int32_t port;
    char *host;  /* a name or a plain address, IPv6 without its brackets */
    char *label; /* for the Host header: with the port if it is not the scheme's own */
    char *path;  /* with the query */
};

bool target_parse(struct target *out, const char *url, struct err *err);
void target_finish(struct target *target);
