#include "support/check.h"

#include <pthread.h>

#include "core/latch.h"

static void turns_on_once_and_off_once(void **state)
{
    struct latch latch = {0};
    assert_false(latch_is_on(&latch));
    assert_false(latch_release(&latch));
    assert_true(latch_engage(&latch));
    assert_true(latch_is_on(&latch));
    assert_false(latch_engage(&latch));
    assert_true(latch_release(&latch));
    assert_false(latch_is_on(&latch));
}

/* Goal: on and off again between deciding and sending is noticed by the epoch. */
static void remembers_that_something_happened(void **state)
{
    struct latch latch = {0};
    const uint64_t before = latch_epoch(&latch);
    assert_true(latch_engage(&latch));
    assert_true(latch_release(&latch));
    assert_false(latch_is_on(&latch));
    assert_int_not_equal(latch_epoch(&latch), before);
    assert_false(latch_release(&latch));
    assert_int_equal(latch_epoch(&latch), before + 2);
}

/* Goal: a kill that comes while the switch is being released wins. */
static void a_press_in_between_keeps_it_on(void **state)
{
    struct latch latch = {0};
    latch_engage(&latch);
    const uint64_t presses = latch_presses(&latch);
    assert_false(latch_engage(&latch)); /* it is on already, and this counts all the same */
    assert_false(latch_release_since(&latch, presses));
    assert_true(latch_is_on(&latch));
    assert_true(latch_release_since(&latch, latch_presses(&latch)));
    assert_false(latch_is_on(&latch));
}

static void *press(void *argument)
{
    latch_engage(argument);
    return NULL;
}

/* Goal: whatever the moment, one press more than the releaser knew of leaves it on. */
static void no_press_is_lost_between_threads(void **state)
{
    for (int i = 0; i < 200; i++) {
        struct latch latch = {0};
        pthread_t thread;
        latch_engage(&latch);
        const uint64_t presses = latch_presses(&latch);
        assert_int_equal(pthread_create(&thread, NULL, press, &latch), 0);
        (void)latch_release_since(&latch, presses);
        pthread_join(thread, NULL);
        assert_true(latch_is_on(&latch));
    }
}

enum { ROUNDS = 20000 };

struct toggler {
    struct latch *latch;
    uint64_t turns;
};

static void *toggle(void *argument)
{
    struct toggler *toggler = argument;
    for (int i = 0; i < ROUNDS; i++) {
        toggler->turns += latch_engage(toggler->latch) ? 1 : 0;
        toggler->turns += latch_release(toggler->latch) ? 1 : 0;
    }
    return NULL;
}

/* Goal: each turn that somebody was told about moved the epoch by one, none was lost. */
static void loses_no_turn_between_threads(void **state)
{
    struct latch latch = {0};
    struct toggler other = {&latch, 0};
    struct toggler self = {&latch, 0};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, toggle, &other), 0);
    toggle(&self);
    pthread_join(thread, NULL);
    assert_int_equal(latch_epoch(&latch), self.turns + other.turns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_on_once_and_off_once),
        cmocka_unit_test(remembers_that_something_happened),
        cmocka_unit_test(a_press_in_between_keeps_it_on),
        cmocka_unit_test(no_press_is_lost_between_threads),
        cmocka_unit_test(loses_no_turn_between_threads),
    };
    return cmocka_run_group_tests_name("core/latch", tests, NULL, NULL);
}
