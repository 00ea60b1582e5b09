#include "json_text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/safe.h"

/* A whole number below 10^18 always fits jansson's 64 signed bits. */
enum { LONG_DIGITS = 19, MESSAGE_SIZE = 256 };

bool json_fail(const struct json_fault *fault, enum reason reason, const char *format, ...)
{
    char message[MESSAGE_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    *fault->reason = reason;
    return err_set(fault->err, ERR_INPUT, "%s", message);
}

/* Just behind the string that opens at `at`; the end when it does not close. */
static const char *behind_string(const char *at, const char *end)
{
    for (at++; at < end; at++) {
        if (*at == '"') {
            return at + 1;
        }
        if (*at == '\\' && end - at > 1) {
            at++;
        }
    }
    return end;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Just behind the number that begins at `at`. */
static const char *behind_number(const char *at, const char *end, bool *is_long)
{
    const char *digits = *at == '-' ? at + 1 : at;
    const char *behind = digits;
    while (behind < end && is_digit(*behind)) {
        behind++;
    }
    const bool whole = behind == end || (*behind != '.' && *behind != 'e' && *behind != 'E');
    *is_long = whole && behind - digits >= LONG_DIGITS && *digits != '0';
    while (behind < end && (is_digit(*behind) || strchr(".eE+-", *behind) != NULL) &&
           *behind != '\0') {
        behind++;
    }
    return behind;
}

struct survey {
    size_t depth_max;
    size_t long_numbers;
};

/* One pass over the bytes. Broken nesting is left to the parser. */
static struct survey survey_text(const char *bytes, size_t length)
{
    struct survey survey = {0, 0};
    size_t depth = 0;
    const char *const end = bytes + length;
    for (const char *at = bytes; at < end;) {
        if (*at == '"') {
            at = behind_string(at, end);
            continue;
        }
        if (*at == '-' || is_digit(*at)) {
            bool is_long;
            at = behind_number(at, end, &is_long);
            survey.long_numbers += is_long ? 1 : 0;
            continue;
        }
        if (*at == '{' || *at == '[') {
            depth++;
            survey.depth_max = depth > survey.depth_max ? depth : survey.depth_max;
        } else if ((*at == '}' || *at == ']') && depth > 0) {
            depth--;
        }
        at++;
    }
    return survey;
}

/* A copy with every long whole number between quotes. */
static char *quote_long_numbers(const char *bytes, size_t length, size_t long_numbers,
                                size_t *quoted_length)
{
    char *const copy = mem_zalloc(length + 2 * long_numbers + 1);
    char *to = copy;
    const char *const end = bytes + length;
    for (const char *at = bytes; at < end;) {
        bool is_long = false;
        const char *behind = at + 1;
        if (*at == '"') {
            behind = behind_string(at, end);
        } else if (*at == '-' || is_digit(*at)) {
            behind = behind_number(at, end, &is_long);
        }
        if (is_long) {
            *to++ = '"';
        }
        memcpy(to, at, (size_t)(behind - at));
        to += behind - at;
        if (is_long) {
            *to++ = '"';
        }
        at = behind;
    }
    *quoted_length = (size_t)(to - copy);
    return copy;
}

static bool load(json_t **out, const char *bytes, size_t length, const struct json_fault *fault)
{
    json_error_t error;
    json_t *root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        char text[MESSAGE_SIZE];
        safe_text(text, sizeof(text), error.text, strlen(error.text));
        /* Long whole numbers are strings by now, so what overflows is 1e400. */
        const bool overflows = json_error_code(&error) == json_error_numeric_overflow;
        return json_fail(fault, overflows ? REASON_INPUT_NOT_FINITE : REASON_INPUT_MALFORMED,
                         "not JSON at byte %d: %s", error.position, text);
    }
    *out = root;
    return true;
}

bool json_text_load(json_t **out, const char *bytes, size_t length,
                    const struct json_fault *fault)
{
    if (length > JSON_TEXT_SIZE_MAX) {
        return json_fail(fault, REASON_NET_OVERSIZE, "message of %zu bytes (at most %d)",
                         length, JSON_TEXT_SIZE_MAX);
    }
    const struct survey survey = survey_text(bytes, length);
    if (survey.depth_max > JSON_TEXT_DEPTH_MAX) {
        return json_fail(fault, REASON_INPUT_DEPTH, "message nested %zu deep (at most %d)",
                         survey.depth_max, JSON_TEXT_DEPTH_MAX);
    }
    if (survey.long_numbers == 0) {
        return load(out, bytes, length, fault);
    }
    size_t quoted_length;
    char *quoted = quote_long_numbers(bytes, length, survey.long_numbers, &quoted_length);
    const bool loaded = load(out, quoted, quoted_length, fault);
    mem_free(quoted);
    return loaded;
}
