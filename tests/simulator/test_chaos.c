#include "support/check.h"

#include <stdlib.h>
#include <unistd.h>

#include "chaos.h"

/* Which mischief when. */

#define NS_PER_S INT64_C(1000000000)

static const char *const COINS[] = {"BTC", "ETH"};

static struct chaos *open_seeded(uint64_t seed, double per_minute, int32_t pairs_count)
{
    struct chaos *chaos;
    struct err err;
    const struct chaos_options options = {.seeded = true,
                                          .seed = seed,
                                          .per_minute = per_minute,
                                          .coins = COINS,
                                          .pairs_count = pairs_count};
    assert_true(chaos_open(&chaos, &options, &err));
    return chaos;
}

/* Goal: a seed is a course of events. */
static void a_seed_orders_the_same_again(void **state)
{
    struct chaos *one = open_seeded(5, 2.0, 2);
    struct chaos *same = open_seeded(5, 2.0, 2);
    struct chaos *other = open_seeded(6, 2.0, 2);
    int differing = 0;
    for (int i = 0; i < 500; i++) {
        const int64_t due_ns = chaos_due_ns(one);
        struct mischief_order a, b, c;
        assert_int_equal(chaos_due_ns(same), due_ns);
        differing += chaos_due_ns(other) != due_ns ? 1 : 0;
        assert_false(chaos_next(one, due_ns - 1, &a));
        assert_true(chaos_next(one, due_ns, &a));
        assert_true(chaos_next(same, due_ns, &b));
        assert_true(chaos_next(other, INT64_MAX - 1, &c));
        assert_true(a.kind == b.kind && a.pair == b.pair && a.rest == b.rest &&
                    a.amount == b.amount && a.for_ns == b.for_ns && a.reset == b.reset &&
                    a.hits[VENUE_A] == b.hits[VENUE_A] && a.hits[VENUE_B] == b.hits[VENUE_B]);
    }
    assert_true(differing > 450);
    chaos_close(one);
    chaos_close(same);
    chaos_close(other);
}

/* Goal: each kind comes at its rate, every order makes sense, and both venues get theirs. 60
 * minutes at 10 a minute are 600 of each kind, give or take five standard deviations. */
static void every_kind_comes_at_its_rate(void **state)
{
    int counts[MISCHIEF_KINDS] = {0};
    int hits[VENUE_LAST + 1] = {0};
    int total = 0;
    struct chaos *chaos = open_seeded(1, 10.0, 2);
    struct mischief_order order;
    struct err err;
    while (chaos_next(chaos, 3600 * NS_PER_S, &order)) {
        assert_true(mischief_check(&order, 2, &err));
        counts[order.kind]++;
        total++;
        hits[VENUE_A] += order.hits[VENUE_A] ? 1 : 0;
        hits[VENUE_B] += order.hits[VENUE_B] ? 1 : 0;
    }
    for (int kind = 0; kind < MISCHIEF_KINDS; kind++) {
        const bool by_seed = mischief_by_seed((enum mischief_kind)kind);
        assert_in_range(counts[kind], by_seed ? 478 : 0, by_seed ? 722 : 0);
    }
    assert_int_equal(hits[VENUE_A] + hits[VENUE_B], total);
    assert_in_range(hits[VENUE_A] * 100 / total, 45, 55);
    chaos_close(chaos);
}

static char *write_script(const char *yaml)
{
    static char path[] = "/tmp/test_chaos_XXXXXX";
    memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, yaml, strlen(yaml)), strlen(yaml));
    close(fd);
    return path;
}

static bool load(struct chaos **out, const char *yaml, struct err *err)
{
    const struct chaos_options options = {
        .script = write_script(yaml), .coins = COINS, .pairs_count = 2};
    const bool opened = chaos_open(out, &options, err);
    unlink(options.script);
    return opened;
}

/* Goal: lines of a script come by time, those of one moment in the order of the file, with what
 * the table says where the line does not. */
static void a_script_is_played_by_the_clock(void **state)
{
    struct chaos *chaos;
    struct mischief_order order;
    struct err err = {.text = ""};
    assert_true(load(&chaos,
                     "faults:\n"
                     "  - {at_s: 2.5, kind: delay, venue: upbit, amount: 300, for_s: 4}\n"
                     "  - {at_s: 1, kind: gap, venue: binance, pair: ETH}\n"
                     "  - {at_s: 2.5, kind: drop, reset: true}\n"
                     "  - {at_s: 9, kind: truncate, venue: binance, rest: true, amount: 10}\n",
                     &err));
    assert_int_equal(chaos_due_ns(chaos), NS_PER_S);
    assert_true(chaos_next(chaos, NS_PER_S, &order));
    assert_true(order.kind == MISCHIEF_GAP && order.pair == 1 && !order.hits[VENUE_A] &&
                order.hits[VENUE_B] && order.amount == 1);
    assert_false(chaos_next(chaos, 2 * NS_PER_S, &order));
    assert_true(chaos_next(chaos, 3 * NS_PER_S, &order));
    assert_true(order.kind == MISCHIEF_DELAY && order.amount == 300 &&
                order.for_ns == 4 * NS_PER_S && order.pair == MISCHIEF_ALL_PAIRS);
    assert_true(chaos_next(chaos, 3 * NS_PER_S, &order));
    assert_true(order.kind == MISCHIEF_DROP && order.reset && order.hits[VENUE_A] &&
                order.hits[VENUE_B]);
    assert_true(chaos_next(chaos, 9 * NS_PER_S, &order));
    assert_true(order.kind == MISCHIEF_TRUNCATE && order.rest && order.amount == 10);
    assert_int_equal(chaos_due_ns(chaos), INT64_MAX);
    chaos_close(chaos);
}

