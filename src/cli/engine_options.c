#include "cli/engine_options.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/nearest.h"
#include "base/safe.h"
#include "base/text.h"

enum { SHOWN_SIZE = 200 };

/* One row: an option, and the parameter it goes to. */
struct engine_option {
    const char *name;
    enum arg_type type;
    size_t offset; /* into struct engine_options */
    const char *value;
    const char *help;
};

#define OWN(field) offsetof(struct engine_options, field)
#define PARAM(field)                                                                           \
    (offsetof(struct engine_options, values) + offsetof(struct engine_params, field))

static const struct engine_option OPTIONS[] = {
    {"profile", ARG_TEXT, OWN(profile), "NAME",
     "exact (the default), compat-d37 or compat-d45"},
    {"pnl-model", ARG_TEXT, OWN(pnl_model), "NAME",
     "legs (the default of exact) or spread (that of the compat profiles)"},
    {"min-spread-bps", ARG_NUMBER, PARAM(min_spread_bps), "BPS", "net edge that opens a trade"},
    {"taker-fee-a-bps", ARG_NUMBER, PARAM(taker_fee_a_bps), "BPS", "fee of venue A, each fill"},
    {"taker-fee-b-bps", ARG_NUMBER, PARAM(taker_fee_b_bps), "BPS", "fee of venue B, each fill"},
    {"slippage-bps", ARG_NUMBER, PARAM(slippage_bps), "BPS",
     "of both legs together, at entry and at exit"},
    {"max-position-usd", ARG_NUMBER, PARAM(max_position_usd), "USD", "notional of a trade"},
    {"max-open-trades", ARG_COUNT, OWN(max_open_trades), "N", "open at once, per pair (1)"},
    {"fx-rate", ARG_NUMBER, PARAM(fx_rate), "RATE",
     "KRW per USD, instead of the data's; 1 for one currency"},
    {"baseline-bps", ARG_NUMBER, PARAM(baseline_bps), "BPS",
     "level of the premium while tau is 0 (0)"},
    {"baseline-tau-s", ARG_NUMBER, PARAM(baseline_tau_s), "S",
     "memory of the premium's moving level (0: constant)"},
    {"baseline-warmup-s", ARG_NUMBER, PARAM(baseline_warmup_s), "S",
     "no entry before this long (tau)"},
    {"baseline-gap-s", ARG_NUMBER, PARAM(baseline_gap_s), "S",
     "a longer silence starts the warm-up again (0: off)"},
    {"cooldown-s", ARG_NUMBER, PARAM(cooldown_s), "S",
     "no entry on a side this long after its stop_loss or max_hold (0)"},
    {"fx-cost-bps", ARG_NUMBER, PARAM(fx_cost_bps), "BPS",
     "of converting each fill on A (0: venues are funded beforehand)"},
    {"exit-spread-bps", ARG_NUMBER, PARAM(exit_spread_bps), "BPS",
     "deviation at which a trade has converged (0)"},
    {"take-profit-bps", ARG_NUMBER, PARAM(take_profit_bps), "BPS",
     "close at this profit (off)"},
    {"stop-loss-bps", ARG_NUMBER, PARAM(stop_loss_bps), "BPS", "close at this loss (off)"},
    {"max-hold-s", ARG_NUMBER, PARAM(max_hold_s), "S", "close at this age (off)"},
    {"initial-balance-usd", ARG_NUMBER, PARAM(initial_balance_usd), "USD",
     "base of balance and drawdown (10000)"},
    {"stop-on-drawdown-pct", ARG_NUMBER, PARAM(stop_on_drawdown_pct), "PCT",
     "end the run at this drawdown (off)"},
    {"max-steps", ARG_COUNT, PARAM(max_steps), "N", "end the run after this many steps (off)"},
    {"close-at-end", ARG_FLAG, PARAM(close_at_end), NULL,
     "close what is open at the last valid books"},
    {"no-spot-short", ARG_FLAG, OWN(no_spot_short), NULL,
     "never sell inventory on A: LONG_A_SHORT_B only"},
};

#undef OWN
#undef PARAM
_Static_assert(sizeof(OPTIONS) / sizeof(OPTIONS[0]) == ENGINE_OPTIONS_COUNT,
               "every option has its seen flag");

void engine_options_rows(struct arg_option rows[ENGINE_OPTIONS_COUNT], size_t offset)
{
    for (size_t i = 0; i < ENGINE_OPTIONS_COUNT; i++) {
        rows[i] = (struct arg_option){
            .name = OPTIONS[i].name,
            .type = OPTIONS[i].type,
            .offset = offset + OPTIONS[i].offset,
            .seen_offset = offset + offsetof(struct engine_options, seen) + i * sizeof(bool),
            .value = OPTIONS[i].value,
            .help = OPTIONS[i].help,
        };
    }
}

