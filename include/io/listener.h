#pragma once
#include <stdint.h>

#include "base/err.h"
#include "io/loop.h"

/* listener: whoever knocks is let in, so many at a time.
 *
 * When no descriptor is left for the next one it pauses: the knock stays, and a loop that
 * looked again at once would spin on it. */

/* Takes the connection over; it does not block. */
typedef void listener_fn(void *context, int fd);

struct listener {
    int fd; /* -1: closed */
    struct loop *loop;
    listener_fn *admit;
    void *context;
    uint64_t pause_timer; /* 0: none */
};

/* Takes over a descriptor that listens and does not block. Borrows the loop. */
void listener_open(struct listener *listener, struct loop *loop, int fd, listener_fn *admit,
                   void *context);
/* Also from inside the call; accepts a closed one. */
void listener_close(struct listener *listener);

/* Such a descriptor on 127.0.0.1 and no other address. *port 0: any that is free; it is told.
 */
bool listener_bind(uint16_t *port, int *fd, struct err *err);
