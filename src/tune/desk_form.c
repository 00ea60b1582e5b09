#include "desk_form.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "config/yaml.h"
#include "desk_parts.h"
#include "io/file.h"
#include "tune/job.h"
#include "tune/plan.h"
#include "tune/session_edit.h"

enum {
    TRIED_MAX = 10000, /* jobs that are looked at for mistakes before a launch */
    FOLDER_SIZE = sizeof PLAN_FOLDER + TUNING_NAME_SIZE + 1,
};

static const char FILES_FOLDER[] = "configs/tuning";

/* The first line of a report; the edits have no file and no line. */
static bool first_fault(const struct text *report, const char *path, bool edited,
                        struct err *err)
{
    const char *line = text_string(report);
    const size_t length = strcspn(line, "\n");
    const char *what = line;
    if (edited && strncmp(line, path, strlen(path)) == 0) {
        const char *behind = strstr(line + strlen(path), ": ");
        what = behind != NULL ? behind + 2 : line;
    }
    if (length == 0) {
        return false; /* err says it */
    }
    return err_set(err, ERR_INPUT, "%.*s", (int)(length - (size_t)(what - line)), what);
}

static bool parse(struct form_file *file, const char *path, bool edited, struct err *err)
{
    struct text report = text_growing();
    const bool parsed = session_file_parse(&file->session, path, text_string(&file->bytes),
                                           file->bytes.length, &report, err) ||
                        first_fault(&report, path, edited, err);
    text_finish(&report);
    return parsed;
}

static bool apply(struct form_file *file, const struct tuning_edits *edits, struct err *err)
{
    struct text edited = text_growing();
    if (!session_edit(edits->path, text_string(&file->bytes), file->bytes.length, edits,
                      &edited, err)) {
        text_finish(&edited);
        return false;
    }
    form_file_finish(file);
    file->bytes = edited;
    return parse(file, edits->path, true, err);
}

bool form_file_load(struct form_file *file, const struct tuning_edits *edits, struct err *err)
{
    struct form_file made = {.bytes = text_growing()};
    char *bytes;
    size_t length;
    if (edits->name[0] != '\0' && !session_file_is_name(edits->name)) {
        return err_set(err, ERR_INPUT, "'%s' is no name (letters, digits and -_., at most 64)",
                       edits->name);
    }
    if (!file_read(edits->path, YAML_SIZE_MAX, &bytes, &length, err)) {
        return false;
    }
    text_add_bytes(&made.bytes, bytes, length);
    mem_free(bytes);
    if (!parse(&made, edits->path, false, err) ||
        (session_edit_changes(edits) && !apply(&made, edits, err))) {
        form_file_finish(&made);
        return false;
    }
    *file = made;
    return true;
}

void form_file_finish(struct form_file *file)
{
    session_file_finish(&file->session);
    text_finish(&file->bytes);
    *file = (struct form_file){.bytes = {0}};
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static bool is_session_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    return name[0] != '.' && dot != NULL &&
           (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0 || strcmp(dot, ".json") == 0);
}

static void list_files(struct tuning_form *form)
{
    DIR *listing = opendir(FILES_FOLDER);
    if (listing == NULL) {
        return;
    }
    for (struct dirent *entry = readdir(listing);
         entry != NULL && form->files_count < TUNING_FILES_MAX; entry = readdir(listing)) {
        if (is_session_name(entry->d_name)) {
            text_cut(form->files[form->files_count++], TUNING_PATH_SIZE, "%s/%s", FILES_FOLDER,
                     entry->d_name);
        }
    }
    closedir(listing);
    qsort(form->files, (size_t)form->files_count, sizeof form->files[0], by_name);
}

static void fill_axes(struct tuning_form *form, const struct space *space)
{
    for (int i = 0; i < space->axes_count; i++) {
        const struct space_axis *axis = &space->axes[i];
        struct text values = text_fixed(form->axes[i].values, sizeof form->axes[i].values);
        text_cut(form->axes[i].axis, sizeof form->axes[i].axis, "%s", axis->param->name);
        session_edit_values(axis, &values);
        form->axes[i].cut = values.truncated;
        form->axes[i].count = axis->count;
        form->axes[i].assumption = axis->param->role != PARAM_TUNABLE;
    }
    form->axes_count = space->axes_count;
}

