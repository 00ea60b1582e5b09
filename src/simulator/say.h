#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* say: members of a JSON object, one after the other. A comma comes by itself where one is
 * due; closing brackets are the caller's. Texts are ours and need no escapes. */

void say_name(struct text *out, const char *name); /* ,"name": */
/* Open an object or a list; without a name (NULL) it is one of a list, or the whole. */
void say_object(struct text *out, const char *name);
void say_list(struct text *out, const char *name);
void say_text(struct text *out, const char *name, const char *value);
void say_integer(struct text *out, const char *name, int64_t value);
void say_id(struct text *out, const char *name, uint64_t value);
void say_bool(struct text *out, const char *name, bool value);
/* Whole units of 10^-decimals as a string: "61631.70". */
void say_fixed_text(struct text *out, const char *name, int64_t units, int decimals);
/* A comma, unless the list or object was only just begun. */
void say_next(struct text *out);
