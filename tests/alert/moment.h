#pragma once
/* moment: a session made by hand, one look after another, and the alarms it raises. */
#include "support/check.h"

#include <stdlib.h>

#include "alert/rule.h"
#include "config/config.h"

#define SECOND INT64_C(1000000000)

static struct config config;
static struct snapshot now;
static struct alert_input input;
static struct alert_table *table;
static int32_t changed_count;

/* A quiet session of two pairs, armed, everything fresh, past the quiet start. */
static inline int set_up(void **state)
{
    config_defaults(&config);
    config.alerts.quiet_start_s = 0.0;
    memset(&now, 0, sizeof(now));
    now.time_ns = 1000000 * SECOND;
    now.armed = true;
    now.krw_per_usd = 1450.0;
    now.fx_age_limit_ms = 15000.0;
    now.margin_used_pct = (double)NAN;
    now.pairs_count = 2;
    for (int i = 0; i < 2; i++) {
        struct snapshot_pair *pair = &now.pairs[i];
        snprintf(pair->name, sizeof(pair->name), i == 0 ? "BTC" : "ETH");
        snprintf(pair->a.symbol, sizeof(pair->a.symbol), "KRW-%s", pair->name);
        snprintf(pair->b.symbol, sizeof(pair->b.symbol), "%sUSDT", pair->name);
        pair->a.state = FEED_FRESH;
        pair->b.state = FEED_FRESH;
        pair->a.age_limit_ms = 3000.0;
        pair->b.age_limit_ms = 1500.0;
    }
    input = alert_input_unknown(&now);
    table = alert_table_init(malloc(alert_table_size()));
    return 0;
}

static inline int tear_down(void **state)
{
    free(table);
    return 0;
}

/* Looks once, with nothing said about the feeds. */
static inline void look(void)
{
    int32_t changed[ALERT_ROWS_MAX];
    alert_table_step(table, &config, &input, changed, &changed_count);
}

/* Every feed and fx speaks now, and every pair is weighed. */
static inline void hear(void)
{
    now.fx_heard_ns = now.time_ns;
    for (int i = 0; i < 2; i++) {
        now.pairs[i].a.heard_ns = now.time_ns;
        now.pairs[i].b.heard_ns = now.time_ns;
        now.pairs[i].decided_ns = now.time_ns;
    }
}

/* Looks once a second for so long, all feeds speaking. */
static inline void pass(int seconds)
{
    for (int i = 0; i < seconds; i++) {
        now.time_ns += SECOND;
        hear();
        look();
    }
}

/* The row of a rule, the most urgent if there are several; NULL: never raised. */
static inline const struct snapshot_alert *row_of(const char *rule)
{
    static struct snapshot_alert rows[ALERT_ROWS_MAX];
    const int32_t count = alert_table_rows(table, rows, ALERT_ROWS_MAX);
    for (int32_t i = 0; i < count; i++) {
        if (strcmp(rows[i].rule, rule) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

/* The gravest active row of a rule; -1: none is active. */
static inline int severity_of(const char *rule)
{
    struct snapshot_alert rows[ALERT_ROWS_MAX];
    const int32_t count = alert_table_rows(table, rows, ALERT_ROWS_MAX);
    int severity = -1;
    for (int32_t i = 0; i < count; i++) {
        if (strcmp(rows[i].rule, rule) == 0 && rows[i].active &&
            (int)rows[i].severity > severity) {
            severity = (int)rows[i].severity;
        }
    }
    return severity;
}

enum { OFF = -1, LOW = ALERT_LOW, MED = ALERT_MED, HIGH = ALERT_HIGH };

static inline int active_count(void)
{
    struct snapshot_alert rows[ALERT_ROWS_MAX];
    const int32_t count = alert_table_rows(table, rows, ALERT_ROWS_MAX);
    int active = 0;
    for (int32_t i = 0; i < count; i++) {
        active += rows[i].active;
    }
    return active;
}

#define ALERT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
