#include "orders_case.h"

#include <stdlib.h>
#include <unistd.h>

/* What becomes of an order when the venue or the way to it fails (docs/faults.md, 20 to 36 and
 * 65). Both venues go through the same faults; each order is sent once, whatever happens.
 */

static int open(void **state)
{
    struct orders_case *it = malloc(sizeof(*it));
    orders_case_prepare(it);
    orders_case_open(it);
    *state = it;
    return 0;
}

static int finish(void **state)
{
    orders_case_close(*state);
    free(*state);
    return 0;
}

/* An ask of 10 coins at a price both venues take; the order buys one. */
#define PRICE 10000

static struct order buy(struct orders_case *it, enum venue which)
{
    venue_case_show(&it->it, 1, which,
                    venue_case_asks(which == VENUE_A ? PRICE : 100, 10, 0, 0));
    return venue_case_order(&it->it, 1, which, ORDER_BUY, 1, 0, ORDER_IOC);
}

static double price_at(enum venue which)
{
    return which == VENUE_A ? PRICE : 100;
}

static void expect_kind(struct orders_case *it, const struct order *order,
                        enum report_kind kind)
{
    const struct order_report report = venue_case_next(&it->it);
    assert_int_equal(report.kind, kind);
    assert_int_equal(report.client_id, order->client_id);
}

static void expect_unknown_then_filled(struct orders_case *it, const struct order *order)
{
    expect_kind(it, order, REPORT_UNKNOWN);
    venue_case_expect_fill(&it->it, order, 1, price_at(order->venue));
    venue_case_expect_done(&it->it, order, 1);
    venue_case_expect_silence(&it->it);
}

/* ORDER.UNKNOWN, faults 20, 28 and 31: it was carried out and nobody said so. */
static void asks_about_what_was_done_unheard(void **state)
{
    struct orders_case *it = *state;
    static const struct {
        enum private_fault fault;
        const char *trouble; /* what the desk says of it */
    } rows[] = {
        {PRIVATE_FAULT_CUT_AFTER, "create: reset 0 "},
        {PRIVATE_FAULT_TRUNCATE, "create: truncated 20"},
        {PRIVATE_FAULT_GARBAGE, "create: none 20"},
        {PRIVATE_FAULT_UNKNOWN_AFTER, "create: none 503 "},
        {PRIVATE_FAULT_TIMEOUT, "create: none "},
    };
    uint64_t sent = 0;
    for (size_t i = 0; i < LEN(rows); i++) {
        for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
            print_message("# %s at %s\n", private_fault_name(rows[i].fault), venue_name(which));
            private_break(it->private, which, PRIVATE_CREATE, rows[i].fault, 1);
            const struct order order = buy(it, which);
            venue_case_send(&it->it, &order);
            expect_unknown_then_filled(it, &order);
            const struct venue_orders_desk desk = venue_orders_desk(it->it.venue, which);
            print_message("%s\n", desk.trouble);
            assert_int_equal(desk.reason, REASON_ORDER_UNKNOWN);
            assert_ptr_equal(strstr(desk.trouble, rows[i].trouble), desk.trouble);
            assert_int_equal(private_stats(it->private).creates, ++sent);
        }
        assert_int_equal(private_stats(it->private).faults[rows[i].fault], 2);
    }
}

/* The same on our side of the wire, but nothing was done: "not found" is believed only when it
 * is said for a while. */
static void gives_up_only_on_what_stays_unknown_to_the_venue(void **state)
{
    struct orders_case *it = *state;
    static const enum private_fault FAULTS[] = {PRIVATE_FAULT_CUT_BEFORE,
                                                PRIVATE_FAULT_UNKNOWN_BEFORE};
    for (size_t i = 0; i < LEN(FAULTS); i++) {
        for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
            print_message("# %s at %s\n", private_fault_name(FAULTS[i]), venue_name(which));
            private_break(it->private, which, PRIVATE_CREATE, FAULTS[i], 1);
            const struct order order = buy(it, which);
            const int64_t sent_ns = it->it.now_ns; /* what the order is sent with */
            venue_case_send(&it->it, &order);
            expect_kind(it, &order, REPORT_UNKNOWN);
            expect_kind(it, &order, REPORT_NOT_FOUND);
            assert_true(orders_case_now_ns(it) - sent_ns >= it->options.not_found_ms * 1000000);
            assert_int_equal(private_stats(it->private).creates, 0);
        }
    }
}

