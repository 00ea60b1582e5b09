#include "session_case.h"

/* What venues say of a symbol: lots, minimums, and whether they trade it. Rows and numbers as
 * in session_case.h: trades of 1,000 USD are 10 coin. */

static void say(struct fixture *f, enum venue venue, int64_t lot_units, int64_t minimum_units,
                bool trading)
{
    struct event event = {.kind = EVENT_INSTRUMENT, .pair = 0, .time_ns = f->now_ns};
    event.instrument.venue = venue;
    event.instrument.lot_units = lot_units;
    event.instrument.minimum_notional_units = minimum_units;
    event.instrument.trading = trading;
    step(f, &event);
}

static void halt(struct fixture *f, enum venue venue)
{
    say(f, venue, 1, 0, false);
}

static void trade_again(struct fixture *f, enum venue venue)
{
    say(f, venue, 1, 0, true);
}

static void open_plain(struct fixture *f)
{
    const struct session_config config = base_config();
    open_fixture(f, &config);
}

/* Goal: a venue's lot holds from the moment it says so: 10 coin in steps of 3 are 9. The other
 * venue's configured one stands. */
static void a_venue_s_lot_replaces_the_configured_one(void **state)
{
    struct fixture f;
    struct session_config config = base_config();
    config.pairs[0].lot_nearest = false;
    open_fixture(&f, &config);
    say(&f, VENUE_B, 3 * ONE, 0, true);
    row_that_opens(&f);
    assert_int_equal(find(&f, ACTION_SUBMIT, 0)->order.quantity_units, 9 * ONE);
    assert_int_equal(find(&f, ACTION_SUBMIT, 1)->order.quantity_units, 9 * ONE);
    const struct session_pair *pair = session_pair(f.session, 0);
    assert_int_equal(pair->terms[VENUE_A].lot_units, 1);
    assert_false(pair->terms[VENUE_A].told);
    assert_true(pair->terms[VENUE_B].told);
    close_fixture(&f);
}

/* Goal: so does its least amount: 1,000 USD are 1,000,000 KRW, and 1,000,001 are asked for. */
static void a_venue_s_minimum_bars_what_is_smaller(void **state)
{
    struct fixture f;
    open_plain(&f);
    say(&f, VENUE_A, 1, 1000001 * ONE, true);
    row_that_opens(&f);
    assert_int_equal(find(&f, ACTION_DECISION, 0)->decision.primary, REASON_INPUT_MIN_NOTIONAL);
    assert_null(find(&f, ACTION_SUBMIT, 0));
    close_fixture(&f);
}

/* Goal: what cannot be is no answer; what was known stands, the whole of it. */
static void numbers_that_cannot_be_change_nothing(void **state)
{
    struct fixture f;
    open_plain(&f);
    say(&f, VENUE_A, 0, 0, false);
    say(&f, VENUE_B, 1, -1, false);
    row_that_opens(&f);
    assert_non_null(find(&f, ACTION_SUBMIT, 1));
    assert_false(session_pair(f.session, 0)->terms[VENUE_A].told);
    close_fixture(&f);
}

/* Goal: a symbol that either venue does not trade opens nothing, and says why. */
static void a_halted_symbol_opens_nothing(void **state)
{
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        struct fixture f;
        struct guard_decision probe;
        open_plain(&f);
        halt(&f, venue);
        row_that_opens(&f);
        const struct action *refused = find(&f, ACTION_DECISION, 0);
        assert_int_equal(refused->decision.primary, REASON_SYMBOL_HALTED);
        assert_int_equal(refused->decision.faults_count, 1);
        assert_int_equal(session_refusal(f.session, 0)->reason, REASON_SYMBOL_HALTED);
        assert_null(find(&f, ACTION_SUBMIT, 0));
        session_probe(f.session, 0, &probe);
        assert_int_equal(probe.primary, REASON_SYMBOL_HALTED);
        trade_again(&f, venue);
        row_that_opens(&f);
        assert_non_null(find(&f, ACTION_SUBMIT, 1));
        close_fixture(&f);
    }
}

/* Goal: half an exit is no hedge: both legs wait for the venue that does not trade, and go out
 * together once it does. */
static void an_exit_waits_for_both_venues(void **state)
{
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        struct fixture f;
        open_plain(&f);
        open_trade(&f);
        halt(&f, venue);
        row_that_closes(&f);
        assert_null(find(&f, ACTION_SUBMIT, 0));
        assert_int_equal(session_trades(f.session, 0, &(int32_t){0})->state, TRADE_CLOSING);
        row_that_closes(&f);
        assert_null(find(&f, ACTION_SUBMIT, 0));
        trade_again(&f, venue);
        assert_int_equal(find(&f, ACTION_SUBMIT, 0)->order.venue, VENUE_A);
        assert_int_equal(find(&f, ACTION_SUBMIT, 1)->order.venue, VENUE_B);
        close_fixture(&f);
    }
}

