#include "tune/session_edit.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "config/yaml.h"

enum { INDENT = 2 };

static const char SIMPLE[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-";

struct writing {
    struct text *out;
    const struct tuning_edits *edits;
    int depth;
};

bool session_edit_changes(const struct tuning_edits *edits)
{
    return edits->name[0] != '\0' || edits->count > 0;
}

static void indent(const struct writing *writing)
{
    text_addf(writing->out, "%*s", writing->depth * INDENT, "");
}

static void put_quoted(struct text *out, const char *text, size_t length)
{
    text_add_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        const unsigned char byte = (unsigned char)text[i];
        if (byte == '"' || byte == '\\') {
            text_add_char(out, '\\');
        }
        if (byte < ' ') {
            text_addf(out, "\\x%02x", byte);
        } else {
            text_add_char(out, text[i]);
        }
    }
    text_add_char(out, '"');
}

/* What stood without quotes may stand so again. */
static void put_scalar(struct text *out, const struct yaml_node *node)
{
    if (node->kind == YAML_KIND_NULL) {
        text_add(out, "null");
    } else if (node->quoted) {
        put_quoted(out, node->text, strlen(node->text));
    } else {
        text_add(out, node->text);
    }
}

static void put_key(struct text *out, const char *key)
{
    if (key[strspn(key, SIMPLE)] == '\0') {
        text_add(out, key);
    } else {
        put_quoted(out, key, strlen(key));
    }
    text_add_char(out, ':');
}

/* The typed values as a list; what is no plain word is quoted, and so refused later. */
static void put_values(struct text *out, const char *values)
{
    const char *before = "";
    text_add(out, " [");
    while (values[strspn(values, " ,")] != '\0') {
        values += strspn(values, " ,");
        size_t length = strcspn(values, ",");
        const char *next = values + length;
        while (values[length - 1] == ' ') {
            length--;
        }
        text_add(out, before);
        if (strspn(values, SIMPLE) >= length) {
            text_add_bytes(out, values, length);
        } else {
            put_quoted(out, values, length);
        }
        before = ", ";
        values = next;
    }
    text_add(out, "]\n");
}

/* The values typed for the axis that a mapping of `grids` describes, or NULL. */
static const char *edit_of(const struct writing *writing, const struct yaml_node *mapping)
{
    const struct yaml_node *name = yaml_find(mapping, "name");
    for (int32_t i = 0; name != NULL && i < writing->edits->count; i++) {
        if (strcmp(writing->edits->axes[i].axis, name->text) == 0) {
            return writing->edits->axes[i].values;
        }
    }
    return NULL;
}

static void put_node(struct writing *writing, const struct yaml_node *node);

static void put_members(struct writing *writing, const struct yaml_node *mapping)
{
    const char *values = edit_of(writing, mapping);
    const bool named = writing->depth == 0 && writing->edits->name[0] != '\0';
    for (const struct yaml_node *node = mapping->first; node != NULL; node = node->next) {
        if (named && strcmp(node->key, "tag_prefix") == 0) {
            continue;
        }
        indent(writing);
        put_key(writing->out, node->key);
        if (values != NULL && strcmp(node->key, "values") == 0) {
            put_values(writing->out, values);
        } else {
            put_node(writing, node);
        }
    }
    if (named) {
        put_key(writing->out, "tag_prefix");
        text_add_char(writing->out, ' ');
        put_quoted(writing->out, writing->edits->name, strlen(writing->edits->name));
        text_add_char(writing->out, '\n');
    }
}

static void put_items(struct writing *writing, const struct yaml_node *sequence)
{
    for (const struct yaml_node *node = sequence->first; node != NULL; node = node->next) {
        indent(writing);
        text_add_char(writing->out, '-');
        put_node(writing, node);
    }
}

/* Behind its key or dash. */
static void put_node(struct writing *writing, const struct yaml_node *node)
{
    const bool mapping = node->kind == YAML_KIND_MAPPING;
    if (!mapping && node->kind != YAML_KIND_SEQUENCE) {
        text_add_char(writing->out, ' ');
        put_scalar(writing->out, node);
        text_add_char(writing->out, '\n');
    } else if (node->count == 0) {
        text_add(writing->out, mapping ? " {}\n" : " []\n");
    } else {
        text_add_char(writing->out, '\n');
        writing->depth++;
        if (mapping) {
            put_members(writing, node);
        } else {
            put_items(writing, node);
        }
        writing->depth--;
    }
}

static bool has_axes(const struct yaml_node *root, const struct tuning_edits *edits,
                     struct err *err)
{
    const struct yaml_node *grids = yaml_find(root, "grids");
    for (int32_t i = 0; i < edits->count; i++) {
        bool found = false;
        for (const struct yaml_node *grid = grids != NULL ? grids->first : NULL;
             grid != NULL && !found; grid = grid->next) {
            const struct yaml_node *name = yaml_find(grid, "name");
            found = name != NULL && strcmp(name->text, edits->axes[i].axis) == 0;
        }
        if (!found) {
            return err_set(err, ERR_INPUT, "there is no grid '%s' in it", edits->axes[i].axis);
        }
    }
    return true;
}

bool session_edit(const char *path, const char *bytes, size_t length,
                  const struct tuning_edits *edits, struct text *out, struct err *err)
{
    struct writing writing = {.out = out, .edits = edits};
    struct yaml_tree *tree;
    if (!yaml_load_text(&tree, path, bytes, length, err)) {
        return false;
    }
    const bool known = has_axes(yaml_root(tree), edits, err);
    if (known) {
        put_members(&writing, yaml_root(tree));
    }
    yaml_destroy(tree);
    return known;
}

static void put_value(const struct param *param, double value, struct text *out)
{
    char number[NUM_TEXT_SIZE];
    if (isnan(value)) {
        text_add(out, "null");
    } else if (param->kind == PARAM_FLAG) {
        text_add(out, value > 0.0 ? "true" : "false");
    } else if (value >= -1e15 && value <= 1e15 && !(value < (double)(int64_t)value) &&
               !(value > (double)(int64_t)value)) {
        text_addf(out, "%" PRId64, (int64_t)value);
    } else {
        text_add(out, num_format_shortest(number, value));
    }
}

void session_edit_values(const struct space_axis *axis, struct text *out)
{
    for (int32_t i = 0; i < axis->count; i++) {
        text_add(out, i > 0 ? ", " : "");
        put_value(axis->param, axis->values[i], out);
    }
}
