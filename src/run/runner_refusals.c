#include "base/clock.h"
#include "runner_state.h"

/* Which refusals are on record already. A session whose every candidate is refused would write
 * gigabytes a day that say the same: what repeats itself is counted in the row it repeats, and
 * is a row of its own again after a while. */

#define ALIKE_NS (INT64_C(300) * CLOCK_NS_PER_S)

static bool is_like(const struct runner_refusal *row, const struct runner_refusal *other)
{
    return row->number != 0 && row->action == other->action && row->side == other->side &&
           row->primary == other->primary && row->cause == other->cause &&
           row->near_miss == other->near_miss && other->time_ns - row->time_ns < ALIKE_NS;
}

int64_t runner_alike(struct runner *runner, const struct guard_decision *decision)
{
    const struct guard_candidate *candidate = &decision->candidate;
    const struct guard_fault *cause = guard_decision_cause(decision);
    struct runner_refusal *rows = runner->refusals[candidate->pair];
    struct runner_refusal *oldest = &rows[0];
    const struct runner_refusal now = {
        .number = decision->number,
        .time_ns = candidate->time_ns,
        .action = decision->action,
        .side = candidate->side,
        .primary = decision->primary,
        .cause = cause != NULL ? cause->reason : REASON_NONE,
        .near_miss = runner_is_near_miss(candidate),
    };
    if (runner->setup.session.refusal_repeat_ns == 0) {
        return 0; /* a file has an end, and each row of it is told of */
    }
    for (int32_t i = 0; i < RUNNER_REFUSALS; i++) {
        if (is_like(&rows[i], &now)) {
            return rows[i].number;
        }
        oldest = rows[i].time_ns < oldest->time_ns ? &rows[i] : oldest;
    }
    *oldest = now;
    return 0;
}

bool runner_is_near_miss(const struct guard_candidate *candidate)
{
    return candidate->net_edge_bps < candidate->min_edge_bps;
}
