#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/guard.h"
#include "core/order.h"
#include "core/reason.h"
#include "core/trade.h"
#include "view/page.h"

/* journal: what happened, on disk, before anybody acts on it: one SQLite file
 * (SAFETY.md 3.7, 4.1).
 *
 * WAL, synchronous=FULL, one writer, many readers. Everything between begin and commit is there
 * whole or not at all. Schema: src/store/schema.sql, described in docs/journal.md. Audit rows
 * are chained by SHA-256. */

struct journal;

/* Opens for writing, creating and migrating; runs quick_check and refuses a damaged or foreign
 * file. */
bool journal_open(struct journal **out, const char *path, struct err *err);
/* Opens an existing one for reading beside a writer. */
bool journal_open_readonly(struct journal **out, const char *path, struct err *err);
void journal_close(struct journal *journal); /* accepts NULL */

/* A call that fails in between spoils the transaction: its commit fails too. Calls outside a
 * transaction are each one of their own. Waits at most a second for another writer. */
bool journal_begin(struct journal *journal, struct err *err);
bool journal_commit(struct journal *journal, struct err *err);
void journal_rollback(struct journal *journal);

struct journal_session {
    int64_t id; /* row number */
    char name[64];
    char mode[16];
    char source[512];        /* as given: "csv:FILE", "simulated:1" */
    char options_hash[48];   /* of everything that must not change on resume */
    char options_text[4096]; /* the same, readable, one "key = value" a line, to name the
                                difference */
    char data_hash[48];
    int64_t started_wall_ns;
    int64_t start_event_ns; /* of a simulated clock; 0 otherwise */
    int64_t ended_wall_ns;  /* 0: not ended */
    char end_reason[64];
    uint64_t seed;
    char version[64];
};

/* The last session of the folder; false without error when there is none (*found says). */
bool journal_last_session(struct journal *journal, struct journal_session *out, bool *found,
                          struct err *err);
bool journal_start_session(struct journal *journal, struct journal_session *session,
                           struct err *err); /* sets id */
bool journal_end_session(struct journal *journal, int64_t id, int64_t wall_ns,
                         const char *reason, struct err *err);
/* The data hash once it is known. */
bool journal_set_data_hash(struct journal *journal, int64_t id, const char *hash,
                           struct err *err);

/* The newest state of a session: core, venue and source position, one row, replaced. */
struct journal_state {
    uint64_t sequence;    /* events taken */
    uint64_t source_line; /* of the last source event taken in */
    int64_t time_ns;      /* event time */
    int64_t wall_ns;
    bool killed, armed, paused, stopped;
    char killed_by[24], killed_reason[64], paused_by[24];
    int64_t killed_wall_ns;
    const void *core;
    size_t core_size;
    const void *venue;
    size_t venue_size;
};
bool journal_put_state(struct journal *journal, int64_t session,
                       const struct journal_state *state, struct err *err);
/* Blobs are on the heap and freed by the caller with mem_free(). */
bool journal_get_state(struct journal *journal, int64_t session, struct journal_state *out,
                       bool *found, struct err *err);

/* A client id that was used before is an error. */
bool journal_put_intent(struct journal *journal, int64_t session, const struct order *order,
                        int64_t time_ns, struct err *err);
/* A fill or terminal report; a fill already there is left alone (idempotent). */
bool journal_put_report(struct journal *journal, int64_t session, const struct order *order,
                        const struct order_report *report, int64_t time_ns, struct err *err);
/* Inserts or replaces by trade id (> 0). `pair` is its name; result may be NULL while open. */
bool journal_put_trade(struct journal *journal, int64_t session, const struct trade *trade,
                       const struct trade_result *result, const char *pair, struct err *err);
/* `envelope_json` is the whole SAFETY 3.7 record as one JSON line. */
bool journal_put_decision(struct journal *journal, int64_t session,
                          const struct guard_decision *decision, const char *pair,
                          const char *envelope_json, struct err *err);
/* One more like that decision, which is on record. */
bool journal_count_decision(struct journal *journal, int64_t session, int64_t number,
                            int64_t time_ns, struct err *err);
bool journal_put_alert(struct journal *journal, int64_t session,
                       const struct snapshot_alert *alert,
                       struct err *err); /* insert or replace by id */

struct journal_audit {
    int64_t wall_ns;
    int64_t time_ns;
    const char *operator_name;
    const char *verb;
    const char *text;
    const char *result;
};
/* Appends to the hash chain. */
bool journal_put_audit(struct journal *journal, int64_t session,
                       const struct journal_audit *audit, struct err *err);
/* Walks the chain; ERR_INPUT naming the first row that does not fit, or that tells of another
 * revision than the one on record. */
bool journal_verify_audit(struct journal *journal, uint64_t *rows, struct err *err);

/* Parameters that replaced others while a session ran. */
struct journal_revision {
    uint64_t number; /* from 1; 0: none */
    int64_t wall_ns;
    int64_t time_ns;
    char operator_name[24];
    char origin[128];  /* whose they are */
    char params[1024]; /* as they were given: "min_spread_bps=7 ..." */
    char reason[160];
};
/* With the audit row that tells of it. */
bool journal_put_revision(struct journal *journal, int64_t session,
                          const struct journal_revision *revision, struct err *err);
/* number 0 when there was none. */
bool journal_last_revision(struct journal *journal, int64_t session,
                           struct journal_revision *out, struct err *err);

/* A page of history of one session, newest first. */
bool journal_query(struct journal *journal, int64_t session, const struct page_query *query,
                   struct page *out, struct err *err);

/* Calls for every trade of a session in opening order until it returns false. */
typedef bool journal_trade_fn(void *context, const struct trade *trade,
                              const struct trade_result *result, const char *pair);
bool journal_each_trade(struct journal *journal, int64_t session, journal_trade_fn *call,
                        void *context, struct err *err);

/* What a journal says of its last session when no host runs: `status` without a session. */
struct journal_status {
    struct journal_session session;
    bool has_state;             /* else the state below is zeros */
    struct journal_state state; /* without its blobs: NULL and 0 */
    struct journal_revision revision;
    int64_t opened, closed; /* trades */
    int64_t refused;        /* candidates blocked or stopped; near misses are none */
    double realized_usd;    /* closed trades, in closing order */
    double fees_usd;        /* of every fill, of open trades too */
    int64_t alerts_total, alerts_unacked, alerts_high_unacked;
};
bool journal_status(struct journal *journal, struct journal_status *out, bool *found,
                    struct err *err);

/* Why the last write failed: JOURNAL_BUSY, _FULL, _IOERR or _CORRUPT; REASON_NONE since a
 * commit went through. After the last two the journal takes no more writes. */
enum reason journal_fault(const struct journal *journal);

/* Commits slower than a bound are the business of alarm 23: last and p99 of the last 256. */
void journal_commit_ms(const struct journal *journal, double *last_ms, double *p99_ms);
