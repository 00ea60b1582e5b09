#include <math.h>
#include <string.h>

#include "tune/aggregate.h"

struct aggregate_hidden aggregate_hides(const struct aggregate *aggregate,
                                        const struct aggregate_filters *filters)
{
    struct aggregate_hidden hidden = {0};
    for (int64_t i = 0; i < aggregate->success; i++) {
        const struct row *row = &aggregate->rows[i];
        hidden.rows += !aggregate_keeps(filters, row);
        hidden.by_trades += row->total_trades < filters->trades_min;
        /* A drawdown that is not known is within no limit. */
        hidden.by_drawdown += !isnan(filters->drawdown_pct_max) &&
                              !(row->drawdown_pct <= filters->drawdown_pct_max);
    }
    return hidden;
}

/* Counts of every reason, then the most of them in order; of equal ones the first by name. */
int aggregate_reasons(const struct aggregate *aggregate,
                      struct aggregate_reason out[AGGREGATE_REASONS_MAX])
{
    json_t *counts = json_object();
    int count = 0;
    for (int64_t i = aggregate->success + aggregate->stopped; i < aggregate->total; i++) {
        const char *reason = aggregate->rows[i].error;
        const int64_t jobs = json_integer_value(json_object_get(counts, reason)) + 1;
        json_object_set_new_nocheck(counts, reason, json_integer(jobs));
    }
    for (int64_t i = aggregate->success + aggregate->stopped; i < aggregate->total; i++) {
        const char *reason = aggregate->rows[i].error;
        const int64_t jobs = json_integer_value(json_object_get(counts, reason));
        int place = count;
        /* Each once; then it is taken out of the counts. */
        if (jobs == 0) {
            continue;
        }
        json_object_del(counts, reason);
        while (place > 0 &&
               (out[place - 1].jobs < jobs ||
                (out[place - 1].jobs == jobs && strcmp(out[place - 1].text, reason) > 0))) {
            if (place < AGGREGATE_REASONS_MAX) {
                out[place] = out[place - 1];
            }
            place--;
        }
        if (place < AGGREGATE_REASONS_MAX) {
            out[place] = (struct aggregate_reason){jobs, reason};
            count += count < AGGREGATE_REASONS_MAX;
        }
    }
    json_decref(counts);
    return count;
}
