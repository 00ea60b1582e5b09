#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "table.h"

#define NS_PER_S 1e9

enum {
    RULE_STRIDE = 32, /* id = rule * RULE_STRIDE + subject + 1 */
    FLAP_WINDOW_S = 600,
    FLAP_LEAVE_S_MIN = 5, /* an end without dwell has nothing to double */
};

static const struct {
    measure_fn *measure;
    int32_t subjects;
} RULES[CONFIG_ALARMS] = {
    [CONFIG_ALARM_KILL_ENGAGED] = {measure_kill_engaged, 1},
    [CONFIG_ALARM_ENGINE_SILENT] = {measure_engine_silent, 1},
    [CONFIG_ALARM_LEG_OPEN] = {measure_leg_open, 1},
    [CONFIG_ALARM_ORDER_UNKNOWN] = {measure_order_unknown, 1},
    [CONFIG_ALARM_FEED_STALE] = {measure_feed_stale, 2 * SNAPSHOT_PAIRS_MAX},
    [CONFIG_ALARM_FEED_GAP] = {measure_feed_gap, 2 * SNAPSHOT_PAIRS_MAX},
    [CONFIG_ALARM_FEED_SKEW] = {measure_feed_skew, SNAPSHOT_PAIRS_MAX},
    [CONFIG_ALARM_FX_STALE] = {measure_fx_stale, 1},
    [CONFIG_ALARM_FX_JUMP] = {measure_fx_jump, 1},
    [CONFIG_ALARM_FX_WIDE] = {measure_fx_wide, 1},
    [CONFIG_ALARM_EDGE_ABNORMAL] = {measure_edge_abnormal, SNAPSHOT_PAIRS_MAX},
    [CONFIG_ALARM_LOSS_DAY] = {measure_loss_day, 1},
    [CONFIG_ALARM_DRAWDOWN] = {measure_drawdown, 1},
    [CONFIG_ALARM_STREAK] = {measure_streak, SNAPSHOT_PAIRS_MAX + 1},
    [CONFIG_ALARM_EDGE_CAPTURE] = {measure_edge_capture, 1},
    [CONFIG_ALARM_HOLD_OVERDUE] = {measure_hold_overdue, 1},
    [CONFIG_ALARM_MARGIN] = {measure_margin, 1},
    [CONFIG_ALARM_INVENTORY_LOW] = {measure_inventory_low, 2 + SNAPSHOT_PAIRS_MAX},
    [CONFIG_ALARM_INVENTORY_FX] = {measure_inventory_fx, 1},
    [CONFIG_ALARM_FILL_SLIPPAGE] = {measure_fill_slippage, 1},
    [CONFIG_ALARM_ORDER_SLOW] = {measure_order_slow, VENUE_LAST + 1},
    [CONFIG_ALARM_RATE_BUDGET] = {measure_rate_budget, VENUE_LAST + 1},
    [CONFIG_ALARM_JOURNAL] = {measure_journal, 1},
    [CONFIG_ALARM_CLOCK_SKEW] = {measure_clock_skew, VENUE_LAST + 1},
    [CONFIG_ALARM_FUNDING_DUE] = {measure_funding_due, SNAPSHOT_PAIRS_MAX},
    [CONFIG_ALARM_IDLE] = {measure_idle, 1},
    [CONFIG_ALARM_TUNE_FAILED] = {measure_tune, 2},
    [CONFIG_ALARM_GUARD_HALTED] = {measure_guard_halted, 1},
};

double seconds_between(int64_t from_ns, int64_t to_ns)
{
    return (double)(to_ns - from_ns) / NS_PER_S;
}

enum level level_above(double value, double low, double med, double high)
{
    return value > high  ? LEVEL_HIGH
           : value > med ? LEVEL_MED
           : value > low ? LEVEL_LOW
                         : LEVEL_NONE;
}

enum level level_below(double value, double low, double med, double high)
{
    return level_above(-value, -low, -med, -high);
}

enum level level_worse(enum level a, enum level b)
{
    return a > b ? a : b;
}

size_t alert_table_size(void)
{
    return sizeof(struct alert_table);
}

struct alert_table *alert_table_init(void *storage)
{
    struct alert_table *table = storage;
    memset(table, 0, sizeof(*table));
    for (int32_t rule = 0; rule < CONFIG_ALARMS; rule++) {
        assert(RULES[rule].subjects <= RULE_STRIDE);
        for (int32_t subject = 0; subject < RULES[rule].subjects; subject++) {
            assert(table->count < ALERT_ROWS_MAX);
            struct slot *slot = &table->slots[table->count++];
            slot->rule = rule;
            slot->subject = subject;
            slot->row.id = (uint32_t)(rule * RULE_STRIDE + subject + 1);
            text_cut(slot->row.rule, sizeof(slot->row.rule), "%s",
                     config_alarm_name((enum config_alarm_rule)rule));
        }
    }
    return table;
}

