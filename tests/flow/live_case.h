#pragma once
#include "support/check.h"
#include "support/scratch.h"

#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "io/http.h"
#include "market/live.h"
#include "simulator/venue_sim.h"

/* live_case: live data of the simulated venues, all on one loop of the test. */

enum { CASE_PAIRS = 2, CASE_EVENTS_MAX = 200000 };

/* What a session would know by now. */
struct known {
    struct book books[CASE_PAIRS][VENUE_LAST + 1];
    enum feed_state states[CASE_PAIRS][VENUE_LAST + 1];
    enum reason reasons[CASE_PAIRS][VENUE_LAST + 1];
    bool instruments[CASE_PAIRS][VENUE_LAST + 1];
    bool trading[CASE_PAIRS][VENUE_LAST + 1];
    bool marks[CASE_PAIRS];
    int64_t late_ms;                /* the oldest book as it came, while its feed was fresh */
    int32_t clocks[VENUE_LAST + 1]; /* how often its clock was said to be off */
    int64_t clock_off_ms[VENUE_LAST + 1];
    double krw_per_usd;
    int64_t time_ns; /* of the last event */
    uint64_t events, prints;
    int32_t history[CASE_PAIRS]; /* samples of the past */
    int64_t history_ns[CASE_PAIRS];
    double history_bps[CASE_PAIRS]; /* their sum */
    uint64_t hash;                  /* of all that was told, in order */
};
void known_take(struct known *known, const struct event *event);

struct live_case {
    struct loop *loop;
    struct venue_sim *sim; /* NULL: nobody is there */
    struct source *source;
    struct http *http; /* of the test's own */
    struct config_live config;
    struct known known;
    int32_t history_minutes; /* the source is asked for */
    char ban_path[SCRATCH_PATH_SIZE];
    struct text tape; /* every frame as a line of a recording */
    uint64_t wakes;
    /* of case_until() */
    bool (*holds)(struct live_case *live_case);
    int64_t until_ns;
    /* of case_ask() */
    bool answered;
    int32_t status;
    struct text body;
    json_t *truth; /* of a comparison */
};

/* Venues, and a source on them. */
void case_open(struct live_case *live_case);
/* Only the venues, then only the source; for what happens between. */
struct case_venues {
    const char *tls_folder; /* see simulator/identity.h; NULL: no TLS */
    const char *script;     /* of faults; NULL: none */
    uint64_t chaos_seed;    /* 0: no chaos */
    double chaos_per_minute;
};
void case_open_venues(struct live_case *live_case, const struct case_venues *venues);
/* Before the source is opened: TLS is asked for where none is spoken. */
void case_encrypt(struct live_case *live_case);
void case_open_source(struct live_case *live_case);
void case_close_source(struct live_case *live_case);
void case_close(struct live_case *live_case);

/* Runs the loop until it holds; fails after ten seconds. */
void case_until(struct live_case *live_case, bool (*holds)(struct live_case *live_case),
                const char *what);
void case_until_ms(struct live_case *live_case, bool (*holds)(struct live_case *live_case),
                   int64_t ms, const char *what);
/* The same, but it may not be so. */
bool case_within_ms(struct live_case *live_case, bool (*holds)(struct live_case *live_case),
                    int64_t ms);
void case_for_ms(struct live_case *live_case, int64_t ms);

/* Asks a venue of the simulator: "POST", "/sim/fault?kind=drop". Its body is kept. */
void case_ask(struct live_case *live_case, enum venue venue, const char *method,
              const char *target);

bool all_fresh(struct live_case *live_case);
