#include "venue_case.h"

#include <stdlib.h>

#include "io/loop.h"
#include "venue/orders.h"

/* What order entry decides by itself, without a venue: nobody listens where these point. */

struct fixture {
    struct venue_case it;
    struct loop *loop;
    struct venue_keys *keys[VENUE_LAST + 1];
    struct venue_orders_options options;
};

static int prepare(void **state)
{
    struct err err;
    struct fixture *f = calloc(1, sizeof(*f));
    f->loop = loop_create();
    setenv("ARBLITE_UPBIT_ACCESS_KEY", "UPBITACCESS", 1);
    setenv("ARBLITE_UPBIT_SECRET_KEY", "UPBITSECRET", 1);
    setenv("ARBLITE_BINANCE_ACCESS_KEY", "BINANCEACCESS", 1);
    setenv("ARBLITE_BINANCE_SECRET_KEY", "BINANCESECRET", 1);
    f->options = venue_orders_defaults();
    for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
        assert_true(venue_keys_load(&f->keys[which], which, &err));
        f->options.keys[which] = f->keys[which];
        f->options.rest_urls[which] = "http://127.0.0.1:9";
    }
    strcpy(f->options.session, "s");
    f->options.pairs_count = 1;
    f->options.first_client_id = 10;
    strcpy(f->options.pairs[0].name, "BTC");
    strcpy(f->options.pairs[0].symbols[VENUE_A], "KRW-BTC");
    strcpy(f->options.pairs[0].symbols[VENUE_B], "BTCUSDT");
    f->options.pairs[0].lot_units[VENUE_A] = f->options.pairs[0].lot_units[VENUE_B] =
        ONE / 1000;
    f->options.pairs[0].tick_units[VENUE_B] = ONE / 10;
    *state = f;
    return 0;
}

static int finish(void **state)
{
    struct fixture *f = *state;
    if (f->it.venue != NULL) {
        f->it.venue->ops->close(f->it.venue);
    }
    venue_keys_forget(f->keys[VENUE_A]);
    venue_keys_forget(f->keys[VENUE_B]);
    loop_destroy(f->loop);
    free(f);
    return 0;
}

static void start(struct fixture *f)
{
    struct err err;
    assert_true(venue_orders_open(&f->it.venue, f->loop, &f->options, &err));
    f->it.last_id = 9;
}

static void takes_no_session_that_an_id_cannot_hold(void **state)
{
    struct fixture *f = *state;
    static const char *const BAD[] = {"", "a b", "a&b=c", "a\"b", "\xc3\xa4"};
    for (size_t i = 0; i < LEN(BAD); i++) {
        struct err err;
        strcpy(f->options.session, BAD[i]);
        assert_false(venue_orders_open(&f->it.venue, f->loop, &f->options, &err));
        assert_int_equal(err.kind, ERR_REFUSED);
    }
}

/* 1,234,567 KRW is between ticks of 1,000 in the table of prices. */
static void refuses_what_it_cannot_put_exactly(void **state)
{
    struct fixture *f = *state;
    static const struct {
        enum venue venue;
        double quantity, limit;
        enum order_lifetime lifetime;
    } rows[] = {
        {VENUE_A, 0.0005, 1000000, ORDER_IOC}, {VENUE_A, 1, 1234567, ORDER_IOC},
        {VENUE_B, 1, 100.05, ORDER_IOC},       {VENUE_B, 1, 0, ORDER_GTC},
        {VENUE_B, -1, 0, ORDER_IOC},
    };
    start(f);
    for (size_t i = 0; i < LEN(rows); i++) {
        const struct order order =
            venue_case_order(&f->it, 0, rows[i].venue, ORDER_BUY, rows[i].quantity,
                             rows[i].limit, rows[i].lifetime);
        venue_case_send(&f->it, &order);
        venue_case_expect_rejected(&f->it, &order, VENUE_ERROR_INVALID_ORDER);
    }
    assert_int_equal(venue_orders_desk(f->it.venue, VENUE_A).requests, 0);
}

/* Of an order before the first of this process nobody here can say that it never was. */
static void knows_what_it_cannot_know(void **state)
{
    struct fixture *f = *state;
    start(f);
    f->it.venue->ops->get_order_status(f->it.venue, 9, 1);
    f->it.now_ns = 1;
    assert_int_equal(venue_case_next(&f->it).kind, REPORT_UNKNOWN);
    f->it.venue->ops->get_order_status(f->it.venue, 10, 1);
    assert_int_equal(venue_case_next(&f->it).kind, REPORT_NOT_FOUND);
}

static void claims_no_balance_before_it_was_told(void **state)
{
    struct fixture *f = *state;
    struct err err;
    int64_t units;
    start(f);
    assert_false(f->it.venue->ops->get_balance(f->it.venue, "KRW", &units, &units, &err));
    assert_int_equal(err.kind, ERR_REFUSED);
}

/* Nothing left, so it was not executed; the loop runs until the report is there. */
static void on_wake(void *context)
{
    loop_stop(((struct fixture *)context)->loop, 0);
}

static void rejects_what_never_left(void **state)
{
    struct fixture *f = *state;
    f->options.wake = on_wake;
    f->options.context = f;
    start(f);
    const struct order order =
        venue_case_order(&f->it, 0, VENUE_B, ORDER_SELL, 1, 0, ORDER_IOC);
    venue_case_send(&f->it, &order);
    loop_run(f->loop);
    f->it.now_ns = INT64_MAX - 1;
    venue_case_expect_rejected(&f->it, &order, VENUE_ERROR_NETWORK);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, prepare, finish)
    const struct CMUnitTest tests[] = {
        CASE(takes_no_session_that_an_id_cannot_hold),
        CASE(refuses_what_it_cannot_put_exactly),
        CASE(knows_what_it_cannot_know),
        CASE(claims_no_balance_before_it_was_told),
        CASE(rejects_what_never_left),
    };
    return cmocka_run_group_tests_name("venue/orders", tests, NULL, NULL);
}
