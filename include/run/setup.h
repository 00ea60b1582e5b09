#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "config/config.h"
#include "core/session.h"
#include "market/scenario.h"
#include "market/source.h"
#include "venue/paper.h"

/* setup: what exactly is about to run? Config and source text in; the core's and the venue's
 * settings, and the list of everything that must not change on resume, out. A plain value. */

enum setup_kind { SETUP_CSV, SETUP_FRAMES, SETUP_SCENARIO, SETUP_SIMULATED, SETUP_LIVE };

/* Whose price is KRW per USDT. */
#define SETUP_FX_SYMBOL "KRW-USDT"

enum { SETUP_SOURCE_SIZE = 512, SETUP_OPTIONS_SIZE = 4096 };

struct setup {
    struct config config;
    enum setup_kind kind;
    char source[SETUP_SOURCE_SIZE]; /* as given: "csv:FILE", "simulated:7" */
    char path[SETUP_SOURCE_SIZE];   /* of a file source */
    uint64_t seed;
    int64_t start_ns; /* of a simulated market */
    bool skip_bad_rows;
    struct session_config session;
    struct venue_paper_config venue;
    struct scenario_expected expected;     /* of a scenario */
    char options_text[SETUP_OPTIONS_SIZE]; /* "engine.min_spread_bps = 5", a line each */
    char options_hash[48];
};

struct setup_request {
    const char *source; /* "csv:F", "frames:F", "scenario:F", "simulated[:SEED]", "live" */
    const struct config *config;
    const struct config_named *named; /* which limits an operator set; matters on files */
    const char *const *pairs;         /* "KRW-BTC/BTCUSDT"; none: the config's */
    int pairs_count;
    int64_t start_ns; /* simulated; 0: the caller's wall clock was not asked for */
    bool skip_bad_rows;
    bool shadow; /* nothing is sent to anybody: see SESSION_SHADOW */
};

/* True when `source` names a market whose session defaults are configs/paper.yaml
 * (SPEC.md 3.6). */
bool setup_wants_paper_defaults(const char *source);

/* Is it a source at all, and can its file be read? */
bool setup_check_source(const char *source, struct err *err);

/* Checks and completes. A size over its notional limit is refused here, naming both keys. */
bool setup_make(struct setup *out, const struct setup_request *request, struct err *err);

/* Not of SETUP_LIVE, which needs a loop: see struct runner_feed. */
bool setup_open_source(const struct setup *setup, struct source **out, struct err *err);

struct loop;
/* Of SETUP_LIVE; connects at once. */
bool setup_open_live(const struct setup *setup, struct loop *loop, const char *ban_path,
                     struct source **out, struct err *err);

/* The first lines of a recorded options_text, which are not config: moves *options_text to
 * those for config_recall(). False when they are not there. */
bool setup_recall_source(const char **options_text, char *source, size_t size,
                         bool *skip_bad_rows);

/* Would a session of this setup decide as one with those options, a config_list(), did? Limits
 * count too; where the data come from, alarms and looks do not. */
bool setup_decides_as(const struct setup *setup, const char *options);
/* The same of two such lists. */
bool setup_options_decide_alike(const char *options, const char *others);

/* The lines that differ between two options texts, the first three of them: "key was OLD, is
 * NEW; ... and N more". */
void setup_difference(const char *recorded, const char *wanted, char *buffer, size_t size);
