#pragma once
#include "base/err.h"
#include "base/text.h"
#include "tune/session_file.h"
#include "view/tuning.h"

/* desk_form: a session file with its edits in, read and checked: what the form shows and what a
 * launch writes. */

struct form_file {
    struct session_file session;
    struct text bytes; /* as it would be launched */
};

/* On failure err says the first mistake, with its line where it is one of the file. */
bool form_file_load(struct form_file *file, const struct tuning_edits *edits, struct err *err);
void form_file_finish(struct form_file *file); /* accepts zeroed */
