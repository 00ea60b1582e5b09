#include "tune/job.h"

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/safe.h"
#include "job_plain.h"
#include "run/json.h"
#include "tune/param.h"
#include "tune/plan.h"

enum { RESULT_SCHEMA_VERSION = 1 };

/* The first fault is the one that is told. */
__attribute__((format(printf, 2, 3))) static void set_fault(struct job *job, const char *format,
                                                            ...)
{
    if (job->fault == NULL) {
        struct text fault = text_growing();
        va_list args;
        va_start(args, format);
        text_addv(&fault, format, args);
        va_end(args);
        job->fault = fault.data;
    }
}

static bool take_value(const struct param *param, const json_t *value, double *out)
{
    const char *why;
    switch (param->kind) {
    case PARAM_NUMBER:
        *out = json_number_value(value);
        return json_is_number(value);
    case PARAM_COUNT:
        *out = (double)json_integer_value(value);
        return json_is_integer(value);
    case PARAM_FLAG:
        *out = json_is_true(value) ? 1 : 0;
        return json_is_boolean(value);
    case PARAM_PROFILE:
    case PARAM_MODEL:
        break;
    }
    return json_is_string(value) &&
           param_parse(param, json_string_value(value), true, out, &why);
}

static void take_param(struct job *job, const struct param *param, const json_t *value)
{
    double number = NAN;
    const bool unset = json_is_null(value) && param->may_be_unset;
    if (unset || take_value(param, value, &number)) {
        param_store(param, &job->params, number);
    } else {
        set_fault(job, "%s: expected %s", param->name, param_expected(param));
    }
}

static void take_unknown(struct job *job, const char *key)
{
    struct nearest nearest = nearest_to(key);
    char hint[128] = "";
    char shown[128];
    param_offer_names(&nearest);
    if (nearest.found != NULL) {
        text_cut(hint, sizeof hint, " (did you mean '%s'?)", nearest.found);
    }
    safe_text(shown, sizeof shown, key, strlen(key));
    set_fault(job, "unknown parameter '%s'%s", shown, hint);
}

static void take_config(struct job *job, json_t *config)
{
    const char *key;
    json_t *value;
    job->params = engine_defaults();
    json_object_foreach(config, key, value)
    {
        const struct param *param = param_find(key);
        if (param != NULL) {
            take_param(job, param, value);
        } else if (strcmp(key, "data_file") == 0 && json_is_string(value)) {
            job->data_file = mem_copy_string(json_string_value(value));
        } else if (strcmp(key, "tag") == 0 && json_is_string(value) &&
                   json_string_length(value) <= JOB_TAG_MAX) {
            job->tag = mem_copy_string(json_string_value(value));
        } else if (strcmp(key, "data_file") != 0 && strcmp(key, "tag") != 0) {
            take_unknown(job, key);
        } else if (!json_is_null(value)) {
            set_fault(job, "%s: expected %s", key, "a short text");
        }
    }
    if (json_object_get(config, "pnl_model") == NULL) {
        job->params.pnl_model = engine_default_model(job->params.profile);
    }
}

/* {"fold": 1, "part": "train", "from": NS, "to": NS}, all of it. */
static bool take_window(struct job *job, const json_t *window, struct err *err)
{
    const json_t *fold = json_object_get(window, "fold");
    const json_t *from = json_object_get(window, "from");
    const json_t *to = json_object_get(window, "to");
    const json_t *part = json_object_get(window, "part");
    const char *name = json_is_string(part) ? json_string_value(part) : "";
    const bool is_test = strcmp(name, "test") == 0;
    if (json_object_size(window) != 4 || !json_is_integer(from) || !json_is_integer(to) ||
        json_integer_value(from) >= json_integer_value(to) || json_integer_value(fold) < 1 ||
        json_integer_value(fold) > INT32_MAX || (!is_test && strcmp(name, "train") != 0)) {
        return err_set(err, ERR_INPUT,
                       "window: expected fold (1 or more), part (train or test), from and to "
                       "(whole ns, from before to)");
    }
    job->window = (struct result_window){
        .fold = (int32_t)json_integer_value(fold),
        .is_test = is_test,
        .from_ns = json_integer_value(from),
        .to_ns = json_integer_value(to),
    };
    return true;
}

