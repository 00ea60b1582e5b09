#include "run/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/safe.h"

/* No byte grows beyond this in its safe form. */
enum { SAFE_GROWTH = 10 };

static void new_line(struct json *json)
{
    text_addf(json->out, "\n%*s", 2 * json->depth, "");
}

static void add_quoted(struct text *out, const char *value)
{
    const size_t length = strlen(value);
    const size_t size = length * SAFE_GROWTH + 1;
    char *shown = mem_array(size, 1);
    safe_text(shown, size, value, length);

    text_add_char(out, '"');
    for (const char *at = shown; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\') {
            text_add_char(out, '\\');
        }
        text_add_char(out, *at);
    }
    text_add_char(out, '"');
    mem_free(shown);
}

/* Everything in front of a value: the comma, the line, the key. */
static void lead_in(struct json *json, const char *key)
{
    if (json->depth > 0) {
        text_add(json->out, json->empty ? "" : ",");
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

void json_add_number(struct json *json, const char *key, double value)
{
    char buffer[NUM_TEXT_SIZE];
    lead_in(json, key);
    text_add(json->out, num_format_shortest(buffer, value));
}

void json_add_integer(struct json *json, const char *key, int64_t value)
{
    lead_in(json, key);
    text_addf(json->out, "%" PRId64, value);
}

void json_add_unsigned(struct json *json, const char *key, uint64_t value)
{
    lead_in(json, key);
    text_addf(json->out, "%" PRIu64, value);
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
