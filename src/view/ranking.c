#include "view/ranking.h"

#include <math.h>
#include <string.h>

struct ranking_session ranking_session_of(const struct snapshot *snapshot)
{
    struct ranking_session session = {
        .params = snapshot->params,
        .guard_limits = snapshot->guard_limits,
        .krw_trades_left = snapshot->krw_trades_left,
        .usdt_trades_left = snapshot->usdt_trades_left,
        .coin_trades_left = NAN,
    };
    memcpy(session.name, snapshot->session, sizeof session.name);
    memcpy(session.source_kind, snapshot->source_kind, sizeof session.source_kind);
    for (int32_t i = 0; i < snapshot->pairs_count; i++) {
        const struct snapshot_pair *pair = &snapshot->pairs[i];
        session.coin_trades_left = fmin(session.coin_trades_left, pair->coin_trades_left);
        session.width_bps = fmax(session.width_bps, pair->width_bps);
    }
    return session;
}
