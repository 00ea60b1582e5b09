#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "measure.h"

/* Rules on the switches, the engine, its trades and orders. */

#define NONE ((double)NAN)

void measure_kill_engaged(const struct look *look, int32_t subject, struct memory *memory,
                          struct finding *out)
{
    out->enter = look->now->killed ? LEVEL_HIGH : LEVEL_NONE;
    out->stay = out->enter;
    text_cut(out->text, sizeof(out->text), "kill switch is on by %s: %s", look->now->killed_by,
             look->now->killed_reason);
}

/* What halted first; NULL when it is not among the causes that are shown. */
static const struct snapshot_cause *halting_cause(const struct snapshot *now)
{
    const struct snapshot_cause *first = NULL;
    for (int32_t i = 0; i < now->causes_count; i++) {
        const struct snapshot_cause *cause = &now->causes[i];
        if (cause->level == GUARD_HALTED &&
            (first == NULL || cause->since_ns < first->since_ns)) {
            first = cause;
        }
    }
    return first;
}

/* Whatever halted it, nothing but an operator ends it: somebody must hear of it. */
void measure_guard_halted(const struct look *look, int32_t subject, struct memory *memory,
                          struct finding *out)
{
    if (look->now->guard_level < GUARD_HALTED) {
        return;
    }
    const struct snapshot_cause *cause = halting_cause(look->now);
    out->enter = LEVEL_HIGH;
    out->stay = LEVEL_HIGH;
    text_cut(out->text, sizeof(out->text), "no entries until an operator acts: %s%s%s",
             cause == NULL ? "guard is halted" : reason_code(cause->reason),
             cause == NULL ? "" : " ", cause == NULL ? "" : reason_text(cause->reason));
}

static bool all_fresh(const struct snapshot *now)
{
    for (int32_t i = 0; i < now->pairs_count; i++) {
        if (now->pairs[i].a.state != FEED_FRESH || now->pairs[i].b.state != FEED_FRESH) {
            return false;
        }
    }
    return now->pairs_count > 0;
}

static int64_t last_decided_ns(const struct look *look)
{
    int64_t last_ns = look->start_ns;
    for (int32_t i = 0; i < look->now->pairs_count; i++) {
        const int64_t decided_ns = look->now->pairs[i].decided_ns;
        last_ns = decided_ns > last_ns ? decided_ns : last_ns;
    }
    return last_ns;
}

void measure_engine_silent(const struct look *look, int32_t subject, struct memory *memory,
                           struct finding *out)
{
    const struct snapshot *now = look->now;
    const bool expected =
        now->armed && !now->killed && !now->stopped && !now->source_ended && all_fresh(now);
    const double idle_s = seconds_between(last_decided_ns(look), now->time_ns);
    const bool weighs_nothing = expected && idle_s > look->alarm->second;
    const bool late = look->input->silent_periods > look->alarm->enter;
    memory->count = late || weighs_nothing ? 0 : memory->count + 1;
    out->enter = late || weighs_nothing ? LEVEL_HIGH : LEVEL_NONE;
    out->stay = (double)memory->count >= look->alarm->leave ? LEVEL_NONE : LEVEL_HIGH;
    if (late) {
        text_cut(out->text, sizeof(out->text), "the engine missed %.0f of its periods",
                 look->input->silent_periods);
    } else {
        text_cut(out->text, sizeof(out->text),
                 "armed, feeds fresh, and no edge weighed for %.0f s", idle_s);
    }
}

void measure_order_unknown(const struct look *look, int32_t subject, struct memory *memory,
                           struct finding *out)
{
    const int32_t count = look->input->unknown_orders;
    if (count > 0) {
        out->enter = LEVEL_MED;
        out->stay = LEVEL_HIGH;
        out->since_ns = look->input->unknown_since_ns;
        text_cut(out->text, sizeof(out->text), "%d order%s of unknown outcome", count,
                 count == 1 ? "" : "s");
    }
}

void measure_edge_capture(const struct look *look, int32_t subject, struct memory *memory,
                          struct finding *out)
{
    const struct history *history = look->history;
    const double wanted = fmin(look->alarm->second, HISTORY_TRADES);
    double predicted_bps = 0.0;
    double realized_bps = 0.0;
    if ((double)history->trades < wanted) {
        return;
    }
    for (uint64_t i = 1; (double)i <= wanted; i++) {
        const size_t at = (size_t)((history->trades - i) % HISTORY_TRADES);
        predicted_bps += history->predicted_bps[at];
        realized_bps += history->realized_bps[at];
    }
    if (!(predicted_bps > 0.0)) {
        return;
    }
    const double capture = realized_bps / predicted_bps;
    out->enter = level_below(capture, NONE, look->alarm->enter, NONE);
    out->stay = capture <= look->alarm->leave ? LEVEL_MED : LEVEL_NONE;
    text_cut(out->text, sizeof(out->text),
             "the last %.0f trades earned %.0f %% of what was predicted", wanted,
             capture * 100.0);
}

