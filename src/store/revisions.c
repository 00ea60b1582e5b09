#include <inttypes.h>

#include "base/text.h"
#include "query.h"
#include "store/journal.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

/* Revisions of a session's parameters. The audit row that tells of one comes first, in the same
 * transaction; CHECK_REVISIONS in statements.h composes its text as it is composed here. */

static const struct field REVISION_FIELDS[] = {
    FIELD(FIELD_INT64, struct journal_revision, number),
    FIELD(FIELD_INT64, struct journal_revision, wall_ns),
    FIELD(FIELD_INT64, struct journal_revision, time_ns),
    FIELD(FIELD_TEXT, struct journal_revision, operator_name),
    FIELD(FIELD_TEXT, struct journal_revision, origin),
    FIELD(FIELD_TEXT, struct journal_revision, params),
    FIELD(FIELD_TEXT, struct journal_revision, reason),
};

static bool put_audit(struct journal *journal, int64_t session,
                      const struct journal_revision *revision, struct err *err)
{
    char result[48];
    struct text text = text_growing();
    text_addf(&text, "%s: %s; %s", revision->origin, revision->params, revision->reason);
    text_cut(result, sizeof(result), "revision %" PRIu64, revision->number);
    const struct journal_audit audit = {
        .wall_ns = revision->wall_ns,
        .time_ns = revision->time_ns,
        .operator_name = revision->operator_name,
        .verb = "use",
        .text = text_string(&text),
        .result = result,
    };
    const bool fine = journal_put_audit(journal, session, &audit, err);
    text_finish(&text);
    return fine;
}

bool journal_put_revision(struct journal *journal, int64_t session,
                          const struct journal_revision *revision, struct err *err)
{
    struct query query;
    bool own;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    bool fine = put_audit(journal, session, revision, err) &&
                query_start(&query, journal, STATEMENT_PUT_REVISION, err);
    if (fine) {
        query_bind_int(&query, session);
        query_bind_fields(&query, REVISION_FIELDS, LEN(REVISION_FIELDS), revision);
        fine = query_run(&query, err);
    }
    return db_leave(journal, own, fine, err);
}

bool journal_last_revision(struct journal *journal, int64_t session,
                           struct journal_revision *out, struct err *err)
{
    struct query query;
    if (!query_start(&query, journal, STATEMENT_LAST_REVISION, err)) {
        return false;
    }
    query_bind_int(&query, session);
    const enum query_result result = query_step(&query, err);
    if (result == QUERY_FAILED) {
        return false;
    }
    struct journal_revision last = {0};
    if (result == QUERY_ROW) {
        query_take_fields(&query, REVISION_FIELDS, LEN(REVISION_FIELDS), &last);
    }
    query_end(&query);
    *out = last;
    return true;
}

bool revisions_verify(struct journal *journal, struct err *err)
{
    struct query query;
    if (!query_start(&query, journal, STATEMENT_CHECK_REVISIONS, err)) {
        return false;
    }
    const enum query_result result = query_step(&query, err);
    if (result == QUERY_FAILED) {
        return false;
    }
    if (result == QUERY_ROW) {
        err_set(err, ERR_INPUT, "audit row %lld and the revision it tells of differ",
                (long long)query_take_int(&query));
    }
    query_end(&query);
    return result == QUERY_DONE;
}
