#include "core/guard.h"

#include <assert.h>
#include <string.h>

#include "guard_check.h"

const char *guard_level_name(enum guard_level level)
{
    static const char *const names[] = {
        [GUARD_NORMAL] = "normal",
        [GUARD_REDUCE] = "reduce",
        [GUARD_OBSERVE] = "observe",
        [GUARD_HALTED] = "halted",
    };
    _Static_assert(sizeof names / sizeof names[0] == GUARD_LEVEL_LAST + 1, "a name per level");
    assert(level >= GUARD_NORMAL && level <= GUARD_LEVEL_LAST);
    return names[level];
}

const char *guard_action_name(enum guard_action action)
{
    static const char *const names[] = {
        [GUARD_ALLOW] = "allow",
        [GUARD_SCALE] = "scale",
        [GUARD_BLOCK] = "block",
        [GUARD_STOP_SESSION] = "stop_session",
    };
    _Static_assert(sizeof names / sizeof names[0] == GUARD_STOP_SESSION + 1,
                   "a name per action");
    assert(action >= GUARD_ALLOW && action <= GUARD_STOP_SESSION);
    return names[action];
}

static void report(struct guard_decision *out, enum guard_action action,
                   const struct guard_fault *fault)
{
    assert(out->faults_count < GUARD_FAULTS_MAX);
    out->faults[out->faults_count++] = *fault;
    out->action = action > out->action ? action : out->action;
}

static bool is_entry(const struct guard_candidate *candidate)
{
    return candidate->class != ORDER_EXIT && candidate->class != ORDER_REPAIR &&
           candidate->class != ORDER_FLATTEN;
}

/* A loss that halts stops the session for the rest of the day at least. */
static enum guard_action action_of(const struct guard_cause *cause)
{
    const bool loss = cause->reason == REASON_GLOBAL_DAY_LOSS ||
                      cause->reason == REASON_GLOBAL_ROLLING_LOSS ||
                      cause->reason == REASON_GLOBAL_SESSION_LOSS;
    return loss && cause->level == GUARD_HALTED ? GUARD_STOP_SESSION : GUARD_BLOCK;
}

/* Behind the gate's own faults: why the level is what it is. Sets when the last of the causes
 * ends, INT64_MAX if one has no end. */
static void report_causes(const struct guard_question *question, struct guard_decision *out,
                          int64_t *until_ns)
{
    const struct guard *guard = question->guard;
    for (int32_t i = 0; i < guard->causes_count; i++) {
        const struct guard_cause *cause = &guard->causes[i];
        const bool touches = cause->pair == -1 || cause->pair == question->candidate->pair;
        if (!touches || cause->level < GUARD_OBSERVE) {
            continue;
        }
        report(out, action_of(cause),
               &(struct guard_fault){.reason = cause->reason,
                                     .observed = cause->observed,
                                     .limit = cause->limit,
                                     .pair = cause->pair});
        const int64_t ends_ns = cause->until_ns == 0 ? INT64_MAX : cause->until_ns;
        *until_ns = ends_ns > *until_ns ? ends_ns : *until_ns;
    }
}

/* Runs one layer's checks. */
static void run_layer(const struct guard_question *question, enum guard_layer layer,
                      struct guard_decision *out)
{
    const enum guard_subject subject =
        is_entry(question->candidate) ? GUARD_OF_ENTRIES : GUARD_OF_EXITS;
    size_t count;
    const struct guard_check *checks =
        layer <= GUARD_LAYER_INPUT ? guard_early_checks(&count) : guard_late_checks(&count);
    const bool of_pair = layer != GUARD_LAYER_GATE && layer != GUARD_LAYER_GLOBAL;
    for (size_t i = 0; i < count; i++) {
        const struct guard_check *check = &checks[i];
        if (check->layer != layer || (check->subjects & subject) == 0) {
            continue;
        }
        struct guard_fault fault = {.reason = check->reason,
                                    .pair = of_pair ? question->candidate->pair : -1};
        if (check->fails(question, &fault)) {
            report(out, check->action, &fault);
        }
    }
}

