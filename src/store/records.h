#pragma once
#include "query.h"
#include "store/journal.h"

/* records: how trades and alerts lie in their rows, for writers and readers alike. */

/* Everything of one row of `trade` but the session, in column order. */
struct record_trade {
    char pair_name[24];
    struct trade trade;
    struct trade_result result;
};

void record_take_trade(struct query *query, struct record_trade *out);
void record_take_alert(struct query *query, struct snapshot_alert *out);
