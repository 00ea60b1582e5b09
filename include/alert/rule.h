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

enum { ALERT_ROWS_MAX = 128 };

struct alert_table; /* flat, no pointers inside */

size_t alert_table_size(void);
struct alert_table *alert_table_init(void *storage);

/* Everything the rules need that is not in a snapshot. */
struct alert_input {
    const struct snapshot *snapshot;
    double journal_p99_ms;
    int64_t free_disk_bytes;
    int32_t unknown_orders;
    int64_t unknown_since_ns;
    bool journal_failed;
};

/* Looks at one moment. Rows that changed since the last call are listed by index. */
void alert_table_step(struct alert_table *table, const struct config *config,
                      const struct alert_input *input, int32_t changed[ALERT_ROWS_MAX],
                      int32_t *changed_count);

/* Rows, most urgent first (HIGH unacked, ... cleared and acked last). */
int32_t alert_table_rows(const struct alert_table *table, struct snapshot_alert *out,
                         int32_t capacity);
const struct snapshot_alert *alert_table_row(const struct alert_table *table, int32_t index);
void alert_table_counts(const struct alert_table *table, int32_t *unacked,
                        int32_t *high_unacked, int32_t *total);

bool alert_table_ack(struct alert_table *table, uint32_t id, const char *operator_name);
int32_t alert_table_ack_all(struct alert_table *table,
                            const char *operator_name); /* not HIGH */
bool alert_table_shelve(struct alert_table *table, uint32_t id, int64_t until_ns);
