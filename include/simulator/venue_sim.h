#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "core/book.h"
#include "core/order.h"
#include "io/loop.h"
#include "simulator/wire.h"

/* venue_sim: both venues on 127.0.0.1, well-behaved or not, fed by the simulated market or by
 * recorded frames.
 *
 * Upbit and Binance have a port each, for REST and sockets alike; under /sim/ both answer about
 * themselves (docs/venue-sim.md). */

struct venue_sim_options {
    uint16_t port[VENUE_LAST + 1]; /* 0: any that is free */
    const char *preset;            /* of the simulated market */
    uint64_t seed;
    double speed;
    bool opening;             /* its scripted first ten minutes */
    const char *const *coins; /* "BTC" */
    int32_t pairs_count;
    const char *frames; /* a recording instead of the simulated market; NULL: none */
    const char *script; /* faults by the clock; NULL: none */
    bool chaos;         /* faults by a seed */
    uint64_t chaos_seed;
    double chaos_per_minute; /* of each kind */
    const char *tls_folder;  /* NULL: no TLS */
    bool limits;             /* request limits are enforced */
    double ping_s, lifetime_s, idle_s;
};
/* What the venues do themselves. */
struct venue_sim_options venue_sim_defaults(void);

struct venue_sim;
/* Borrows the loop and, while open, what the options point at. */
bool venue_sim_open(struct venue_sim **out, struct loop *loop,
                    const struct venue_sim_options *options, struct err *err);
void venue_sim_close(struct venue_sim *sim); /* accepts NULL */
uint16_t venue_sim_port(const struct venue_sim *sim, enum venue venue);

/* Whoever answers what only holders of keys may ask (simulator/private.h). */
struct venue_sim_office {
    /* false: none of its paths. `skew_ms` is how far the venue's clock is off. */
    bool (*answer)(void *context, enum venue venue, struct wire *wire, wire_exchange exchange,
                   const struct wire_request *request, int64_t now_ns, int64_t skew_ms);
    /* A book as it stands now; pairs in the order of the coins. */
    void (*show)(void *context, int32_t pair, enum venue venue, const struct book *book,
                 int64_t now_ns);
    void *context;
};
void venue_sim_set_office(struct venue_sim *sim, const struct venue_sim_office *office);

/* Counters as JSON: what /sim/status answers. */
void venue_sim_status(const struct venue_sim *sim, struct text *out);
