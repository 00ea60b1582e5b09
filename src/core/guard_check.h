#pragma once
#include <stddef.h>

#include "core/guard.h"

/* guard_check: the ordered list of single-condition checks (SAFETY.md 3.6), in two tables. */

enum guard_layer {
    GUARD_LAYER_GATE,
    GUARD_LAYER_INPUT,
    GUARD_LAYER_FEED, /* with fx and clock */
    GUARD_LAYER_VENUE,
    GUARD_LAYER_SYMBOL,
    GUARD_LAYER_ROUTE,
    GUARD_LAYER_CROSS,
    GUARD_LAYER_GLOBAL,
    GUARD_LAYER_LAST = GUARD_LAYER_GLOBAL,
};

/* What a check looks at, a bit each. What leaves a position is asked for sound amounts only. */
enum guard_subject { GUARD_OF_ENTRIES = 1, GUARD_OF_EXITS = 2, GUARD_OF_ALL = 3 };

struct guard_question {
    const struct guard *guard;
    const struct guard_limits *limits;
    const struct guard_gate *gate;
    const struct guard_candidate *candidate;
    enum guard_level level;
    double scale; /* what the level leaves of the size */
};

struct guard_check {
    enum guard_layer layer;
    enum guard_subject subjects;
    enum guard_action action;
    enum reason reason;
    /* True when it fails; may say what was observed against which limit, a closer reason, and
     * which feed it is about. */
    bool (*fails)(const struct guard_question *question, struct guard_fault *fault);
};

/* Gate and input: when one of these fails, later inputs may mean nothing. */
const struct guard_check *guard_early_checks(size_t *count);
/* Feed, venue, symbol, route, cross, global. */
const struct guard_check *guard_late_checks(size_t *count);

/* Comparisons that leave a note of what was compared. A limit that is not set is NAN: nothing
 * is above, below or at it. */
bool guard_above(struct guard_fault *fault, double observed, double limit);
bool guard_below(struct guard_fault *fault, double observed, double limit);

/* Was the market ever heard? Where there is no clock, a row brings everything at once. */
bool guard_heard_a(const struct guard_question *question);
bool guard_heard_b(const struct guard_question *question);

/* guard_drawdown_pct() as it would be at another equity. */
double guard_drawdown_at(const struct guard *guard, double equity_usd);
