#include "scenario_read.h"

#include <math.h>
#include <string.h>

#include "base/calendar.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "config/config.h"

enum { KEY_SIZE = 96 };
#define NS_PER_S   1e9
#define STEP_S_MAX 86400.0

bool scenario_check_keys(const struct yaml_node *mapping, const char *const *known,
                         struct err *err)
{
    if (mapping->kind != YAML_KIND_MAPPING) {
        return yaml_fail(mapping, err, "expected keys and values");
    }
    for (const struct yaml_node *at = mapping->first; at != NULL; at = at->next) {
        struct nearest nearest = nearest_to(at->key);
        bool is_known = false;
        for (const char *const *key = known; *key != NULL; key++) {
            is_known = is_known || strcmp(at->key, *key) == 0;
            nearest_offer(&nearest, *key);
        }
        if (!is_known && nearest.found != NULL) {
            return yaml_fail(at, err, "unknown key (did you mean '%s'?)", nearest.found);
        }
        if (!is_known) {
            return yaml_fail(at, err, "unknown key");
        }
    }
    return true;
}

const struct yaml_node *scenario_need(const struct yaml_node *mapping, const char *key,
                                      struct err *err)
{
    const struct yaml_node *node = yaml_find(mapping, key);
    if (node == NULL) {
        yaml_fail(mapping, err, "'%s' is missing", key);
    }
    return node;
}

bool scenario_read_number(const struct yaml_node *node, double above, double below, double *out,
                          struct err *err)
{
    double value;
    if (!yaml_get_number(node, &value, err)) {
        return false;
    }
    if (!(value > above && value < below)) {
        return yaml_fail(node, err, "'%s' is out of range (expected above %g and below %g)",
                         node->text, above, below);
    }
    *out = value;
    return true;
}

/* Each key is one of the engine's own, read by the table that reads them everywhere. */
static bool read_engine(const struct yaml_node *root, struct engine_params *engine,
                        struct err *err)
{
    const struct yaml_node *section = yaml_find(root, "engine");
    struct config config;
    if (section == NULL) {
        return true;
    }
    if (section->kind != YAML_KIND_MAPPING) {
        return yaml_fail(section, err, "expected keys and values");
    }
    config_defaults(&config);
    config.engine = *engine;
    for (const struct yaml_node *at = section->first; at != NULL; at = at->next) {
        char key[KEY_SIZE];
        struct text name = text_fixed(key, sizeof(key));
        text_addf(&name, "engine.%s", at->key);
        if (at->kind != YAML_KIND_SCALAR && at->kind != YAML_KIND_NULL) {
            return yaml_fail(at, err, "expected one value");
        }
        const char *value = at->kind == YAML_KIND_NULL ? "null" : at->text;
        if (!config_set(&config, key, value, err)) {
            return err_wrap(err, "%s:%d", at->file, at->line);
        }
    }
    *engine = config.engine;
    return true;
}

static bool read_count(const struct yaml_node *mapping, const char *key, bool *set,
                       int64_t *out, struct err *err)
{
    const struct yaml_node *node = yaml_find(mapping, key);
    int64_t count;
    if (node == NULL) {
        return true;
    }
    if (!yaml_get_integer(node, &count, err)) {
        return false;
    }
    if (count < 0) {
        return yaml_fail(node, err, "'%s' is not a number of trades", node->text);
    }
    *set = true;
    *out = count;
    return true;
}

static bool read_sign(const struct yaml_node *mapping, struct scenario_expected *out,
                      struct err *err)
{
    static const char *const names[] = {"negative", "zero", "positive"};
    const struct yaml_node *node = yaml_find(mapping, "pnl_sign");
    for (int32_t i = 0; node != NULL && i < 3; i++) {
        if (strcmp(node->text, names[i]) == 0) {
            out->set_pnl_sign = true;
            out->pnl_sign = i - 1;
        }
    }
    if (node != NULL && !out->set_pnl_sign) {
        return yaml_fail(node, err, "'%s' is not a sign (expected positive, zero or negative)",
                         node->text);
    }
    return true;
}