/* Since when a trade has been closing; 0 when it is not among those seen. */
static int64_t closing_since_ns(const struct history *history, uint64_t id)
{
    for (int i = 0; i < SNAPSHOT_POSITIONS_MAX; i++) {
        if (history->closing_id[i] == id) {
            return history->closing_ns[i];
        }
    }
    return 0;
}

/* One alarm for all trades; it names the first it finds. */
void measure_hold_overdue(const struct look *look, int32_t subject, struct memory *memory,
                          struct finding *out)
{
    for (int32_t i = 0; i < look->now->positions_count; i++) {
        const struct snapshot_position *position = &look->now->positions[i];
        const int64_t since_ns = closing_since_ns(look->history, position->id);
        const double closing_s =
            since_ns > 0 ? seconds_between(since_ns, look->now->time_ns) : 0.0;
        const double max_hold_s = position->max_hold_s; /* the one it was opened with */
        if (max_hold_s - position->hold_left_s > max_hold_s * look->alarm->enter) {
            text_cut(out->text, sizeof(out->text), "trade %llu is open %.0f min over its time",
                     (unsigned long long)position->id, -position->hold_left_s / 60.0);
        } else if (closing_s > look->alarm->dwell_s) {
            text_cut(out->text, sizeof(out->text), "trade %llu has been closing for %.0f s",
                     (unsigned long long)position->id, closing_s);
        } else {
            continue;
        }
        /* The dwell is in the conditions. */
        out->enter = LEVEL_HIGH;
        out->stay = LEVEL_HIGH;
        out->dwell_s = 0.0;
        return;
    }
}

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

void measure_fill_slippage(const struct look *look, int32_t subject, struct memory *memory,
                           struct finding *out)
{
    double sorted[HISTORY_FILLS];
    const struct config_alarm *alarm = look->alarm;
    if (look->history->fills < HISTORY_FILLS) {
        return;
    }
    memcpy(sorted, look->history->slippage_bps, sizeof(sorted));
    qsort(sorted, HISTORY_FILLS, sizeof(sorted[0]), compare);
    const double median_bps = (sorted[HISTORY_FILLS / 2 - 1] + sorted[HISTORY_FILLS / 2]) / 2.0;
    const double p95_bps = sorted[HISTORY_FILLS * 95 / 100 - 1];
    /* engine.slippage_bps is for both legs together, and a fill is one of them. */
    const double model_bps = look->config->engine.slippage_bps / 2.0;
    const double times = model_bps > 0.0 ? median_bps / model_bps : NONE;
    out->enter = times > alarm->enter || p95_bps > alarm->second ? LEVEL_MED : LEVEL_NONE;
    out->stay =
        times >= alarm->leave || p95_bps >= alarm->second_leave ? LEVEL_MED : LEVEL_NONE;
    text_cut(out->text, sizeof(out->text),
             "slippage of the last %d fills: median %.1f bps, 95 %% below %.1f, model %.1f",
             (int)HISTORY_FILLS, median_bps, p95_bps, model_bps);
}

/* Subject: a venue. */
void measure_order_slow(const struct look *look, int32_t subject, struct memory *memory,
                        struct finding *out)
{
    const struct config_alarm *alarm = look->alarm;
    const double p95_ms = look->input->report_p95_ms[subject];
    const double rejected_pct = look->input->rejected_pct[subject];
    const double limit_ms = subject == VENUE_A ? alarm->enter : alarm->second;
    out->enter = p95_ms > limit_ms || rejected_pct > alarm->third ? LEVEL_MED : LEVEL_NONE;
    out->stay = p95_ms >= limit_ms * alarm->leave || rejected_pct >= alarm->third * alarm->leave
                    ? LEVEL_MED
                    : LEVEL_NONE;
    text_cut(out->text, sizeof(out->text), "%s: reports take %.0f ms (p95), %.0f %% rejected",
             venue_name((enum venue)subject), p95_ms, rejected_pct);
}

/* Subject: a venue. */
void measure_rate_budget(const struct look *look, int32_t subject, struct memory *memory,
                         struct finding *out)
{
    const double left_pct = look->input->rate_left_pct[subject];
    if (look->input->banned[subject]) {
        out->enter = LEVEL_HIGH;
        out->stay = LEVEL_HIGH;
        text_cut(out->text, sizeof(out->text), "%s has banned us",
                 venue_name((enum venue)subject));
        return;
    }
    out->enter = level_below(left_pct, NONE, look->alarm->enter, NONE);
    out->stay = level_below(left_pct, NONE, look->alarm->leave, NONE);
    text_cut(out->text, sizeof(out->text), "%s: %.0f %% of the request budget is left",
             venue_name((enum venue)subject), left_pct);
}

