#include "support/check.h"

#include "session_case.h"

/* What a fresh moment leads to: when there is a moment at all, how large an entry is, what
 * frees a place, and what a refusal leaves behind. */

#define MS INT64_C(1000000)

static struct session_config clock_config(void)
{
    struct session_config config = base_config();
    config.has_clock = true;
    config.limits.age_a_ms = 3000;
    config.limits.age_b_ms = 2000;
    config.limits.age_fx_ms = 60000;
    config.limits.skew_ms = 1000;
    return config;
}

static void fx(struct fixture *f)
{
    struct event event = {.kind = EVENT_FX, .pair = -1, .time_ns = f->now_ns};
    event.fx.krw_per_usd = 1000;
    step(f, &event);
}

static void book(struct fixture *f, enum venue venue, double bid, double ask)
{
    struct event event = {.kind = EVENT_BOOK, .pair = 0, .time_ns = f->now_ns};
    event.book.venue = venue;
    event.book.book = book_of_quote(&(struct quote){f->now_ns, bid, ask});
    step(f, &event);
}

static void feed(struct fixture *f, enum venue venue, enum feed_state state, enum reason reason)
{
    struct event event = {.kind = EVENT_FEED, .pair = -1, .time_ns = f->now_ns};
    event.feed.venue = venue;
    event.feed.state = state;
    event.feed.reason = reason;
    step(f, &event);
}

/* Both books and fx, at one moment, with an edge. */
static void open_books(struct fixture *f, const struct session_config *config)
{
    open_fixture(f, config);
    fx(f);
    book(f, VENUE_A, 99990, 100000);
    assert_int_equal(session_pair(f->session, 0)->decided_ns, 0); /* one side is no market */
}

/* Goal: both books of one moment and fx are a moment. */
static void whole_moments_decide(void **state)
{
    struct fixture f;
    const struct session_config config = clock_config();
    open_books(&f, &config);
    book(&f, VENUE_B, 101.0, 101.01);
    assert_int_equal(session_pair(f.session, 0)->decided_ns, f.now_ns);
    assert_non_null(find(&f, ACTION_SUBMIT, 1));
    close_fixture(&f);
}

/* Goal: SAFETY rows 2 and 38: a side or fx that is older than its limit makes it no moment: no
 * decision, no baseline, no exit; at the limit it still is one. */
static void an_old_side_is_no_market(void **state)
{
    static const struct {
        int64_t wait_a_ms, wait_fx_ms;
        bool whole;
    } cases[] = {
        {0, 0, true}, {3000, 0, true}, {3001, 0, false}, {0, 60000, true}, {0, 60001, false}};
    for (size_t i = 0; i < LEN(cases); i++) {
        struct fixture f;
        struct session_config config = clock_config();
        config.limits.skew_ms = NAN;
        open_fixture(&f, &config);
        fx(&f);
        f.now_ns += cases[i].wait_fx_ms * MS;
        book(&f, VENUE_A, 99990, 100000);
        f.now_ns += cases[i].wait_a_ms * MS;
        book(&f, VENUE_B, 101.0, 101.01);
        assert_int_equal(session_pair(f.session, 0)->decided_ns != 0, cases[i].whole);
        assert_int_equal(find(&f, ACTION_SUBMIT, 0) != NULL, cases[i].whole);
        close_fixture(&f);
    }
}

/* Goal: a quiet book on a living connection is as young as what was last heard; a feed that
 * never gave one is not heard. */
static void a_quiet_book_is_as_young_as_its_connection(void **state)
{
    for (int heard = 0; heard < 2; heard++) {
        struct fixture f;
        const struct session_config config = clock_config();
        open_books(&f, &config);
        feed(&f, VENUE_B, FEED_FRESH, REASON_NONE);
        assert_int_equal(session_pair(f.session, 0)->heard_b_ns, 0);
        f.now_ns += 30000 * MS; /* the limits are 3 s, and 1 s between the two */
        if (heard == 1) {
            feed(&f, VENUE_A, FEED_FRESH, REASON_NONE);
        }
        book(&f, VENUE_B, 101.0, 101.01);
        assert_int_equal(find(&f, ACTION_SUBMIT, 0) != NULL, heard == 1);
        close_fixture(&f);
    }
}

/* Goal: SAFETY rows 1 and 5: a feed that is not fresh is no market until it says so again; an
 * open trade is not closed on such books either, and is worth what closing it would have
 * brought on the last whole ones: 10 * (99.99 - 100 + 101 - 101.01) less fees of 5 bps on each
 * leg, 0.005 * (100 + 99.99 + 101 + 101.01): -0.2 - 2.01 USD. */
