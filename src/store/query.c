#include "query.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"

static const char *const SQL[STATEMENT_LAST + 1] = {
#define X(name, sql) [STATEMENT_##name] = sql,
    STATEMENT_TABLE(X)
#undef X
};

bool query_start(struct query *query, struct journal *journal, enum statement which,
                 struct err *err)
{
    sqlite3_stmt **statement = &journal->statements[which];
    *query = (struct query){.journal = journal};
    if (*statement == NULL &&
        sqlite3_prepare_v3(journal->db, SQL[which], -1, SQLITE_PREPARE_PERSISTENT, statement,
                           NULL) != SQLITE_OK) {
        return db_fail(journal, err);
    }
    query->statement = *statement;
    return true;
}

static void bound(struct query *query, int result)
{
    query->spoiled = query->spoiled || result != SQLITE_OK;
}

void query_bind_int(struct query *query, int64_t value)
{
    bound(query, sqlite3_bind_int64(query->statement, ++query->parameter, value));
}

void query_bind_real(struct query *query, double value)
{
    /* SQLite itself turns NAN into NULL. */
    bound(query, sqlite3_bind_double(query->statement, ++query->parameter, value));
}

void query_bind_text(struct query *query, const char *text)
{
    bound(query,
          sqlite3_bind_text(query->statement, ++query->parameter, text, -1, SQLITE_TRANSIENT));
}

void query_bind_blob(struct query *query, const void *bytes, size_t length)
{
    /* A zero-length blob from NULL would be NULL. */
    bound(query, sqlite3_bind_blob64(query->statement, ++query->parameter,
                                     length > 0 ? bytes : "", length, SQLITE_TRANSIENT));
}

enum query_result query_step(struct query *query, struct err *err)
{
    query->column = 0;
    const int result = query->spoiled ? SQLITE_ERROR : sqlite3_step(query->statement);
    if (result == SQLITE_ROW) {
        return QUERY_ROW;
    }
    if (result == SQLITE_DONE) {
        return QUERY_DONE;
    }
    db_fail(query->journal, err);
    query_end(query);
    return QUERY_FAILED;
}

bool query_run(struct query *query, struct err *err)
{
    const enum query_result result = query_step(query, err);
    assert(result != QUERY_ROW);
    if (result != QUERY_DONE) {
        return false;
    }
    query_end(query);
    return true;
}

void query_end(struct query *query)
{
    if (query->statement != NULL) {
        sqlite3_reset(query->statement);
        sqlite3_clear_bindings(query->statement);
        query->statement = NULL;
    }
}

int64_t query_take_int(struct query *query)
{
    return sqlite3_column_int64(query->statement, query->column++);
}

double query_take_real(struct query *query)
{
    const int column = query->column++;
    if (sqlite3_column_type(query->statement, column) == SQLITE_NULL) {
        return (double)NAN;
    }
    return sqlite3_column_double(query->statement, column);
}

void query_take_text(struct query *query, char *buffer, size_t size)
{
    const unsigned char *text = sqlite3_column_text(query->statement, query->column);
    size_t length = (size_t)sqlite3_column_bytes(query->statement, query->column);
    query->column++;
    memset(buffer, 0, size);
    if (text != NULL) {
        length = length < size ? length : size - 1;
        memcpy(buffer, text, length);
    }
}

void *query_take_blob(struct query *query, size_t *length)
{
    const void *bytes = sqlite3_column_blob(query->statement, query->column);
    *length = (size_t)sqlite3_column_bytes(query->statement, query->column);
    query->column++;
    void *copy = mem_zalloc(*length > 0 ? *length : 1);
    if (bytes != NULL) {
        memcpy(copy, bytes, *length);
    }
    return copy;
}

static void bind_field(struct query *query, const struct field *field, const char *at)
{
    switch (field->kind) {
    case FIELD_INT32:
        query_bind_int(query, *(const int32_t *)(const void *)at);
        return;
    case FIELD_INT64:
        query_bind_int(query, *(const int64_t *)(const void *)at);
        return;
    case FIELD_BOOL:
        query_bind_int(query, *(const bool *)(const void *)at);
        return;
    case FIELD_REAL:
        query_bind_real(query, *(const double *)(const void *)at);
        return;
    case FIELD_TEXT:
        query_bind_text(query, at);
        return;
    }
}

static void take_field(struct query *query, const struct field *field, char *at)
{
    switch (field->kind) {
    case FIELD_INT32:
        *(int32_t *)(void *)at = (int32_t)query_take_int(query);
        return;
    case FIELD_INT64:
        *(int64_t *)(void *)at = query_take_int(query);
        return;
    case FIELD_BOOL:
        *(bool *)(void *)at = query_take_int(query) != 0;
        return;
    case FIELD_REAL:
        *(double *)(void *)at = query_take_real(query);
        return;
    case FIELD_TEXT:
        query_take_text(query, at, field->size);
        return;
    }
}

void query_bind_fields(struct query *query, const struct field *fields, size_t count,
                       const void *from)
{
    for (size_t i = 0; i < count; i++) {
        bind_field(query, &fields[i], (const char *)from + fields[i].offset);
    }
}

void query_take_fields(struct query *query, const struct field *fields, size_t count,
                       void *into)
{
    for (size_t i = 0; i < count; i++) {
        take_field(query, &fields[i], (char *)into + fields[i].offset);
    }
}
