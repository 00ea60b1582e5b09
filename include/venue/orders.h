#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "core/reason.h"
#include "io/loop.h"
#include "venue/keys.h"
#include "venue/venue.h"

/* orders: order entry at Upbit (venue A) and Binance USDS-M futures (venue B), on the loop.
 *
 * Only in programs built with the option live-trading. An order is sent once: what nobody can
 * tell of it is asked about by its client id until somebody can, and never sent again. Every
 * order that has not ended is asked about again and again, sooner at first. What a venue says
 * of money and positions is kept as last heard. */

enum { VENUE_ORDERS_PAIRS_MAX = 16, VENUE_ORDERS_SESSION_SIZE = 16 + 1 };

struct venue_orders_pair {
    char name[24]; /* "BTC" */
    char symbols[VENUE_LAST + 1][24];
    int64_t lot_units[VENUE_LAST + 1];
    int64_t tick_units[VENUE_LAST + 1]; /* 0 on A: the table of KRW prices */
};

struct venue_orders_options {
    const char *rest_urls[VENUE_LAST + 1]; /* "https://api.upbit.com" */
    const char *ca_file;                   /* NULL: the system's */
    const struct venue_keys *keys[VENUE_LAST + 1];
    char session[VENUE_ORDERS_SESSION_SIZE]; /* of the client ids; letters, digits, ._- */
    uint64_t first_client_id;                /* smaller ones are of an earlier process */
    int32_t pairs_count;
    struct venue_orders_pair pairs[VENUE_ORDERS_PAIRS_MAX];
    int64_t live_less_mono_ns;      /* what makes live time of monotonic time */
    int64_t request_ms;             /* of one exchange */
    int64_t ask_ms, ask_ms_least;   /* pause between questions about one order; the first */
    int64_t not_found_ms;           /* so long after it was sent "not found" is not believed */
    int64_t confirm_ms;             /* a cancelled order is asked about once more; 0: never */
    int64_t receive_window_ms;      /* Binance refuses what took longer */
    double collar_pct;              /* market orders that a venue lacks: limits so far off */
    double fee_bps[VENUE_LAST + 1]; /* for fees that are paid in another currency */
    int64_t banned_until_ns[VENUE_LAST + 1]; /* live time, as an earlier process heard it */
    /* May an entry leave now? Asked last of all, before its first byte: the kill epoch. */
    bool (*may_enter)(void *context);
    void (*wake)(void *context); /* a report is there; NULL: nobody waits */
    /* 418: to be told to the next process; NULL: nobody keeps it. */
    void (*banned)(void *context, enum venue venue, int64_t until_ns);
    void *context;
};
struct venue_orders_options venue_orders_defaults(void);

/* Borrows the loop, the addresses and the keys while open. */
bool venue_orders_open(struct venue_port **out, struct loop *loop,
                       const struct venue_orders_options *options, struct err *err);

/* An order of an earlier process; its truth is asked for. */
void venue_orders_recall(struct venue_port *venue, const struct order *order, int64_t now_ns);
/* Asks for balances and positions; so does every order that ends. */
void venue_orders_refresh(struct venue_port *venue, int64_t now_ns);
/* What the market shows; limits of market orders and the rate of fills on A come from it. */
void venue_orders_show_book(struct venue_port *venue, int32_t pair, enum venue which,
                            const struct book *book);
void venue_orders_show_fx(struct venue_port *venue, double krw_per_usd);

/* Nothing is under way, every order that lives was asked about since, and every cancelled one
 * was looked at once more. */
bool venue_orders_quiet(const struct venue_port *venue, int64_t since_ns);

struct venue_orders_desk {
    bool shut;               /* the keys are not good: nothing is sent any more */
    int64_t banned_until_ns; /* 0: it is not */
    enum reason closed_for;  /* why nothing is sent, for good or until then: VENUE.AUTH,
                                VENUE.BANNED, VENUE.RATE_LIMIT; NONE: it never was */
    int64_t clock_ahead_ns;  /* the venue's clock less live time */
    uint64_t requests, failed;
    enum reason reason; /* of the last trouble: ORDER.UNKNOWN, VENUE.AUTH, ... */
    char trouble[192];  /* the same; fit for a terminal */
};
struct venue_orders_desk venue_orders_desk(const struct venue_port *venue, enum venue which);
