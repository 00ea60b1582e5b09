#pragma once
#include "support/check.h"

#include <ctype.h>
#include <stdlib.h>

/* exposition_reader: a strict reader of Prometheus' text format 0.0.4, on its own.
 *
 * Every line ends; a name has one HELP, one TYPE and then all its samples together; labels are
 * quoted and escaped; values are numbers; no series stands twice; counters are named _total and
 * not negative; the buckets of a histogram rise to +Inf, which is its count. */

enum { READER_SERIES_MAX = 500, READER_TEXT_SIZE = 256 };

struct reader {
    const char *at;
    char name[READER_TEXT_SIZE]; /* of the family being read */
    char type[16];
    char seen[READER_SERIES_MAX][READER_TEXT_SIZE + 8]; /* series, and "name" of families */
    int seen_count;
    /* of the histogram under way */
    char group[READER_TEXT_SIZE];
    double last_bound, last_bucket;
    int samples;
};

static inline void reader_once(struct reader *reader, const char *text)
{
    for (int i = 0; i < reader->seen_count; i++) {
        if (strcmp(reader->seen[i], text) == 0) {
            fail_msg("'%s' stands twice", text);
        }
    }
    assert_true(reader->seen_count < READER_SERIES_MAX);
    snprintf(reader->seen[reader->seen_count++], sizeof reader->seen[0], "%s", text);
}

static inline size_t reader_name(const char *at, bool colons)
{
    size_t length = 0;
    while (isalnum((unsigned char)at[length]) || at[length] == '_' ||
           (colons && at[length] == ':')) {
        length++;
    }
    assert_true(length > 0 && !isdigit((unsigned char)at[0]));
    return length;
}

/* "# HELP name text" and, right behind it, "# TYPE name type". */
static inline void reader_head(struct reader *reader)
{
    char family[READER_TEXT_SIZE + 8];
    assert_memory_equal(reader->at, "# HELP ", 7);
    const size_t length = reader_name(reader->at + 7, true);
    snprintf(reader->name, sizeof reader->name, "%.*s", (int)length, reader->at + 7);
    assert_int_equal(reader->at[7 + length], ' ');
    assert_true(reader->at[8 + length] != '\n');
    reader->at = strchr(reader->at, '\n') + 1;
    assert_memory_equal(reader->at, "# TYPE ", 7);
    assert_memory_equal(reader->at + 7, reader->name, length);
    assert_int_equal(reader->at[7 + length], ' ');
    const char *type = reader->at + 8 + length;
    snprintf(reader->type, sizeof reader->type, "%.*s", (int)strcspn(type, "\n"), type);
    assert_true(strcmp(reader->type, "counter") == 0 || strcmp(reader->type, "gauge") == 0 ||
                strcmp(reader->type, "histogram") == 0);
    snprintf(family, sizeof family, "family %s", reader->name);
    reader_once(reader, family);
    const size_t end = strlen(reader->name);
    const bool is_total = end > 6 && strcmp(reader->name + end - 6, "_total") == 0;
    assert_int_equal(strcmp(reader->type, "counter") == 0, is_total);
    reader->at = strchr(reader->at, '\n') + 1;
    reader->group[0] = '\0';
    reader->samples = 0;
}

/* {a="b",c="d"}: its length; *bound is what le says, NAN without one; `rest` gets the others.
 */
static inline size_t reader_labels(const char *at, double *bound, char *rest)
{
    const char *const began = at;
    *bound = NAN;
    rest[0] = '\0';
    if (*at != '{') {
        return 0;
    }
    do {
        const char *label = ++at;
        const size_t length = reader_name(label, false);
        at += length;
        assert_memory_equal(at, "=\"", 2);
        for (at += 2; *at != '"'; at++) {
            assert_true((unsigned char)*at >= ' ');
            if (*at == '\\') {
                at++;
                assert_true(*at == '\\' || *at == '"' || *at == 'n');
            }
        }
        at++;
        if (length == 2 && strncmp(label, "le", 2) == 0) {
            char *end;
            *bound = strncmp(label + 4, "+Inf", 4) == 0 ? INFINITY : strtod(label + 4, &end);
        } else {
            const size_t used = strlen(rest);
            snprintf(rest + used, READER_TEXT_SIZE - used, "%.*s,", (int)(at - label), label);
        }
    } while (*at == ',');
    assert_int_equal(*at, '}');
    return (size_t)(at + 1 - began);
}

/* Buckets of one set of labels in their order, then its sum, then its count. */
static inline void reader_histogram(struct reader *reader, const char *suffix, double bound,
                                    const char *rest, double value)
{
    if (strcmp(suffix, "_bucket") == 0) {
        assert_false(isnan(bound));
        if (reader->samples == 0) {
            reader->last_bound = -INFINITY;
            reader->last_bucket = 0;
            snprintf(reader->group, sizeof reader->group, "%s", rest);
        }
        assert_string_equal(reader->group, rest);
        assert_true(bound > reader->last_bound);
        assert_true(value >= reader->last_bucket);
        reader->last_bound = bound;
        reader->last_bucket = value;
        reader->samples++;
        return;
    }
    assert_true(isnan(bound));
    assert_string_equal(reader->group, rest);
    assert_true(isinf(reader->last_bound));
    if (strcmp(suffix, "_count") == 0) {
        assert_true(value == reader->last_bucket);
        reader->samples = 0;
    } else {
        assert_string_equal(suffix, "_sum");
    }
}

static inline void reader_sample(struct reader *reader)
{
    char series[READER_TEXT_SIZE];
    char suffix[READER_TEXT_SIZE];
    char rest[READER_TEXT_SIZE];
    double bound;
    char *end;
    const size_t stem = strlen(reader->name);
    const size_t length = reader_name(reader->at, true);
    assert_true(stem > 0 && length >= stem);
    assert_memory_equal(reader->at, reader->name, stem);
    snprintf(suffix, sizeof suffix, "%.*s", (int)(length - stem), reader->at + stem);
    const size_t all = length + reader_labels(reader->at + length, &bound, rest);
    assert_true(all < sizeof series);
    snprintf(series, sizeof series, "%.*s", (int)all, reader->at);
    reader_once(reader, series);
    assert_int_equal(reader->at[all], ' ');
    assert_false(isspace((unsigned char)reader->at[all + 1]));
    const double value = strtod(reader->at + all + 1, &end);
    assert_int_equal(*end, '\n');
    assert_true(isfinite(value));
    reader->at = end + 1;
    if (strcmp(reader->type, "histogram") == 0) {
        reader_histogram(reader, suffix, bound, rest, value);
        return;
    }
    assert_string_equal(suffix, "");
    assert_true(strcmp(reader->type, "counter") != 0 || value >= 0);
}

static inline void reader_check(const char *text)
{
    struct reader *reader = test_calloc(1, sizeof *reader);
    const size_t length = strlen(text);
    assert_true(length > 0 && text[length - 1] == '\n');
    reader->at = text;
    while (*reader->at != '\0') {
        if (*reader->at == '#') {
            assert_true(reader->samples == 0); /* the last histogram was whole */
            reader_head(reader);
        } else {
            reader_sample(reader);
        }
    }
    assert_true(reader->samples == 0);
    test_free(reader);
}

/* The value of "name{labels}"; NAN when it does not stand there. */
static inline double reader_value(const char *text, const char *series)
{
    const size_t length = strlen(series);
    for (const char *at = text; at != NULL && *at != '\0'; at = strchr(at, '\n') + 1) {
        if (strncmp(at, series, length) == 0 && at[length] == ' ') {
            return strtod(at + length, NULL);
        }
    }
    return NAN;
}