static bool take_line(struct job *job, json_t *root, struct err *err)
{
    const json_t *window = json_object_get(root, "window");
    const json_t *id = json_object_get(root, "job_id");
    const json_t *output = json_object_get(root, "output_json");
    json_t *config = json_object_get(root, "config");
    if (!json_is_object(root)) {
        return err_set(err, ERR_INPUT, "expected an object");
    }
    if (!json_is_string(id) || !job_is_file_name(json_string_value(id), JOB_ID_MAX)) {
        return err_set(err, ERR_INPUT,
                       "job_id: expected a name (letters, digits and -_., at most %d)",
                       JOB_ID_MAX);
    }
    if (!json_is_object(config)) {
        return err_set(err, ERR_INPUT, "config: expected an object");
    }
    if (json_object_size(root) > (window != NULL ? 4 : 3)) {
        return err_set(err, ERR_INPUT, "expected job_id, config, window and output_json alone");
    }
    if (window != NULL && !take_window(job, window, err)) {
        return false;
    }
    job->id = mem_copy_string(json_string_value(id));
    take_config(job, config);
    return job_take_output(job, json_is_string(output) ? json_string_value(output) : "") ||
           err_set(err, ERR_INPUT,
                   "output_json: expected '" PLAN_FOLDER "/NAME/FILE.json' under the working "
                   "directory");
}

bool job_parse(struct job *job, const char *line, size_t length, struct err *err)
{
    json_error_t problem;
    struct job made = {0};
    if (job_parse_plain(job, line, length)) {
        return true;
    }
    json_t *root = json_loadb(line, length, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL) {
        return err_set(err, ERR_INPUT, "not JSON: %s", problem.text);
    }
    const bool done = take_line(&made, root, err);
    json_decref(root);
    if (!done) {
        job_finish(&made);
        return false;
    }
    made.tag = made.tag != NULL ? made.tag : mem_copy_string("");
    made.data_file = made.data_file != NULL ? made.data_file : mem_copy_string("");
    *job = made;
    return true;
}

void job_finish(struct job *job)
{
    mem_free(job->id);
    mem_free(job->folder);
    mem_free(job->output);
    mem_free(job->tag);
    mem_free(job->data_file);
    mem_free(job->fault);
    *job = (struct job){0};
}

bool job_check(const char *data_file, const struct engine_params *params, struct err *err)
{
    if (data_file[0] == '\0') {
        return err_set(err, ERR_INPUT, "data_file must be specified");
    }
    const char *fault = engine_params_fault(params);
    return fault == NULL || err_set(err, ERR_INPUT, "%s", fault);
}

void job_part(const struct job *job, int64_t first_ns, int64_t last_ns, struct kernel_job *out)
{
    const struct result_window *window = &job->window;
    *out = (struct kernel_job){
        .params = job->params,
        .from_ns = INT64_MIN,
        .to_ns = INT64_MAX,
        .first_ns = first_ns,
        .last_ns = last_ns,
    };
    if (window->fold > 0) {
        out->from_ns = window->from_ns;
        out->to_ns = window->to_ns;
        out->first_ns = window->from_ns > first_ns ? window->from_ns : first_ns;
        out->last_ns = window->to_ns - 1 < last_ns ? window->to_ns - 1 : last_ns;
        /* A fold without data. */
        out->last_ns = out->last_ns > out->first_ns ? out->last_ns : out->first_ns;
    }
}

void job_config_hash(const struct job *job, char buffer[48])
{
    result_params_hash(&job->params, &job->window, buffer);
}

void job_error_json(const struct job *job, const char *reason, struct text *out)
{
    char config_hash[48];
    struct json json;
    job_config_hash(job, config_hash);
    json_begin(&json, out);
    json_open_object(&json, NULL);
    json_add_string(&json, "status", "error");
    json_add_string(&json, "error", reason);
    json_open_object(&json, "config");
    json_add_string_or_null(&json, "data_file", job->data_file);
    for (size_t i = 0; i < param_count(); i++) {
        param_json(param_at(i), param_fetch(param_at(i), &job->params), &json);
    }
    json_add_string_or_null(&json, "tag", job->tag);
    result_window_json(&job->window, &json);
    json_close_object(&json);
    json_open_object(&json, "config_summary");
    json_add_string_or_null(&json, "job_id", job->id);
    json_close_object(&json);
    json_add_integer(&json, "schema_version", RESULT_SCHEMA_VERSION);
    json_add_string(&json, "config_hash", config_hash);
    json_add_string(&json, "version", ARBLITE_VERSION);
    json_close_object(&json);
}
