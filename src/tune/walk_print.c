#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/safe.h"
#include "standing.h"
#include "tune/walk.h"

enum { SHOWN_SIZE = 128 };

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

static void add_walk(struct json *json, const struct walk *walk)
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

static void add_table(const struct walk *walk, struct text *out)
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

/* The first row of the next terms; rows of the same terms stand together. */
static const struct row *next_terms(const struct aggregate *aggregate, const struct row *last)
{
    for (int64_t i = 0; i < aggregate->success; i++) {
        const struct row *row = &aggregate->rows[i];
        if (last == NULL || (row > last && !aggregate_same_terms(aggregate, last, row))) {
            return row;
        }
    }
    return NULL;
}

void walk_all_json(const struct aggregate *aggregate, const char *key, struct json *json)
{
    json_open_array(json, key);
    for (const struct row *row = next_terms(aggregate, NULL);
         aggregate->folds > 0 && row != NULL; row = next_terms(aggregate, row)) {
        struct walk walk;
        walk_init(&walk, aggregate, row);
        json_open_object(json, NULL);
        if (aggregate->mixed || aggregate->axes_count > 0) {
            standing_group_json(aggregate, row, json);
        }
        add_walk(json, &walk);
        json_close_object(json);
        walk_finish(&walk);
    }
    json_close_array(json);
}

void walk_all_table(const struct aggregate *aggregate, struct text *out)
{
    text_addf(out,
              "walk-forward of %" PRId32 " folds: chosen in the training, counted in the "
              "test\n",
              aggregate->folds);
    for (const struct row *row = next_terms(aggregate, NULL); row != NULL;
         row = next_terms(aggregate, row)) {
        struct walk walk;
        walk_init(&walk, aggregate, row);
        if (aggregate->mixed || aggregate->axes_count > 0) {
            standing_group_line(aggregate, row, out);
        }
        add_table(&walk, out);
        walk_finish(&walk);
    }
}