/* Too fresh to be found: the first questions miss it. */
static void does_not_believe_not_found_too_soon(void **state)
{
    struct orders_case *it = *state;
    it->options.not_found_ms = 60000;
    orders_case_reopen(it, 1);
    for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
        private_break(it->private, which, PRIVATE_CREATE, PRIVATE_FAULT_CUT_AFTER, 1);
        private_break(it->private, which, PRIVATE_STATUS, PRIVATE_FAULT_NOT_YET, 3);
        const struct order order = buy(it, which);
        venue_case_send(&it->it, &order);
        expect_unknown_then_filled(it, &order);
    }
}

/* These say that nothing was done: no question is needed. */
static void takes_a_clear_no_for_one(void **state)
{
    struct orders_case *it = *state;
    static const struct {
        enum private_fault fault;
        enum venue_error error;
    } rows[] = {
        {PRIVATE_FAULT_UNAVAILABLE, VENUE_ERROR_NETWORK},
        {PRIVATE_FAULT_THROTTLED, VENUE_ERROR_RATE_LIMITED},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        private_break(it->private, VENUE_B, PRIVATE_CREATE, rows[i].fault, 1);
        const struct order order = buy(it, VENUE_B);
        venue_case_send(&it->it, &order);
        venue_case_expect_rejected(&it->it, &order, rows[i].error);
    }
    const struct order order = buy(it, VENUE_B);
    venue_case_send(&it->it, &order);
    venue_case_expect_fill(&it->it, &order, 1, 100);
}

/* VENUE.RATE_LIMIT and VENUE.BANNED: not a byte before it is over. */
static void keeps_silent_while_it_is_banned(void **state)
{
    struct orders_case *it = *state;
    for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
        struct order order = buy(it, which);
        private_break(it->private, which, PRIVATE_CREATE,
                      which == VENUE_A ? PRIVATE_FAULT_TOO_MANY : PRIVATE_FAULT_BANNED, 1);
        const int64_t sent_ns = orders_case_now_ns(it);
        venue_case_send(&it->it, &order);
        venue_case_expect_rejected(&it->it, &order, VENUE_ERROR_RATE_LIMITED);
        /* A second without a word about it, from the answer on; Binance says until when, two
         * seconds ahead by its own clock. */
        const struct venue_orders_desk desk = venue_orders_desk(it->it.venue, which);
        const int64_t until_ns = desk.banned_until_ns;
        assert_int_equal(desk.closed_for,
                         which == VENUE_A ? REASON_VENUE_RATE_LIMIT : REASON_VENUE_BANNED);
        const int64_t least_ms = which == VENUE_A ? 1000 : 1500;
        const int64_t most_ms = which == VENUE_A ? 1000 : 2500;
        assert_true(until_ns >= sent_ns + least_ms * 1000000);
        assert_true(until_ns <= it->it.now_ns + most_ms * 1000000);
        const uint64_t requests = private_stats(it->private).requests;
        order = buy(it, which);
        venue_case_send(&it->it, &order);
        venue_case_expect_rejected(&it->it, &order, VENUE_ERROR_RATE_LIMITED);
        assert_int_equal(private_stats(it->private).requests, requests);
    }
}

/* VENUE.AUTH: the keys are no longer good, and nobody hammers: no order, question or look at
 * the account leaves any more. */
