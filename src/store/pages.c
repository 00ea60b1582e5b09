#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "records.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

/* What differs between the kinds of page. */
struct kind {
    enum statement count;
    enum statement page;
    bool by_id; /* both take the wanted id, 0 for all */
    void (*take)(struct query *query, struct page *out);
};

static void take_trade(struct query *query, struct page *out)
{
    struct record_trade record;
    struct page_trade *row = &out->trades[out->count];
    record_take_trade(query, &record);
    row->trade = record.trade;
    row->result = record.result;
    memcpy(row->pair, record.pair_name, sizeof(row->pair));
}

static void take_alert(struct query *query, struct page *out)
{
    record_take_alert(query, &out->alerts[out->count]);
}

static void take_decision(struct query *query, struct page *out)
{
    struct page_decision *row = &out->decisions[out->count];
    row->number = query_take_int(query);
    row->time_ns = query_take_int(query);
    query_take_text(query, row->pair, sizeof(row->pair));
    row->side = (enum spread_side)query_take_int(query);
    row->action = (int32_t)query_take_int(query);
    row->primary = (enum reason)query_take_int(query);
    row->net_edge_bps = query_take_real(query);
    row->observed = query_take_real(query);
    row->limit = query_take_real(query);
    row->alike = query_take_int(query);
    row->last_ns = query_take_int(query);
}

static void take_audit(struct query *query, struct page *out)
{
    struct page_audit *row = &out->audits[out->count];
    row->number = query_take_int(query);
    row->wall_ns = query_take_int(query);
    query_take_text(query, row->operator_name, sizeof(row->operator_name));
    query_take_text(query, row->verb, sizeof(row->verb));
    query_take_text(query, row->text, sizeof(row->text));
    query_take_text(query, row->result, sizeof(row->result));
}

static const struct kind KINDS[] = {
    [PAGE_TRADES] = {STATEMENT_COUNT_TRADES, STATEMENT_PAGE_TRADES, true, take_trade},
    [PAGE_ALERTS] = {STATEMENT_COUNT_ALERTS, STATEMENT_PAGE_ALERTS, false, take_alert},
    [PAGE_DECISIONS] = {STATEMENT_COUNT_DECISIONS, STATEMENT_PAGE_DECISIONS, false,
                        take_decision},
    [PAGE_AUDIT] = {STATEMENT_COUNT_AUDIT, STATEMENT_PAGE_AUDIT, false, take_audit},
};

/* The number in a statement's only row, 0 without a row. The statement is bound already. */
static bool take_number(struct query *query, int64_t *out, struct err *err)
{
    const enum query_result result = query_step(query, err);
    if (result == QUERY_FAILED) {
        return false;
    }
    *out = result == QUERY_ROW ? query_take_int(query) : 0;
    query_end(query);
    return true;
}

static bool read_made_ns(struct journal *journal, int64_t session, int64_t *made_ns,
                         struct err *err)
{
    struct query query;
    if (!query_start(&query, journal, STATEMENT_GET_STATE_TIME, err)) {
        return false;
    }
    query_bind_int(&query, session);
    return take_number(&query, made_ns, err);
}

static bool start(struct query *query, struct journal *journal, int64_t session,
                  const struct kind *kind, enum statement which, const struct page *page,
                  struct err *err)
{
    if (!query_start(query, journal, which, err)) {
        return false;
    }
    query_bind_int(query, session);
    if (kind->by_id) {
        query_bind_int(query, (int64_t)page->query.id);
    }
    return true;
}

static bool read_total(struct journal *journal, int64_t session, const struct kind *kind,
                       struct page *page, struct err *err)
{
    struct query query;
    int64_t total = 0;
    if (!start(&query, journal, session, kind, kind->count, page, err) ||
        !take_number(&query, &total, err)) {
        return false;
    }
    page->total = (uint32_t)total;
    return true;
}

static bool read_rows(struct journal *journal, int64_t session, const struct kind *kind,
                      struct page *page, struct err *err)
{
    struct query query;
    const uint32_t wanted = page->query.count;
    if (!start(&query, journal, session, kind, kind->page, page, err)) {
        return false;
    }
    query_bind_int(&query, wanted < PAGE_ROWS_MAX ? wanted : PAGE_ROWS_MAX);
    query_bind_int(&query, page->query.offset);
    enum query_result result = query_step(&query, err);
    while (result == QUERY_ROW) {
        kind->take(&query, page);
        page->count++;
        result = query_step(&query, err);
    }
    query_end(&query);
    return result == QUERY_DONE;
}

bool journal_query(struct journal *journal, int64_t session, const struct page_query *query,
                   struct page *out, struct err *err)
{
    assert(query->kind < LEN(KINDS));
    const struct kind *kind = &KINDS[query->kind];
    struct page *page = mem_zalloc(sizeof(*page));
    page->query = *query;
    const bool fine = read_made_ns(journal, session, &page->made_ns, err) &&
                      read_total(journal, session, kind, page, err) &&
                      read_rows(journal, session, kind, page, err);
    if (fine) {
        *out = *page;
    }
    mem_free(page);
    return fine;
}

bool journal_each_trade(struct journal *journal, int64_t session, journal_trade_fn *call,
                        void *context, struct err *err)
{
    struct query query;
    struct record_trade record;
    if (!query_start(&query, journal, STATEMENT_EACH_TRADE, err)) {
        return false;
    }
    query_bind_int(&query, session);
    enum query_result result = query_step(&query, err);
    while (result == QUERY_ROW) {
        record_take_trade(&query, &record);
        if (!call(context, &record.trade, &record.result, record.pair_name)) {
            break;
        }
        result = query_step(&query, err);
    }
    query_end(&query);
    return result != QUERY_FAILED;
}
