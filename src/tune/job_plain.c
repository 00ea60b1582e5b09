#include "job_plain.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "tune/param.h"
#include "tune/plan.h"
#include "tune/session_file.h"

enum { TEXT_SIZE = 4096, WHOLE_DIGITS_MAX = 15, NUMBER_LENGTH_MAX = 32 };

static const char SUFFIX[] = ".json";

bool job_is_file_name(const char *name, size_t length_max)
{
    return strlen(name) <= length_max && name[0] != '.' && name[0] != '\0' &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
               strlen(name);
}

bool job_take_output(struct job *job, const char *path)
{
    const size_t length = strlen(PLAN_FOLDER);
    char folder[SESSION_FILE_NAME_MAX + 1];
    const char *slash =
        strncmp(path, PLAN_FOLDER "/", length + 1) == 0 ? strchr(path + length + 1, '/') : NULL;
    if (slash == NULL || (size_t)(slash - path) - length - 1 >= sizeof folder) {
        return false;
    }
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - path - (int)length - 1),
             path + length + 1);
    const size_t name_length = strlen(slash + 1);
    if (!session_file_is_name(folder) ||
        !job_is_file_name(slash + 1, JOB_ID_MAX + sizeof SUFFIX) ||
        name_length <= strlen(SUFFIX) ||
        strcmp(slash + 1 + name_length - strlen(SUFFIX), SUFFIX) != 0) {
        return false;
    }
    job->folder = mem_copy_string(folder);
    job->output = mem_copy_string(slash + 1);
    return true;
}

struct reader {
    const char *at, *end;
};

static bool skip(struct reader *reader, const char *token)
{
    const size_t length = strlen(token);
    if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, token, length) != 0) {
        return false;
    }
    reader->at += length;
    return true;
}

/* A string of plain ASCII without escapes. */
static bool read_text(struct reader *reader, char text[TEXT_SIZE])
{
    size_t length = 0;
    if (!skip(reader, "\"")) {
        return false;
    }
    while (reader->at < reader->end && *reader->at != '"') {
        const char c = *reader->at++;
        if (c < ' ' || c > '~' || c == '\\' || length == TEXT_SIZE - 1) {
            return false;
        }
        text[length++] = c;
    }
    text[length] = '\0';
    return skip(reader, "\"");
}

static size_t count_digits(const struct reader *reader)
{
    const char *at = reader->at;
    while (at < reader->end && *at >= '0' && *at <= '9') {
        at++;
    }
    return (size_t)(at - reader->at);
}

/* A number as JSON spells it, short enough to be in range whatever its kind. */
static bool read_number(struct reader *reader, double *out, bool *whole)
{
    const char *first = reader->at;
    (void)skip(reader, "-");
    const size_t digits = count_digits(reader);
    if (digits == 0 || digits > WHOLE_DIGITS_MAX || (digits > 1 && *reader->at == '0')) {
        return false;
    }
    reader->at += digits;
    *whole = !skip(reader, ".");
    if (!*whole) {
        const size_t decimals = count_digits(reader);
        if (decimals == 0) {
            return false;
        }
        reader->at += decimals;
    }
    const size_t length = (size_t)(reader->at - first);
    if (length > NUMBER_LENGTH_MAX || !num_parse_double(first, length, out)) {
        return false;
    }
    /* A whole number has no negative zero. */
    *out = *whole && *out == 0 ? 0 : *out;
    return true;
}

static bool read_word(struct reader *reader, const struct param *param, double *out)
{
    char text[TEXT_SIZE];
    const char *why;
    return read_text(reader, text) && param_parse(param, text, true, out, &why);
}

static bool read_flag(struct reader *reader, double *out)
{
    *out = skip(reader, "true") ? 1 : 0;
    return *out > 0 || skip(reader, "false");
}

static bool read_value(struct reader *reader, const struct param *param, double *out)
{
    bool whole;
    if (param->may_be_unset && skip(reader, "null")) {
        *out = NAN;
        return true;
    }
    switch (param->kind) {
    case PARAM_NUMBER:
        return read_number(reader, out, &whole);
    case PARAM_COUNT:
        return read_number(reader, out, &whole) && whole;
    case PARAM_FLAG:
        return read_flag(reader, out);
    case PARAM_PROFILE:
    case PARAM_MODEL:
        break;
    }
    return read_word(reader, param, out);
}

/* One member of the configuration; `seen` has a bit for each parameter there was. */
static bool read_member(struct reader *reader, struct job *job, uint64_t *seen)
{
    char key[TEXT_SIZE];
    char text[TEXT_SIZE];
    double value;
    if (!read_text(reader, key) || !skip(reader, ": ")) {
        return false;
    }
    const bool is_file = strcmp(key, "data_file") == 0;
    if (is_file || strcmp(key, "tag") == 0) {
        char **place = is_file ? &job->data_file : &job->tag;
        if (*place != NULL || !read_text(reader, text) ||
            (!is_file && strlen(text) > JOB_TAG_MAX)) {
            return false;
        }
        *place = mem_copy_string(text);
        return true;
    }
    const struct param *param = param_find(key);
    const uint64_t bit = param != NULL ? UINT64_C(1) << (param - param_at(0)) : 0;
    if (bit == 0 || (*seen & bit) != 0 || !read_value(reader, param, &value)) {
        return false;
    }
    *seen |= bit;
    param_store(param, &job->params, value);
    return true;
}

static bool read_config(struct reader *reader, struct job *job)
{
    uint64_t seen = 0;
    job->params = engine_defaults();
    do {
        if (!read_member(reader, job, &seen)) {
            return false;
        }
    } while (skip(reader, ", "));
    if ((seen & UINT64_C(1) << (param_find("pnl_model") - param_at(0))) == 0) {
        job->params.pnl_model = engine_default_model(job->params.profile);
    }
    return job->data_file != NULL && job->tag != NULL;
}

static bool read_line(struct reader *reader, struct job *job)
{
    char text[TEXT_SIZE];
    if (!skip(reader, "{\"job_id\": ") || !read_text(reader, text) ||
        !job_is_file_name(text, JOB_ID_MAX)) {
        return false;
    }
    job->id = mem_copy_string(text);
    return skip(reader, ", \"config\": {") && read_config(reader, job) &&
           skip(reader, "}, \"output_json\": ") && read_text(reader, text) &&
           job_take_output(job, text) && skip(reader, "}") && reader->at == reader->end;
}

bool job_parse_plain(struct job *job, const char *line, size_t length)
{
    struct reader reader = {line, line + length};
    struct job made = {0};
    if (!read_line(&reader, &made)) {
        job_finish(&made);
        return false;
    }
    *job = made;
    return true;
}
