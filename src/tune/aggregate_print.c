#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "base/safe.h"
#include "core/summary.h"
#include "run/json.h"
#include "tune/aggregate.h"

enum { SHOWN_SIZE = 256 };

/* Calls for every row of the ranking with its place in its group, from 1. */
struct ranking {
    const struct aggregate *aggregate;
    const struct aggregate_filters *filters;
    int64_t next;
    int64_t place;
    const struct row *row;
};

static bool next_ranked(struct ranking *ranking)
{
    const struct aggregate *aggregate = ranking->aggregate;
    while (ranking->next < aggregate->success) {
        const struct row *row = &aggregate->rows[ranking->next++];
        if (!aggregate_keeps(ranking->filters, row)) {
            continue;
        }
        if (ranking->row == NULL || !aggregate_same_group(aggregate, ranking->row, row)) {
            ranking->place = 0;
        }
        ranking->row = row;
        if (ranking->place++ < ranking->filters->results_max) {
            return true;
        }
    }
    return false;
}

static bool is_grouped(const struct aggregate *aggregate)
{
    return aggregate->mixed || aggregate->axes_count > 0;
}

/* Of a result's own JSON; what is no plain value does not belong there. */
static void add_value(struct json *json, const char *key, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        json_add_string(json, key, json_string_value(value));
        break;
    case JSON_INTEGER:
        json_add_integer(json, key, json_integer_value(value));
        break;
    case JSON_REAL:
        json_add_number(json, key, json_real_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        json_add_bool(json, key, json_is_true(value));
        break;
    case JSON_NULL:
        json_add_null(json, key);
        break;
    case JSON_OBJECT:
    case JSON_ARRAY:
        break;
    }
}

/* The members of a group of the result; of `config_summary` the parameters alone. */
static void add_members(struct json *json, const struct row *row, const char *group,
                        bool params_only)
{
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(row->root, group), key, value)
    {
        if (!params_only || param_find(key) != NULL) {
            add_value(json, key, value);
        }
    }
}

static void add_group(struct json *json, const struct aggregate *aggregate,
                      const struct row *row)
{
    json_open_object(json, "group");
    if (aggregate->mixed) {
        json_add_string_or_null(json, "data_hash", row->data_hash);
        json_add_string_or_null(json, "engine_profile", row->profile);
        json_add_string_or_null(json, "pnl_model", row->pnl_model);
    }
    for (int i = 0; i < aggregate->axes_count; i++) {
        const struct param *param = aggregate->axes[i];
        param_json(param, row_param(row, param->name), json);
    }
    json_close_object(json);
}

/* What a reader must know beside the numbers, as the result has it. */
static void add_remarks(struct json *json, const struct row *row)
{
    size_t i;
    json_t *remark;
    json_open_array(json, "remarks");
    json_array_foreach(json_object_get(row->root, "remarks"), i, remark)
    {
        if (json_is_string(remark)) {
            json_add_string(json, NULL, json_string_value(remark));
        }
    }
    json_close_array(json);
}

static void add_ranked(struct json *json, const struct ranking *ranking)
{
    const struct row *row = ranking->row;
    json_open_object(json, NULL);
    json_add_string(json, "job_id", row->job_id);
    json_add_string_or_null(json, "tag", row->tag);
    json_open_object(json, "config");
    add_members(json, row, "config", false);
    add_members(json, row, "config_summary", true);
    json_close_object(json);
    json_open_object(json, "metrics");
    add_members(json, row, "metrics", false);
    json_close_object(json);
    json_add_string(json, "status", "success");
    json_add_number(json, "ranked_pnl_usd", row->pnl_usd);
    json_add_integer(json, "rank", ranking->place);
    add_remarks(json, row);
    if (is_grouped(ranking->aggregate)) {
        add_group(json, ranking->aggregate, row);
    }
    json_close_object(json);
}

static void add_axes(struct json *json, const struct aggregate *aggregate)
{
    json_add_bool(json, "mixed", aggregate->mixed);
    json_open_array(json, "axes_ranked_apart");
    for (int i = 0; i < aggregate->axes_count; i++) {
        json_open_object(json, NULL);
        json_add_string(json, "name", aggregate->axes[i]->name);
        json_add_string(json, "role", param_role_name(aggregate->axes[i]->role));
        json_close_object(json);
    }
    json_close_array(json);
}

