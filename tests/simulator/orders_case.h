#pragma once
#include "venue_case.h"

#include "io/loop.h"
#include "simulator/private.h"
#include "venue/orders.h"

/* orders_case: the account of venue_case.h at both simulated venues, reached over the wire by
 * order entry as it would reach the real ones. All on one loop. */

struct orders_case {
    struct venue_case it; /* first: conformance tests see it alone */
    struct loop *loop;
    struct wire *wires[VENUE_LAST + 1];
    struct private_venue *private;
    struct venue_keys *keys[VENUE_LAST + 1];
    char urls[VENUE_LAST + 1][64];
    struct venue_orders_options options;
    int64_t live_less_mono_ns;
    bool may_enter;
};

/* Options may be changed between the two. */
void orders_case_prepare(struct orders_case *it);
void orders_case_open(struct orders_case *it);
void orders_case_close(struct orders_case *it);

int64_t orders_case_now_ns(const struct orders_case *it);
/* Ends order entry and opens it anew, as another process would. */
void orders_case_reopen(struct orders_case *it, uint64_t first_client_id);
