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

/* Finds the line of `text` with the same key. */
static bool find_key(const char *text, const char *line, struct text_line *out)
{
    const size_t key = strcspn(line, "=");
    while (text_take_line(&text, out)) {
        if (strncmp(out->start, line, key) == 0) {
            return true;
        }
    }
    return false;
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

void setup_difference(const char *recorded, const char *wanted, char *buffer, size_t size)
{
    struct text out = text_fixed(buffer, size);
    struct text_line now;
    struct text_line old;
    int count = 0;
    text_clear(&out);
    for (const char *rest = wanted; text_take_line(&rest, &now);) {
        const bool known = find_key(recorded, now.start, &old);
        const bool same =
            known && old.length == now.length && strncmp(old.start, now.start, now.length) == 0;
        if (!same && ++count <= CHANGES_TOLD) {
            add_change(&out, known ? old.start : NULL, now.start);
        }
    }
    for (const char *rest = recorded; text_take_line(&rest, &old);) {
        if (!find_key(wanted, old.start, &now) && ++count <= CHANGES_TOLD) {
            text_addf(&out, "%s%.*s is gone", out.length > 0 ? "; " : "",
                      (int)strcspn(old.start, " =\n"), old.start);
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
    struct text_line line;
    while (text_take_line(&options, &line)) {
        if (decides(line.start)) {
            text_addf(out, "%.*s\n", (int)line.length, line.start);
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
