#include "store/journal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "query.h"
#include "schema_2_sql.h"
#include "schema_3_sql.h"
#include "schema_sql.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

static const char *const STEPS[] = {SCHEMA_SQL, SCHEMA_2_SQL, SCHEMA_3_SQL};

static const struct db_kind KIND = {
    .name = "journal",
    .writer = "arblite paper",
    .application_id = 0x6172626c, /* "arbl" */
    .version = LEN(STEPS),
    .steps = STEPS,
};

static bool open_as(struct journal **out, const char *path, bool readonly, struct err *err)
{
    struct journal *journal = mem_zalloc(sizeof(*journal));
    if (!db_open(journal, &KIND, path, readonly, err)) {
        journal_close(journal);
        return err_wrap(err, "'%s'", path);
    }
    *out = journal;
    return true;
}

bool journal_open(struct journal **out, const char *path, struct err *err)
{
    return open_as(out, path, false, err);
}

bool journal_open_readonly(struct journal **out, const char *path, struct err *err)
{
    return open_as(out, path, true, err);
}

void journal_close(struct journal *journal)
{
    if (journal != NULL) {
        db_close(journal);
        mem_free(journal);
    }
}

/* Order of SESSION_COLUMNS. */
static const struct field SESSION_FIELDS[] = {
    FIELD(FIELD_TEXT, struct journal_session, name),
    FIELD(FIELD_TEXT, struct journal_session, mode),
    FIELD(FIELD_TEXT, struct journal_session, source),
    FIELD(FIELD_TEXT, struct journal_session, options_hash),
    FIELD(FIELD_TEXT, struct journal_session, options_text),
    FIELD(FIELD_TEXT, struct journal_session, data_hash),
    FIELD(FIELD_INT64, struct journal_session, started_wall_ns),
    FIELD(FIELD_INT64, struct journal_session, start_event_ns),
    FIELD(FIELD_INT64, struct journal_session, ended_wall_ns),
    FIELD(FIELD_TEXT, struct journal_session, end_reason),
    FIELD(FIELD_INT64, struct journal_session, seed),
    FIELD(FIELD_TEXT, struct journal_session, version),
};

bool journal_last_session(struct journal *journal, struct journal_session *out, bool *found,
                          struct err *err)
{
    struct query query;
    if (!query_start(&query, journal, STATEMENT_LAST_SESSION, err)) {
        return false;
    }
    const enum query_result result = query_step(&query, err);
    if (result == QUERY_FAILED) {
        return false;
    }
    *found = result == QUERY_ROW;
    if (*found) {
        out->id = query_take_int(&query);
        query_take_fields(&query, SESSION_FIELDS, LEN(SESSION_FIELDS), out);
    }
    query_end(&query);
    return true;
}

bool journal_start_session(struct journal *journal, struct journal_session *session,
                           struct err *err)
{
    struct query query;
    bool own;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    bool fine = query_start(&query, journal, STATEMENT_START_SESSION, err);
    if (fine) {
        query_bind_fields(&query, SESSION_FIELDS, LEN(SESSION_FIELDS), session);
        fine = query_run(&query, err);
    }
    const int64_t id = sqlite3_last_insert_rowid(journal->db);
    if (!db_leave(journal, own, fine, err)) {
        return false;
    }
    session->id = id;
    return true;
}

/* Updates must find their session: a wrong id is a bug of the caller, heard of at once. */
static bool run_on_session(struct query *query, int64_t id, struct err *err)
{
    struct journal *journal = query->journal;
    if (!query_run(query, err)) {
        return false;
    }
    return sqlite3_changes(journal->db) == 1 ||
           err_set(err, ERR_INTERNAL, "journal has no session %lld", (long long)id);
}

bool journal_end_session(struct journal *journal, int64_t id, int64_t wall_ns,
                         const char *reason, struct err *err)
{
    struct query query;
    bool own;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    bool fine = query_start(&query, journal, STATEMENT_END_SESSION, err);
    if (fine) {
        query_bind_int(&query, wall_ns);
        query_bind_text(&query, reason);
        query_bind_int(&query, id);
        fine = run_on_session(&query, id, err);
    }
    return db_leave(journal, own, fine, err);
}

bool journal_set_data_hash(struct journal *journal, int64_t id, const char *hash,
                           struct err *err)
{
    struct query query;
    bool own;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    bool fine = query_start(&query, journal, STATEMENT_SET_DATA_HASH, err);
    if (fine) {
        query_bind_text(&query, hash);
        query_bind_int(&query, id);
        fine = run_on_session(&query, id, err);
    }
    return db_leave(journal, own, fine, err);
}