static void stops_when_its_keys_are_refused(void **state)
{
    struct orders_case *it = *state;
    for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
        private_break(it->private, which, PRIVATE_CREATE, PRIVATE_FAULT_REVOKED, 1);
        struct order order = buy(it, which);
        venue_case_send(&it->it, &order);
        venue_case_expect_rejected(&it->it, &order, VENUE_ERROR_AUTHENTICATION);
        const struct venue_orders_desk desk = venue_orders_desk(it->it.venue, which);
        assert_true(desk.shut);
        assert_int_equal(desk.closed_for, REASON_VENUE_AUTH);
        assert_int_equal(desk.reason, REASON_VENUE_AUTH);
        const uint64_t requests = desk.requests;
        for (int i = 0; i < 3; i++) {
            order = buy(it, which);
            venue_case_send(&it->it, &order);
            venue_case_expect_rejected(&it->it, &order, VENUE_ERROR_AUTHENTICATION);
        }
        it->it.venue->ops->cancel_order(it->it.venue, order.client_id, it->it.now_ns);
        it->it.venue->ops->get_order_status(it->it.venue, order.client_id, it->it.now_ns);
        venue_orders_refresh(it->it.venue, it->it.now_ns);
        assert_int_equal(venue_orders_desk(it->it.venue, which).requests, requests);
        orders_case_reopen(it, order.client_id + 1); /* with keys that are good again */
    }
}

struct ban {
    int64_t until_ns[VENUE_LAST + 1];
};
static struct ban heard; /* one test at a time */

static void on_banned(void *context, enum venue venue, int64_t until_ns)
{
    heard.until_ns[venue] = until_ns;
}

/* VENUE.BANNED: whoever keeps it hears of the ban, and the next process, told of it, sends not
 * a byte before it is over. */
static void obeys_a_ban_of_an_earlier_process(void **state)
{
    struct orders_case *it = *state;
    it->options.banned = on_banned;
    orders_case_reopen(it, 1);
    struct order order = buy(it, VENUE_B);
    private_break(it->private, VENUE_B, PRIVATE_CREATE, PRIVATE_FAULT_BANNED, 1);
    heard = (struct ban){{0}};
    venue_case_send(&it->it, &order);
    venue_case_expect_rejected(&it->it, &order, VENUE_ERROR_RATE_LIMITED);
    assert_true(heard.until_ns[VENUE_A] == 0 && heard.until_ns[VENUE_B] > it->it.now_ns);
    const int64_t until_ns = orders_case_now_ns(it) + INT64_C(200000000);
    it->options.banned_until_ns[VENUE_B] = until_ns; /* sooner, for the test's sake */
    orders_case_reopen(it, order.client_id + 1);
    assert_int_equal(venue_orders_desk(it->it.venue, VENUE_B).closed_for, REASON_VENUE_BANNED);
    order = buy(it, VENUE_B);
    venue_case_send(&it->it, &order);
    venue_case_expect_rejected(&it->it, &order, VENUE_ERROR_RATE_LIMITED);
    assert_int_equal(venue_orders_desk(it->it.venue, VENUE_B).requests, 0);
    while (orders_case_now_ns(it) <= until_ns) {
        usleep(1000);
    }
    it->it.now_ns = orders_case_now_ns(it);
    order = buy(it, VENUE_B);
    venue_case_send(&it->it, &order);
    const struct order_report report = venue_case_next(&it->it);
    assert_int_equal(report.client_id, order.client_id);
    assert_true(venue_orders_desk(it->it.venue, VENUE_B).requests > 0);
}

/* NET.CONNECT, before the first byte: nothing left, so it is a rejection and no UNKNOWN. */
static void knows_that_nothing_left(void **state)
{
    struct orders_case *it = *state;
    wire_shut(it->wires[VENUE_A]);
    wire_shut(it->wires[VENUE_B]);
    orders_case_reopen(it, 1); /* without a connection that was kept */
    for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
        const struct order order = buy(it, which);
        venue_case_send(&it->it, &order);
        venue_case_expect_rejected(&it->it, &order, VENUE_ERROR_NETWORK);
        const struct venue_orders_desk desk = venue_orders_desk(it->it.venue, which);
        assert_ptr_equal(strstr(desk.trouble, "create: connect 0 "), desk.trouble);
        assert_int_equal(desk.reason, REASON_ORDER_REJECTED);
    }
    assert_int_equal(private_stats(it->private).creates, 0);
}

