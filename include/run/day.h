#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* day: which civil date is it at the desk? The one place that asks libc for a time zone. */

/* Sets the process's desk zone (an IANA name); once, before the first day_of(). Missing zone
 * data is an error: a day limit that rolls at the wrong hour is none. */
bool day_set_zone(const char *zone, struct err *err);

/* Days since 1970-01-01 of that moment at the desk. */
int32_t day_of(int64_t time_ns);
