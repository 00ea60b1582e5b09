#include "read.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "schema.h"

enum { WHY_SIZE = 640 };

struct reader {
    struct config *config;
    struct config_named *named;
    struct faults *faults;
    const char *parts[SCHEMA_PARTS_MAX]; /* where we are, as the file nests it */
    int depth;
};

/* Where we are, with `name` behind it. */
static void add_path(const struct reader *reader, const char *name, struct text *out)
{
    for (int i = 0; i < reader->depth; i++) {
        text_addf(out, "%s.", reader->parts[i]);
    }
    text_add(out, name);
}

static bool is_under(const struct reader *reader, const struct schema_parts *key)
{
    if (key->count <= reader->depth) {
        return false;
    }
    for (int i = 0; i < reader->depth; i++) {
        if (strcmp(key->parts[i], reader->parts[i]) != 0) {
            return false;
        }
    }
    return true;
}

/* The first row at or under `name` here, or NULL. */
static const struct schema_row *find_under(const struct reader *reader, const char *name,
                                           struct schema_parts *parts)
{
    for (size_t i = 0; i < schema_count(); i++) {
        schema_split(schema_at(i)->key, parts);
        if (is_under(reader, parts) && strcmp(parts->parts[reader->depth], name) == 0) {
            return schema_at(i);
        }
    }
    return NULL;
}

/* Copies the nearest known path to `found`; "" when there is none near. */
static void suggest(const struct reader *reader, const char *name, char found[SCHEMA_KEY_SIZE])
{
    found[0] = '\0';
    struct nearest nearest = nearest_to(name);
    int distance = nearest.distance;
    if (reader->depth == 0) {
        nearest_offer(&nearest, "pairs");
    }
    if (nearest.distance < distance) {
        distance = nearest.distance;
        memcpy(found, "pairs", sizeof("pairs"));
    }
    for (size_t i = 0; i < schema_count(); i++) {
        struct schema_parts parts;
        schema_split(schema_at(i)->key, &parts);
        if (!is_under(reader, &parts)) {
            continue;
        }
        nearest_offer(&nearest, parts.parts[reader->depth]);
        if (nearest.distance < distance) {
            distance = nearest.distance;
            snprintf(found, SCHEMA_KEY_SIZE, "%s", parts.parts[reader->depth]);
        }
    }
    /* (nearest.found may point into a row taken apart before; only its distance was used.)
     * Right name, wrong section. */
    for (size_t i = 0; i < SCHEMA_KEYS.count && found[0] == '\0'; i++) {
        const char *key = SCHEMA_KEYS.rows[i].key;
        if (strcmp(strchr(key, '.') + 1, name) == 0) {
            snprintf(found, SCHEMA_KEY_SIZE, "%s", key);
        }
    }
}

static void refuse_key(const struct reader *reader, const struct yaml_node *node)
{
    char found[SCHEMA_KEY_SIZE] = "";
    struct text path = text_growing();
    add_path(reader, node->key, &path);
    if (reader->faults->kept_count < FAULTS_KEPT_MAX) {
        suggest(reader, node->key, found);
    }
    const char *kind = reader->depth == 0 ? "section" : "key";
    if (found[0] != '\0') {
        faults_add(reader->faults, node->key_line,
                   "%s: '%s' is not a known %s (did you mean '%s'?)", text_string(&path),
                   node->key, kind, found);
    } else {
        faults_add(reader->faults, node->key_line,
                   "%s: '%s' is not a known %s (see 'arblite config print')",
                   text_string(&path), node->key, kind);
    }
    text_finish(&path);
}

static const char *shape(const struct yaml_node *node)
{
    return node->kind == YAML_KIND_MAPPING ? "a mapping" : "a list";
}

