#include "schema.h"

#include <assert.h>
#include <string.h>

size_t schema_count(void)
{
    return SCHEMA_KEYS.count + SCHEMA_ALARMS.count;
}

const struct schema_row *schema_at(size_t number)
{
    assert(number < schema_count());
    return number < SCHEMA_KEYS.count ? &SCHEMA_KEYS.rows[number]
                                      : &SCHEMA_ALARMS.rows[number - SCHEMA_KEYS.count];
}

size_t schema_number(const char *key)
{
    size_t number = 0;
    while (number < schema_count() && strcmp(schema_at(number)->key, key) != 0) {
        number++;
    }
    return number;
}

const struct schema_row *schema_find(const struct schema_rows *rows, const char *key)
{
    for (size_t i = 0; i < rows->count; i++) {
        if (strcmp(rows->rows[i].key, key) == 0) {
            return &rows->rows[i];
        }
    }
    return NULL;
}

/* Ends the part at `at` and starts the next one behind it. */
static void cut(struct schema_parts *out, char *at)
{
    *at = '\0';
    out->parts[out->count] = at + 1;
    out->count++;
}

void schema_split(const char *key, struct schema_parts *out)
{
    assert(strlen(key) < sizeof out->text);
    memcpy(out->text, key, strlen(key) + 1);
    out->parts[0] = out->text;
    out->count = 1;
    char *section_end = strchr(out->text, '.');
    char *name_start = strrchr(out->text, '.');
    if (section_end == NULL) {
        return;
    }
    cut(out, section_end);
    if (name_start == section_end) {
        return;
    }
    /* What is between is a group and an item of it, and an item's own name may have dots. */
    *name_start = '\0';
    char *group_end = strchr(section_end + 1, '.');
    if (group_end != NULL) {
        cut(out, group_end);
    }
    cut(out, name_start);
}

bool schema_takes_null(const struct schema_row *row)
{
    return strcmp(row->fallback, "null") == 0;
}
