#include <string.h>

#include "base/text.h"
#include "table.h"

static bool is_unacked(const struct snapshot_alert *row)
{
    return row->state == ALERT_NEW || row->state == ALERT_CLEARED;
}

/* 0 is the most urgent. */
static int urgency(const struct snapshot_alert *row)
{
    const int by_severity = 2 * (ALERT_HIGH - (int)row->severity);
    if (is_unacked(row)) {
        return by_severity + (row->active ? 0 : 1);
    }
    if (row->state == ALERT_SHELVED) {
        return 20 + by_severity;
    }
    return (row->active ? 10 : 30) + by_severity;
}

static bool comes_before(const struct slot *a, const struct slot *b)
{
    if (urgency(&a->row) != urgency(&b->row)) {
        return urgency(&a->row) < urgency(&b->row);
    }
    if (a->row.last_ns != b->row.last_ns) {
        return a->row.last_ns > b->row.last_ns;
    }
    return a->row.id < b->row.id;
}

int32_t alert_table_rows(const struct alert_table *table, struct snapshot_alert *out,
                         int32_t capacity)
{
    const struct slot *order[ALERT_ROWS_MAX];
    int32_t count = 0;
    for (int32_t i = 0; i < table->count; i++) {
        const struct slot *slot = &table->slots[i];
        if (!slot->raised_ever) {
            continue;
        }
        int32_t at = count++;
        for (; at > 0 && comes_before(slot, order[at - 1]); at--) {
            order[at] = order[at - 1];
        }
        order[at] = slot;
    }
    count = count < capacity ? count : capacity;
    for (int32_t i = 0; i < count; i++) {
        out[i] = order[i]->row;
    }
    return count;
}

const struct snapshot_alert *alert_table_row(const struct alert_table *table, int32_t index)
{
    return &table->slots[index].row;
}

void alert_table_counts(const struct alert_table *table, int32_t *unacked,
                        int32_t *high_unacked, int32_t *total)
{
    *unacked = 0;
    *high_unacked = 0;
    *total = 0;
    for (int32_t i = 0; i < table->count; i++) {
        const struct slot *slot = &table->slots[i];
        const bool open = slot->raised_ever && is_unacked(&slot->row);
        *total += slot->raised_ever;
        *unacked += open;
        *high_unacked += open && slot->row.severity == ALERT_HIGH;
    }
}

static struct slot *find(struct alert_table *table, uint32_t id)
{
    for (int32_t i = 0; i < table->count; i++) {
        if (table->slots[i].row.id == id) {
            return &table->slots[i];
        }
    }
    return NULL;
}

static bool acknowledge(struct slot *slot, const char *operator_name)
{
    struct snapshot_alert *row = &slot->row;
    if (!slot->raised_ever || !is_unacked(row)) {
        return false;
    }
    row->state = ALERT_ACKED;
    text_cut(row->acked_by, sizeof(row->acked_by), "%s", operator_name);
    slot->changed = true;
    return true;
}

bool alert_table_ack(struct alert_table *table, uint32_t id, const char *operator_name)
{
    struct slot *slot = find(table, id);
    return slot != NULL && acknowledge(slot, operator_name);
}

int32_t alert_table_ack_all(struct alert_table *table, const char *operator_name)
{
    int32_t count = 0;
    for (int32_t i = 0; i < table->count; i++) {
        if (table->slots[i].row.severity != ALERT_HIGH) {
            count += acknowledge(&table->slots[i], operator_name);
        }
    }
    return count;
}

bool alert_table_shelve(struct alert_table *table, uint32_t id, int64_t until_ns)
{
    struct slot *slot = find(table, id);
    const double ahead_s = seconds_between(table->now_ns, until_ns);
    if (slot == NULL || !slot->raised_ever || !(ahead_s > 0.0) ||
        ahead_s > ALERT_SHELVE_S_MAX) {
        return false;
    }
    slot->row.state = ALERT_SHELVED;
    slot->row.shelved_until_ns = until_ns;
    slot->changed = true;
    return true;
}

void alert_table_restore(struct alert_table *table, const struct snapshot_alert *row)
{
    struct slot *slot = find(table, row->id);
    if (slot == NULL || strcmp(slot->row.rule, row->rule) != 0 || row->severity > ALERT_HIGH) {
        return;
    }
    slot->row = *row;
    slot->raised_ever = true;
    slot->level = row->active ? (enum level)(row->severity + LEVEL_LOW) : LEVEL_NONE;
}
