#include "run/pace.h"

#include <assert.h>
#include <math.h>

enum { STEPS_MAX = 1000 };

void pace_init(struct pace *pace, double speed)
{
    *pace = (struct pace){.speed = speed};
}

void pace_follow(struct pace *pace, int64_t ahead_ns)
{
    *pace = (struct pace){.speed = 1.0, .follows = true, .ahead_ns = ahead_ns};
}

/* Event time at `mono_ns` by the running anchor. */
static int64_t reached_ns(const struct pace *pace, int64_t mono_ns)
{
    const double elapsed_ns = (double)(mono_ns - pace->anchor_mono_ns) * pace->speed;
    return pace->anchor_event_ns + (int64_t)fmin(elapsed_ns, 4e18);
}

int64_t pace_event_ns(struct pace *pace, int64_t next_event_ns, int64_t mono_ns)
{
    if (pace->follows) {
        return mono_ns + pace->ahead_ns;
    }
    if (pace->paused) {
        return pace->steps > 0 ? INT64_MAX : INT64_MIN;
    }
    if (!pace->anchored) {
        pace->anchored = true;
        pace->anchor_event_ns = next_event_ns;
        pace->anchor_mono_ns = mono_ns;
    }
    return isinf(pace->speed) ? INT64_MAX : reached_ns(pace, mono_ns);
}

int64_t pace_due_mono_ns(const struct pace *pace, int64_t event_ns)
{
    if (pace->follows) {
        return event_ns - pace->ahead_ns;
    }
    if (pace->paused) {
        return pace->steps > 0 ? 0 : INT64_MAX;
    }
    if (!pace->anchored || isinf(pace->speed)) {
        return 0;
    }
    const double wait_ns = (double)(event_ns - pace->anchor_event_ns) / pace->speed;
    return pace->anchor_mono_ns + (int64_t)fmin(ceil(wait_ns), 4e18);
}

/* Forgets the anchor so that time goes on from the next event, however long the pause was. */
static void reanchor(struct pace *pace)
{
    pace->anchored = false;
}

void pace_set_speed(struct pace *pace, double speed, int64_t mono_ns)
{
    assert(!pace->follows);
    if (pace->anchored && !isinf(pace->speed)) {
        pace->anchor_event_ns = reached_ns(pace, mono_ns);
        pace->anchor_mono_ns = mono_ns;
    } else {
        reanchor(pace);
    }
    pace->speed = speed;
}

void pace_pause(struct pace *pace)
{
    assert(!pace->follows);
    pace->paused = true;
    pace->steps = 0;
}

void pace_run(struct pace *pace)
{
    if (pace->paused) {
        pace->paused = false;
        reanchor(pace);
    }
}

void pace_step(struct pace *pace)
{
    if (pace->paused && pace->steps < STEPS_MAX) {
        pace->steps++;
    }
}

void pace_passed(struct pace *pace)
{
    if (pace->paused && pace->steps > 0) {
        pace->steps--;
    }
}
