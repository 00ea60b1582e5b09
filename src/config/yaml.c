#include "config/yaml.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/num.h"
#include "base/safe.h"

enum { MESSAGE_SIZE = 512, SHOWN_SIZE = 160 };

bool yaml_load_text(struct yaml_tree **out, const char *name, const char *bytes, size_t length,
                    struct err *err)
{
    struct faults faults;
    faults_init(&faults, name);
    struct yaml_tree *tree = yaml_parse(name, bytes, length, &faults);
    const bool clean = faults.count == 0;
    if (clean) {
        assert(tree != NULL);
        *out = tree;
    } else {
        faults_first(&faults, err);
        yaml_destroy(tree);
    }
    faults_finish(&faults);
    return clean;
}

const struct yaml_node *yaml_find(const struct yaml_node *mapping, const char *key)
{
    if (mapping->kind != YAML_KIND_MAPPING) {
        return NULL;
    }
    for (const struct yaml_node *node = mapping->first; node != NULL; node = node->next) {
        if (node->key != NULL && strcmp(node->key, key) == 0) {
            return node;
        }
    }
    return NULL;
}

bool yaml_fail(const struct yaml_node *node, struct err *err, const char *format, ...)
{
    char reason[MESSAGE_SIZE];
    struct text raw = text_fixed(reason, sizeof reason);
    if (node->key != NULL) {
        text_addf(&raw, "%s: ", node->key);
    }
    va_list args;
    va_start(args, format);
    text_addv(&raw, format, args);
    va_end(args);

    char safe[MESSAGE_SIZE];
    char file[MESSAGE_SIZE];
    return err_set(err, ERR_INPUT, "%s:%d: %s",
                   safe_text(file, sizeof file, node->file, strlen(node->file)), node->line,
                   safe_text(safe, sizeof safe, reason, raw.length));
}

static const char *shape(const struct yaml_node *node)
{
    switch (node->kind) {
    case YAML_KIND_NULL:
        return "nothing";
    case YAML_KIND_SEQUENCE:
        return "a list";
    case YAML_KIND_MAPPING:
        return "a mapping";
    case YAML_KIND_SCALAR:
    case YAML_KIND_BROKEN:
        break;
    }
    return "a value";
}

static bool is_plain(const struct yaml_node *node, const char *wanted, struct err *err)
{
    if (node->kind != YAML_KIND_SCALAR) {
        return yaml_fail(node, err, "%s is here (expected %s)", shape(node), wanted);
    }
    if (node->quoted) {
        return yaml_fail(node, err, "'%.*s' is quoted text (expected %s)", SHOWN_SIZE,
                         node->text, wanted);
    }
    return true;
}

bool yaml_get_number(const struct yaml_node *node, double *out, struct err *err)
{
    if (!is_plain(node, "a number", err)) {
        return false;
    }
    if (!num_parse_double(node->text, strlen(node->text), out)) {
        return yaml_fail(node, err, "'%.*s' is not a number", SHOWN_SIZE, node->text);
    }
    return true;
}

bool yaml_get_integer(const struct yaml_node *node, int64_t *out, struct err *err)
{
    if (!is_plain(node, "a whole number", err)) {
        return false;
    }
    if (!num_parse_int64(node->text, strlen(node->text), out)) {
        return yaml_fail(node, err, "'%.*s' is not a whole number", SHOWN_SIZE, node->text);
    }
    return true;
}

bool yaml_get_bool(const struct yaml_node *node, bool *out, struct err *err)
{
    if (!is_plain(node, "true or false", err)) {
        return false;
    }
    const bool yes = strcmp(node->text, "true") == 0;
    if (!yes && strcmp(node->text, "false") != 0) {
        return yaml_fail(node, err, "'%.*s' is not true or false", SHOWN_SIZE, node->text);
    }
    *out = yes;
    return true;
}

bool yaml_get_text(const struct yaml_node *node, const char **out, struct err *err)
{
    if (node->kind != YAML_KIND_SCALAR) {
        return yaml_fail(node, err, "%s is here (expected text)", shape(node));
    }
    *out = node->text;
    return true;
}