bool engine_options_has(const struct engine_options *options, const char *name)
{
    for (size_t i = 0; i < ENGINE_OPTIONS_COUNT; i++) {
        if (strcmp(OPTIONS[i].name, name) == 0) {
            return options->seen[i];
        }
    }
    assert(false);
    return false;
}

static size_t size_of(enum arg_type type)
{
    switch (type) {
    case ARG_FLAG:
        return sizeof(bool);
    case ARG_NUMBER:
        return sizeof(double);
    case ARG_COUNT:
        return sizeof(int64_t);
    case ARG_TEXT:
    case ARG_LIST:
    case ARG_CHOICE:
        break;
    }
    assert(false);
    return 0;
}

static bool was_given(const struct engine_options *options, size_t offset)
{
    for (size_t i = 0; i < ENGINE_OPTIONS_COUNT; i++) {
        if (OPTIONS[i].offset == offset) {
            return options->seen[i];
        }
    }
    return false;
}

/* Copies what was given into the parameter of the same name. */
static void apply_values(const struct engine_options *options, struct engine_params *params)
{
    const size_t values = offsetof(struct engine_options, values);
    for (size_t i = 0; i < ENGINE_OPTIONS_COUNT; i++) {
        const size_t offset = OPTIONS[i].offset;
        const bool is_param = offset >= values && offset < values + sizeof(*params);
        if (options->seen[i] && is_param) {
            memcpy((char *)params + (offset - values), (const char *)options + offset,
                   size_of(OPTIONS[i].type));
        }
    }
}

/* Which of the names 0..last is `given`? -1, with err set, when none. */
static int find_name(const char *option, const char *given, const char *(*name_of)(int),
                     int last, struct err *err)
{
    struct nearest nearest = nearest_to(given);
    struct text expected = text_growing();
    int found = -1;
    for (int i = 0; i <= last; i++) {
        if (strcmp(given, name_of(i)) == 0) {
            found = i;
        }
        nearest_offer(&nearest, name_of(i));
        text_addf(&expected, "%s%s", i == 0 ? "" : ", ", name_of(i));
    }
    if (found < 0) {
        char shown[SHOWN_SIZE];
        safe_text(shown, sizeof shown, given, strlen(given));
        err_set(err, ERR_INPUT, "--%s: '%s' is not known (expected one of %s%s%s%s)", option,
                shown, text_string(&expected), nearest.found ? "; did you mean '" : "",
                nearest.found ? nearest.found : "", nearest.found ? "'?" : "");
    }
    text_finish(&expected);
    return found;
}

static const char *profile_name(int profile)
{
    return engine_profile_name((enum engine_profile)profile);
}

static const char *model_name(int model)
{
    return engine_pnl_model_name((enum engine_pnl_model)model);
}

void engine_options_settle_model(struct config *config, const struct config_named *named)
{
    if (!config_is_named(named, "engine.pnl_model")) {
        config->engine.pnl_model = engine_default_model(config->engine.profile);
    }
}

bool engine_options_apply(const struct engine_options *options, struct engine_params *params,
                          struct err *err)
{
    struct engine_params made = *params;
    if (options->profile != NULL) {
        const int profile =
            find_name("profile", options->profile, profile_name, ENGINE_PROFILE_LAST, err);
        if (profile < 0) {
            return false;
        }
        made.profile = (enum engine_profile)profile;
        made.pnl_model = engine_default_model(made.profile);
    }
    if (options->pnl_model != NULL) {
        const int model =
            find_name("pnl-model", options->pnl_model, model_name, ENGINE_PNL_MODEL_LAST, err);
        if (model < 0) {
            return false;
        }
        made.pnl_model = (enum engine_pnl_model)model;
    }
    apply_values(options, &made);
    if (was_given(options, offsetof(struct engine_options, max_open_trades))) {
        const int64_t count = options->max_open_trades;
        made.max_open_trades = count < INT32_MAX ? (int32_t)count : INT32_MAX;
    }
    if (options->no_spot_short) {
        made.spot_short = false;
    }
    *params = made;
    return true;
}

bool engine_options_complete(const struct engine_params *params, const char *data_file,
                             struct err *err)
{
    const struct {
        const char *option;
        bool missing;
    } required[] = {
        {"--data-file", data_file == NULL},
        {"--min-spread-bps", isnan(params->min_spread_bps)},
        {"--taker-fee-a-bps", isnan(params->taker_fee_a_bps)},
        {"--taker-fee-b-bps", isnan(params->taker_fee_b_bps)},
        {"--slippage-bps", isnan(params->slippage_bps)},
        {"--max-position-usd", isnan(params->max_position_usd)},
    };
    struct text missing = text_growing();
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        if (required[i].missing) {
            text_addf(&missing, "%s%s", missing.length == 0 ? "" : ", ", required[i].option);
        }
    }
    const bool complete = missing.length == 0;
    if (!complete) {
        err_set(err, ERR_USAGE, "missing %s (give it here or in a --config FILE)",
                text_string(&missing));
    }
    text_finish(&missing);
    return complete;
}
