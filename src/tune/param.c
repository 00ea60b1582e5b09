#include "tune/param.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/num.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))
#define AT(member) offsetof(struct engine_params, member)

/* Off is -1 in struct engine_params, so what is below 0 must not become it. */
enum { STEPS_OFF = -1, STEPS_NEGATIVE = -2 };
static const double COUNT_MAX = 1e15;

static const struct param PARAMS[] = {
    {"profile", PARAM_PROFILE, PARAM_FRAME, false, AT(profile)},
    {"pnl_model", PARAM_MODEL, PARAM_FRAME, false, AT(pnl_model)},
    {"min_spread_bps", PARAM_NUMBER, PARAM_TUNABLE, false, AT(min_spread_bps)},
    {"taker_fee_a_bps", PARAM_NUMBER, PARAM_ASSUMPTION, false, AT(taker_fee_a_bps)},
    {"taker_fee_b_bps", PARAM_NUMBER, PARAM_ASSUMPTION, false, AT(taker_fee_b_bps)},
    {"slippage_bps", PARAM_NUMBER, PARAM_ASSUMPTION, false, AT(slippage_bps)},
    {"fx_cost_bps", PARAM_NUMBER, PARAM_ASSUMPTION, false, AT(fx_cost_bps)},
    {"max_position_usd", PARAM_NUMBER, PARAM_SCALE, false, AT(max_position_usd)},
    {"max_open_trades", PARAM_COUNT, PARAM_SCALE, false, AT(max_open_trades)},
    {"fx_rate", PARAM_NUMBER, PARAM_ASSUMPTION, true, AT(fx_rate)},
    {"baseline_bps", PARAM_NUMBER, PARAM_TUNABLE, false, AT(baseline_bps)},
    {"baseline_tau_s", PARAM_NUMBER, PARAM_TUNABLE, false, AT(baseline_tau_s)},
    {"baseline_warmup_s", PARAM_NUMBER, PARAM_TUNABLE, true, AT(baseline_warmup_s)},
    {"baseline_gap_s", PARAM_NUMBER, PARAM_TUNABLE, false, AT(baseline_gap_s)},
    {"cooldown_s", PARAM_NUMBER, PARAM_TUNABLE, false, AT(cooldown_s)},
    {"exit_spread_bps", PARAM_NUMBER, PARAM_TUNABLE, false, AT(exit_spread_bps)},
    {"take_profit_bps", PARAM_NUMBER, PARAM_TUNABLE, true, AT(take_profit_bps)},
    {"stop_loss_bps", PARAM_NUMBER, PARAM_TUNABLE, true, AT(stop_loss_bps)},
    {"max_hold_s", PARAM_NUMBER, PARAM_TUNABLE, true, AT(max_hold_s)},
    {"spot_short", PARAM_FLAG, PARAM_ASSUMPTION, false, AT(spot_short)},
    {"initial_balance_usd", PARAM_NUMBER, PARAM_FRAME, false, AT(initial_balance_usd)},
    {"stop_on_drawdown_pct", PARAM_NUMBER, PARAM_FRAME, true, AT(stop_on_drawdown_pct)},
    {"max_steps", PARAM_COUNT, PARAM_FRAME, true, AT(max_steps)},
    {"close_at_end", PARAM_FLAG, PARAM_FRAME, false, AT(close_at_end)},
};

static const char *const ROLE_NAMES[] = {
    [PARAM_TUNABLE] = "tunable",
    [PARAM_ASSUMPTION] = "assumption",
    [PARAM_SCALE] = "scale",
    [PARAM_FRAME] = "frame",
};
_Static_assert(LEN(ROLE_NAMES) == PARAM_ROLE_LAST + 1, "every role has a name");

const char *param_role_name(enum param_role role)
{
    assert((int)role >= 0 && role <= PARAM_ROLE_LAST);
    return ROLE_NAMES[role];
}

size_t param_count(void)
{
    return LEN(PARAMS);
}

const struct param *param_at(size_t index)
{
    assert(index < LEN(PARAMS));
    return &PARAMS[index];
}

const struct param *param_find(const char *name)
{
    for (size_t i = 0; i < LEN(PARAMS); i++) {
        if (strcmp(PARAMS[i].name, name) == 0) {
            return &PARAMS[i];
        }
    }
    return NULL;
}

void param_offer_names(struct nearest *nearest)
{
    for (size_t i = 0; i < LEN(PARAMS); i++) {
        nearest_offer(nearest, PARAMS[i].name);
    }
}

const char *param_expected(const struct param *param)
{
    switch (param->kind) {
    case PARAM_NUMBER:
        return param->may_be_unset ? "a number or null" : "a number";
    case PARAM_COUNT:
        return param->may_be_unset ? "a whole number or null" : "a whole number";
    case PARAM_FLAG:
        return "true or false";
    case PARAM_PROFILE:
        return "exact, compat-d37 or compat-d45";
    case PARAM_MODEL:
        break;
    }
    return "legs or spread";
}

