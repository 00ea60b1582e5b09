#include <math.h>
#include <stdio.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/mem.h"
#include "runner_state.h"

/* The alarms' view of the session: once a second of event time. */

static int64_t free_disk_bytes(const struct runner *runner)
{
    struct statvfs disk;
    if (statvfs(runner->dir->path, &disk) != 0) {
        return -1;
    }
    return (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
}

static bool keep_alert(struct runner *runner, int32_t index)
{
    const struct snapshot_alert *row = alert_table_row(runner->alerts, index);
    runner->dirty = true;
    return runner_begin(runner) &&
           (journal_put_alert(runner->journal, runner->record.id, row, &runner->failure) ||
            runner_fail(runner));
}

/* How many more trades what is free lasts for; NAN before prices are known. */
static void count_inventory(const struct runner *runner, struct alert_input *input)
{
    const struct ledger *ledger = session_ledger(runner->session);
    const struct session_config *setup = &runner->setup.session;
    const double size_usd = setup->engine.max_position_usd;
    const double krw_per_usd = runner->photo.krw_per_usd;
    if (krw_per_usd > 0.0) {
        input->krw_trades_left = ledger_amount(ledger->krw.cash) / krw_per_usd / size_usd;
    }
    input->usdt_trades_left = ledger_amount(ledger->usdt.cash) * setup->leverage / size_usd;
    for (int32_t i = 0; i < runner->photo.pairs_count && setup->engine.spot_short; i++) {
        const struct tick *tick = &session_pair(runner->session, i)->valid_tick;
        if (tick->time_ns != 0) {
            input->coin_trades_left[i] = ledger_amount(ledger->spot[i].quantity) * tick->bid_a /
                                         tick->krw_per_usd / size_usd;
        }
    }
}

static double liquidation_pct(const struct runner *runner)
{
    double nearest_pct = NAN;
    for (int32_t i = 0; i < runner->photo.pairs_count; i++) {
        const double price = venue_paper_liquidation_price(runner->venue, i);
        const double mark = runner->photo.pairs[i].mark_price;
        if (price > 0.0 && mark > 0.0) {
            nearest_pct = fmin(nearest_pct, fabs(price / mark - 1.0) * 100.0);
        }
    }
    return nearest_pct;
}

/* Everything the rules ask for that the session knows. */
static struct alert_input know(struct runner *runner)
{
    const struct guard *guard = session_guard(runner->session);
    struct alert_input input = alert_input_unknown(&runner->photo);
    double last_ms = 0.0;
    journal_commit_ms(runner->journal, &last_ms, &input.journal_p99_ms);
    input.journal_failed = journal_fault(runner->journal) != REASON_NONE;
    input.free_disk_bytes = free_disk_bytes(runner);
    input.unknown_orders = session_orders_unknown(runner->session, &input.unknown_since_ns);
    if (runner->fx_bid > 0.0 && runner->fx_ask > 0.0) {
        input.fx_spread_ticks = runner->fx_ask - runner->fx_bid; /* its tick is one KRW */
    }
    if (runner->setup.session.has_depth_model) {
        input.session_losses = guard->session_losses;
        for (int32_t i = 0; i < runner->photo.pairs_count; i++) {
            input.pair_losses[i] = guard->pair_losses[i];
        }
    }
    input.liquidation_pct = liquidation_pct(runner);
    count_inventory(runner, &input);
    return input;
}

void runner_note_fill(struct runner *runner, const struct order *order,
                      const struct order_report *report)
{
    if (report->kind == REPORT_FILL && report->touch_price > 0.0) {
        const double rise_bps = (report->price / report->touch_price - 1.0) * 1e4;
        alert_table_note_fill(runner->alerts, order->side == ORDER_BUY ? rise_bps : -rise_bps);
    }
}

bool runner_recall_alerts(struct runner *runner, struct err *err)
{
    const struct page_query query = {.kind = PAGE_ALERTS, .count = PAGE_ROWS_MAX};
    struct page *page = mem_zalloc(sizeof *page);
    const bool read = journal_query(runner->journal, runner->record.id, &query, page, err);
    for (uint32_t i = 0; read && i < page->count; i++) {
        alert_table_restore(runner->alerts, &page->alerts[i]);
    }
    mem_free(page);
    return read;
}

void runner_look_at_alerts(struct runner *runner)
{
    const int64_t now_ns = session_time_ns(runner->session);
    if (now_ns - runner->alerts_ns < CLOCK_NS_PER_S || now_ns == 0) {
        return;
    }
    runner->alerts_ns = now_ns;
    runner_snapshot(runner, runner->wall_ns, 0, &runner->photo);
    const struct alert_input input = know(runner);
    int32_t changed[ALERT_ROWS_MAX];
    int32_t count = 0;
    alert_table_step(runner->alerts, &runner->setup.config, &input, changed, &count);
    for (int32_t i = 0; i < count && keep_alert(runner, changed[i]); i++) {
    }
    if (!runner->failed) {
        (void)runner_commit(runner);
    }
}
