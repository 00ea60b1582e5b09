#include "support/check.h"

#include "market/simulated.h"

static const int64_t NS_PER_S = 1000000000;
static const int64_t NS_PER_MS = 1000000;
static const int64_t START_NS = INT64_C(1767225600) * 1000000000; /* 2026-01-01T00:00:00Z */
static const struct simulated_pair THREE[] = {
    {.name = "BTC"}, {.name = "ETH"}, {.name = "XRP"}};
enum { BTC, ETH, XRP };

static struct simulated_options lively(void)
{
    return (struct simulated_options){
        .preset = "lively",
        .seed = 1,
        .start_ns = START_NS,
        .faults = true,
        .opening = true,
        .pairs = THREE,
        .pairs_count = LEN(THREE),
        .history_minutes = 2,
    };
}

static struct source *open_market(const struct simulated_options *options)
{
    struct source *source;
    struct err err = {0};
    assert_true(simulated_open(&source, options, &err));
    return source;
}

static void take(struct source *source, struct event *event)
{
    struct err err = {0};
    assert_int_equal(source->ops->next(source, event, &err), SOURCE_EVENT);
}

/* Goal: nothing but the seed, the start and the options decides. */
static void gives_the_same_bytes_again(void **state)
{
    const struct simulated_options options = lively();
    struct source *first = open_market(&options);
    struct source *second = open_market(&options);
    for (int i = 0; i < 50000; i++) {
        struct event one, two;
        take(first, &one);
        take(second, &two);
        assert_memory_equal(&one, &two, sizeof(one));
    }
    source_close(first);
    source_close(second);
}

static void another_seed_is_another_market(void **state)
{
    struct simulated_options options = lively();
    struct source *first = open_market(&options);
    options.seed = 2;
    struct source *second = open_market(&options);
    struct event one, two;
    take(first, &one);
    take(second, &two);
    assert_int_equal(one.kind, EVENT_HISTORY);
    assert_true(one.history.premium_bps != two.history.premium_bps);
    source_close(first);
    source_close(second);
}

/* The next event of a pair, or of none, with what depends on its neighbours blanked. */
static void take_of(struct source *source, int32_t pair, struct event *event)
{
    do {
        take(source, event);
    } while (event->pair != pair && event->pair != -1);
    event->line = 0;
    event->pair = 0;
}

/* Goal: BTC alone, first of three, or behind another: BTC's events are the same bytes. */
static void a_pair_more_changes_no_other(void **state)
{
    const struct simulated_pair behind[] = {{.name = "DOGE"}, {.name = "BTC"}};
    struct simulated_options options = lively();
    struct source *among = open_market(&options);
    options.pairs_count = 1;
    struct source *alone = open_market(&options);
    options.pairs = behind;
    options.pairs_count = 2;
    struct source *second = open_market(&options);
    for (int i = 0; i < 20000; i++) {
        struct event one, two, three;
        take_of(alone, 0, &one);
        take_of(among, 0, &two);
        take_of(second, 1, &three);
        assert_memory_equal(&one, &two, sizeof(one));
        assert_memory_equal(&one, &three, sizeof(one));
    }
    source_close(alone);
    source_close(among);
    source_close(second);
}

/* Goal: seek(n) is the same as reading n events, forward, back and to the start. */
static void seeks_by_event_number(void **state)
{
    const uint64_t lines[] = {30000, 12345, 0, 7};
    const struct simulated_options options = lively();
    struct source *sought = open_market(&options);
    struct err err = {0};
    for (size_t i = 0; i < LEN(lines); i++) {
        struct source *run = open_market(&options);
        struct event one, two;
        for (uint64_t line = 0; line < lines[i]; line++) {
            take(run, &one);
            assert_int_equal(one.line, line + 1);
        }
        assert_true(sought->ops->seek(sought, lines[i], &err));
        for (int k = 0; k < 200; k++) {
            take(run, &one);
            take(sought, &two);
            assert_memory_equal(&one, &two, sizeof(one));
        }
        source_close(run);
    }
    source_close(sought);
}

