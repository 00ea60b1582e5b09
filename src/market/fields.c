#include "fields.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/safe.h"

enum { CULPRIT_SIZE = 48 };
#define NS_PER_MS   INT64_C(1000000)
#define TIME_MS_MAX (INT64_MAX / NS_PER_MS)
#define EXACT_MAX   9007199254740992.0 /* 2^53: below it a whole double is an exact integer */

struct culprit {
    char text[CULPRIT_SIZE];
};

static struct culprit culprit_of(const json_t *value)
{
    struct culprit culprit;
    if (json_is_string(value)) {
        safe_text(culprit.text, sizeof(culprit.text), json_string_value(value),
                  json_string_length(value));
    } else if (json_is_integer(value)) {
        snprintf(culprit.text, sizeof(culprit.text), "%lld",
                 (long long)json_integer_value(value));
    } else if (json_is_real(value)) {
        num_format_shortest(culprit.text, json_real_value(value));
    } else {
        static const char *const kinds[] = {"an object", "an array", "a string", "a number",
                                            "a number",  "true",     "false",    "null"};
        snprintf(culprit.text, sizeof(culprit.text), "%s", kinds[json_typeof(value)]);
    }
    return culprit;
}

static const json_t *member(const struct fields *fields, const char *name)
{
    const json_t *value = json_object_get(fields->object, name);
    if (value == NULL) {
        json_fail(fields->fault, REASON_INPUT_MALFORMED, "%s: missing", name);
    }
    return value;
}

bool fields_have(const struct fields *fields, const char *name)
{
    return json_object_get(fields->object, name) != NULL;
}

static bool is_not_finite(const json_t *value)
{
    return json_is_string(value) &&
           num_is_not_finite(json_string_value(value), json_string_length(value));
}

bool fields_value_number(const json_t *value, const char *name, double *out,
                         const struct json_fault *fault)
{
    double number;
    if (json_is_number(value)) {
        number = json_number_value(value);
    } else if (!json_is_string(value) ||
               !num_parse_double(json_string_value(value), json_string_length(value),
                                 &number)) {
        return json_fail(
            fault, is_not_finite(value) ? REASON_INPUT_NOT_FINITE : REASON_INPUT_MALFORMED,
            "%s: '%s' is not a number", name, culprit_of(value).text);
    }
    *out = number;
    return true;
}

bool fields_number(const struct fields *fields, const char *name, double *out)
{
    const json_t *value = member(fields, name);
    return value != NULL && fields_value_number(value, name, out, fields->fault);
}

bool fields_positive(const struct fields *fields, const char *name, double *out)
{
    double number;
    if (!fields_number(fields, name, &number)) {
        return false;
    }
    if (number < DBL_MIN) {
        return json_fail(fields->fault, REASON_INPUT_NOT_POSITIVE, "%s: '%s' is not above zero",
                         name, culprit_of(json_object_get(fields->object, name)).text);
    }
    *out = number;
    return true;
}

bool fields_price(const struct fields *fields, const char *name, double *out)
{
    double number;
    if (!fields_positive(fields, name, &number)) {
        return false;
    }
    if (number > FIELDS_PRICE_MAX) {
        return json_fail(fields->fault, REASON_INPUT_RANGE, "%s: '%s' is no price", name,
                         culprit_of(json_object_get(fields->object, name)).text);
    }
    *out = number;
    return true;
}

bool fields_not_negative(const struct fields *fields, const char *name, double *out)
{
    double number;
    if (!fields_number(fields, name, &number)) {
        return false;
    }
    if (number < 0.0) {
        return json_fail(fields->fault, REASON_INPUT_NOT_POSITIVE, "%s: '%s' is below zero",
                         name, culprit_of(json_object_get(fields->object, name)).text);
    }
    *out = number;
    return true;
}

bool fields_id(const struct fields *fields, const char *name, uint64_t *out)
{
    const json_t *value = member(fields, name);
    if (value == NULL) {
        return false;
    }
    if (json_is_integer(value) && json_integer_value(value) >= 0) {
        *out = (uint64_t)json_integer_value(value);
        return true;
    }
    if (json_is_string(value) &&
        num_parse_uint64(json_string_value(value), json_string_length(value), out)) {
        return true;
    }
    return json_fail(fields->fault, REASON_INPUT_RANGE,
                     "%s: '%s' is not an id (expected an unsigned 64-bit number)", name,
                     culprit_of(value).text);
}

/* A whole number: integer, whole real below 2^53, or a string of digits. */
static bool whole(const json_t *value, int64_t *out)
{
    if (json_is_integer(value)) {
        *out = json_integer_value(value);
        return true;
    }
    if (json_is_real(value)) {
        const double number = json_real_value(value);
        if (fabs(number) > EXACT_MAX || number != trunc(number)) {
            return false;
        }
        *out = (int64_t)number;
        return true;
    }
    return json_is_string(value) &&
           num_parse_int64(json_string_value(value), json_string_length(value), out);
}

bool fields_int64(const struct fields *fields, const char *name, int64_t *out)
{
    const json_t *value = member(fields, name);
    if (value == NULL) {
        return false;
    }
    if (!whole(value, out)) {
        return json_fail(fields->fault, REASON_INPUT_MALFORMED,
                         "%s: '%s' is not a whole number", name, culprit_of(value).text);
    }
    return true;
}

bool fields_time_ns(const struct fields *fields, const char *name, int64_t *out)
{
    int64_t time_ms;
    if (!fields_int64(fields, name, &time_ms)) {
        return false;
    }
    if (time_ms < 0 || time_ms > TIME_MS_MAX) {
        return json_fail(fields->fault, REASON_INPUT_RANGE,
                         "%s: '%lld' is not a time (expected milliseconds since 1970)", name,
                         (long long)time_ms);
    }
    *out = time_ms * NS_PER_MS;
    return true;
}

bool fields_symbol(const struct fields *fields, const char *name, char *buffer, size_t size)
{
    const json_t *value = member(fields, name);
    if (value == NULL) {
        return false;
    }
    if (!json_is_string(value) || json_string_length(value) == 0 ||
        json_string_length(value) >= size) {
        return json_fail(fields->fault, REASON_INPUT_MALFORMED,
                         "%s: '%s' is not a symbol (expected 1 to %zu letters)", name,
                         culprit_of(value).text, size - 1);
    }
    memcpy(buffer, json_string_value(value), json_string_length(value) + 1);
    return true;
}

void fields_excerpt(const struct fields *fields, const char *name, char *buffer, size_t size)
{
    assert(size > 0);
    const json_t *value = json_object_get(fields->object, name);
    if (value == NULL) {
        buffer[0] = '\0';
    } else if (json_is_string(value)) {
        safe_text(buffer, size, json_string_value(value), json_string_length(value));
    } else {
        snprintf(buffer, size, "%s", culprit_of(value).text);
    }
}

static bool is_known(const char *name, const char *const *known)
{
    for (; *known != NULL; known++) {
        if (strcmp(name, *known) == 0) {
            return true;
        }
    }
    return false;
}

int32_t fields_unknown(const json_t *object, const char *const *known)
{
    int32_t count = 0;
    json_t *walked = (json_t *)object; /* jansson's iterators take no const; nothing changes */
    for (void *at = json_object_iter(walked); at != NULL;
         at = json_object_iter_next(walked, at)) {
        count += is_known(json_object_iter_key(at), known) ? 0 : 1;
    }
    return count;
}
