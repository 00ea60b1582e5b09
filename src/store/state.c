#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "query.h"
#include "store/journal.h"
#include "store/pack.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

/* Order of STATE_COLUMNS. */
static const struct field STATE_FIELDS[] = {
    FIELD(FIELD_INT64, struct journal_state, sequence),
    FIELD(FIELD_INT64, struct journal_state, source_line),
    FIELD(FIELD_INT64, struct journal_state, time_ns),
    FIELD(FIELD_INT64, struct journal_state, wall_ns),
    FIELD(FIELD_BOOL, struct journal_state, killed),
    FIELD(FIELD_BOOL, struct journal_state, armed),
    FIELD(FIELD_BOOL, struct journal_state, paused),
    FIELD(FIELD_BOOL, struct journal_state, stopped),
    FIELD(FIELD_TEXT, struct journal_state, killed_by),
    FIELD(FIELD_TEXT, struct journal_state, killed_reason),
    FIELD(FIELD_TEXT, struct journal_state, paused_by),
    FIELD(FIELD_INT64, struct journal_state, killed_wall_ns),
};

/* SQLite checks its own structure and not what we stored in it; this is the one row a session
 * cannot do without. */
static void hash_state(const struct journal_state *state, char out[HASH_XXH3_TEXT_SIZE])
{
    char head[512];
    struct text text = text_fixed(head, sizeof(head));
    text_addf(&text, "%llu %llu %lld %lld %d%d%d%d %lld '%s' '%s' '%s' %zu %zu",
              (unsigned long long)state->sequence, (unsigned long long)state->source_line,
              (long long)state->time_ns, (long long)state->wall_ns, state->killed, state->armed,
              state->paused, state->stopped, (long long)state->killed_wall_ns, state->killed_by,
              state->killed_reason, state->paused_by, state->core_size, state->venue_size);
    struct hash_stream *stream = hash_stream_create();
    hash_stream_add(stream, text_string(&text), text.length);
    hash_stream_add(stream, state->core, state->core_size);
    hash_stream_add(stream, state->venue, state->venue_size);
    hash_stream_text(stream, out);
    hash_stream_destroy(stream);
}

bool journal_put_state(struct journal *journal, int64_t session,
                       const struct journal_state *state, struct err *err)
{
    struct query query;
    char hash[HASH_XXH3_TEXT_SIZE];
    bool own;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    bool fine = query_start(&query, journal, STATEMENT_PUT_STATE, err);
    if (fine) {
        hash_state(state, hash);
        query_bind_int(&query, session);
        query_bind_fields(&query, STATE_FIELDS, LEN(STATE_FIELDS), state);
        size_t core_size = 0;
        size_t venue_size = 0;
        void *core = pack(state->core, state->core_size, &core_size);
        void *venue = pack(state->venue, state->venue_size, &venue_size);
        query_bind_blob(&query, core, core_size);
        query_bind_blob(&query, venue, venue_size);
        query_bind_text(&query, hash);
        fine = query_run(&query, err);
        mem_free(core);
        mem_free(venue);
    }
    return db_leave(journal, own, fine, err);
}

/* The next column, unpacked; NULL with err when it cannot be. */
static void *take_packed(struct query *query, size_t *size, struct err *err)
{
    size_t packed_size = 0;
    void *packed = query_take_blob(query, &packed_size);
    void *bytes = NULL;
    if (!unpack(packed, packed_size, &bytes, size, err)) {
        query->journal->fault = REASON_JOURNAL_CORRUPT;
    }
    mem_free(packed);
    return bytes;
}

static bool take_state(struct query *query, struct journal_state *out, struct err *err)
{
    struct journal_state state = {0};
    char stored[HASH_XXH3_TEXT_SIZE];
    char hash[HASH_XXH3_TEXT_SIZE];
    query_take_fields(query, STATE_FIELDS, LEN(STATE_FIELDS), &state);
    void *core = take_packed(query, &state.core_size, err);
    void *venue = core == NULL ? NULL : take_packed(query, &state.venue_size, err);
    if (core == NULL || venue == NULL) {
        mem_free(core);
        return false;
    }
    state.core = core;
    state.venue = venue;
    query_take_text(query, stored, sizeof(stored));
    hash_state(&state, hash);
    if (strcmp(stored, hash) != 0) {
        mem_free(core);
        mem_free(venue);
        query->journal->fault = REASON_JOURNAL_CORRUPT;
        return err_set(err, ERR_INPUT,
                       "journal is damaged: the session's state does not fit its hash (the "
                       "file is kept as it is)");
    }
    *out = state;
    return true;
}

bool journal_get_state(struct journal *journal, int64_t session, struct journal_state *out,
                       bool *found, struct err *err)
{
    struct query query;
    if (!query_start(&query, journal, STATEMENT_GET_STATE, err)) {
        return false;
    }
    query_bind_int(&query, session);
    const enum query_result result = query_step(&query, err);
    if (result == QUERY_FAILED) {
        return false;
    }
    const bool fine = result == QUERY_DONE || take_state(&query, out, err);
    query_end(&query);
    if (fine) {
        *found = result == QUERY_ROW;
    }
    return fine;
}
