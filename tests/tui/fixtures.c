#include "fixtures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_S  INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)

/* Sizes that look like a book and repeat for ever. */
static double size_at(int level, double scale)
{
    static const double SIZES[] = {0.4867, 0.2409, 0.7827, 1.1048, 0.1731, 2.9, 0.6232};
    return SIZES[level % 7] * scale;
}

static void fill_book(struct snapshot_book *book, const char *symbol, double bid, double tick,
                      double scale, int64_t age_ms)
{
    snprintf(book->symbol, sizeof book->symbol, "%s", symbol);
    book->state = FEED_FRESH;
    book->heard_ns = FIXTURE_TIME_NS - age_ms * NS_PER_MS;
    book->changed_ns = book->heard_ns;
    book->messages = 123456;
    book->messages_per_s = 41;
    book->age_limit_ms = 3000;
    book->last_price = bid;
    book->last_direction = 1;
    book->last_ns = book->heard_ns;
    book->bids_count = book->asks_count = SNAPSHOT_LEVELS_MAX;
    for (int i = 0; i < SNAPSHOT_LEVELS_MAX; i++) {
        book->bids[i] = (struct snapshot_level){bid - i * tick, size_at(i, scale)};
        book->asks[i] = (struct snapshot_level){bid + (i + 1) * tick, size_at(i + 3, scale)};
    }
}

/* A wave around 0 bps that ends at 12.4; the base at -1.2. */
static void fill_charts(struct snapshot_pair *pair)
{
    static const int64_t SPANS_S[SNAPSHOT_CHART_SPANS] = {900, 3600, 14400};
    for (int s = 0; s < SNAPSHOT_CHART_SPANS; s++) {
        struct snapshot_chart *chart = &pair->charts[s];
        chart->span_ns = SPANS_S[s] * NS_PER_S;
        chart->end_ns = FIXTURE_TIME_NS;
        chart->count = SNAPSHOT_CHART_POINTS;
        for (int i = 0; i < chart->count; i++) {
            /* A triangle: -18 to +14 and back in 80 points; no libm in a golden file. */
            const int phase = (i + 4) % 80;
            const double wave = phase < 40 ? phase : 80 - phase;
            chart->premium_bps[i] = (float)(-18.0 + wave * 0.8);
            chart->baseline_bps[i] = -1.2f;
            chart->need_bps[i] = 27.6f;
        }
    }
}

static void fill_pair(struct snapshot_pair *pair, const char *name, double premium_bps)
{
    snprintf(pair->name, sizeof pair->name, "%s", name);
    pair->aligned = true;
    pair->decided_ns = FIXTURE_TIME_NS - 40 * NS_PER_MS;
    pair->premium_bps = premium_bps;
    pair->baseline_bps = -1.2;
    pair->width_bps = 0.6;
    pair->fees_bps = 20;
    pair->slippage_bps = 2;
    pair->cost_bps = 22;
    pair->min_spread_bps = 5;
    pair->need_bps = 27.6;
    pair->funding_rate_bps = premium_bps > 0.0 ? 1.0 : -0.35;
    pair->funding_next_ns = FIXTURE_TIME_NS + (3 * 3600 + 12 * 60 + 45) * NS_PER_S;
    pair->mark_ns = FIXTURE_TIME_NS - 700 * NS_PER_MS;
    pair->net_bps[SPREAD_LONG_A_SHORT_B] = premium_bps + 1.2 - 22.6;
    pair->net_bps[SPREAD_LONG_B_SHORT_A] = -premium_bps - 1.2 - 22.6;
    fill_charts(pair);
}

static void fill_position(struct snapshot_position *position)
{
    *position = (struct snapshot_position){
        .id = 41,
        .pair = 0,
        .side = SPREAD_LONG_A_SHORT_B,
        .state = TRADE_OPEN,
        .open_ns = FIXTURE_TIME_NS - 740 * NS_PER_S,
        .quantity = 0.0097,
        .notional_usd = 1000,
        .entry_a = 147905000,
        .entry_b = 104377.1,
        .closes_at_a = 148230000,
        .closes_at_b = 104598.5,
        .pnl_a_usd = 2.23,
        .pnl_b_usd = -2.15,
        .pnl_usd = -1.92,
        .fees_usd = 1.0,
        .entry_net_bps = 7.3,
        .deviation_bps = 12.4,
        .exit_at_bps = 0,
        .hold_left_s = 6460,
        .stop_bps = 120,
        .live_bps = -19.2,
    };
}

