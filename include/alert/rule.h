#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "view/snapshot.h"

/* rule: which alarms does this moment raise or clear (MARKET.md C, ISA-18.2 states)?
 *
 * Pure: snapshot in, alarm table out. Enter and leave with dwell on event time; more than 3
 * cycles in 10 minutes is flapping and doubles the dwell. One row per rule and subject, with a
 * count. */

/* There is one slot for each rule and subject there can be, so the table is never full. */
enum { ALERT_ROWS_MAX = 128 };

struct alert_table; /* flat, no pointers inside */

size_t alert_table_size(void);
struct alert_table *alert_table_init(void *storage);

/* Everything the rules need that is not in a snapshot. A number nobody knows is NAN and raises
 * nothing. */
struct alert_input {
    const struct snapshot *snapshot;
    double journal_p99_ms;
    int64_t free_disk_bytes; /* -1: unknown */
    int32_t unknown_orders;
    int64_t unknown_since_ns;
    uint64_t broken_trade; /* one that broke since the last look, mended or not; 0: none */
    bool journal_failed;
    double silent_periods; /* of the engine's, since its last cycle */
    double fx_spread_ticks;
    double pair_losses[SNAPSHOT_PAIRS_MAX]; /* in a row */
    double session_losses;
    double liquidation_pct; /* distance of the nearest liquidation price from the mark */
    double krw_trades_left, usdt_trades_left, coin_trades_left[SNAPSHOT_PAIRS_MAX];
    double idle_change_pct; /* worth of idle balances since the day began, at its quantities */
    double report_p95_ms[VENUE_LAST + 1], rejected_pct[VENUE_LAST + 1];
    double rate_left_pct[VENUE_LAST + 1];
    bool banned[VENUE_LAST + 1];
    double venue_offset_ms[VENUE_LAST + 1], clock_step_s;
    double tune_failed_pct, tune_jobs_done; /* NAN while no sweep runs */
};

/* All unknown; the caller fills in what he knows. `snapshot` is borrowed. */
struct alert_input alert_input_unknown(const struct snapshot *snapshot);

/* What a closed trade promised and brought, and what a fill gave away against the touch, in
 * bps: rules 15 and 20 look at the last of them. */
void alert_table_note_trade(struct alert_table *table, double predicted_bps,
                            double realized_bps);
void alert_table_note_fill(struct alert_table *table, double slippage_bps);

/* Looks at one moment. Rows that changed since the last call are listed by index: raised,
 * graver or lighter, cleared, acknowledged, shelved. Their text follows the moment without
 * that. */
void alert_table_step(struct alert_table *table, const struct config *config,
                      const struct alert_input *input, int32_t changed[ALERT_ROWS_MAX],
                      int32_t *changed_count);

/* Takes back a row of an earlier life, from the journal, before the first step. A row that no
 * rule of this build makes is passed by. */
void alert_table_restore(struct alert_table *table, const struct snapshot_alert *row);

/* Rows, most urgent first: unacknowledged by severity, then acknowledged ones that hold,
 * shelved, over. Returns how many were written. */
int32_t alert_table_rows(const struct alert_table *table, struct snapshot_alert *out,
                         int32_t capacity);
const struct snapshot_alert *alert_table_row(const struct alert_table *table, int32_t index);
void alert_table_counts(const struct alert_table *table, int32_t *unacked,
                        int32_t *high_unacked, int32_t *total);

/* False when there is no such row, or nothing about it to acknowledge. */
bool alert_table_ack(struct alert_table *table, uint32_t id, const char *operator_name);
int32_t alert_table_ack_all(struct alert_table *table,
                            const char *operator_name); /* not HIGH */
/* Out of the way until then, at most ALERT_SHELVE_S_MAX ahead; an alarm that turns HIGH comes
 * back at once. False when there is no such row or the time is not in that range. */
enum { ALERT_SHELVE_S_MAX = 3600 };
bool alert_table_shelve(struct alert_table *table, uint32_t id, int64_t until_ns);
