#pragma once
#include <stdbool.h>

/* alarm: the settings of the alarm rules, as plain numbers: the 27 of MARKET.md C, and that of
 * a halted guard.
 *
 * What a number of a rule measures, and in which unit, is in its schema row:
 * `arblite config explain alerts.rules.margin.second_high`. A rule has only the keys it uses;
 * the others are NAN. */

/* X(RULE, "name"), in the order of the table. New ones go to the end: rows of alarms are known
 * by their place here, in journals too. */
#define CONFIG_ALARM_TABLE(X)                                                                  \
    X(KILL_ENGAGED, "kill.engaged")                                                            \
    X(ENGINE_SILENT, "engine.silent")                                                          \
    X(LEG_OPEN, "leg.open")                                                                    \
    X(ORDER_UNKNOWN, "order.unknown")                                                          \
    X(FEED_STALE, "feed.stale")                                                                \
    X(FEED_GAP, "feed.gap")                                                                    \
    X(FEED_SKEW, "feed.skew")                                                                  \
    X(FX_STALE, "fx.stale")                                                                    \
    X(FX_JUMP, "fx.jump")                                                                      \
    X(FX_WIDE, "fx.wide")                                                                      \
    X(EDGE_ABNORMAL, "edge.abnormal")                                                          \
    X(LOSS_DAY, "loss.day")                                                                    \
    X(DRAWDOWN, "drawdown")                                                                    \
    X(STREAK, "streak")                                                                        \
    X(EDGE_CAPTURE, "edge.capture")                                                            \
    X(HOLD_OVERDUE, "hold.overdue")                                                            \
    X(MARGIN, "margin")                                                                        \
    X(INVENTORY_LOW, "inventory.low")                                                          \
    X(INVENTORY_FX, "inventory.fx")                                                            \
    X(FILL_SLIPPAGE, "fill.slippage")                                                          \
    X(ORDER_SLOW, "order.slow")                                                                \
    X(RATE_BUDGET, "rate.budget")                                                              \
    X(JOURNAL, "journal")                                                                      \
    X(CLOCK_SKEW, "clock.skew")                                                                \
    X(FUNDING_DUE, "funding.due")                                                              \
    X(IDLE, "idle")                                                                            \
    X(TUNE_FAILED, "tune.failed")                                                              \
    X(GUARD_HALTED, "guard.halted")

enum config_alarm_rule {
#define X(rule, name) CONFIG_ALARM_##rule,
    CONFIG_ALARM_TABLE(X)
#undef X
        CONFIG_ALARM_RULE_LAST = CONFIG_ALARM_GUARD_HALTED
};

enum { CONFIG_ALARMS = CONFIG_ALARM_RULE_LAST + 1 };

const char *config_alarm_name(enum config_alarm_rule rule); /* "kill.engaged", ... */

struct config_alarm {
    bool enabled;
    /* The rule's main measure: first stage, the graver one between, HIGH; back below which the
     * first stage and the graver one end. */
    double enter, enter_middle, enter_high, leave, leave_high;
    /* Its second and third measure, where it has them. */
    double second, second_middle, second_high, second_leave;
    double third;
    double dwell_s;       /* how long the condition must hold; 0: at once */
    double high_dwell_s;  /* HIGH once it has lasted so long; NAN: never for that */
    double leave_dwell_s; /* how long it must be gone; 0: at once */
};
