#include "halving.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tune/param.h"

const double HALVING_RUNGS[HALVING_RUNGS_COUNT] = {1.0 / 8, 1.0 / 4, 1.0 / 2};

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool rank_together(const struct engine_params *a, const struct engine_params *b)
{
    if (a->profile != b->profile || a->pnl_model != b->pnl_model) {
        return false;
    }
    for (size_t i = 0; i < param_count(); i++) {
        const struct param *param = param_at(i);
        const bool sets_apart = param->role == PARAM_ASSUMPTION || param->role == PARAM_SCALE;
        if (sets_apart && !same(param_fetch(param, a), param_fetch(param, b))) {
            return false;
        }
    }
    return true;
}

void halving_group(const struct kernel_job *jobs, int32_t count, int32_t *groups)
{
    /* The first of each group so far. */
    int32_t *firsts = mem_array((size_t)count, sizeof *firsts);
    int32_t known = 0;
    for (int32_t i = 0; i < count; i++) {
        int32_t group = 0;
        if (jobs[i].from_ns != INT64_MIN || jobs[i].to_ns != INT64_MAX) {
            groups[i] = -1;
            continue;
        }
        while (group < known && !rank_together(&jobs[firsts[group]].params, &jobs[i].params)) {
            group++;
        }
        if (group == known) {
            firsts[known++] = i;
        }
        groups[i] = group;
    }
    mem_free(firsts);
}

static int compare(const void *left, const void *right)
{
    const struct halving_runner *a = left;
    const struct halving_runner *b = right;
    if (a->group != b->group) {
        return a->group < b->group ? -1 : 1;
    }
    if (a->earned_usd != b->earned_usd) {
        return a->earned_usd > b->earned_usd ? -1 : 1;
    }
    return (a->index > b->index) - (a->index < b->index);
}

void halving_decide(struct halving_runner *runners, int32_t count, bool *stop)
{
    int32_t end;
    qsort(runners, (size_t)count, sizeof *runners, compare);
    for (int32_t first = 0; first < count; first = end) {
        for (end = first + 1; end < count && runners[end].group == runners[first].group;) {
            end++;
        }
        const double last_usd = runners[first + (end - first - 1) / 2].earned_usd;
        for (int32_t i = first; i < end; i++) {
            if (runners[i].earned_usd < last_usd) {
                stop[runners[i].index] = true;
            }
        }
    }
}