/* -1021: the clock is set anew and the order, which was not executed, goes once more. */
static void sets_its_clock_when_it_is_off(void **state)
{
    struct orders_case *it = *state;
    static const int64_t SKEWS_MS[] = {7000, -30000, 0};
    venue_case_expect_silence(&it->it); /* the first look at the clock is over */
    for (size_t i = 0; i < LEN(SKEWS_MS); i++) {
        private_set_skew(it->private, SKEWS_MS[i]);
        const struct order order = buy(it, VENUE_B);
        venue_case_send(&it->it, &order);
        venue_case_expect_fill(&it->it, &order, 1, 100);
        venue_case_expect_done(&it->it, &order, 1);
        const int64_t ahead_ns = venue_orders_desk(it->it.venue, VENUE_B).clock_ahead_ns;
        check_near((double)ahead_ns / 1e6, (double)SKEWS_MS[i], 900.0);
    }
    assert_true(private_stats(it->private).refused >= LEN(SKEWS_MS));
    assert_int_equal(private_stats(it->private).creates, LEN(SKEWS_MS));
}

/* ORDER.LATE_FILL, row 34: cancelled, and yet a fill was faster. The fill wins. */
static void tells_a_fill_that_was_faster_than_the_cancel(void **state)
{
    struct orders_case *it = *state;
    for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
        const double limit = which == VENUE_A ? 9000 : 90;
        struct order order = buy(it, which);
        order.type = ORDER_LIMIT;
        order.lifetime = ORDER_GTC;
        assert_true(ledger_units(limit, &order.limit_price_units));
        private_break(it->private, which, PRIVATE_CANCEL, PRIVATE_FAULT_CANCEL_RACE, 1);
        venue_case_send(&it->it, &order);
        venue_case_expect_silence(&it->it);
        it->it.venue->ops->cancel_order(it->it.venue, order.client_id, it->it.now_ns);
        venue_case_expect_done(&it->it, &order, 0);
        venue_case_expect_fill(&it->it, &order, 1, limit);
        venue_case_expect_done(&it->it, &order, 1);
    }
}

/* ORDER.CANCEL_UNKNOWN, row 35: nobody heard the cancel, so it is said again. */
static void cancels_until_it_is_cancelled(void **state)
{
    struct orders_case *it = *state;
    static const enum private_fault FAULTS[] = {PRIVATE_FAULT_CUT_BEFORE,
                                                PRIVATE_FAULT_CUT_AFTER};
    for (size_t i = 0; i < LEN(FAULTS); i++) {
        for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
            struct order order = buy(it, which);
            order.type = ORDER_LIMIT;
            order.lifetime = ORDER_GTC;
            order.limit_price_units = (which == VENUE_A ? 9000 : 90) * ONE;
            private_break(it->private, which, PRIVATE_CANCEL, FAULTS[i], 2);
            venue_case_send(&it->it, &order);
            venue_case_expect_silence(&it->it);
            it->it.venue->ops->cancel_order(it->it.venue, order.client_id, it->it.now_ns);
            venue_case_expect_done(&it->it, &order, 0);
        }
    }
    venue_case_expect_balance(&it->it, "KRW", 1000000, 0);
    venue_case_expect_balance(&it->it, "USDT", 1000, 0);
}

/* ORDER.DUP_FILL, row 33. A quarter and three quarters, each listed twice: two fills, whose
 * fees add up to that of the whole. */
static void counts_every_fill_once(void **state)
{
    struct orders_case *it = *state;
    for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
        private_break(it->private, which, PRIVATE_CREATE, PRIVATE_FAULT_SPLIT, 1);
        private_break(it->private, which, PRIVATE_CREATE, PRIVATE_FAULT_DOUBLE, 1);
        const struct order order = buy(it, which);
        venue_case_send(&it->it, &order);
        const struct order_report first =
            venue_case_expect_fill(&it->it, &order, 0.25, price_at(which));
        const struct order_report second =
            venue_case_expect_fill(&it->it, &order, 0.75, price_at(which));
        venue_case_expect_done(&it->it, &order, 1);
        assert_true(second.fill_id > first.fill_id);
        /* 5 bps of 10,000 KRW, or of 100 USDT */
        assert_int_equal(first.fee_units + second.fee_units,
                         which == VENUE_A ? 5 * ONE : ONE / 20);
        assert_int_equal(second.fee_units, 3 * first.fee_units);
    }
}

