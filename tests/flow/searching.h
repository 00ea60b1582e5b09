#pragma once
/* searching: a session file from configs/tuning, planned and run in the folder of a desk. */
#include <stdarg.h>
#include <stdlib.h>

#include "support/desk.h"

enum { SEARCHING_MS = 100 * 1000 };

/* Starts `arblite WORDS` in the folder of the desk, with its state folder. */
__attribute__((format(printf, 3, 4))) static inline void
searching_start(const struct desk *desk, struct program *program, const char *format, ...)
{
    char words[1024], asked[512];
    va_list args;
    va_start(args, format);
    vsnprintf(asked, sizeof asked, format, args);
    va_end(args);
    snprintf(words, sizeof words, "--state-dir %s %s", desk->state, asked);
    program_start_in(program, desk->folder, NULL, words);
}

static inline void searching_ends_well(struct program *program)
{
    if (program_end(program, SEARCHING_MS) != 0) {
        fail_msg("%s", program_said(program, PROGRAM_MESSAGES));
    }
}

/* Plans and runs configs/tuning/NAME.yaml as it stands; every one of so many jobs succeeds. */
static inline void searching_run(struct desk *desk, const char *name, int jobs)
{
    char expected[128];
    searching_start(desk, &desk->command,
                    "session plan --session-file " TUNING "/%s.yaml --output-jobs-file "
                    "plan.jsonl",
                    name);
    searching_ends_well(&desk->command);
    snprintf(expected, sizeof expected, "%d jobs\n", jobs);
    assert_string_equal(program_said(&desk->command, PROGRAM_OUT), expected);
    searching_start(desk, &desk->command, "session run --jobs-file plan.jsonl");
    searching_ends_well(&desk->command);
    snprintf(expected, sizeof expected, "attempted %d, success %d, error 0, skipped 0\n", jobs,
             jobs);
    assert_string_equal(program_said(&desk->command, PROGRAM_OUT), expected);
}
