#include "tui/pace.h"

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S  1e9

bool pace_may_draw(struct pace *pace, int64_t now_ns)
{
    if (!pace->waiting || pace->deaf) {
        return true;
    }
    /* After an answer that never came, a frame now and then, each asking anew. */
    const int64_t patience_ms = pace->lost ? PACE_LOST_PERIOD_MS : PACE_PATIENCE_MS;
    if (now_ns - pace->asked_ns < patience_ms * NS_PER_MS) {
        return false;
    }
    pace->deaf = !pace->answered;
    pace->lost = pace->answered;
    return true;
}

bool pace_should_ask(struct pace *pace, int64_t now_ns)
{
    if (pace->deaf) {
        return false;
    }
    const int64_t patience_ms = pace->lost ? PACE_LOST_PERIOD_MS : PACE_PATIENCE_MS;
    if (pace->waiting && now_ns - pace->asked_ns < patience_ms * NS_PER_MS) {
        return false; /* one question at a time */
    }
    pace->waiting = true;
    pace->asked_ns = now_ns;
    return true;
}

void pace_answer(struct pace *pace, int64_t now_ns)
{
    if (pace->waiting) {
        pace->trip_ns = now_ns - pace->asked_ns;
    }
    pace->waiting = false;
    pace->answered = true;
    pace->deaf = false;
    pace->lost = false;
}

double pace_slow_rate(const struct pace *pace, double wanted, int64_t now_ns)
{
    if (pace->deaf || !pace->answered) {
        return 0.0;
    }
    const int64_t waited_ns = pace->waiting ? now_ns - pace->asked_ns : 0;
    const int64_t trip_ns = waited_ns > pace->trip_ns ? waited_ns : pace->trip_ns;
    const double rate = trip_ns > 0 ? NS_PER_S / (double)trip_ns : wanted;
    return rate < wanted ? rate : 0.0;
}
