#include "records.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

/* Numbers that schema.sql and statements.h write out. */
_Static_assert(REPORT_FILL == 0 && REPORT_NOT_FOUND == 4, "kinds of report");
_Static_assert(TRADE_CLOSED == 6 && TRADE_EXIT_LAST == 9, "states and exits of trades");
_Static_assert(GUARD_BLOCK == 2 && GUARD_STOP_SESSION == 3, "actions of the guard");
_Static_assert(ALERT_NEW == 0 && ALERT_CLEARED == 2 && ALERT_HIGH == 2, "alarms");

static const struct field ORDER_FIELDS[] = {
    FIELD(FIELD_INT64, struct order, client_id),
    FIELD(FIELD_INT64, struct order, trade_ref),
    FIELD(FIELD_INT32, struct order, pair),
    FIELD(FIELD_INT32, struct order, venue),
    FIELD(FIELD_INT32, struct order, side),
    FIELD(FIELD_INT32, struct order, type),
    FIELD(FIELD_INT32, struct order, lifetime),
    FIELD(FIELD_INT32, struct order, class),
    FIELD(FIELD_INT64, struct order, quantity_units),
    FIELD(FIELD_INT64, struct order, limit_price_units),
};

static const struct field REPORT_FIELDS[] = {
    FIELD(FIELD_INT64, struct order_report, client_id),
    FIELD(FIELD_INT32, struct order_report, kind),
    FIELD(FIELD_INT32, struct order_report, error),
    FIELD(FIELD_INT64, struct order_report, fill_id),
    FIELD(FIELD_INT64, struct order_report, quantity_units),
    FIELD(FIELD_INT64, struct order_report, value_units),
    FIELD(FIELD_INT64, struct order_report, fee_units),
    FIELD(FIELD_REAL, struct order_report, price),
    FIELD(FIELD_REAL, struct order_report, touch_price),
    FIELD(FIELD_REAL, struct order_report, krw_per_usd),
};

#define LEG(leg, member) FIELD(FIELD_REAL, struct record_trade, trade.legs[leg].member)

/* pair_name, then the order of TRADE_COLUMNS. */
static const struct field TRADE_FIELDS[] = {
    FIELD(FIELD_TEXT, struct record_trade, pair_name),
    FIELD(FIELD_INT64, struct record_trade, trade.id),
    FIELD(FIELD_INT32, struct record_trade, trade.pair),
    FIELD(FIELD_INT32, struct record_trade, trade.side),
    FIELD(FIELD_INT32, struct record_trade, trade.state),
    FIELD(FIELD_INT32, struct record_trade, trade.exit),
    FIELD(FIELD_INT64, struct record_trade, trade.open_ns),
    FIELD(FIELD_INT64, struct record_trade, trade.close_ns),
    FIELD(FIELD_REAL, struct record_trade, trade.entry_spread_bps),
    FIELD(FIELD_REAL, struct record_trade, trade.exit_spread_bps),
    FIELD(FIELD_REAL, struct record_trade, trade.net_edge_bps),
    FIELD(FIELD_REAL, struct record_trade, trade.notional_usd),
    FIELD(FIELD_REAL, struct record_trade, trade.quantity),
    FIELD(FIELD_REAL, struct record_trade, trade.funding_usd),
    FIELD(FIELD_REAL, struct record_trade, trade.repair_usd),
    FIELD(FIELD_REAL, struct record_trade, trade.repair_fees_usd),
    LEG(TRADE_A_IN, quantity),
    LEG(TRADE_A_IN, price),
    LEG(TRADE_A_IN, touch_price),
    LEG(TRADE_A_IN, krw_per_usd),
    LEG(TRADE_B_IN, quantity),
    LEG(TRADE_B_IN, price),
    LEG(TRADE_B_IN, touch_price),
    LEG(TRADE_B_IN, krw_per_usd),
    LEG(TRADE_A_OUT, quantity),
    LEG(TRADE_A_OUT, price),
    LEG(TRADE_A_OUT, touch_price),
    LEG(TRADE_A_OUT, krw_per_usd),
    LEG(TRADE_B_OUT, quantity),
    LEG(TRADE_B_OUT, price),
    LEG(TRADE_B_OUT, touch_price),
    LEG(TRADE_B_OUT, krw_per_usd),
    FIELD(FIELD_REAL, struct record_trade, result.gross_usd),
    FIELD(FIELD_REAL, struct record_trade, result.fees_usd),
    FIELD(FIELD_REAL, struct record_trade, result.fx_cost_usd),
    FIELD(FIELD_REAL, struct record_trade, result.slippage_usd),
    FIELD(FIELD_REAL, struct record_trade, result.fx_usd),
    FIELD(FIELD_REAL, struct record_trade, result.price_usd),
    FIELD(FIELD_REAL, struct record_trade, result.funding_usd),
    FIELD(FIELD_REAL, struct record_trade, result.pnl_usd),
    FIELD(FIELD_REAL, struct record_trade, result.pnl_bps),
};

/* Order of ALERT_COLUMNS. */
static const struct field ALERT_FIELDS[] = {
    FIELD(FIELD_INT32, struct snapshot_alert, id),
    FIELD(FIELD_INT32, struct snapshot_alert, severity),
    FIELD(FIELD_INT32, struct snapshot_alert, state),
    FIELD(FIELD_BOOL, struct snapshot_alert, active),
    FIELD(FIELD_INT32, struct snapshot_alert, count),
    FIELD(FIELD_INT64, struct snapshot_alert, first_ns),
    FIELD(FIELD_INT64, struct snapshot_alert, last_ns),
    FIELD(FIELD_INT64, struct snapshot_alert, shelved_until_ns),
    FIELD(FIELD_TEXT, struct snapshot_alert, rule),
    FIELD(FIELD_TEXT, struct snapshot_alert, text),
    FIELD(FIELD_TEXT, struct snapshot_alert, acked_by),
};

