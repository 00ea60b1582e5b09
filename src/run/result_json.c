#include "run/result.h"

#include <math.h>
#include <string.h>

#include "run/json.h"

enum { RESULT_SCHEMA_VERSION = 1 };

/* Off is null; 0 is a value. */
static void add_steps_max(struct json *json, int64_t max_steps)
{
    if (max_steps < 0) {
        json_add_null(json, "max_steps");
    } else {
        json_add_integer(json, "max_steps", max_steps);
    }
}

void result_window_json(const struct result_window *window, struct json *json)
{
    if (window->fold > 0) {
        json_open_object(json, "window");
        json_add_integer(json, "fold", window->fold);
        json_add_string(json, "part", result_part_name(window));
        json_add_integer(json, "from", window->from_ns);
        json_add_integer(json, "to", window->to_ns);
        json_close_object(json);
    }
}

static void add_config(struct json *json, const struct result *result)
{
    const struct engine_params *params = &result->params;
    json_open_object(json, "config");
    json_add_string_or_null(json, "data_file", result->data_file);
    json_add_number(json, "min_spread_bps", params->min_spread_bps);
    json_add_number(json, "taker_fee_a_bps", params->taker_fee_a_bps);
    json_add_number(json, "taker_fee_b_bps", params->taker_fee_b_bps);
    json_add_number(json, "slippage_bps", params->slippage_bps);
    json_add_number(json, "max_position_usd", params->max_position_usd);
    json_add_integer(json, "max_open_trades", params->max_open_trades);
    json_add_number(json, "initial_balance_usd", params->initial_balance_usd);
    json_add_number(json, "stop_on_drawdown_pct", params->stop_on_drawdown_pct);
    json_add_string_or_null(json, "tag", result->tag);
    result_window_json(&result->window, json);
    json_close_object(json);
}

static void add_metrics(struct json *json, const struct result *result)
{
    const struct summary *summary = &result->summary;
    json_open_object(json, "metrics");
    json_add_integer(json, "total_trades", summary->opened);
    json_add_integer(json, "closed_trades", summary->closed);
    json_add_integer(json, "open_trades", summary->opened - summary->closed);
    json_add_number(json, "final_balance_usd", summary->balance_usd);
    json_add_number(json, "realized_pnl_usd", summary->realized_usd);
    json_add_number(json, "max_drawdown_pct", summary->drawdown * 100);
    json_add_number(json, "win_rate", summary_win_rate(summary));
    json_add_number(json, "avg_pnl_per_trade_usd", summary_mean_pnl_usd(summary));
    json_add_number(json, "runtime_seconds", result->with_runtime ? result->runtime_s : 0);
    json_close_object(json);
}

/* The engine parameters that `config` has no field for. */
static void add_config_summary(struct json *json, const struct result *result)
{
    const struct engine_params *params = &result->params;
    json_open_object(json, "config_summary");
    json_add_number(json, "fx_cost_bps", params->fx_cost_bps);
    json_add_number(json, "fx_rate", params->fx_rate);
    json_add_number(json, "baseline_bps", params->baseline_bps);
    json_add_number(json, "baseline_tau_s", params->baseline_tau_s);
    json_add_number(json, "baseline_warmup_s", params->baseline_warmup_s);
    json_add_number(json, "baseline_gap_s", params->baseline_gap_s);
    json_add_number(json, "cooldown_s", params->cooldown_s);
    json_add_number(json, "exit_spread_bps", params->exit_spread_bps);
    json_add_number(json, "take_profit_bps", params->take_profit_bps);
    json_add_number(json, "stop_loss_bps", params->stop_loss_bps);
    json_add_number(json, "max_hold_s", params->max_hold_s);
    json_add_bool(json, "spot_short", params->spot_short);
    add_steps_max(json, params->max_steps);
    json_add_bool(json, "close_at_end", params->close_at_end);
    json_add_integer(json, "snapshots_count", result->total_snapshots);
    json_add_string_or_null(json, "job_id", result->job_id);
    json_close_object(json);
}

static void add_identity(struct json *json, const struct result *result)
{
    char config_hash[48];
    result_config_hash(result, config_hash);
    json_add_integer(json, "schema_version", RESULT_SCHEMA_VERSION);
    json_add_string(json, "engine_profile", engine_profile_name(result->params.profile));
    json_add_string(json, "pnl_model", engine_pnl_model_name(result->params.pnl_model));
    json_add_string_or_null(json, "data_hash", result->data_hash);
    if (result->decision_hash[0] != '\0') {
        json_add_string(json, "decision_hash", result->decision_hash);
    }
    json_add_string(json, "config_hash", config_hash);
    json_add_unsigned(json, "seed", result->seed);
    json_add_string(json, "version", ARBLITE_VERSION);
    json_add_string_or_null(json, "source", result->source_label);
    if (result->is_stopped) {
        json_add_number(json, "stopped_at_share", result->seen_share);
    }
}

