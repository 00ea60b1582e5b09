#include "tune/plan.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "run/json.h"
#include "tune/folds.h"
#include "tune/line.h"

enum { SETTINGS_MAX = SESSION_FILE_FIXED_MAX + SPACE_AXES_MAX + 4, ID_SIZE = 96 };

/* The parameters of every job in the order of their keys; an axis or the value itself. */
struct setting {
    const struct param *param;
    double value;
    int axis; /* -1: the value is the same in every job */
};

struct settings {
    int count;
    struct setting rows[SETTINGS_MAX];
};

static struct setting *find(struct settings *settings, const struct param *param)
{
    for (int i = 0; i < settings->count; i++) {
        if (settings->rows[i].param == param) {
            return &settings->rows[i];
        }
    }
    return NULL;
}

/* A later value keeps the place of an earlier one. */
static void put(struct settings *settings, const struct setting *setting)
{
    struct setting *there = find(settings, setting->param);
    if (there == NULL) {
        assert(settings->count < SETTINGS_MAX);
        there = &settings->rows[settings->count++];
    }
    *there = *setting;
}

/* What stands first whether it was given or not. A PnL model that was not is the usual one of
 * the profile. */
static void put_leading(const struct session_file *file, struct settings *settings)
{
    static const char *const leading[] = {"initial_balance_usd", "max_open_trades", "profile",
                                          "pnl_model"};
    struct engine_params params = engine_defaults();
    for (int i = 0; i < file->fixed_count; i++) {
        if (file->fixed[i].param->kind == PARAM_PROFILE) {
            param_store(file->fixed[i].param, &params, file->fixed[i].value);
        }
    }
    params.pnl_model = engine_default_model(params.profile);
    for (size_t i = 0; i < sizeof leading / sizeof leading[0]; i++) {
        const struct param *param = param_find(leading[i]);
        put(settings, &(struct setting){param, param_fetch(param, &params), -1});
    }
}

static void collect(const struct session_file *file, struct settings *settings)
{
    put_leading(file, settings);
    for (int i = 0; i < file->fixed_count; i++) {
        put(settings, &(struct setting){file->fixed[i].param, file->fixed[i].value, -1});
    }
    for (int i = 0; i < file->space.axes_count; i++) {
        put(settings, &(struct setting){file->space.axes[i].param, 0, i});
    }
}

/* What is the same in all lines of a plan. */
struct planning {
    const struct session_file *file;
    struct settings settings;
    struct folds folds;
    int64_t *points; /* owned */
    int64_t points_count;
    int64_t jobs;          /* so far */
    struct text *document; /* scratch */
    struct text *out;
};

static void add_job(const struct planning *planning, int64_t point,
                    const struct result_window *window, const char *id, struct text *out)
{
    const struct session_file *file = planning->file;
    const struct settings *settings = &planning->settings;
    double values[SPACE_AXES_MAX];
    char path[sizeof PLAN_FOLDER + SESSION_FILE_NAME_MAX + ID_SIZE + 8];
    struct json json;
    space_values(&file->space, point, values);
    text_cut(path, sizeof path, "%s/%s/%s.json", PLAN_FOLDER, file->name, id);
    json_begin(&json, out);
    json_open_object(&json, NULL);
    json_add_string(&json, "job_id", id);
    json_open_object(&json, "config");
    json_add_string(&json, "data_file", file->data_file);
    for (int i = 0; i < settings->count; i++) {
        const struct setting *row = &settings->rows[i];
        param_json(row->param, row->axis < 0 ? row->value : values[row->axis], &json);
    }
    json_add_string(&json, "tag", id);
    json_close_object(&json);
    result_window_json(window, &json);
    json_add_string(&json, "output_json", path);
    json_close_object(&json);
}

static void add_points(struct planning *planning, const struct result_window *window)
{
    for (int64_t i = 0; i < planning->points_count; i++) {
        char id[ID_SIZE];
        text_cut(id, sizeof id, "%s_%04" PRId64,
                 planning->file->has_prefix ? planning->file->name : "job", ++planning->jobs);
        text_clear(planning->document);
        add_job(planning, planning->points[i], window, id, planning->document);
        line_fold(text_string(planning->document), planning->out);
        text_add_char(planning->out, '\n');
    }
}

/* Every configuration, or with folds every one in the training and in the test of each. */
static void add_all(struct planning *planning)
{
    const struct result_window whole = {.fold = 0};
    if (planning->folds.count == 0) {
        add_points(planning, &whole);
    }
    for (int32_t fold = 1; fold <= planning->folds.count; fold++) {
        for (int part = 0; part < 2; part++) {
            const struct result_window window = folds_window(&planning->folds, fold, part == 1);
            add_points(planning, &window);
        }
    }
}

/* Runs of a configuration. */
static int64_t runs_each(const struct planning *planning)
{
    return planning->folds.count > 0 ? 2 * (int64_t)planning->folds.count : 1;
}

static bool check_count(const struct planning *planning, struct err *err)
{
    return planning->points_count <= SPACE_DRAWN_MAX / runs_each(planning) ||
           err_set(err, ERR_INPUT,
                   "%" PRId64 " configurations in %" PRId32
                   " folds are more than %d jobs; set max_jobs or draw samples",
                   planning->points_count, planning->folds.count, SPACE_DRAWN_MAX);
}

static bool prepare(struct planning *planning, const struct session_file *file, struct err *err)
{
    *planning = (struct planning){.file = file};
    if (!space_draw(&file->space, &file->drawing, &planning->points, &planning->points_count,
                    err)) {
        return false;
    }
    if (!folds_plan(&planning->folds, file, err) || !check_count(planning, err)) {
        mem_free(planning->points);
        return false;
    }
    return true;
}

bool plan_count(const struct session_file *file, int64_t *jobs, struct err *err)
{
    struct planning planning;
    if (!prepare(&planning, file, err)) {
        return false;
    }
    *jobs = planning.points_count * runs_each(&planning);
    mem_free(planning.points);
    return true;
}

bool plan_format(const struct session_file *file, struct text *out, int64_t *jobs,
                 struct err *err)
{
    struct planning planning;
    struct text document = text_growing();
    if (!prepare(&planning, file, err)) {
        return false;
    }
    collect(file, &planning.settings);
    planning.document = &document;
    planning.out = out;
    add_all(&planning);
    *jobs = planning.jobs;
    text_finish(&document);
    mem_free(planning.points);
    return true;
}
