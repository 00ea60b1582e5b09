#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "mischief.h"
#include "simulator/wire.h"

/* crowd: the sockets of one venue, and the mischief that concerns connections, not words. */

/* The first member of whatever a desk keeps of a client. */
struct member {
    struct wire_socket *socket;
    bool leaving; /* told to go: nothing more is said */
    struct member *next;
};

/* Tells it to go, with a close frame or without a word. */
void member_close(struct member *member, int32_t code, const char *text);
void member_cut(struct member *member);

struct crowd {
    struct mischief *mischief;
    struct member *members;
    bool broken; /* an order that lasts hangs on the sockets */
};

/* Joins, and suffers what is under way. */
void crowd_join(struct crowd *crowd, struct member *member, int64_t now_ns);
void crowd_leave(struct crowd *crowd, struct member *member);

/* Carries out an order that concerns connections; others are none of its business. */
void crowd_obey(struct crowd *crowd, const struct mischief_order *order);
/* Ends what has lasted long enough. */
void crowd_keep(struct crowd *crowd, int64_t now_ns);
void crowd_heal(struct crowd *crowd);
