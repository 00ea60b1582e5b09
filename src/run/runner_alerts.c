#include <math.h>
#include <stdlib.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "runner_state.h"

/* The alarms' view of the session: once a second of event time. */

#define REPORT_WINDOW_NS (INT64_C(300) * CLOCK_NS_PER_S)

enum { REJECTS_OF = 20 };

static int64_t free_disk_bytes(const struct runner *runner)
{
    struct statvfs disk;
    if (statvfs(runner->dir->path, &disk) != 0) {
        return -1;
    }
    return (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
}

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* 95th percentile of the reports of the last five minutes; NAN when there were none. */
static double report_p95_ms(const struct runner_reports *reports, int64_t now_ns)
{
    double recent[RUNNER_REPORTS];
    size_t count = 0;
    for (int32_t i = 0; i < reports->count; i++) {
        if (now_ns - reports->time_ns[i] <= REPORT_WINDOW_NS) {
            recent[count++] = reports->latency_ms[i];
        }
    }
    if (count == 0) {
        return NAN;
    }
    qsort(recent, count, sizeof recent[0], by_value);
    return recent[(count * 95 + 99) / 100 - 1];
}

/* Of the last twenty orders; NAN before there were that many. */
static double rejected_pct(const struct runner_reports *reports)
{
    if (reports->count < REJECTS_OF) {
        return NAN;
    }
    int rejected = 0;
    for (int32_t i = 1; i <= REJECTS_OF; i++) {
        const int32_t at = (reports->head + RUNNER_REPORTS - i) % RUNNER_REPORTS;
        rejected += reports->rejected[at] ? 1 : 0;
    }
    return 100.0 * rejected / REJECTS_OF;
}

void runner_note_report(struct runner *runner, const struct session_order *known,
                        const struct event *event)
{
    const struct order_report *report = &event->report;
    if (report->kind == REPORT_FILL) {
        const double rise_bps = (report->price / report->touch_price - 1.0) * 1e4;
        const bool bought = known->order.side == ORDER_BUY;
        alert_table_note_fill(runner->alerts, bought ? rise_bps : -rise_bps);
        return;
    }
    if (report->kind != REPORT_DONE && report->kind != REPORT_REJECTED) {
        return;
    }
    struct runner_reports *reports = &runner->reports[known->order.venue];
    reports->time_ns[reports->head] = event->time_ns;
    reports->latency_ms[reports->head] = (double)(event->time_ns - known->first_sent_ns) / 1e6;
    reports->rejected[reports->head] = report->kind == REPORT_REJECTED;
    reports->head = (reports->head + 1) % RUNNER_REPORTS;
    reports->count += reports->count < RUNNER_REPORTS ? 1 : 0;
}

static double coin_usd(const struct runner *runner, int32_t pair)
{
    const struct tick *tick = &session_pair(runner->session, pair)->valid_tick;
    return tick->time_ns == 0 ? NAN : tick->bid_a / tick->krw_per_usd;
}

/* How many more trades each pocket pays for, as the photograph has it. */
static void look_at_runway(const struct runner *runner, struct alert_input *input)
{
    input->krw_trades_left = runner->photo.krw_trades_left;
    input->usdt_trades_left = runner->photo.usdt_trades_left;
    for (int32_t i = 0; i < runner->photo.pairs_count; i++) {
        input->coin_trades_left[i] = runner->photo.pairs[i].coin_trades_left;
    }
    input->liquidation_pct = runner->photo.liquidation_pct;
}

/* Streaks mean nothing on a file (SPEC.md 4). */
static void look_at_streaks(const struct runner *runner, struct alert_input *input)
{
    const struct guard *guard = session_guard(runner->session);
    if (!runner->setup.session.has_depth_model) {
        return;
    }
    input->session_losses = guard->session_losses;
    for (int32_t i = 0; i < runner->setup.session.pairs_count && i < SNAPSHOT_PAIRS_MAX; i++) {
        input->pair_losses[i] = guard->pair_losses[i];
    }
}

/* What idle KRW and coin are worth now against the start of the day, at today's quantities. The
 * first look of a day sets the start. */
static void look_at_idle(struct runner *runner, struct alert_input *input)
{
    const struct ledger *ledger = session_ledger(runner->session);
    const int32_t day = session_guard(runner->session)->day;
    struct runner_day *start = &runner->day;
    int64_t heard_ns = 0;
    const double krw_per_usd = session_fx(runner->session, &heard_ns);
    if (!(krw_per_usd > 0.0)) {
        return;
    }
    if (!start->known || start->day != day) {
        *start = (struct runner_day){.known = true, .day = day, .krw_per_usd = krw_per_usd};
    }
    const double krw = ledger_amount(ledger->krw.cash);
    double then_usd = krw / start->krw_per_usd;
    double now_usd = krw / krw_per_usd;
    for (int32_t i = 0; i < runner->setup.session.pairs_count; i++) {
        const double price_usd = coin_usd(runner, i);
        if (isnan(price_usd)) {
            continue;
        }
        start->coin_usd[i] = start->coin_usd[i] > 0.0 ? start->coin_usd[i] : price_usd;
        then_usd += ledger_amount(ledger->spot[i].quantity) * start->coin_usd[i];
        now_usd += ledger_amount(ledger->spot[i].quantity) * price_usd;
    }
    input->idle_change_pct = (now_usd / then_usd - 1.0) * 100.0;
}

/* What is certain of a venue's offset, and a step since the last look. */
static void look_at_clocks(struct runner *runner, struct alert_input *input)
{
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const struct snapshot_venue *known = &runner->photo.venues[venue];
        input->venue_offset_ms[venue] =
            fmax(fabs(known->clock_offset_ms) - known->clock_error_ms, 0.0);
        if (isnan(known->clock_offset_ms)) {
            input->venue_offset_ms[venue] = NAN;
        }
    }
    input->clock_step_s = runner->clock_step_s;
    runner->clock_step_s = 0.0;
}

