#include "run/day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/clock.h"

#define ZONES "/usr/share/zoneinfo/"

bool day_set_zone(const char *zone, struct err *err)
{
    char path[256];
    const int length = snprintf(path, sizeof path, ZONES "%s", zone);
    const bool utc = strcmp(zone, "UTC") == 0;
    if (!utc && (zone[0] == '\0' || strstr(zone, "..") != NULL || length >= (int)sizeof path ||
                 access(path, R_OK) != 0)) {
        return err_set(err, ERR_INPUT,
                       "session.day_zone: '%s' has no zone data (expected an IANA name such as "
                       "Asia/Seoul; install tzdata)",
                       zone);
    }
    if (setenv("TZ", utc ? "UTC0" : path + strlen(ZONES), 1) != 0) {
        return err_set(err, ERR_IO, "session.day_zone: environment is full");
    }
    tzset();
    return true;
}

int32_t day_of(int64_t time_ns)
{
    const time_t second =
        (time_t)(time_ns / CLOCK_NS_PER_S - (time_ns % CLOCK_NS_PER_S < 0 ? 1 : 0));
    struct tm local;
    if (localtime_r(&second, &local) == NULL) {
        return calendar_utc_day(time_ns);
    }
    return calendar_utc_day((time_ns) + (int64_t)local.tm_gmtoff * CLOCK_NS_PER_S);
}