/* Goal: every preset gives sorted times, sound books and about 40 events a second. */
static void gives_sound_events_in_order(void **state)
{
    static const char *const PRESETS[] = {"lively", "calm", "crisis", "noise", "planted"};
    for (size_t i = 0; i < LEN(PRESETS); i++) {
        struct simulated_options options = lively();
        options.preset = PRESETS[i];
        options.faults = false;
        struct source *source = open_market(&options);
        struct event event = {0};
        int64_t last_ns = 0;
        int64_t events = 0;
        print_message("# %s\n", PRESETS[i]);
        while (event.time_ns < START_NS + 300 * NS_PER_S) {
            take(source, &event);
            assert_true(event.time_ns >= last_ns);
            last_ns = event.time_ns;
            events += event.kind != EVENT_HISTORY;
            if (event.kind != EVENT_BOOK) {
                continue;
            }
            const struct book *book = &event.book.book;
            const bool a = event.book.venue == VENUE_A;
            assert_int_equal(book_check(book), BOOK_FINE);
            assert_int_equal(book->bids_count, a ? 15 : 20);
            assert_int_equal(book->asks_count, a ? 15 : 20);
            assert_int_equal(book->receive_ns, event.time_ns);
            assert_int_equal(event.time_ns - book->exchange_ns, (a ? 40 : 8) * NS_PER_MS);
        }
        assert_true(events > 35 * 300 && events < 45 * 300);
        source_close(source);
    }
}

/* Goal: the past is minutes of every pair, before the session, and nothing but premiums. */
static void hands_over_its_history(void **state)
{
    struct simulated_options options = lively();
    options.history_minutes = 240;
    struct source *source = open_market(&options);
    for (int minute = 240; minute > 0; minute--) {
        for (int32_t pair = 0; pair < 3; pair++) {
            struct event event;
            take(source, &event);
            assert_int_equal(event.kind, EVENT_HISTORY);
            assert_int_equal(event.pair, pair);
            assert_int_equal(event.time_ns, START_NS - minute * 60 * NS_PER_S + 40 * NS_PER_MS);
            assert_true(fabs(event.history.premium_bps) < 200.0);
        }
    }
    struct event event;
    take(source, &event);
    assert_true(event.kind != EVENT_HISTORY && event.time_ns >= START_NS);
    source_close(source);
}

static double middle(const struct event *event)
{
    const struct quote quote = book_quote(&event->book.book);
    return (quote.bid + quote.ask) / 2.0;
}

/* Goal: the start is the one MARKET.md A.3 names, whatever the history did. */
static void starts_at_the_named_prices(void **state)
{
    static const double USD[] = {100000, 3000, 2};
    const struct simulated_options options = lively();
    struct source *source = open_market(&options);
    struct event event = {0};
    int seen = 0;
    while (seen < 4) {
        take(source, &event);
        if (event.kind == EVENT_BOOK && event.book.venue == VENUE_B) {
            check_near(middle(&event), USD[event.pair], 1e-4);
            seen++;
        } else if (event.kind == EVENT_FX) {
            check_near(event.fx.krw_per_usd, 1450.0, 1e-4);
            check_near(event.fx.ask - event.fx.bid, 1.0, 1e-12);
            seen++;
        }
    }
    source_close(source);
}

/* The next event of this kind and pair not before `at_ms` of the session. */
static void take_at(struct source *source, int64_t at_ms, enum event_kind kind, int32_t pair,
                    struct event *event)
{
    do {
        take(source, event);
    } while (event->time_ns < START_NS + at_ms * NS_PER_MS || event->kind != kind ||
             event->pair != pair);
}

/* Skips to the next book of the venue. */
static void take_book(struct source *source, int64_t at_ms, enum venue venue, int32_t pair,
                      struct event *event)
{
    do {
        take_at(source, at_ms, EVENT_BOOK, pair, event);
        at_ms = 0;
    } while (event->book.venue != venue);
}

