#include "config/config.h"

#include <math.h>
#include <stdarg.h>

/* What W, the width of both books, is taken to be while no book was seen. */
static const double BOOKS_WIDTH_BPS = 10.0;
static const double STOP_MARGIN_BPS = 10.0;

struct warnings {
    struct text *out;
    int count;
};

__attribute__((format(printf, 2, 3))) static void warn(struct warnings *warnings,
                                                       const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_addv(warnings->out, format, args);
    va_end(args);
    text_add_char(warnings->out, '\n');
    warnings->count++;
}

/* Every comparison with an unset number is false, so what is not said warns of nothing. */

static void look_at_exits(struct warnings *warnings, const struct engine_params *engine)
{
    const double cost_bps = 2.0 * (engine->taker_fee_a_bps + engine->taker_fee_b_bps +
                                   engine->slippage_bps + engine->fx_cost_bps);
    const double least_bps = cost_bps + BOOKS_WIDTH_BPS + STOP_MARGIN_BPS;
    if (engine->profile == ENGINE_EXACT && engine->stop_loss_bps < least_bps) {
        warn(warnings,
             "engine.stop_loss_bps: %g is within reach of a new trade, which starts at minus "
             "its "
             "costs (round trip %g, both books about %g): expected %g or more",
             engine->stop_loss_bps, cost_bps, BOOKS_WIDTH_BPS, least_bps);
    }
    if (engine->stop_loss_bps < INFINITY && engine->cooldown_s <= 0.0) {
        warn(warnings, "engine.cooldown_s: 0 lets a stopped trade open again in the snapshot "
                       "that stopped it (900 is usual)");
    }
    if (engine->take_profit_bps < 0.0) {
        warn(warnings, "engine.take_profit_bps: %g takes a loss for a profit",
             engine->take_profit_bps);
    }
}

static void look_at_baseline(struct warnings *warnings, const struct engine_params *engine)
{
    if (engine->baseline_tau_s <= 0.0) {
        return;
    }
    if (engine->max_hold_s > engine->baseline_tau_s) {
        warn(
            warnings,
            "engine.max_hold_s: %g is longer than engine.baseline_tau_s %g: the level comes to "
            "the premium before the trade ends, and eats its edge",
            engine->max_hold_s, engine->baseline_tau_s);
    }
    if (engine->baseline_tau_s < 3600.0) {
        warn(
            warnings,
            "engine.baseline_tau_s: %g is near the premium's own half-life of 20 to 30 minutes "
            "(14400 is usual)",
            engine->baseline_tau_s);
    }
    if (engine->baseline_gap_s <= 0.0) {
        warn(warnings, "engine.baseline_gap_s: 0 trusts a level from before a silence, however "
                       "long (900 is usual)");
    }
}

static void look_at_sizes(struct warnings *warnings, const struct config *config)
{
    const struct engine_params *engine = &config->engine;
    const struct guard_limits *limits = &config->risk_limits;
    if (engine->max_position_usd > limits->notional_per_trade_usd) {
        warn(warnings,
             "engine.max_position_usd: %g is over risk_limits.notional_per_trade_usd %g: a "
             "session refuses to start",
             engine->max_position_usd, limits->notional_per_trade_usd);
    } else if (engine->max_position_usd >= limits->notional_per_trade_usd) {
        warn(warnings,
             "risk_limits.notional_per_trade_usd: %g leaves no room for slippage: every trade "
             "is "
             "refused (expected some 10 %% over engine.max_position_usd)",
             limits->notional_per_trade_usd);
    }
    if (limits->gross_exposure_usd < 2.0 * engine->max_position_usd) {
        warn(warnings,
             "risk_limits.gross_exposure_usd: %g is less than the two legs of one trade (%g)",
             limits->gross_exposure_usd, 2.0 * engine->max_position_usd);
    }
    if (engine->max_open_trades > limits->open_trades) {
        warn(warnings,
             "engine.max_open_trades: %d per pair is over risk_limits.open_trades %g for all",
             (int)engine->max_open_trades, limits->open_trades);
    }
    if (limits->day_loss_usd > limits->session_loss_usd) {
        warn(
            warnings,
            "risk_limits.day_loss_usd: %g is over risk_limits.session_loss_usd %g, which stops "
            "the session first",
            limits->day_loss_usd, limits->session_loss_usd);
    }
}

static void look_at_paper(struct warnings *warnings, const struct config *config)
{
    const double timeout_ms = config->paper.order_timeout_s * 1000.0;
    if (config->paper.latency_a_ms_p99 > timeout_ms ||
        config->paper.latency_b_ms_p99 > timeout_ms) {
        warn(warnings,
             "paper.order_timeout_s: %g is shorter than 1 of 100 reports takes: those orders "
             "become unknown",
             config->paper.order_timeout_s);
    }
    if (config->paper.latency_a_ms_p99 < config->paper.latency_a_ms_median ||
        config->paper.latency_b_ms_p99 < config->paper.latency_b_ms_median) {
        warn(warnings, "paper.latency_*_ms_p99: is below its median");
    }
    if (config->risk_limits.unhedged_halt_ms < config->risk_limits.unhedged_observe_ms) {
        warn(warnings, "risk_limits.unhedged_halt_ms: %g is below unhedged_observe_ms %g",
             config->risk_limits.unhedged_halt_ms, config->risk_limits.unhedged_observe_ms);
    }
}

static void look_at_live(struct warnings *warnings, const struct config_live *live)
{
    if (live->back_off_ms_max < live->back_off_ms) {
        warn(warnings,
             "live.back_off_ms_max: %g is below live.back_off_ms: each pause is %g ms",
             live->back_off_ms_max, live->back_off_ms);
    }
    if (live->silence_ms <= live->ping_ms) {
        warn(
            warnings,
            "live.silence_ms: %g is no longer than live.ping_ms %g: a quiet socket is given up "
            "before it was pinged",
            live->silence_ms, live->ping_ms);
    } else if (live->stale_ms <= live->ping_ms) {
        warn(warnings,
             "live.stale_ms: %g is no longer than live.ping_ms %g: a quiet socket is stale "
             "between two pings",
             live->stale_ms, live->ping_ms);
    }
}

int config_warnings(const struct config *config, struct text *out)
{
    struct warnings warnings = {.out = out};
    const struct engine_params *engine = &config->engine;
    if (engine->profile == ENGINE_EXACT && engine->pnl_model == ENGINE_PNL_SPREAD) {
        warn(&warnings, "engine.pnl_model: the exact profile knows no 'spread' model: runs "
                        "refuse it");
    }
    if (engine->min_spread_bps <= 0.0) {
        warn(&warnings, "engine.min_spread_bps: 0 enters without an edge");
    }
    look_at_exits(&warnings, engine);
    look_at_baseline(&warnings, engine);
    look_at_sizes(&warnings, config);
    look_at_paper(&warnings, config);
    look_at_live(&warnings, &config->live);
    return warnings.count;
}
