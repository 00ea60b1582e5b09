#include "support/check.h"

#include "io/net.h"

/* Goal: logs and counters tell faults apart: every one has a name, and none shares it. */
static void names_every_fault_differently(void **state)
{
    for (int i = NET_NONE; i <= NET_FAULT_LAST; i++) {
        const char *name = net_fault_name((enum net_fault)i);
        assert_non_null(name);
        assert_true(strlen(name) > 0);
        for (int other = NET_NONE; other < i; other++) {
            assert_string_not_equal(name, net_fault_name((enum net_fault)other));
        }
    }
    assert_string_equal(net_fault_name(NET_DNS), "dns");
    assert_string_equal(net_fault_name(NET_CANCELLED), "cancelled");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_every_fault_differently),
    };
    return cmocka_run_group_tests_name("io/net", tests, NULL, NULL);
}
