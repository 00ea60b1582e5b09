#include "config/config.h"

#include <string.h>

#include "schema.h"

enum { COMMENT_WIDTH = 92, INDENT = 2 };

/* `words` behind "# " at `indent`, broken before COMMENT_WIDTH. */
static void add_comment(struct text *out, int indent, const char *words)
{
    int column = 0;
    while (*words != '\0') {
        const int length = (int)strcspn(words, " ");
        if (column == 0 || column + 1 + length > COMMENT_WIDTH) {
            text_addf(out, "%s%*s#", column > 0 ? "\n" : "", indent, "");
            column = indent + 1;
        }
        text_addf(out, " %.*s", length, words);
        column += 1 + length;
        words += length;
        words += strspn(words, " ");
    }
    text_add_char(out, '\n');
}

static void add_help(struct text *out, const struct schema_row *row, int indent)
{
    struct text help = text_growing();
    text_addf(&help, "%s. Takes ", row->help);
    schema_add_expected(row, &help);
    text_add_char(&help, '.');
    add_comment(out, indent, text_string(&help));
    text_finish(&help);
}

static void add_value(struct text *out, const struct schema_row *row, const void *base,
                      const char *name, int indent, bool with_help)
{
    if (with_help) {
        add_help(out, row, indent);
    }
    text_addf(out, "%*s%s: ", indent, "", name);
    schema_format(row, base, out);
    text_add_char(out, '\n');
}

static void add_pairs(struct text *out, const struct config *config, bool with_help)
{
    text_add(out, "pairs:\n");
    for (size_t i = 0; with_help && i < SCHEMA_PAIR_KEYS.count; i++) {
        const struct schema_row *row = &SCHEMA_PAIR_KEYS.rows[i];
        struct text help = text_growing();
        text_addf(&help, "%s: %s.", strchr(row->key, '.') + 1, row->help);
        add_comment(out, INDENT, text_string(&help));
        text_finish(&help);
    }
    for (int32_t pair = 0; pair < config->pairs_count; pair++) {
        for (size_t i = 0; i < SCHEMA_PAIR_KEYS.count; i++) {
            const struct schema_row *row = &SCHEMA_PAIR_KEYS.rows[i];
            text_addf(out, "%*s%s", INDENT, "", i == 0 ? "- " : "  ");
            add_value(out, row, &config->pairs[pair], strchr(row->key, '.') + 1, 0, false);
        }
    }
}

/* Opens the mappings a key stands in, as far as the key before it had not. */
static void open_mappings(struct text *out, const struct schema_parts *key,
                          const struct schema_parts *before, bool with_help)
{
    bool same = true;
    for (int i = 0; i < key->count - 1; i++) {
        same = same && i < before->count - 1 && strcmp(key->parts[i], before->parts[i]) == 0;
        if (!same) {
            text_addf(out, "%s%*s%s:\n", with_help && i == 0 ? "\n" : "", INDENT * i, "",
                      key->parts[i]);
        }
    }
}

void config_print(const struct config *config, struct text *out, bool with_help)
{
    if (with_help) {
        text_add(out, "# Every key with what it does, what it takes and its value.\n"
                      "# Made by 'arblite config print --with-help'.\n\n");
    }
    add_pairs(out, config, with_help);
    struct schema_parts before = {.count = 0};
    for (size_t i = 0; i < schema_count(); i++) {
        const struct schema_row *row = schema_at(i);
        struct schema_parts key;
        schema_split(row->key, &key);
        open_mappings(out, &key, &before, with_help);
        add_value(out, row, config, key.parts[key.count - 1], INDENT * (key.count - 1),
                  with_help);
        schema_split(row->key, &before);
    }
}

void config_list(const struct config *config, struct text *out)
{
    for (int32_t pair = 0; pair < config->pairs_count; pair++) {
        text_addf(out, "pairs[%d] =", (int)pair);
        for (size_t i = 0; i < SCHEMA_PAIR_KEYS.count; i++) {
            text_add_char(out, ' ');
            schema_format(&SCHEMA_PAIR_KEYS.rows[i], &config->pairs[pair], out);
        }
        text_add_char(out, '\n');
    }
    for (size_t i = 0; i < schema_count(); i++) {
        text_addf(out, "%s = ", schema_at(i)->key);
        schema_format(schema_at(i), config, out);
        text_add_char(out, '\n');
    }
}
