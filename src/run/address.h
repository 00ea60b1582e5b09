#pragma once
#include <stdbool.h>
#include <sys/un.h>

#include "base/err.h"
#include "store/state_dir.h"

/* address: the session's socket by name, also where its path is longer than a socket address
 * can hold: then through a descriptor of its folder. */

struct address {
    struct sockaddr_un name;
    int folder_fd; /* -1: not needed */
};

bool address_open(struct address *address, const struct state_dir *dir, struct err *err);
void address_close(struct address *address);