/* Goal: 0:45 XRP 38 bps cheap on Upbit with a half-life of a minute, 2:30 BTC 34 bps dear for
 * good, both on top of what the processes do. The ramp ends 2 + 15 s in; a tick of XRP is
 * 3.4 bps, so that a middle may be off by 1.7 on either side. */
static void opens_with_a_cheap_xrp_and_a_dear_btc(void **state)
{
    static const struct {
        int32_t pair;
        int64_t at_ms;
        double apart_bps, slack_bps;
    } cases[] = {
        {XRP, 44000, 0, 0},  {XRP, 63000, -38, 4}, {XRP, 122000, -19, 4},
        {BTC, 149000, 0, 0}, {BTC, 168000, 34, 3}, {BTC, 228000, 34, 3},
    };
    struct simulated_options options = lively();
    options.faults = false;
    struct source *with = open_market(&options);
    options.opening = false;
    struct source *without = open_market(&options);
    for (size_t i = 0; i < LEN(cases); i++) {
        struct event one, two;
        take_book(with, cases[i].at_ms, VENUE_A, cases[i].pair, &one);
        take_book(without, cases[i].at_ms, VENUE_A, cases[i].pair, &two);
        assert_int_equal(one.time_ns, two.time_ns);
        const double apart_bps = (middle(&one) / middle(&two) - 1.0) * 1e4;
        print_message("# %d at %d ms: %.2f bps\n", (int)cases[i].pair, (int)cases[i].at_ms,
                      apart_bps);
        assert_true(fabs(apart_bps - cases[i].apart_bps) <= cases[i].slack_bps);
    }
    source_close(with);
    source_close(without);
}

/* Goal: Upbit's ETH says nothing for seven seconds from 3:30, while BTC goes on. */
static void opens_with_a_silence(void **state)
{
    struct simulated_options options = lively();
    options.faults = false;
    struct source *source = open_market(&options);
    int64_t last_ns = 0;
    int64_t longest_ns = 0;
    struct event event = {0};
    while (event.time_ns < START_NS + 230 * NS_PER_S) {
        take(source, &event);
        const bool book = event.kind == EVENT_BOOK && event.book.venue == VENUE_A;
        if (!book || event.pair != ETH || event.time_ns < START_NS + 200 * NS_PER_S) {
            continue;
        }
        const int64_t gap_ns = last_ns > 0 ? event.time_ns - last_ns : 0;
        if (gap_ns > longest_ns) {
            longest_ns = gap_ns;
            assert_true(gap_ns < NS_PER_S || last_ns < START_NS + 211 * NS_PER_S);
        }
        last_ns = event.time_ns;
    }
    assert_true(longest_ns >= 7 * NS_PER_S && longest_ns <= 8 * NS_PER_S);
    source_close(source);
}

/* Goal: 5:00 KRW-USDT up two ticks. Its own walk is 12 / sqrt(3600) bps = 0.03 KRW a root
 * second; the shown middle may lag F by a quarter tick. */
static void opens_with_an_fx_jump(void **state)
{
    struct simulated_options options = lively();
    options.faults = false;
    struct source *source = open_market(&options);
    struct event before, after;
    take_at(source, 299000, EVENT_FX, -1, &before);
    take_at(source, 300000, EVENT_FX, -1, &after);
    const double jump_krw = after.fx.krw_per_usd - before.fx.krw_per_usd;
    assert_true(jump_krw > 1.6 && jump_krw < 2.4);
    source_close(source);
}

/* Goal: 6:30 Binance BTC loses its sequence and is back after 250 ms with a new generation;
 * 7:30 the second leg of ETH will be rejected. 8 ms of latency on each. */
