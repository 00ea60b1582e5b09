#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/num.h"
#include "support/venues.h"

/* A life of days in little time: sockets succeed each other every few seconds instead of once a
 * day, everything is asked for again all the time, files of the recording are turned over every
 * few seconds, and the venues misbehave by the dice. What a process has must stay what it is.
 *
 * ARBLITE_SOAK_S=1800 makes it half an hour; by itself it is short. The table it prints is for
 * the reader, `meson test --verbose` shows it. */

enum { SHORT_S = 24, SAMPLES_MAX = 600, TICKS_SIZE = 512 };

static const char LIFE[] = "  lifetime_s: 6\n"
                           "  overlap_ms: 1000\n"
                           "  refresh_s: 3\n"
                           "  record_file_s: 5\n" VENUES_FREE;

/* What a process has. */
struct sample {
    double time_s, resident_kib, descriptors, threads, busy_s;
};

static int64_t soak_s(void)
{
    const char *given = getenv("ARBLITE_SOAK_S");
    int64_t seconds = SHORT_S;
    if (given != NULL && !num_parse_int64(given, strlen(given), &seconds)) {
        fail_msg("ARBLITE_SOAK_S: '%s' is not a number", given);
    }
    return seconds;
}

static FILE *open_proc(pid_t pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    return file;
}

static double count_descriptors(pid_t pid)
{
    char path[64];
    double count = -2; /* "." and ".." */
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

static struct sample sample_of(pid_t pid, double time_s)
{
    struct sample out = {.time_s = time_s, .descriptors = count_descriptors(pid)};
    char line[TICKS_SIZE];
    FILE *file = open_proc(pid, "status");
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "VmRSS:", 6) == 0) {
            out.resident_kib = strtod(line + 6, NULL);
        } else if (strncmp(line, "Threads:", 8) == 0) {
            out.threads = strtod(line + 8, NULL);
        }
    }
    (void)fclose(file);
    file = open_proc(pid, "stat");
    assert_non_null(fgets(line, sizeof line, file));
    (void)fclose(file);
    char *at = strrchr(line, ')'); /* then the third field and those behind it */
    for (int field = 3; field <= 14; field++) {
        at = strchr(at + 1, ' ');
        assert_non_null(at);
    }
    const double user = strtod(at, &at);
    out.busy_s = (user + strtod(at, NULL)) / (double)sysconf(_SC_CLK_TCK);
    return out;
}

static double mean_resident(const struct sample *samples, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = from; i < to; i++) {
        sum += samples[i].resident_kib;
    }
    return sum / (double)(to - from);
}

static double most_descriptors(const struct sample *samples, size_t from, size_t to)
{
    double most = 0;
    for (size_t i = from; i < to; i++) {
        most = samples[i].descriptors > most ? samples[i].descriptors : most;
    }
    return most;
}

/* Zero slope behind the warm-up: the last third has what the middle one had. */
static void check_slope(const struct sample *samples, size_t count)
{
    const size_t third = count / 3;
    const double middle_kib = mean_resident(samples, third, 2 * third);
    const double last_kib = mean_resident(samples, 2 * third, count);
    const struct sample *last = &samples[count - 1];
    print_message("# resident %.0f KiB, then %.0f; at most %.0f descriptors, then %.0f; "
                  "%.1f %% of a core\n",
                  middle_kib, last_kib, most_descriptors(samples, third, 2 * third),
                  most_descriptors(samples, 2 * third, count),
                  last->busy_s / last->time_s * 100.0);
    if (!SANITIZED) { /* which keep what was freed */
        assert_true(last_kib - middle_kib < 1024);
    }
    /* Two sockets more for each that is being succeeded, and a request for everything at once.
     */
    assert_true(most_descriptors(samples, 2 * third, count) <=
                most_descriptors(samples, 0, 2 * third) + 8);
    assert_true(last->threads <= samples[third].threads + 1); /* a name being looked up */
}

static void tell_traffic(struct desk *desk)
{
    json_t *status = desk_status(desk);
    print_message("# messages %.0f and %.0f, reconnects %.0f and %.0f, trades %.0f, recorded "
                  "%.0f bytes\n",
                  desk_number(status, "metrics.venues.0.messages"),
                  desk_number(status, "metrics.venues.1.messages"),
                  desk_number(status, "metrics.venues.0.reconnects"),
                  desk_number(status, "metrics.venues.1.reconnects"),
                  desk_number(status, "trades.opened"), desk_number(status, "recording.bytes"));
    assert_string_equal(desk_word(status, "recording.state"), "on");
    assert_true(desk_number(status, "metrics.venues.0.reconnects") > 0);
    assert_true(desk_number(status, "metrics.venues.1.reconnects") > 0);
    json_decref(status);
}

static void stays_as_it_is(void **state)
{
    static struct sample samples[SAMPLES_MAX];
    struct desk *desk = *state;
    struct venues venues;
    char words[4 * DESK_PATH_SIZE];
    const int64_t seconds = soak_s();
    const int64_t every_ns = seconds * CLOCK_NS_PER_S / SAMPLES_MAX + CLOCK_NS_PER_S / 4;
    size_t count = 0;
    snprintf(words, sizeof words,
             "--seed 3 --speed 17 --no-opening --duration %lld --chaos 7:1",
             (long long)seconds + 60);
    venues_open(&venues, desk, words, LIFE);
    snprintf(words, sizeof words,
             "--state-dir %s paper --max-runtime-s %lld --source live --config %s --record "
             "%s/rec",
             desk->state, (long long)seconds + 60, venues.config, desk->folder);
    program_start(&desk->host, words);
    desk_host_ready(desk);
    const int64_t began_ns = clock_monotonic_ns();
    const struct sample zero = sample_of(desk->host.pid, 0);
    for (int64_t now_ns = began_ns; now_ns - began_ns < seconds * CLOCK_NS_PER_S;
         now_ns = clock_monotonic_ns()) {
        program_listen(&desk->host, every_ns);
        const double time_s = (double)(clock_monotonic_ns() - began_ns) / 1e9;
        samples[count] = sample_of(desk->host.pid, time_s);
        samples[count].busy_s -= zero.busy_s;
        if (count % (SAMPLES_MAX / 10) == 0) {
            print_message("# %6.0f s %6.0f KiB %3.0f descriptors %2.0f threads\n", time_s,
                          samples[count].resident_kib, samples[count].descriptors,
                          samples[count].threads);
        }
        count += count + 1 < SAMPLES_MAX ? 1 : 0;
    }
    check_slope(samples, count);
    tell_traffic(desk);
    program_signal(&desk->host, SIGTERM);
    assert_int_equal(desk_host_end(desk), 143);
    assert_int_equal(desk_run(desk, "replay %s/rec --verify", desk->folder), 0);
    venues_close(&venues);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(stays_as_it_is, desk_open, desk_close),
    };
    return cmocka_run_group_tests_name("flow/soak", tests, NULL, NULL);
}
