#include "paper_case.h"

#include <stdlib.h>

#include "support/dice.h"

/* The paper venue in time: latency, the same future from the same state, and full tables. */

#define MS_NS INT64_C(1000000)

static struct venue_paper_config slow_config(void)
{
    struct venue_paper_config config = paper_case_config();
    config.latency_a_ms_median = 60;
    config.latency_a_ms_p99 = 400;
    config.latency_b_ms_median = 12;
    config.latency_b_ms_p99 = 80;
    config.slippage_bps = 1;
    config.replenish_half_life_s = 2;
    return config;
}

static int by_size(const void *one, const void *other)
{
    const int64_t a = *(const int64_t *)one;
    const int64_t b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

/* Goal: half of 2,000 orders take longer than 60 ms, about one in a hundred longer than 400.
 * The order statistics of that many draws lie within 8 % and 25 % of the truth. */
static void takes_as_long_as_configured(void **state)
{
    enum { DRAWS = 2000 };
    const struct venue_paper_config config = slow_config();
    struct venue_case it;
    int64_t *took_ns = calloc(DRAWS, sizeof *took_ns);
    paper_case_open(&it, &config);
    for (int i = 0; i < DRAWS; i++) {
        const int64_t sent_ns = it.now_ns;
        const struct order order =
            venue_case_order(&it, 0, VENUE_A, ORDER_BUY, 1, 0, ORDER_IOC);
        venue_case_send(&it, &order);
        venue_case_expect_done(&it, &order, 0);
        took_ns[i] = it.now_ns - sent_ns;
    }
    qsort(took_ns, DRAWS, sizeof *took_ns, by_size);
    check_near((double)took_ns[DRAWS / 2] / 60e6, 1.0, 0.08);
    check_near((double)took_ns[DRAWS * 99 / 100] / 400e6, 1.0, 0.25);
    assert_true(took_ns[0] > 0);
    paper_case_close(&it);
    free(took_ns);
}

/* Goal: an order meets the book that is shown when it arrives, not the one it was sent for. */
static void meets_the_book_of_its_arrival(void **state)
{
    const struct venue_paper_config config = slow_config();
    struct venue_case it;
    paper_case_open(&it, &config);
    venue_case_show(&it, 0, VENUE_A, venue_case_asks(10000, 10, 0, 0));
    const struct order order = venue_case_order(&it, 0, VENUE_A, ORDER_BUY, 1, 0, ORDER_IOC);
    venue_case_send(&it, &order);
    const int64_t arrive_ns = it.venue->ops->next_due_ns(it.venue);
    assert_true(arrive_ns > it.now_ns);
    it.now_ns = arrive_ns - 1;
    venue_case_show(&it, 0, VENUE_A, venue_case_asks(12000, 10, 0, 0));
    it.now_ns = arrive_ns + MS_NS; /* this one is shown after the order came */
    venue_case_show(&it, 0, VENUE_A, venue_case_asks(15000, 10, 0, 0));
    struct order_report report;
    int64_t time_ns;
    assert_true(it.venue->ops->next_report(it.venue, it.now_ns, &report, &time_ns));
    check_near(report.touch_price, 12000, 0);
    assert_int_equal(time_ns, arrive_ns);
    paper_case_close(&it);
}

/* Whatever is due next says "done" and nothing else. */
static void expect_only_done(struct venue_case *it)
{
    if (it->venue->ops->next_due_ns(it->venue) == INT64_MAX) {
        return;
    }
    struct order_report report;
    int64_t time_ns;
    it->now_ns = it->venue->ops->next_due_ns(it->venue);
    while (it->venue->ops->next_report(it->venue, it->now_ns, &report, &time_ns)) {
        assert_int_equal(report.kind, REPORT_DONE);
    }
}

/* Goal: a question never overtakes its order, so "never had it" is never said of one that
 * comes. */
static void never_denies_an_order_on_its_way(void **state)
{
    const struct venue_paper_config config = slow_config();
    struct venue_case it;
    paper_case_open(&it, &config);
    venue_case_show(&it, 0, VENUE_A, venue_case_asks(10000, 1000, 0, 0));
    for (int i = 0; i < 100; i++) {
        const struct order order =
            venue_case_order(&it, 0, VENUE_A, ORDER_BUY, 1, 9000, ORDER_GTC);
        venue_case_send(&it, &order);
        it.venue->ops->cancel_order(it.venue, order.client_id, it.now_ns);
        it.venue->ops->get_order_status(it.venue, order.client_id, it.now_ns);
        for (int k = 0; k < 2; k++) { /* the query may come before the cancel: then it rests */
            expect_only_done(&it);
        }
        while (it.venue->ops->next_due_ns(it.venue) != INT64_MAX) {
            venue_case_expect_done(&it, &order, 0);
        }
    }
    venue_case_expect_balance(&it, "KRW", 1000000, 0);
    paper_case_close(&it);
}

static void write_report(const struct order_report *report, int64_t time_ns, uint64_t *trace)
{
    const int64_t words[] = {(int64_t)report->client_id, (int64_t)report->kind,
                             (int64_t)report->error,     (int64_t)report->fill_id,
                             report->quantity_units,     report->value_units,
                             report->fee_units,          time_ns};
    for (size_t i = 0; i < LEN(words); i++) {
        *trace = (*trace ^ (uint64_t)words[i]) * UINT64_C(0x100000001b3);
    }
}

static void fetch(struct venue_case *it, uint64_t *trace, int *fills)
{
    struct order_report report;
    int64_t time_ns;
    int64_t last_ns = 0;
    while (it->venue->ops->next_report(it->venue, it->now_ns, &report, &time_ns)) {
        assert_true(time_ns <= it->now_ns && time_ns >= last_ns);
        last_ns = time_ns;
        *fills += report.kind == REPORT_FILL ? 1 : 0;
        write_report(&report, time_ns, trace);
    }
}

static void send_something(struct venue_case *it, struct dice *dice)
{
    const enum venue which = dice_between(dice, 0, 1) == 0 ? VENUE_A : VENUE_B;
    const enum order_side side = dice_between(dice, 0, 1) == 0 ? ORDER_BUY : ORDER_SELL;
    const double quantity = (double)dice_between(dice, 1, 3000) / 1000.0;
    const double limit =
        dice_between(dice, 0, 2) == 0 ? 0.0 : (double)dice_between(dice, 95, 105);
    const enum order_lifetime lifetime =
        limit == 0.0 ? (enum order_lifetime)dice_between(dice, ORDER_IOC, ORDER_FOK)
                     : (enum order_lifetime)dice_between(dice, ORDER_IOC, ORDER_GTC);
    const struct order order = venue_case_order(it, 1, which, side, quantity, limit, lifetime);
    venue_case_send(it, &order);
}

static void show_something(struct venue_case *it, struct dice *dice)
{
    const double middle = (double)dice_between(dice, 97, 103);
    const double size = (double)dice_between(dice, 0, 2000) / 1000.0 + 0.001;
    const struct book book = {
        .bids_count = 2,
        .asks_count = 2,
        .bids = {{middle - 0.5, size}, {middle - 1.5, 2 * size}},
        .asks = {{middle + 0.5, size}, {middle + 1.5, 2 * size}},
    };
    const enum venue which = dice_between(dice, 0, 1) == 0 ? VENUE_A : VENUE_B;
    it->show(it, 1, which, &book);
}

/* One random thing that happens to a venue. */
static void live_on(struct venue_case *it, struct dice *dice, uint64_t *trace, int *fills)
{
    struct err err;
    it->now_ns += dice_between(dice, 0, 50) * MS_NS;
    const uint64_t some_id = (uint64_t)dice_between(dice, 1, (int64_t)it->last_id + 1);
    switch (dice_between(dice, 0, 7)) {
    case 0:
    case 1:
        show_something(it, dice);
        break;
    case 2:
        it->venue->ops->cancel_order(it->venue, some_id, it->now_ns);
        break;
    case 3:
        it->venue->ops->get_order_status(it->venue, some_id, it->now_ns);
        break;
    case 4:
        assert_true(venue_paper_fund(it->venue, 1, 100, 0.0001, &(int64_t){0}, &err));
        break;
    case 5:
        venue_paper_fault(it->venue, 1, VENUE_B, FAULT_DELAY_NEXT_REPORT, 100 * MS_NS);
        break;
    default:
        send_something(it, dice);
    }
    fetch(it, trace, fills);
}

static void check_sound(const struct venue_case *it)
{
    const struct ledger *ledger = venue_paper_ledger(it->venue);
    assert_true(ledger_balances(ledger));
    assert_true(ledger->krw.cash >= 0 && ledger->krw.locked >= 0);
    assert_true(ledger->usdt.locked >= 0);
    assert_true(ledger->spot[1].quantity >= 0 && ledger->spot[1].locked >= 0);
}

static struct venue_paper_config wild_config(uint64_t seed)
{
    struct venue_paper_config config = slow_config();
    config.reject_probability = 0.1;
    config.delay_probability = 0.1;
    config.seed = seed;
    return config;
}

/* Goal: whatever happens, the books balance; and a venue that is put down and taken up again
 * after every step tells exactly the same story. */
static void goes_on_from_its_state_as_if_nothing_happened(void **state)
{
    int fills = 0;
    int fills_again = 0;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        const struct venue_paper_config config = wild_config(seed);
        struct dice dice = {seed}, dice_again = {seed};
        struct venue_case straight, restored;
        uint64_t trace = 0, trace_again = 0;
        paper_case_open(&straight, &config);
        paper_case_open(&restored, &config);
        for (int step = 0; step < 500; step++) {
            live_on(&straight, &dice, &trace, &fills);
            check_sound(&straight);
            live_on(&restored, &dice_again, &trace_again, &fills_again);
            assert_true(trace == trace_again);
            size_t size;
            struct err err;
            const void *bytes = venue_paper_state(restored.venue, &size);
            struct venue_port *fresh = venue_paper_create(&config);
            assert_true(venue_paper_restore(fresh, bytes, size, &err));
            restored.venue->ops->close(restored.venue);
            restored.venue = fresh;
        }
        paper_case_close(&straight);
        paper_case_close(&restored);
    }
    assert_int_equal(fills, fills_again);
    assert_true(fills > 250); /* a story worth telling */
}

