#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "tui/action.h"
#include "view/ranking.h"

/* browse: where the operator is on the Results screen: which session, which order, which row,
 * what is opened. A plain value within struct state; all of it pure. */

struct snapshot;
struct state;
struct world;
struct outbox;

enum browse_view {
    BROWSE_RANKING,
    BROWSE_DETAIL,
    BROWSE_COMPARE,
    BROWSE_HEAT,
    BROWSE_USE, /* what speaks for and against one's parameters */
};

enum { BROWSE_MARKS_MAX = 2, BROWSE_TRADES_PAGE = 100 };

struct browse {
    enum browse_view view;
    enum browse_view below;     /* what a detail was opened from */
    enum browse_view below_use; /* and what USE */
    int64_t session;            /* 0: the last one started, until the desk says which it is */
    bool chosen;                /* the operator named it */
    enum ranking_sort sort;
    bool backwards;
    char filter[RANKING_FILTER_SIZE];
    int32_t offset;             /* of the page */
    char job[RANKING_JOB_SIZE]; /* under the cursor; not on the page: the first row */
    bool from_end;              /* then the last row instead */
    int32_t marks_count;
    char marks[BROWSE_MARKS_MAX][RANKING_JOB_SIZE];
    char open[RANKING_JOB_SIZE]; /* the job of a detail */
    bool trades;                 /* of a detail: its trades instead of its account */
    bool with_size;              /* of USE: max_position_usd and max_open_trades too */
    char x[TUNING_NAME_SIZE], y[TUNING_NAME_SIZE]; /* axes of the map; "": as the desk says */
    int32_t third;    /* its value, from 1; 0: as the best has it */
    int32_t col, row; /* in the map */
    bool placed;      /* the cursor was put on the map */
    int32_t scroll;   /* of details */
    int64_t asked_ns; /* 0: ask at once */
};

/* Shows the ranking of a session; 0: the last one started. */
void browse_show(struct state *state, int64_t session);
/* Comes back to what was on show; to the last one started when none was chosen. */
void browse_enter(struct state *state, const struct world *world);

/* The page that answers the present session, or NULL; it may still be of an older filter. */
const struct ranking *browse_ranking(const struct state *state, const struct world *world);
/* The detail that was asked for, or NULL. */
const struct ranking_result *browse_result(const struct state *state,
                                           const struct world *world);
const struct ranking_heat *browse_heat(const struct state *state, const struct world *world);
/* The row under the cursor; -1: there are none. */
int browse_selected(const struct state *state, const struct world *world);
/* Is there so much against these parameters that a typed reason is asked for? */
bool browse_wants_reason(const struct ranking_result *result);
/* Does the session run with these parameters, since they were used in it? */
bool browse_is_in_use(const struct ranking_result *result, const struct snapshot *newest);
/* Is a job marked for comparing? */
bool browse_is_marked(const struct browse *browse, const char *job);

/* What a key does on the map where it does something else elsewhere; else ACTION_NONE. */
enum action browse_key(const struct state *state, uint32_t key);
/* Carries out an action on this screen; false: it is none of this screen's. */
bool browse_act(struct state *state, const struct world *world, enum action action,
                const char *argument, struct outbox *outbox);
/* Asks the desk for what is shown, now and then anew. */
void browse_tick(struct state *state, const struct world *world, struct outbox *outbox);
/* One level up; false: this was the top. */
bool browse_back(struct state *state);

/* Asks whether the parameters on show are to be used; what speaks for and against them stands
 * on the screen by then. */
void browse_use(struct state *state, const struct world *world);

/* A filter was typed. */
void browse_filter(struct state *state, const char *text);
/* A file name was typed. */
void browse_export(struct state *state, const struct world *world, const char *path,
                   struct outbox *outbox);