static void fill_limits(struct snapshot *snapshot)
{
    static const struct snapshot_limit LIMITS[] = {
        {"day loss", "USD", 46.5, 150},  {"open trades", "", 1, 3},
        {"exposure", "USD", 2000, 6600}, {"orders", "/min", 2, 30},
        {"orders", "/h", 20, 600},       {"drawdown", "%", 0.44, 2},
        {"losses in row", "", 2, 6},     {"trade size", "USD", 1000, NAN},
        {"unhedged", "USD", 0, 50},      {"rolling loss", "USD", 46.5, 200},
    };
    snapshot->limits_count = sizeof LIMITS / sizeof LIMITS[0];
    memcpy(snapshot->limits, LIMITS, sizeof LIMITS);
}

static void fill_alert(struct snapshot_alert *alert, uint32_t id, enum alert_severity severity,
                       enum alert_state state, const char *rule, const char *text)
{
    *alert = (struct snapshot_alert){
        .id = id,
        .severity = severity,
        .state = state,
        .active = state != ALERT_CLEARED,
        .count = (int32_t)(id % 15 + 1),
        .first_ns = FIXTURE_TIME_NS - 600 * NS_PER_S,
        .last_ns = FIXTURE_TIME_NS - (int64_t)id * NS_PER_S,
    };
    snprintf(alert->rule, sizeof alert->rule, "%s", rule);
    snprintf(alert->text, sizeof alert->text, "%s", text);
}

static void fill_money(struct snapshot *snapshot)
{
    snapshot->initial_usd = 10000;
    snapshot->realized_usd = 5.02;
    snapshot->unrealized_usd = -1.92;
    snapshot->fees_usd = 15.0;
    snapshot->day_usd = 3.10;
    snapshot->equity_usd = 10003.10;
    snapshot->balance_krw = 98600000;
    snapshot->balance_usdt = 101000;
    snapshot->inventory_usd = 150000;
    snapshot->margin_used_pct = 21;
    snapshot->opened = 15;
    snapshot->closed = 14;
    snapshot->wins = 11;
}

/* Upbit answers a ping each 2 s, Binance tells the time each 5 min; of Upbit's clock the
 * headers of an answer tell the second. */
static void fill_venues(struct snapshot *snapshot)
{
    const int64_t now_ns = FIXTURE_MONO_NS;
    snapshot->queue_depth = 2;
    snapshot->cycle_ms_p99 = 0.031;
    snapshot->cycle = (struct snapshot_latency){
        1234567, 0.004, 0.031, 8.4, 6.1, now_ns - 40 * NS_PER_MS, {0}};
    snapshot->venues[VENUE_A] = (struct snapshot_venue){
        .messages = 370368,
        .bytes = 5.1e8,
        .messages_per_s = 28,
        .bytes_per_s = 38712,
        .rates_mono_ns = now_ns - NS_PER_S / 2,
        .heard_mono_ns = now_ns - 40 * NS_PER_MS,
        .reconnects = 1,
        .dropped = 0,
        .requests = 96,
        .budget_left_pct = 100,
        .round_trip_ms = 8.24,
        .round_trip_mono_ns = now_ns - 1700 * NS_PER_MS,
        .clock_offset_ms = 387,
        .clock_error_ms = 500.2,
        .clock_mono_ns = now_ns - 30 * NS_PER_S,
        .decode = {370368, 0.011, 0.058, 4.2, 4.4, now_ns - 40 * NS_PER_MS, {0}},
        .decision = {370368, 0.121, 0.893, 31.5, 52.1, now_ns - 40 * NS_PER_MS, {0}},
    };
    snapshot->venues[VENUE_B] = snapshot->venues[VENUE_A];
    struct snapshot_venue *binance = &snapshot->venues[VENUE_B];
    binance->messages_per_s = 61;
    binance->bytes_per_s = 154250;
    binance->budget_left_pct = 86;
    binance->round_trip_ms = 141.6;
    binance->clock_offset_ms = -12;
    binance->clock_error_ms = 71;
    binance->clock_mono_ns = now_ns - 249 * NS_PER_S;
    binance->decode.p99_ms = 0.102;
    binance->dropped = 3;
}

/* What a source has that has no such numbers. */
static void forget_venues(struct snapshot *snapshot)
{
    snapshot->cycle_ms_p99 = snapshot->queue_depth = NAN;
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        snapshot->venues[venue] = (struct snapshot_venue){.messages = NAN,
                                                          .bytes = NAN,
                                                          .messages_per_s = NAN,
                                                          .bytes_per_s = NAN,
                                                          .reconnects = NAN,
                                                          .gaps = NAN,
                                                          .resyncs = NAN,
                                                          .dropped = NAN,
                                                          .requests = NAN,
                                                          .budget_left_pct = NAN,
                                                          .round_trip_ms = NAN,
                                                          .clock_offset_ms = NAN,
                                                          .clock_error_ms = NAN};
    }
}