/* Fills that the venue tells late: done is said when all of it is told. */
static void waits_for_fills_that_are_told_late(void **state)
{
    struct orders_case *it = *state;
    for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
        private_break(it->private, which, PRIVATE_STATUS, PRIVATE_FAULT_LATE_FILL, 3);
        const struct order order = buy(it, which);
        venue_case_send(&it->it, &order);
        venue_case_expect_fill(&it->it, &order, 1, price_at(which));
        venue_case_expect_done(&it->it, &order, 1);
        venue_case_expect_silence(&it->it);
    }
}

/* The kill epoch, asked last of all: no entry leaves, and what reduces risk does. */
static void holds_entries_back_at_the_gate(void **state)
{
    struct orders_case *it = *state;
    for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
        it->may_enter = true;
        struct order order = buy(it, which);
        venue_case_send(&it->it, &order);
        venue_case_expect_fill(&it->it, &order, 1, price_at(which));
        venue_case_expect_done(&it->it, &order, 1);
        const uint64_t creates = private_stats(it->private).creates;
        order = buy(it, which);
        it->may_enter = false; /* between the decision and the wire */
        venue_case_send(&it->it, &order);
        venue_case_expect_rejected(&it->it, &order, VENUE_ERROR_NONE);
        assert_int_equal(private_stats(it->private).creates, creates);
        venue_case_show(&it->it, 1, which, venue_case_bids(price_at(which), 10));
        order = venue_case_order(&it->it, 1, which, ORDER_SELL, 1, 0, ORDER_IOC);
        order.class = ORDER_EXIT;
        venue_case_send(&it->it, &order);
        venue_case_expect_fill(&it->it, &order, 1, price_at(which));
        venue_case_expect_done(&it->it, &order, 1);
    }
}

/* A process that ended with an order under way: the next asks, and sends nothing. */
static void recalls_an_order_of_an_earlier_process(void **state)
{
    struct orders_case *it = *state;
    for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
        private_break(it->private, which, PRIVATE_CREATE, PRIVATE_FAULT_CUT_AFTER, 1);
        const struct order order = buy(it, which);
        venue_case_send(&it->it, &order);
        expect_kind(it, &order, REPORT_UNKNOWN);
        const uint64_t creates = private_stats(it->private).creates;
        orders_case_reopen(it, order.client_id + 1);
        venue_orders_recall(it->it.venue, &order, it->it.now_ns);
        venue_case_expect_fill(&it->it, &order, 1, price_at(which));
        venue_case_expect_done(&it->it, &order, 1);
        assert_int_equal(private_stats(it->private).creates, creates);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open, finish)
    const struct CMUnitTest tests[] = {
        CASE(asks_about_what_was_done_unheard),
        CASE(gives_up_only_on_what_stays_unknown_to_the_venue),
        CASE(does_not_believe_not_found_too_soon),
        CASE(takes_a_clear_no_for_one),
        CASE(keeps_silent_while_it_is_banned),
        CASE(obeys_a_ban_of_an_earlier_process),
        CASE(knows_that_nothing_left),
        CASE(stops_when_its_keys_are_refused),
        CASE(sets_its_clock_when_it_is_off),
        CASE(tells_a_fill_that_was_faster_than_the_cancel),
        CASE(cancels_until_it_is_cancelled),
        CASE(counts_every_fill_once),
        CASE(waits_for_fills_that_are_told_late),
        CASE(holds_entries_back_at_the_gate),
        CASE(recalls_an_order_of_an_earlier_process),
    };
    return cmocka_run_group_tests_name("simulator/orders faults", tests, NULL, NULL);
}