/* Checks that look at nothing but what is heard. */
static bool is_about_feeds(const struct guard_check *check)
{
    return check->layer == GUARD_LAYER_FEED || check->reason == REASON_ROUTE_SYNC_WINDOW;
}

bool guard_check_feeds(const struct guard_limits *limits,
                       const struct guard_candidate *candidate, struct guard_fault *out)
{
    const struct guard_question question = {
        .limits = limits, .candidate = candidate, .scale = 1.0};
    size_t count;
    const struct guard_check *checks = guard_late_checks(&count);
    for (size_t i = 0; i < count; i++) {
        struct guard_fault fault = {.reason = checks[i].reason, .pair = candidate->pair};
        if (is_about_feeds(&checks[i]) && checks[i].fails(&question, &fault) &&
            fault.feed != GUARD_FEED_NONE) {
            *out = fault;
            return false;
        }
    }
    return true;
}

/* Is a level that ends by itself all that is in the way? */
static bool only_time_bars(const struct guard_decision *out)
{
    return (out->primary == REASON_GATE_OBSERVE || out->primary == REASON_GATE_HALTED) &&
           out->armed && !out->paused;
}

const struct guard_fault *guard_decision_cause(const struct guard_decision *decision)
{
    const bool by_level =
        decision->primary == REASON_GATE_OBSERVE || decision->primary == REASON_GATE_HALTED;
    for (int32_t i = 0; by_level && i < decision->faults_count; i++) {
        if (decision->faults[i].reason >= REASON_INPUT_NOT_FINITE) {
            return &decision->faults[i];
        }
    }
    return decision->faults_count > 0 ? &decision->faults[0] : NULL;
}

static void conclude(const struct guard_question *question, int64_t until_ns,
                     struct guard_decision *out)
{
    const int64_t now_ns = question->candidate->time_ns;
    if (out->faults_count > 0) {
        out->primary = out->faults[0].reason;
        if (only_time_bars(out) && until_ns != INT64_MAX && until_ns > now_ns) {
            out->cooldown_ns = until_ns - now_ns;
        }
        return;
    }
    if (question->scale < 1.0) {
        out->action = GUARD_SCALE;
        out->scale = question->scale;
    }
    if (__builtin_add_overflow(now_ns, question->candidate->ttl_ns, &out->ttl_ns)) {
        out->ttl_ns = INT64_MAX;
    }
}

void guard_decide(struct guard *guard, const struct guard_limits *limits,
                  const struct guard_gate *gate, const struct guard_candidate *candidate,
                  struct guard_decision *out)
{
    const enum guard_level level = guard_level_of(guard, candidate->pair);
    const bool entry = is_entry(candidate);
    const struct guard_question question = {
        .guard = guard,
        .limits = limits,
        .gate = gate,
        .candidate = candidate,
        .level = level,
        .scale = entry && level == GUARD_REDUCE ? GUARD_REDUCE_FACTOR : 1.0,
    };
    memset(out, 0, sizeof *out);
    memcpy(&out->candidate, candidate, sizeof *candidate);
    out->number = ++guard->decisions;
    out->scale = 1.0;
    out->level = level;
    out->killed = gate->killed;
    out->armed = gate->armed;
    out->paused = gate->paused;
    out->stopped = guard->stopped;

    int64_t until_ns = 0;
    for (enum guard_layer layer = GUARD_LAYER_GATE; layer <= GUARD_LAYER_LAST; layer++) {
        run_layer(&question, layer, out);
        if (layer == GUARD_LAYER_GATE && entry) {
            report_causes(&question, out, &until_ns);
        }
        if (layer <= GUARD_LAYER_INPUT && out->faults_count > 0) {
            break; /* what comes later may mean nothing */
        }
    }
    conclude(&question, until_ns, out);
}
