#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/mem.h"
#include "config/yaml.h"

/* libyaml's document interface would share alias nodes and keep duplicate keys, so the tree is
 * built from its events, and what we do not want never gets into it. */

/* Nodes live in one chain, so that a half-built tree is freed like a whole one. */
struct entry {
    struct yaml_node node;
    struct yaml_node *last; /* member of this one, while it is being filled */
    struct entry *older;
};

struct yaml_tree {
    struct entry *newest;
    char *strings; /* all texts and keys, each NUL-terminated */
    const char *strings_limit;
    char *name;
    struct yaml_node empty; /* stands for a file without content */
    const struct yaml_node *root;
};

struct builder {
    struct yaml_tree *tree;
    struct faults *faults;
    struct entry *open[YAML_DEPTH_MAX];
    int depth;
    int nodes;
    const char *key; /* waiting for its value */
    int key_line;
    bool key_waits;
    char *strings_end;
    int documents;
};

enum step { STEP_ON, STEP_DONE, STEP_ABANDON };

static int line_of(const yaml_event_t *event)
{
    return (int)event->start_mark.line + 1;
}

static const char *keep_string(struct builder *builder, const void *bytes, size_t length)
{
    char *kept = builder->strings_end;
    assert(kept + length < builder->tree->strings_limit);
    memcpy(kept, bytes, length);
    kept[length] = '\0';
    builder->strings_end += length + 1;
    return kept;
}

/* Where we are, as `section.list[0].key`, for messages. */
static void add_path(const struct builder *builder, struct text *path)
{
    for (int i = 0; i <= builder->depth; i++) {
        const char *key = i < builder->depth ? builder->open[i]->node.key : builder->key;
        if (key != NULL) {
            text_addf(path, "%s%s", path->length > 0 ? "." : "", key);
        }
        const bool inside = i + 1 < builder->depth;
        if (i < builder->depth && builder->open[i]->node.kind == YAML_KIND_SEQUENCE) {
            text_addf(path, "[%d]", builder->open[i]->node.count - inside);
        }
    }
    if (path->length > 0) {
        text_add(path, ": ");
    }
}

static void complain(const struct builder *builder, int line, const char *culprit,
                     const char *reason)
{
    struct text path = text_growing();
    add_path(builder, &path);
    if (culprit != NULL) {
        faults_add(builder->faults, line, "%s'%s' %s", text_string(&path), culprit, reason);
    } else {
        faults_add(builder->faults, line, "%s%s", text_string(&path), reason);
    }
    text_finish(&path);
}

/* Hangs a new node under the innermost open one. NULL when there are too many. */
static struct entry *add_node(struct builder *builder, const yaml_event_t *event,
                              enum yaml_kind kind)
{
    struct entry *entry = mem_zalloc(sizeof *entry);
    entry->older = builder->tree->newest;
    builder->tree->newest = entry;
    entry->node = (struct yaml_node){
        .kind = kind,
        .line = line_of(event),
        .column = (int)event->start_mark.column + 1,
        .file = builder->tree->name,
        .key = builder->key,
        .key_line = builder->key_line,
        .text = "",
    };
    builder->key = NULL;
    builder->key_waits = false;
    if (builder->depth == 0) {
        builder->tree->root = &entry->node;
        return entry;
    }
    struct entry *parent = builder->open[builder->depth - 1];
    if (parent->last != NULL) {
        parent->last->next = &entry->node;
    } else {
        parent->node.first = &entry->node;
    }
    parent->last = &entry->node;
    parent->node.count++;
    return entry;
}

static bool wants_key(const struct builder *builder)
{
    return builder->depth > 0 && !builder->key_waits &&
           builder->open[builder->depth - 1]->node.kind == YAML_KIND_MAPPING;
}

static bool is_null(const char *text)
{
    return strcmp(text, "") == 0 || strcmp(text, "~") == 0 || strcmp(text, "null") == 0;
}

static void take_key(struct builder *builder, const yaml_event_t *event, const char *text,
                     bool quoted)
{
    builder->key = text;
    if (!quoted && (strcmp(text, "<<") == 0 || is_null(text))) {
        builder->key = NULL; /* the value is read and belongs to nobody */
        complain(builder, line_of(event), text,
                 text[0] == '<' ? "merge keys are not allowed (expected the keys themselves)"
                                : "is not a key (expected a word)");
    }
    builder->key_line = line_of(event);
    builder->key_waits = true;
}

