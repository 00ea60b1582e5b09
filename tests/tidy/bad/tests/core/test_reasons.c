#include "support/check.h"

#include "core/reason.h"

static void is_run(void **state)
{
    assert_int_equal(REASON_FEED_STALE, 303);
    assert_int_not_equal(REASON_FEED_STALE_SIDE, REASON_FEED_SILENT_SIDE);
}

static void is_not_run(void **state)
{
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_run)};
    return cmocka_run_group_tests_name("core/reasons", tests, NULL, NULL);
}
