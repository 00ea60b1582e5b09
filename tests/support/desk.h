#pragma once
#include <jansson.h>
#include <stdbool.h>

#include "support/check.h"
#include "support/program.h"

/* desk: a state folder of a test's own, the session host on it, and the commands of an
 * operator.
 *
 * Files of the test lie beside the state folder. Where there is one, all of it lies in memory
 * ($TMPDIR, /dev/shm): what a power cut does is not the matter here, what a process leaves is.
 */

enum { DESK_PATH_SIZE = 256, DESK_HOST_MS = 20 * 1000 };

struct desk {
    char folder[DESK_PATH_SIZE];
    char state[DESK_PATH_SIZE];
    struct program host;    /* `paper` */
    struct program command; /* the last other command */
};

/* cmocka's set-up and tear-down: *state is a struct desk. */
int desk_open(void **state);
int desk_close(void **state);

/* "FOLDER/NAME", written; the path is good until the next call with the same buffer. */
const char *desk_file(const struct desk *desk, char path[DESK_PATH_SIZE], const char *name,
                      const char *text);

/* A folder and everything in it. */
void desk_remove(const char *path);

/* Runs `arblite --state-dir STATE WORDS` to its end and returns the exit code. */
__attribute__((format(printf, 2, 3))) int desk_run(struct desk *desk, const char *format, ...);
/* Starts `arblite --state-dir STATE paper WORDS`. It ends by itself when forgotten. */
__attribute__((format(printf, 2, 3))) void desk_host(struct desk *desk, const char *format,
                                                     ...);
/* Waits until the host can be attached to. */
void desk_host_ready(struct desk *desk);
/* Waits for a line of its life; fails when it does not come. */
void desk_hears(struct desk *desk, const char *line);
int desk_host_end(struct desk *desk);   /* waits; its exit code */
void desk_host_kill(struct desk *desk); /* SIGKILL, and what it had said is read */

/* `status --json`; the caller owns it (json_decref). */
json_t *desk_status(struct desk *desk);
/* A value by its path, "kill.on", "feeds.0.state"; fails when it is not there. */
const json_t *desk_at(const json_t *document, const char *path);
double desk_number(const json_t *document, const char *path);
bool desk_flag(const json_t *document, const char *path);
const char *desk_word(const json_t *document, const char *path); /* "" for null */

/* The first number that a question to the journal gives. */
int64_t desk_rows(const struct desk *desk, const char *sql);

/* All rows of a question to the journal whose one column is JSON; the caller owns them. */
json_t *desk_table(const struct desk *desk, const char *sql);

/* The program's refusal, on standard error of the last command, has these words. */
void desk_was_told(const struct desk *desk, const char *words);

/* How often a text stands in another. */
int desk_count(const char *text, const char *what);
