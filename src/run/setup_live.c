#include "market/live.h"
#include "run/setup.h"

/* As much past as the warm-up and the memory of a baseline want. */
static int32_t history_minutes(const struct engine_params *params)
{
    const struct baseline_params baseline = engine_baseline_params(params);
    const double wanted_s =
        baseline.tau_s > baseline.warmup_s ? baseline.tau_s : baseline.warmup_s;
    if (!(baseline.tau_s > 0)) {
        return 0; /* the level is a constant */
    }
    return wanted_s < LIVE_PAST_MINUTES_MAX * 60.0 ? (int32_t)(wanted_s / 60.0) + 1
                                                   : LIVE_PAST_MINUTES_MAX;
}

bool setup_open_live(const struct setup *setup, struct loop *loop, const char *ban_path,
                     struct source **out, struct err *err)
{
    struct frames_pair pairs[SESSION_PAIRS_MAX];
    for (int32_t i = 0; i < setup->session.pairs_count; i++) {
        pairs[i] = (struct frames_pair){setup->session.pairs[i].symbol_a,
                                        setup->session.pairs[i].symbol_b};
    }
    const struct live_options options = {
        .config = &setup->config.live,
        .pairs = pairs,
        .pairs_count = setup->session.pairs_count,
        .fx_symbol = SETUP_FX_SYMBOL,
        .fx_price = setup->config.fx.price,
        .ban_path = ban_path,
        .seed = setup->seed,
        .history_minutes = history_minutes(&setup->session.engine),
    };
    return live_open(out, loop, &options, err);
}