static void a_broken_feed_decides_nothing(void **state)
{
    static const struct {
        enum feed_state state;
        enum reason reason;
    } cases[] = {{FEED_DOWN, REASON_FEED_DISCONNECTED},
                 {FEED_SILENT, REASON_FEED_SILENT},
                 {FEED_STALE, REASON_FEED_STALE_SIDE},
                 {FEED_GAP, REASON_FEED_SEQ_GAP},
                 {FEED_RESYNC, REASON_FEED_GENERATION}};
    for (size_t i = 0; i < LEN(cases); i++) {
        struct fixture f;
        const struct session_config config = clock_config();
        print_message("# %s\n", reason_code(cases[i].reason));
        open_books(&f, &config);
        book(&f, VENUE_B, 101.0, 101.01);
        fill(&f, 1, 10, 100000, 1000);
        report(&f, 1, REPORT_DONE);
        fill(&f, 2, 10, 101.0, 1);
        report(&f, 2, REPORT_DONE);
        feed(&f, VENUE_B, cases[i].state, cases[i].reason);
        book(&f, VENUE_A, 99999, 100000);
        if (cases[i].state != FEED_SILENT) { /* which a book would end */
            book(&f, VENUE_B, 99.98, 100.0); /* converged, if it were true */
        }
        assert_null(find(&f, ACTION_SUBMIT, 0));
        assert_int_equal(trades_count(&f), 1);
        check_near(session_equity_usd(f.session), config.engine.initial_balance_usd - 2.21,
                   1e-9);
        struct guard_decision probe;
        session_probe(f.session, 0, &probe);
        assert_int_equal(probe.primary, cases[i].reason);
        feed(&f, VENUE_B, FEED_FRESH, REASON_NONE);
        book(&f, VENUE_B, 99.98, 100.0);
        assert_int_equal(find(&f, ACTION_SUBMIT, 0)->order.class, ORDER_EXIT);
        close_fixture(&f);
    }
}

/* Goal: SAFETY row 4: a book that is locked or crossed is shown and decides nothing, whatever
 * edge there seems to be; the next one does. */
static void a_crossed_book_gives_no_signal(void **state)
{
    static const struct {
        enum venue venue;
        double bid, ask;
        enum reason reason;
    } cases[] = {{VENUE_A, 100000, 100000, REASON_FEED_LOCKED},
                 {VENUE_A, 100010, 100000, REASON_FEED_CROSSED},
                 {VENUE_B, 101.01, 101.01, REASON_FEED_LOCKED},
                 {VENUE_B, 101.02, 101.01, REASON_FEED_CROSSED}};
    for (size_t i = 0; i < LEN(cases); i++) {
        struct fixture f;
        struct guard_decision probe;
        const struct session_config config = clock_config();
        open_fixture(&f, &config);
        fx(&f);
        book(&f, cases[i].venue, cases[i].bid, cases[i].ask);
        if (cases[i].venue == VENUE_A) {
            book(&f, VENUE_B, 101.0, 101.01);
        } else {
            book(&f, VENUE_A, 99990, 100000);
        }
        assert_int_equal(f.list.count, 0);
        assert_int_equal(session_pair(f.session, 0)->decided_ns, 0);
        session_probe(f.session, 0, &probe);
        assert_int_equal(probe.primary, cases[i].reason);
        book(&f, VENUE_A, 99990, 100000);
        book(&f, VENUE_B, 101.0, 101.01);
        assert_true(session_pair(f.session, 0)->decided_ns != 0);
        close_fixture(&f);
    }
}

/* Goal: books more than 1 s apart open nothing, quietly: the next update is near. */
static void books_apart_open_nothing(void **state)
{
    struct fixture f;
    const struct session_config config = clock_config();
    open_books(&f, &config);
    f.now_ns += 1001 * MS;
    book(&f, VENUE_B, 101.0, 101.01);
    assert_int_equal(f.list.count, 0);
    assert_int_equal(session_pair(f.session, 0)->decided_ns, f.now_ns);
    book(&f, VENUE_A, 99990, 100000);
    assert_non_null(find(&f, ACTION_SUBMIT, 1));
    close_fixture(&f);
}

/* Goal: REDUCE opens half: A fell by 6.01 USD a coin and B by 0.99: with 1.975 of fees 52.175
 * of the day's 100 USD are gone. What that very row opens is whole, the next 500 USD at 94 a
 * coin. */
