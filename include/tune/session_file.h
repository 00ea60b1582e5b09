#pragma once
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "tune/space.h"

/* session_file: what an operator wants tried: YAML or JSON (SPEC.md 5), read and checked.
 *
 * Everything that is wrong is told at once, with its line. Ranges of values are not checked
 * here: a job with a value that makes no sense is a failed job with its reason. */

enum {
    SESSION_FILE_FIXED_MAX = 32,
    SESSION_FILE_NAME_MAX = 64, /* bytes of a name that becomes a folder and ids */
};

struct session_file_fixed {
    const struct param *param;
    double value;
};

struct session_file {
    char data_file[4096];
    char name[SESSION_FILE_NAME_MAX + 1]; /* of the folder: tag_prefix or the file's stem */
    bool has_prefix;                      /* ids start with the name, else with "job" */
    int fixed_count;
    struct session_file_fixed fixed[SESSION_FILE_FIXED_MAX]; /* in the order of the file */
    struct space space;
    struct space_drawing drawing;
    double train_s, test_s; /* of a walk-forward, both above 0; 0: it is none */
};

/* On failure `report` holds a line per mistake, `FILE:LINE: ...`, and err their number. End it
 * with session_file_finish(). */
bool session_file_load(struct session_file *file, const char *path, struct text *report,
                       struct err *err);
/* The same from memory. */
bool session_file_parse(struct session_file *file, const char *path, const char *bytes,
                        size_t length, struct text *report, struct err *err);
void session_file_finish(struct session_file *file); /* accepts zeroed */

/* Letters, digits and -_. that do not begin with a dot: fit for a folder and an id. */
bool session_file_is_name(const char *name);
