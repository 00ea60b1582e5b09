#include "tune/walk.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/safe.h"

enum { SHOWN_SIZE = 128 };

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

static void add_part(struct json *json, const char *key, const struct row *row)
{
    if (row == NULL) {
        json_add_null(json, key);
        return;
    }
    json_open_object(json, key);
    json_add_string(json, "job_id", row->job_id);
    json_add_integer(json, "from", row->window.from_ns);
    json_add_integer(json, "to", row->window.to_ns);
    json_add_number(json, "pnl_usd", row->pnl_usd);
    json_add_integer(json, "closed_trades", row->closed_trades);
    json_add_integer(json, "total_trades", row->total_trades);
    json_close_object(json);
}

static void add_fold(struct json *json, const struct walk *walk, const struct walk_fold *fold)
{
    json_open_object(json, NULL);
    json_add_integer(json, "fold", fold->fold);
    add_part(json, "train", fold->train);
    add_part(json, "test", fold->test);
    json_open_object(json, "config");
    for (int i = 0; fold->train != NULL && i < walk->axes_count; i++) {
        const struct param *param = walk->axes[i].param;
        param_json(param, row_param(fold->train, param->name), json);
    }
    json_close_object(json);
    json_close_object(json);
}

void walk_json(const struct walk *walk, struct json *json)
{
    json_add_integer(json, "folds_total", walk->count);
    json_add_integer(json, "folds_told", walk->told);
    json_add_integer(json, "folds_lost", walk->lost);
    json_add_number(json, "in_sample_usd", walk->in_usd);
    json_add_number(json, "out_of_sample_usd", walk->out_usd);
    json_add_number(json, "out_of_sample_ratio", walk->ratio);
    json_open_array(json, "folds");
    for (int32_t i = 0; i < walk->count; i++) {
        add_fold(json, walk, &walk->folds[i]);
    }
    json_close_array(json);
    json_open_array(json, "stability");
    for (int i = 0; i < walk->axes_count; i++) {
        const struct walk_axis *axis = &walk->axes[i];
        json_open_object(json, NULL);
        json_add_string(json, "name", axis->param->name);
        json_add_number(json, "low", axis->low);
        json_add_number(json, "high", axis->high);
        json_add_integer(json, "different", axis->different);
        json_add_integer(json, "kept", axis->kept);
        json_add_integer(json, "of", axis->steps);
        json_close_object(json);
    }
    json_close_array(json);
}

static void add_fold_line(const struct walk *walk, const struct walk_fold *fold,
                          struct text *out)
{
    char shown[SHOWN_SIZE];
    if (fold->train == NULL) {
        text_addf(out, "%4" PRId32 "  no training that ended well\n", fold->fold);
        return;
    }
    text_addf(out, "%4" PRId32 "  %-20s %12.2f %6" PRId64, fold->fold,
              safe_text(shown, sizeof shown, fold->train->job_id, strlen(fold->train->job_id)),
              fold->train->pnl_usd, fold->train->closed_trades);
    if (fold->test != NULL) {
        text_addf(out, " %12.2f %6" PRId64, fold->test->pnl_usd, fold->test->closed_trades);
    } else {
        text_addf(out, " %12s %6s", "no result", "");
    }
    for (int i = 0; i < walk->axes_count; i++) {
        const struct param *param = walk->axes[i].param;
        char value[PARAM_TEXT_SIZE];
        text_addf(out, "  %s %s", param->name,
                  param_text(param, row_param(fold->train, param->name), value));
    }
    text_add_char(out, '\n');
}

static void add_axis_line(const struct walk *walk, const struct walk_axis *axis,
                          struct text *out)
{
    char low[PARAM_TEXT_SIZE];
    char high[PARAM_TEXT_SIZE];
    text_addf(
        out, "%s: %s .. %s, %" PRId32 " different, kept %" PRId32 " of %" PRId32 " times\n",
        axis->param->name, param_text(axis->param, axis->low, low),
        param_text(axis->param, axis->high, high), axis->different, axis->kept, axis->steps);
}

void walk_table(const struct walk *walk, struct text *out)
{
    text_addf(out, "%4s  %-20s %12s %6s %12s %6s\n", "fold", "best of the training",
              "train USD", "closed", "test USD", "closed");
    for (int32_t i = 0; i < walk->count; i++) {
        add_fold_line(walk, &walk->folds[i], out);
    }
    text_addf(out,
              "out of sample %+.2f USD over %" PRId32 " of %" PRId32 " folds, %" PRId32 " lost",
              walk->out_usd, walk->told, walk->count, walk->lost);
    if (isfinite(walk->ratio)) {
        text_addf(out, "; per unit of time %.2f of what the training gained\n", walk->ratio);
    } else {
        text_add(out, "; the training itself gained nothing\n");
    }
    for (int i = 0; i < walk->axes_count; i++) {
        add_axis_line(walk, &walk->axes[i], out);
    }
}
