#include "conformance.h"
#include "orders_case.h"

#include <stdlib.h>

/* Order entry at both venues passes the suite that the paper venue passes. */

static int open(void **state)
{
    struct orders_case *it = malloc(sizeof(*it));
    orders_case_prepare(it);
    orders_case_open(it);
    *state = it;
    return 0;
}

static int finish(void **state)
{
    orders_case_close(*state);
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define X(name) cmocka_unit_test_setup_teardown(name, open, finish),
        CONFORMANCE_TESTS(X)
#undef X
    };
    return cmocka_run_group_tests_name("venue/orders on the wire", tests, NULL, NULL);
}
