#pragma once
#include "run/json.h"
#include "tune/evidence.h"
#include "tune/param.h"
#include "view/command.h"
#include "view/ranking.h"

/* terms: what a session that runs would take of a result, what it would not, and what speaks
 * for or against it in that session. */

enum { TERMS_CHANGES_MAX = 32 };

struct terms_change {
    const struct param *param;
    double now, then;
    bool taken; /* the others stay as they are */
};

struct terms {
    int count;
    struct terms_change changes[TERMS_CHANGES_MAX]; /* what differs, and nothing else */
    int taken;
    char params[COMMAND_PARAMS_SIZE]; /* all that is taken, whether it differs or not */
};

/* `with_size`: max_position_usd and max_open_trades are taken too. */
void terms_make(struct terms *terms, const struct row *row, const struct engine_params *now,
                bool with_size);

/* ERR_REFUSED: results of other rules say nothing about a session, and what changes nothing is
 * no change. */
bool terms_check(const struct terms *terms, const struct row *row,
                 const struct engine_params *now, struct err *err);

/* Adds what only the session knows: what was assumed otherwise, how far its pockets go, what
 * its guard would have refused. `measured` is NULL where the job was not run again. */
void terms_weigh(const struct terms *terms, const struct ranking_session *session,
                 const struct row *row, const struct sensitivity *measured,
                 struct evidence *evidence);

/* "SESSION/JOB data HASH", of a result that lies in that folder. */
void terms_origin(char origin[COMMAND_ORIGIN_SIZE], const char *folder, const struct row *row);

void terms_table(const struct terms *terms, struct text *out);
/* An array of objects. */
void terms_json(const struct terms *terms, const char *key, struct json *json);
/* The same parameters as a config file, whatever a session has. false: there are none, or one
 * is told without a value. */
bool terms_config(const struct row *row, const char *origin, struct text *out, struct err *err);
