#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"
#include "tune/space.h"
#include "view/tuning.h"

/* session_edit: a session file with another name or other values along its axes.
 *
 * What the file says is kept word by word; its comments and layout are not. */

/* Whether there is anything to change. */
bool session_edit_changes(const struct tuning_edits *edits);

/* Appends the edited file as YAML. The bytes are of a session file that session_file_parse()
 * takes; whether the edits make sense is asked by giving it the outcome. ERR_INPUT: the file
 * has no axis of that name. */
bool session_edit(const char *path, const char *bytes, size_t length,
                  const struct tuning_edits *edits, struct text *out, struct err *err);

/* Appends the values of an axis as they are typed: "5, 10, 15". */
void session_edit_values(const struct space_axis *axis, struct text *out);
