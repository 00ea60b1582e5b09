#include "cli/mouth.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "core/reason.h"
#include "io/outlet.h"

enum { PATIENCE_MS = 1000, LINE_SIZE = 160 };

struct mouth {
    struct outlet *outlet;
    bool waits;
    uint64_t dropped; /* as was told in the output */
    bool stalled;     /* as was told to the session */
};

struct mouth *mouth_open(int fd, bool waits)
{
    struct mouth *mouth = mem_zalloc(sizeof *mouth);
    mouth->outlet = outlet_create(fd);
    mouth->waits = waits;
    return mouth;
}

void mouth_close(struct mouth *mouth)
{
    if (mouth != NULL) {
        outlet_destroy(mouth->outlet, PATIENCE_MS);
        mem_free(mouth);
    }
}

/* "2026-11-21T08:51:29Z alarm HIGH feed.stale: ..." */
static int32_t weight_of(const char *line)
{
    static const char *const words[] = {" alarm LOW ", " alarm MED ", " alarm HIGH "};
    const char *said = strchr(line, ' ');
    int32_t weight = 0;
    for (size_t i = 0; said != NULL && i < sizeof words / sizeof words[0]; i++) {
        weight = strncmp(said, words[i], strlen(words[i])) == 0 ? (int32_t)i + 1 : weight;
    }
    return weight;
}

void mouth_say(void *context, const char *line)
{
    struct mouth *mouth = context;
    (void)outlet_say(mouth->outlet, line, weight_of(line));
    while (mouth->waits && outlet_waiting(mouth->outlet) > 0) {
        outlet_drain(mouth->outlet, PATIENCE_MS);
    }
}

/* Once somebody reads again, what is missing is said where it is missing from. */
static void say_what_is_missing(struct mouth *mouth)
{
    char line[LINE_SIZE];
    const uint64_t dropped = outlet_dropped(mouth->outlet);
    if (dropped != mouth->dropped && outlet_waiting(mouth->outlet) == 0) {
        text_cut(line, sizeof line, "%s: %" PRIu64 " lines before this one were dropped",
                 reason_code(REASON_ALERT_UNDELIVERED), dropped - mouth->dropped);
        (void)outlet_say(mouth->outlet, line, INT32_MAX);
        mouth->dropped = dropped;
    }
}

bool mouth_beat(void *context, char *line, size_t size)
{
    struct mouth *mouth = context;
    outlet_push(mouth->outlet);
    say_what_is_missing(mouth);
    const bool stalled = outlet_dropped(mouth->outlet) != mouth->dropped;
    const bool news = stalled && !mouth->stalled;
    mouth->stalled = stalled;
    if (news) {
        text_cut(line, size, "nobody reads the output of this session: %s %s",
                 reason_code(REASON_ALERT_UNDELIVERED), reason_text(REASON_ALERT_UNDELIVERED));
    }
    return news;
}
