#include "tune/session_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/safe.h"
#include "config/yaml.h"
#include "io/file.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

/* Whole nanoseconds of them fit an int64_t, and a part of time has some. */
static const double SECONDS_MIN = 0.001;
static const double SECONDS_MAX = 4e9;

struct reading {
    struct session_file *file;
    struct faults *faults;
    int data_file_line;
    int samples_line; /* 0: not given */
    bool sampler_unknown;
    int fixed_lines[SESSION_FILE_FIXED_MAX];
    int axes_named; /* also those with a mistake in them */
    const struct param *axes[SPACE_AXES_MAX];
};

static void fault_at(struct reading *reading, const struct yaml_node *node, const char *what)
{
    faults_add(reading->faults, node->line, "%s: '%s' %s", node->key != NULL ? node->key : "",
               node->text, what);
}

static bool is_scalar(const struct yaml_node *node)
{
    return node->kind == YAML_KIND_SCALAR;
}

bool session_file_is_name(const char *name)
{
    const size_t length = strlen(name);
    return length >= 1 && length <= SESSION_FILE_NAME_MAX && name[0] != '.' &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
               length;
}

/* Would it be one if it were not in quotes? */
static bool is_misquoted(const struct param *param, const struct yaml_node *node)
{
    const char *why;
    double value;
    return is_scalar(node) && node->quoted &&
           param_parse(param, node->text, false, &value, &why);
}

/* The value of a parameter; a broken node was told of already. */
static bool read_value(struct reading *reading, const struct param *param,
                       const struct yaml_node *node, double *out)
{
    const char *why = param_expected(param);
    if (node->kind == YAML_KIND_BROKEN) {
        return false;
    }
    if (node->kind == YAML_KIND_NULL && param->may_be_unset) {
        *out = NAN;
        return true;
    }
    if (is_scalar(node) && param_parse(param, node->text, node->quoted, out, &why)) {
        return true;
    }
    faults_add(reading->faults, node->line, "%s: '%s' is no value for it (expected %s%s)",
               param->name, is_scalar(node) ? node->text : "", why,
               is_misquoted(param, node) ? ", without quotes" : "");
    return false;
}

/* A plan is plain text: a name it could only carry in another spelling would not be found. */
static bool is_plain_path(const char *path)
{
    char shown[sizeof((struct session_file *)0)->data_file];
    return strcmp(safe_text(shown, sizeof shown, path, strlen(path)), path) == 0;
}

static void read_data_file(struct reading *reading, const struct yaml_node *node)
{
    struct session_file *file = reading->file;
    if (node->kind == YAML_KIND_BROKEN) {
        reading->data_file_line = node->key_line; /* told of already */
    } else if (reading->data_file_line != 0) {
        faults_add(reading->faults, node->key_line, "data_file: given already in line %d",
                   reading->data_file_line);
    } else if (!is_scalar(node) || node->text[0] == '\0' ||
               strlen(node->text) >= sizeof file->data_file) {
        faults_add(reading->faults, node->line, "data_file must be specified");
    } else if (!is_plain_path(node->text)) {
        fault_at(reading, node, "has characters that cannot be shown: rename the file");
    } else {
        snprintf(file->data_file, sizeof file->data_file, "%s", node->text);
    }
    reading->data_file_line = node->key_line;
}

static void read_fixed(struct reading *reading, const struct param *param,
                       const struct yaml_node *node)
{
    struct session_file *file = reading->file;
    double value;
    if (node->kind == YAML_KIND_BROKEN) {
        return; /* told of already, such as a key that stands twice */
    }
    for (int i = 0; i < file->fixed_count; i++) {
        if (file->fixed[i].param == param) {
            faults_add(reading->faults, node->key_line, "%s: given already in line %d",
                       param->name, reading->fixed_lines[i]);
            return;
        }
    }
    if (read_value(reading, param, node, &value)) {
        reading->fixed_lines[file->fixed_count] = node->key_line;
        file->fixed[file->fixed_count++] = (struct session_file_fixed){param, value};
    }
}