static void fill_base(struct snapshot *snapshot)
{
    memset(snapshot, 0, sizeof *snapshot);
    snapshot->version = SNAPSHOT_VERSION;
    snapshot->size = sizeof *snapshot;
    snapshot->sequence = 1234567;
    snprintf(snapshot->session, sizeof snapshot->session, "paper-20261120-2124");
    snprintf(snapshot->mode, sizeof snapshot->mode, "paper");
    snprintf(snapshot->profile, sizeof snapshot->profile, "exact");
    snprintf(snapshot->source_kind, sizeof snapshot->source_kind, "simulated");
    snprintf(snapshot->source, sizeof snapshot->source, "SIM lively seed 1");
    snapshot->speed = 1;
    snapshot->pid = 4242;
    snapshot->made_mono_ns = FIXTURE_MONO_NS;
    snapshot->made_wall_ns = FIXTURE_TIME_NS;
    snapshot->started_wall_ns = FIXTURE_TIME_NS - 13272 * NS_PER_S;
    snapshot->time_ns = FIXTURE_TIME_NS;
    snapshot->progress = NAN;
    forget_venues(snapshot);
    snapshot->armed = true;
    snapshot->entries_open = true;
    snapshot->entries_pair = -1;
    snapshot->entries_until_s = NAN;
    snapshot->krw_per_usd = 1418.5;
    snapshot->fx_heard_ns = FIXTURE_TIME_NS - 320 * NS_PER_MS;
    snapshot->fx_age_limit_ms = 15000;
    snprintf(snapshot->fx_source, sizeof snapshot->fx_source, "KRW-USDT");
    snapshot->margin_used_pct = NAN;
}

static void fill_log(struct snapshot *snapshot)
{
    static const char *const LINES[] = {
        "trade 40 closed by convergence, +2.31 USD (predicted +7.1 bp, got +23.1)",
        "jk: pause done",
        "jk: resume done",
        "trade 41 opened, BTC long Upbit short Binance, 0.0097 at 147,905,000 / 104,377.1",
    };
    snapshot->log_count = 4;
    for (int i = 0; i < snapshot->log_count; i++) {
        snapshot->log[i].time_ns = FIXTURE_TIME_NS - (4 - i) * 300 * NS_PER_S;
        snprintf(snapshot->log[i].text, sizeof snapshot->log[i].text, "%s", LINES[i]);
    }
}

static void fill_normal(struct snapshot *snapshot)
{
    fill_base(snapshot);
    fill_venues(snapshot);
    fill_money(snapshot);
    fill_limits(snapshot);
    fill_log(snapshot);
    snapshot->pairs_count = 3;
    fill_pair(&snapshot->pairs[0], "BTC", 11.2);
    fill_book(&snapshot->pairs[0].a, "KRW-BTC", 148230000, 1000, 1.0, 80);
    fill_book(&snapshot->pairs[0].b, "BTCUSDT", 104598.4, 0.1, 2.0, 30);
    snapshot->pairs[0].open_trades = 1;
    fill_pair(&snapshot->pairs[1], "ETH", -4.2);
    fill_book(&snapshot->pairs[1].a, "KRW-ETH", 5121000, 1000, 12.0, 120);
    fill_book(&snapshot->pairs[1].b, "ETHUSDT", 3612.31, 0.01, 30.0, 20);
    fill_pair(&snapshot->pairs[2], "XRP", 2.0);
    fill_book(&snapshot->pairs[2].a, "KRW-XRP", 3021, 1, 9000.0, 240);
    fill_book(&snapshot->pairs[2].b, "XRPUSDT", 2.1302, 0.0001, 40000.0, 60);
    snapshot->positions_count = 1;
    fill_position(&snapshot->positions[0]);
    snapshot->refused_any = true;
    snapshot->refused_ns = FIXTURE_TIME_NS - 95 * NS_PER_S;
    snapshot->refused_reason = REASON_ROUTE_EDGE_LOW;
    snapshot->refused_observed = 4.1;
    snapshot->refused_limit = 5.0;
    snapshot->refused_count = 37;
    snapshot->alerts_count = snapshot->alerts_total = 2;
    snapshot->alerts_unacked = 1;
    fill_alert(&snapshot->alerts[0], 3, ALERT_LOW, ALERT_NEW, "book.gap",
               "binance depth gap, resynced in 212 ms");
    fill_alert(&snapshot->alerts[1], 1, ALERT_LOW, ALERT_ACKED, "guard.rate",
               "order rate back under 30/min");
    snprintf(snapshot->alerts[1].acked_by, sizeof snapshot->alerts[1].acked_by, "jk");
}

