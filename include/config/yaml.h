#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "config/faults.h"

/* yaml: a YAML file as a tree that remembers where everything stood.
 *
 * A strict subset: one document; mappings, sequences and scalars; no anchors, aliases, tags or
 * merge keys; a key stands once; booleans are true and false, null is null, ~ or nothing. */

enum { YAML_SIZE_MAX = 1024 * 1024, YAML_DEPTH_MAX = 32, YAML_NODES_MAX = 50000 };

enum yaml_kind {
    YAML_KIND_NULL,
    YAML_KIND_SCALAR,
    YAML_KIND_SEQUENCE,
    YAML_KIND_MAPPING,
    YAML_KIND_BROKEN, /* a fault told of it already; only in trees of yaml_parse() */
};

/* Read only; lives as long as its tree. */
struct yaml_node {
    enum yaml_kind kind;
    int line, column; /* of the value, from 1 */
    const char *file; /* as it appears in messages */
    const char *key;  /* of a mapping's member; NULL elsewhere */
    int key_line;
    const char *text;              /* of a scalar, no NUL inside; "" elsewhere */
    bool quoted;                   /* a scalar in quotes or a block: text, never a number */
    int count;                     /* members of a mapping or sequence */
    const struct yaml_node *first; /* ... and the first of them, in file order */
    const struct yaml_node *next;  /* the next one beside this */
};

struct yaml_tree;

/* Reads a file, or `length` bytes called `name` in messages. The first fault is in err as
 * `FILE:LINE: reason`. End the tree with yaml_destroy(). */
bool yaml_load(struct yaml_tree **out, const char *path, struct err *err);
bool yaml_load_text(struct yaml_tree **out, const char *name, const char *bytes, size_t length,
                    struct err *err);

/* As yaml_load_text(), adding every fault to *faults and giving what could be read all the
 * same; NULL when nothing could. */
struct yaml_tree *yaml_parse(const char *name, const char *bytes, size_t length,
                             struct faults *faults);
void yaml_destroy(struct yaml_tree *tree); /* accepts NULL */

/* The outermost node; YAML_KIND_NULL for an empty file. */
const struct yaml_node *yaml_root(const struct yaml_tree *tree);
/* The member of that name, or NULL; also when `mapping` is none. */
const struct yaml_node *yaml_find(const struct yaml_node *mapping, const char *key);

/* The scalar's value. Errors read `FILE:LINE: key: 'text' reason`. */
bool yaml_get_number(const struct yaml_node *node, double *out, struct err *err);
bool yaml_get_integer(const struct yaml_node *node, int64_t *out, struct err *err);
bool yaml_get_bool(const struct yaml_node *node, bool *out, struct err *err);
bool yaml_get_text(const struct yaml_node *node, const char **out, struct err *err);

/* Says what is wrong with a node, in the same form; returns false. */
__attribute__((format(printf, 3, 4))) bool yaml_fail(const struct yaml_node *node,
                                                     struct err *err, const char *format, ...);
