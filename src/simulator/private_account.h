#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "venue/paper.h"

/* private_account: the orders of one account at both venues, filled by the paper venue. */

enum { PRIVATE_TRADES_MAX = 16, PRIVATE_ID_SIZE = 40 };

struct private_trade {
    uint64_t id;
    int64_t quantity_units, value_units, fee_units, price_units;
    int64_t time_ms;
};

struct private_order {
    char client_id[PRIVATE_ID_SIZE];
    struct order order; /* its client id is the venue's number of it */
    bool ended, cancelled;
    enum venue_error error; /* refused: it only burned its id */
    int32_t absent;         /* so many questions do not find it */
    int32_t hidden;         /* so many answers do not tell that it filled */
    bool doubled;
    int64_t executed_units, fee_units;
    int64_t time_ms;
    int32_t trades_count;
    struct private_trade trades[PRIVATE_TRADES_MAX];
};

struct private_account {
    struct venue_port *paper;
    struct book books[LEDGER_PAIRS_MAX][VENUE_LAST + 1];
    struct private_order *orders;
    int32_t count, capacity;
    uint64_t last_trade_id;
    bool split_next;
};

void private_account_open(struct private_account *account,
                          const struct venue_paper_config *config, double krw_per_usd);
void private_account_close(struct private_account *account);

/* The last order of that name; NULL: none. Borrowed until the next order. */
struct private_order *private_account_find(const struct private_account *account,
                                           enum venue venue, const char *client_id);
struct private_order *private_account_find_number(const struct private_account *account,
                                                  enum venue venue, uint64_t number);
/* Takes an order; its `error` says whether. */
struct private_order *private_account_place(struct private_account *account,
                                            const struct order *order, const char *client_id,
                                            int64_t now_ns);
void private_account_cancel(struct private_account *account, struct private_order *order,
                            int64_t now_ns);
/* Somebody comes to its price before it is cancelled. */
void private_account_race(struct private_account *account, struct private_order *order,
                          int64_t now_ns);
void private_account_show(struct private_account *account, int32_t pair, enum venue venue,
                          const struct book *book, int64_t now_ns);