/* One entry a group, of its best row. */
static void add_trust(struct json *json, const struct ranking *ranking)
{
    const struct aggregate_trust trust = aggregate_judge(ranking->aggregate, ranking->row);
    json_open_object(json, NULL);
    json_add_string(json, "best_job", trust.best->job_id);
    if (is_grouped(ranking->aggregate)) {
        add_group(json, ranking->aggregate, trust.best);
    }
    json_add_integer(json, "trials", trust.trials);
    json_add_integer(json, "distinct_trials", trust.distinct);
    json_add_integer(json, "closed_trades", trust.best->closed_trades);
    json_add_number(json, "sharpe_per_bucket", trust.sharpe);
    json_add_number(json, "psr", trust.psr);
    json_add_number(json, "dsr", trust.dsr);
    json_add_integer(json, "track_buckets", SUMMARY_BUCKETS);
    json_add_number(json, "track_needed_buckets", trust.track_needed);
    json_add_number(json, "pbo", trust.pbo);
    json_add_number(json, "p_loss", trust.p_loss);
    json_add_bool(json, "doubtful", aggregate_doubts(&trust));
    json_add_string_or_null(json, "note", trust.note);
    json_close_object(json);
}

static void add_honesty(struct json *json, const struct aggregate *aggregate,
                        const struct aggregate_filters *filters)
{
    struct ranking ranking = {.aggregate = aggregate, .filters = filters};
    json_open_array(json, "honesty");
    while (next_ranked(&ranking)) {
        if (ranking.place == 1) {
            add_trust(json, &ranking);
        }
    }
    json_close_array(json);
    json_open_array(json, "inert");
    for (size_t i = 0; i < param_count(); i++) {
        if (aggregate_is_inert(aggregate, param_at(i))) {
            json_add_string(json, NULL, param_at(i)->name);
        }
    }
    json_close_array(json);
}

static void add_errors(struct json *json, const struct aggregate *aggregate)
{
    json_open_array(json, "errors");
    for (int64_t i = aggregate->success + aggregate->stopped; i < aggregate->total; i++) {
        json_open_object(json, NULL);
        json_add_string(json, "job_id", aggregate->rows[i].job_id);
        json_add_string(json, "status", "error");
        json_add_string(json, "error", aggregate->rows[i].error);
        json_close_object(json);
    }
    json_close_array(json);
}

void aggregate_json(const struct aggregate *aggregate, const struct aggregate_filters *filters,
                    struct text *out)
{
    struct ranking ranking = {.aggregate = aggregate, .filters = filters};
    struct json json;
    json_begin(&json, out);
    json_open_object(&json, NULL);
    json_add_integer(&json, "total_jobs", aggregate->total);
    json_add_integer(&json, "success_jobs", aggregate->success);
    json_add_integer(&json, "error_jobs", aggregate->error);
    json_open_object(&json, "filters");
    json_add_integer(&json, "max_results", filters->results_max);
    json_add_number(&json, "max_drawdown_pct", filters->drawdown_pct_max);
    json_add_integer(&json, "min_trades", filters->trades_min);
    json_close_object(&json);
    json_open_array(&json, "top_by_pnl");
    while (next_ranked(&ranking)) {
        add_ranked(&json, &ranking);
    }
    json_close_array(&json);
    json_add_integer(&json, "stopped_jobs", aggregate->stopped);
    add_axes(&json, aggregate);
    add_honesty(&json, aggregate, filters);
    add_errors(&json, aggregate);
    json_close_object(&json);
}

static bool is_axis(const struct aggregate *aggregate, const struct param *param)
{
    for (int i = 0; i < aggregate->axes_count; i++) {
        if (aggregate->axes[i] == param) {
            return true;
        }
    }
    return false;
}

static void add_param(struct text *out, const struct param *param, double value)
{
    char number[NUM_TEXT_SIZE];
    text_addf(out, "  %s %s", param->name,
              param->kind == PARAM_FLAG ? (value > 0 ? "true" : "false")
                                        : num_format_shortest(number, value));
}

static void add_group_line(struct text *out, const struct aggregate *aggregate,
                           const struct row *row)
{
    char shown[SHOWN_SIZE];
    text_add(out, "--");
    if (aggregate->mixed) {
        const char *const names[] = {row->profile, row->pnl_model, row->data_hash};
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            text_addf(out, "  %s", safe_text(shown, sizeof shown, names[i], strlen(names[i])));
        }
    }
    for (int i = 0; i < aggregate->axes_count; i++) {
        add_param(out, aggregate->axes[i], row_param(row, aggregate->axes[i]->name));
    }
    text_add_char(out, '\n');
}