/* `PATH: 'value' REASON`, or what stands there where that is no value. */
static void refuse_node(const struct reader *reader, const struct yaml_node *node,
                        const char *path, const char *reason)
{
    const char *colon = path[0] != '\0' ? ": " : "";
    if (node->kind == YAML_KIND_SCALAR || node->kind == YAML_KIND_NULL) {
        faults_add(reader->faults, node->line, "%s%s'%.200s' %s", path, colon,
                   node->text[0] != '\0' ? node->text : "null", reason);
    } else {
        faults_add(reader->faults, node->line, "%s%s%s %s", path, colon, shape(node), reason);
    }
}

static bool takes_quotes(const struct schema_row *row)
{
    return row->type == SCHEMA_TEXT || row->type == SCHEMA_URL || row->type == SCHEMA_NAME ||
           row->type == SCHEMA_WORD || row->type == SCHEMA_CHOICE;
}

/* A value of `row` into the struct at `base`; `path` is for the message. */
static bool read_value(struct faults *faults, const struct schema_row *row, void *base,
                       const struct yaml_node *node, const char *path)
{
    char buffer[WHY_SIZE];
    struct text why = text_fixed(buffer, sizeof buffer);
    if (node->kind == YAML_KIND_BROKEN) {
        return false;
    }
    if (node->kind == YAML_KIND_MAPPING || node->kind == YAML_KIND_SEQUENCE) {
        text_addf(&why, "%s is here (expected ", shape(node));
        schema_add_expected(row, &why);
        text_add_char(&why, ')');
    } else if (node->kind == YAML_KIND_NULL && row->type == SCHEMA_TEXT) {
        text_addf(&why, "'%s' is not allowed here (expected ", node->text);
        schema_add_expected(row, &why);
        text_add_char(&why, ')');
    } else if (node->kind == YAML_KIND_SCALAR && node->quoted && !takes_quotes(row)) {
        text_addf(&why, "'%s' is quoted text (expected ", node->text);
        schema_add_expected(row, &why);
        text_add_char(&why, ')');
    } else {
        const char *value = node->kind == YAML_KIND_NULL ? "null" : node->text;
        if (schema_store(row, base, value, &why)) {
            return true;
        }
    }
    faults_add(faults, node->line, "%s: %s", path, text_string(&why));
    return false;
}

static bool is_repeated(const struct config *config, int32_t pair)
{
    for (int32_t i = 0; i < pair; i++) {
        if (strcmp(config->pairs[i].name, config->pairs[pair].name) == 0) {
            return true;
        }
    }
    return false;
}

static void read_pair_key(struct reader *reader, struct config_pair *pair, int32_t index,
                          const struct yaml_node *node)
{
    char key[SCHEMA_KEY_SIZE];
    snprintf(key, sizeof key, "pairs.%.60s", node->key);
    const struct schema_row *row = schema_find(&SCHEMA_PAIR_KEYS, key);
    struct text path = text_growing();
    text_addf(&path, "pairs[%d].%s", (int)index, node->key);
    if (row != NULL) {
        read_value(reader->faults, row, pair, node, text_string(&path));
    } else {
        struct nearest nearest = nearest_to(node->key);
        for (size_t i = 0; i < SCHEMA_PAIR_KEYS.count; i++) {
            nearest_offer(&nearest, strchr(SCHEMA_PAIR_KEYS.rows[i].key, '.') + 1);
        }
        faults_add(reader->faults, node->key_line, "%s: '%s' is not a known key (%s%s%s)",
                   text_string(&path), node->key,
                   nearest.found != NULL ? "did you mean '" : "see 'arblite config print'",
                   nearest.found != NULL ? nearest.found : "",
                   nearest.found != NULL ? "'?" : "");
    }
    text_finish(&path);
}