struct alert_input alert_input_unknown(const struct snapshot *snapshot)
{
    struct alert_input input = {.snapshot = snapshot, .free_disk_bytes = -1};
    double *unknown[] = {
        &input.journal_p99_ms,   &input.silent_periods,  &input.fx_spread_ticks,
        &input.session_losses,   &input.liquidation_pct, &input.krw_trades_left,
        &input.usdt_trades_left, &input.idle_change_pct, &input.clock_step_s,
        &input.tune_failed_pct,  &input.tune_jobs_done,
    };
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        *unknown[i] = (double)NAN;
    }
    for (int i = 0; i < SNAPSHOT_PAIRS_MAX; i++) {
        input.pair_losses[i] = (double)NAN;
        input.coin_trades_left[i] = (double)NAN;
    }
    for (int i = 0; i <= VENUE_LAST; i++) {
        input.report_p95_ms[i] = (double)NAN;
        input.rejected_pct[i] = (double)NAN;
        input.rate_left_pct[i] = (double)NAN;
        input.venue_offset_ms[i] = (double)NAN;
    }
    return input;
}

void alert_table_note_trade(struct alert_table *table, double predicted_bps,
                            double realized_bps)
{
    const size_t at = (size_t)(table->history.trades++ % HISTORY_TRADES);
    table->history.predicted_bps[at] = predicted_bps;
    table->history.realized_bps[at] = realized_bps;
}

void alert_table_note_fill(struct alert_table *table, double slippage_bps)
{
    table->history.slippage_bps[table->history.fills++ % HISTORY_FILLS] = slippage_bps;
}

static bool is_flapping(const struct slot *slot, int64_t now_ns)
{
    const int64_t oldest_ns = slot->raised_ns[FLAP_CYCLES];
    return oldest_ns != 0 && seconds_between(oldest_ns, now_ns) <= FLAP_WINDOW_S;
}

static void name_text(struct slot *slot, const struct finding *found, int64_t now_ns)
{
    text_cut(slot->row.text, sizeof(slot->row.text), "%s%s", found->text,
             is_flapping(slot, now_ns) ? " (flapping)" : "");
}

/* Raised anew, or to a graver level: somebody is to look at it again. */
static void raise_slot(struct slot *slot, enum level level, const struct finding *found,
                       int64_t now_ns)
{
    struct snapshot_alert *row = &slot->row;
    if (slot->level == LEVEL_NONE) {
        row->count++;
        row->first_ns = slot->raised_ever ? row->first_ns : now_ns;
        slot->raised_ever = true;
        memmove(slot->raised_ns + 1, slot->raised_ns,
                sizeof(slot->raised_ns) - sizeof(int64_t));
        slot->raised_ns[0] = now_ns;
    }
    slot->level = level;
    row->severity = (enum alert_severity)(level - LEVEL_LOW);
    row->active = true;
    row->last_ns = now_ns;
    if (row->state != ALERT_SHELVED || level == LEVEL_HIGH) {
        row->state = ALERT_NEW;
        row->shelved_until_ns = 0;
        row->acked_by[0] = '\0';
    }
    name_text(slot, found, now_ns);
    slot->changed = true;
}

static void lower_slot(struct slot *slot, enum level level)
{
    struct snapshot_alert *row = &slot->row;
    slot->level = level;
    slot->changed = true;
    if (level != LEVEL_NONE) {
        row->severity = (enum alert_severity)(level - LEVEL_LOW);
        return;
    }
    row->active = false;
    if (row->state == ALERT_NEW) {
        row->state = ALERT_CLEARED;
    }
}

/* The level that is due by dwell alone: HIGH once the condition has lasted long enough. */
static enum level due_level(const struct slot *slot, const struct finding *found,
                            int64_t now_ns)
{
    const bool lasted =
        slot->began_ns != 0 && seconds_between(slot->began_ns, now_ns) >= found->high_dwell_s;
    return found->enter != LEVEL_NONE && lasted ? LEVEL_HIGH : found->enter;
}

/* When a condition began: as the rule knows it, else when we first saw it. */
static int64_t begun(int64_t seen_ns, bool holds, const struct finding *found, int64_t now_ns)
{
    if (!holds) {
        return 0;
    }
    if (seen_ns == 0) {
        return found->since_ns > 0 && found->since_ns < now_ns ? found->since_ns : now_ns;
    }
    return seen_ns;
}

