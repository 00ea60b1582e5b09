#include "base/clock.h"
#include "base/text.h"
#include "runner_state.h"

/* Nothing waits to be written beside the session: it stands still until its journal has taken
 * what was decided. So a slow journal shows as a write that took longer than a decision lives,
 * and as long as there was one of late, no entry goes: what is seen is of before the write. */

enum { CLEAN_LIVES = 10 }; /* so many lives of a decision without a slow write */

bool runner_goes_by_the_clock(const struct runner *runner)
{
    return runner->setup.session.has_clock && runner->pace.speed == 1.0 &&
           !runner->follows_exactly;
}

void runner_note_write(struct runner *runner, int64_t began_ns)
{
    runner->writing_ns += clock_monotonic_ns() - began_ns;
}

void runner_note_written(struct runner *runner)
{
    const int64_t now_ns = clock_monotonic_ns();
    const int64_t taken_ns = runner->writing_ns;
    const int64_t life_ns = runner->setup.session.decision_ttl_ns;
    const bool behind = runner_backlog_ns(runner, now_ns) > 0;
    runner->writing_ns = 0;
    if (!runner_goes_by_the_clock(runner) || taken_ns <= life_ns) {
        return;
    }
    runner->behind_until_ns = now_ns + CLEAN_LIVES * life_ns;
    if (!behind) {
        runner_say(runner, "no entries: %s, a write took %lld ms",
                   reason_code(REASON_JOURNAL_BACKLOG),
                   (long long)(taken_ns / CLOCK_NS_PER_MS));
    }
}

int64_t runner_backlog_ns(const struct runner *runner, int64_t mono_ns)
{
    return runner->behind_until_ns > mono_ns ? runner->behind_until_ns - mono_ns : 0;
}
