#include "tune/walk.h"

#include <assert.h>
#include <math.h>

#include "base/mem.h"

static bool equal(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool same_parameters(const struct row *a, const struct row *b)
{
    for (size_t i = 0; i < param_count(); i++) {
        const char *name = param_at(i)->name;
        if (!equal(row_param(a, name), row_param(b, name))) {
            return false;
        }
    }
    return true;
}

/* The best of a part of a fold; with `like`, the one of its configuration. Rows stand in the
 * order of the ranking, so the first is the best. */
static const struct row *find(const struct aggregate *aggregate, const struct row *terms,
                              int32_t fold, bool is_test, const struct row *like)
{
    for (int64_t i = 0; i < aggregate->success; i++) {
        const struct row *row = &aggregate->rows[i];
        if (row->window.fold == fold && row->window.is_test == is_test &&
            aggregate_same_terms(aggregate, terms, row) &&
            (like == NULL || same_parameters(like, row))) {
            return row;
        }
    }
    return NULL;
}

static double seconds(const struct row *row)
{
    return (double)(row->window.to_ns - row->window.from_ns) / 1e9;
}

static void add_up(struct walk *walk)
{
    double in_s = 0;
    double out_s = 0;
    for (int32_t i = 0; i < walk->count; i++) {
        const struct walk_fold *fold = &walk->folds[i];
        if (fold->test != NULL) {
            walk->told++;
            walk->lost += fold->test->pnl_usd < 0;
            walk->in_usd += fold->train->pnl_usd;
            walk->out_usd += fold->test->pnl_usd;
            in_s += seconds(fold->train);
            out_s += seconds(fold->test);
        }
    }
    walk->ratio = walk->in_usd > 0 ? (walk->out_usd / out_s) / (walk->in_usd / in_s) : NAN;
}

static bool seen_before(const struct walk *walk, int32_t fold, const char *name, double value)
{
    for (int32_t i = 0; i < fold; i++) {
        if (walk->folds[i].train != NULL &&
            equal(row_param(walk->folds[i].train, name), value)) {
            return true;
        }
    }
    return false;
}

static void follow_axis(const struct walk *walk, struct walk_axis *axis)
{
    const char *name = axis->param->name;
    const struct row *last = NULL;
    axis->low = INFINITY;
    axis->high = -INFINITY;
    for (int32_t i = 0; i < walk->count; i++) {
        const struct row *chosen = walk->folds[i].train;
        if (chosen == NULL) {
            continue;
        }
        const double value = row_param(chosen, name);
        axis->low = isnan(value) || value < axis->low ? value : axis->low;
        axis->high = isnan(value) || value > axis->high ? value : axis->high;
        axis->different += !seen_before(walk, i, name, value);
        if (last != NULL) {
            axis->steps++;
            axis->kept += equal(value, row_param(last, name));
        }
        last = chosen;
    }
}

void walk_init(struct walk *walk, const struct aggregate *aggregate, const struct row *like)
{
    *walk = (struct walk){.count = aggregate->folds};
    walk->folds = mem_array((size_t)walk->count + 1, sizeof *walk->folds);
    for (int32_t i = 0; i < walk->count; i++) {
        struct walk_fold *fold = &walk->folds[i];
        fold->fold = i + 1;
        fold->train = find(aggregate, like, fold->fold, false, NULL);
        if (fold->train != NULL) {
            fold->test = find(aggregate, like, fold->fold, true, fold->train);
        }
    }
    add_up(walk);
    for (size_t i = 0; i < param_count(); i++) {
        const struct param *param = param_at(i);
        if (param->role == PARAM_TUNABLE && aggregate_varies(aggregate, param)) {
            assert(walk->axes_count < WALK_AXES_MAX);
            walk->axes[walk->axes_count].param = param;
            follow_axis(walk, &walk->axes[walk->axes_count++]);
        }
    }
}

void walk_finish(struct walk *walk)
{
    mem_free(walk->folds);
    *walk = (struct walk){0};
}
