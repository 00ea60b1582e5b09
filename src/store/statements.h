#pragma once
/* statements: every SQL text of the journal and of the tuning journal, prepared once per
 * connection on first use.
 *
 * Parameters are bound, and columns read, from left to right. */

#define TRADE_COLUMNS                                                                          \
    "id, pair, side, state, exit, open_ns, close_ns, entry_spread_bps, exit_spread_bps, "      \
    "net_edge_bps, notional_usd, quantity, funding_usd, repair_usd, repair_fees_usd, "         \
    "a_in_quantity, a_in_price, a_in_touch, a_in_krw, b_in_quantity, b_in_price, b_in_touch, " \
    "b_in_krw, a_out_quantity, a_out_price, a_out_touch, a_out_krw, b_out_quantity, "          \
    "b_out_price, b_out_touch, b_out_krw, gross_usd, fees_usd, fx_cost_usd, slippage_usd, "    \
    "fx_usd, price_usd, paid_funding_usd, pnl_usd, pnl_bps"

#define SESSION_COLUMNS                                                                        \
    "name, mode, source, options_hash, options_text, data_hash, started_wall_ns, "             \
    "start_event_ns, ended_wall_ns, end_reason, seed, version"

#define STATE_COLUMNS                                                                          \
    "sequence, source_line, time_ns, wall_ns, killed, armed, paused, stopped, killed_by, "     \
    "killed_reason, paused_by, killed_wall_ns"

#define ALERT_COLUMNS                                                                          \
    "id, severity, state, active, count, first_ns, last_ns, shelved_until_ns, rule, text, "    \
    "acked_by"

