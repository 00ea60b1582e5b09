#include <inttypes.h>

#include "standing.h"
#include "tune/plateau.h"
#include "tune/walk.h"

static void add_ranked(struct json *json, const struct standing *standing,
                       const struct grid *grid)
{
    const struct row *row = standing->row;
    const struct plateau plateau = plateau_of(grid, row);
    json_open_object(json, NULL);
    json_add_string(json, "job_id", row->job_id);
    json_add_string_or_null(json, "tag", row->tag);
    row_config_json(row, json);
    row_metrics_json(row, json);
    json_add_string(json, "status", "success");
    json_add_number(json, "ranked_pnl_usd", row->pnl_usd);
    json_add_integer(json, "rank", standing->place);
    json_add_number(json, "pnl_per_traded_bps", row->pnl_per_traded_bps);
    json_add_number(json, "pnl_per_peak_usd", row->pnl_per_peak_usd);
    json_add_number(json, "plateau_usd", plateau.median_usd);
    json_add_integer(json, "plateau_neighbours", plateau.neighbours);
    row_remarks_json(row, json);
    if (standing_is_grouped(standing->aggregate)) {
        standing_group_json(standing->aggregate, row, json);
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

void aggregate_trust_json(const struct aggregate_trust *trust, struct json *json)
{
    const char *doubts[AGGREGATE_DOUBTS_MAX];
    const int doubts_count = aggregate_name_doubts(trust, doubts);
    json_add_integer(json, "trials", trust->trials);
    json_add_integer(json, "distinct_trials", trust->distinct);
    json_add_integer(json, "closed_trades", trust->best->closed_trades);
    json_add_number(json, "sharpe_per_bucket", trust->sharpe);
    json_add_number(json, "psr", trust->psr);
    json_add_number(json, "dsr", trust->dsr);
    json_add_integer(json, "track_buckets", SUMMARY_BUCKETS);
    json_add_number(json, "track_needed_buckets", trust->track_needed);
    json_add_number(json, "pbo", trust->pbo);
    json_add_number(json, "p_loss", trust->p_loss);
    json_add_bool(json, "doubtful", doubts_count > 0);
    json_open_array(json, "doubts");
    for (int i = 0; i < doubts_count; i++) {
        json_add_string(json, NULL, doubts[i]);
    }
    json_close_array(json);
    json_add_string_or_null(json, "note", trust->note);
}

/* One entry a group, of its best row. Of a walk-forward the tests speak instead. */
static void add_honesty(struct json *json, const struct aggregate *aggregate,
                        const struct aggregate_filters *filters)
{
    struct standing standing = {.aggregate = aggregate, .filters = filters};
    json_open_array(json, "honesty");
    while (aggregate->folds == 0 && standing_next(&standing)) {
        if (standing.place == 1) {
            const struct aggregate_trust trust = aggregate_judge(aggregate, standing.row);
            json_open_object(json, NULL);
            json_add_string(json, "best_job", trust.best->job_id);
            if (standing_is_grouped(aggregate)) {
                standing_group_json(aggregate, trust.best, json);
            }
            aggregate_trust_json(&trust, json);
            json_close_object(json);
        }
    }
    json_close_array(json);
}

static void add_inert(struct json *json, const struct grid *grid)
{
    json_open_array(json, "inert");
    for (int i = 0; i < grid->axes_count; i++) {
        if (grid->axes[i].inert) {
            json_add_string(json, NULL, grid->axes[i].param->name);
        }
    }
    json_close_array(json);
}

static void add_failures(struct json *json, const struct aggregate *aggregate)
{
    struct aggregate_reason reasons[AGGREGATE_REASONS_MAX];
    const int count = aggregate_reasons(aggregate, reasons);
    json_open_array(json, "failures");
    for (int i = 0; i < count; i++) {
        json_open_object(json, NULL);
        json_add_integer(json, "jobs", reasons[i].jobs);
        json_add_string(json, "reason", reasons[i].text);
        json_close_object(json);
    }
    json_close_array(json);
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

static void add_filters(struct json *json, const struct aggregate *aggregate,
                        const struct aggregate_filters *filters)
{
    const struct aggregate_hidden hidden = aggregate_hides(aggregate, filters);
    json_open_object(json, "filters");
    json_add_integer(json, "max_results", filters->results_max);
    json_add_number(json, "max_drawdown_pct", filters->drawdown_pct_max);
    json_add_integer(json, "min_trades", filters->trades_min);
    json_add_integer(json, "hidden", hidden.rows);
    json_close_object(json);
}

void aggregate_json(const struct aggregate *aggregate, const struct aggregate_filters *filters,
                    struct text *out)
{
    struct standing standing = {.aggregate = aggregate, .filters = filters};
    struct grid grid;
    struct json json;
    grid_init(&grid, aggregate);
    json_begin(&json, out);
    json_open_object(&json, NULL);
    json_add_integer(&json, "total_jobs", aggregate->total);
    json_add_integer(&json, "success_jobs", aggregate->success);
    json_add_integer(&json, "error_jobs", aggregate->error);
    add_filters(&json, aggregate, filters);
    json_open_array(&json, "top_by_pnl");
    while (standing_next(&standing)) {
        add_ranked(&json, &standing, &grid);
    }
    json_close_array(&json);
    json_add_integer(&json, "stopped_jobs", aggregate->stopped);
    add_axes(&json, aggregate);
    add_honesty(&json, aggregate, filters);
    walk_all_json(aggregate, "walk_forward", &json);
    add_inert(&json, &grid);
    add_failures(&json, aggregate);
    json_close_object(&json);
    grid_finish(&grid);
}