static void opens_with_a_gap_and_a_rejection(void **state)
{
    struct simulated_options options = lively();
    options.faults = false;
    struct source *source = open_market(&options);
    struct event event;
    take_book(source, 389000, VENUE_B, BTC, &event);
    const uint64_t generation = event.book.book.generation;

    take_at(source, 0, EVENT_FEED, BTC, &event);
    assert_int_equal(event.time_ns, START_NS + 390008 * NS_PER_MS);
    assert_int_equal(event.feed.venue, VENUE_B);
    assert_int_equal(event.feed.state, FEED_GAP);
    assert_int_equal(event.feed.reason, REASON_FEED_SEQ_GAP);
    take_at(source, 0, EVENT_FEED, BTC, &event);
    assert_int_equal(event.time_ns, START_NS + 390258 * NS_PER_MS);
    assert_int_equal(event.feed.state, FEED_RESYNC);
    take_book(source, 0, VENUE_B, BTC, &event);
    assert_int_equal(event.time_ns, START_NS + 390258 * NS_PER_MS);
    assert_int_equal(event.book.book.generation, generation + 1);
    take_at(source, 0, EVENT_FEED, BTC, &event);
    assert_int_equal(event.time_ns, START_NS + 390258 * NS_PER_MS);
    assert_int_equal(event.feed.state, FEED_FRESH);

    struct source_feed feed;
    assert_true(source->ops->feed(source, BTC, VENUE_B, &feed));
    assert_int_equal(feed.gaps, 1);
    assert_int_equal(feed.resyncs, 1);

    take_at(source, 0, EVENT_FAULT, ETH, &event);
    assert_int_equal(event.time_ns, START_NS + 450008 * NS_PER_MS);
    assert_int_equal(event.fault.venue, VENUE_B);
    assert_int_equal(event.fault.kind, FAULT_REJECT_NEXT_ENTRY);
    source_close(source);
}

struct tally {
    int64_t gaps, downs, crossed, faults;
    double last_b;
};

static struct tally tally_hours(const struct simulated_options *options, int64_t hours)
{
    struct source *source = open_market(options);
    struct tally tally = {0};
    struct event event = {0};
    while (event.time_ns < START_NS + hours * 3600 * NS_PER_S) {
        take(source, &event);
        tally.gaps += event.kind == EVENT_FEED && event.feed.state == FEED_GAP;
        tally.downs += event.kind == EVENT_FEED && event.feed.state == FEED_DOWN;
        tally.faults += event.kind == EVENT_FAULT;
        if (event.kind == EVENT_BOOK) {
            tally.crossed += book_check(&event.book.book) == BOOK_CROSSED;
            tally.last_b = event.book.venue == VENUE_B && event.pair == BTC ? middle(&event)
                                                                            : tally.last_b;
        }
    }
    source_close(source);
    return tally;
}

/* Goal: `faults` off removes every fault and moves no price. Of gaps and crossed books together
 * 0.7 an hour are due: none in five hours is 3 seeds in 100, more than 12 one in 10,000. */
static void faults_can_be_switched_off(void **state)
{
    struct simulated_options options = lively();
    options.opening = false;
    const struct tally with = tally_hours(&options, 5);
    options.faults = false;
    const struct tally without = tally_hours(&options, 5);
    assert_true(with.gaps + with.crossed >= 1 && with.gaps + with.crossed <= 12);
    assert_int_equal(without.gaps + without.downs + without.crossed + without.faults, 0);
    check_near(with.last_b, without.last_b, 1e-4);
}

