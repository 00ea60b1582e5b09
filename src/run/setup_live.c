#include "market/live.h"
#include "run/setup.h"

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
    };
    return live_open(out, loop, &options, err);
}