static void tells_another_story_for_another_seed(void **state)
{
    uint64_t traces[2] = {0, 0};
    for (uint64_t seed = 0; seed < 2; seed++) {
        const struct venue_paper_config config = wild_config(seed);
        struct dice dice = {1};
        struct venue_case it;
        int fills = 0;
        paper_case_open(&it, &config);
        for (int step = 0; step < 100; step++) {
            live_on(&it, &dice, &traces[seed], &fills);
        }
        paper_case_close(&it);
    }
    assert_true(traces[0] != traces[1]);
}

static void refuses_a_state_that_is_not_its_own(void **state)
{
    const struct venue_paper_config config = paper_case_config();
    struct venue_case it;
    struct err err;
    size_t size;
    paper_case_open(&it, &config);
    const void *bytes = venue_paper_state(it.venue, &size);
    unsigned char *copy = malloc(size);
    memcpy(copy, bytes, size);
    assert_false(venue_paper_restore(it.venue, copy, 0, &err));
    assert_false(venue_paper_restore(it.venue, copy, size - 1, &err));
    copy[0] ^= 1;
    assert_false(venue_paper_restore(it.venue, copy, size, &err));
    assert_string_equal(err.text,
                        "the paper venue's state was kept by another build or for other pairs");
    copy[0] ^= 1;
    copy[16] ^= 1; /* a unit of cash that came from nowhere */
    assert_false(venue_paper_restore(it.venue, copy, size, &err));
    assert_string_equal(err.text, "the paper venue's kept state is damaged");
    copy[16] ^= 1;
    assert_true(venue_paper_restore(it.venue, copy, size, &err));
    venue_case_expect_balance(&it, "KRW", 1000000, 0);
    free(copy);
    paper_case_close(&it);
}

