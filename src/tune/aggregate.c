#include "tune/aggregate.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/lines.h"
#include "tune/folder.h"
#include "tune/honesty.h"

enum { NAME_SIZE = 300 };

static const char LINES_NAME[] = "results.jsonl";

struct gathering {
    struct aggregate aggregate;
    int64_t capacity;
};

static void add_row(struct gathering *gathering, const struct row *row)
{
    struct aggregate *aggregate = &gathering->aggregate;
    if (aggregate->total == gathering->capacity) {
        gathering->capacity = gathering->capacity > 0 ? 2 * gathering->capacity : 64;
        aggregate->rows =
            mem_grow(aggregate->rows, (size_t)gathering->capacity, sizeof *aggregate->rows);
    }
    aggregate->rows[aggregate->total++] = *row;
    aggregate->success += row->success;
    aggregate->stopped += row->stopped;
    aggregate->error += !row->success && !row->stopped;
}

static void add_file(struct gathering *gathering, const struct folder *folder, const char *name)
{
    struct row row;
    struct err why;
    char *bytes;
    size_t length;
    if (folder_read(folder, name, ROW_SIZE_MAX, &bytes, &length, &why)) {
        row_read(&row, name, bytes, length);
        mem_free(bytes);
    } else {
        row_fail(&row, name, why.text);
    }
    if (row_is_summary(&row)) {
        row_finish(&row);
    } else {
        add_row(gathering, &row);
    }
}

/* What a runner is about to end is left for the next time. */
static bool is_under_way(const struct lines *lines, const struct folder *folder)
{
    return !lines_ended_whole(lines) && folder_is_held(folder);
}

static void add_lines(struct gathering *gathering, const struct folder *folder, const char *at)
{
    struct text path = text_growing();
    struct lines *lines = NULL;
    struct err why;
    struct row row;
    const char *line;
    size_t length;
    enum lines_result got = LINES_ERROR;
    text_addf(&path, "%s/%s", at, LINES_NAME);
    if (lines_open(&lines, text_string(&path), ROW_SIZE_MAX, &why)) {
        while ((got = lines_next(lines, &line, &length, &why)) == LINES_LINE ||
               got == LINES_TOO_LONG) {
            char name[NAME_SIZE];
            if (is_under_way(lines, folder)) {
                continue;
            }
            text_cut(name, sizeof name, "%s:%" PRIu64, LINES_NAME, lines_number(lines));
            if (got == LINES_LINE) {
                row_read(&row, name, line, length);
            } else {
                row_fail(&row, name, "the line is too long");
            }
            add_row(gathering, &row);
        }
    }
    if (got == LINES_ERROR) {
        row_fail(&row, LINES_NAME, why.text);
        add_row(gathering, &row);
    }
    lines_close(lines);
    text_finish(&path);
}

static bool is_result_name(const char *name)
{
    const size_t length = strlen(name);
    return name[0] != '.' && length > 5 && strcmp(name + length - 5, ".json") == 0;
}

static bool gather(struct gathering *gathering, const char *path, struct err *err)
{
    struct folder folder = {.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    text_cut(folder.path, sizeof folder.path, "%s", path);
    const int listed = folder.fd >= 0 ? dup(folder.fd) : -1;
    DIR *listing = listed >= 0 ? fdopendir(listed) : NULL;
    if (listing == NULL) {
        err_set(err, ERR_IO, "cannot open folder '%s': %s", path, strerror(errno));
        folder_close(&folder);
        return false;
    }
    for (struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing)) {
        if (strcmp(entry->d_name, LINES_NAME) == 0) {
            add_lines(gathering, &folder, path);
        } else if (is_result_name(entry->d_name)) {
            add_file(gathering, &folder, entry->d_name);
        }
    }
    closedir(listing);
    folder_close(&folder);
    return true;
}

/* -1, 0 or 1; what is not known stands behind. */
static int compare_numbers(double a, double b)
{
    if (isnan(a) || isnan(b)) {
        return isnan(a) - isnan(b);
    }
    return (a > b) - (a < b);
}

static int compare_origins(const struct row *a, const struct row *b)
{
    const int by_data = strcmp(a->data_hash, b->data_hash);
    const int by_profile = strcmp(a->profile, b->profile);
    if (by_data != 0) {
        return by_data;
    }
    return by_profile != 0 ? by_profile : strcmp(a->pnl_model, b->pnl_model);
}

static int compare_windows(const struct result_window *a, const struct result_window *b)
{
    const int by_fold = (a->fold > b->fold) - (a->fold < b->fold);
    const int by_start = (a->from_ns > b->from_ns) - (a->from_ns < b->from_ns);
    if (by_fold != 0) {
        return by_fold;
    }
    return by_start != 0 ? by_start : a->is_test - b->is_test;
}

