#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "mischief.h"
#include "simulator/wire.h"

/* gate: whom a venue lets in, and who it says that it is, as mischief has it. */

struct gate {
    bool shut;
    enum wire_identity identity; /* of new connections */
    bool cuts, resets;           /* every connection, at the next look */
};

/* Takes an order that concerns the whole venue; others are none of its business. The answer to
 * whoever gave it leaves before a look. */
void gate_obey(struct gate *gate, const struct mischief_order *order);
/* Looks, and lets the wire follow what is under way. */
void gate_keep(struct gate *gate, struct wire *wire, struct mischief *mischief, int64_t now_ns);