/* Goal: the last 256 orders that ended are remembered, each with its own fill; of an older one
 * the venue cannot say, and its id stays used. */
static void remembers_the_last_orders(void **state)
{
    const struct venue_paper_config config = paper_case_config();
    struct venue_case it;
    paper_case_open(&it, &config);
    venue_case_show(&it, 1, VENUE_A, venue_case_asks(100, 1000, 0, 0));
    struct order order;
    for (int i = 1; i <= 300; i++) {
        order = venue_case_order(&it, 1, VENUE_A, ORDER_BUY, 0.001, 0, ORDER_IOC);
        venue_case_send(&it, &order);
        venue_case_expect_fill(&it, &order, 0.001, 100);
        venue_case_expect_done(&it, &order, 0.001);
    }
    it.venue->ops->get_order_status(it.venue, 44, it.now_ns);
    assert_int_equal(venue_case_next(&it).kind, REPORT_UNKNOWN);
    venue_case_expect_silence(&it);
    for (uint64_t id = 45; id <= 300; id++) {
        order.client_id = id;
        it.venue->ops->get_order_status(it.venue, id, it.now_ns);
        assert_int_equal(venue_case_expect_fill(&it, &order, 0.001, 100).fill_id, id);
        venue_case_expect_done(&it, &order, 0.001);
    }
    it.venue->ops->get_order_status(it.venue, 301, it.now_ns);
    assert_int_equal(venue_case_next(&it).kind, REPORT_NOT_FOUND);
    order.client_id = 44;
    venue_case_send(&it, &order);
    venue_case_expect_rejected(&it, &order, VENUE_ERROR_INVALID_ORDER);
    paper_case_close(&it);
}

