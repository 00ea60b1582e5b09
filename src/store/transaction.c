#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "query.h"
#include "store/journal.h"

static bool run_plain(struct journal *journal, enum statement which, struct err *err)
{
    struct query query;
    return query_start(&query, journal, which, err) && query_run(&query, err);
}

bool journal_begin(struct journal *journal, struct err *err)
{
    assert(!journal->in_transaction);
    if (journal->broken.kind != ERR_NONE) {
        *err = journal->broken;
        return err_wrap(err, "journal takes no more writes");
    }
    if (!run_plain(journal, STATEMENT_BEGIN, err)) {
        return false;
    }
    journal->in_transaction = true;
    journal->spoiled.kind = ERR_NONE;
    return true;
}

void journal_rollback(struct journal *journal)
{
    struct err ignored;
    journal->in_transaction = false;
    journal->spoiled.kind = ERR_NONE;
    /* Some failures have rolled back already. When even this one fails, the transaction dies
     * with the connection, and the connection is broken. */
    if (!sqlite3_get_autocommit(journal->db) &&
        !run_plain(journal, STATEMENT_ROLLBACK, &ignored)) {
        journal->broken = ignored;
    }
}

bool journal_commit(struct journal *journal, struct err *err)
{
    assert(journal->in_transaction);
    if (journal->spoiled.kind != ERR_NONE) {
        *err = journal->spoiled;
        journal_rollback(journal);
        return err_wrap(err, "nothing of this transaction was kept");
    }
    const int64_t start_ns = clock_monotonic_ns();
    if (!run_plain(journal, STATEMENT_COMMIT, err)) {
        journal_rollback(journal);
        return err_wrap(err, "nothing of this transaction was kept");
    }
    const int64_t taken_ns = clock_monotonic_ns() - start_ns;
    journal->commit_ms[journal->commits++ % DB_COMMITS_KEPT] = (double)taken_ns / 1e6;
    journal->in_transaction = false;
    journal->fault = REASON_NONE;
    return true;
}

bool db_join(struct journal *journal, bool *own, struct err *err)
{
    *own = !journal->in_transaction;
    if (*own) {
        return journal_begin(journal, err);
    }
    if (journal->spoiled.kind != ERR_NONE) {
        *err = journal->spoiled;
        return err_wrap(err, "this transaction failed before");
    }
    return true;
}

bool db_leave(struct journal *journal, bool own, bool fine, struct err *err)
{
    if (!own) {
        return fine;
    }
    if (!fine) {
        journal_rollback(journal);
        return false;
    }
    return journal_commit(journal, err);
}

enum reason journal_fault(const struct journal *journal)
{
    return journal->fault;
}

static int compare_ms(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

void journal_commit_ms(const struct journal *journal, double *last_ms, double *p99_ms)
{
    double sorted[DB_COMMITS_KEPT];
    const size_t count =
        journal->commits < DB_COMMITS_KEPT ? (size_t)journal->commits : DB_COMMITS_KEPT;
    *last_ms = 0.0;
    *p99_ms = 0.0;
    if (count > 0) {
        memcpy(sorted, journal->commit_ms, count * sizeof(sorted[0]));
        qsort(sorted, count, sizeof(sorted[0]), compare_ms);
        *last_ms = journal->commit_ms[(journal->commits - 1) % DB_COMMITS_KEPT];
        *p99_ms = sorted[(count * 99 + 99) / 100 - 1];
    }
}
