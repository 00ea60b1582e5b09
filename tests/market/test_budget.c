#include "support/check.h"

#include "budget.h"

#define MS(n)  ((int64_t)(n)*1000000)
#define MIN_NS MS(60000)

/* Goal: 80 % of 10 are 8 requests in a second; the ninth waits for what is left of the second
 * that began with the first. */
static void gives_a_share_of_each_window(void **state)
{
    struct budget budget;
    budget_init(&budget, 10, MS(1000), 0.8);
    assert_int_equal(budget_left_pct(&budget, MS(5000)), 100);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(budget_take(&budget, 1, MS(5000 + i)), 0);
    }
    assert_int_equal(budget_left_pct(&budget, MS(5008)), 0);
    assert_int_equal(budget_take(&budget, 1, MS(5008)), MS(992));
    assert_int_equal(budget_take(&budget, 1, MS(5999)), MS(1));
    assert_int_equal(budget_take(&budget, 1, MS(6000)), 0);
    assert_int_equal(budget_left_pct(&budget, MS(6000)), 87); /* 7 of 8 */
}

/* Goal: weights add up: a snapshot of 1000 levels is 20 of 2400, of which 80 % are 96 of them.
 */
static void counts_weights(void **state)
{
    struct budget budget;
    int sent = 0;
    budget_init(&budget, 2400, MIN_NS, 0.8);
    while (budget_take(&budget, 20, MS(1)) == 0) {
        sent++;
    }
    assert_int_equal(sent, 96);
    budget_init(&budget, 10, MIN_NS, 0.8);
    assert_int_equal(budget_take(&budget, 20, MS(1)), 0); /* too heavy for any window: alone */
    assert_int_equal(budget_take(&budget, 1, MS(2)), MIN_NS - MS(1));
}

/* Goal: the venue knows of others behind our address: its word counts where it says more. */
static void believes_the_venue_where_it_says_more(void **state)
{
    struct budget budget;
    budget_init(&budget, 2400, MIN_NS, 0.5);
    assert_int_equal(budget_take(&budget, 20, MS(1)), 0);
    budget_hear_used(&budget, 1190, MS(2));
    assert_int_equal(budget_take(&budget, 10, MS(3)), 0);
    assert_int_equal(budget_take(&budget, 1, MS(4)), MIN_NS - MS(3));
    budget_hear_used(&budget, 20, MS(5)); /* an older answer come late gives nothing back */
    assert_int_equal(budget_take(&budget, 1, MS(5)), MIN_NS - MS(4));
    budget_init(&budget, 10, MS(1000), 1.0);
    budget_hear_left(&budget, 1, MS(1));
    assert_int_equal(budget_take(&budget, 1, MS(2)), 0);
    assert_int_equal(budget_take(&budget, 1, MS(3)), MS(998));
}

/* Goal: after a refusal nothing goes until its end, and half as much for ten minutes after. */
static void is_humble_after_a_refusal(void **state)
{
    struct budget budget;
    budget_init(&budget, 10, MS(1000), 0.8);
    budget_close(&budget, MS(3000));
    budget_close(&budget, MS(2000)); /* an earlier end opens nothing */
    assert_int_equal(budget_take(&budget, 1, MS(1000)), MS(2000));
    assert_int_equal(budget_left_pct(&budget, MS(1000)), 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(budget_take(&budget, 1, MS(3000)), 0);
    }
    assert_int_equal(budget_take(&budget, 1, MS(3000)), MS(1000));
    const int64_t later_ns = MS(3000) + 10 * MIN_NS;
    for (int i = 0; i < 8; i++) {
        assert_int_equal(budget_take(&budget, 1, later_ns), 0);
    }
    assert_int_equal(budget_take(&budget, 1, later_ns), MS(1000));
}

/* Goal: the header as it is on the wire, its parts in any order; `min` is a dead constant. */
static void reads_what_upbit_says_is_left(void **state)
{
    static const struct {
        const char *header, *group;
        int32_t left;
    } good[] = {
        {"group=orderbook; min=600; sec=9", "orderbook", 9},
        {"group=websocket; min=300; sec=3", "websocket", 3},
        {"sec=0;group=ticker", "ticker", 0},
    };
    static const char *const bad[] = {"",
                                      "orderbook",
                                      "group=orderbook; min=600",
                                      "group=; sec=1",
                                      "group=a; sec=-1",
                                      "group=a; sec=",
                                      "group=a; sec=1x",
                                      "group=averyveryverylongnameofagroup; sec=1"};
    for (size_t i = 0; i < LEN(good); i++) {
        char group[BUDGET_GROUP_SIZE];
        int32_t left;
        assert_true(budget_parse_left(good[i].header, group, &left));
        assert_string_equal(group, good[i].group);
        assert_int_equal(left, good[i].left);
    }
    for (size_t i = 0; i < LEN(bad); i++) {
        char group[BUDGET_GROUP_SIZE];
        int32_t left;
        assert_false(budget_parse_left(bad[i], group, &left));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_a_share_of_each_window),
        cmocka_unit_test(counts_weights),
        cmocka_unit_test(believes_the_venue_where_it_says_more),
        cmocka_unit_test(is_humble_after_a_refusal),
        cmocka_unit_test(reads_what_upbit_says_is_left),
    };
    return cmocka_run_group_tests_name("market/budget", tests, NULL, NULL);
}
