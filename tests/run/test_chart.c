#include "support/check.h"

#include "run/chart.h"

/* The 15 minute span has 160 buckets of 5.625 s. */
#define BUCKET_NS INT64_C(5625000000)
#define START     (BUCKET_NS * 1000)

static struct snapshot_chart copies[SNAPSHOT_CHART_SPANS];

/* Goal: an empty chart says so. */
static void starts_empty(void **state)
{
    struct chart chart;
    chart_init(&chart);
    chart_copy(&chart, copies);
    assert_int_equal(copies[0].count, 0);
    assert_int_equal(copies[0].span_ns, INT64_C(900000000000));
}

/* Goal: the newest sample of a bucket stands for it, at the right edge. */
static void the_newest_sample_wins(void **state)
{
    struct chart chart;
    chart_init(&chart);
    chart_add(&chart, START, 1, 0, 20);
    chart_add(&chart, START + 1, 2, 0.5, 21);
    chart_copy(&chart, copies);
    assert_int_equal(copies[0].count, SNAPSHOT_CHART_POINTS);
    assert_int_equal(copies[0].end_ns, START + BUCKET_NS);
    check_near(copies[0].premium_bps[SNAPSHOT_CHART_POINTS - 1], 2, 0);
    check_near(copies[0].baseline_bps[SNAPSHOT_CHART_POINTS - 1], 0.5, 0);
    check_near(copies[0].need_bps[SNAPSHOT_CHART_POINTS - 1], 21, 0);
    assert_true(isnan(copies[0].premium_bps[SNAPSHOT_CHART_POINTS - 2]));
}

/* Goal: silence is a gap, and after a whole span of it nothing old is left. */
static void silence_is_a_gap(void **state)
{
    struct chart chart;
    chart_init(&chart);
    for (int i = 0; i < 300; i++) {
        chart_add(&chart, START + i * BUCKET_NS, i, 0, 0);
    }
    chart_add(&chart, START + 303 * BUCKET_NS, 303, 0, 0);
    chart_copy(&chart, copies);
    check_near(copies[0].premium_bps[159], 303, 0);
    assert_true(isnan(copies[0].premium_bps[158]) && isnan(copies[0].premium_bps[156]));
    check_near(copies[0].premium_bps[155], 299, 0);
    check_near(copies[0].premium_bps[0], 144, 0);
    chart_add(&chart, START + 1000 * BUCKET_NS, 7, 0, 0);
    chart_copy(&chart, copies);
    check_near(copies[0].premium_bps[159], 7, 0);
    for (int i = 0; i < 159; i++) {
        assert_true(isnan(copies[0].premium_bps[i]));
    }
}

/* Goal: time that runs back changes nothing. */
static void old_samples_are_dropped(void **state)
{
    struct chart chart;
    chart_init(&chart);
    chart_add(&chart, START, 1, 0, 0);
    chart_add(&chart, START - 10 * BUCKET_NS, 9, 0, 0);
    chart_copy(&chart, copies);
    check_near(copies[0].premium_bps[159], 1, 0);
    assert_true(isnan(copies[0].premium_bps[149]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_empty),
        cmocka_unit_test(the_newest_sample_wins),
        cmocka_unit_test(silence_is_a_gap),
        cmocka_unit_test(old_samples_are_dropped),
    };
    return cmocka_run_group_tests_name("run/chart", tests, NULL, NULL);
}
