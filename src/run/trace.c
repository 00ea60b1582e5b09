#include "run/trace.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* An action as bytes: numbers one after the other, the lowest byte first. */

enum { CONTENT_SIZE = 2048 };

struct content {
    size_t length;
    unsigned char bytes[CONTENT_SIZE];
};

static void add_whole(struct content *content, int64_t number)
{
    assert(content->length + sizeof number <= sizeof content->bytes);
    for (size_t i = 0; i < sizeof number; i++) {
        content->bytes[content->length++] = (unsigned char)((uint64_t)number >> (8 * i));
    }
}

/* What is no number has many spellings and is one thing. */
static void add_number(struct content *content, double number)
{
    int64_t bits = INT64_MIN + 1;
    if (!isnan(number)) {
        memcpy(&bits, &number, sizeof bits);
    }
    add_whole(content, bits);
}

static void add_numbers(struct content *content, const double *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add_number(content, numbers[i]);
    }
}

static void add_candidate(struct content *content, const struct guard_candidate *it)
{
    const double numbers[] = {
        it->notional_usd,       it->quantity,         it->net_edge_bps,
        it->min_edge_bps,       it->walk_bps,         it->tick.bid_a,
        it->tick.ask_a,         it->tick.bid_b,       it->tick.ask_b,
        it->worst_loss_usd,     it->tick.krw_per_usd, it->age_a_ms,
        it->age_b_ms,           it->age_fx_ms,        it->skew_ms,
        it->free_krw_usd,       it->free_coin,        it->free_margin_usd,
        it->gross_exposure_usd, it->unhedged_usd,
    };
    add_whole(content, it->class);
    add_whole(content, it->pair);
    add_whole(content, it->side);
    add_numbers(content, numbers, sizeof numbers / sizeof numbers[0]);
    add_whole(content, it->feed_a_reason);
    add_whole(content, it->feed_b_reason);
    add_whole(content, it->open_trades);
}

static void add_decision(struct content *content, const struct guard_decision *it)
{
    add_whole(content, it->number);
    add_whole(content, it->action);
    add_number(content, it->scale);
    add_whole(content, it->primary);
    add_whole(content, it->level);
    add_whole(content, it->ttl_ns);
    add_whole(content, it->cooldown_ns);
    for (int32_t i = 0; i < it->faults_count; i++) {
        add_whole(content, it->faults[i].reason);
        add_whole(content, it->faults[i].pair);
        add_number(content, it->faults[i].observed);
        add_number(content, it->faults[i].limit);
    }
    add_candidate(content, &it->candidate);
}

static void add_order(struct content *content, const struct order *it)
{
    add_whole(content, (int64_t)it->client_id);
    add_whole(content, it->pair);
    add_whole(content, it->venue);
    add_whole(content, it->side);
    add_whole(content, it->type);
    add_whole(content, it->lifetime);
    add_whole(content, it->class);
    add_whole(content, it->quantity_units);
    add_whole(content, it->limit_price_units);
}

static void add_trade(struct content *content, const struct trade *it)
{
    const double numbers[] = {
        it->entry_spread_bps, it->exit_spread_bps, it->net_edge_bps, it->notional_usd,
        it->quantity,         it->funding_usd,     it->repair_usd,   it->repair_fees_usd,
    };
    add_whole(content, (int64_t)it->id);
    add_whole(content, it->pair);
    add_whole(content, it->side);
    add_whole(content, it->state);
    add_whole(content, it->exit);
    add_whole(content, it->open_ns);
    add_whole(content, it->close_ns);
    add_numbers(content, numbers, sizeof numbers / sizeof numbers[0]);
    for (int leg = 0; leg <= TRADE_LEG_LAST; leg++) {
        add_number(content, it->legs[leg].quantity);
        add_number(content, it->legs[leg].price);
        add_number(content, it->legs[leg].touch_price);
        add_number(content, it->legs[leg].krw_per_usd);
    }
}

static void add_action(struct content *content, const struct action *action)
{
    switch (action->kind) {
    case ACTION_DECISION:
        add_decision(content, &action->decision);
        break;
    case ACTION_SUBMIT:
        add_order(content, &action->order);
        break;
    case ACTION_CANCEL:
    case ACTION_QUERY:
        add_whole(content, (int64_t)action->client_id);
        break;
    case ACTION_TRADE:
        add_whole(content, action->trade.change);
        add_trade(content, &action->trade.trade);
        add_number(content, action->trade.result.pnl_usd);
        break;
    case ACTION_STATE:
        add_whole(content, action->state.change);
        add_whole(content, action->state.reason);
        add_whole(content, action->state.pair);
        break;
    }
}

void trace_init(struct trace *trace)
{
    memset(trace, 0, sizeof *trace); /* kept as bytes, behind the text too */
    hash_xxh3_text(trace->hash, "", 0);
}

void trace_add(struct trace *trace, int64_t time_ns, const struct action *action)
{
    struct content content = {.length = strlen(trace->hash)};
    memcpy(content.bytes, trace->hash, content.length);
    add_whole(&content, time_ns);
    add_whole(&content, action->kind);
    add_action(&content, action);
    trace->count++;
    hash_xxh3_text(trace->hash, content.bytes, content.length);
}
