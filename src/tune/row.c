#include "tune/row.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "core/summary.h"
#include "tune/param.h"

static json_t *member(const struct row *row, const char *group, const char *name)
{
    return json_object_get(json_object_get(row->root, group), name);
}

static char *copy_text(const json_t *value)
{
    return mem_copy_string(json_is_string(value) ? json_string_value(value) : "");
}

static double number(const json_t *value, double otherwise)
{
    return json_is_number(value) ? json_number_value(value) : otherwise;
}

static int64_t count(const json_t *value)
{
    return json_is_integer(value) ? json_integer_value(value) : 0;
}

static bool has_remark(const struct row *row, const char *text)
{
    size_t i;
    const json_t *remark;
    json_array_foreach(json_object_get(row->root, "remarks"), i, remark)
    {
        if (json_is_string(remark) && strcmp(json_string_value(remark), text) == 0) {
            return true;
        }
    }
    return false;
}

static void set_error(struct row *row, const char *reason)
{
    row->success = false;
    mem_free(row->error);
    row->error = mem_copy_string(reason);
}

/* "a.json" ran the job "a", if nothing better is known. */
static char *stem_of(const char *name)
{
    char *stem = mem_copy_string(name);
    const size_t length = strlen(stem);
    if (length > 5 && strcmp(stem + length - 5, ".json") == 0) {
        stem[length - 5] = '\0';
    }
    return stem;
}

static void take_names(struct row *row, const char *name)
{
    json_t *id = member(row, "config_summary", "job_id");
    id = json_is_string(id) ? id : json_object_get(row->root, "job_id");
    row->job_id = json_is_string(id) ? copy_text(id) : stem_of(name);
    row->tag = copy_text(member(row, "config", "tag"));
    row->config_hash = copy_text(json_object_get(row->root, "config_hash"));
    row->data_hash = copy_text(json_object_get(row->root, "data_hash"));
    row->profile = copy_text(json_object_get(row->root, "engine_profile"));
    row->pnl_model = copy_text(json_object_get(row->root, "pnl_model"));
    row->version = copy_text(json_object_get(row->root, "version"));
}

static bool is_exact(const struct row *row)
{
    return strcmp(row->profile, engine_profile_name(ENGINE_EXACT)) == 0;
}

/* The size of the market a result was made in, so that a larger position is seen for what it
 * is. Every trade of a run has the same notional. */
static void take_ratios(struct row *row)
{
    const double notional_usd = row_param(row, "max_position_usd");
    const int64_t counted = is_exact(row) ? row->total_trades : row->closed_trades;
    const double most = row_metric(row, "open_trades_most");
    row->pnl_per_traded_bps =
        counted > 0 ? row->pnl_usd / (notional_usd * (double)counted) * 1e4 : NAN;
    row->pnl_per_peak_usd = most > 0 ? row->pnl_usd / (notional_usd * most) : NAN;
}

static void take_metrics(struct row *row)
{
    row->realized_usd = row_metric(row, "realized_pnl_usd");
    row->unrealized_usd = row_metric(row, "unrealized_pnl_usd");
    row->seen_share = number(json_object_get(row->root, "stopped_at_share"), 1);
    row->drawdown_pct = row_metric(row, "max_drawdown_pct");
    row->total_trades = count(member(row, "metrics", "total_trades"));
    row->closed_trades = count(member(row, "metrics", "closed_trades"));
    /* Nothing open is worth nothing; what open trades are worth must be told. */
    if (!isfinite(row->unrealized_usd) && row->total_trades == row->closed_trades) {
        row->unrealized_usd = 0;
    }
    row->pnl_usd = row->realized_usd + (is_exact(row) ? row->unrealized_usd : 0);
    /* A result without the split says so by its remark or not at all. */
    row->fx_moved = has_remark(row, "fx moved this result") ||
                    fabs(row_metric(row, "fx_usd")) > fabs(row->realized_usd) / 2;
    take_ratios(row);
}

static void take_window(struct row *row)
{
    const json_t *window = member(row, "config", "window");
    const json_t *part = json_object_get(window, "part");
    const int64_t fold = count(json_object_get(window, "fold"));
    if (fold >= 1 && fold <= INT32_MAX && json_is_string(part)) {
        row->window = (struct result_window){
            .fold = (int32_t)fold,
            .is_test = strcmp(json_string_value(part), "test") == 0,
            .from_ns = count(json_object_get(window, "from")),
            .to_ns = count(json_object_get(window, "to")),
        };
    }
}