static const char *word_of(enum param_kind kind, int place)
{
    return kind == PARAM_PROFILE ? engine_profile_name((enum engine_profile)place)
                                 : engine_pnl_model_name((enum engine_pnl_model)place);
}

static bool parse_word(enum param_kind kind, const char *text, double *out)
{
    const int last =
        kind == PARAM_PROFILE ? (int)ENGINE_PROFILE_LAST : (int)ENGINE_PNL_MODEL_LAST;
    for (int i = 0; i <= last; i++) {
        if (strcmp(text, word_of(kind, i)) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool parse_flag(const char *text, double *out)
{
    const bool on = strcmp(text, "true") == 0;
    if (!on && strcmp(text, "false") != 0) {
        return false;
    }
    *out = on ? 1 : 0;
    return true;
}

bool param_parse(const struct param *param, const char *text, bool quoted, double *out,
                 const char **why)
{
    double value = 0;
    int64_t count = 0;
    bool good = false;
    switch (param->kind) {
    case PARAM_NUMBER:
        good = !quoted && num_parse_double(text, strlen(text), &value);
        break;
    case PARAM_COUNT:
        good = !quoted && num_parse_int64(text, strlen(text), &count);
        value = (double)count;
        break;
    case PARAM_FLAG:
        good = !quoted && parse_flag(text, &value);
        break;
    case PARAM_PROFILE:
    case PARAM_MODEL:
        good = parse_word(param->kind, text, &value);
        break;
    }
    if (good) {
        *out = value;
    } else {
        *why = param_expected(param);
    }
    return good;
}

static int64_t whole(double value)
{
    return (int64_t)(value < -COUNT_MAX ? -COUNT_MAX : value > COUNT_MAX ? COUNT_MAX : value);
}

void param_store(const struct param *param, struct engine_params *params, double value)
{
    char *place = (char *)params + param->offset;
    switch (param->kind) {
    case PARAM_NUMBER:
        memcpy(place, &value, sizeof value);
        break;
    case PARAM_COUNT:
        if (param->offset == AT(max_steps)) {
            params->max_steps = isnan(value)   ? STEPS_OFF
                                : value >= 0.0 ? whole(value)
                                               : STEPS_NEGATIVE;
        } else {
            const int64_t count = whole(value);
            params->max_open_trades = (int32_t)(count > INT32_MAX ? INT32_MAX
                                                : count < 0       ? 0
                                                                  : count);
        }
        break;
    case PARAM_FLAG: {
        const bool on = value > 0;
        memcpy(place, &on, sizeof on);
        break;
    }
    case PARAM_PROFILE:
        params->profile = (enum engine_profile)value;
        break;
    case PARAM_MODEL:
        params->pnl_model = (enum engine_pnl_model)value;
        break;
    }
}

double param_fetch(const struct param *param, const struct engine_params *params)
{
    const char *place = (const char *)params + param->offset;
    double value = NAN;
    bool on;
    switch (param->kind) {
    case PARAM_NUMBER:
        memcpy(&value, place, sizeof value);
        break;
    case PARAM_COUNT:
        if (param->offset != AT(max_steps)) {
            value = params->max_open_trades;
        } else if (params->max_steps != STEPS_OFF) {
            value = (double)params->max_steps;
        }
        break;
    case PARAM_FLAG:
        memcpy(&on, place, sizeof on);
        value = on ? 1 : 0;
        break;
    case PARAM_PROFILE:
        value = params->profile;
        break;
    case PARAM_MODEL:
        value = params->pnl_model;
        break;
    }
    return value;
}

const char *param_text(const struct param *param, double value, char buffer[PARAM_TEXT_SIZE])
{
    _Static_assert((int)PARAM_TEXT_SIZE >= (int)NUM_TEXT_SIZE, "a number fits");
    if (isnan(value)) {
        return "off";
    }
    switch (param->kind) {
    case PARAM_FLAG:
        return value > 0 ? "true" : "false";
    case PARAM_PROFILE:
    case PARAM_MODEL:
        return word_of(param->kind, (int)value);
    case PARAM_NUMBER:
    case PARAM_COUNT:
        break;
    }
    return num_format_shortest(buffer, value);
}

void param_json(const struct param *param, double value, struct json *json)
{
    if (isnan(value)) {
        json_add_null(json, param->name);
        return;
    }
    switch (param->kind) {
    case PARAM_NUMBER:
        json_add_number(json, param->name, value);
        break;
    case PARAM_COUNT:
        json_add_integer(json, param->name, whole(value));
        break;
    case PARAM_FLAG:
        json_add_bool(json, param->name, value > 0);
        break;
    case PARAM_PROFILE:
    case PARAM_MODEL:
        json_add_string(json, param->name, word_of(param->kind, (int)value));
        break;
    }
}