static void fill_profile(struct tuning_form *form, const struct session_file *session)
{
    struct engine_params params = engine_defaults();
    for (int i = 0; i < session->fixed_count; i++) {
        param_store(session->fixed[i].param, &params, session->fixed[i].value);
    }
    text_cut(form->profile, sizeof form->profile, "%s", engine_profile_name(params.profile));
}

/* How many of the planned jobs would fail before they began, and why the first of them. */
static int64_t count_faulty(const struct text *plan, char *reason, size_t size)
{
    int64_t faulty = 0;
    struct err err;
    struct text_line line;
    for (const char *rest = text_string(plan); text_take_line(&rest, &line);) {
        struct job job = {0};
        if (!job_parse(&job, line.start, line.length, &err) ||
            (job.fault == NULL && !job_check(job.data_file, &job.params, &err)) ||
            job.fault != NULL) {
            if (faulty++ == 0) {
                text_cut(reason, size, "%s", job.fault != NULL ? job.fault : err.text);
            }
        }
        job_finish(&job);
    }
    return faulty;
}

static bool check_data(const char *path, struct err *err)
{
    return access(path, R_OK) == 0 ||
           err_set(err, ERR_INPUT, "data_file '%s': %s", path, strerror(errno));
}

static bool check_jobs(struct tuning_form *form, const struct session_file *session,
                       struct text *note, struct err *err)
{
    char reason[TUNING_TEXT_SIZE];
    int64_t jobs;
    if (!plan_count(session, &form->jobs, err)) {
        return false;
    }
    if (form->jobs == 0) {
        return err_set(err, ERR_INPUT, "it has no jobs");
    }
    if (form->jobs > TRIED_MAX) {
        return true;
    }
    struct text plan = text_growing();
    const bool planned = plan_format(session, &plan, &jobs, err);
    const int64_t faulty = planned ? count_faulty(&plan, reason, sizeof reason) : 0;
    text_finish(&plan);
    if (faulty == form->jobs) {
        return err_set(err, ERR_INPUT, "%s", reason);
    }
    if (faulty > 0) {
        text_addf(note, "%" PRId64 " of the jobs would fail: %s. ", faulty, reason);
    }
    return planned;
}

static void note_folder(const char *name, struct text *note)
{
    char folder[FOLDER_SIZE];
    text_cut(folder, sizeof folder, PLAN_FOLDER "/%s", name);
    if (access(folder, F_OK) == 0) {
        text_addf(note, "%s is there already: its results would be replaced.", folder);
    }
}

static bool fill(struct tuning_form *form, const struct tuning_edits *edits, struct err *err)
{
    struct text note = text_fixed(form->note, sizeof form->note);
    struct form_file file;
    if (!form_file_load(&file, edits, err)) {
        return false;
    }
    const struct session_file *session = &file.session;
    text_cut(form->data_file, sizeof form->data_file, "%s", session->data_file);
    text_cut(form->sampler, sizeof form->sampler, "%s%s",
             space_sampler_name(session->drawing.sampler),
             session->train_s > 0.0 ? ", walk-forward" : "");
    text_cut(form->name, sizeof form->name, "%s", session->name);
    fill_profile(form, session);
    fill_axes(form, &session->space);
    const bool good =
        check_data(session->data_file, err) && check_jobs(form, session, &note, err);
    note_folder(session->name, &note);
    form_file_finish(&file);
    return good;
}

/* Where the edits are wrong the axes of the file stand, so that they can be mended. */
static bool fill_edited(struct tuning_form *form, struct err *err)
{
    struct tuning_edits plain = {.parallel = form->edits.parallel};
    struct err ignored;
    text_cut(plain.path, sizeof plain.path, "%s", form->edits.path);
    if (fill(form, &form->edits, err)) {
        return true;
    }
    form->note[0] = '\0';
    (void)!fill(form, &plain, &ignored);
    form->jobs = 0;
    return false;
}

void desk_answer_form(struct desk_work *work, const struct desk_query *query, void *out)
{
    struct tuning_form *form = out;
    struct err err = {.kind = ERR_NONE};
    form->edits = query->edits;
    list_files(form);
    if (form->edits.path[0] != '\0' && !fill_edited(form, &err)) {
        text_cut(form->error, sizeof form->error, "%s", err.text);
    }
}