static int compare_terms(const struct aggregate *aggregate, const struct row *a,
                         const struct row *b)
{
    int order = compare_origins(a, b);
    for (int i = 0; order == 0 && i < aggregate->axes_count; i++) {
        const char *name = aggregate->axes[i]->name;
        order = compare_numbers(row_param(a, name), row_param(b, name));
    }
    return order;
}

static int compare_groups(const struct aggregate *aggregate, const struct row *a,
                          const struct row *b)
{
    const int by_terms = compare_terms(aggregate, a, b);
    return by_terms != 0 ? by_terms : compare_windows(&a->window, &b->window);
}

static int compare_success(const struct row *a, const struct row *b)
{
    int order =
        (b->closed_trades >= HONESTY_TRADES_MIN) - (a->closed_trades >= HONESTY_TRADES_MIN);
    if (order == 0) {
        order = compare_numbers(b->pnl_usd, a->pnl_usd);
    }
    if (order == 0) {
        order = compare_numbers(a->drawdown_pct, b->drawdown_pct);
    }
    if (order == 0) {
        order = (a->closed_trades < b->closed_trades) - (a->closed_trades > b->closed_trades);
    }
    return order;
}

static int compare_rows(const void *left, const void *right, void *context)
{
    const struct row *a = left;
    const struct row *b = right;
    if (a->success != b->success) {
        return a->success ? -1 : 1;
    }
    if (a->stopped != b->stopped) {
        return a->stopped ? -1 : 1;
    }
    int order = a->success ? compare_groups(context, a, b) : 0;
    if (order == 0 && a->success) {
        order = compare_success(a, b);
    }
    if (order == 0) {
        order = strcmp(a->job_id, b->job_id);
    }
    return order != 0 || a->success ? order : strcmp(a->error, b->error);
}

bool aggregate_varies(const struct aggregate *aggregate, const struct param *param)
{
    const double first =
        aggregate->success > 0 ? row_param(&aggregate->rows[0], param->name) : 0;
    for (int64_t i = 1; i < aggregate->success; i++) {
        if (compare_numbers(first, row_param(&aggregate->rows[i], param->name)) != 0) {
            return true;
        }
    }
    return false;
}

/* Of rows whose successes stand first. */
static void find_axes(struct aggregate *aggregate)
{
    for (size_t i = 0; i < param_count(); i++) {
        const struct param *param = param_at(i);
        const bool is_no_choice = param->role == PARAM_ASSUMPTION || param->role == PARAM_SCALE;
        if (is_no_choice && aggregate_varies(aggregate, param)) {
            assert(aggregate->axes_count < AGGREGATE_AXES_MAX);
            aggregate->axes[aggregate->axes_count++] = param;
        }
    }
    for (int64_t i = 0; i < aggregate->success; i++) {
        const int32_t fold = aggregate->rows[i].window.fold;
        aggregate->folds = fold > aggregate->folds ? fold : aggregate->folds;
        aggregate->mixed =
            aggregate->mixed || compare_origins(&aggregate->rows[0], &aggregate->rows[i]) != 0;
    }
}

bool aggregate_load(struct aggregate *aggregate, const char *folder, struct err *err)
{
    struct gathering gathering = {.capacity = 0};
    struct aggregate *made = &gathering.aggregate;
    if (!gather(&gathering, folder, err)) {
        return false;
    }
    /* Once to have the successes in front, and again when it is known what sets them apart. */
    for (int round = 0; round < 2; round++) {
        if (made->total > 0) {
            qsort_r(made->rows, (size_t)made->total, sizeof *made->rows, compare_rows, made);
        }
        if (round == 0) {
            find_axes(made);
        }
    }
    *aggregate = *made;
    return true;
}

void aggregate_finish(struct aggregate *aggregate)
{
    for (int64_t i = 0; i < aggregate->total; i++) {
        row_finish(&aggregate->rows[i]);
    }
    mem_free(aggregate->rows);
    *aggregate = (struct aggregate){0};
}

bool aggregate_check(const struct aggregate *aggregate, const struct aggregate_filters *filters,
                     struct err *err)
{
    return !aggregate->mixed || filters->allow_mixed ||
           err_set(err, ERR_INPUT,
                   "the results are of different data, profile or PnL model, which do not rank "
                   "together (--allow-mixed ranks each kind apart)");
}

bool aggregate_keeps(const struct aggregate_filters *filters, const struct row *row)
{
    /* A drawdown that is not known is within no limit. */
    return row->success && row->total_trades >= filters->trades_min &&
           (isnan(filters->drawdown_pct_max) || row->drawdown_pct <= filters->drawdown_pct_max);
}

bool aggregate_same_group(const struct aggregate *aggregate, const struct row *a,
                          const struct row *b)
{
    return compare_groups(aggregate, a, b) == 0;
}

bool aggregate_same_terms(const struct aggregate *aggregate, const struct row *a,
                          const struct row *b)
{
    return compare_terms(aggregate, a, b) == 0;
}
