#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "view/command.h"
#include "view/ranking.h"
#include "view/tuning.h"

/* desk: a face's door to tuning: sessions as they go, a form to launch one, rankings.
 *
 * Beside the port, since tuning needs no session host. Never waits: what takes time is done
 * behind it and is there one day. Values only. */

enum desk_kind {
    DESK_SESSIONS, /* struct tuning: what is there, renewed by itself about twice a second */
    DESK_FORM,     /* struct tuning_form: a session file as it would be launched */
    DESK_RANKING,  /* struct ranking: a page of a ranking, and what the best is worth */
    DESK_RESULT,   /* struct ranking_result: one job */
    DESK_HEAT,     /* struct ranking_heat: two axes as a map */
    DESK_KIND_LAST = DESK_HEAT,
};

struct desk_query {
    enum desk_kind kind;
    struct tuning_edits edits;    /* FORM */
    struct ranking_query ranking; /* RANKING, RESULT, HEAT */
    struct ranking_session here;  /* RESULT: the session that might use it */
};

enum desk_verb {
    DESK_START,  /* edits */
    DESK_STOP,   /* session */
    DESK_RESUME, /* session */
    DESK_EXPORT, /* ranking, path: .csv or .json */
    DESK_VERB_LAST = DESK_EXPORT,
};
const char *desk_verb_name(enum desk_verb verb); /* "start", ... */

struct desk_order {
    enum desk_verb verb;
    int64_t session;
    struct tuning_edits edits;
    struct ranking_query ranking;
    char path[TUNING_PATH_SIZE];
};

struct desk;

struct desk_ops {
    /* Required. Descriptor to poll for POLLIN: something may have come. */
    int (*fd)(struct desk *desk);
    /* Required. Takes in what has come. */
    void (*pump)(struct desk *desk);
    /* Required. Asks; the answer replaces the last one of its kind. A newer question of the
     * same kind makes an older one void. */
    void (*ask)(struct desk *desk, const struct desk_query *query);
    /* Required. The last answers that came, borrowed until the next pump; NULL: none yet. */
    const struct tuning *(*sessions)(struct desk *desk);
    const struct tuning_form *(*form)(struct desk *desk);
    const struct ranking *(*ranking)(struct desk *desk);
    const struct ranking_result *(*result)(struct desk *desk);
    const struct ranking_heat *(*heat)(struct desk *desk);
    /* Required. Does something; what came of it is given by take_result(). */
    void (*order)(struct desk *desk, const struct desk_order *order);
    bool (*take_result)(struct desk *desk, struct command_result *out);
    /* Required. Frees it; sessions that run go on. */
    void (*close)(struct desk *desk);
};

struct desk {
    const struct desk_ops *ops;
};