static void judge(struct slot *slot, const struct finding *found, int64_t now_ns, bool quiet)
{
    const bool flapping = is_flapping(slot, now_ns);
    const double leave_s =
        flapping ? fmax(2.0 * found->leave_dwell_s, FLAP_LEAVE_S_MIN) : found->leave_dwell_s;
    const double dwell_s = flapping ? 2.0 * found->dwell_s : found->dwell_s;
    slot->began_ns = begun(slot->began_ns, found->enter != LEVEL_NONE, found, now_ns);
    const enum level due = due_level(slot, found, now_ns);
    slot->graver_ns = begun(slot->graver_ns, due > slot->level, found, now_ns);
    const bool lighter = level_worse(found->stay, due) < slot->level;
    slot->lighter_ns = !lighter ? 0 : slot->lighter_ns != 0 ? slot->lighter_ns : now_ns;
    if (slot->graver_ns != 0 && !quiet && seconds_between(slot->graver_ns, now_ns) >= dwell_s) {
        raise_slot(slot, due, found, now_ns);
        slot->graver_ns = 0;
    } else if (slot->lighter_ns != 0 && seconds_between(slot->lighter_ns, now_ns) >= leave_s) {
        lower_slot(slot, level_worse(found->stay, due));
        slot->lighter_ns = 0;
    } else if (slot->level != LEVEL_NONE && found->enter != LEVEL_NONE) {
        name_text(slot, found, now_ns);
    }
}

static void end_shelf(struct slot *slot, int64_t now_ns)
{
    struct snapshot_alert *row = &slot->row;
    if (row->state == ALERT_SHELVED && now_ns >= row->shelved_until_ns) {
        /* What ended on the shelf needs nobody any more. */
        row->state = row->active ? ALERT_NEW : ALERT_ACKED;
        row->shelved_until_ns = 0;
        slot->changed = true;
    }
}

static double or_zero(double value)
{
    return isnan(value) ? 0.0 : value;
}

static void look_at(struct alert_table *table, struct slot *slot, const struct config *config,
                    const struct alert_input *input)
{
    const struct config_alarm *alarm = &config->alerts.rules[slot->rule];
    const struct look look = {
        .input = input,
        .now = input->snapshot,
        .config = config,
        .alarm = alarm,
        .history = &table->history,
        .start_ns = table->start_ns,
        .acked = slot->row.state == ALERT_ACKED,
    };
    struct finding found = {
        .dwell_s = or_zero(alarm->dwell_s),
        .high_dwell_s = alarm->high_dwell_s,
        .leave_dwell_s = or_zero(alarm->leave_dwell_s),
    };
    const bool quiet =
        seconds_between(table->start_ns, table->now_ns) < config->alerts.quiet_start_s;
    if (alarm->enabled) {
        RULES[slot->rule].measure(&look, slot->subject, &slot->memory, &found);
    }
    judge(slot, &found, table->now_ns, quiet);
    end_shelf(slot, table->now_ns);
}

/* Trades that close, since when: the snapshot tells only that they do. */
static void follow_closing(struct history *history, const struct snapshot *now)
{
    uint64_t ids[SNAPSHOT_POSITIONS_MAX] = {0};
    int64_t since_ns[SNAPSHOT_POSITIONS_MAX] = {0};
    int32_t count = 0;
    for (int32_t i = 0; i < now->positions_count; i++) {
        if (now->positions[i].state != TRADE_CLOSING) {
            continue;
        }
        ids[count] = now->positions[i].id;
        since_ns[count] = now->time_ns;
        for (int32_t known = 0; known < SNAPSHOT_POSITIONS_MAX; known++) {
            if (history->closing_id[known] == ids[count]) {
                since_ns[count] = history->closing_ns[known];
            }
        }
        count++;
    }
    memcpy(history->closing_id, ids, sizeof(ids));
    memcpy(history->closing_ns, since_ns, sizeof(since_ns));
}

void alert_table_step(struct alert_table *table, const struct config *config,
                      const struct alert_input *input, int32_t changed[ALERT_ROWS_MAX],
                      int32_t *changed_count)
{
    const int64_t now_ns = input->snapshot->time_ns;
    *changed_count = 0;
    /* Before the first event there is nothing to see, and time does not run back. */
    if (now_ns == 0 || now_ns < table->now_ns) {
        return;
    }
    table->start_ns = table->start_ns == 0 ? now_ns : table->start_ns;
    table->now_ns = now_ns;
    history_look(&table->history, input->snapshot, config->risk_limits.fx_jump_window_s);
    follow_closing(&table->history, input->snapshot);
    for (int32_t i = 0; i < table->count; i++) {
        struct slot *slot = &table->slots[i];
        look_at(table, slot, config, input);
        if (slot->changed) {
            changed[(*changed_count)++] = i;
            slot->changed = false;
        }
    }
}