/* Upbit silent for 18 s, fx for a minute; the guard observes. */
static void make_stale(struct snapshot *snapshot)
{
    for (int i = 0; i < snapshot->pairs_count; i++) {
        snapshot->pairs[i].a.state = FEED_STALE;
        snapshot->pairs[i].a.heard_ns = FIXTURE_TIME_NS - 18 * NS_PER_S;
        snapshot->pairs[i].a.last_ns = FIXTURE_TIME_NS - 18 * NS_PER_S;
        snapshot->pairs[i].decided_ns = FIXTURE_TIME_NS - 15 * NS_PER_S;
        snapshot->pairs[i].aligned = false;
        snapshot->pairs[i].misaligned_feed = GUARD_FEED_A;
        snapshot->pairs[i].misaligned_reason = REASON_FEED_STALE;
        snapshot->pairs[i].misaligned_observed = 18000;
        snapshot->pairs[i].misaligned_limit = 3000;
    }
    snapshot->fx_heard_ns = FIXTURE_TIME_NS - 61 * NS_PER_S;
    snapshot->entries_open = false;
    snapshot->entries_reason = REASON_FX_STALE;
    snapshot->guard_level = GUARD_OBSERVE;
    snapshot->causes_count = 2;
    snapshot->causes[0] = (struct snapshot_cause){
        REASON_FX_STALE, GUARD_OBSERVE, -1, FIXTURE_TIME_NS - 46 * NS_PER_S, 0, 61000, 15000};
    snapshot->causes[1] = (struct snapshot_cause){
        REASON_FEED_STALE, GUARD_OBSERVE, 0, FIXTURE_TIME_NS - 15 * NS_PER_S, 0, 18000, 3000};
    snapshot->alerts_unacked = 2;
    snapshot->alerts_high_unacked = 1;
    fill_alert(&snapshot->alerts[0], 3, ALERT_HIGH, ALERT_NEW, "feed.stale",
               "upbit KRW-BTC 18.0 s old, limit 3.0 s");
}

static void make_killed(struct snapshot *snapshot)
{
    snapshot->killed = true;
    snapshot->entries_open = false;
    snapshot->entries_reason = REASON_GATE_KILL;
    snapshot->killed_wall_ns = FIXTURE_TIME_NS - 3 * NS_PER_S;
    snprintf(snapshot->killed_by, sizeof snapshot->killed_by, "jk");
    snprintf(snapshot->killed_reason, sizeof snapshot->killed_reason, "K K at the console");
    snapshot->unhedged_usd = 431;
    snapshot->unhedged_since_ns = FIXTURE_TIME_NS - 3 * NS_PER_S;
    snapshot->positions[0].state = TRADE_BROKEN;
    snapshot->alerts[2] = snapshot->alerts[1];
    snapshot->alerts[1] = snapshot->alerts[0];
    snapshot->alerts_count = snapshot->alerts_total = 3;
    snapshot->alerts_unacked = 2;
    snapshot->alerts_high_unacked = 1;
    fill_alert(&snapshot->alerts[0], 9, ALERT_HIGH, ALERT_NEW, "kill",
               "kill switch engaged by jk: K K at the console");
}

static void make_alarms(struct snapshot *snapshot)
{
    snapshot->alerts_count = SNAPSHOT_ALERTS_MAX;
    snapshot->alerts_total = 100;
    snapshot->alerts_unacked = 90;
    snapshot->alerts_high_unacked = 8;
    for (int i = 0; i < SNAPSHOT_ALERTS_MAX; i++) {
        const enum alert_severity severity = i < 8    ? ALERT_HIGH
                                             : i < 20 ? ALERT_MED
                                                      : ALERT_LOW;
        const enum alert_state state = i % 7 == 6   ? ALERT_SHELVED
                                       : i % 5 == 4 ? ALERT_CLEARED
                                                    : ALERT_NEW;
        fill_alert(
            &snapshot->alerts[i], (uint32_t)i + 1, severity, state, "venue.message",
            "upbit said: \xec\xa0\x90\xea\xb2\x80 \033]0;owned\a and \xe2\x80\xae went on");
        snapshot->alerts[i].shelved_until_ns = FIXTURE_TIME_NS + 600 * NS_PER_S;
    }
}

