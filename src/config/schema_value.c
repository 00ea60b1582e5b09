#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/nearest.h"
#include "base/num.h"
#include "base/safe.h"
#include "schema.h"

enum { SHOWN_SIZE = 200 };

/* Place of a word in "a|b|c", or -1. */
static int place_of(const char *words, const char *word)
{
    const size_t length = strlen(word);
    int place = 0;
    for (const char *at = words; length > 0; place++) {
        const size_t size = strcspn(at, "|");
        if (size == length && strncmp(at, word, size) == 0) {
            return place;
        }
        if (at[size] == '\0') {
            break;
        }
        at += size + 1;
    }
    return -1;
}

static void add_nearest(const char *words, const char *value, struct text *why)
{
    char copy[SHOWN_SIZE];
    char *rest = copy;
    struct nearest nearest = nearest_to(value);
    assert(strlen(words) < sizeof copy);
    memcpy(copy, words, strlen(words) + 1);
    for (char *word = strsep(&rest, "|"); word != NULL; word = strsep(&rest, "|")) {
        nearest_offer(&nearest, word);
    }
    if (nearest.found != NULL) {
        text_addf(why, "; did you mean '%s'?", nearest.found);
    }
}

static bool refuse(const struct schema_row *row, const char *value, const char *reason,
                   struct text *why)
{
    char shown[SHOWN_SIZE];
    text_addf(why, "'%s' %s (expected ", safe_text(shown, sizeof shown, value, strlen(value)),
              reason);
    schema_add_expected(row, why);
    if (row->type == SCHEMA_WORD || row->type == SCHEMA_CHOICE) {
        add_nearest(row->unit_or_words, value, why);
    }
    text_add_char(why, ')');
    return false;
}

static bool in_range(const struct schema_row *row, double value)
{
    return value >= row->lowest && value <= row->highest;
}

static bool store_number(const struct schema_row *row, void *at, const char *value,
                         struct text *why)
{
    double number;
    if (!num_parse_double(value, strlen(value), &number)) {
        return refuse(row, value, "is not a number", why);
    }
    if (!in_range(row, number)) {
        return refuse(row, value, "is out of range", why);
    }
    *(double *)at = number;
    return true;
}

static bool store_integer(const struct schema_row *row, void *at, const char *value,
                          struct text *why)
{
    int64_t number;
    if (!num_parse_int64(value, strlen(value), &number)) {
        return refuse(row, value, "is not a whole number", why);
    }
    if (!in_range(row, (double)number)) {
        return refuse(row, value, "is out of range", why);
    }
    if (row->type == SCHEMA_INT32) {
        *(int32_t *)at = (int32_t)number;
    } else {
        *(int64_t *)at = number;
    }
    return true;
}

static bool store_null(const struct schema_row *row, void *at)
{
    if (row->type == SCHEMA_INT64) {
        *(int64_t *)at = -1;
    } else {
        assert(row->type == SCHEMA_NUMBER);
        *(double *)at = NAN;
    }
    return true;
}

static bool is_name(const char *value)
{
    return value[0] != '\0' &&
           value[strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")] == '\0';
}

static bool store_text(const struct schema_row *row, void *at, const char *value,
                       struct text *why)
{
    const size_t length = strlen(value);
    char safe[CONFIG_PATH_SIZE * 2];
    if (length >= row->size) {
        return refuse(row, value, "is too long", why);
    }
    if (row->type == SCHEMA_NAME && !is_name(value)) {
        return refuse(row, value, "is not a name", why);
    }
    if (row->type == SCHEMA_URL && !schema_is_address(value, row->unit_or_words)) {
        return refuse(row, value, "is not such an address", why);
    }
    if (row->type == SCHEMA_WORD && place_of(row->unit_or_words, value) < 0) {
        return refuse(row, value, "is not known", why);
    }
    /* What would have to be escaped on a screen is not text an operator meant. */
    if (strcmp(safe_text(safe, sizeof safe, value, length), value) != 0) {
        return refuse(row, value, "has characters that cannot be shown", why);
    }
    memset(at, 0, row->size);
    memcpy(at, value, length);
    return true;
}

static bool store_choice(const struct schema_row *row, void *at, const char *value,
                         struct text *why)
{
    const int place = place_of(row->unit_or_words, value);
    if (place < 0) {
        return refuse(row, value, "is not known", why);
    }
    assert(row->size == sizeof place);
    memcpy(at, &place, sizeof place);
    return true;
}

bool schema_store(const struct schema_row *row, void *base, const char *value, struct text *why)
{
    void *at = (char *)base + row->offset;
    const bool textual = row->type == SCHEMA_TEXT || row->type == SCHEMA_URL;
    if (!textual && strcmp(value, "null") == 0) {
        return schema_takes_null(row) ? store_null(row, at)
                                      : refuse(row, value, "is not allowed here", why);
    }
    switch (row->type) {
    case SCHEMA_FLAG:
        if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0) {
            return refuse(row, value, "is neither", why);
        }
        *(bool *)at = strcmp(value, "true") == 0;
        return true;
    case SCHEMA_NUMBER:
        return store_number(row, at, value, why);
    case SCHEMA_INT32:
    case SCHEMA_INT64:
        return store_integer(row, at, value, why);
    case SCHEMA_SEED:
        return num_parse_uint64(value, strlen(value), at) ||
               refuse(row, value, "is not a whole number", why);
    case SCHEMA_TEXT:
    case SCHEMA_URL:
    case SCHEMA_NAME:
    case SCHEMA_WORD:
        return store_text(row, at, value, why);
    case SCHEMA_CHOICE:
        return store_choice(row, at, value, why);
    }
    assert(false);
    return false;
}

