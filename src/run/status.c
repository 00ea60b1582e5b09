#include "run/status.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "status_parts.h"
#include "view/command.h"

static double age_ms(int64_t now_ns, int64_t heard_ns)
{
    return heard_ns == 0 ? NAN : (double)(now_ns - heard_ns) / 1e6;
}

void status_put_time(struct json *json, const char *key, int64_t time_ns)
{
    char when[CALENDAR_TEXT_SIZE];
    if (time_ns == 0) {
        json_add_null(json, key);
    } else {
        json_add_string(json, key, calendar_format(when, time_ns, 3));
    }
}

static void put_values(struct json *json, const struct engine_params *params)
{
    json_add_number(json, "min_spread_bps", params->min_spread_bps);
    json_add_number(json, "exit_spread_bps", params->exit_spread_bps);
    json_add_number(json, "take_profit_bps", params->take_profit_bps);
    json_add_number(json, "stop_loss_bps", params->stop_loss_bps);
    json_add_number(json, "max_hold_s", params->max_hold_s);
    json_add_number(json, "cooldown_s", params->cooldown_s);
    json_add_number(json, "baseline_bps", params->baseline_bps);
    json_add_number(json, "baseline_tau_s", params->baseline_tau_s);
    json_add_number(json, "baseline_warmup_s", params->baseline_warmup_s);
    json_add_number(json, "baseline_gap_s", params->baseline_gap_s);
    json_add_number(json, "max_position_usd", params->max_position_usd);
    json_add_integer(json, "max_open_trades", params->max_open_trades);
}

void status_put_params(struct json *json, uint64_t revision, const char *origin,
                       const struct engine_params *params)
{
    json_open_object(json, "params");
    json_add_unsigned(json, "revision", revision);
    json_add_string_or_null(json, "origin", origin);
    for (size_t i = 0; params == NULL && command_param_name(i) != NULL; i++) {
        json_add_null(json, command_param_name(i));
    }
    if (params != NULL) {
        put_values(json, params);
    }
    json_close_object(json);
}

void status_put_params_line(struct text *out, uint64_t revision, const char *origin)
{
    if (revision != 0) {
        text_addf(out, "params    revision %" PRIu64 " from %s\n", revision, origin);
    }
}

static const char *state_word(const struct snapshot *snapshot)
{
    return snapshot->waiting           ? "waiting"
           : snapshot->stopped         ? "stopped"
           : snapshot->source_ended    ? "ended"
           : snapshot->playback_paused ? "playback_paused"
                                       : "running";
}

static void put_recording(struct json *json, const struct snapshot *s)
{
    if (s->recording == SNAPSHOT_RECORDING_NONE) {
        json_add_null(json, "recording");
        return;
    }
    json_open_object(json, "recording");
    json_add_string(json, "state", s->recording == SNAPSHOT_RECORDING_ON ? "on" : "failed");
    json_add_unsigned(json, "frames", s->recorded_frames);
    json_add_unsigned(json, "bytes", s->recorded_bytes);
    json_add_string_or_null(json, "failure", s->recording_failure);
    json_close_object(json);
}

static void put_identity(struct json *json, const struct snapshot *s, int64_t mono_ns)
{
    json_add_integer(json, "schema_version", STATUS_SCHEMA_VERSION);
    json_add_integer(json, "pid", s->pid);
    json_add_string(json, "session", s->session);
    json_add_string(json, "mode", s->mode);
    json_add_string(json, "profile", s->profile);
    json_add_string(json, "state", state_word(s));
    json_add_number(json, "uptime_s", (double)(s->made_wall_ns - s->started_wall_ns) / 1e9);
    json_add_number(json, "age_ms", (double)(mono_ns - s->made_mono_ns) / 1e6);
    json_add_unsigned(json, "seq", s->sequence);
    json_add_unsigned(json, "decisions", s->decisions);
    json_add_string_or_null(json, "decision_hash", s->decision_hash);
    json_open_object(json, "source");
    json_add_string(json, "kind", s->source_kind);
    json_add_string(json, "label", s->source);
    json_add_number(json, "speed", s->speed); /* null: as fast as it goes */
    status_put_time(json, "event_time", s->time_ns);
    json_add_number(json, "progress", s->progress);
    json_close_object(json);
    put_recording(json, s);
}

