#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/nearest.h"
#include "core/engine_params.h"
#include "run/json.h"

/* param: the engine's parameters by name, as a session file, a plan and a ranking speak of
 * them.
 *
 * Every value is a double here: a flag is 0 or 1, a word its place among the words, and "not
 * set" (null) is NAN. */

enum param_kind {
    PARAM_NUMBER,
    PARAM_COUNT, /* whole */
    PARAM_FLAG,
    PARAM_PROFILE,
    PARAM_MODEL,
};

/* What an axis over it says (MARKET.md F): only tunables are a choice of the strategy. */
enum param_role {
    PARAM_TUNABLE,
    PARAM_ASSUMPTION, /* what the world costs: fees, slippage, fx */
    PARAM_SCALE,      /* how much money is used */
    PARAM_FRAME,      /* how the run is done and reported */
    PARAM_ROLE_LAST = PARAM_FRAME,
};
const char *param_role_name(enum param_role role); /* "tunable", ... */

struct param {
    const char *name; /* "min_spread_bps" */
    enum param_kind kind;
    enum param_role role;
    bool may_be_unset; /* null says something */
    size_t offset;     /* into struct engine_params */
};

size_t param_count(void);
const struct param *param_at(size_t index);
const struct param *param_find(const char *name); /* NULL: unknown */
void param_offer_names(struct nearest *nearest);

/* A value as a YAML scalar spells it. False with *why saying what was expected, a static
 * string. Ranges are the business of engine_params_fault(). */
bool param_parse(const struct param *param, const char *text, bool quoted, double *out,
                 const char **why);
/* What may stand for it: "a number", ... */
const char *param_expected(const struct param *param);

void param_store(const struct param *param, struct engine_params *params, double value);
double param_fetch(const struct param *param, const struct engine_params *params);
/* For a reader: "off" when not set. */
enum { PARAM_TEXT_SIZE = 40 };
const char *param_text(const struct param *param, double value, char buffer[PARAM_TEXT_SIZE]);
void param_json(const struct param *param, double value, struct json *json);
