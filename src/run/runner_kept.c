#include <string.h>

#include "base/mem.h"
#include "runner_state.h"

/* What a session is, for whoever goes on with it: the core's bytes, the charts of its pairs,
 * the rates its day began with, the trace of what it decided, and whether decided orders wait
 * to be sent. */

static size_t core_size(const struct runner *runner)
{
    return session_size(&runner->setup.session);
}

static size_t charts_size(const struct runner *runner)
{
    return (size_t)runner->setup.session.pairs_count * sizeof runner->charts[0];
}

size_t runner_kept_size(const struct runner *runner)
{
    return core_size(runner) + charts_size(runner) + sizeof runner->day + sizeof runner->trace +
           sizeof runner->was_sending;
}

const void *runner_keep(struct runner *runner)
{
    if (runner->kept == NULL) {
        runner->kept = mem_zalloc(runner_kept_size(runner));
    }
    unsigned char *to = runner->kept;
    memcpy(to, runner->session, core_size(runner));
    to += core_size(runner);
    memcpy(to, runner->charts, charts_size(runner));
    to += charts_size(runner);
    memcpy(to, &runner->day, sizeof runner->day);
    to += sizeof runner->day;
    memcpy(to, &runner->trace, sizeof runner->trace);
    to += sizeof runner->trace;
    const bool sending = runner->sends_count > 0;
    memcpy(to, &sending, sizeof sending);
    return runner->kept;
}

bool runner_recall(struct runner *runner, const void *kept, size_t size)
{
    if (size != runner_kept_size(runner)) {
        return false;
    }
    const unsigned char *from = kept;
    void *storage = mem_zalloc(core_size(runner));
    memcpy(storage, from, core_size(runner));
    if (!session_restore(storage, core_size(runner), &runner->setup.session,
                         &runner->session)) {
        mem_free(storage);
        return false;
    }
    from += core_size(runner);
    memcpy(runner->charts, from, charts_size(runner));
    from += charts_size(runner);
    memcpy(&runner->day, from, sizeof runner->day);
    from += sizeof runner->day;
    memcpy(&runner->trace, from, sizeof runner->trace);
    from += sizeof runner->trace;
    memcpy(&runner->was_sending, from, sizeof runner->was_sending);
    return true;
}