/* The name first, since it brings the instruments the other keys change. */
static void read_pair(struct reader *reader, int32_t index, const struct yaml_node *node)
{
    struct config_pair *pair = &reader->config->pairs[index];
    char path[SCHEMA_KEY_SIZE];
    snprintf(path, sizeof path, "pairs[%d].name", (int)index);
    const struct yaml_node *name = yaml_find(node, "name");
    struct config_pair named = {.name = ""};
    if (name == NULL) {
        faults_add(reader->faults, node->line, "%s: is missing (expected a coin such as BTC)",
                   path);
        return;
    }
    if (!read_value(reader->faults, schema_find(&SCHEMA_PAIR_KEYS, "pairs.name"), &named, name,
                    path)) {
        return;
    }
    *pair = schema_pair(named.name);
    if (is_repeated(reader->config, index)) {
        faults_add(reader->faults, name->line,
                   "%s: '%s' stands twice (expected each pair once)", path, named.name);
    }
    for (const struct yaml_node *key = node->first; key != NULL; key = key->next) {
        if (key != name && key->key != NULL) {
            read_pair_key(reader, pair, index, key);
        }
    }
}

static void read_pairs(struct reader *reader, const struct yaml_node *node)
{
    if (node->kind == YAML_KIND_BROKEN) {
        return;
    }
    if (node->kind != YAML_KIND_SEQUENCE) {
        refuse_node(reader, node, "pairs", "is not a list (expected 1 to 8 pairs)");
        return;
    }
    if (node->count < 1 || node->count > CONFIG_PAIRS_MAX) {
        faults_add(reader->faults, node->line, "pairs: '%d' pairs are here (expected 1 to %d)",
                   node->count, CONFIG_PAIRS_MAX);
        return;
    }
    memset(reader->config->pairs, 0, sizeof reader->config->pairs);
    reader->config->pairs_count = node->count;
    int32_t index = 0;
    for (const struct yaml_node *pair = node->first; pair != NULL; pair = pair->next) {
        if (pair->kind == YAML_KIND_MAPPING) {
            read_pair(reader, index, pair);
        } else if (pair->kind != YAML_KIND_BROKEN) {
            char path[SCHEMA_KEY_SIZE];
            snprintf(path, sizeof path, "pairs[%d]", (int)index);
            refuse_node(reader, pair, path,
                        "is not a mapping (expected name and what differs)");
        }
        index++;
    }
    config_note(reader->named, "pairs");
}

static void read_mapping(struct reader *reader, const struct yaml_node *mapping);

static void read_member(struct reader *reader, const struct yaml_node *node)
{
    struct schema_parts parts;
    if (node->key == NULL || node->kind == YAML_KIND_BROKEN) {
        return; /* told by the parser */
    }
    if (reader->depth == 0 && strcmp(node->key, "pairs") == 0) {
        read_pairs(reader, node);
        return;
    }
    const struct schema_row *row = find_under(reader, node->key, &parts);
    if (row == NULL) {
        refuse_key(reader, node);
        return;
    }
    if (parts.count == reader->depth + 1) {
        if (read_value(reader->faults, row, reader->config, node, row->key)) {
            config_note(reader->named, row->key);
        }
        return;
    }
    reader->parts[reader->depth] = node->key;
    reader->depth++;
    read_mapping(reader, node);
    reader->depth--;
}

static void read_mapping(struct reader *reader, const struct yaml_node *mapping)
{
    /* A section without anything in it is one whose keys are commented out. */
    if (mapping->kind == YAML_KIND_BROKEN || mapping->kind == YAML_KIND_NULL) {
        return;
    }
    if (mapping->kind != YAML_KIND_MAPPING) {
        struct text path = text_growing();
        for (int i = 0; i < reader->depth; i++) {
            text_addf(&path, "%s%s", i > 0 ? "." : "", reader->parts[i]);
        }
        refuse_node(reader, mapping, text_string(&path), "is not a mapping (expected keys)");
        text_finish(&path);
        return;
    }
    for (const struct yaml_node *node = mapping->first; node != NULL; node = node->next) {
        read_member(reader, node);
    }
}

void config_read(struct config *config, struct config_named *named,
                 const struct yaml_node *root, struct faults *faults)
{
    struct reader reader = {.config = config, .named = named, .faults = faults};
    read_mapping(&reader, root);
}
