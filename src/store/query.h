#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db.h"

/* query: one use of a prepared statement: bind from left to right, step, read from left to
 * right, end. A table of fields binds and reads a whole struct, the same way in both
 * directions. */

struct query {
    struct journal *journal;
    sqlite3_stmt *statement;
    int parameter; /* bound so far */
    int column;    /* read so far in this row */
    bool spoiled;  /* a bind failed */
};

enum query_result { QUERY_ROW, QUERY_DONE, QUERY_FAILED };

bool query_start(struct query *query, struct journal *journal, enum statement which,
                 struct err *err);
void query_bind_int(struct query *query, int64_t value);
void query_bind_real(struct query *query, double value); /* not finite but INFINITY: NULL */
void query_bind_text(struct query *query, const char *text);
void query_bind_blob(struct query *query, const void *bytes, size_t length);
enum query_result query_step(struct query *query, struct err *err);
/* Steps to the end of a statement that gives no rows, and ends it. */
bool query_run(struct query *query, struct err *err);
void query_end(struct query *query);

int64_t query_take_int(struct query *query);
double query_take_real(struct query *query); /* NULL: NAN */
/* Copies into buffer, cut at its size. */
void query_take_text(struct query *query, char *buffer, size_t size);
/* On the heap; the caller frees it with mem_free(). */
void *query_take_blob(struct query *query, size_t *length);

enum field_kind { FIELD_INT32, FIELD_INT64, FIELD_BOOL, FIELD_REAL, FIELD_TEXT };

struct field {
    enum field_kind kind; /* INT32 for enums too, INT64 for uint64_t too */
    size_t offset;
    size_t size; /* of a text */
};

#define FIELD(kind, type, member)                                                              \
    {                                                                                          \
        kind, offsetof(type, member), sizeof(((type *)NULL)->member)                           \
    }

void query_bind_fields(struct query *query, const struct field *fields, size_t count,
                       const void *from);
void query_take_fields(struct query *query, const struct field *fields, size_t count,
                       void *into);

/* revisions.c: does every revision on record say what its audit row says, and the other way
 * round? */
bool revisions_verify(struct journal *journal, struct err *err);
