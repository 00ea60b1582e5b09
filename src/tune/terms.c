#include "tune/terms.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "base/safe.h"
#include "core/reason.h"
#include "run/rehearsal.h"

/* Given numbers, not computed ones; NAN is "not set". */
static bool same(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a <= b && a >= b);
}

static bool is_size(size_t index)
{
    return index >= COMMAND_PARAMS_OF_SIZE;
}

static void add_change(struct terms *terms, const struct param *param, double now, double then,
                       bool taken)
{
    if (!same(now, then) && terms->count < TERMS_CHANGES_MAX) {
        terms->changes[terms->count++] = (struct terms_change){param, now, then, taken};
        terms->taken += taken ? 1 : 0;
    }
}

void terms_make(struct terms *terms, const struct row *row, const struct engine_params *now,
                bool with_size)
{
    const char *name;
    *terms = (struct terms){.count = 0};
    struct text words = text_fixed(terms->params, sizeof terms->params);
    text_clear(&words);
    for (size_t i = 0; (name = command_param_name(i)) != NULL; i++) {
        const struct param *param = param_find(name);
        const double then = row_param(row, name);
        char number[NUM_TEXT_SIZE];
        if (param == NULL || !row_has_param(row, name)) {
            continue; /* what the result does not say stays */
        }
        const bool taken = with_size || !is_size(i);
        add_change(terms, param, param_fetch(param, now), then, taken);
        if (taken) {
            text_addf(&words, "%s%s=%s", words.length > 0 ? " " : "", name,
                      num_format_shortest(number, then));
        }
    }
}

bool terms_check(const struct terms *terms, const struct row *row,
                 const struct engine_params *now, struct err *err)
{
    const struct engine_params then = row_engine_params(row);
    if (now->profile != then.profile) {
        return err_set(err, ERR_REFUSED, "the result is of profile %s, the session runs %s",
                       engine_profile_name(then.profile), engine_profile_name(now->profile));
    }
    if (now->pnl_model != then.pnl_model) {
        return err_set(err, ERR_REFUSED, "the result books by %s, the session by %s",
                       engine_pnl_model_name(then.pnl_model),
                       engine_pnl_model_name(now->pnl_model));
    }
    return terms->taken > 0 ||
           err_set(err, ERR_REFUSED, "no parameter of it is another than the session's");
}

void terms_origin(char origin[COMMAND_ORIGIN_SIZE], const char *folder, const struct row *row)
{
    struct text raw = text_growing();
    text_addf(&raw, "%s/%s data %s", folder, row->job_id, row->data_hash);
    safe_text(origin, COMMAND_ORIGIN_SIZE, text_string(&raw), raw.length);
    text_finish(&raw);
}

/* A profit under other costs is another profit. */
static void weigh_assumptions(const struct ranking_session *session,
                              const struct engine_params *params, struct evidence *evidence)
{
    char list[EVIDENCE_TEXT_SIZE] = "";
    struct text text = text_fixed(list, sizeof list);
    for (size_t i = 0; i < param_count(); i++) {
        const struct param *param = param_at(i);
        const double here = param_fetch(param, &session->params);
        const double there = param_fetch(param, params);
        char now[PARAM_TEXT_SIZE];
        char then[PARAM_TEXT_SIZE];
        if (param->role == PARAM_ASSUMPTION && !same(here, there)) {
            text_addf(&text, "%s%s %s, here %s", text.length > 0 ? "; " : "", param->name,
                      param_text(param, there, then), param_text(param, here, now));
        }
    }
    const bool alike = text.length == 0;
    evidence_add(evidence, "assumptions", !alike, false, "%s",
                 alike ? "those of the session" : list);
}

/* For how many trades of that size what the session has lasts, against the most it had open. */
static void weigh_pockets(const struct terms *terms, const struct ranking_session *session,
                          const struct row *row, struct evidence *evidence)
{
    double scale = 1;
    for (int i = 0; i < terms->count; i++) {
        const struct terms_change *change = &terms->changes[i];
        if (change->taken && strcmp(change->param->name, "max_position_usd") == 0) {
            scale = change->now / change->then;
        }
    }
    const double told = row_metric(row, "open_trades_most");
    const double most = isfinite(told) ? told : 1;
    const double coin = session->coin_trades_left * scale;
    const double krw = session->krw_trades_left * scale;
    const double usdt = session->usdt_trades_left * scale;
    const bool short_of = krw < most || usdt < most || coin < most;
    char coins[48] = "";
    if (isfinite(coin)) {
        text_cut(coins, sizeof coins, ", coin for %.1f", coin);
    }
    evidence_add(
        evidence, "pockets", short_of, false,
        "KRW for %.1f trades, USDT margin for %.1f%s; it had %.0f open at once at most", krw,
        usdt, coins, most);
}

