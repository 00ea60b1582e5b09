#pragma once
#include "desk_parts.h"
#include "tune/aggregate.h"
#include "tune/filter.h"
#include "tune/grid.h"
#include "tune/sensitivity.h"

/* desk_shelf: the results of one session, read and ranked, until others are asked for or the
 * files change. Turning a page or the order costs no reading. */

enum { DESK_SHELF_JOBS_MAX = 30000 }; /* some 14 kB each */

struct shelf_row {
    const struct row *row;
    int64_t place;                          /* in its group, from 1; 0: not ranked */
    int32_t group;                          /* from 1; 0: an error row */
    double figures[FILTER_FIGURE_LAST + 1]; /* NAN: not known */
};

/* The run of one job again, over its data. */
struct shelf_run {
    const struct row *row; /* NULL: none */
    bool done;
    struct sensitivity *measured; /* NULL: could not be run, and why says so */
    char why[TUNING_TEXT_SIZE];
};

struct desk_shelf {
    int64_t session; /* 0: nothing was read */
    char name[TUNING_NAME_SIZE];
    char stamp[128];                    /* of the files as they were read */
    bool running;                       /* by then */
    int64_t jobs;                       /* of its plan */
    int64_t read_wall_ns, read_mono_ns; /* when the files were last seen to say this */
    int64_t loaded_ns, cost_ns;         /* when they were read whole, and how long it took */
    struct aggregate aggregate;
    struct grid grid;
    struct shelf_row *rows; /* in the order of the aggregate */
    int32_t groups;
    struct aggregate_trust *trusts; /* of the best of each group; best NULL: not judged yet */
    struct shelf_run run;
};

/* Has the results of that session (0: of the last one started) at hand, read anew when they
 * have changed. false: err says why not. */
bool desk_shelf_take(struct desk_work *work, int64_t session, struct err *err);

/* NULL: there is no such job. */
const struct shelf_row *desk_shelf_find(const struct desk_shelf *shelf, const char *job);

void desk_shelf_forget_run(struct desk_shelf *shelf);

/* What a row is worth beside the trials of its group; the row has one. */
struct aggregate_trust desk_shelf_judge(struct desk_shelf *shelf, const struct shelf_row *row);
/* The same as a face sees it; empty for a row that is of no group. */
struct ranking_trust desk_shelf_trust(struct desk_shelf *shelf, const struct shelf_row *row);

/* The rows that a question lets through, in its order; freed with mem_free(). What makes no
 * sense in the filter is told and left out. */
const struct shelf_row **desk_shelf_select(const struct desk_shelf *shelf,
                                           const struct ranking_query *query, int64_t *count,
                                           char filter_error[TUNING_TEXT_SIZE]);

void desk_shelf_fill_row(const struct desk_shelf *shelf, const struct shelf_row *from,
                         struct ranking_row *to);
