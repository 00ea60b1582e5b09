#pragma once
#include "binance_desk.h"
#include "chaos.h"
#include "player.h"
#include "simulator/venue_sim.h"
#include "stage.h"
#include "upbit_desk.h"

/* venue_sim_parts: what the simulator and its control share. */

struct venue_sim {
    struct venue_sim_options options;
    struct stage stage;
    struct upbit_desk *upbit;
    struct binance_desk *binance;
    struct chaos *chaos;
    struct player *player; /* NULL: the simulated market */
    int64_t play_since_ns; /* the recording began, less the rest before it; 0: it did not */
    uint64_t timer;
    int64_t keep_due_ns, repeat_due_ns;
    int64_t quiet_since_ns, quiet_until_ns; /* since 0: not quiet */
    int64_t rested_ns;                      /* quiet so long, all in all */
};

struct wire *venue_sim_wire(const struct venue_sim *sim, enum venue venue);
/* Mischief begins now. */
void venue_sim_order(struct venue_sim *sim, const struct mischief_order *order);
/* All mischief ends, every book is said once more, and then nothing changes for so long. */
void venue_sim_quiet(struct venue_sim *sim, int64_t quiet_ns);

/* A recording waits for the first client: what came before nobody would have heard. */
bool venue_sim_play_open(struct venue_sim *sim, struct err *err);
void venue_sim_play(struct venue_sim *sim, int64_t now_ns);
int64_t venue_sim_play_due_ns(const struct venue_sim *sim); /* INT64_MAX: not known, or over */

/* Answers a request under /sim/; the context is the simulator. */
void venue_sim_control(void *context, struct wire *wire, wire_exchange exchange,
                       const struct wire_request *request);