static void weigh_guard(const struct ranking_session *session,
                        const struct engine_params *params, const struct sensitivity *measured,
                        struct evidence *evidence)
{
    if (measured == NULL) {
        evidence_add(evidence, "guard", true, false, "cannot be asked without the trades");
        return;
    }
    const struct result *run = &measured->result;
    const bool on_file = strcmp(session->source_kind, "csv") == 0 ||
                         strcmp(session->source_kind, "scenario") == 0;
    struct rehearsal rehearsal;
    rehearsal_run(&session->guard_limits, params, !on_file, run->trades, run->results,
                  run->trades_count, &rehearsal);
    char list[EVIDENCE_TEXT_SIZE / 2] = "";
    struct text reasons = text_fixed(list, sizeof list);
    for (int32_t i = 0; i < rehearsal.reasons_count; i++) {
        text_addf(&reasons, "%s %s %" PRId64, i > 0 ? "," : ":",
                  reason_code(rehearsal.reasons[i].reason), rehearsal.reasons[i].count);
    }
    evidence_add(evidence, "guard", rehearsal.refused > 0, false,
                 "would have refused %" PRId64 " of %" PRId64 " trades%s", rehearsal.refused,
                 rehearsal.asked, list);
}

static void weigh_stop(const struct terms *terms, const struct ranking_session *session,
                       struct evidence *evidence)
{
    struct engine_params params = session->params;
    for (int i = 0; i < terms->count; i++) {
        if (terms->changes[i].taken) {
            param_store(terms->changes[i].param, &params, terms->changes[i].then);
        }
    }
    if (engine_stop_is_tight(&params, session->width_bps)) {
        evidence_add(evidence, "stop", true, false,
                     "stop_loss_bps is below round-trip cost + width of the books + 10");
    }
}

void terms_weigh(const struct terms *terms, const struct ranking_session *session,
                 const struct row *row, const struct sensitivity *measured,
                 struct evidence *evidence)
{
    const struct engine_params params = row_engine_params(row);
    weigh_assumptions(session, &params, evidence);
    weigh_pockets(terms, session, row, evidence);
    weigh_guard(session, &params, measured, evidence);
    weigh_stop(terms, session, evidence);
}

void terms_table(const struct terms *terms, struct text *out)
{
    text_addf(out, "   %-20s %14s %14s\n", "parameter", "now", "then");
    for (int i = 0; i < terms->count; i++) {
        const struct terms_change *change = &terms->changes[i];
        char now[PARAM_TEXT_SIZE];
        char then[PARAM_TEXT_SIZE];
        text_addf(out, "   %-20s %14s %14s%s\n", change->param->name,
                  param_text(change->param, change->now, now),
                  param_text(change->param, change->then, then),
                  change->taken ? "" : "  stays: it is a size (--size takes it)");
    }
}

void terms_json(const struct terms *terms, const char *key, struct json *json)
{
    json_open_array(json, key);
    for (int i = 0; i < terms->count; i++) {
        const struct terms_change *change = &terms->changes[i];
        json_open_object(json, NULL);
        json_add_string(json, "name", change->param->name);
        json_add_number(json, "now", change->now);
        json_add_number(json, "then", change->then);
        json_add_bool(json, "taken", change->taken);
        json_close_object(json);
    }
    json_close_array(json);
}

bool terms_config(const struct row *row, const char *origin, struct text *out, struct err *err)
{
    const char *name;
    int told = 0;
    text_addf(out, "# parameters of %s\nengine:\n", origin);
    for (size_t i = 0; (name = command_param_name(i)) != NULL; i++) {
        const struct param *param = param_find(name);
        const double value = row_param(row, name);
        char number[NUM_TEXT_SIZE];
        if (param == NULL || !row_has_param(row, name)) {
            continue;
        }
        if (isnan(value) && !param->may_be_unset) {
            return err_set(err, ERR_INPUT, "%s: the result has no value of it", name);
        }
        text_addf(out, "  %s: %s\n", name, num_format_shortest(number, value));
        told++;
    }
    return told > 0 || err_set(err, ERR_INPUT, "the result tells no parameter");
}