static void add_more_metrics(struct json *json, const struct result *result)
{
    const struct summary *summary = &result->summary;
    json_add_number(json, "unrealized_pnl_usd", summary->unrealized_usd);
    json_add_number(json, "price_usd", summary->price_usd);
    json_add_number(json, "fees_usd", summary->fees_usd);
    json_add_number(json, "slippage_usd", summary->slippage_usd);
    json_add_number(json, "funding_usd", summary->funding_usd);
    json_add_number(json, "fx_usd", summary->fx_usd);
    json_add_number(json, "fx_cost_usd", summary->fx_cost_usd);
    json_add_number(json, "profit_factor", summary_profit_factor(summary));
    json_add_number(json, "sharpe_per_trade", summary_sharpe_per_trade(summary));
    json_add_number(json, "sqn", summary_sqn(summary));
    json_add_number(json, "avg_hold_s", summary_mean_hold_s(summary));
    json_add_number(json, "exposure_pct", summary_exposure_pct(summary));
    json_add_integer(json, "open_trades_most", summary->open_most);
    json_add_integer(json, "invalid_snapshots", summary_invalid(summary));
    json_open_object(json, "invalid_reasons");
    for (int fault = TICK_VALID + 1; fault <= TICK_FAULT_LAST; fault++) {
        json_add_integer(json, tick_fault_name((enum tick_fault)fault),
                         summary->invalid[fault]);
    }
    json_close_object(json);
    json_add_integer(json, "bad_rows_skipped", result->bad_rows_skipped);
    json_open_object(json, "stats");
    json_add_integer(json, "steps_processed", result->steps_processed);
    json_add_integer(json, "total_snapshots", result->total_snapshots);
    json_add_integer(json, "winning_trades", summary->wins);
    json_add_integer(json, "losing_trades", summary->losses);
    json_close_object(json);
}

static void add_equity(struct json *json, const struct result *result)
{
    if (!result->has_equity) {
        json_add_null(json, "equity_change_usd");
        return;
    }
    json_open_array(json, "equity_change_usd");
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        json_add_number(json, NULL, result->equity_change_usd[i]);
    }
    json_close_array(json);
}

static void add_all(struct json *json, const struct result *result)
{
    const char *remarks[RESULT_REMARKS_MAX];
    const int remarks_count = result_remarks(result, remarks);
    json_open_object(json, NULL);
    json_add_string(json, "status", result->is_stopped ? "stopped" : "success");
    add_config(json, result);
    add_metrics(json, result);
    add_config_summary(json, result);
    add_identity(json, result);
    add_more_metrics(json, result);
    json_open_array(json, "remarks");
    for (int i = 0; i < remarks_count; i++) {
        json_add_string(json, NULL, remarks[i]);
    }
    json_close_array(json);
    add_equity(json, result);
    json_close_object(json);
}

void result_json(const struct result *result, struct text *out)
{
    struct json json;
    json_begin(&json, out);
    add_all(&json, result);
}

void result_json_line(const struct result *result, struct text *out)
{
    struct json json;
    json_begin_line(&json, out);
    add_all(&json, result);
}

/* What an open trade does not know yet is null. */
static void add_trade(struct json *json, const struct trade *trade,
                      const struct trade_result *settled, const char *pair)
{
    const bool closed = trade->state == TRADE_CLOSED;
    json_open_object(json, NULL);
    json_add_unsigned(json, "id", trade->id);
    json_add_string(json, "pair", pair);
    json_add_string(json, "side", spread_side_name(trade->side));
    json_add_integer(json, "open_ns", trade->open_ns);
    if (closed) {
        json_add_integer(json, "close_ns", trade->close_ns);
    } else {
        json_add_null(json, "close_ns");
    }
    json_add_number(json, "entry_spread_bps", trade->entry_spread_bps);
    json_add_number(json, "exit_spread_bps", closed ? trade->exit_spread_bps : NAN);
    json_add_string_or_null(json, "exit_reason", trade_exit_name(trade->exit));
    json_add_number(json, "notional_usd", trade->notional_usd);
    json_add_number(json, "quantity", trade->quantity);
    json_add_number(json, "pnl_usd", closed ? settled->pnl_usd : NAN);
    json_add_number(json, "pnl_bps", closed ? settled->pnl_bps : NAN);
    json_add_number(json, "fees_usd", closed ? settled->fees_usd : NAN);
    json_close_object(json);
}

void result_trades_json(const struct result *result, const char *const *pair_names,
                        struct text *out)
{
    struct json json;
    json_begin(&json, out);
    json_open_array(&json, NULL);
    for (int64_t i = 0; i < result->trades_count; i++) {
        const struct trade *trade = &result->trades[i];
        add_trade(&json, trade, &result->results[i], pair_names[trade->pair]);
    }
    json_close_array(&json);
}