static void put_permission(struct json *json, const struct snapshot *s)
{
    json_open_object(json, "gate");
    json_add_string(json, "entries", s->entries_open ? "open" : "off");
    json_add_string_or_null(json, "reason",
                            s->entries_open ? "" : reason_code(s->entries_reason));
    json_add_number(json, "until_s", s->entries_until_s);
    json_close_object(json);
    json_add_bool(json, "armed", s->armed);
    json_add_bool(json, "paused", s->paused);
    json_open_object(json, "kill");
    json_add_bool(json, "on", s->killed);
    json_add_string_or_null(json, "by", s->killed_by);
    status_put_time(json, "since", s->killed ? s->killed_wall_ns : 0);
    json_add_string_or_null(json, "reason", s->killed_reason);
    json_close_object(json);
    status_put_params(json, s->revision, s->revision_origin, &s->params);
}

static void put_guard(struct json *json, const struct snapshot *s)
{
    json_open_object(json, "guard");
    json_add_string(json, "level", guard_level_name(s->guard_level));
    json_open_array(json, "causes");
    for (int32_t i = 0; i < s->causes_count; i++) {
        const struct snapshot_cause *cause = &s->causes[i];
        json_open_object(json, NULL);
        json_add_string(json, "code", reason_code(cause->reason));
        json_add_string(json, "level", guard_level_name(cause->level));
        json_add_string(json, "scope", cause->pair < 0 ? "global" : s->pairs[cause->pair].name);
        json_add_number(json, "observed", cause->observed);
        json_add_number(json, "limit", cause->limit);
        status_put_time(json, "since", cause->since_ns);
        json_close_object(json);
    }
    json_close_array(json);
    json_open_array(json, "limits");
    for (int32_t i = 0; i < s->limits_count; i++) {
        json_open_object(json, NULL);
        json_add_string(json, "name", s->limits[i].name);
        json_add_number(json, "used", s->limits[i].used);
        json_add_number(json, "limit", s->limits[i].limit);
        json_add_string(json, "unit", s->limits[i].unit);
        json_close_object(json);
    }
    json_close_array(json);
    json_close_object(json);
}

/* A feed that has fallen silent is fresh by its last word only. */
static enum feed_state state_now(const struct snapshot *s, const struct snapshot_book *book)
{
    const bool old =
        book->heard_ns != 0 && age_ms(s->time_ns, book->heard_ns) > book->age_limit_ms;
    return old && book->state == FEED_FRESH ? FEED_STALE : book->state;
}

static void put_feed(struct json *json, const struct snapshot *s, const char *venue,
                     const struct snapshot_pair *pair, const struct snapshot_book *book)
{
    json_open_object(json, NULL);
    json_add_string(json, "venue", venue);
    json_add_string(json, "pair", pair->name);
    const enum feed_state state = state_now(s, book);
    const enum reason reason = state == book->state ? book->reason : REASON_FEED_STALE;
    json_add_string(json, "state", feed_state_name(state));
    json_add_string_or_null(json, "reason", state == FEED_FRESH ? "" : reason_code(reason));
    json_add_number(json, "age_ms", age_ms(s->time_ns, book->heard_ns));
    json_add_unsigned(json, "messages", book->messages);
    json_add_unsigned(json, "gaps", book->gaps);
    json_add_unsigned(json, "resyncs", book->resyncs);
    json_add_unsigned(json, "reconnects", book->reconnects);
    json_add_unsigned(json, "dropped", book->dropped);
    json_close_object(json);
}

static double touch(const struct snapshot_level *levels, int32_t count)
{
    return count > 0 ? levels[0].price : NAN;
}

/* Why books and fx are not of one fresh moment; null: they are. */
static void put_lamp(struct json *json, const struct snapshot_pair *pair)
{
    static const char *const feeds[] = {
        [GUARD_FEED_NONE] = "", [GUARD_FEED_A] = "upbit",   [GUARD_FEED_B] = "binance",
        [GUARD_FEED_FX] = "fx", [GUARD_FEED_BOTH] = "both",
    };
    _Static_assert(sizeof feeds / sizeof feeds[0] == GUARD_FEED_LAST + 1, "a name per feed");
    json_add_bool(json, "aligned", pair->aligned);
    if (pair->aligned) {
        json_add_null(json, "misaligned");
        return;
    }
    json_open_object(json, "misaligned");
    json_add_string(json, "feed", feeds[pair->misaligned_feed]);
    json_add_string(json, "reason", reason_code(pair->misaligned_reason));
    json_add_number(json, "observed", pair->misaligned_observed);
    json_add_number(json, "limit", pair->misaligned_limit);
    json_close_object(json);
}

