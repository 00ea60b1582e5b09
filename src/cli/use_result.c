#include "use_result.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/safe.h"
#include "io/file.h"
#include "tune/terms.h"

/* The folder whose results rank together with this one, and the id that the file at `path`
 * itself has: "" for a folder or a stream of results. */
struct place {
    char folder[PATH_MAX];
    char job[256];
};

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text);
    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

static bool read_job(const char *path, struct place *place, struct err *err)
{
    char *bytes = NULL;
    size_t length = 0;
    struct row row;
    if (!file_read(path, ROW_SIZE_MAX, &bytes, &length, err)) {
        return false;
    }
    row_read(&row, strrchr(path, '/') + 1, bytes, length);
    text_cut(place->job, sizeof place->job, "%s", row.job_id);
    row_finish(&row);
    mem_free(bytes);
    return true;
}

static bool find_place(const char *path, struct place *place, struct err *err)
{
    struct stat status;
    place->job[0] = '\0';
    if (realpath(path, place->folder) == NULL || stat(place->folder, &status) != 0) {
        return err_set(err, ERR_INPUT, "--result: '%s' is not there", path);
    }
    if (S_ISDIR(status.st_mode)) {
        return true;
    }
    if (!ends_with(place->folder, ".jsonl") && !read_job(place->folder, place, err)) {
        return false;
    }
    *strrchr(place->folder, '/') = '\0';
    return true;
}

static const struct row *find_row(const struct aggregate *aggregate, const char *job)
{
    for (int64_t i = 0; i < aggregate->total; i++) {
        if (strcmp(aggregate->rows[i].job_id, job) == 0) {
            return &aggregate->rows[i];
        }
    }
    return NULL;
}

static bool choose(struct use_result *result, const char *path, const char *job,
                   struct err *err)
{
    const struct aggregate *aggregate = &result->aggregate;
    char shown[256];
    if (job[0] == '\0' && aggregate->total != 1) {
        return err_set(err, ERR_INPUT, "'%s' has %lld results: say which one with --job", path,
                       (long long)aggregate->total);
    }
    result->row = job[0] == '\0' ? &aggregate->rows[0] : find_row(aggregate, job);
    job = result->row != NULL ? result->row->job_id : job;
    safe_text(shown, sizeof shown, job, strlen(job));
    if (result->row == NULL) {
        return err_set(err, ERR_INPUT, "'%s' has no result of job '%s'", path, shown);
    }
    if (result->row->stopped) {
        return err_set(err, ERR_INPUT, "job '%s' was stopped early: it has no result to go by",
                       shown);
    }
    if (!result->row->success) {
        char why[256];
        const char *error = result->row->error;
        return err_set(err, ERR_INPUT, "job '%s' has no result to go by: %s", shown,
                       safe_text(why, sizeof why, error, strlen(error)));
    }
    return true;
}

static void collect(struct use_result *result)
{
    const struct row *row = result->row;
    const struct aggregate_trust trust = aggregate_judge(&result->aggregate, row);
    struct err why = {0};
    result->params = row_engine_params(row);
    grid_init(&result->grid, &result->aggregate);
    walk_init(&result->walk, &result->aggregate, row);
    result->measured = mem_zalloc(sizeof *result->measured);
    if (!sensitivity_measure(row_data_file(row), &result->params, &row->window,
                             result->measured, &why)) {
        mem_free(result->measured);
        result->measured = NULL;
    }
    const struct evidence_sources sources = {
        .grid = &result->grid,
        .row = row,
        .trust = &trust,
        .walk = &result->walk,
        .sensitivity = result->measured,
        .unmeasured = why.text,
    };
    evidence_collect(&sources, &result->evidence);
}

bool use_result_load(struct use_result *result, const char *path, const char *job,
                     struct err *err)
{
    struct place place;
    memset(result, 0, sizeof *result);
    if (!find_place(path, &place, err) ||
        !aggregate_load(&result->aggregate, place.folder, err)) {
        return false;
    }
    if (!choose(result, path, job != NULL ? job : place.job, err)) {
        use_result_finish(result);
        return false;
    }
    collect(result);
    terms_origin(result->origin, strrchr(place.folder, '/') + 1, result->row);
    return true;
}

void use_result_finish(struct use_result *result)
{
    if (result->measured != NULL) {
        sensitivity_finish(result->measured);
        mem_free(result->measured);
    }
    walk_finish(&result->walk);
    grid_finish(&result->grid);
    aggregate_finish(&result->aggregate);
    memset(result, 0, sizeof *result);
}
