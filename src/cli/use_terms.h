#pragma once
#include "tune/param.h"
#include "use_result.h"
#include "view/command.h"
#include "view/snapshot.h"

/* use_terms: what a session would take of a result, what it would not, and what speaks for or
 * against it in this session. */

enum { USE_CHANGES_MAX = 32 };

struct use_change {
    const struct param *param;
    double now, then;
    bool taken; /* the others stay as they are */
};

struct use_terms {
    int count;
    struct use_change changes[USE_CHANGES_MAX]; /* what differs, and nothing else */
    int taken;
    char params[COMMAND_PARAMS_SIZE]; /* all that is taken, whether it differs or not */
};

/* `with_size`: max_position_usd and max_open_trades are taken too. */
void use_terms_make(struct use_terms *terms, const struct row *row,
                    const struct engine_params *now, bool with_size);

/* Adds what only the session knows: what was assumed otherwise, how far its pockets go, what
 * its guard would have refused. */
void use_terms_weigh(const struct use_terms *terms, const struct snapshot *session,
                     struct use_result *result);

void use_terms_table(const struct use_terms *terms, struct text *out);
/* An array of objects. */
void use_terms_json(const struct use_terms *terms, const char *key, struct json *json);
/* The same parameters as a config file, whatever a session has. */
void use_terms_config(const struct row *row, const char *origin, struct text *out);
