#pragma once
#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/err.h"
#include "core/reason.h"

/* json_text: the bytes of one message to a JSON tree, after checks that cost less than the
 * tree: size, nesting, and whole numbers too long for jansson.
 *
 * Whole numbers of 19 digits and more arrive as strings of those digits, so that an id beyond
 * 2^63 is neither rounded nor a reason to lose the message around it. */

enum { JSON_TEXT_SIZE_MAX = 4 * 1024 * 1024, JSON_TEXT_DEPTH_MAX = 64 };

/* Why a message could not be read. `reason` is one of INPUT.* and NET.OVERSIZE. */
struct json_fault {
    enum reason *reason;
    struct err *err;
};

/* Sets both and returns false, so that it can end a function. */
__attribute__((format(printf, 3, 4))) bool
json_fail(const struct json_fault *fault, enum reason reason, const char *format, ...);

/* The root is an object or an array without duplicate names; the caller ends it with
 * json_decref(). */
bool json_text_load(json_t **out, const char *bytes, size_t length,
                    const struct json_fault *fault);