static void add_quoted(const char *value, struct text *out)
{
    text_add_char(out, '"');
    for (; *value != '\0'; value++) {
        if (*value == '"' || *value == '\\') {
            text_add_char(out, '\\');
        }
        text_add_char(out, *value);
    }
    text_add_char(out, '"');
}

static void add_word(const char *words, int place, struct text *out)
{
    for (; place > 0; place--) {
        words += strcspn(words, "|") + 1;
    }
    text_add_bytes(out, words, strcspn(words, "|"));
}

void schema_format(const struct schema_row *row, const void *base, struct text *out)
{
    const void *at = (const char *)base + row->offset;
    char number[NUM_TEXT_SIZE];
    int place;
    switch (row->type) {
    case SCHEMA_FLAG:
        text_add(out, *(const bool *)at ? "true" : "false");
        break;
    case SCHEMA_NUMBER:
        text_add(out, num_format_shortest(number, *(const double *)at));
        break;
    case SCHEMA_INT32:
        text_addf(out, "%" PRId32, *(const int32_t *)at);
        break;
    case SCHEMA_INT64:
        if (*(const int64_t *)at == -1 && schema_takes_null(row)) {
            text_add(out, "null");
        } else {
            text_addf(out, "%" PRId64, *(const int64_t *)at);
        }
        break;
    case SCHEMA_SEED:
        text_addf(out, "%" PRIu64, *(const uint64_t *)at);
        break;
    case SCHEMA_TEXT:
    case SCHEMA_URL:
        add_quoted(at, out);
        break;
    case SCHEMA_NAME:
    case SCHEMA_WORD:
        text_add(out, at);
        break;
    case SCHEMA_CHOICE:
        memcpy(&place, at, sizeof place);
        add_word(row->unit_or_words, place, out);
        break;
    }
}

static void add_words(const char *words, struct text *out)
{
    text_add(out, "one of ");
    for (; *words != '\0'; words++) {
        text_add(out, *words == '|' ? ", " : (char[]){*words, '\0'});
    }
}

static void add_range(const struct schema_row *row, const char *what, struct text *out)
{
    char lowest[NUM_TEXT_SIZE];
    char highest[NUM_TEXT_SIZE];
    text_addf(out, "%s from %s to %s%s%s", what, num_format_shortest(lowest, row->lowest),
              num_format_shortest(highest, row->highest),
              row->unit_or_words[0] != '\0' ? " " : "", row->unit_or_words);
}

/* "http:// or https:// and then ". */
static void add_schemes(const char *words, struct text *out)
{
    for (; *words != '\0'; words += *words == '|') {
        const size_t size = strcspn(words, "|");
        text_addf(out, "%.*s:// ", (int)size, words);
        words += size;
        text_add(out, *words == '|' ? "or " : "and then ");
    }
}

void schema_add_expected(const struct schema_row *row, struct text *out)
{
    switch (row->type) {
    case SCHEMA_FLAG:
        text_add(out, "true or false");
        break;
    case SCHEMA_NUMBER:
        add_range(row, "a number", out);
        break;
    case SCHEMA_INT32:
    case SCHEMA_INT64:
        add_range(row, "a whole number", out);
        break;
    case SCHEMA_SEED:
        text_addf(out, "a whole number from 0 to %" PRIu64, UINT64_MAX);
        break;
    case SCHEMA_TEXT:
        text_addf(out, "text of at most %zu bytes", row->size - 1);
        break;
    case SCHEMA_URL:
        add_schemes(row->unit_or_words, out);
        text_addf(out, "host[:port][/path], port 1 to %d, at most %zu bytes", UINT16_MAX,
                  row->size - 1);
        break;
    case SCHEMA_NAME:
        text_addf(out, "at most %zu capitals, digits and -_.", row->size - 1);
        break;
    case SCHEMA_WORD:
    case SCHEMA_CHOICE:
        add_words(row->unit_or_words, out);
        break;
    }
    if (schema_takes_null(row)) {
        text_add(out, ", or null");
    }
}
