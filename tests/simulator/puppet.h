#pragma once
/* puppet: a wire on a thread of its own, whose faults a test chooses by what it asks for.
 *
 * HTTP: `/echo` says what came; anything else is answered as its query wants:
 *   status, body, size (so many 'x'), header, later (ms), fault, amount, reset.
 * `/break?break=` breaks the socket accepted last, from outside its turn;
 * `/identify?as=` changes the identity; `/shut?ms=` takes no connections for so long;
 * `/cut?reset=` cuts all there are. Handshakes are accepted (`fault` and so on hang on them)
 * unless `status` is given. Messages that begin with '!' are a query: say or size, binary,
 * times, fault, amount, reset; break (a fault of the whole socket); close (a code); ping.
 * Others come back as they are. */
#include <pthread.h>

#include "simulator/wire.h"

struct puppet_options {
    struct wire_options wire;
    struct wire_fault connected; /* of every connection */
};
struct puppet_options puppet_defaults(void);

struct puppet;
struct wire_calls puppet_calls(void); /* without a puppet behind them */
struct puppet *puppet_start(const struct puppet_options *options);
uint16_t puppet_port(const struct puppet *puppet);

/* What came to pass. The thread ends when the last client has been let go, which fails the test
 * when it takes long. */
struct puppet_story {
    struct wire_stats stats;
    int closed_count;
    int32_t closed_code; /* the last one */
};
struct puppet_story puppet_stop(struct puppet *puppet);
