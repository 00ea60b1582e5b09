#pragma once
#include <stdint.h>

/* clock: what time is it here? Called by io/loop, run and simulator, and by store to see how
 * long a commit took; everybody else is told. */

#define CLOCK_NS_PER_MS INT64_C(1000000)
#define CLOCK_NS_PER_S  INT64_C(1000000000)

int64_t clock_monotonic_ns(void); /* never steps back; counts suspend (CLOCK_BOOTTIME) */
int64_t clock_wall_ns(void);      /* since 1970-01-01T00:00:00Z */
