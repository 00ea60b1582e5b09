#include "support/check.h"

#include "market/source.h"

struct counted {
    struct source source;
    int closed;
};

static void count_close(struct source *source)
{
    ((struct counted *)source)->closed++;
}

/* Goal: whoever ends a source need not ask whether there is one. */
static void closes_once_and_accepts_nothing(void **state)
{
    static const struct source_ops ops = {.close = count_close};
    struct counted counted = {.source = {&ops}};
    source_close(&counted.source);
    assert_int_equal(counted.closed, 1);
    source_close(NULL);
    assert_int_equal(counted.closed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closes_once_and_accepts_nothing),
    };
    return cmocka_run_group_tests_name("market/source", tests, NULL, NULL);
}
