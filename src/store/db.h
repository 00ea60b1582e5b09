#pragma once
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/reason.h"
#include "statements.h"

/* db: one SQLite connection, its prepared statements and what became of its transaction.
 *
 * A statement that fails inside a transaction spoils it: commit refuses and nothing of it is
 * kept. After an I/O error or damage the connection takes no more writes, since a second fsync
 * may claim what the first one lost (SAFETY.md row 44). */

enum { DB_COMMITS_KEPT = 256, DB_BUSY_MS = 1000 };

/* Which file of ours it is: a journal, or what sweeps leave beside it. */
struct db_kind {
    const char *name;   /* in messages */
    const char *writer; /* the command that brings an old file up, for who may only read */
    int application_id;
    int version;
    const char *const *steps; /* what brings version i to version i + 1 */
    bool relaxed; /* a power cut may take the last commits, not what is whole in the file */
};

struct journal {
    const struct db_kind *kind;
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENT_LAST + 1];
    bool in_transaction;
    struct err spoiled; /* why this transaction cannot be committed; ERR_NONE: it can */
    struct err broken;  /* why nothing can be written any more; ERR_NONE: it can */
    enum reason fault;
    double commit_ms[DB_COMMITS_KEPT];
    uint64_t commits;
};

/* Opens, checks that the file is ours and whole, and brings it to this build's version. */
bool db_open(struct journal *journal, const struct db_kind *kind, const char *path,
             bool readonly, struct err *err);
void db_close(struct journal *journal);

/* Turns SQLite's last error into err, notes the fault and spoils the transaction. */
bool db_fail(struct journal *journal, struct err *err);

/* A transaction of its own around several statements, or part of the one that is open. */
bool db_join(struct journal *journal, bool *own, struct err *err);
bool db_leave(struct journal *journal, bool own, bool fine, struct err *err);
