#pragma once
#include <stdbool.h>
#include <stdint.h>

/* order: what we ask of a venue, and what it answers. Whole units of 1e-8. */

#define UNITS_PER_ONE INT64_C(100000000) /* money and quantities are counted in 1e-8 */

enum venue { VENUE_A, VENUE_B, VENUE_LAST = VENUE_B };
const char *venue_name(enum venue venue); /* "upbit", "binance" */

enum order_side { ORDER_BUY, ORDER_SELL };
enum order_type { ORDER_MARKET, ORDER_LIMIT };
enum order_lifetime { ORDER_IOC, ORDER_FOK, ORDER_GTC };

/* Why it is sent; SAFETY.md 3.1 grants permission by this class. */
enum order_class {
    ORDER_ENTRY,
    ORDER_EXIT,
    ORDER_REPAIR,  /* makes unequal legs equal again; reduces absolute exposure */
    ORDER_FLATTEN, /* the operator's */
};

struct order {
    uint64_t client_id; /* unique in the session, from 1, never used twice */
    uint64_t trade_ref; /* the session's handle of the attempt; see core/session.h */
    int32_t pair;
    enum venue venue;
    enum order_side side;
    enum order_type type;
    enum order_lifetime lifetime;
    enum order_class class;
    int64_t quantity_units;
    int64_t limit_price_units; /* limit orders; else 0 */
};

enum report_kind {
    REPORT_FILL,      /* some of it traded; more may follow */
    REPORT_DONE,      /* nothing more will come: filled, or the rest was cancelled */
    REPORT_REJECTED,  /* never executed; terminal */
    REPORT_UNKNOWN,   /* nobody can say yet; must be queried, never resent */
    REPORT_NOT_FOUND, /* answer to a query: the venue never had it; terminal */
};

enum venue_error {
    VENUE_ERROR_NONE,
    VENUE_ERROR_NETWORK,
    VENUE_ERROR_AUTHENTICATION,
    VENUE_ERROR_INSUFFICIENT_BALANCE,
    VENUE_ERROR_ORDER_NOT_FOUND,
    VENUE_ERROR_INVALID_ORDER,
    VENUE_ERROR_SYMBOL_NOT_FOUND,
    VENUE_ERROR_RATE_LIMITED,
    VENUE_ERROR_UNKNOWN,
    VENUE_ERROR_LAST = VENUE_ERROR_UNKNOWN,
};
const char *venue_error_name(enum venue_error error); /* "InsufficientBalance", ... */

struct order_report {
    uint64_t client_id;
    enum report_kind kind;
    enum venue_error error; /* of a rejection */
    uint64_t fill_id;       /* unique per venue; a second report with the same id is ignored */
    int64_t quantity_units; /* FILL: of this fill; DONE: filled in all */
    int64_t value_units;    /* FILL: money that changed hands, venue currency, fee apart */
    int64_t fee_units;      /* FILL: venue currency */
    double price;           /* FILL: average over the levels walked, slippage in */
    double touch_price;     /* FILL: the same without slippage */
    double krw_per_usd;     /* FILL: rate at the time; 1 on B */
};