static void put_pair(struct json *json, const struct snapshot_pair *pair)
{
    const bool decided = pair->decided_ns != 0;
    json_open_object(json, NULL);
    json_add_string(json, "pair", pair->name);
    put_lamp(json, pair);
    json_add_number(json, "bid_a", touch(pair->a.bids, pair->a.bids_count));
    json_add_number(json, "ask_a", touch(pair->a.asks, pair->a.asks_count));
    json_add_number(json, "bid_b", touch(pair->b.bids, pair->b.bids_count));
    json_add_number(json, "ask_b", touch(pair->b.asks, pair->b.asks_count));
    json_add_number(json, "premium_bps", decided ? pair->premium_bps : NAN);
    json_add_number(json, "baseline_bps", decided ? pair->baseline_bps : NAN);
    json_add_number(json, "books_width_bps", decided ? pair->width_bps : NAN);
    json_add_number(json, "need_bps", decided ? pair->need_bps : NAN);
    json_add_number(json, "net_edge_bps",
                    decided ? fmax(pair->net_bps[0], pair->net_bps[1]) : NAN);
    json_add_number(json, "warmup_left_s", pair->warmup_left_s);
    json_add_integer(json, "open_trades", pair->open_trades);
    json_close_object(json);
}

static void put_market(struct json *json, const struct snapshot *s)
{
    json_open_array(json, "feeds");
    for (int32_t i = 0; i < s->pairs_count; i++) {
        put_feed(json, s, venue_name(VENUE_A), &s->pairs[i], &s->pairs[i].a);
        put_feed(json, s, venue_name(VENUE_B), &s->pairs[i], &s->pairs[i].b);
    }
    json_close_array(json);
    json_open_object(json, "fx");
    json_add_number(json, "krw_per_usdt", s->fx_heard_ns == 0 ? NAN : s->krw_per_usd);
    json_add_number(json, "age_ms", age_ms(s->time_ns, s->fx_heard_ns));
    json_add_string(json, "source", s->fx_source);
    json_close_object(json);
    json_open_array(json, "pairs");
    for (int32_t i = 0; i < s->pairs_count; i++) {
        put_pair(json, &s->pairs[i]);
    }
    json_close_array(json);
}

static void put_pocket(struct json *json, enum venue venue, const char *asset, double free,
                       double trades_left)
{
    json_open_object(json, NULL);
    json_add_string(json, "venue", venue_name(venue));
    json_add_string(json, "asset", asset);
    json_add_number(json, "free", free);
    json_add_number(json, "trades_left", trades_left);
    json_close_object(json);
}

static void put_inventory(struct json *json, const struct snapshot *s)
{
    json_open_array(json, "inventory");
    put_pocket(json, VENUE_A, "KRW", s->balance_krw, s->krw_trades_left);
    for (int32_t i = 0; i < s->pairs_count; i++) {
        put_pocket(json, VENUE_A, s->pairs[i].name, s->pairs[i].coin_free,
                   s->pairs[i].coin_trades_left);
    }
    put_pocket(json, VENUE_B, "USDT", s->balance_usdt, s->usdt_trades_left);
    json_close_array(json);
}

static void put_exposure(struct json *json, const struct snapshot *s)
{
    json_open_object(json, "exposure");
    json_add_number(json, "unhedged_usd", s->unhedged_usd);
    json_add_number(json, "since_ms",
                    s->unhedged_since_ns == 0 ? NAN : age_ms(s->time_ns, s->unhedged_since_ns));
    json_close_object(json);
    json_open_object(json, "balances");
    json_add_number(json, "krw", s->balance_krw);
    json_add_number(json, "usdt", s->balance_usdt);
    json_add_number(json, "inventory_usd", s->inventory_usd);
    json_close_object(json);
    put_inventory(json, s);
    json_open_object(json, "margin");
    json_add_number(json, "ratio_pct", s->margin_used_pct);
    json_add_number(json, "liq_distance_pct", s->liquidation_pct);
    json_close_object(json);
    json_open_array(json, "funding");
    for (int32_t i = 0; i < s->pairs_count; i++) {
        const struct snapshot_pair *pair = &s->pairs[i];
        if (pair->funding_next_ns == 0) {
            continue;
        }
        json_open_object(json, NULL);
        json_add_string(json, "pair", pair->name);
        json_add_number(json, "rate_bps", pair->funding_rate_bps);
        json_add_number(json, "next_s", (double)(pair->funding_next_ns - s->time_ns) / 1e9);
        json_add_number(json, "expected_usd", pair->funding_expected_usd);
        json_add_number(json, "age_ms", age_ms(s->time_ns, pair->mark_ns));
        json_close_object(json);
    }
    json_close_array(json);
}

