#include "tui/action.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tui/press.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

static const struct action_row ROWS[] = {
#define X(id, name, keys, class, hint, argument, help)                                         \
    [ACTION_##id] = {name, keys, ACTION_##class, hint, argument, help},
    ACTION_TABLE(X)
#undef X
};
_Static_assert(LEN(ROWS) == ACTION_LAST + 1, "a row per action");

const struct action_row *action_row(enum action action)
{
    assert(action >= 0 && action <= ACTION_LAST);
    return &ROWS[action];
}

/* Copies the next word of *keys and moves on; false at the end. */
static bool next_word(const char **keys, char word[PRESS_NAME_SIZE])
{
    while (**keys == ' ') {
        (*keys)++;
    }
    const size_t length = strcspn(*keys, " ");
    snprintf(word, PRESS_NAME_SIZE, "%.*s", (int)length, *keys);
    *keys += length;
    return length > 0;
}

static bool has_key(const struct action_row *row, uint32_t key)
{
    char word[PRESS_NAME_SIZE];
    for (const char *keys = row->keys; next_word(&keys, word);) {
        if (press_parse(word) == key) {
            return true;
        }
    }
    return false;
}

enum action action_of_key(uint32_t key)
{
    for (size_t i = 0; key != PRESS_NONE && i < LEN(ROWS); i++) {
        if (has_key(&ROWS[i], key)) {
            return (enum action)i;
        }
    }
    return ACTION_NONE;
}

enum action action_of_name(const char *name)
{
    for (size_t i = 0; i < LEN(ROWS); i++) {
        if (strcmp(ROWS[i].name, name) == 0) {
            return (enum action)i;
        }
    }
    return ACTION_NONE;
}

const char *action_complete(const char *prefix, int n)
{
    const size_t length = strlen(prefix);
    for (size_t i = 0; i < LEN(ROWS); i++) {
        if (strncmp(ROWS[i].name, prefix, length) == 0 && n-- == 0) {
            return ROWS[i].name;
        }
    }
    return NULL;
}

const char *action_first_key(enum action action, char buffer[16])
{
    const char *keys = action_row(action)->keys;
    if (!next_word(&keys, buffer)) {
        buffer[0] = '\0';
    }
    return buffer;
}
