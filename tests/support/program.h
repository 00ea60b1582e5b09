#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "base/text.h"

/* program: the executable as an operator runs it: started, listened to, signalled, waited for.
 *
 * Wants ARBLITE, its path, in the environment. Whatever goes wrong with the process itself, a
 * time-out among it, fails the test. */

enum program_stream { PROGRAM_OUT, PROGRAM_MESSAGES, PROGRAM_STREAM_LAST = PROGRAM_MESSAGES };

struct program {
    pid_t pid; /* 0: none runs */
    int fds[PROGRAM_STREAM_LAST + 1];
    struct text said[PROGRAM_STREAM_LAST + 1]; /* so far; kept until the next start */
};

/* Starts it with words separated by blanks. `environment` is NULL (this process's) or what
 * execve() takes; `folder` is where it runs, NULL: here. */
void program_start_in(struct program *program, const char *folder,
                      const char *const environment[], const char *words);
void program_start(struct program *program, const char *words);

/* Listens until it has said so, or has ended; false when it ended or the time is over. */
bool program_says(struct program *program, enum program_stream stream, const char *what,
                  int timeout_ms);
/* Listens that long, whatever comes. */
void program_listen(struct program *program, int64_t time_ns);
void program_signal(const struct program *program, int number);
/* Waits for its end: the exit code, or -N after signal N. */
int program_end(struct program *program, int timeout_ms);
/* All of it, from start to end. */
int program_run(struct program *program, const char *words);

const char *program_said(const struct program *program, enum program_stream stream);
/* Kills it when it still runs, and frees. Accepts a zeroed one. */
void program_finish(struct program *program);
