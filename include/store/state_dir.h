#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* state_dir: the folder a session lives in: one lock, one kill flag, one journal, one socket.
 *
 * Folder 0700. The lock is a separate file (flock) with the holder's pid in it, so no other
 * code touches the database file. Unreadable or contradictory kill state reads as on. */

enum { STATE_DIR_PATH_SIZE = 512 };

struct state_dir {
    char path[STATE_DIR_PATH_SIZE];
    char journal[STATE_DIR_PATH_SIZE];   /* journal.sqlite */
    char socket[STATE_DIR_PATH_SIZE];    /* session.sock */
    char kill_flag[STATE_DIR_PATH_SIZE]; /* KILL */
    char lock[STATE_DIR_PATH_SIZE];      /* lock */
    int lock_fd;                         /* -1: not held */
};

/* `given` or NULL: $ARBLITE_STATE_DIR, $XDG_STATE_HOME/arblite, ~/.local/state/arblite. Creates
 * nothing. */
bool state_dir_find(struct state_dir *dir, const char *given, struct err *err);
/* Creates the folder when missing and checks owner and mode. */
bool state_dir_create(struct state_dir *dir, struct err *err);
/* Takes the lock; ERR_REFUSED naming the holder's pid when somebody has it. */
bool state_dir_lock(struct state_dir *dir, struct err *err);
void state_dir_unlock(struct state_dir *dir); /* accepts one that is not held */
/* Pid of the holder, 0 when nobody holds it. */
int state_dir_holder(const struct state_dir *dir);

/* Flag file: exclusive create, fsync file, fsync folder. Engaging twice is fine; who came first
 * and why stays in it: "by NAME: REASON", or "by NAME". */
bool state_dir_engage_kill(const struct state_dir *dir, const char *by, const char *reason,
                           struct err *err);
bool state_dir_release_kill(const struct state_dir *dir, struct err *err);
bool state_dir_kill_engaged(const struct state_dir *dir);
/* Who engaged it and why, safe to show. A file that somebody else made is by "flag file", for
 * the reason of its first line. */
struct state_dir_kill {
    char by[24];
    char reason[64];
};
void state_dir_kill_cause(const struct state_dir *dir, struct state_dir_kill *out);