/* Of a word that is neither a parameter nor, at the top, a key of the session. */
static void refuse_unknown(struct reading *reading, int line, const char *name,
                           const char *const *keys, size_t keys_count)
{
    struct nearest nearest = nearest_to(name);
    for (size_t i = 0; i < keys_count; i++) {
        nearest_offer(&nearest, keys[i]);
    }
    param_offer_names(&nearest);
    if (nearest.found != NULL) {
        faults_add(reading->faults, line, "unknown parameter '%s' (did you mean '%s'?)", name,
                   nearest.found);
    } else {
        faults_add(reading->faults, line, "unknown parameter '%s'", name);
    }
}

static void read_fixed_section(struct reading *reading, const struct yaml_node *section)
{
    if (section->kind != YAML_KIND_MAPPING) {
        if (section->kind != YAML_KIND_NULL && section->kind != YAML_KIND_BROKEN) {
            faults_add(reading->faults, section->line, "fixed: expected 'parameter: value'");
        }
        return;
    }
    for (const struct yaml_node *node = section->first; node != NULL; node = node->next) {
        const struct param *param = param_find(node->key);
        if (strcmp(node->key, "data_file") == 0) {
            read_data_file(reading, node);
        } else if (param != NULL) {
            read_fixed(reading, param, node);
        } else {
            static const char *const keys[] = {"data_file"};
            refuse_unknown(reading, node->key_line, node->key, keys, LEN(keys));
        }
    }
}

static bool has_axis(const struct reading *reading, const struct param *param)
{
    for (int i = 0; i < reading->axes_named; i++) {
        if (reading->axes[i] == param) {
            return true;
        }
    }
    return false;
}

static void read_axis_values(struct reading *reading, const struct param *param,
                             const struct yaml_node *values, int line)
{
    if (values == NULL || values->kind == YAML_KIND_NULL ||
        (values->kind == YAML_KIND_SEQUENCE && values->count == 0)) {
        faults_add(reading->faults, values != NULL ? values->line : line,
                   "grid '%s' has no values", param->name);
        return;
    }
    if (values->kind != YAML_KIND_SEQUENCE) {
        faults_add(reading->faults, values->line, "grid '%s': values must be a list",
                   param->name);
        return;
    }
    double *read = mem_array((size_t)values->count, sizeof *read);
    int32_t count = 0;
    for (const struct yaml_node *node = values->first; node != NULL; node = node->next) {
        count += read_value(reading, param, node, &read[count]);
    }
    if (count == values->count) {
        space_add(&reading->file->space, param, read, count);
    }
    mem_free(read);
}

static void read_axis(struct reading *reading, const struct yaml_node *grid)
{
    static const char *const keys[] = {"name", "values"};
    const struct yaml_node *name = yaml_find(grid, "name");
    if (grid->kind != YAML_KIND_MAPPING || name == NULL || !is_scalar(name)) {
        faults_add(reading->faults, grid->line, "grids: expected {name, values}");
        return;
    }
    for (const struct yaml_node *node = grid->first; node != NULL; node = node->next) {
        if (strcmp(node->key, "name") != 0 && strcmp(node->key, "values") != 0) {
            refuse_unknown(reading, node->key_line, node->key, keys, LEN(keys));
        }
    }
    const struct param *param = param_find(name->text);
    if (param == NULL) {
        refuse_unknown(reading, name->line, name->text, NULL, 0);
    } else if (param->kind == PARAM_PROFILE || param->kind == PARAM_MODEL) {
        faults_add(reading->faults, name->line,
                   "grid '%s': results of different ones are not ranked together; write a "
                   "session each",
                   param->name);
    } else if (has_axis(reading, param)) {
        faults_add(reading->faults, name->line, "grid '%s' is given twice", param->name);
    } else if (reading->axes_named == SPACE_AXES_MAX) {
        faults_add(reading->faults, name->line, "more than %d grids", SPACE_AXES_MAX);
    } else {
        reading->axes[reading->axes_named++] = param;
        read_axis_values(reading, param, yaml_find(grid, "values"), grid->line);
    }
}