static bool read_exit_reason(const struct yaml_node *mapping, struct scenario_expected *out,
                             struct err *err)
{
    const struct yaml_node *node = yaml_find(mapping, "first_exit_reason");
    if (node == NULL) {
        return true;
    }
    for (enum trade_exit exit = TRADE_EXIT_NONE + 1; exit <= TRADE_EXIT_LAST; exit++) {
        if (strcmp(node->text, trade_exit_name(exit)) == 0) {
            memcpy(out->exit_reason, node->text, strlen(node->text) + 1);
            return true;
        }
    }
    return yaml_fail(node, err,
                     "'%s' is not an exit reason (expected convergence, stop_loss...)",
                     node->text);
}

static bool read_expected(const struct yaml_node *root, struct scenario_expected *out,
                          struct err *err)
{
    static const char *const known[] = {"total_trades", "closed_trades",     "open_trades",
                                        "pnl_sign",     "first_exit_reason", NULL};
    const struct yaml_node *node = yaml_find(root, "expected_outcomes");
    if (node == NULL) {
        return true;
    }
    return scenario_check_keys(node, known, err) &&
           read_count(node, "total_trades", &out->set_total, &out->total, err) &&
           read_count(node, "closed_trades", &out->set_closed, &out->closed, err) &&
           read_count(node, "open_trades", &out->set_open, &out->open, err) &&
           read_sign(node, out, err) && read_exit_reason(node, out, err);
}

static bool read_head(struct scenario_file *file, const struct yaml_node *root, struct err *err)
{
    static const char *const known[] = {"name",   "description",       "engine",
                                        "market", "start_time",        "step_s",
                                        "steps",  "expected_outcomes", NULL};
    const struct yaml_node *name;
    const struct yaml_node *start;
    const struct yaml_node *step;
    const char *text;
    double step_s = 0.0;
    if (!scenario_check_keys(root, known, err) ||
        (name = scenario_need(root, "name", err)) == NULL || !yaml_get_text(name, &text, err) ||
        (start = scenario_need(root, "start_time", err)) == NULL ||
        (step = scenario_need(root, "step_s", err)) == NULL ||
        !scenario_read_number(step, 0.0, STEP_S_MAX, &step_s, err)) {
        return false;
    }
    if (strlen(text) == 0 || strlen(text) >= sizeof(file->name)) {
        return yaml_fail(name, err, "expected 1 to %d letters", SCENARIO_NAME_SIZE - 1);
    }
    memcpy(file->name, text, strlen(text) + 1);
    if (!calendar_parse(start->text, strlen(start->text), &file->start_ns)) {
        return yaml_fail(start, err, "'%s' is not a time (expected ISO 8601)", start->text);
    }
    file->step_ns = (int64_t)llround(step_s * NS_PER_S);
    return true;
}

static bool read_file(struct scenario_file *file, const struct yaml_node *root, struct err *err)
{
    return read_head(file, root, err) && read_engine(root, &file->engine, err) &&
           scenario_read_rows(file, root, err) && read_expected(root, &file->expected, err);
}

bool scenario_file_load(struct scenario_file *out, const char *path,
                        const struct engine_params *engine, struct err *err)
{
    struct yaml_tree *tree = NULL;
    struct scenario_file file = {.engine = *engine};
    if (!yaml_load(&tree, path, err)) {
        return false;
    }
    const bool read = read_file(&file, yaml_root(tree), err);
    yaml_destroy(tree);
    if (!read) {
        scenario_file_finish(&file);
        return false;
    }
    *out = file;
    return true;
}

void scenario_file_finish(struct scenario_file *file)
{
    mem_free(file->rows);
    *file = (struct scenario_file){0};
}