/* What a statistic says, or nothing where it is not told. */
static void add_share(struct text *out, const char *name, double value)
{
    if (isfinite(value)) {
        text_addf(out, ", %s %.2f", name, value);
    }
}

static void add_trust_line(struct text *out, const struct ranking *ranking)
{
    const struct aggregate_trust trust = aggregate_judge(ranking->aggregate, ranking->row);
    text_addf(out, "      best of %" PRId64 " trials, %" PRId64 " distinct", trust.trials,
              trust.distinct);
    add_share(out, "PSR", trust.psr);
    add_share(out, "DSR", trust.dsr);
    add_share(out, "PBO", trust.pbo);
    add_share(out, "P(loss)", trust.p_loss);
    if (isfinite(trust.track_needed)) {
        text_addf(out, ", track %d of %.0f buckets", (int)SUMMARY_BUCKETS,
                  ceil(trust.track_needed));
    }
    if (trust.note[0] != '\0') {
        text_addf(out, "; no statistics: %s", trust.note);
    }
    text_add(out, aggregate_doubts(&trust) ? "; may well be luck\n" : "\n");
}

static void add_inert_line(struct text *out, const struct aggregate *aggregate)
{
    bool any = false;
    for (size_t i = 0; i < param_count(); i++) {
        if (aggregate_is_inert(aggregate, param_at(i))) {
            text_addf(out, "%s %s", any ? "," : "changed nothing:", param_at(i)->name);
            any = true;
        }
    }
    text_add(out, any ? "\n" : "");
}

/* Of all remarks this one changes what a rank means. */
static bool fx_moved(const struct row *row)
{
    size_t i;
    const json_t *remark;
    json_array_foreach(json_object_get(row->root, "remarks"), i, remark)
    {
        if (json_is_string(remark) &&
            strcmp(json_string_value(remark), "fx moved this result") == 0) {
            return true;
        }
    }
    return false;
}

static void add_line(struct text *out, const struct ranking *ranking)
{
    const struct row *row = ranking->row;
    char id[SHOWN_SIZE];
    text_addf(out, "%4" PRId64 "  %-20s %12.2f %9.2f %7" PRId64 " %6" PRId64, ranking->place,
              safe_text(id, sizeof id, row->job_id, strlen(row->job_id)), row->pnl_usd,
              row->drawdown_pct, row->closed_trades, row->total_trades);
    for (size_t i = 0; i < param_count(); i++) {
        const struct param *param = param_at(i);
        if (!is_axis(ranking->aggregate, param) &&
            aggregate_varies(ranking->aggregate, param)) {
            add_param(out, param, row_param(row, param->name));
        }
    }
    text_add(out, fx_moved(row) ? "  (fx moved this result)\n" : "\n");
}

void aggregate_table(const struct aggregate *aggregate, const struct aggregate_filters *filters,
                     struct text *out)
{
    struct ranking ranking = {.aggregate = aggregate, .filters = filters};
    text_addf(out, "%" PRId64 " jobs, %" PRId64 " success, %" PRId64 " error", aggregate->total,
              aggregate->success, aggregate->error);
    if (aggregate->stopped > 0) {
        text_addf(out, ", %" PRId64 " stopped early (not ranked)", aggregate->stopped);
    }
    text_add_char(out, '\n');
    if (aggregate->axes_count > 0) {
        text_add(out, "ranked apart:");
        for (int i = 0; i < aggregate->axes_count; i++) {
            text_addf(out, "%s %s (%s)", i > 0 ? "," : "", aggregate->axes[i]->name,
                      param_role_name(aggregate->axes[i]->role));
        }
        text_add_char(out, '\n');
    }
    add_inert_line(out, aggregate);
    text_addf(out, "%4s  %-20s %12s %9s %7s %6s\n", "rank", "job", "pnl USD", "drawdn %",
              "closed", "trades");
    while (next_ranked(&ranking)) {
        if (is_grouped(aggregate) && ranking.place == 1) {
            add_group_line(out, aggregate, ranking.row);
        }
        add_line(out, &ranking);
        if (ranking.place == 1) {
            add_trust_line(out, &ranking);
        }
    }
}
