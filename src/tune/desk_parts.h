#pragma once
#include "base/err.h"
#include "view/desk.h"

/* desk_parts: what answers the desk's questions and carries out its orders, a file each. Each
 * runs on one of the desk's threads, with a struct desk_work of that thread's own. */

enum { DESK_PLACE_SIZE = 512 };

struct desk_shelf; /* results that were read, so that turning a page does not read them again */
struct desk_rerun; /* a job that is run again meanwhile */

/* What the parts of one thread share. */
struct desk_work {
    char state_dir[DESK_PLACE_SIZE];
    char program[DESK_PLACE_SIZE];
    struct desk_watch *watch;       /* desk_sessions.c */
    struct desk_children *children; /* desk_launch.c */
    struct desk_shelf *shelf;       /* desk_ranking.c */
    struct desk_rerun *rerun;       /* desk_result.c */
};

/* A session of the last list, borrowed until the next; NULL: there is none of that number. */
const struct tuning_session *desk_work_session(const struct desk_work *work, int64_t id);

/* The one that was started last; NULL: there is none. */
const struct tuning_session *desk_work_last(const struct desk_work *work);

/* *out is zeroed and of the struct the question's kind is answered with. */
typedef void desk_answer_fn(struct desk_work *work, const struct desk_query *query, void *out);
desk_answer_fn desk_answer_sessions, desk_answer_form, desk_answer_ranking, desk_answer_result,
    desk_answer_heat;

/* false: refused, or it failed; out->text says how in both cases. */
typedef bool desk_order_fn(struct desk_work *work, const struct desk_order *order,
                           struct command_result *out);
desk_order_fn desk_start, desk_stop, desk_resume, desk_export;

struct desk_watch *desk_watch_create(void);
void desk_watch_destroy(struct desk_watch *watch); /* accepts NULL */
/* The last list, and taking over that of another thread. */
const struct tuning *desk_watch_list(const struct desk_watch *watch);
void desk_watch_set(struct desk_watch *watch, const struct tuning *tuning);
struct desk_children *desk_children_create(void);
void desk_children_destroy(struct desk_children *children); /* accepts NULL */
/* Waits for those that have ended, and for no other. */
void desk_children_reap(struct desk_children *children);
struct desk_shelf *desk_shelf_create(void);
void desk_shelf_destroy(struct desk_shelf *shelf); /* accepts NULL */
