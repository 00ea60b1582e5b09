#pragma once
#include "alert/rule.h"

/* measure: what one rule says of one subject at one moment. The table (rule.c) makes alarms of
 * it: dwell, escalation, flapping, acknowledgement. */

enum level { LEVEL_NONE, LEVEL_LOW, LEVEL_MED, LEVEL_HIGH };

struct finding {
    enum level enter; /* the gravest level whose condition holds */
    enum level stay;  /* the gravest level whose end has not come yet */
    int64_t since_ns; /* when the condition began, if known; 0: now */
    double dwell_s, high_dwell_s,
        leave_dwell_s; /* as configured, unless the rule knows better */
    char text[SNAPSHOT_LINE_SIZE];
};

enum { MEMORY_TIMES = 16 };

/* What a rule remembers of a subject between two looks; zeroed at first. */
struct memory {
    int64_t ns;
    double value;
    uint64_t count;
    int64_t times_ns[MEMORY_TIMES]; /* newest first */
};

enum { HISTORY_FX_PARTS = 13, HISTORY_TRADES = 64, HISTORY_FILLS = 20 };

/* What rules share. */
struct history {
    int64_t fx_part[HISTORY_FX_PARTS]; /* which twelfth of the window since 1970 */
    double fx_low[HISTORY_FX_PARTS], fx_high[HISTORY_FX_PARTS];
    uint64_t closing_id[SNAPSHOT_POSITIONS_MAX]; /* trades seen closing, and since when */
    int64_t closing_ns[SNAPSHOT_POSITIONS_MAX];
    uint64_t trades, fills; /* noted so far */
    double predicted_bps[HISTORY_TRADES], realized_bps[HISTORY_TRADES];
    double slippage_bps[HISTORY_FILLS];
};

struct look {
    const struct alert_input *input;
    const struct snapshot *now;
    const struct config *config;
    const struct config_alarm *alarm; /* of this rule */
    const struct history *history;
    int64_t start_ns; /* first look of all */
    bool acked;       /* the row, as it stands */
};

typedef void measure_fn(const struct look *look, int32_t subject, struct memory *memory,
                        struct finding *out);

/* One for each row of CONFIG_ALARM_TABLE. A subject is a pair, or a feed (pair * 2 + venue), or
 * what the rule's own comment says. */
measure_fn measure_kill_engaged, measure_engine_silent, measure_leg_open, measure_order_unknown,
    measure_feed_stale, measure_feed_gap, measure_feed_skew, measure_fx_stale, measure_fx_jump,
    measure_fx_wide, measure_edge_abnormal, measure_loss_day, measure_drawdown, measure_streak,
    measure_edge_capture, measure_hold_overdue, measure_margin, measure_inventory_low,
    measure_inventory_fx, measure_fill_slippage, measure_order_slow, measure_rate_budget,
    measure_journal, measure_clock_skew, measure_funding_due, measure_idle, measure_tune,
    measure_guard_halted;

/* Takes the moment into what rules share, before they look. */
void history_look(struct history *history, const struct snapshot *now, double fx_window_s);

/* The level a measure reaches upwards: NAN as a threshold is none, NAN as a measure reaches
 * nothing. */
enum level level_above(double value, double low, double med, double high);
/* The same downwards. */
enum level level_below(double value, double low, double med, double high);
enum level level_worse(enum level a, enum level b);

double seconds_between(int64_t from_ns, int64_t to_ns);