static void look(struct runner *runner, struct alert_input *input)
{
    const int64_t now_ns = session_time_ns(runner->session);
    double last_ms = 0.0;
    runner_snapshot(runner, runner->wall_ns, 0, &runner->photo);
    *input = alert_input_unknown(&runner->photo);
    input->journal_failed = journal_fault(runner->journal) != REASON_NONE;
    input->free_disk_bytes = free_disk_bytes(runner);
    input->unknown_orders = session_orders_unknown(runner->session, &input->unknown_since_ns);
    journal_commit_ms(runner->journal, &last_ms, &input->journal_p99_ms);
    if (runner->fx_ask > runner->fx_bid && runner->fx_bid > 0.0) {
        input->fx_spread_ticks = runner->fx_ask - runner->fx_bid; /* KRW-USDT: 1 KRW a tick */
    }
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        input->report_p95_ms[venue] = report_p95_ms(&runner->reports[venue], now_ns);
        input->rejected_pct[venue] = rejected_pct(&runner->reports[venue]);
    }
    look_at_clocks(runner, input);
    look_at_runway(runner, input);
    look_at_streaks(runner, input);
    look_at_idle(runner, input);
}

/* Who has no console reads it: once each time it is raised. */
static void say_alarm(struct runner *runner, int32_t index, const struct snapshot_alert *row)
{
    static const char *const words[] = {
        [ALERT_LOW] = "LOW", [ALERT_MED] = "MED", [ALERT_HIGH] = "HIGH"};
    if (!row->active || row->state == ALERT_SHELVED ||
        row->count == runner->alarms_told[index]) {
        return;
    }
    runner->alarms_told[index] = row->count;
    runner_say(runner, "alarm %s %s: %s", words[row->severity], row->rule, row->text);
}

static bool keep_alert(struct runner *runner, int32_t index)
{
    const struct snapshot_alert *row = alert_table_row(runner->alerts, index);
    runner->dirty = true;
    say_alarm(runner, index, row);
    return runner_begin(runner) &&
           (journal_put_alert(runner->journal, runner->record.id, row, &runner->failure) ||
            runner_fail(runner));
}

void runner_look_at_alerts(struct runner *runner)
{
    const int64_t now_ns = session_time_ns(runner->session);
    const bool due = now_ns - runner->alerts_ns >= CLOCK_NS_PER_S || runner->broken_trade != 0;
    if (!due || now_ns == 0) {
        return;
    }
    runner->alerts_ns = now_ns;
    struct alert_input input;
    look(runner, &input);
    input.broken_trade = runner->broken_trade;
    runner->broken_trade = 0;
    int32_t changed[ALERT_ROWS_MAX];
    int32_t count = 0;
    alert_table_step(runner->alerts, &runner->setup.config, &input, changed, &count);
    for (int32_t i = 0; i < count && keep_alert(runner, changed[i]); i++) {
    }
    if (!runner->failed) {
        (void)runner_commit(runner);
    }
}

bool runner_recall_alerts(struct runner *runner, struct err *err)
{
    const struct page_query query = {.kind = PAGE_ALERTS, .count = PAGE_ROWS_MAX};
    struct page *page = mem_zalloc(sizeof *page);
    const bool done = journal_query(runner->journal, runner->record.id, &query, page, err);
    for (uint32_t i = 0; done && i < page->count; i++) {
        alert_table_restore(runner->alerts, &page->alerts[i]);
    }
    mem_free(page);
    return done;
}
