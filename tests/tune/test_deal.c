#include "support/check.h"

#include "deal.h"

enum { COUNT = 24 };

/* Two baselines, three thresholds, two fees that add up to the same pairwise, each twice. */
static void make_jobs(struct kernel_job *jobs, enum engine_profile profile)
{
    for (int i = 0; i < COUNT; i++) {
        struct engine_params *params = &jobs[i].params;
        jobs[i] = (struct kernel_job){
            .params = engine_defaults(), .from_ns = INT64_MIN, .to_ns = INT64_MAX};
        params->profile = profile;
        params->pnl_model = engine_default_model(profile);
        params->slippage_bps = 1;
        params->max_position_usd = 1000;
        params->taker_fee_a_bps = i % 2 == 0 ? 3 : 5;
        params->taker_fee_b_bps = i % 2 == 0 ? 5 : 3;
        params->min_spread_bps = i / 2 % 3;
        params->baseline_tau_s = i / 6 % 2 * 600;
    }
}

static int thread_of(const struct deal *deal, int32_t job)
{
    int thread = 0;
    for (int32_t i = 0; i < COUNT; i++) {
        while (i >= deal->ends[thread]) {
            thread++;
        }
        if (deal->order[i] == job) {
            return thread;
        }
    }
    fail();
    return -1;
}

/* Goal: every job is dealt once, whatever the number of threads, and all to somebody. */
static void deals_every_job_once(void **state)
{
    struct kernel_job jobs[COUNT];
    make_jobs(jobs, ENGINE_EXACT);
    for (int threads = 1; threads <= COUNT + 1; threads++) {
        struct deal deal = deal_jobs(jobs, COUNT, threads);
        bool seen[COUNT] = {false};
        assert_int_equal(deal.ends[threads - 1], COUNT);
        for (int32_t i = 0; i < COUNT; i++) {
            assert_false(seen[deal.order[i]]);
            seen[deal.order[i]] = true;
        }
        deal_finish(&deal);
    }
}

/* Goal: on two threads each has one of the two baselines; in a compat profile, which knows none
 * and sees the sum of the fees alone, the three kinds are split without parting alike ones. */
static void keeps_together_what_is_worked_out_once(void **state)
{
    struct kernel_job jobs[COUNT];
    make_jobs(jobs, ENGINE_EXACT);
    struct deal deal = deal_jobs(jobs, COUNT, 2);
    assert_int_equal(deal.ends[0], COUNT / 2);
    for (int32_t i = 0; i < COUNT; i++) {
        assert_int_equal(thread_of(&deal, i) == thread_of(&deal, 0), i / 6 % 2 == 0);
    }
    deal_finish(&deal);

    make_jobs(jobs, ENGINE_COMPAT_D37);
    deal = deal_jobs(jobs, COUNT, 2);
    for (int32_t i = 0; i < COUNT; i++) {
        assert_int_equal(thread_of(&deal, i), thread_of(&deal, i / 2 % 3 * 2));
    }
    assert_true(deal.ends[0] == COUNT / 3 || deal.ends[0] == COUNT * 2 / 3);
    deal_finish(&deal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deals_every_job_once),
        cmocka_unit_test(keeps_together_what_is_worked_out_once),
    };
    return cmocka_run_group_tests_name("tune/deal", tests, NULL, NULL);
}
