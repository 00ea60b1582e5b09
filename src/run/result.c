#include "run/result.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/num.h"

void result_init(struct result *result, const struct engine_params *params)
{
    memset(result, 0, sizeof *result);
    result->params = *params;
    result->width_bps = NAN;
    summary_init(&result->summary, params->initial_balance_usd);
}

void result_finish(struct result *result)
{
    if (result == NULL) {
        return;
    }
    mem_free(result->trades);
    mem_free(result->results);
    memset(result, 0, sizeof *result);
}

/* The first place whose trade has at least this id. */
static int64_t place_of(const struct result *result, uint64_t id)
{
    int64_t low = 0;
    int64_t high = result->trades_count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (result->trades[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void make_room(struct result *result, int64_t place)
{
    if (result->trades_count == result->trades_capacity) {
        const int64_t capacity = result->trades_capacity > 0 ? 2 * result->trades_capacity : 64;
        result->trades = mem_grow(result->trades, (size_t)capacity, sizeof(struct trade));
        result->results =
            mem_grow(result->results, (size_t)capacity, sizeof(struct trade_result));
        result->trades_capacity = capacity;
    }
    const size_t behind = (size_t)(result->trades_count - place);
    memmove(&result->trades[place + 1], &result->trades[place], behind * sizeof(struct trade));
    memmove(&result->results[place + 1], &result->results[place],
            behind * sizeof(struct trade_result));
    result->trades_count++;
}

void result_put_trade(struct result *result, const struct trade *trade,
                      const struct trade_result *settled)
{
    const int64_t place = place_of(result, trade->id);
    if (place == result->trades_count || result->trades[place].id != trade->id) {
        make_room(result, place);
    }
    result->trades[place] = *trade;
    result->results[place] = settled != NULL ? *settled : (struct trade_result){0};
}

bool result_fx_moved(const struct result *result)
{
    const struct summary *summary = &result->summary;
    return fabs(summary->fx_usd) > fabs(summary->realized_usd) / 2;
}

int result_remarks(const struct result *result, const char *remarks[RESULT_REMARKS_MAX])
{
    int count = 0;
    if (result_fx_moved(result)) {
        remarks[count++] = "fx moved this result";
    }
    if (!result->funding_modelled) {
        remarks[count++] = "funding: not modelled";
    }
    if (engine_stop_is_tight(&result->params, result->width_bps)) {
        remarks[count++] = "stop_loss_bps is below round-trip cost + width of the books + 10";
    }
    if (strncmp(result->source_label, "SIM", 3) == 0) {
        remarks[count++] = "a simulated profit is no evidence about a venue";
    }
    if (result->is_revised) {
        remarks[count++] = "parameters were changed while it ran: these are the last ones";
    }
    return count;
}

/* One line a parameter, in the order of struct engine_params; what is not set is null. */
static void add_canonical(const struct engine_params *params, struct text *out)
{
    const struct {
        const char *name;
        double value;
    } numbers[] = {
        {"min_spread_bps", params->min_spread_bps},
        {"taker_fee_a_bps", params->taker_fee_a_bps},
        {"taker_fee_b_bps", params->taker_fee_b_bps},
        {"slippage_bps", params->slippage_bps},
        {"fx_cost_bps", params->fx_cost_bps},
        {"max_position_usd", params->max_position_usd},
        {"max_open_trades", params->max_open_trades},
        {"fx_rate", params->fx_rate},
        {"baseline_bps", params->baseline_bps},
        {"baseline_tau_s", params->baseline_tau_s},
        {"baseline_warmup_s", params->baseline_warmup_s},
        {"baseline_gap_s", params->baseline_gap_s},
        {"cooldown_s", params->cooldown_s},
        {"exit_spread_bps", params->exit_spread_bps},
        {"take_profit_bps", params->take_profit_bps},
        {"stop_loss_bps", params->stop_loss_bps},
        {"max_hold_s", params->max_hold_s},
        {"spot_short", params->spot_short},
        {"initial_balance_usd", params->initial_balance_usd},
        {"stop_on_drawdown_pct", params->stop_on_drawdown_pct},
        {"close_at_end", params->close_at_end},
    };
    text_addf(out, "profile = %s\n", engine_profile_name(params->profile));
    text_addf(out, "pnl_model = %s\n", engine_pnl_model_name(params->pnl_model));
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char buffer[NUM_TEXT_SIZE];
        text_add(out, numbers[i].name);
        text_add(out, " = ");
        text_add(out, num_format_shortest(buffer, numbers[i].value));
        text_add_char(out, '\n');
    }
    text_addf(out, "max_steps = %lld\n", (long long)params->max_steps);
}

void result_config_hash(const struct result *result, char buffer[48])
{
    result_params_hash(&result->params, &result->window, buffer);
}

const char *result_part_name(const struct result_window *window)
{
    return window->is_test ? "test" : "train";
}

void result_params_hash(const struct engine_params *params, const struct result_window *window,
                        char buffer[48])
{
    struct text canonical = text_growing();
    add_canonical(params, &canonical);
    if (window != NULL && window->fold > 0) {
        text_addf(&canonical, "window = %" PRId32 " %s %" PRId64 " %" PRId64 "\n", window->fold,
                  result_part_name(window), window->from_ns, window->to_ns);
    }
    char hash[HASH_XXH3_TEXT_SIZE];
    snprintf(buffer, 48, "%s", hash_xxh3_text(hash, canonical.data, canonical.length));
    text_finish(&canonical);
}
