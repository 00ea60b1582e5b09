#include "run/envelope.h"

#include <inttypes.h>
#include <math.h>

#include "base/calendar.h"
#include "base/num.h"

enum { ENVELOPE_VERSION = 1 };

static void number(struct text *out, const char *name, double value)
{
    char buffer[NUM_TEXT_SIZE];
    text_addf(out, ",\"%s\":%s", name, num_format_shortest(buffer, value));
}

static void flag(struct text *out, const char *name, bool value)
{
    text_addf(out, ",\"%s\":%s", name, value ? "true" : "false");
}

static void faults(struct text *out, const struct guard_decision *decision)
{
    text_add(out, ",\"all\":[");
    for (int32_t i = 0; i < decision->faults_count; i++) {
        const struct guard_fault *fault = &decision->faults[i];
        text_addf(out, "%s{\"code\":\"%s\",\"number\":%d", i > 0 ? "," : "",
                  reason_code(fault->reason), (int)fault->reason);
        number(out, "observed", fault->observed);
        number(out, "limit", fault->limit);
        text_addf(out, ",\"pair\":%" PRId32 "}", fault->pair);
    }
    text_add(out, "]");
}

static void inputs(struct text *out, const struct guard_candidate *candidate)
{
    text_addf(out, ",\"inputs\":{\"time_ns\":%" PRId64, candidate->time_ns);
    number(out, "bid_a", candidate->tick.bid_a);
    number(out, "ask_a", candidate->tick.ask_a);
    number(out, "bid_b", candidate->tick.bid_b);
    number(out, "ask_b", candidate->tick.ask_b);
    number(out, "krw_per_usd", candidate->tick.krw_per_usd);
    number(out, "notional_usd", candidate->notional_usd);
    number(out, "quantity", candidate->quantity);
    number(out, "net_edge_bps", candidate->net_edge_bps);
    number(out, "min_edge_bps", candidate->min_edge_bps);
    number(out, "walk_bps", candidate->walk_bps);
    number(out, "worst_loss_usd", candidate->worst_loss_usd);
    flag(out, "has_clock", candidate->has_clock);
    flag(out, "has_depth_model", candidate->has_depth_model);
    number(out, "age_a_ms", candidate->age_a_ms);
    number(out, "age_b_ms", candidate->age_b_ms);
    number(out, "age_fx_ms", candidate->age_fx_ms);
    number(out, "skew_ms", candidate->skew_ms);
    flag(out, "feed_a_ok", candidate->feed_a_ok);
    flag(out, "feed_b_ok", candidate->feed_b_ok);
    text_addf(out, ",\"feed_a_reason\":%d,\"feed_b_reason\":%d", (int)candidate->feed_a_reason,
              (int)candidate->feed_b_reason);
    flag(out, "halted_a", candidate->halted_a);
    flag(out, "halted_b", candidate->halted_b);
    number(out, "lot_minimum_a", candidate->lot_minimum_a);
    number(out, "lot_minimum_b", candidate->lot_minimum_b);
    number(out, "minimum_notional_a_usd", candidate->minimum_notional_a_usd);
    number(out, "minimum_notional_b_usd", candidate->minimum_notional_b_usd);
    flag(out, "spot_short", candidate->spot_short);
    number(out, "free_krw_usd", candidate->free_krw_usd);
    number(out, "free_coin", candidate->free_coin);
    number(out, "free_margin_usd", candidate->free_margin_usd);
    number(out, "need_margin_usd", candidate->need_margin_usd);
    text_addf(out, ",\"open_trades\":%" PRId32, candidate->open_trades);
    number(out, "gross_exposure_usd", candidate->gross_exposure_usd);
    number(out, "unhedged_usd", candidate->unhedged_usd);
    text_addf(out, ",\"orders_wanted\":%" PRId64 ",\"ttl_ns\":%" PRId64 "}",
              candidate->orders_wanted, candidate->ttl_ns);
}

void envelope_json(const struct guard_decision *decision,
                   const struct envelope_context *context, struct text *out)
{
    char wall[CALENDAR_TEXT_SIZE];
    text_addf(out, "{\"v\":%d,\"id\":\"%s/%" PRId64 "\",\"cycle_id\":%" PRIu64,
              ENVELOPE_VERSION, context->session, decision->number, context->cycle);
    text_addf(out, ",\"wall\":\"%s\",\"session\":\"%s\",\"mode\":\"%s\",\"build\":\"%s\"",
              calendar_format(wall, context->wall_ns, 3), context->session, context->mode,
              context->build);
    text_addf(out, ",\"config_rev\":\"%s\",\"params_rev\":%" PRIu64, context->config_hash,
              context->revision);
    text_addf(out,
              ",\"subject\":{\"a\":\"%s\",\"b\":\"%s\",\"side\":\"%s\",\"class\":\"ENTRY\"}",
              context->instrument->symbol_a, context->instrument->symbol_b,
              spread_side_name(decision->candidate.side));
    text_addf(out, ",\"action\":\"%s\"", guard_action_name(decision->action));
    number(out, "scale", decision->scale);
    text_addf(out, ",\"primary\":\"%s\",\"primary_number\":%d", reason_code(decision->primary),
              (int)decision->primary);
    faults(out, decision);
    inputs(out, &decision->candidate);
    text_addf(out, ",\"state\":{\"level\":\"%s\"", guard_level_name(decision->level));
    flag(out, "killed", decision->killed);
    flag(out, "armed", decision->armed);
    flag(out, "paused", decision->paused);
    flag(out, "stopped", decision->stopped);
    const int64_t ttl_ns =
        decision->ttl_ns > 0 ? decision->ttl_ns - decision->candidate.time_ns : 0;
    text_addf(out, "},\"cooldown_ms\":%" PRId64 ",\"ttl_ms\":%" PRId64 "}",
              decision->cooldown_ns / 1000000, ttl_ns / 1000000);
}
