#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "base/safe.h"
#include "tune/detail.h"

enum { SHOWN_SIZE = 256 };

static const char *state_of(const struct row *row)
{
    if (row->success) {
        return "success";
    }
    return row->stopped ? "stopped" : "error";
}

static bool is_axis(const struct detail *detail, const struct param *param)
{
    return grid_axis_of(&detail->grid, param) >= 0;
}

static void add_params(const struct detail *detail, struct text *out)
{
    text_add(out, "\nparameters (* varies in this session)\n");
    for (size_t i = 0; i < param_count(); i++) {
        const struct param *param = param_at(i);
        char value[PARAM_TEXT_SIZE];
        if (row_has_param(detail->row, param->name)) {
            text_addf(out, " %c %-21s %s\n", is_axis(detail, param) ? '*' : ' ', param->name,
                      param_text(param, row_param(detail->row, param->name), value));
        }
    }
}

static void add_metrics(const struct row *row, struct text *out)
{
    static const char *const names[] = {
        "total_trades",
        "closed_trades",
        "final_balance_usd",
        "realized_pnl_usd",
        "unrealized_pnl_usd",
        "max_drawdown_pct",
        "win_rate",
        "avg_pnl_per_trade_usd",
        "profit_factor",
        "sharpe_per_trade",
        "sqn",
        "avg_hold_s",
        "exposure_pct",
        "open_trades_most",
    };
    text_add(out, "\nmetrics\n");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char value[NUM_TEXT_SIZE];
        const double number = row_metric(row, names[i]);
        text_addf(out, "   %-21s %s\n", names[i],
                  isnan(number) ? "-" : num_format_shortest(value, number));
    }
}

void detail_table(const struct detail *detail, struct text *out)
{
    const struct row *row = detail->row;
    char shown[SHOWN_SIZE];
    text_addf(out, "job %s: %s",
              safe_text(shown, sizeof shown, row->job_id, strlen(row->job_id)), state_of(row));
    if (row->success) {
        text_addf(out, ", profile %s",
                  safe_text(shown, sizeof shown, row->profile, strlen(row->profile)));
        text_addf(out, ", PnL model %s\n",
                  safe_text(shown, sizeof shown, row->pnl_model, strlen(row->pnl_model)));
    } else {
        text_addf(out, ": %s\n",
                  safe_text(shown, sizeof shown, row->error, strlen(row->error)));
    }
    if (row->window.fold > 0) {
        text_addf(out, "fold %" PRId32 ", %s\n", row->window.fold,
                  result_part_name(&row->window));
    }
    add_params(detail, out);
    if (row->success) {
        add_metrics(row, out);
        text_add(out, "\nbefore it is used (! speaks against it, !! a reason is asked for)\n");
        evidence_table(&detail->evidence, out);
    }
}

static void add_run(const struct sensitivity *measured, enum sensitivity_change change,
                    struct json *json)
{
    const struct sensitivity_run *run = &measured->runs[change];
    json_open_object(json, NULL);
    json_add_string(json, "change", sensitivity_change_name(change));
    json_add_number(json, "pnl_usd", run->pnl_usd);
    json_add_number(json, "max_drawdown_pct", run->drawdown_pct);
    json_add_number(json, "win_rate", run->win_rate);
    json_add_integer(json, "closed_trades", run->closed);
    json_add_integer(json, "open_trades", run->open);
    json_add_string_or_null(json, "note", run->note);
    json_close_object(json);
}

static void add_measured(const struct sensitivity *measured, struct json *json)
{
    const struct engine_params *params = &measured->result.params;
    json_open_object(json, "measured");
    json_add_integer(json, "rows", measured->rows);
    json_add_integer(json, "first_ns", measured->first_ns);
    json_add_integer(json, "last_ns", measured->last_ns);
    json_add_string(json, "data_hash", measured->result.data_hash);
    json_add_string(json, "pnl_model", engine_pnl_model_name(params->pnl_model));
    json_open_array(json, "runs");
    for (int i = 0; i <= SENSITIVITY_CHANGE_LAST; i++) {
        add_run(measured, (enum sensitivity_change)i, json);
    }
    json_close_array(json);
    json_add_number(json, "predicted_bps", measured->trades.predicted_bps);
    json_add_number(json, "realized_bps", measured->trades.realized_bps);
    json_add_number(json, "worst_trade_usd", measured->trades.worst_usd);
    json_add_integer(json, "losing_streak", measured->trades.streak);
    json_close_object(json);
}

static void add_judgement(const struct detail *detail, struct json *json)
{
    json_open_object(json, "honesty");
    aggregate_trust_json(&detail->trust, json);
    json_close_object(json);
    json_add_number(json, "plateau_usd", detail->plateau.median_usd);
    json_add_integer(json, "plateau_neighbours", detail->plateau.neighbours);
    if (detail->sensitivity != NULL) {
        add_measured(detail->sensitivity, json);
        json_add_null(json, "not_measured");
    } else {
        json_add_null(json, "measured");
        json_add_string(json, "not_measured", detail->unmeasured.text);
    }
    evidence_json(&detail->evidence, "evidence", json);
    json_add_bool(json, "wants_reason", evidence_wants_reason(&detail->evidence));
}

void detail_json(const struct detail *detail, struct text *out)
{
    const struct row *row = detail->row;
    struct json json;
    json_begin(&json, out);
    json_open_object(&json, NULL);
    json_add_string(&json, "job_id", row->job_id);
    json_add_string_or_null(&json, "tag", row->tag);
    json_add_string(&json, "status", state_of(row));
    json_add_string_or_null(&json, "error", row->error != NULL ? row->error : "");
    row_config_json(row, &json);
    row_metrics_json(row, &json);
    json_add_number(&json, "ranked_pnl_usd", row->pnl_usd);
    json_add_string_or_null(&json, "data_hash", row->data_hash);
    json_add_string_or_null(&json, "engine_profile", row->profile);
    json_add_string_or_null(&json, "pnl_model", row->pnl_model);
    row_remarks_json(row, &json);
    if (row->success) {
        add_judgement(detail, &json);
    }
    json_close_object(&json);
}
