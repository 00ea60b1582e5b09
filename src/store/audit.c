#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "query.h"
#include "store/journal.h"

/* One row as the chain sees it. */
struct link {
    int64_t number;
    int64_t session;
    int64_t wall_ns;
    int64_t time_ns;
    const char *texts[4]; /* operator, verb, text, result */
};

/* Texts carry their length, so no two different rows have the same bytes. */
static void hash_link(const struct link *link, const char *previous,
                      char out[HASH_SHA256_TEXT_SIZE])
{
    struct text text = text_growing();
    text_addf(&text, "%s\n%lld %lld %lld %lld\n", previous, (long long)link->number,
              (long long)link->session, (long long)link->wall_ns, (long long)link->time_ns);
    for (size_t i = 0; i < 4; i++) {
        text_addf(&text, "%zu:%s\n", strlen(link->texts[i]), link->texts[i]);
    }
    hash_sha256_text(out, text_string(&text), text.length);
    text_finish(&text);
}

static bool read_head(struct journal *journal, int64_t *rows, char hash[HASH_SHA256_TEXT_SIZE],
                      struct err *err)
{
    struct query query;
    if (!query_start(&query, journal, STATEMENT_AUDIT_HEAD, err)) {
        return false;
    }
    const enum query_result result = query_step(&query, err);
    if (result == QUERY_FAILED) {
        return false;
    }
    if (result == QUERY_ROW) {
        *rows = query_take_int(&query);
        query_take_text(&query, hash, HASH_SHA256_TEXT_SIZE);
    }
    query_end(&query);
    return result == QUERY_ROW ||
           err_set(err, ERR_INPUT, "audit: the end of the chain is gone");
}

static bool move_head(struct journal *journal, int64_t rows, const char *hash, struct err *err)
{
    struct query query;
    if (!query_start(&query, journal, STATEMENT_MOVE_AUDIT_HEAD, err)) {
        return false;
    }
    query_bind_int(&query, rows);
    query_bind_text(&query, hash);
    return query_run(&query, err);
}

static bool append(struct journal *journal, int64_t session, const struct journal_audit *audit,
                   struct err *err)
{
    struct query query;
    char previous[HASH_SHA256_TEXT_SIZE];
    char hash[HASH_SHA256_TEXT_SIZE];
    int64_t rows = 0;
    if (!read_head(journal, &rows, previous, err) ||
        !query_start(&query, journal, STATEMENT_PUT_AUDIT, err)) {
        return false;
    }
    const struct link link = {
        .number = rows + 1,
        .session = session,
        .wall_ns = audit->wall_ns,
        .time_ns = audit->time_ns,
        .texts = {audit->operator_name, audit->verb, audit->text, audit->result},
    };
    hash_link(&link, previous, hash);
    query_bind_int(&query, link.number);
    query_bind_int(&query, link.session);
    query_bind_int(&query, link.wall_ns);
    query_bind_int(&query, link.time_ns);
    for (size_t i = 0; i < 4; i++) {
        query_bind_text(&query, link.texts[i]);
    }
    query_bind_text(&query, hash);
    return query_run(&query, err) && move_head(journal, link.number, hash, err);
}

bool journal_put_audit(struct journal *journal, int64_t session,
                       const struct journal_audit *audit, struct err *err)
{
    bool own;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    return db_leave(journal, own, append(journal, session, audit, err), err);
}

/* The link in the row under `query`; its texts are borrowed until the next step. */
static struct link read_link(struct query *query, const char **hash)
{
    struct link link;
    link.number = query_take_int(query);
    link.session = query_take_int(query);
    link.wall_ns = query_take_int(query);
    link.time_ns = query_take_int(query);
    for (size_t i = 0; i < 4; i++) {
        link.texts[i] = (const char *)sqlite3_column_text(query->statement, query->column++);
    }
    *hash = (const char *)sqlite3_column_text(query->statement, query->column++);
    return link;
}

static bool walk(struct query *query, int64_t *rows, char last[HASH_SHA256_TEXT_SIZE],
                 struct err *err)
{
    enum query_result result = query_step(query, err);
    for (*rows = 0; result == QUERY_ROW; result = query_step(query, err)) {
        const char *stored;
        char hash[HASH_SHA256_TEXT_SIZE];
        const struct link link = read_link(query, &stored);
        *rows += 1;
        if (link.number != *rows) {
            return err_set(err, ERR_INPUT, "audit row %lld is missing", (long long)*rows);
        }
        hash_link(&link, last, hash);
        if (strcmp(hash, stored) != 0) {
            return err_set(err, ERR_INPUT, "audit row %lld does not fit the chain",
                           (long long)*rows);
        }
        memcpy(last, hash, sizeof(hash));
    }
    return result == QUERY_DONE;
}

/* The rows and the end of the chain as one reader sees them, a writer going on beside it. */
static bool verify(struct journal *journal, uint64_t *rows, struct err *err)
{
    struct query query;
    char end[HASH_SHA256_TEXT_SIZE];
    char last[HASH_SHA256_TEXT_SIZE] = "";
    int64_t promised = 0;
    int64_t walked = 0;
    if (!query_start(&query, journal, STATEMENT_EACH_AUDIT, err)) {
        return false;
    }
    const bool fine = walk(&query, &walked, last, err);
    query_end(&query);
    if (!fine || !read_head(journal, &promised, end, err)) {
        return false;
    }
    if (walked != promised || strcmp(last, end) != 0) {
        return err_set(err, ERR_INPUT, "audit row %lld is missing at the end of the chain",
                       (long long)walked + 1);
    }
    *rows = (uint64_t)walked;
    return revisions_verify(journal, err);
}

bool journal_verify_audit(struct journal *journal, uint64_t *rows, struct err *err)
{
    const bool alone = sqlite3_get_autocommit(journal->db) != 0;
    if (alone && sqlite3_exec(journal->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK) {
        return db_fail(journal, err);
    }
    const bool fine = verify(journal, rows, err);
    if (alone) {
        sqlite3_exec(journal->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return fine;
}
