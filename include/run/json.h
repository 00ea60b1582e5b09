#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* json: a document under construction, two spaces a level, fields in the order they are given.
 *
 * The same fields give the same bytes on every machine. A plain value over a text of the
 * caller. Inside an array `key` is NULL. Strings are shown safely (base/safe.h). The names keep
 * clear of the JSON library that the program links. */

struct json {
    struct text *out;
    int depth;
    bool empty;    /* nothing stands yet on this level */
    bool one_line; /* a blank behind each comma instead of a line */
};

void json_begin(struct json *json, struct text *out);
/* A document of one line, as tune/line folds the other kind. */
void json_begin_line(struct json *json, struct text *out);
void json_open_object(struct json *json, const char *key);
void json_close_object(struct json *json);
void json_open_array(struct json *json, const char *key);
void json_close_array(struct json *json);

void json_add_number(struct json *json, const char *key,
                     double value); /* null when not finite */
void json_add_integer(struct json *json, const char *key, int64_t value);
void json_add_unsigned(struct json *json, const char *key, uint64_t value);
void json_add_bool(struct json *json, const char *key, bool value);
void json_add_null(struct json *json, const char *key);
void json_add_string(struct json *json, const char *key, const char *value);
/* null when empty */
void json_add_string_or_null(struct json *json, const char *key, const char *value);
