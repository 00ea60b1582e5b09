#include "tune/plan.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
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

static void add_job(const struct session_file *file, const struct settings *settings,
                    int64_t point, const char *id, struct text *out)
{
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
    json_add_string(&json, "output_json", path);
    json_close_object(&json);
}

bool plan_format(const struct session_file *file, struct text *out, int64_t *jobs,
                 struct err *err)
{
    struct settings settings = {0};
    struct text document = text_growing();
    int64_t *points;
    int64_t count;
    if (!space_draw(&file->space, &file->drawing, &points, &count, err)) {
        return false;
    }
    collect(file, &settings);
    for (int64_t i = 0; i < count; i++) {
        char id[ID_SIZE];
        text_cut(id, sizeof id, "%s_%04" PRId64, file->has_prefix ? file->name : "job", i + 1);
        text_clear(&document);
        add_job(file, &settings, points[i], id, &document);
        line_fold(text_string(&document), out);
        text_add_char(out, '\n');
    }
    *jobs = count;
    text_finish(&document);
    mem_free(points);
    return true;
}
