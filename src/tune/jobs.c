#include "tune/jobs.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "base/mem.h"
#include "base/safe.h"
#include "io/lines.h"

enum { LINE_SIZE_MAX = 64 * 1024, REPORTED_MAX = 100, SHOWN_SIZE = 1200 };

struct loading {
    struct jobs jobs;
    int64_t capacity;
    json_t *ids, *outputs; /* seen so far */
};

/* Notes a name; false when it was there. */
static bool is_new(json_t *seen, const char *name)
{
    if (json_object_get(seen, name) != NULL) {
        return false;
    }
    json_object_set_new(seen, name, json_true());
    return true;
}

static bool check_place(struct loading *loading, const struct job *job, struct err *err)
{
    const struct jobs *jobs = &loading->jobs;
    if (jobs->count > 0 && strcmp(job->folder, jobs->list[0].folder) != 0) {
        return err_set(err, ERR_INPUT, "output_json: the session's folder is '%s', not '%s'",
                       jobs->list[0].folder, job->folder);
    }
    if (!is_new(loading->ids, job->id)) {
        return err_set(err, ERR_INPUT, "job_id: '%s' is there already", job->id);
    }
    if (!is_new(loading->outputs, job->output)) {
        return err_set(err, ERR_INPUT, "output_json: '%s' is there already", job->output);
    }
    return true;
}

static bool take_line(struct loading *loading, const char *line, size_t length, struct err *err)
{
    struct jobs *jobs = &loading->jobs;
    struct job job;
    if (!job_parse(&job, line, length, err)) {
        return false;
    }
    if (!check_place(loading, &job, err)) {
        job_finish(&job);
        return false;
    }
    if (jobs->count == loading->capacity) {
        loading->capacity = loading->capacity > 0 ? 2 * loading->capacity : 64;
        jobs->list = mem_grow(jobs->list, (size_t)loading->capacity, sizeof *jobs->list);
    }
    jobs->list[jobs->count++] = job;
    return true;
}

static bool is_blank(const char *line)
{
    return line[strspn(line, " \t\r")] == '\0';
}

static void report_refusal(struct loading *loading, const char *path, uint64_t number,
                           const struct err *why, struct text *report)
{
    if (loading->jobs.refused++ < REPORTED_MAX) {
        char shown[SHOWN_SIZE];
        text_addf(report, "%s:%" PRIu64 ": %s\n", path, number,
                  safe_text(shown, sizeof shown, why->text, strlen(why->text)));
    }
}

static bool read_lines(struct loading *loading, struct lines *lines, const char *path,
                       struct text *report, struct err *err)
{
    for (;;) {
        struct err why;
        const char *line;
        size_t length;
        const enum lines_result got = lines_next(lines, &line, &length, err);
        if (got == LINES_END || got == LINES_ERROR) {
            return got == LINES_END;
        }
        if (got == LINES_TOO_LONG) {
            err_set(&why, ERR_INPUT, "line is longer than %d bytes", LINE_SIZE_MAX);
        } else if (is_blank(line) || take_line(loading, line, length, &why)) {
            continue;
        }
        report_refusal(loading, path, lines_number(lines), &why, report);
    }
}

bool jobs_load(struct jobs *jobs, const char *path, struct text *report, struct err *err)
{
    struct lines *lines;
    if (!lines_open(&lines, path, LINE_SIZE_MAX, err)) {
        return false;
    }
    struct loading loading = {.ids = json_object(), .outputs = json_object()};
    const bool done = read_lines(&loading, lines, path, report, err);
    lines_close(lines);
    json_decref(loading.ids);
    json_decref(loading.outputs);
    if (!done) {
        jobs_finish(&loading.jobs);
        return false;
    }
    loading.jobs.folder = loading.jobs.count > 0 ? loading.jobs.list[0].folder : NULL;
    *jobs = loading.jobs;
    return true;
}

void jobs_finish(struct jobs *jobs)
{
    for (int64_t i = 0; i < jobs->count; i++) {
        job_finish(&jobs->list[i]);
    }
    mem_free(jobs->list);
    *jobs = (struct jobs){0};
}
