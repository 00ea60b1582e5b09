#include "run/json.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/safe.h"

/* No byte grows beyond this in its safe form. */
enum { SAFE_GROWTH = 10 };

static void new_line(struct json *json)
{
    static const char blanks[] = "\n                                                ";
    const size_t width = 2 * (size_t)json->depth;
    assert(width < sizeof blanks - 1);
    if (!json->one_line) {
        text_add_bytes(json->out, blanks, width + 1);
    }
}

/* Most of what is quoted shows as it is. */
static bool is_plain(const char *value, size_t *length)
{
    const char *at = value;
    while (*at >= ' ' && *at <= '~' && *at != '"' && *at != '\\') {
        at++;
    }
    *length = (size_t)(at - value);
    return *at == '\0';
}

static void add_safe(struct text *out, const char *value)
{
    const size_t length = strlen(value);
    const size_t size = length * SAFE_GROWTH + 1;
    char *shown = mem_array(size, 1);
    safe_text(shown, size, value, length);
    for (const char *at = shown; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\') {
            text_add_char(out, '\\');
        }
        text_add_char(out, *at);
    }
    mem_free(shown);
}

static void add_quoted(struct text *out, const char *value)
{
    size_t length;
    text_add_char(out, '"');
    if (is_plain(value, &length)) {
        text_add_bytes(out, value, length);
    } else {
        add_safe(out, value);
    }
    text_add_char(out, '"');
}

/* Everything in front of a value: the comma, the line, the key. */
static void lead_in(struct json *json, const char *key)
{
    if (json->depth > 0) {
        if (!json->empty) {
            text_add_bytes(json->out, ", ", json->one_line ? 2 : 1);
        }
        new_line(json);
    }
    json->empty = false;
    if (key != NULL) {
        add_quoted(json->out, key);
        text_add(json->out, ": ");
    }
}

static void open_level(struct json *json, const char *key, char bracket)
{
    lead_in(json, key);
    text_add_char(json->out, bracket);
    json->depth++;
    json->empty = true;
}

static void close_level(struct json *json, char bracket)
{
    json->depth--;
    if (!json->empty) {
        new_line(json);
    }
    text_add_char(json->out, bracket);
    json->empty = false;
}

void json_begin(struct json *json, struct text *out)
{
    *json = (struct json){.out = out, .empty = true};
}

void json_begin_line(struct json *json, struct text *out)
{
    *json = (struct json){.out = out, .empty = true, .one_line = true};
}

void json_open_object(struct json *json, const char *key)
{
    open_level(json, key, '{');
}

void json_close_object(struct json *json)
{
    close_level(json, '}');
}

void json_open_array(struct json *json, const char *key)
{
    open_level(json, key, '[');
}

void json_close_array(struct json *json)
{
    close_level(json, ']');
}

/* Lists of numbers are most of a result: their commas go out with them. */
static bool follows_in_line(struct json *json, const char *key)
{
    return key == NULL && json->one_line && json->depth > 0 && !json->empty;
}

void json_add_number(struct json *json, const char *key, double value)
{
    char buffer[2 + NUM_TEXT_SIZE] = ", ";
    num_format_shortest(buffer + 2, value);
    if (follows_in_line(json, key)) {
        text_add(json->out, buffer);
    } else {
        lead_in(json, key);
        text_add(json->out, buffer + 2);
    }
}

void json_add_integer(struct json *json, const char *key, int64_t value)
{
    char buffer[NUM_TEXT_SIZE];
    lead_in(json, key);
    text_add(json->out, num_format_int64(buffer, value));
}

void json_add_unsigned(struct json *json, const char *key, uint64_t value)
{
    char buffer[NUM_TEXT_SIZE];
    lead_in(json, key);
    text_add(json->out, num_format_uint64(buffer, value));
}

void json_add_bool(struct json *json, const char *key, bool value)
{
    lead_in(json, key);
    text_add(json->out, value ? "true" : "false");
}

void json_add_null(struct json *json, const char *key)
{
    lead_in(json, key);
    text_add(json->out, "null");
}

void json_add_string(struct json *json, const char *key, const char *value)
{
    lead_in(json, key);
    add_quoted(json->out, value);
}

void json_add_string_or_null(struct json *json, const char *key, const char *value)
{
    if (value[0] == '\0') {
        json_add_null(json, key);
    } else {
        json_add_string(json, key, value);
    }
}