void measure_journal(const struct look *look, int32_t subject, struct memory *memory,
                     struct finding *out)
{
    const struct config_alarm *alarm = look->alarm;
    const struct alert_input *input = look->input;
    const double free_mib =
        input->free_disk_bytes >= 0 ? (double)input->free_disk_bytes / 1048576.0 : NONE;
    out->enter = level_below(free_mib, NONE, alarm->second, alarm->second_high);
    out->stay = level_below(free_mib, NONE, alarm->second_leave, alarm->second_high);
    if (out->enter != LEVEL_NONE || input->journal_failed) {
        out->dwell_s = 0.0;
    }
    out->enter =
        level_worse(out->enter, level_above(input->journal_p99_ms, NONE, alarm->enter, NONE));
    out->stay =
        level_worse(out->stay, level_above(input->journal_p99_ms, NONE, alarm->leave, NONE));
    text_cut(out->text, sizeof(out->text), "commits take %.0f ms (p99), %.0f MiB of disk free",
             input->journal_p99_ms, free_mib);
    /* What could not be written once is somebody's business until he has said so. */
    if (input->journal_failed) {
        out->enter = LEVEL_HIGH;
        memory->count = 1;
        text_cut(out->text, sizeof(out->text), "the journal could not be written");
    }
    if (input->journal_failed || (memory->count > 0 && !look->acked)) {
        out->stay = LEVEL_HIGH;
    } else {
        memory->count = 0;
    }
}

/* Subject: a venue; the local clock's step is told with the first. */
void measure_clock_skew(const struct look *look, int32_t subject, struct memory *memory,
                        struct finding *out)
{
    const struct config_alarm *alarm = look->alarm;
    const double offset_ms = fabs(look->input->venue_offset_ms[subject]);
    const double step_s = subject == VENUE_A ? fabs(look->input->clock_step_s) : NONE;
    if (step_s > alarm->second) {
        out->enter = LEVEL_MED;
        out->stay = LEVEL_MED;
        out->dwell_s = 0.0;
        text_cut(out->text, sizeof(out->text), "the local clock stepped by %.1f s", step_s);
        return;
    }
    out->enter = level_above(offset_ms, alarm->enter, alarm->enter_middle, NONE);
    out->stay = level_above(offset_ms, alarm->leave, alarm->enter_middle, NONE);
    text_cut(out->text, sizeof(out->text), "%s: its clock is %.0f ms away, limit %.0f",
             venue_name((enum venue)subject), offset_ms, alarm->enter);
}

void measure_idle(const struct look *look, int32_t subject, struct memory *memory,
                  struct finding *out)
{
    const struct snapshot *now = look->now;
    const bool off = !now->armed || now->paused;
    /* The clock starts anew with every trade and with every turn of the switch. */
    const uint64_t mark = now->opened * 2 + (off ? 1 : 0) + 1;
    if (memory->count != mark) {
        memory->count = mark;
        memory->ns = now->time_ns;
    }
    const double idle_s = seconds_between(memory->ns, now->time_ns);
    const double limit_s = off ? look->alarm->second : look->alarm->enter;
    out->enter = idle_s >= limit_s ? LEVEL_LOW : LEVEL_NONE;
    out->stay = out->enter;
    text_cut(out->text, sizeof(out->text), "%s for %.0f min",
             !now->armed   ? "disarmed"
             : now->paused ? "paused"
                           : "armed and no trade",
             idle_s / 60.0);
}

/* Subject: 0 failed jobs, 1 a host that starves. */
void measure_tune(const struct look *look, int32_t subject, struct memory *memory,
                  struct finding *out)
{
    const struct config_alarm *alarm = look->alarm;
    const struct alert_input *input = look->input;
    if (subject == 0) {
        const bool enough = input->tune_jobs_done >= alarm->third;
        out->enter = enough && input->tune_failed_pct > alarm->enter ? LEVEL_LOW : LEVEL_NONE;
        out->stay = isfinite(input->tune_jobs_done) ? LEVEL_LOW : LEVEL_NONE;
        text_cut(out->text, sizeof(out->text), "%.0f %% of %.0f tuning jobs failed",
                 input->tune_failed_pct, input->tune_jobs_done);
        return;
    }
    const double cycle_ms = isfinite(input->tune_jobs_done) ? look->now->cycle_ms_p99 : NONE;
    out->enter = level_above(cycle_ms, NONE, alarm->second, NONE);
    out->stay = level_above(cycle_ms, NONE, alarm->second_leave, NONE);
    text_cut(out->text, sizeof(out->text),
             "tuning starves the session: a cycle takes %.0f ms (p99), workers wait", cycle_ms);
}