static void read_grids(struct reading *reading, const struct yaml_node *grids)
{
    if (grids->kind != YAML_KIND_SEQUENCE) {
        if (grids->kind != YAML_KIND_NULL && grids->kind != YAML_KIND_BROKEN) {
            faults_add(reading->faults, grids->line,
                       "grids: expected a list of {name, values}");
        }
        return;
    }
    for (const struct yaml_node *grid = grids->first; grid != NULL; grid = grid->next) {
        if (grid->kind != YAML_KIND_BROKEN) {
            read_axis(reading, grid);
        }
    }
}

static bool read_count(struct reading *reading, const struct yaml_node *node, int64_t lowest,
                       int64_t *out)
{
    int64_t count;
    const bool good = is_scalar(node) && !node->quoted &&
                      num_parse_int64(node->text, strlen(node->text), &count) &&
                      count >= lowest;
    if (good) {
        *out = count;
    } else {
        fault_at(reading, node,
                 lowest > 0 ? "must be at least 1" : "must be a whole number of 0 or more");
    }
    return good;
}

static void read_max_jobs(struct reading *reading, const struct yaml_node *node)
{
    if (node->kind != YAML_KIND_NULL) {
        read_count(reading, node, 0, &reading->file->drawing.points_max);
    }
}

static void read_samples(struct reading *reading, const struct yaml_node *node)
{
    reading->samples_line = node->line;
    read_count(reading, node, 1, &reading->file->drawing.samples);
}

static void read_seed(struct reading *reading, const struct yaml_node *node)
{
    int64_t seed = 0;
    if (read_count(reading, node, 0, &seed)) {
        reading->file->drawing.seed = (uint64_t)seed;
    }
}

static void read_sampler(struct reading *reading, const struct yaml_node *node)
{
    for (int i = 0; i <= SPACE_SAMPLER_LAST; i++) {
        if (strcmp(node->text, space_sampler_name((enum space_sampler)i)) == 0) {
            reading->file->drawing.sampler = (enum space_sampler)i;
            return;
        }
    }
    fault_at(reading, node, "is not known (expected grid, random or latin)");
    reading->sampler_unknown = true;
}

static void read_tag_prefix(struct reading *reading, const struct yaml_node *node)
{
    struct session_file *file = reading->file;
    if (node->kind == YAML_KIND_NULL) {
        return;
    }
    if (!is_scalar(node) || !session_file_is_name(node->text)) {
        fault_at(reading, node, "must be a name (letters, digits and -_., at most 64)");
        return;
    }
    snprintf(file->name, sizeof file->name, "%s", node->text);
    file->has_prefix = true;
}

static void read_seconds(struct reading *reading, const struct yaml_node *node, double *out)
{
    double seconds;
    if (is_scalar(node) && !node->quoted &&
        num_parse_double(node->text, strlen(node->text), &seconds) && seconds >= SECONDS_MIN &&
        seconds <= SECONDS_MAX) {
        *out = seconds;
    } else if (node->kind != YAML_KIND_BROKEN) {
        fault_at(reading, node, "must be seconds, at least 0.001");
    }
}

/* Both or neither: a half of it is a mistake and no default. */
static void read_walk_forward(struct reading *reading, const struct yaml_node *node)
{
    static const char *const keys[] = {"train_s", "test_s"};
    struct session_file *file = reading->file;
    const int faults = reading->faults->count;
    if (node->kind == YAML_KIND_NULL) {
        return;
    }
    if (node->kind != YAML_KIND_MAPPING) {
        faults_add(reading->faults, node->line, "walk_forward: expected {train_s, test_s}");
        return;
    }
    for (const struct yaml_node *member = node->first; member != NULL; member = member->next) {
        if (strcmp(member->key, "train_s") == 0) {
            read_seconds(reading, member, &file->train_s);
        } else if (strcmp(member->key, "test_s") == 0) {
            read_seconds(reading, member, &file->test_s);
        } else {
            refuse_unknown(reading, member->key_line, member->key, keys, LEN(keys));
        }
    }
    if (reading->faults->count == faults && (file->train_s == 0 || file->test_s == 0)) {
        faults_add(reading->faults, node->line, "walk_forward: %s is missing",
                   file->train_s == 0 ? "train_s" : "test_s");
    }
}

