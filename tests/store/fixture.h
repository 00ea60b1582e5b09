#pragma once
/* fixture: a journal with one started session in a folder of its own. */
#include "support/check.h"
#include "support/folder.h"

#include <sqlite3.h>

#include "base/err.h"
#include "store/journal.h"

static char folder[FOLDER_PATH_SIZE];
static char path[FOLDER_PATH_SIZE + 64];
static struct journal *journal;
static struct journal_session session;
static struct err err;

static inline void start_session(void)
{
    session = (struct journal_session){
        .name = "paper-20261120-2124",
        .mode = "paper",
        .source = "simulated:1",
        .options_hash = "xxh3-128:00",
        .options_text = "engine.min_spread_bps = 5\n",
        .started_wall_ns = 1000,
        .start_event_ns = 2000,
        .seed = UINT64_MAX, /* all 64 bits must come back */
        .version = "0.1.0",
    };
    assert_true(journal_start_session(journal, &session, &err));
}

static inline int set_up(void **state)
{
    folder_create(folder);
    folder_file(path, folder, "journal.sqlite");
    if (!journal_open(&journal, path, &err)) {
        fail_msg("%s", err.text);
    }
    start_session();
    return 0;
}

static inline int tear_down(void **state)
{
    journal_close(journal);
    folder_remove(folder);
    return 0;
}

static inline void reopen(void)
{
    journal_close(journal);
    journal = NULL;
    if (!journal_open(&journal, path, &err)) {
        fail_msg("%s", err.text);
    }
}

/* A trade whose every number differs, so that no column can stand in for another. */
static inline struct trade a_trade(uint64_t id, enum trade_state state)
{
    struct trade trade = {
        .id = id,
        .pair = 2,
        .side = SPREAD_LONG_B_SHORT_A,
        .state = state,
        .exit = state == TRADE_CLOSED ? TRADE_EXIT_MAX_HOLD : TRADE_EXIT_NONE,
        .open_ns = (int64_t)id * 100,
        .close_ns = state == TRADE_CLOSED ? (int64_t)id * 100 + 50 : 0,
        .entry_spread_bps = 0.1,
        .exit_spread_bps = -0.2,
        .net_edge_bps = 0.3,
        .notional_usd = 1000.4,
        .quantity = 1.0 / 3.0,
        .funding_usd = -0.5,
        .repair_usd = 0.6,
        .repair_fees_usd = 0.7,
    };
    for (int i = 0; i <= TRADE_LEG_LAST; i++) {
        trade.legs[i] = (struct trade_fill){i + 0.01, i + 0.02, i + 0.03, i + 0.04};
    }
    return trade;
}

static const struct trade_result RESULT = {1.1, 2.2, 3.3, 4.4, 5.5, 6.6, 7.7, 8.8, 9.9};

static inline void put_trade(uint64_t id, enum trade_state state)
{
    const struct trade trade = a_trade(id, state);
    if (!journal_put_trade(journal, session.id, &trade, &RESULT, "BTC", &err)) {
        fail_msg("%s", err.text);
    }
}

static const struct order ORDER = {
    .client_id = 1,
    .trade_ref = 2,
    .venue = VENUE_B,
    .side = ORDER_SELL,
    .quantity_units = 5,
};

static inline int64_t count_of(const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    const int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return count;
}
