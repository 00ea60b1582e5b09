#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"
#include "krw_tick.h"
#include "venue/paper.h"

/* The inside of the paper venue: one flat value, and the rooms that work on it. */

enum {
    PAPER_VERSION = 2,
    PAPER_ORDERS_MAX = 512,   /* live ones and the last that ended; full of live ones: reject */
    PAPER_ENDED_MAX = 256,    /* that can still be asked about */
    PAPER_FILLS_MAX = 1024,   /* full: the oldest ended order is forgotten with its fills */
    PAPER_REQUESTS_MAX = 256, /* on the wire; full: orders are rejected, questions lost */
    PAPER_REPORTS_MAX = 1024, /* not yet fetched; nearly full: the venue waits */
    PAPER_REPORTS_SPARE = 16, /* what one request may give rise to */
    PAPER_TAKEN_MAX = BOOK_LEVELS_MAX,
};

enum paper_side { PAPER_BIDS, PAPER_ASKS, PAPER_SIDE_LAST = PAPER_ASKS };

/* Liquidity we took from a price and that has not come back yet. */
struct paper_taken {
    double price;
    double size; /* coin, at the time below */
    int64_t time_ns;
};

/* What is taken of a symbol: as configured, until the market has said. */
struct paper_terms {
    int64_t lot_units, tick_units, minimum_units; /* as in struct venue_paper_config */
    bool halted;
};

struct paper_market {
    struct book book;
    struct paper_terms terms;
    struct paper_taken taken[PAPER_SIDE_LAST + 1][PAPER_TAKEN_MAX];
    int32_t taken_count[PAPER_SIDE_LAST + 1];
    int32_t reject_entries; /* scripted: so many entries still to be rejected */
    int32_t delay_reports;
    double mark_price; /* 0: none yet */
    int64_t delay_ns;
};

enum paper_order_state { PAPER_SENT, PAPER_RESTING, PAPER_DONE, PAPER_REJECTED };

struct paper_order {
    struct order order;
    enum paper_order_state state;
    enum venue_error error; /* of a rejection */
    bool will_reject;       /* the dice fell when it was sent */
    bool will_delay;
    int64_t delay_ns;
    int64_t arrive_ns;
    int64_t truth_ns; /* before that, nobody can say what became of it */
    int64_t filled_units;
    int64_t locked_units; /* of a resting spot order: KRW or coin */
};

enum paper_request_kind { PAPER_CREATE, PAPER_CANCEL, PAPER_QUERY };

struct paper_request {
    uint64_t client_id;
    int64_t arrive_ns;
    uint64_t sequence;
    int64_t kind; /* enum paper_request_kind, without a hole behind it */
};

struct paper_report {
    int64_t due_ns;
    uint64_t sequence;
    struct order_report report;
};

struct paper_state {
    struct ledger ledger;
    double krw_per_usd;
    struct rng latency[VENUE_LAST + 1];
    struct rng rejects;
    struct rng delays;
    uint64_t last_sequence;
    uint64_t last_fill_id[VENUE_LAST + 1];
    uint64_t forgotten_id; /* highest client id whose order was forgotten */
    int32_t orders_count, fills_count, requests_count, reports_count;
    struct paper_market markets[LEDGER_PAIRS_MAX][VENUE_LAST + 1];
    struct paper_order orders[PAPER_ORDERS_MAX]; /* in order of arrival at our side */
    struct order_report fills[PAPER_FILLS_MAX];
    struct paper_request requests[PAPER_REQUESTS_MAX];
    struct paper_report reports[PAPER_REPORTS_MAX];
};

struct venue_paper {
    struct venue_port port;
    struct venue_paper_config config;
    struct paper_state state;
    unsigned char *kept; /* the bytes last given out */
    size_t kept_capacity;
};

static inline struct venue_paper *paper_of(struct venue_port *venue)
{
    return (struct venue_paper *)venue; /* the port is its first member */
}