static void take_scalar(struct builder *builder, const yaml_event_t *event)
{
    const char *bytes = (const char *)event->data.scalar.value;
    const size_t length = event->data.scalar.length;
    const bool quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    const bool has_nul = memchr(bytes, '\0', length) != NULL;
    const char *text = keep_string(builder, bytes, length);
    if (has_nul) {
        complain(builder, line_of(event), text, "goes on behind a NUL character");
    }
    if (wants_key(builder)) {
        take_key(builder, event, text, quoted);
        return;
    }
    const bool null = !quoted && is_null(text);
    const enum yaml_kind kind = has_nul ? YAML_KIND_BROKEN
                                : null  ? YAML_KIND_NULL
                                        : YAML_KIND_SCALAR;
    struct entry *entry = add_node(builder, event, kind);
    entry->node.text = text;
    entry->node.quoted = quoted;
}

static void take_alias(struct builder *builder, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    complain(builder, line_of(event), name,
             "is an alias; aliases are not allowed (expected the value itself)");
    if (wants_key(builder)) {
        builder->key = NULL;
        builder->key_waits = true;
    } else {
        add_node(builder, event, YAML_KIND_BROKEN);
    }
}

static enum step open_node(struct builder *builder, const yaml_event_t *event,
                           enum yaml_kind kind)
{
    if (wants_key(builder)) {
        complain(builder, line_of(event), NULL, "a key must be a word, not a list or mapping");
        return STEP_ABANDON;
    }
    if (builder->depth == YAML_DEPTH_MAX) {
        faults_add(builder->faults, line_of(event), "nested deeper than %d levels",
                   YAML_DEPTH_MAX);
        return STEP_ABANDON;
    }
    struct entry *entry = add_node(builder, event, kind);
    builder->open[builder->depth] = entry;
    builder->depth++;
    return STEP_ON;
}

static int by_key(const void *a, const void *b)
{
    const struct yaml_node *x = *(const struct yaml_node *const *)a;
    const struct yaml_node *y = *(const struct yaml_node *const *)b;
    const int order = strcmp(x->key, y->key);
    return order != 0 ? order : (x->key_line > y->key_line) - (x->key_line < y->key_line);
}

/* Sorted, because a hostile file has 25,000 of them. Later ones are broken, the first stays. */
static void break_duplicates(struct builder *builder, struct entry *mapping)
{
    const size_t count = (size_t)mapping->node.count;
    struct yaml_node **members = mem_array(count + 1, sizeof(struct yaml_node *));
    size_t named = 0;
    for (const struct yaml_node *node = mapping->node.first; node != NULL; node = node->next) {
        if (node->key != NULL) {
            members[named] = (struct yaml_node *)node;
            named++;
        }
    }
    qsort(members, named, sizeof *members, by_key);
    const struct yaml_node *first = named > 0 ? members[0] : NULL;
    for (size_t i = 1; i < named; i++) {
        if (strcmp(members[i]->key, first->key) != 0) {
            first = members[i];
            continue;
        }
        char reason[64];
        snprintf(reason, sizeof reason, "stands twice (first in line %d)", first->key_line);
        builder->key = members[i]->key;
        complain(builder, members[i]->key_line, members[i]->key, reason);
        builder->key = NULL;
        members[i]->kind = YAML_KIND_BROKEN;
    }
    mem_free(members);
}

static void close_node(struct builder *builder)
{
    struct entry *entry = builder->open[builder->depth - 1];
    if (entry->node.kind == YAML_KIND_MAPPING) {
        break_duplicates(builder, entry);
    }
    builder->depth--;
}

/* Anchors and tags, wherever they stand. */
static void refuse_extras(const struct builder *builder, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL;
    const yaml_char_t *tag = NULL;
    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    }
    if (anchor != NULL) {
        complain(builder, line_of(event), (const char *)anchor,
                 "is an anchor; anchors are not allowed (expected the value itself)");
    }
    if (tag != NULL) {
        complain(builder, line_of(event), (const char *)tag,
                 "is a tag; tags are not allowed (expected the value itself)");
    }
}

