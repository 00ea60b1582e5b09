#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "bourse.h"
#include "crowd.h"
#include "gate.h"
#include "io/loop.h"
#include "mischief.h"
#include "shelf.h"
#include "simulator/venue_sim.h"
#include "simulator/wire.h"

/* stage: what the two venues' desks share: the market behind them, the clock, the mischief. */

struct stage_options {
    int64_t idle_ms;     /* Upbit cuts a socket it has not heard for so long */
    int64_t ping_ms;     /* Binance pings so often */
    int64_t pong_ms;     /* and cuts a socket it has not heard for so long */
    int64_t lifetime_ms; /* Binance ends a socket at this age */
    bool limits;         /* request limits are enforced */
};

/* What a venue is, whichever it is. */
struct stage_venue {
    struct wire *wire;
    struct mischief mischief;
    struct crowd crowd;
    struct gate gate;
    struct shelf shelf; /* recorded REST answers */
};

struct stage {
    struct loop *loop;
    struct stage_options options;
    struct bourse bourse;
    bool recorded; /* frames are played: of the bourse only names and steps are shown */
    struct stage_venue venues[VENUE_LAST + 1];
    int64_t wall_ns, mono_ns; /* of the same moment */
    /* Answers a request under /sim/. */
    void (*control)(void *context, struct wire *wire, wire_exchange exchange,
                    const struct wire_request *request);
    void *context;
    struct venue_sim_office office; /* zeroed: there is none */
};

/* The wall at the start and monotonic time since: it does not step. */
int64_t stage_now_ns(const struct stage *stage);
int64_t stage_now_ms(const struct stage *stage);
/* How far that venue's clock is off now. */
int64_t stage_skew_ms(const struct stage *stage, enum venue venue);

/* Answers what is asked under /sim/; false: it is something else. */
bool stage_control(const struct stage *stage, enum venue venue, wire_exchange exchange,
                   const struct wire_request *request);
/* Lets the office answer; false: it does not, or there is none. */
bool stage_ask_office(const struct stage *stage, enum venue venue, wire_exchange exchange,
                      const struct wire_request *request);

/* A JSON answer, with what mischief makes of it; the body may be rewritten. */
struct stage_answer {
    enum venue venue;
    int32_t status;
    struct text *body;
    const char *const *headers; /* behind Content-Type */
    int32_t headers_count;
};
void stage_answer(struct stage *stage, wire_exchange exchange,
                  const struct stage_answer *answer);