/* Goal: a script with a mistake is refused with its line. */
static void a_bad_script_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *yaml, *says;
    } cases[] = {
        {"faults:\n  - {at_s: 1, kind: weather}\n", ":2: "},
        {"faults:\n  - {at_s: -1, kind: drop}\n", "is not a time"},
        {"faults:\n  - {kind: drop}\n", "a fault needs at_s and kind"},
        {"faults:\n  - {at_s: 1, kind: drop, venue: mtgox}\n", "'mtgox' is not a venue"},
        {"faults:\n  - {at_s: 1, kind: gap, pair: DOGE}\n", "'DOGE' is not a pair here"},
        {"faults:\n  - {at_s: 1, kind: gap, rest: true}\n", "cannot hang on answers"},
        {"faults:\n  - {at_s: 1, kind: 5xx, amount: 404}\n", "is not a status"},
        {"faults:\n  - {at_s: 1, kind: silence, for_s: 0}\n", "must last a while"},
        {"faults:\n  - {at_s: 1, kind: drop, colour: red}\n", "is unknown"},
        {"nothing: 1\n", "expected a list 'faults'"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct chaos *chaos;
        struct err err = {.text = ""};
        assert_false(load(&chaos, cases[i].yaml, &err));
        if (strstr(err.text, cases[i].says) == NULL) {
            fail_msg("'%s' does not say '%s'", err.text, cases[i].says);
        }
    }
}

/* Goal: every kind has a name of its own and its usual order makes sense. */
static void every_kind_has_a_name_and_a_reason(void **state)
{
    for (int i = 0; i < MISCHIEF_KINDS; i++) {
        const enum mischief_kind kind = (enum mischief_kind)i;
        const struct mischief_order order = mischief_usual(kind);
        enum mischief_kind found;
        struct err err;
        assert_true(mischief_find(mischief_name(kind), &found));
        assert_int_equal(found, kind);
        assert_string_not_equal(reason_code(mischief_reason(kind)), "?");
        assert_true(mischief_check(&order, 2, &err));
    }
}

/* Goal: an order for one pair waits for its message; one that lasts ends by the clock. */
static void orders_wait_or_last(void **state)
{
    struct mischief mischief = {.pending_count = 0};
    struct mischief_order order = mischief_usual(MISCHIEF_GAP);
    struct mischief_order got;
    order.pair = 1;
    order.amount = 2;
    mischief_take(&mischief, &order, 0);
    assert_false(mischief_next_message(&mischief, 0, &got));
    assert_true(mischief_next_message(&mischief, 1, &got));
    assert_true(mischief_next_message(&mischief, 1, &got));
    assert_false(mischief_next_message(&mischief, 1, &got));
    assert_int_equal(mischief.counts[MISCHIEF_GAP].ordered, 1);
    assert_int_equal(mischief.counts[MISCHIEF_GAP].happened, 2);
    order = mischief_usual(MISCHIEF_CLOCK_SKEW);
    mischief_take(&mischief, &order, 7);
    assert_non_null(mischief_on(&mischief, MISCHIEF_CLOCK_SKEW, 0, 10 * NS_PER_S + 6));
    assert_null(mischief_on(&mischief, MISCHIEF_CLOCK_SKEW, 0, 10 * NS_PER_S + 7));
    order = mischief_usual(MISCHIEF_TRUNCATE);
    order.rest = true;
    mischief_take(&mischief, &order, 0);
    assert_false(mischief_next_message(&mischief, 0, &got));
    assert_true(mischief_next_answer(&mischief, 0, &got));
    mischief_end(&mischief);
    assert_null(mischief_on(&mischief, MISCHIEF_CLOCK_SKEW, 0, 8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_orders_the_same_again),
        cmocka_unit_test(every_kind_comes_at_its_rate),
        cmocka_unit_test(a_script_is_played_by_the_clock),
        cmocka_unit_test(a_bad_script_is_refused_with_its_line),
        cmocka_unit_test(every_kind_has_a_name_and_a_reason),
        cmocka_unit_test(orders_wait_or_last),
    };
    return cmocka_run_group_tests_name("simulator/chaos", tests, NULL, NULL);
}