/* paper_book.c: depth, and what we took of it. */
struct paper_walk {
    int64_t quantity_units;
    double price; /* average, without slippage; 0 when nothing was there */
};
/* Walks the side an order of `side` trades against, up to `limit_units` (0: any price). Takes
 * the liquidity when `take` is set. */
struct paper_walk paper_walk_book(struct venue_paper *paper, const struct order *order,
                                  int64_t quantity_units, int64_t now_ns, bool take);
void paper_replace_book(struct venue_paper *paper, int32_t pair, enum venue venue,
                        const struct book *book, int64_t now_ns);

/* paper_rules.c: what a venue refuses before it looks at money. */
enum venue_error paper_check_order(const struct venue_paper *paper, const struct order *order);
int64_t paper_lot(const struct venue_paper *paper, const struct order *order);

/* paper_fill.c: what becomes of an order. */
void paper_execute(struct venue_paper *paper, struct paper_order *order, int64_t now_ns);
void paper_cross_resting(struct venue_paper *paper, int32_t pair, enum venue venue,
                         int64_t now_ns);
void paper_end_resting(struct venue_paper *paper, struct paper_order *order, int64_t now_ns);

/* paper_margin.c: the margin account. */
double paper_mark(const struct venue_paper *paper, int32_t pair);
double paper_unrealized_usdt(const struct venue_paper *paper);
/* Of `quantity_units` of an order, the coin that extends the position instead of reducing. */
int64_t paper_extending_units(const struct venue_paper *paper, const struct order *order,
                              int64_t quantity_units);
/* Initial margin of `quantity_units` at `price`, in USDT units; false on overflow. */
bool paper_margin_units(const struct venue_paper *paper, double price, int64_t quantity_units,
                        int64_t *units);
/* Locks what positions and resting orders need, as far as there is cash. */
void paper_lock_margin(struct venue_paper *paper);

/* paper_orders.c: the orders we know, and their fills. */
struct paper_order *paper_find_order(struct venue_paper *paper, uint64_t client_id);
/* The resting order of a market that came first after client id `after`; NULL: no more. */
struct paper_order *paper_next_resting(struct venue_paper *paper, int32_t pair,
                                       enum venue venue, uint64_t after);
/* A zeroed place for one more order; NULL when all that are known live. Moves the others. */
struct paper_order *paper_new_order(struct venue_paper *paper);
/* Makes room for one more fill, moving orders; false when all fills are of live orders. */
bool paper_make_fill_room(struct venue_paper *paper);
void paper_keep_fill(struct venue_paper *paper, const struct order_report *fill);

/* paper_queue.c: requests on the wire and reports on their way back. */
bool paper_request(struct venue_paper *paper, enum paper_request_kind kind, uint64_t client_id,
                   int64_t arrive_ns);
/* Takes the first request that has arrived, unless reports must be fetched first. */
bool paper_take_request(struct venue_paper *paper, int64_t now_ns, struct paper_request *out);
bool paper_has_report_room(const struct venue_paper *paper);
/* Queues a report for `at_ns`. */
void paper_say(struct venue_paper *paper, const struct order_report *report, int64_t at_ns);
void paper_say_kind(struct venue_paper *paper, uint64_t client_id, enum report_kind kind,
                    enum venue_error error, int64_t at_ns);
/* DONE or REJECTED of an order that ended. */
void paper_say_end(struct venue_paper *paper, const struct paper_order *order, int64_t at_ns);
bool paper_take_report(struct venue_paper *paper, int64_t now_ns, struct order_report *out,
                       int64_t *time_ns);
int64_t paper_next_due(const struct venue_paper *paper);

/* paper_latency.c: how long things take. */
int64_t paper_latency_ns(struct venue_paper *paper, enum venue venue);
/* 2^exponent of an exponent <= 0. */
double paper_power_of_two(double exponent);