/* X(NAME, "sql") */
#define STATEMENT_TABLE(X)                                                                     \
    X(BEGIN, "BEGIN IMMEDIATE")                                                                \
    X(COMMIT, "COMMIT")                                                                        \
    X(ROLLBACK, "ROLLBACK")                                                                    \
    X(LAST_SESSION, "SELECT id, " SESSION_COLUMNS " FROM session ORDER BY id DESC LIMIT 1")    \
    X(START_SESSION, "INSERT INTO session (" SESSION_COLUMNS ") "                              \
                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                            \
    X(END_SESSION, "UPDATE session SET ended_wall_ns = ?, end_reason = ? WHERE id = ?")        \
    X(SET_DATA_HASH, "UPDATE session SET data_hash = ? WHERE id = ?")                          \
    X(PUT_STATE,                                                                               \
      "INSERT OR REPLACE INTO state (session, " STATE_COLUMNS ", core, venue, hash) "          \
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                               \
    X(GET_STATE, "SELECT " STATE_COLUMNS ", core, venue, hash FROM state WHERE session = ?")   \
    X(GET_STATE_TIME, "SELECT time_ns FROM state WHERE session = ?")                           \
    X(PUT_INTENT, "INSERT INTO intent (session, client_id, trade_ref, pair, venue, side, "     \
                  "type, lifetime, class, quantity_units, limit_price_units, time_ns) "        \
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                               \
    X(PUT_FILL, "INSERT INTO report (session, client_id, kind, error, fill_id, "               \
                "quantity_units, value_units, fee_units, price, touch_price, krw_per_usd, "    \
                "venue, time_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "              \
                "ON CONFLICT (session, venue, fill_id) WHERE kind = 0 DO NOTHING")             \
    X(PUT_ANSWER, "INSERT INTO report (session, client_id, kind, error, fill_id, "             \
                  "quantity_units, value_units, fee_units, price, touch_price, krw_per_usd, "  \
                  "venue, time_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "            \
                  "ON CONFLICT (session, client_id, kind) WHERE kind <> 0 DO NOTHING")         \
    X(PUT_TRADE, "INSERT OR REPLACE INTO trade (session, pair_name, " TRADE_COLUMNS ") "       \
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "  \
                 "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                \
    X(EACH_TRADE,                                                                              \
      "SELECT pair_name, " TRADE_COLUMNS " FROM trade WHERE session = ? ORDER BY id")          \
    X(COUNT_TRADES, "SELECT count(*) FROM trade WHERE session = ? AND ? IN (0, id)")           \
    X(PAGE_TRADES,                                                                             \
      "SELECT pair_name, " TRADE_COLUMNS " FROM trade WHERE session = ? AND ? IN (0, id) "     \
      "ORDER BY id DESC LIMIT ? OFFSET ?")                                                     \
    X(PUT_DECISION, "INSERT OR REPLACE INTO decision (session, number, time_ns, pair, side, "  \
                    "action, reason, net_edge_bps, observed, bound, envelope) "                \
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                                \
    X(COUNT_DECISION, "UPDATE decision SET alike = alike + 1, last_ns = ? "                    \
                      "WHERE session = ? AND number = ?")                                      \
    X(COUNT_DECISIONS, "SELECT count(*) FROM decision WHERE session = ?")                      \
    X(PAGE_DECISIONS, "SELECT number, time_ns, pair, side, action, reason, net_edge_bps, "     \
                      "observed, bound, alike, last_ns FROM decision WHERE session = ? "       \
                      "ORDER BY number DESC LIMIT ? OFFSET ?")                                 \
    X(PUT_ALERT, "INSERT OR REPLACE INTO alert (session, " ALERT_COLUMNS ") "                  \
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                                \
    X(COUNT_ALERTS, "SELECT count(*) FROM alert WHERE session = ?")                            \
    X(PAGE_ALERTS, "SELECT " ALERT_COLUMNS " FROM alert WHERE session = ? "                    \
                   "ORDER BY last_ns DESC, id DESC LIMIT ? OFFSET ?")                          \
    X(AUDIT_HEAD, "SELECT rows, hash FROM audit_head WHERE id = 1")                            \
    X(PUT_AUDIT, "INSERT INTO audit (number, session, wall_ns, time_ns, operator_name, verb, " \
                 "text, result, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")                     \
    X(MOVE_AUDIT_HEAD, "UPDATE audit_head SET rows = ?, hash = ? WHERE id = 1")                \
    X(EACH_AUDIT, "SELECT number, session, wall_ns, time_ns, operator_name, verb, text, "      \
                  "result, hash FROM audit ORDER BY number")                                   \
    X(COUNT_AUDIT, "SELECT count(*) FROM audit WHERE session = ?")                             \
    X(PAGE_AUDIT, "SELECT number, wall_ns, operator_name, verb, text, result FROM audit "      \
                  "WHERE session = ? ORDER BY number DESC LIMIT ? OFFSET ?")                   \
    X(PUT_REVISION, "INSERT INTO revision (session, audit, number, wall_ns, time_ns, "         \
                    "operator_name, origin, params, reason) VALUES (?, "                       \
                    "(SELECT rows FROM audit_head WHERE id = 1), ?, ?, ?, ?, ?, ?, ?)")        \
    X(LAST_REVISION, "SELECT number, wall_ns, time_ns, operator_name, origin, params, reason " \
                     "FROM revision WHERE session = ? ORDER BY number DESC LIMIT 1")           \
    X(CHECK_REVISIONS,                                                                         \
      "SELECT r.audit FROM revision r LEFT JOIN audit a ON a.number = r.audit "                \
      "WHERE (a.verb = 'use' AND a.result = 'revision ' || r.number AND "                      \
      "a.session = r.session AND a.wall_ns = r.wall_ns AND a.time_ns = r.time_ns AND "         \
      "a.operator_name = r.operator_name AND "                                                 \
      "a.text = r.origin || ': ' || r.params || '; ' || r.reason) IS NOT TRUE "                \
      "UNION ALL SELECT number FROM audit WHERE verb = 'use' AND "                             \
      "result GLOB 'revision [0-9]*' AND number NOT IN (SELECT audit FROM revision) LIMIT 1")  \
    X(SUM_TRADES, "SELECT count(*), total(state = 6), total(pnl_usd) FROM "                    \
                  "(SELECT state, CASE state WHEN 6 THEN pnl_usd END AS pnl_usd "              \
                  "FROM trade WHERE session = ? ORDER BY close_ns, id)")                       \
    X(SUM_FEES, "SELECT total(fee_units / 1e8 / CASE venue WHEN 0 THEN krw_per_usd ELSE 1 "    \
                "END) FROM report WHERE session = ? AND kind = 0")                             \
    X(SUM_DECISIONS, "SELECT total(1 + alike) FROM decision WHERE session = ? AND "            \
                     "action >= 2 AND coalesce(net_edge_bps >= json_extract(envelope, "        \
                     "'$.inputs.min_edge_bps'), 1)")                                           \
    X(SUM_ALERTS, "SELECT count(*), total(state IN (0, 2)), "                                  \
                  "total(state IN (0, 2) AND severity = 2) FROM alert WHERE session = ?")      \
    X(FIND_SWEEP, "SELECT id FROM sweep WHERE folder = ?")                                     \
    X(ADD_SWEEP, "INSERT INTO sweep (folder) VALUES (?)")                                      \
    X(START_SWEEP, "UPDATE sweep SET jobs_file = ?, jobs = ?, pid = ?, started_wall_ns = ?, "  \
                   "ended_wall_ns = 0, end_reason = '', kept = 0, pass_done = NULL, "          \
                   "saved_share = 0, told_wall_ns = ?, parallel = ?, prune = ? WHERE id = ?")  \
    X(END_SWEEP, "UPDATE sweep SET ended_wall_ns = ?, end_reason = ?, pass_done = NULL "       \
                 "WHERE id = ?")                                                               \
    X(TELL_SWEEP, "UPDATE sweep SET kept = ?, pass_done = ?, saved_share = ?, "                \
                  "told_wall_ns = ? WHERE id = ?")                                             \
    X(RUN_SWEEP_JOBS, "UPDATE sweep_job SET state = 1 WHERE state = 0 AND "                    \
                      "number BETWEEN ? AND ? AND sweep = ?")                                  \
    X(CLEAR_SWEEP_JOBS, "DELETE FROM sweep_job WHERE sweep = ?")                               \
    X(PUT_SWEEP_JOB, "INSERT OR REPLACE INTO sweep_job (sweep, number, job_id, state, "        \
                     "config_hash, data_hash, pnl_usd, drawdown_pct, closed_trades, error) "   \
                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                                  \
    X(SETTLE_SWEEP_JOB, "UPDATE sweep_job SET state = ?, data_hash = ?, pnl_usd = ?, "         \
                        "drawdown_pct = ?, closed_trades = ?, error = ? WHERE number = ? "     \
                        "AND sweep = ?")                                                       \
    X(INTERRUPT_SWEEP, "UPDATE sweep_job SET state = 4 WHERE sweep = ? AND state = 1")         \
    X(EACH_SWEEP,                                                                              \
      "SELECT id, folder, jobs_file, jobs, pid, started_wall_ns, ended_wall_ns, "              \
      "end_reason, kept, pass_done, saved_share, told_wall_ns, parallel, prune FROM sweep "    \
      "ORDER BY started_wall_ns DESC, id DESC")                                                \
    X(COUNT_SWEEP_JOBS, "SELECT total(state = 0), total(state = 1), total(state = 2), "        \
                        "total(state = 3), total(state = 4), total(state = 5) FROM sweep_job " \
                        "WHERE sweep = ?")                                                     \
    X(BEST_SWEEP_JOB, "SELECT job_id, pnl_usd FROM sweep_job WHERE sweep = ? AND state = 2 "   \
                      "ORDER BY pnl_usd DESC, drawdown_pct, closed_trades DESC, job_id "       \
                      "LIMIT 1")                                                               \
    X(SWEEP_FAILURES, "SELECT count(*), error FROM sweep_job WHERE sweep = ? AND state = 3 "   \
                      "GROUP BY error ORDER BY count(*) DESC, error")

enum statement {
#define X(name, sql) STATEMENT_##name,
    STATEMENT_TABLE(X)
#undef X
        STATEMENT_LAST = STATEMENT_SWEEP_FAILURES,
};
