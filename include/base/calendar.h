#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* calendar: timestamps as text and civil days, in UTC, without libc's time zones.
 *
 * Times are nanoseconds since 1970-01-01T00:00:00Z. Proleptic Gregorian; years 1700..2250. */

enum { CALENDAR_TEXT_SIZE = 40 };

/* ISO 8601 (`T` or space, 0-9 fraction digits, `Z`, ±hh:mm or nothing for UTC) or an epoch
 * number by magnitude: above 1e17 ns, above 1e14 us, above 1e11 ms, else s; decimals kept
 * exactly. SPEC.md 5. Returns false on anything else, *out untouched. */
bool calendar_parse(const char *bytes, size_t length, int64_t *time_ns);

/* 2026-11-20T21:24:07Z, with exactly `fraction_digits` (0..9) behind the second, truncated. */
const char *calendar_format(char buffer[CALENDAR_TEXT_SIZE], int64_t time_ns,
                            int fraction_digits);

/* Days since 1970-01-01, floor. */
int32_t calendar_utc_day(int64_t time_ns);
