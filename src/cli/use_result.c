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

/* The one there is, where no job was named. */
static bool choose(const struct aggregate *aggregate, const char *path, const char **job,
                   struct err *err)
{
    if ((*job)[0] != '\0') {
        return true;
    }
    if (aggregate->total != 1) {
        return err_set(err, ERR_INPUT, "'%s' has %lld results: say which one with --job", path,
                       (long long)aggregate->total);
    }
    *job = aggregate->rows[0].job_id;
    return true;
}

static bool check_end(const struct row *row, struct err *err)
{
    char job[256];
    char why[256];
    if (row->success) {
        return true;
    }
    safe_text(job, sizeof job, row->job_id, strlen(row->job_id));
    if (row->stopped) {
        return err_set(err, ERR_INPUT, "job '%s' was stopped early: it has no result to go by",
                       job);
    }
    return err_set(err, ERR_INPUT, "job '%s' has no result to go by: %s", job,
                   safe_text(why, sizeof why, row->error, strlen(row->error)));
}

bool use_result_load(struct use_result *result, const char *path, const char *job,
                     struct err *err)
{
    struct place place;
    struct aggregate aggregate;
    memset(result, 0, sizeof *result);
    if (!find_place(path, &place, err) || !aggregate_load(&aggregate, place.folder, err)) {
        return false;
    }
    job = job != NULL ? job : place.job;
    if (!choose(&aggregate, path, &job, err)) {
        aggregate_finish(&aggregate);
        return false;
    }
    if (!detail_init(&result->detail, &aggregate, job, err)) {
        return err_wrap(err, "'%s'", path);
    }
    if (!check_end(result->detail.row, err)) {
        use_result_finish(result);
        return false;
    }
    terms_origin(result->origin, strrchr(place.folder, '/') + 1, result->detail.row);
    return true;
}

void use_result_finish(struct use_result *result)
{
    detail_finish(&result->detail);
    memset(result, 0, sizeof *result);
}