/* All of them, or none. The root, kept for all else, has no further use for them. */
static void take_equity(struct row *row)
{
    const json_t *changes = json_object_get(row->root, "equity_change_usd");
    if (json_array_size(changes) != SUMMARY_BUCKETS) {
        return;
    }
    row->equity_change_usd = mem_array(SUMMARY_BUCKETS, sizeof *row->equity_change_usd);
    for (size_t i = 0; i < SUMMARY_BUCKETS; i++) {
        row->equity_change_usd[i] = number(json_array_get(changes, i), NAN);
        if (!isfinite(row->equity_change_usd[i])) {
            mem_free(row->equity_change_usd);
            row->equity_change_usd = NULL;
            return;
        }
    }
    json_object_del(row->root, "equity_change_usd");
}

static void judge(struct row *row)
{
    const json_t *status = json_object_get(row->root, "status");
    const json_t *error = json_object_get(row->root, "error");
    const char *word = json_is_string(status) ? json_string_value(status) : "";
    row->is_result = strcmp(word, "success") == 0 || strcmp(word, "stopped") == 0 ||
                     strcmp(word, "error") == 0;
    if (!row->is_result) {
        set_error(row, "not a result object");
    } else if (strcmp(word, "error") == 0) {
        set_error(row, json_is_string(error) ? json_string_value(error) : "failed");
    } else if (!isfinite(row->pnl_usd)) {
        set_error(row, "no finite PnL");
    } else if (strcmp(word, "stopped") == 0) {
        set_error(row, "stopped early");
        row->stopped = true;
    } else {
        row->success = true;
    }
}

void row_read(struct row *row, const char *name, const char *bytes, size_t length)
{
    json_error_t problem;
    *row = (struct row){.root = json_loadb(bytes, length, 0, &problem)};
    take_names(row, name);
    take_metrics(row);
    take_window(row);
    take_equity(row);
    if (row->root == NULL) {
        set_error(row, "not JSON");
    } else {
        judge(row);
    }
}

void row_fail(struct row *row, const char *name, const char *reason)
{
    *row = (struct row){.root = NULL};
    take_names(row, name);
    take_metrics(row);
    set_error(row, reason);
}

void row_finish(struct row *row)
{
    mem_free(row->error);
    mem_free(row->job_id);
    mem_free(row->tag);
    mem_free(row->config_hash);
    mem_free(row->data_hash);
    mem_free(row->profile);
    mem_free(row->pnl_model);
    mem_free(row->version);
    mem_free(row->equity_change_usd);
    json_decref(row->root);
    *row = (struct row){0};
}

bool row_is_summary(const struct row *row)
{
    return json_is_array(json_object_get(row->root, "top_by_pnl"));
}

static const json_t *param_of(const struct row *row, const char *name)
{
    const json_t *value = member(row, "config", name);
    return value != NULL ? value : member(row, "config_summary", name);
}

double row_param(const struct row *row, const char *name)
{
    const json_t *value = param_of(row, name);
    return json_is_boolean(value) ? (json_is_true(value) ? 1 : 0) : number(value, NAN);
}

bool row_has_param(const struct row *row, const char *name)
{
    return param_of(row, name) != NULL;
}

double row_metric(const struct row *row, const char *name)
{
    const json_t *value = member(row, "metrics", name);
    return number(value != NULL ? value : json_object_get(row->root, name), NAN);
}

const char *row_data_file(const struct row *row)
{
    const json_t *value = member(row, "config", "data_file");
    return json_is_string(value) ? json_string_value(value) : "";
}

static void take_word(struct engine_params *params, const char *name, const char *word)
{
    const struct param *param = param_find(name);
    const char *why;
    double value;
    if (param_parse(param, word, true, &value, &why)) {
        param_store(param, params, value);
    }
}

struct engine_params row_engine_params(const struct row *row)
{
    struct engine_params params = engine_defaults();
    for (size_t i = 0; i < param_count(); i++) {
        const struct param *param = param_at(i);
        const double value = row_param(row, param->name);
        const bool is_word = param->kind == PARAM_PROFILE || param->kind == PARAM_MODEL;
        const bool is_told =
            !isnan(value) || (param->may_be_unset && json_is_null(param_of(row, param->name)));
        if (!is_word && is_told) {
            param_store(param, &params, value);
        }
    }
    take_word(&params, "profile", row->profile);
    take_word(&params, "pnl_model", row->pnl_model);
    return params;
}