static void reduce_halves_the_entry(void **state)
{
    struct fixture f;
    struct session_config config = base_config();
    config.limits.day_loss_usd = 100;
    config.engine.max_open_trades = 3;
    open_fixture(&f, &config);
    open_trade(&f);
    row(&f, 93990, 94000, 100.0, 100.01);
    check_near(guard_day_loss_usd(session_guard(f.session)), 52.175, 1e-9);
    assert_int_equal(guard_level_of(session_guard(f.session), -1), GUARD_REDUCE);
    assert_int_equal(find(&f, ACTION_SUBMIT, 0)->order.quantity_units, 1063829787);
    row(&f, 93990, 94000, 100.0, 100.01);
    assert_int_equal(find(&f, ACTION_DECISION, 0)->decision.action, GUARD_SCALE);
    check_near(find(&f, ACTION_DECISION, 0)->decision.scale, GUARD_REDUCE_FACTOR, 0);
    assert_int_equal(find(&f, ACTION_SUBMIT, 0)->order.quantity_units, 531914894);
    assert_int_equal(find(&f, ACTION_SUBMIT, 1)->order.quantity_units, 531914894);
    close_fixture(&f);
}

/* Goal: SPEC 3.2: a place freed by an exit counts at once, also for the other side. */
static void an_exit_frees_its_place(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    open_trade(&f);
    row_that_opens(&f);
    assert_null(find(&f, ACTION_SUBMIT, 0)); /* one place, and it is taken */
    row(&f, 99990, 100000, 99.0, 99.01);     /* converged and beyond: the other side's edge */
    assert_int_equal(find(&f, ACTION_SUBMIT, 0)->order.class, ORDER_EXIT);
    assert_int_equal(find(&f, ACTION_SUBMIT, 1)->order.class, ORDER_EXIT);
    assert_int_equal(find(&f, ACTION_SUBMIT, 2)->order.class, ORDER_ENTRY);
    assert_int_equal(find(&f, ACTION_SUBMIT, 2)->order.side, ORDER_SELL);
    close_fixture(&f);
}

/* Goal: the same refusal is on record once in refusal_repeat; another is at once. */
static void a_refusal_is_repeated_after_its_time(void **state)
{
    struct fixture f;
    struct session_config config = base_config();
    config.limits.notional_per_trade_usd = 50;
    config.refusal_repeat_ns = INT64_C(150000000000); /* rows are 60 s apart */
    open_fixture(&f, &config);
    static const int told[] = {1, 0, 0, 1, 0, 0, 1};
    for (size_t i = 0; i < LEN(told); i++) {
        row_that_opens(&f);
        assert_int_equal(find(&f, ACTION_DECISION, 0) != NULL, told[i]);
    }
    assert_int_equal(session_refused(f.session), 3);
    command(&f, OPERATOR_PAUSE);
    row_that_opens(&f);
    assert_int_equal(find(&f, ACTION_DECISION, 0)->decision.primary, REASON_GATE_PAUSED);
    close_fixture(&f);
}

/* Goal: an excursion that comes near the line and turns is on record once, and is no refusal.
 * need = W + 20 + 5: 26 bps and a bit; 80 % of it are 21. */
static void a_near_miss_is_told_once(void **state)
{
    struct fixture f;
    struct session_config config = base_config();
    config.near_miss_pct = 80;
    open_fixture(&f, &config);
    row(&f, 99990, 100000, 100.05, 100.06); /* 6 bps: nothing */
    assert_null(find(&f, ACTION_DECISION, 0));
    row(&f, 99990, 100000, 100.22, 100.23); /* 23 bps: near */
    assert_int_equal(find(&f, ACTION_DECISION, 0)->decision.primary, REASON_ROUTE_EDGE_LOW);
    assert_true(session_refusal(f.session, 0)->near_miss);
    row(&f, 99990, 100000, 100.23, 100.24); /* the same one */
    assert_null(find(&f, ACTION_DECISION, 0));
    row(&f, 99990, 100000, 100.00, 100.01); /* it is over */
    row(&f, 99990, 100000, 100.22, 100.23); /* another */
    assert_non_null(find(&f, ACTION_DECISION, 0));
    assert_int_equal(session_refused(f.session), 0);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_moments_decide),
        cmocka_unit_test(an_old_side_is_no_market),
        cmocka_unit_test(a_quiet_book_is_as_young_as_its_connection),
        cmocka_unit_test(a_broken_feed_decides_nothing),
        cmocka_unit_test(a_crossed_book_gives_no_signal),
        cmocka_unit_test(books_apart_open_nothing),
        cmocka_unit_test(reduce_halves_the_entry),
        cmocka_unit_test(an_exit_frees_its_place),
        cmocka_unit_test(a_refusal_is_repeated_after_its_time),
        cmocka_unit_test(a_near_miss_is_told_once),
    };
    return cmocka_run_group_tests_name("core/session_entry", tests, NULL, NULL);
}
