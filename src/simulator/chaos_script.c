#include "chaos_script.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "config/yaml.h"

#define SECONDS_MAX 1e7

static bool read_seconds(const struct yaml_node *node, int64_t *out_ns, struct err *err)
{
    double seconds;
    if (!yaml_get_number(node, &seconds, err)) {
        return false;
    }
    if (!(seconds >= 0.0 && seconds <= SECONDS_MAX)) {
        return yaml_fail(node, err, "is not a time (expected 0 to 1e7 seconds)");
    }
    *out_ns = (int64_t)(seconds * (double)CLOCK_NS_PER_S);
    return true;
}

static bool read_member(const struct yaml_node *node, const struct chaos_options *options,
                        struct chaos_line *line, struct err *err)
{
    const char *text = "";
    struct mischief_order *order = &line->order;
    if (strcmp(node->key, "kind") == 0) {
        return true;
    }
    if (strcmp(node->key, "at_s") == 0) {
        return read_seconds(node, &line->at_ns, err);
    }
    if (strcmp(node->key, "for_s") == 0) {
        return read_seconds(node, &order->for_ns, err);
    }
    if (strcmp(node->key, "amount") == 0) {
        return yaml_get_integer(node, &order->amount, err);
    }
    if (strcmp(node->key, "reset") == 0) {
        return yaml_get_bool(node, &order->reset, err);
    }
    if (strcmp(node->key, "rest") == 0) {
        return yaml_get_bool(node, &order->rest, err);
    }
    if (strcmp(node->key, "venue") == 0) {
        return yaml_get_text(node, &text, err) &&
               (chaos_find_venue(text, order->hits, err) ||
                err_wrap(err, "%s:%d", node->file, node->line));
    }
    if (strcmp(node->key, "pair") == 0) {
        return yaml_get_text(node, &text, err) &&
               (chaos_find_pair(options->coins, options->pairs_count, text, &order->pair,
                                err) ||
                err_wrap(err, "%s:%d", node->file, node->line));
    }
    return yaml_fail(node, err,
                     "is unknown (expected at_s, kind, venue, pair, amount, for_s, "
                     "rest or reset)");
}

static bool read_line(const struct yaml_node *node, const struct chaos_options *options,
                      struct chaos_line *line, struct err *err)
{
    const char *name;
    enum mischief_kind kind;
    const struct yaml_node *kind_node = yaml_find(node, "kind");
    if (kind_node == NULL || yaml_find(node, "at_s") == NULL) {
        return err_set(err, ERR_INPUT, "%s:%d: a fault needs at_s and kind", node->file,
                       node->line);
    }
    if (!yaml_get_text(kind_node, &name, err)) {
        return false;
    }
    if (!mischief_find(name, &kind)) {
        return yaml_fail(kind_node, err, "is not a fault");
    }
    line->order = mischief_usual(kind);
    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        if (!read_member(at, options, line, err)) {
            return false;
        }
    }
    return mischief_check(&line->order, options->pairs_count + 1, err) ||
           err_wrap(err, "%s:%d", node->file, node->line);
}

static int by_time(const void *a, const void *b)
{
    const struct chaos_line *left = a;
    const struct chaos_line *right = b;
    if (left->at_ns != right->at_ns) {
        return left->at_ns < right->at_ns ? -1 : 1;
    }
    return left->place - right->place;
}

static bool read_lines(struct chaos_script *out, const struct yaml_node *root,
                       const struct chaos_options *options, struct err *err)
{
    const struct yaml_node *list = yaml_find(root, "faults");
    if (list == NULL || list->kind != YAML_KIND_SEQUENCE) {
        return err_set(err, ERR_INPUT, "%s: expected a list 'faults'", options->script);
    }
    out->lines = mem_array((size_t)list->count + 1, sizeof(*out->lines));
    for (const struct yaml_node *at = list->first; at != NULL; at = at->next) {
        struct chaos_line *line = &out->lines[out->count];
        line->place = out->count;
        if (!read_line(at, options, line, err)) {
            return false;
        }
        out->count++;
    }
    qsort(out->lines, (size_t)out->count, sizeof(*out->lines), by_time);
    return true;
}

bool chaos_script_load(struct chaos_script *out, const struct chaos_options *options,
                       struct err *err)
{
    struct yaml_tree *tree;
    if (!yaml_load(&tree, options->script, err)) {
        return false;
    }
    const bool read = read_lines(out, yaml_root(tree), options, err);
    yaml_destroy(tree);
    return read;
}

void chaos_script_finish(struct chaos_script *script)
{
    mem_free(script->lines);
    *script = (struct chaos_script){0};
}
