#include <string.h>

#include "feeds.h"

/* Upbit sends whole books without numbers: each replaces the last, and their times are their
 * sequence. An older one came late, be it the answer to a request or from a connection that is
 * being succeeded. One that is much older, or several in a row, say that the venue's clock was
 * set back: by hand, or by a second that it counts twice; unless they are late by that clock:
 * what was long under way says nothing of it. One that says the time and the book of the last
 * came twice. */

#define LATE_NS (10 * INT64_C(1000000000))
enum { LATE_IN_A_ROW = 3 };

/* A book that is no market is shown as it is: whoever decides looks at the book itself, and the
 * next one replaces it. */
static void count_fault(struct feeds *feeds, const struct book *book)
{
    const enum book_fault fault = book_check(book);
    if (fault == BOOK_CROSSED) {
        feeds_count(feeds, VENUE_A, REASON_FEED_CROSSED);
    } else if (fault == BOOK_LOCKED) {
        feeds_count(feeds, VENUE_A, REASON_FEED_LOCKED);
    } else if (fault == BOOK_EMPTY) {
        feeds_count(feeds, VENUE_A, REASON_FEED_EMPTY);
    }
}

static bool was_set_back(struct feeds_pair *pair, int64_t exchange_ns)
{
    const bool goes_on = exchange_ns >= pair->late_a_ns;
    pair->late_a_count = goes_on ? pair->late_a_count + 1 : 1;
    pair->late_a_ns = exchange_ns;
    return pair->book_a_ns - exchange_ns >= LATE_NS || pair->late_a_count == LATE_IN_A_ROW;
}

/* Whether a book is to be shown: not one that is behind another, unless time began anew. */
static bool is_next(struct feeds *feeds, struct feeds_pair *pair, const struct book *book,
                    bool from_rest)
{
    if (book->exchange_ns >= pair->book_a_ns) {
        pair->late_a_count = 0;
        return true;
    }
    const bool late = feeds_is_late(&pair->feeds[VENUE_A]);
    if (from_rest || late || !was_set_back(pair, book->exchange_ns)) {
        feeds_count(feeds, VENUE_A, REASON_FEED_OUT_OF_ORDER);
        return false;
    }
    feeds_count(feeds, VENUE_A, REASON_FEED_SEQ_RANGE);
    pair->late_a_count = 0;
    pair->generation_a++;
    return true;
}

static void take_pair_book(struct feeds *feeds, int32_t index, const struct book *book,
                           bool from_rest)
{
    struct feeds_pair *pair = &feeds->pairs[index];
    const bool again = book->exchange_ns == pair->book_a_ns;
    /* The first one may be of a quiet market, and so may one that is said again. */
    if (!from_rest && !again && pair->book_a_ns != 0) {
        feeds_judge(feeds, index, VENUE_A, book->exchange_ns);
    }
    if (!is_next(feeds, pair, book, from_rest)) {
        return;
    }
    pair->book_a_ns = book->exchange_ns;
    const bool changed = feeds_note_sides(feeds, &pair->feeds[VENUE_A], book);
    if (!from_rest && again && !changed) {
        feeds_count(feeds, VENUE_A, REASON_FEED_DUPLICATE);
    }
    count_fault(feeds, book);
    if (!from_rest || pair->feeds[VENUE_A].state != FEED_DOWN) {
        feeds_set_state(feeds, index, VENUE_A, FEED_FRESH, REASON_NONE);
    }
    struct event *event = feeds_add(feeds, EVENT_BOOK, index);
    event->book.venue = VENUE_A;
    book_copy(&event->book.book, book);
    event->book.book.receive_ns = feeds->receive_ns;
    event->book.book.generation = pair->generation_a;
}

static void give_fx(struct feeds *feeds, double krw_per_usdt)
{
    struct event *event = feeds_add(feeds, EVENT_FX, -1);
    event->fx.krw_per_usd = krw_per_usdt;
    event->fx.bid = feeds->fx_bid;
    event->fx.ask = feeds->fx_ask;
    feeds->fx = *event;
}

/* The micro price leans to the side with less behind it, by the sizes at the touch. */
static double price_of(enum feeds_fx how, const struct book_level *bid,
                       const struct book_level *ask)
{
    if (how == FEEDS_FX_MID) {
        return (bid->price + ask->price) / 2.0;
    }
    return (bid->price * ask->size + ask->price * bid->size) / (bid->size + ask->size);
}

/* Late ones give no rate, nor do answers from before the last one. */
static bool is_fx_of_now(struct feeds *feeds, int64_t exchange_ns, bool from_rest)
{
    if (from_rest) {
        return exchange_ns >= feeds->fx_ns;
    }
    return feeds->fx_ns == 0 || exchange_ns == feeds->fx_ns ||
           !feeds_judge_fx(feeds, exchange_ns);
}

static void take_fx_book(struct feeds *feeds, const struct book *book, bool from_rest)
{
    if (!is_fx_of_now(feeds, book->exchange_ns, from_rest) || book_check(book) != BOOK_FINE) {
        return; /* no rate to be had from it; the last one ages */
    }
    feeds->fx_ns = book->exchange_ns;
    feeds->fx_bid = book->bids[0].price;
    feeds->fx_ask = book->asks[0].price;
    if (feeds->fx_price != FEEDS_FX_LAST) {
        give_fx(feeds, price_of(feeds->fx_price, &book->bids[0], &book->asks[0]));
    }
}

static void take_fx(struct feeds *feeds, const struct upbit_message *message, bool from_rest)
{
    if (message->kind == UPBIT_ORDERBOOK) {
        take_fx_book(feeds, &message->book, from_rest);
    } else if (feeds->fx_price == FEEDS_FX_LAST && !feeds->fx_late) {
        give_fx(feeds,
                message->kind == UPBIT_TRADE ? message->trade.price : message->ticker.price);
    }
}

static void take_trade(struct feeds *feeds, int32_t index, const struct upbit_message *message)
{
    struct event *event = feeds_add(feeds, EVENT_PRINT, index);
    event->print.venue = VENUE_A;
    event->print.price = message->trade.price;
    event->print.size = message->trade.size;
    event->print.aggressor = message->trade.aggressor;
}

static void take_pair(struct feeds *feeds, int32_t index, const struct upbit_message *message,
                      bool from_rest)
{
    feeds->pairs[index].feeds[VENUE_A].counters.messages++;
    if (message->kind == UPBIT_ORDERBOOK) {
        take_pair_book(feeds, index, &message->book, from_rest);
    } else if (message->kind == UPBIT_TRADE) {
        take_trade(feeds, index, message);
    } else if (message->kind == UPBIT_TICKER) {
        feeds_halt(feeds, index, VENUE_A, message->ticker.halted);
    }
}

void feeds_upbit(struct feeds *feeds, const struct upbit_message *message, bool from_rest)
{
    /* A book of grouped prices shows no touch that anybody could trade at. */
    const bool is_news = message->symbol[0] != '\0' && !(message->level > 0.0);
    bool asked_for = false;
    feeds->unknown_fields += (uint64_t)message->unknown_fields;
    if (is_news && strcmp(message->symbol, feeds->fx_symbol) == 0) {
        take_fx(feeds, message, from_rest);
        asked_for = true;
    }
    for (int32_t i = 0; is_news && i < feeds->pairs_count; i++) {
        if (strcmp(message->symbol, feeds->pairs[i].symbol_a) == 0) {
            take_pair(feeds, i, message, from_rest);
            asked_for = true;
        }
    }
    feeds->ignored += asked_for ? 0 : 1;
}
