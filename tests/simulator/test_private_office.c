#include "venue_case.h"

#include <stdlib.h>

#include "base/clock.h"
#include "io/http.h"
#include "simulator/private.h"
#include "venue/orders.h"

/* Orders against the simulator as `arblite venue-sim` runs it: its own books fill them. */

struct fixture {
    struct venue_case it;
    struct loop *loop;
    struct venue_sim *sim;
    struct private_venue *private;
    struct venue_keys *keys[VENUE_LAST + 1];
    char urls[VENUE_LAST + 1][64];
    int64_t shift_ns;
    char body[1024];
};

static void on_wake(void *context)
{
    loop_stop(((struct fixture *)context)->loop, 0);
}

static void on_late(void *context, int64_t mono_ns)
{
    fail_msg("nothing came for ten seconds");
}

static void run_loop(struct fixture *f)
{
    const uint64_t timer =
        loop_add_timer(f->loop, clock_monotonic_ns() + 10 * CLOCK_NS_PER_S, on_late, NULL);
    loop_run(f->loop);
    loop_remove_timer(f->loop, timer);
    f->it.now_ns = clock_monotonic_ns() + f->shift_ns;
}

static void await(struct venue_case *it)
{
    if (it->venue->ops->next_due_ns(it->venue) == INT64_MAX) {
        run_loop((struct fixture *)it);
    }
}

static void open_simulator(struct fixture *f)
{
    static const char *const COINS[] = {"BTC"};
    struct err err = {.text = ""};
    struct venue_sim_options options = venue_sim_defaults();
    options.preset = "calm";
    options.coins = COINS;
    options.pairs_count = 1;
    if (!venue_sim_open(&f->sim, f->loop, &options, &err)) {
        fail_msg("%s", err.text);
    }
    f->private = private_attach(f->sim);
}

static void open_orders(struct fixture *f)
{
    struct err err = {.text = ""};
    struct venue_orders_options options = venue_orders_defaults();
    setenv("ARBLITE_UPBIT_ACCESS_KEY", PRIVATE_ACCESS_KEY, 1);
    setenv("ARBLITE_UPBIT_SECRET_KEY", PRIVATE_SECRET_KEY, 1);
    setenv("ARBLITE_BINANCE_ACCESS_KEY", PRIVATE_ACCESS_KEY, 1);
    setenv("ARBLITE_BINANCE_SECRET_KEY", PRIVATE_SECRET_KEY, 1);
    for (enum venue which = VENUE_A; which <= VENUE_LAST; which++) {
        assert_true(venue_keys_load(&f->keys[which], which, &err));
        snprintf(f->urls[which], sizeof(f->urls[which]), "http://127.0.0.1:%u",
                 venue_sim_port(f->sim, which));
        options.keys[which] = f->keys[which];
        options.rest_urls[which] = f->urls[which];
    }
    strcpy(options.session, "s");
    options.pairs_count = 1;
    strcpy(options.pairs[0].name, "BTC");
    strcpy(options.pairs[0].symbols[VENUE_A], "KRW-BTC");
    strcpy(options.pairs[0].symbols[VENUE_B], "BTCUSDT");
    options.pairs[0].lot_units[VENUE_B] = ONE / 1000;
    options.pairs[0].tick_units[VENUE_B] = ONE / 10;
    options.live_less_mono_ns = f->shift_ns;
    options.ask_ms_least = 1;
    options.wake = on_wake;
    options.context = f;
    assert_true(venue_orders_open(&f->it.venue, f->loop, &options, &err));
    venue_orders_show_fx(f->it.venue, 1450.0);
}

static int open(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    f->loop = loop_create();
    f->shift_ns = clock_wall_ns() - clock_monotonic_ns();
    open_simulator(f);
    open_orders(f);
    f->it.await = await;
    f->it.now_ns = clock_monotonic_ns() + f->shift_ns;
    *state = f;
    return 0;
}

static int finish(void **state)
{
    struct fixture *f = *state;
    f->it.venue->ops->close(f->it.venue);
    venue_keys_forget(f->keys[VENUE_A]);
    venue_keys_forget(f->keys[VENUE_B]);
    venue_sim_close(f->sim);
    private_close(f->private);
    loop_destroy(f->loop);
    free(f);
    return 0;
}

/* Limits far beyond any price, on the tick of that price: the book decides. */
static void fills_from_the_books_of_the_market(void **state)
{
    struct fixture *f = *state;
    static const struct {
        enum venue venue;
        enum order_side side;
        double limit;
    } rows[] = {{VENUE_A, ORDER_BUY, 1000000000}, {VENUE_B, ORDER_SELL, 0}};
    for (size_t i = 0; i < LEN(rows); i++) {
        const struct order order = venue_case_order(&f->it, 0, rows[i].venue, rows[i].side,
                                                    0.002, rows[i].limit, ORDER_IOC);
        venue_case_send(&f->it, &order);
        const struct order_report fill = venue_case_next(&f->it);
        assert_int_equal(fill.kind, REPORT_FILL);
        assert_true(fill.price > 1000.0 && fill.price < 1000000000.0);
        assert_true(fill.fee_units > 0);
        venue_case_expect_done(&f->it, &order, 0.002);
    }
}

static void on_answer(void *context, const struct http_answer *answer)
{
    struct fixture *f = context;
    assert_int_equal(answer->status, 200);
    snprintf(f->body, sizeof(f->body), "%s", answer->body);
    loop_stop(f->loop, 0);
}

static void ask(struct fixture *f, const char *method, const char *path)
{
    struct err err;
    struct http *http;
    char url[256];
    const struct http_options options = {.requests_max = 1};
    snprintf(url, sizeof(url), "%s%s", f->urls[VENUE_B], path);
    const struct http_request request = {
        .method = method, .url = url, .timeout_ms = 5000, .size_max = 4096};
    assert_true(http_create(&http, f->loop, &options, &err));
    assert_true(http_send(http, &request, on_answer, f) != 0);
    f->body[0] = '\0';
    while (f->body[0] == '\0') {
        run_loop(f);
    }
    http_destroy(http);
}

static void breaks_calls_when_it_is_told(void **state)
{
    struct fixture *f = *state;
    ask(f, "POST", "/sim/private?call=create&fault=unavailable");
    const struct order order =
        venue_case_order(&f->it, 0, VENUE_B, ORDER_SELL, 0.002, 0, ORDER_IOC);
    venue_case_send(&f->it, &order);
    venue_case_expect_rejected(&f->it, &order, VENUE_ERROR_NETWORK);
    ask(f, "GET", "/sim/private");
    assert_non_null(strstr(f->body, "\"unavailable\":1"));
    assert_non_null(strstr(f->body, "\"creates\":0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fills_from_the_books_of_the_market, open, finish),
        cmocka_unit_test_setup_teardown(breaks_calls_when_it_is_told, open, finish),
    };
    return cmocka_run_group_tests_name("simulator/private office", tests, NULL, NULL);
}