/* Goal: 1,024 fills of one living order fill the table. It rests on untouched, others are
 * rejected for the rate; once it has ended, its fills make room. */
static void fills_no_more_than_it_can_remember(void **state)
{
    const struct venue_paper_config config = paper_case_config();
    struct venue_case it;
    paper_case_open(&it, &config);
    const struct order order = venue_case_order(&it, 1, VENUE_A, ORDER_BUY, 2, 100, ORDER_GTC);
    venue_case_send(&it, &order);
    for (int i = 1; i <= 1030; i++) {
        venue_case_show(&it, 1, VENUE_A, venue_case_asks(100, 0.001, 0, 0));
        if (i <= 1024) {
            venue_case_expect_fill(&it, &order, 0.001, 100);
        }
    }
    venue_case_expect_silence(&it);
    struct order other = venue_case_order(&it, 0, VENUE_B, ORDER_BUY, 1, 0, ORDER_IOC);
    venue_case_send(&it, &other);
    venue_case_expect_rejected(&it, &other, VENUE_ERROR_RATE_LIMITED);
    it.venue->ops->cancel_order(it.venue, order.client_id, it.now_ns);
    venue_case_expect_done(&it, &order, 1.024);
    venue_case_show(&it, 1, VENUE_A, venue_case_asks(100, 1, 0, 0));
    other = venue_case_order(&it, 1, VENUE_A, ORDER_BUY, 1, 0, ORDER_IOC);
    venue_case_send(&it, &other);
    venue_case_expect_fill(&it, &other, 1, 100);
    paper_case_close(&it);
}

/* Goal: with 512 orders resting the next is rejected for the rate, and a place that becomes
 * free is used. */
static void says_when_its_table_is_full(void **state)
{
    const struct venue_paper_config config = paper_case_config();
    struct venue_case it;
    paper_case_open(&it, &config);
    struct order order;
    for (int i = 1; i <= 512; i++) {
        order = venue_case_order(&it, 1, VENUE_A, ORDER_BUY, 1, 100, ORDER_GTC);
        venue_case_send(&it, &order);
    }
    venue_case_expect_silence(&it);
    order = venue_case_order(&it, 1, VENUE_A, ORDER_BUY, 1, 100, ORDER_GTC);
    venue_case_send(&it, &order);
    venue_case_expect_rejected(&it, &order, VENUE_ERROR_RATE_LIMITED);
    it.venue->ops->cancel_order(it.venue, 1, it.now_ns);
    assert_int_equal(venue_case_next(&it).kind, REPORT_DONE);
    order = venue_case_order(&it, 1, VENUE_A, ORDER_BUY, 1, 100, ORDER_GTC);
    venue_case_send(&it, &order);
    venue_case_expect_silence(&it);
    paper_case_close(&it);
}

/* Goal: with nobody fetching reports the venue waits; nothing is lost and nothing told twice.
 */
static void waits_for_its_reports_to_be_fetched(void **state)
{
    const struct venue_paper_config config = paper_case_config();
    struct venue_case it;
    paper_case_open(&it, &config);
    for (int i = 1; i <= 1100; i++) {
        struct order order = venue_case_order(&it, 0, VENUE_A, ORDER_BUY, 1, 0, ORDER_IOC);
        venue_case_send(&it, &order);
    }
    uint64_t ended = 0;
    struct order_report report;
    int64_t time_ns;
    while (it.venue->ops->next_report(it.venue, it.now_ns, &report, &time_ns)) {
        assert_int_equal(report.kind, REPORT_DONE);
        assert_int_equal(report.client_id, ++ended);
    }
    assert_int_equal(ended, 1100);
    paper_case_close(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_as_long_as_configured),
        cmocka_unit_test(meets_the_book_of_its_arrival),
        cmocka_unit_test(never_denies_an_order_on_its_way),
        cmocka_unit_test(goes_on_from_its_state_as_if_nothing_happened),
        cmocka_unit_test(tells_another_story_for_another_seed),
        cmocka_unit_test(refuses_a_state_that_is_not_its_own),
        cmocka_unit_test(remembers_the_last_orders),
        cmocka_unit_test(fills_no_more_than_it_can_remember),
        cmocka_unit_test(says_when_its_table_is_full),
        cmocka_unit_test(waits_for_its_reports_to_be_fetched),
    };
    return cmocka_run_group_tests_name("venue/paper_time", tests, NULL, NULL);
}
