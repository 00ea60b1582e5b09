#pragma once
#include <stdint.h>

#include "core/spread.h"
#include "core/trade.h"
#include "view/snapshot.h"

/* page: a slice of history a face asked for; at most PAGE_ROWS_MAX rows, newest first. */

enum { PAGE_ROWS_MAX = 200 };

enum page_kind { PAGE_TRADES, PAGE_ALERTS, PAGE_DECISIONS, PAGE_AUDIT };

struct page_query {
    enum page_kind kind;
    uint32_t offset;
    uint32_t count; /* <= PAGE_ROWS_MAX */
    uint64_t id;    /* one row only when not 0 (trades) */
};

struct page_trade {
    struct trade trade;
    struct trade_result result; /* zeros while open */
    char pair[24];
};

struct page_decision {
    int64_t number;
    int64_t time_ns;
    char pair[24];
    enum spread_side side;
    int32_t action; /* enum guard_action */
    enum reason primary;
    double net_edge_bps, observed, limit;
    int64_t alike;   /* so many more of its kind followed it */
    int64_t last_ns; /* the last of them; 0: none */
};

struct page_audit {
    int64_t number;
    int64_t wall_ns;
    char operator_name[24];
    char verb[24];
    char text[SNAPSHOT_LINE_SIZE];
    char result[SNAPSHOT_TEXT_SIZE];
};

struct page {
    struct page_query query;
    uint32_t total;  /* rows there are */
    uint32_t count;  /* rows below */
    int64_t made_ns; /* event time */
    union {
        struct page_trade trades[PAGE_ROWS_MAX];
        struct snapshot_alert alerts[PAGE_ROWS_MAX];
        struct page_decision decisions[PAGE_ROWS_MAX];
        struct page_audit audits[PAGE_ROWS_MAX];
    };
};