static const struct {
    const char *key;
    void (*read)(struct reading *reading, const struct yaml_node *node);
} KEYS[] = {
    {"data_file", read_data_file},
    {"fixed", read_fixed_section},
    {"grids", read_grids},
    {"max_jobs", read_max_jobs},
    {"samples", read_samples},
    {"seed", read_seed},
    {"sampler", read_sampler},
    {"tag_prefix", read_tag_prefix},
    {"walk_forward", read_walk_forward},
};

static void read_member(struct reading *reading, const struct yaml_node *node)
{
    const char *names[LEN(KEYS)];
    for (size_t i = 0; i < LEN(KEYS); i++) {
        names[i] = KEYS[i].key;
        if (strcmp(node->key, KEYS[i].key) == 0) {
            if (node->kind != YAML_KIND_BROKEN) {
                KEYS[i].read(reading, node);
            }
            return;
        }
    }
    const struct param *param = param_find(node->key);
    if (param != NULL) {
        read_fixed(reading, param, node);
    } else {
        refuse_unknown(reading, node->key_line, node->key, names, LEN(KEYS));
    }
}

/* Without a tag_prefix the folder is called after the file. */
static void name_after_file(struct reading *reading, const char *path)
{
    struct session_file *file = reading->file;
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    const size_t length = dot != NULL && dot != base ? (size_t)(dot - base) : strlen(base);
    char stem[SESSION_FILE_NAME_MAX + 2];
    text_cut(stem, sizeof stem, "%.*s", (int)(length < sizeof stem ? length : sizeof stem),
             base);
    if (session_file_is_name(stem)) {
        text_cut(file->name, sizeof file->name, "%s", stem);
    } else {
        faults_add(reading->faults, 1, "'%s' does not name a folder: give a tag_prefix", stem);
    }
}

static void check_whole(struct reading *reading, const char *path)
{
    struct session_file *file = reading->file;
    const bool drawn = file->drawing.sampler != SPACE_GRID;
    if (reading->data_file_line == 0) {
        faults_add(reading->faults, 1, "data_file must be specified");
    }
    if (file->name[0] == '\0') {
        name_after_file(reading, path);
    }
    if (drawn && reading->samples_line == 0) {
        faults_add(reading->faults, 1, "samples: how many must the sampler '%s' draw?",
                   space_sampler_name(file->drawing.sampler));
    }
    if (!drawn && !reading->sampler_unknown && reading->samples_line != 0) {
        faults_add(reading->faults, reading->samples_line,
                   "samples: the sampler 'grid' tries every point");
    }
}

static void read_root(struct reading *reading, const struct yaml_node *root, const char *path)
{
    if (root->kind != YAML_KIND_MAPPING) {
        faults_add(reading->faults, 1, "expected 'key: value' lines of a session");
        return;
    }
    for (const struct yaml_node *node = root->first; node != NULL; node = node->next) {
        read_member(reading, node);
    }
    check_whole(reading, path);
}

bool session_file_parse(struct session_file *file, const char *path, const char *bytes,
                        size_t length, struct text *report, struct err *err)
{
    struct session_file made = {.drawing = {.points_max = -1}};
    struct faults faults;
    faults_init(&faults, path);
    struct reading reading = {.file = &made, .faults = &faults};
    struct yaml_tree *tree = yaml_parse(path, bytes, length, &faults);
    if (tree != NULL) {
        read_root(&reading, yaml_root(tree), path);
    }
    yaml_destroy(tree);
    const int count = faults.count;
    if (count == 0) {
        *file = made;
    } else {
        faults_report(&faults, report);
        session_file_finish(&made);
        err_set(err, ERR_INPUT, "%d mistake%s in '%s'", count, count == 1 ? "" : "s", path);
    }
    faults_finish(&faults);
    return count == 0;
}

bool session_file_load(struct session_file *file, const char *path, struct text *report,
                       struct err *err)
{
    char *bytes;
    size_t length;
    if (!file_read(path, YAML_SIZE_MAX, &bytes, &length, err)) {
        return false;
    }
    const bool done = session_file_parse(file, path, bytes, length, report, err);
    mem_free(bytes);
    return done;
}

void session_file_finish(struct session_file *file)
{
    space_finish(&file->space);
}