/* Goal: a leg whose hedge was rejected goes back where it can, and waits where it cannot. */
static void a_repair_waits_for_its_own_venue(void **state)
{
    struct fixture f;
    open_plain(&f);
    row_that_opens(&f);
    fill(&f, 1, 10, 100000, 1000);
    halt(&f, VENUE_A);
    report(&f, 2, REPORT_REJECTED);
    report(&f, 1, REPORT_DONE);
    assert_null(find(&f, ACTION_SUBMIT, 0));
    trade_again(&f, VENUE_A);
    const struct order *repair = &find(&f, ACTION_SUBMIT, 0)->order;
    assert_int_equal(repair->class, ORDER_REPAIR);
    assert_int_equal(repair->quantity_units, 10 * ONE);
    close_fixture(&f);
}

/* Goal: what venues have said outlives the process. */
static void terms_survive_a_restart(void **state)
{
    struct fixture f;
    open_plain(&f);
    say(&f, VENUE_B, 7, 9, false);
    struct session *again = NULL;
    const size_t size = session_size(&f.config);
    assert_true(session_restore(f.storage, size, &f.config, &again));
    const struct session_terms *terms = &session_pair(again, 0)->terms[VENUE_B];
    assert_int_equal(terms->lot_units, 7);
    assert_int_equal(terms->minimum_notional_units, 9);
    assert_true(terms->halted);
    close_fixture(&f);
}

static void book(struct fixture *f, enum venue venue, double mid)
{
    struct event event = {.kind = EVENT_BOOK, .pair = 0};
    f->now_ns += INT64_C(100000000);
    event.time_ns = f->now_ns;
    event.book.venue = venue;
    event.book.book = book_of_quote(&(struct quote){f->now_ns, mid * 0.9999, mid * 1.0001});
    step(f, &event);
}

static bool is_collared(const struct fixture *f)
{
    const struct guard *guard = session_guard(f->session);
    return guard->causes_count == 1 && guard->causes[0].reason == REASON_SYMBOL_COLLAR &&
           guard->causes[0].level == GUARD_OBSERVE && guard->causes[0].pair == 0;
}

/* Goal: a price that jumps over its collar, 200 bps, bars entries on its pair until three
 * updates stayed near it; one that jumps back begins anew, and 200 bps are no jump. On the way
 * the gate says why. */
static void a_price_that_jumped_is_to_be_confirmed(void **state)
{
    struct fixture f;
    struct guard_decision probe;
    struct session_config config = base_config();
    config.has_depth_model = true;
    config.limits.collar_bps = 200;
    open_fixture(&f, &config);
    book(&f, VENUE_A, 100000);
    book(&f, VENUE_A, 102000); /* exactly at the collar */
    assert_int_equal(session_guard(f.session)->causes_count, 0);
    book(&f, VENUE_A, 99900); /* 205.9 bps down */
    assert_true(is_collared(&f));
    check_near(session_guard(f.session)->causes[0].observed, 2100.0 / 102000 * 1e4, 1e-9);
    session_probe(f.session, 0, &probe);
    assert_int_equal(guard_decision_cause(&probe)->reason, REASON_SYMBOL_COLLAR);
    book(&f, VENUE_A, 99900);
    book(&f, VENUE_A, 99950);
    book(&f, VENUE_B, 100); /* the other venue confirms nothing */
    assert_true(is_collared(&f));
    book(&f, VENUE_A, 102000); /* and back: three more */
    book(&f, VENUE_A, 102000);
    book(&f, VENUE_A, 102000);
    assert_true(is_collared(&f));
    book(&f, VENUE_A, 102000);
    assert_int_equal(session_guard(f.session)->causes_count, 0);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_venue_s_lot_replaces_the_configured_one),
        cmocka_unit_test(a_venue_s_minimum_bars_what_is_smaller),
        cmocka_unit_test(numbers_that_cannot_be_change_nothing),
        cmocka_unit_test(a_halted_symbol_opens_nothing),
        cmocka_unit_test(an_exit_waits_for_both_venues),
        cmocka_unit_test(a_repair_waits_for_its_own_venue),
        cmocka_unit_test(terms_survive_a_restart),
        cmocka_unit_test(a_price_that_jumped_is_to_be_confirmed),
    };
    return cmocka_run_group_tests_name("core/session_terms", tests, NULL, NULL);
}
