#include "conformance.h"
#include "paper_case.h"

#include <stdlib.h>

/* The paper venue passes the suite at once, over a slow wire, and when it is put away and taken
 * up again between any two calls, as a replay from the journal does. */

static int open_at_once(void **state)
{
    struct venue_case *it = malloc(sizeof *it);
    const struct venue_paper_config config = paper_case_config();
    paper_case_open(it, &config);
    *state = it;
    return 0;
}

static int open_slow(void **state)
{
    struct venue_case *it = malloc(sizeof *it);
    struct venue_paper_config config = paper_case_config();
    config.latency_a_ms_median = 60;
    config.latency_a_ms_p99 = 400;
    config.latency_b_ms_median = 12;
    config.latency_b_ms_p99 = 80;
    config.replenish_half_life_s = 2;
    paper_case_open(it, &config);
    *state = it;
    return 0;
}

/* Another venue goes on from the bytes of this one. */
static void take_up_again(struct venue_case *it)
{
    struct err err;
    size_t size;
    const struct venue_paper_config config = paper_case_config();
    struct venue_port *next = venue_paper_create(&config);
    const void *kept = venue_paper_state(it->venue, &size);
    assert_true(venue_paper_restore(next, kept, size, &err));
    it->venue->ops->close(it->venue);
    it->venue = next;
}

static void show_and_take_up_again(struct venue_case *it, int32_t pair, enum venue which,
                                   const struct book *book)
{
    paper_case_show(it, pair, which, book);
    take_up_again(it);
}

static int open_replayed(void **state)
{
    (void)open_at_once(state);
    struct venue_case *it = *state;
    it->show = show_and_take_up_again;
    it->await = take_up_again;
    it->refresh = take_up_again;
    return 0;
}

static int finish(void **state)
{
    paper_case_close(*state);
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest at_once[] = {
#define X(name) cmocka_unit_test_setup_teardown(name, open_at_once, finish),
        CONFORMANCE_TESTS(X)
#undef X
    };
    const struct CMUnitTest slow[] = {
#define X(name) cmocka_unit_test_setup_teardown(name, open_slow, finish),
        CONFORMANCE_TESTS(X)
#undef X
    };
    const struct CMUnitTest replayed[] = {
#define X(name) cmocka_unit_test_setup_teardown(name, open_replayed, finish),
        CONFORMANCE_TESTS(X)
#undef X
    };
    return cmocka_run_group_tests_name("venue/paper at once", at_once, NULL, NULL) +
           cmocka_run_group_tests_name("venue/paper slow", slow, NULL, NULL) +
           cmocka_run_group_tests_name("venue/paper replayed", replayed, NULL, NULL);
}