void record_take_trade(struct query *query, struct record_trade *out)
{
    query_take_fields(query, TRADE_FIELDS, LEN(TRADE_FIELDS), out);
}

void record_take_alert(struct query *query, struct snapshot_alert *out)
{
    query_take_fields(query, ALERT_FIELDS, LEN(ALERT_FIELDS), out);
}

bool journal_put_intent(struct journal *journal, int64_t session, const struct order *order,
                        int64_t time_ns, struct err *err)
{
    struct query query;
    bool own;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    bool fine = query_start(&query, journal, STATEMENT_PUT_INTENT, err);
    if (fine) {
        query_bind_int(&query, session);
        query_bind_fields(&query, ORDER_FIELDS, LEN(ORDER_FIELDS), order);
        query_bind_int(&query, time_ns);
        fine = query_run(&query, err) ||
               err_wrap(err, "intent of order %llu", (unsigned long long)order->client_id);
    }
    return db_leave(journal, own, fine, err);
}

bool journal_put_report(struct journal *journal, int64_t session, const struct order *order,
                        const struct order_report *report, int64_t time_ns, struct err *err)
{
    struct query query;
    bool own;
    const enum statement which =
        report->kind == REPORT_FILL ? STATEMENT_PUT_FILL : STATEMENT_PUT_ANSWER;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    bool fine = query_start(&query, journal, which, err);
    if (fine) {
        query_bind_int(&query, session);
        query_bind_fields(&query, REPORT_FIELDS, LEN(REPORT_FIELDS), report);
        query_bind_int(&query, order->venue);
        query_bind_int(&query, time_ns);
        fine = query_run(&query, err) ||
               err_wrap(err, "report on order %llu", (unsigned long long)report->client_id);
    }
    return db_leave(journal, own, fine, err);
}

bool journal_put_trade(struct journal *journal, int64_t session, const struct trade *trade,
                       const struct trade_result *result, const char *pair, struct err *err)
{
    struct query query;
    struct record_trade record = {.trade = *trade};
    bool own;
    assert(trade->id > 0);
    if (result != NULL) {
        record.result = *result;
    }
    snprintf(record.pair_name, sizeof(record.pair_name), "%s", pair);
    if (!db_join(journal, &own, err)) {
        return false;
    }
    bool fine = query_start(&query, journal, STATEMENT_PUT_TRADE, err);
    if (fine) {
        query_bind_int(&query, session);
        query_bind_fields(&query, TRADE_FIELDS, LEN(TRADE_FIELDS), &record);
        fine = query_run(&query, err) ||
               err_wrap(err, "trade %llu", (unsigned long long)trade->id);
    }
    return db_leave(journal, own, fine, err);
}

bool journal_put_decision(struct journal *journal, int64_t session,
                          const struct guard_decision *decision, const char *pair,
                          const char *envelope_json, struct err *err)
{
    struct query query;
    bool own;
    /* The primary fault is the first; an allowed candidate has none. */
    const bool refused = decision->faults_count > 0;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    bool fine = query_start(&query, journal, STATEMENT_PUT_DECISION, err);
    if (fine) {
        query_bind_int(&query, session);
        query_bind_int(&query, decision->number);
        query_bind_int(&query, decision->candidate.time_ns);
        query_bind_text(&query, pair);
        query_bind_int(&query, decision->candidate.side);
        query_bind_int(&query, decision->action);
        query_bind_int(&query, decision->primary);
        query_bind_real(&query, decision->candidate.net_edge_bps);
        query_bind_real(&query, refused ? decision->faults[0].observed : (double)NAN);
        query_bind_real(&query, refused ? decision->faults[0].limit : (double)NAN);
        query_bind_text(&query, envelope_json);
        fine = query_run(&query, err) ||
               err_wrap(err, "decision %lld", (long long)decision->number);
    }
    return db_leave(journal, own, fine, err);
}

bool journal_count_decision(struct journal *journal, int64_t session, int64_t number,
                            int64_t time_ns, struct err *err)
{
    struct query query;
    bool own;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    bool fine = query_start(&query, journal, STATEMENT_COUNT_DECISION, err);
    if (fine) {
        query_bind_int(&query, time_ns);
        query_bind_int(&query, session);
        query_bind_int(&query, number);
        fine = query_run(&query, err) &&
               (sqlite3_changes(journal->db) == 1 ||
                err_set(err, ERR_INTERNAL, "journal has no decision %lld", (long long)number));
    }
    return db_leave(journal, own, fine, err);
}

bool journal_put_alert(struct journal *journal, int64_t session,
                       const struct snapshot_alert *alert, struct err *err)
{
    struct query query;
    bool own;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    bool fine = query_start(&query, journal, STATEMENT_PUT_ALERT, err);
    if (fine) {
        query_bind_int(&query, session);
        query_bind_fields(&query, ALERT_FIELDS, LEN(ALERT_FIELDS), alert);
        fine = query_run(&query, err) || err_wrap(err, "alert %u", alert->id);
    }
    return db_leave(journal, own, fine, err);
}
