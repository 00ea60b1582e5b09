#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "json_text.h"

/* fields: the members of one JSON object as values of ours, strictly.
 *
 * A number may arrive as a JSON number or as a string that holds one; both give what strtod
 * gives for its digits. Every reader writes *out on success only and names the member when it
 * fails. */

struct fields {
    const json_t *object;
    const struct json_fault *fault;
};

bool fields_have(const struct fields *fields, const char *name);

bool fields_number(const struct fields *fields, const char *name, double *out);
/* Above zero; what is smaller than a normal double counts as zero. */
bool fields_positive(const struct fields *fields, const char *name, double *out);
/* The same, and small enough to count money in: 1e-8 of it fit into 64 bits. */
#define FIELDS_PRICE_MAX 9e10
bool fields_price(const struct fields *fields, const char *name, double *out);
bool fields_not_negative(const struct fields *fields, const char *name, double *out);
/* Unsigned 64 bit, exact. */
bool fields_id(const struct fields *fields, const char *name, uint64_t *out);
bool fields_int64(const struct fields *fields, const char *name, int64_t *out);
/* Milliseconds since 1970 to nanoseconds. */
bool fields_time_ns(const struct fields *fields, const char *name, int64_t *out);
/* A string that fits `size` with its NUL. */
bool fields_symbol(const struct fields *fields, const char *name, char *buffer, size_t size);
/* Any scalar as text, cut to fit; "" when it is not there. For what only a person reads. */
void fields_excerpt(const struct fields *fields, const char *name, char *buffer, size_t size);

/* Members whose name is not in the NULL-terminated list. */
int32_t fields_unknown(const json_t *object, const char *const *known);

/* One value, for arrays. `name` is for the message. */
bool fields_value_number(const json_t *value, const char *name, double *out,
                         const struct json_fault *fault);
