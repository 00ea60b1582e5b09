#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "run/setup.h"

/* The list of everything that must not change on resume: read back, and compared. */

enum { CHANGES_TOLD = 3, CHANGE_MAX = 120 };

/* Takes "key = value" off the front of *lines; false when another key stands there. */
static bool take_line(const char **lines, const char *key, char *value, size_t size)
{
    const size_t head = strlen(key) + strlen(" = ");
    if (strncmp(*lines, key, strlen(key)) != 0 ||
        strncmp(*lines + strlen(key), " = ", 3) != 0) {
        return false;
    }
    const size_t length = strcspn(*lines + head, "\n");
    text_cut(value, size, "%.*s", (int)length, *lines + head);
    *lines += head + length + ((*lines)[head + length] == '\n' ? 1 : 0);
    return true;
}

bool setup_recall_source(const char **options_text, char *source, size_t size,
                         bool *skip_bad_rows)
{
    char bad_rows[8];
    if (!take_line(options_text, "source", source, size) ||
        !take_line(options_text, "on_bad_row", bad_rows, sizeof bad_rows)) {
        return false;
    }
    *skip_bad_rows = strcmp(bad_rows, "skip") == 0;
    return true;
}

static size_t line_length(const char *line)
{
    return strcspn(line, "\n");
}

/* The line of `text` with the same key; NULL when it has none. */
static const char *same_key(const char *text, const char *line)
{
    const size_t key = strcspn(line, "=");
    for (const char *at = text; *at != '\0';
         at += line_length(at) + (at[line_length(at)] != '\0')) {
        if (strncmp(at, line, key) == 0) {
            return at;
        }
    }
    return NULL;
}

/* A short value is told, a long one is not: it would bury the others. */
static void add_change(struct text *out, const char *old, const char *now)
{
    const int key = (int)strcspn(now, " =\n");
    const char *is = now + strcspn(now, "=\n");
    const char *was = old == NULL ? " none" : old + strcspn(old, "=\n") + 1;
    is += *is == '=' ? 1 : 0;
    text_addf(out, "%s%.*s", out->length > 0 ? "; " : "", key, now);
    if (line_length(was) <= CHANGE_MAX && line_length(is) <= CHANGE_MAX) {
        text_addf(out, " was%.*s, is%.*s", (int)line_length(was), was, (int)line_length(is),
                  is);
    } else {
        text_add(out, " is another one");
    }
}

static const char *next_line(const char *line)
{
    return line + line_length(line) + (line[line_length(line)] != '\0');
}

void setup_difference(const char *recorded, const char *wanted, char *buffer, size_t size)
{
    struct text out = text_fixed(buffer, size);
    int count = 0;
    text_clear(&out);
    for (const char *at = wanted; *at != '\0'; at = next_line(at)) {
        const char *old = same_key(recorded, at);
        const bool same = old != NULL && line_length(old) == line_length(at) &&
                          strncmp(old, at, line_length(at)) == 0;
        if (!same && ++count <= CHANGES_TOLD) {
            add_change(&out, old, at);
        }
    }
    for (const char *at = recorded; *at != '\0'; at = next_line(at)) {
        if (same_key(wanted, at) == NULL && ++count <= CHANGES_TOLD) {
            text_addf(&out, "%s%.*s is gone", out.length > 0 ? "; " : "",
                      (int)strcspn(at, " =\n"), at);
        }
    }
    if (count > CHANGES_TOLD) {
        text_addf(&out, " and %d more", count - CHANGES_TOLD);
    }
}

/* The keys that have a say in decisions. */
static bool decides(const char *line)
{
    static const char *const SECTIONS[] = {
        "pairs[", "engine.",          "paper.",       "market.seed",
        "fx.",    "session.day_zone", "risk_limits.", "session.near_miss_pct"};
    for (size_t i = 0; i < sizeof SECTIONS / sizeof SECTIONS[0]; i++) {
        if (strncmp(line, SECTIONS[i], strlen(SECTIONS[i])) == 0) {
            return true;
        }
    }
    return false;
}

static void keep_deciding(const char *options, struct text *out)
{
    for (const char *at = options; *at != '\0'; at = next_line(at)) {
        if (decides(at)) {
            text_addf(out, "%.*s\n", (int)line_length(at), at);
        }
    }
}

bool setup_options_decide_alike(const char *options, const char *others)
{
    struct text ours = text_growing();
    struct text theirs = text_growing();
    keep_deciding(options, &ours);
    keep_deciding(others, &theirs);
    const bool same = strcmp(text_string(&ours), text_string(&theirs)) == 0;
    text_finish(&ours);
    text_finish(&theirs);
    return same;
}

bool setup_decides_as(const struct setup *setup, const char *options)
{
    struct text all = text_growing();
    config_list(&setup->config, &all);
    const bool same = setup_options_decide_alike(text_string(&all), options);
    text_finish(&all);
    return same;
}
