#include "doctor.h"

#include <errno.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timex.h>
#include <unistd.h>
#include <yaml.h>
#include <zstd.h>

#include "base/calendar.h"
#include "base/clock.h"

/* A wall clock before this was never set: the time this was written. */
#define CLOCK_EARLIEST_NS (INT64_C(1763596800) * CLOCK_NS_PER_S) /* 2025-11-20 */

/* STRICT tables, which the journal uses, came with 3.37. */
enum { SQLITE_VERSION_LEAST = 3037000, DESCRIPTORS_LEAST = 256 };

void doctor_libraries(const struct doctor *doctor, struct finding *out)
{
    (void)doctor;
    const int version = sqlite3_libversion_number();
    const bool fine = version >= SQLITE_VERSION_LEAST && sqlite3_threadsafe() != 0;
    finding_set(out, fine ? FINDING_OK : FINDING_FAIL,
                fine ? "" : "install a thread-safe SQLite of 3.37 or later",
                "SQLite %s, libyaml %s, jansson %s, zstd %s, %s", sqlite3_libversion(),
                yaml_get_version_string(), jansson_version_str(), ZSTD_versionString(),
                OpenSSL_version(OPENSSL_VERSION));
}

void doctor_clock(const struct doctor *doctor, struct finding *out)
{
    (void)doctor;
    char now[CALENDAR_TEXT_SIZE];
    struct timex state = {.modes = 0};
    const int64_t wall_ns = clock_wall_ns();
    calendar_format(now, wall_ns, 0);
    if (wall_ns < CLOCK_EARLIEST_NS) {
        finding_set(out, FINDING_FAIL, "set the clock", "%s is in the past", now);
    } else if (adjtimex(&state) < 0) {
        finding_set(out, FINDING_OK, "",
                    "%s; the kernel does not say whether it is kept in time", now);
    } else if ((state.status & STA_UNSYNC) != 0) {
        finding_set(out, FINDING_WARN,
                    "run chrony or systemd-timesyncd (not inside a container)",
                    "%s, not kept in time by NTP", now);
    } else {
        finding_set(out, FINDING_OK, "", "%s, kept in time within %ld ms", now,
                    state.maxerror / 1000);
    }
}

void doctor_zone(const struct doctor *doctor, struct finding *out)
{
    const char *zone = doctor->config->session.day_zone;
    char path[256];
    const bool named = snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", zone) > 0;
    if (strcmp(zone, "UTC") == 0 || (named && access(path, R_OK) == 0)) {
        finding_set(out, FINDING_OK, "", "%s", zone);
    } else {
        finding_set(out, FINDING_FAIL, "install tzdata, or set session.day_zone to UTC",
                    "'%s' has no zone data", zone);
    }
}

void doctor_descriptors(const struct doctor *doctor, struct finding *out)
{
    (void)doctor;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        finding_set(out, FINDING_WARN, "", "limit of open files: %s", strerror(errno));
        return;
    }
    const bool fine = limit.rlim_cur >= DESCRIPTORS_LEAST;
    finding_set(out, fine ? FINDING_OK : FINDING_WARN, fine ? "" : "raise it: ulimit -n 1024",
                "%llu open files allowed", (unsigned long long)limit.rlim_cur);
}