static void make_live(struct snapshot *snapshot)
{
    struct snapshot_pair *pair = &snapshot->pairs[0];
    snprintf(snapshot->source_kind, sizeof snapshot->source_kind, "live");
    snprintf(snapshot->source, sizeof snapshot->source, "LIVE");
    pair->b.state = FEED_GAP;
    pair->b.reason = REASON_FEED_CROSSED;
    pair->b.heard_ns = FIXTURE_TIME_NS - 1200 * NS_PER_MS;
    pair->decided_ns = pair->b.heard_ns;
    pair->aligned = false;
    pair->misaligned_feed = GUARD_FEED_B;
    pair->misaligned_reason = REASON_FEED_CROSSED;
    snapshot->entries_open = false;
    snapshot->entries_reason = REASON_FEED_CROSSED;
    snapshot->entries_pair = 0;
    snapshot->recording = SNAPSHOT_RECORDING_FAILED;
    snapshot->recorded_frames = 12345;
    snapshot->recorded_bytes = 6700000;
    snprintf(snapshot->recording_failure, sizeof snapshot->recording_failure,
             "cannot write the recording: No space left on device");
}

void fixture_fill(struct snapshot *snapshot, enum fixture which)
{
    if (which == FIXTURE_EMPTY) {
        fill_base(snapshot);
        snapshot->pairs_count = 1;
        snprintf(snapshot->pairs[0].name, sizeof snapshot->pairs[0].name, "BTC");
        snapshot->entries_open = false;
        snapshot->entries_reason = REASON_FEED_SILENT;
        snapshot->pairs[0].misaligned_feed = GUARD_FEED_A;
        snapshot->pairs[0].misaligned_reason = REASON_FEED_SILENT;
        snapshot->fx_heard_ns = 0;
        snapshot->krw_per_usd = NAN;
        snapshot->time_ns = 0;
        return;
    }
    fill_normal(snapshot);
    if (which == FIXTURE_STALE) {
        make_stale(snapshot);
    } else if (which == FIXTURE_KILL) {
        make_killed(snapshot);
    } else if (which == FIXTURE_ALARMS) {
        make_alarms(snapshot);
    } else if (which == FIXTURE_LIVE) {
        make_live(snapshot);
    }
}

/* q = 0.01: A in 147,905,000 at 1418 -> 1043.05 USD, out 148,230,000 at 1418 -> 1045.35;
 * B sold 104,700, bought back 104,450 -> +2.50; gross 2.2920 + 2.50 = 4.7920. */
void fixture_trades(struct page *page)
{
    memset(page, 0, sizeof *page);
    page->query = (struct page_query){.kind = PAGE_TRADES, .count = PAGE_ROWS_MAX};
    page->made_ns = FIXTURE_TIME_NS;
    page->total = page->count = 2;
    struct trade *open = &page->trades[0].trade, *closed = &page->trades[1].trade;
    snprintf(page->trades[0].pair, sizeof page->trades[0].pair, "BTC");
    snprintf(page->trades[1].pair, sizeof page->trades[1].pair, "BTC");
    open->id = 41;
    open->state = TRADE_OPEN;
    open->open_ns = FIXTURE_TIME_NS - 740 * NS_PER_S;
    open->notional_usd = 1000;
    open->net_edge_bps = 7.3;
    open->quantity = 0.0097;
    open->legs[TRADE_A_IN] = (struct trade_fill){0.0097, 147905000, 147897605, 1418};
    open->legs[TRADE_B_IN] = (struct trade_fill){0.0097, 104377.1, 104382.3, 1};
    *closed = *open;
    closed->id = 40;
    closed->state = TRADE_CLOSED;
    closed->exit = TRADE_EXIT_CONVERGENCE;
    closed->open_ns = FIXTURE_TIME_NS - 3600 * NS_PER_S;
    closed->close_ns = FIXTURE_TIME_NS - 1800 * NS_PER_S;
    closed->quantity = 0.01;
    closed->legs[TRADE_A_IN] = (struct trade_fill){0.01, 147905000, 147897605, 1418};
    closed->legs[TRADE_B_IN] = (struct trade_fill){0.01, 104700, 104705.2, 1};
    closed->legs[TRADE_A_OUT] = (struct trade_fill){0.01, 148230000, 148237412, 1418};
    closed->legs[TRADE_B_OUT] = (struct trade_fill){0.01, 104450, 104444.8, 1};
    page->trades[1].result = (struct trade_result){
        .gross_usd = 4.792,
        .fees_usd = 2.0899,
        .slippage_usd = 0.2084,
        .price_usd = 5.0004,
        .pnl_usd = 2.7021,
        .pnl_bps = 27.02,
    };
}
