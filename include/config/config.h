#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "config/alarm.h"
#include "core/engine.h"
#include "core/guard.h"

/* config: what the operator decided, as one plain value.
 *
 * Every member is a row of the schema table (config/schema.h): type, unit, range, default,
 * help. Layers, later wins: schema defaults, an embedded or given file, command line options.
 */

enum {
    CONFIG_PAIRS_MAX = 8,
    CONFIG_SYMBOL_SIZE = 24,
    CONFIG_NAME_SIZE = 64,
    CONFIG_PATH_SIZE = 512,
    CONFIG_URL_SIZE = 200,
};

struct config_pair {
    char name[CONFIG_SYMBOL_SIZE];     /* BTC */
    char symbol_a[CONFIG_SYMBOL_SIZE]; /* KRW-BTC */
    char symbol_b[CONFIG_SYMBOL_SIZE]; /* BTCUSDT */
    double lot_a, lot_b;               /* coin */
    double tick_a, tick_b;             /* native; tick_a 0: by the KRW price table */
    double minimum_a_krw, minimum_b_usdt;
    double maintenance_pct;
};

/* Public market data of the real venues, or of whatever speaks like them. */
struct config_live {
    bool enabled; /* of trading, not of data */
    char upbit_rest_url[CONFIG_URL_SIZE], upbit_socket_url[CONFIG_URL_SIZE];
    char binance_rest_url[CONFIG_URL_SIZE];
    char binance_public_url[CONFIG_URL_SIZE], binance_market_url[CONFIG_URL_SIZE];
    char ca_file[CONFIG_PATH_SIZE]; /* "": the system's certificates */
    int32_t upbit_levels;
    bool book_ticker;
    double connect_ms, request_ms;
    double ping_ms, silence_ms, stale_ms;
    double back_off_ms, back_off_ms_max;
    double lifetime_s, overlap_ms;
    double resync_ms, storm_window_s;
    int32_t storm_resyncs, storm_losses;
    double refresh_s;
    double budget_pct;
    double stale_side_ms, malformed_per_min;
    double clock_skew_ms, clock_step_ms, stall_ms;
    double record_file_mb, record_file_s, record_total_mb, record_free_mb;
};

struct config {
    struct {
        char name[CONFIG_NAME_SIZE];     /* "" : made from mode and time */
        char day_zone[CONFIG_NAME_SIZE]; /* IANA name of the desk */
        double near_miss_pct;
        double state_period_s; /* how often the state is journaled at least */
    } session;
    int32_t pairs_count;
    struct config_pair pairs[CONFIG_PAIRS_MAX];
    struct {
        char price[8]; /* micro, mid, last */
    } fx;
    struct engine_params engine;
    struct {
        double krw, usdt, coin_usd, leverage;
        double latency_a_ms_median, latency_a_ms_p99, latency_b_ms_median, latency_b_ms_p99;
        double reject_probability, delay_probability, replenish_half_life_s;
        double order_timeout_s, decision_ttl_ms, leg_retry_ms;
        int32_t leg_retries_max;
        double leg_cooldown_s;
    } paper;
    struct guard_limits risk_limits;
    struct {
        struct config_alarm rules[CONFIG_ALARMS]; /* by enum config_alarm_rule */
        double quiet_start_s;
    } alerts;
    struct {
        char data_file[CONFIG_PATH_SIZE]; /* of a backtest; "": the command line says */
        char simulated[16];               /* preset */
        bool faults, opening;
        uint64_t seed;
    } market;
    struct config_live live;
    struct {
        int32_t port; /* of the loopback; 0: nobody may ask */
    } metrics;
    struct {
        double frames_per_s;
        char theme[16];
        char chart_span[8];
        bool bell;
    } console;
};

/* The schema's defaults: SPEC.md 3.6's neutral engine, MARKET.md B.2's limits, C's alarms. */
void config_defaults(struct config *config);

/* Reads a YAML file over *config. On errors *config is left alone and `report` (growing or
 * fixed) holds every one, a line each, `FILE:LINE: section.key: 'value' reason (expected ...;
 * did you mean '...'?)`; err holds the count. */
bool config_load(struct config *config, const char *path, struct text *report, struct err *err);

/* The same from memory; `name` stands for the file in messages. */
bool config_load_text(struct config *config, const char *name, const char *yaml, size_t length,
                      struct text *report, struct err *err);

/* configs/paper.yaml as it was at build time (MARKET.md B.1). */
const char *config_paper_yaml(size_t *length);

/* Sets one key from text, as an option or a `--set` does. err names key, value, reason,
 * expected. */
bool config_set(struct config *config, const char *key, const char *value, struct err *err);

/* Did the operator say so? True once a file or config_set() named the key
 * ("risk_limits.day_loss_usd"). config_load() and config_set() keep the record in a bit set
 * beside the value. */
struct config_named {
    uint64_t bits[16];
};
bool config_is_named(const struct config_named *named, const char *key);
/* As config_load()/config_set(), noting the keys in *named (may be NULL). */
bool config_load_named(struct config *config, struct config_named *named, const char *path,
                       struct text *report, struct err *err);
bool config_set_named(struct config *config, struct config_named *named, const char *key,
                      const char *value, struct err *err);

/* The whole value as YAML with a comment per key: what configs/default.yaml is made of. */
void config_print(const struct config *config, struct text *out, bool with_help);
/* "section.key = value", a line each, in schema order: what two configs are compared by. */
void config_list(const struct config *config, struct text *out);
/* Lays lines of an earlier config_list() over *config; err names the first that does not fit.
 */
bool config_recall(struct config *config, const char *lines, struct err *err);
/* One key's row: help, what it takes, default; of a section ("alerts.rules.margin"), the help
 * of its keys. false when unknown (err suggests). */
bool config_explain(const char *key, struct text *out, struct err *err);
/* Things allowed and unwise (stop below cost, size over limit), a line each; count returned. */
int config_warnings(const struct config *config, struct text *out);
