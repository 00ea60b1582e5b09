#include <string.h>

#include "base/mem.h"
#include "runner_state.h"

/* What a session is, for whoever goes on with it: the core's bytes, the charts of its pairs,
 * and the rates its day began with. */

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
    return core_size(runner) + charts_size(runner) + sizeof runner->day;
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
    memcpy(to + charts_size(runner), &runner->day, sizeof runner->day);
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
    memcpy(&runner->day, from + charts_size(runner), sizeof runner->day);
    return true;
}
