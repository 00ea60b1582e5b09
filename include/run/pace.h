#pragma once
#include <stdbool.h>
#include <stdint.h>

/* pace: how far may event time have come by now? Speed 1, N or as fast as it goes; pause and
 * step.
 *
 * A plain value; monotonic time is passed in. */

struct pace {
    double speed;     /* > 0; INFINITY: max */
    bool follows;     /* event time is a clock: it is neither paused nor sped up */
    int64_t ahead_ns; /* event time less monotonic time, while it follows */
    bool paused;
    int32_t steps; /* events let through while paused */
    int64_t anchor_event_ns;
    int64_t anchor_mono_ns;
    bool anchored;
};

void pace_init(struct pace *pace, double speed);
/* Live data: their clock runs with ours, for ever so far ahead of it. */
void pace_follow(struct pace *pace, int64_t ahead_ns);
/* Event time reached so far; INT64_MAX at max speed, INT64_MIN while nothing may pass. The
 * first call with the first event's time anchors it. */
int64_t pace_event_ns(struct pace *pace, int64_t next_event_ns, int64_t mono_ns);
/* When an event of that time is due, on the monotonic clock; INT64_MAX while paused. */
int64_t pace_due_mono_ns(const struct pace *pace, int64_t event_ns);
void pace_set_speed(struct pace *pace, double speed, int64_t mono_ns);
void pace_pause(struct pace *pace);
void pace_run(struct pace *pace);
void pace_step(struct pace *pace);   /* one event through a paused source */
void pace_passed(struct pace *pace); /* an event was let through */
