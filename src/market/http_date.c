#include "http_date.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"

/* 1..12, or 0. */
static int month_of(const char *name)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int month = 0; month < 12; month++) {
        if (strncmp(name, names + 3 * (ptrdiff_t)month, 3) == 0) {
            return month + 1;
        }
    }
    return 0;
}

bool http_date_parse(const char *text, int64_t *out_ns)
{
    enum { DAY = 5, MONTH = 8, YEAR = 12, CLOCK = 17, ZONE = 25, LENGTH = 29 };
    char iso[CALENDAR_TEXT_SIZE];
    if (strlen(text) != LENGTH || strcmp(text + ZONE, " GMT") != 0) {
        return false;
    }
    const int length = snprintf(iso, sizeof(iso), "%.4s-%02d-%.2sT%.8sZ", text + YEAR,
                                month_of(text + MONTH), text + DAY, text + CLOCK);
    return calendar_parse(iso, (size_t)length, out_ns);
}
