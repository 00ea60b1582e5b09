#include "private_account.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "core/ledger.h"

void private_account_open(struct private_account *account,
                          const struct venue_paper_config *config, double krw_per_usd)
{
    memset(account, 0, sizeof(*account));
    account->paper = venue_paper_create(config);
    venue_paper_show_fx(account->paper, krw_per_usd);
}

void private_account_close(struct private_account *account)
{
    account->paper->ops->close(account->paper);
    mem_free(account->orders);
}

struct private_order *private_account_find(const struct private_account *account,
                                           enum venue venue, const char *client_id)
{
    for (int32_t i = account->count - 1; i >= 0; i--) {
        struct private_order *order = &account->orders[i];
        if (order->order.venue == venue && strcmp(order->client_id, client_id) == 0) {
            return order;
        }
    }
    return NULL;
}

struct private_order *private_account_find_number(const struct private_account *account,
                                                  enum venue venue, uint64_t number)
{
    const bool known = number >= 1 && number <= (uint64_t)account->count;
    struct private_order *order = known ? &account->orders[number - 1] : NULL;
    return known && order->order.venue == venue ? order : NULL;
}

static void add_trade(struct private_account *account, struct private_order *order,
                      const struct private_trade *trade)
{
    assert(order->trades_count < PRIVATE_TRADES_MAX);
    struct private_trade *place = &order->trades[order->trades_count++];
    *place = *trade;
    place->id = ++account->last_trade_id;
}

static void take_fill(struct private_account *account, struct private_order *order,
                      const struct order_report *report, int64_t now_ns)
{
    struct private_trade trade = {.quantity_units = report->quantity_units,
                                  .value_units = report->value_units,
                                  .fee_units = report->fee_units,
                                  .time_ms = now_ns / CLOCK_NS_PER_MS};
    (void)ledger_units(report->price, &trade.price_units); /* it filled: it fits */
    order->executed_units += report->quantity_units;
    order->fee_units += report->fee_units;
    if (account->split_next) {
        struct private_trade part = trade;
        part.quantity_units /= 4;
        part.value_units /= 4;
        part.fee_units /= 4;
        add_trade(account, order, &part);
        trade.quantity_units -= part.quantity_units;
        trade.value_units -= part.value_units;
        trade.fee_units -= part.fee_units;
        account->split_next = false;
    }
    add_trade(account, order, &trade);
}

/* Whatever the paper venue has to say by now. */
static void drain(struct private_account *account, int64_t now_ns)
{
    struct order_report report;
    int64_t time_ns;
    while (account->paper->ops->next_report(account->paper, now_ns, &report, &time_ns)) {
        struct private_order *order = &account->orders[report.client_id - 1];
        switch (report.kind) {
        case REPORT_FILL:
            take_fill(account, order, &report, time_ns);
            break;
        case REPORT_REJECTED:
            order->error = report.error;
            order->ended = true;
            break;
        case REPORT_DONE:
            order->ended = true;
            break;
        default:
            break; /* nothing is asked that could be answered otherwise */
        }
    }
}

struct private_order *private_account_place(struct private_account *account,
                                            const struct order *order, const char *client_id,
                                            int64_t now_ns)
{
    if (account->count == account->capacity) {
        account->capacity = 2 * account->capacity + 16;
        account->orders =
            mem_grow(account->orders, (size_t)account->capacity, sizeof(account->orders[0]));
    }
    struct private_order *place = &account->orders[account->count++];
    memset(place, 0, sizeof(*place));
    memcpy(place->client_id, client_id, strlen(client_id) + 1);
    place->order = *order;
    place->order.client_id = (uint64_t)account->count;
    place->time_ms = now_ns / CLOCK_NS_PER_MS;
    account->paper->ops->create_order(account->paper, &place->order, now_ns);
    drain(account, now_ns);
    return place;
}

void private_account_cancel(struct private_account *account, struct private_order *order,
                            int64_t now_ns)
{
    order->cancelled = order->cancelled || !order->ended;
    account->paper->ops->cancel_order(account->paper, order->order.client_id, now_ns);
    drain(account, now_ns);
}

void private_account_race(struct private_account *account, struct private_order *order,
                          int64_t now_ns)
{
    const struct order *it = &order->order;
    const double price = ledger_amount(it->limit_price_units);
    const double left = ledger_amount(it->quantity_units - order->executed_units);
    const struct book_level near = {price, left};
    const bool buys = it->side == ORDER_BUY;
    const struct book crossed = {
        .bids_count = 1,
        .asks_count = 1,
        .bids = {buys ? (struct book_level){price / 2.0, left} : near},
        .asks = {buys ? near : (struct book_level){price * 2.0, left}},
    };
    const struct book before = account->books[it->pair][it->venue];
    venue_paper_show_book(account->paper, it->pair, it->venue, &crossed, now_ns);
    drain(account, now_ns);
    venue_paper_show_book(account->paper, it->pair, it->venue, &before, now_ns);
    drain(account, now_ns);
    order->cancelled = true;
    order->hidden = 1;
}

void private_account_show(struct private_account *account, int32_t pair, enum venue venue,
                          const struct book *book, int64_t now_ns)
{
    account->books[pair][venue] = *book;
    venue_paper_show_book(account->paper, pair, venue, book, now_ns);
    drain(account, now_ns);
}