static void put_money(struct json *json, const struct snapshot *s, const struct tuning *tuning)
{
    json_open_object(json, "trades");
    json_add_unsigned(json, "opened", s->opened);
    json_add_unsigned(json, "closed", s->closed);
    json_add_unsigned(json, "open", s->opened - s->closed);
    json_add_unsigned(json, "refused", s->refused_count);
    json_close_object(json);
    json_open_object(json, "pnl");
    json_add_number(json, "realized_usd", s->realized_usd);
    json_add_number(json, "unrealized_usd", s->unrealized_usd);
    json_add_number(json, "fees_usd", s->fees_usd);
    json_close_object(json);
    json_open_object(json, "alerts");
    json_add_integer(json, "unacked", s->alerts_unacked);
    json_add_integer(json, "total", s->alerts_total);
    json_close_object(json);
    status_put_tuning(json, tuning);
}

void status_json(const struct snapshot *snapshot, const struct tuning *tuning, int64_t mono_ns,
                 struct text *out)
{
    struct json json;
    json_begin(&json, out);
    json_open_object(&json, NULL);
    put_identity(&json, snapshot, mono_ns);
    put_permission(&json, snapshot);
    put_guard(&json, snapshot);
    put_market(&json, snapshot);
    put_exposure(&json, snapshot);
    status_put_metrics(&json, snapshot, mono_ns);
    put_money(&json, snapshot, tuning);
    json_close_object(&json);
}

void status_put_kill_line(struct text *out, bool on, const char *by, int64_t since_ns,
                          const char *reason)
{
    char when[CALENDAR_TEXT_SIZE];
    text_addf(out, "kill      %s", on ? "ON" : "off");
    if (on && by[0] != '\0') {
        text_addf(out, " by %s", by);
    }
    if (on && since_ns != 0) {
        text_addf(out, " since %s", calendar_format(when, since_ns, 0));
    }
    if (on && reason[0] != '\0') {
        text_addf(out, ": %s", reason);
    }
    text_add_char(out, '\n');
}

static void put_recording_line(struct text *out, const struct snapshot *s)
{
    if (s->recording == SNAPSHOT_RECORDING_ON) {
        text_addf(out, "recording %" PRIu64 " frames, %" PRIu64 " bytes\n", s->recorded_frames,
                  s->recorded_bytes);
    } else if (s->recording == SNAPSHOT_RECORDING_FAILED) {
        text_addf(out, "recording STOPPED after %" PRIu64 " frames, %" PRIu64 " bytes: %s\n",
                  s->recorded_frames, s->recorded_bytes, s->recording_failure);
    }
}

void status_lines(const struct snapshot *s, const struct tuning *tuning, struct text *out)
{
    char when[CALENDAR_TEXT_SIZE];
    text_addf(out, "session   %s (%s, %s), pid %d, %s\n", s->session, s->mode, s->profile,
              s->pid, state_word(s));
    text_addf(out, "source    %s, event time %s\n", s->source,
              s->time_ns == 0 ? "none yet" : calendar_format(when, s->time_ns, 0));
    text_addf(out, "entries   %s%s%s%s\n", s->entries_open ? "open" : "off: ",
              s->entries_open ? "" : reason_code(s->entries_reason),
              s->entries_open ? "" : ", ",
              s->entries_open ? "" : reason_text(s->entries_reason));
    status_put_kill_line(out, s->killed, s->killed_by, s->killed_wall_ns, s->killed_reason);
    status_put_params_line(out, s->revision, s->revision_origin);
    put_recording_line(out, s);
    text_addf(out, "guard     %s, %d causes\n", guard_level_name(s->guard_level),
              s->causes_count);
    text_addf(out,
              "trades    %" PRIu64 " opened, %" PRIu64 " closed, %" PRIu64 " open, %" PRIu64
              " refused\n",
              s->opened, s->closed, s->opened - s->closed, s->refused_count);
    text_addf(out, "pnl       realised %+.2f USD, unrealised %+.2f USD, fees %.2f USD\n",
              s->realized_usd, s->unrealized_usd, s->fees_usd);
    text_addf(out, "alarms    %d unacknowledged (%d HIGH), %d in all\n", s->alerts_unacked,
              s->alerts_high_unacked, s->alerts_total);
    status_put_tuning_line(out, tuning);
}