static enum step start_document(struct builder *builder, const yaml_event_t *event)
{
    if (builder->documents == 1) {
        faults_add(builder->faults, line_of(event),
                   "a second document starts here (expected one)");
        return STEP_ABANDON;
    }
    builder->documents++;
    if (event->data.document_start.tag_directives.start !=
        event->data.document_start.tag_directives.end) {
        faults_add(builder->faults, 1, "%%TAG directives are not allowed");
    }
    return STEP_ON;
}

static enum step take(struct builder *builder, const yaml_event_t *event)
{
    refuse_extras(builder, event);
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return start_document(builder, event);
    case YAML_SCALAR_EVENT:
    case YAML_ALIAS_EVENT:
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_node(builder);
        return STEP_ON;
    case YAML_STREAM_END_EVENT:
        return STEP_DONE;
    default:
        return STEP_ON;
    }
    builder->nodes++;
    if (builder->nodes > YAML_NODES_MAX) {
        faults_add(builder->faults, line_of(event), "more than %d values", YAML_NODES_MAX);
        return STEP_ABANDON;
    }
    if (event->type == YAML_SCALAR_EVENT) {
        take_scalar(builder, event);
    } else if (event->type == YAML_ALIAS_EVENT) {
        take_alias(builder, event);
    } else {
        return open_node(builder, event,
                         event->type == YAML_MAPPING_START_EVENT ? YAML_KIND_MAPPING
                                                                 : YAML_KIND_SEQUENCE);
    }
    return STEP_ON;
}

static int line_at(const char *bytes, size_t length, size_t offset)
{
    int line = 1;
    for (size_t i = 0; i < offset && i < length; i++) {
        line += bytes[i] == '\n';
    }
    return line;
}

static void tell_syntax(struct faults *faults, const yaml_parser_t *parser, const char *bytes,
                        size_t length)
{
    /* The reader knows only the offset of a broken byte, the scanner only line and column. */
    const int line = parser->error == YAML_READER_ERROR
                         ? line_at(bytes, length, parser->problem_offset)
                         : (int)parser->problem_mark.line + 1;
    faults_add(faults, line, "not YAML: %s%s%s",
               parser->problem != NULL ? parser->problem : "cannot be read",
               parser->context != NULL ? " " : "",
               parser->context != NULL ? parser->context : "");
}

static bool build(struct builder *builder, const char *bytes, size_t length)
{
    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0) {
        abort(); /* only for want of memory, as in base/mem */
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, length);
    enum step step = STEP_ON;
    while (step == STEP_ON) {
        yaml_event_t event;
        if (yaml_parser_parse(&parser, &event) == 0) {
            tell_syntax(builder->faults, &parser, bytes, length);
            step = STEP_ABANDON;
            break;
        }
        step = take(builder, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return step == STEP_DONE;
}

struct yaml_tree *yaml_parse(const char *name, const char *bytes, size_t length,
                             struct faults *faults)
{
    if (length > YAML_SIZE_MAX) {
        faults_add(faults, 1, "larger than %d bytes", YAML_SIZE_MAX);
        return NULL;
    }
    struct yaml_tree *tree = mem_zalloc(sizeof *tree);
    tree->name = mem_copy_string(name);
    tree->empty = (struct yaml_node){.line = 1, .column = 1, .file = tree->name, .text = ""};
    tree->root = &tree->empty;
    /* No text is longer than what it was written as, except "\L"-like escapes: three bytes out
     * of two; one byte each for the NULs. */
    const size_t strings_size = 2 * length + YAML_NODES_MAX + 2;
    tree->strings = mem_zalloc(strings_size);
    tree->strings_limit = tree->strings + strings_size;
    struct builder builder = {.tree = tree, .faults = faults, .strings_end = tree->strings};
    if (!build(&builder, bytes, length)) {
        yaml_destroy(tree);
        return NULL;
    }
    return tree;
}

void yaml_destroy(struct yaml_tree *tree)
{
    if (tree == NULL) {
        return;
    }
    for (struct entry *entry = tree->newest; entry != NULL;) {
        struct entry *older = entry->older;
        mem_free(entry);
        entry = older;
    }
    mem_free(tree->strings);
    mem_free(tree->name);
    mem_free(tree);
}

const struct yaml_node *yaml_root(const struct yaml_tree *tree)
{
    return tree->root;
}
