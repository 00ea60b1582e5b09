#pragma once
/* results: a folder of result files, cut down to what a ranking reads. */
#include <math.h>
#include <sys/stat.h>

#include "base/text.h"
#include "core/summary.h"
#include "rows.h"
#include "tune/aggregate.h"

/* Parameters are left out where NAN, so that a test names those it is about; `max_hold_s` of
 * INFINITY is null. Equity gains `even` and `odd` USD in its buckets by turns. */
struct results_given {
    const char *name;
    double min_spread_bps, max_hold_s, slippage_bps;
    double even_usd, odd_usd;
    int closed;
    const char *status; /* NULL: success */
    int fold;           /* 0: none */
    bool is_test;
};

static inline void results_write(const char *folder, const struct results_given *given)
{
    struct text text = text_growing();
    char path[128];
    text_addf(&text,
              "{\"status\": \"%s\", \"engine_profile\": \"exact\", \"pnl_model\": "
              "\"legs\", \"config\": {\"max_position_usd\": 1000, ",
              given->status != NULL ? given->status : "success");
    if (given->fold > 0) {
        const int from = given->fold * 10 + (given->is_test ? 20 : 0);
        text_addf(&text,
                  "\"window\": {\"fold\": %d, \"part\": \"%s\", \"from\": %d, \"to\": %d}, ",
                  given->fold, given->is_test ? "test" : "train", from,
                  from + (given->is_test ? 10 : 20));
    }
    text_addf(&text, "\"slippage_bps\": %g, \"min_spread_bps\": %g}, \"config_summary\": {",
              given->slippage_bps, given->min_spread_bps);
    if (isinf(given->max_hold_s)) {
        text_add(&text, "\"max_hold_s\": null");
    } else {
        text_addf(&text, "\"max_hold_s\": %g", given->max_hold_s);
    }
    text_addf(&text,
              "}, \"metrics\": {\"closed_trades\": %d, \"total_trades\": %d, "
              "\"max_drawdown_pct\": 1, \"realized_pnl_usd\": %g}, "
              "\"open_trades_most\": 1, \"fx_usd\": 0, \"equity_change_usd\": [",
              given->closed, given->closed, 128 * (given->even_usd + given->odd_usd));
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        text_addf(&text, "%s%g", i > 0 ? ", " : "",
                  i % 2 == 0 ? given->even_usd : given->odd_usd);
    }
    text_add(&text, "]}");
    snprintf(path, sizeof path, "%s/%s.json", folder, given->name);
    rows_write(path, text_string(&text));
    text_finish(&text);
}

static inline struct aggregate results_load(const char *folder,
                                            const struct results_given *given, size_t count)
{
    struct aggregate aggregate;
    struct err err;
    assert_int_equal(mkdir(folder, 0700), 0);
    for (size_t i = 0; i < count; i++) {
        results_write(folder, &given[i]);
    }
    assert_true(aggregate_load(&aggregate, folder, &err));
    return aggregate;
}

static inline const struct row *results_row(const struct aggregate *aggregate, const char *job)
{
    for (int64_t i = 0; i < aggregate->total; i++) {
        if (strcmp(aggregate->rows[i].job_id, job) == 0) {
            return &aggregate->rows[i];
        }
    }
    fail();
    return NULL;
}