/* Goal: funding is settled once a pair at 08:00, at the rate and time the marks announced. */
static void settles_funding_on_the_hour(void **state)
{
    struct simulated_options options = lively();
    options.preset = "calm";
    options.faults = false;
    options.start_ns = START_NS + (8 * 3600 - 60) * NS_PER_S;
    struct source *source = open_market(&options);
    double rate[3] = {NAN, NAN, NAN};
    int settled = 0;
    struct event event = {0};
    while (event.time_ns < options.start_ns + 120 * NS_PER_S) {
        take(source, &event);
        if (event.kind == EVENT_MARK && settled == 0) {
            assert_int_equal(event.mark.next_ns, START_NS + 8 * 3600 * NS_PER_S);
            assert_true(fabs(event.mark.rate) <= 1e-4);
            rate[event.pair] = event.mark.rate;
        } else if (event.kind == EVENT_MARK) {
            assert_int_equal(event.mark.next_ns, START_NS + 16 * 3600 * NS_PER_S);
        } else if (event.kind == EVENT_FUNDING) {
            assert_int_equal(event.time_ns, START_NS + 8 * 3600 * NS_PER_S + 8 * NS_PER_MS);
            check_near(event.funding.rate, rate[event.pair], 0.0);
            settled++;
        }
    }
    assert_int_equal(settled, 3);
    source_close(source);
}

/* Goal: in the panic Upbit is not heard for 90 s from +14 min, fx included. */
static void the_crisis_silences_upbit(void **state)
{
    struct simulated_options options = lively();
    options.preset = "crisis";
    options.faults = false;
    struct source *source = open_market(&options);
    struct event event;
    take_at(source, 839000, EVENT_FX, -1, &event);
    take_at(source, 0, EVENT_FX, -1, &event);
    assert_true(event.time_ns >= START_NS + (840 + 90) * NS_PER_S);
    assert_true(event.time_ns <= START_NS + (840 + 92) * NS_PER_S);
    source_close(source);
}

static void names_itself(void **state)
{
    struct simulated_options options = lively();
    options.seed = 42;
    struct source *source = open_market(&options);
    assert_string_equal(source->ops->label(source), "SIM lively seed 42");
    source_close(source);
}

static void refuses_what_it_cannot_simulate(void **state)
{
    const struct simulated_pair nameless = {.name = ""};
    const struct {
        const char *preset;
        const struct simulated_pair *pairs;
        int32_t pairs_count;
        int64_t history_minutes;
        const char *text;
    } cases[] = {
        {"wild", THREE, 3, 240,
         "no simulated market 'wild' (expected one of lively, calm, crisis, noise, planted)"},
        {"calm", THREE, 0, 240, "'0' pairs (expected 1 to 16)"},
        {"calm", THREE, 17, 240, "'17' pairs (expected 1 to 16)"},
        {"calm", &nameless, 1, 240, "'' is not a coin (expected 1 to 23 letters)"},
        {"calm", THREE, 3, -1, "'-1' minutes of history (expected 0 to 100000)"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct simulated_options options = lively();
        options.preset = cases[i].preset;
        options.pairs = cases[i].pairs;
        options.pairs_count = cases[i].pairs_count;
        options.history_minutes = cases[i].history_minutes;
        struct source *source = NULL;
        struct err err = {0};
        assert_false(simulated_open(&source, &options, &err));
        assert_null(source);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_same_bytes_again),
        cmocka_unit_test(another_seed_is_another_market),
        cmocka_unit_test(a_pair_more_changes_no_other),
        cmocka_unit_test(seeks_by_event_number),
        cmocka_unit_test(gives_sound_events_in_order),
        cmocka_unit_test(hands_over_its_history),
        cmocka_unit_test(starts_at_the_named_prices),
        cmocka_unit_test(opens_with_a_cheap_xrp_and_a_dear_btc),
        cmocka_unit_test(opens_with_a_silence),
        cmocka_unit_test(opens_with_an_fx_jump),
        cmocka_unit_test(opens_with_a_gap_and_a_rejection),
        cmocka_unit_test(faults_can_be_switched_off),
        cmocka_unit_test(settles_funding_on_the_hour),
        cmocka_unit_test(the_crisis_silences_upbit),
        cmocka_unit_test(names_itself),
        cmocka_unit_test(refuses_what_it_cannot_simulate),
    };
    return cmocka_run_group_tests_name("market/simulated", tests, NULL, NULL);
}
