#include "base/mem.h"
#include "query.h"
#include "store/journal.h"

/* One row of `count` whole numbers and reals, as reals: none of them comes near 2^53. */
static bool sums(struct journal *journal, int64_t session, enum statement which, double *out,
                 int count, struct err *err)
{
    struct query query;
    if (!query_start(&query, journal, which, err)) {
        return false;
    }
    query_bind_int(&query, session);
    const enum query_result result = query_step(&query, err);
    if (result == QUERY_FAILED) {
        return false;
    }
    for (int i = 0; i < count && result == QUERY_ROW; i++) {
        out[i] = query_take_real(&query);
    }
    query_end(&query);
    return true;
}

static bool read_state(struct journal *journal, struct journal_status *status, struct err *err)
{
    if (!journal_get_state(journal, status->session.id, &status->state, &status->has_state,
                           err)) {
        return false;
    }
    if (status->has_state) {
        mem_free((void *)status->state.core);
        mem_free((void *)status->state.venue);
        status->state.core = NULL;
        status->state.venue = NULL;
        status->state.core_size = 0;
        status->state.venue_size = 0;
    }
    return true;
}

bool journal_status(struct journal *journal, struct journal_status *out, bool *found,
                    struct err *err)
{
    struct journal_status status = {0};
    double trades[3] = {0};
    double fees[1] = {0};
    double refused[1] = {0};
    double alerts[3] = {0};
    bool any = false;
    if (!journal_last_session(journal, &status.session, &any, err)) {
        return false;
    }
    const int64_t id = status.session.id;
    if (any && !(read_state(journal, &status, err) &&
                 journal_last_revision(journal, id, &status.revision, err) &&
                 sums(journal, id, STATEMENT_SUM_TRADES, trades, 3, err) &&
                 sums(journal, id, STATEMENT_SUM_FEES, fees, 1, err) &&
                 sums(journal, id, STATEMENT_SUM_DECISIONS, refused, 1, err) &&
                 sums(journal, id, STATEMENT_SUM_ALERTS, alerts, 3, err))) {
        return false;
    }
    status.opened = (int64_t)trades[0];
    status.closed = (int64_t)trades[1];
    status.realized_usd = trades[2];
    status.fees_usd = fees[0];
    status.refused = (int64_t)refused[0];
    status.alerts_total = (int64_t)alerts[0];
    status.alerts_unacked = (int64_t)alerts[1];
    status.alerts_high_unacked = (int64_t)alerts[2];
    *found = any;
    if (any) {
        *out = status;
    }
    return true;
}
