#include "kernel_case.h"

#include <stdlib.h>

#include "base/mem.h"

/* Runs jobs both ways, at every width of the machine, and fails at the first difference. */
static void compare(const struct kernel_job *jobs, int32_t count, const struct case_rows *rows,
                    bool trades, struct dice *cuts, const char *what)
{
    struct result *want = mem_array((size_t)count, sizeof *want);
    for (int32_t i = 0; i < count; i++) {
        want[i] = case_oracle(&jobs[i], rows);
    }
    for (int width = 0; width <= (int)kernel_widest(); width++) {
        struct result *got =
            case_kernel(jobs, count, rows, (enum kernel_width)width, trades, cuts);
        for (int32_t i = 0; i < count; i++) {
            const char *difference = case_difference(&got[i], &want[i], trades);
            if (difference != NULL) {
                fail_msg("%s: %d rows, %d jobs, %s: job %d differs in %s", what, rows->count,
                         count, kernel_width_name((enum kernel_width)width), i, difference);
            }
        }
        case_results_finish(got, count);
    }
    case_results_finish(want, count);
}

static void draw_and_compare(uint64_t seed, int32_t rows_count, int32_t jobs_count, bool broken,
                             bool windows, bool trades)
{
    struct dice dice = {seed};
    char what[64];
    snprintf(what, sizeof what, "seed %llu", (unsigned long long)seed);
    struct case_rows rows = case_rows_draw(&dice, rows_count, broken);
    struct kernel_job *jobs = mem_array((size_t)jobs_count, sizeof *jobs);
    for (int32_t i = 0; i < jobs_count; i++) {
        const struct engine_params params = case_params_draw(&dice);
        jobs[i] = case_job_draw(&dice, &rows, &params, windows);
    }
    compare(jobs, jobs_count, &rows, trades, &dice, what);
    mem_free(jobs);
    case_rows_finish(&rows);
}

/* Goal: every bit of every figure is the oracle's, for series around the sizes at which strips
 * and chunks of rows begin and end, and for any number of configurations. */
static void gives_the_bits_of_the_oracle(void **state)
{
    static const int32_t rows[] = {0, 1, 15, 16, 17, 1023, 1024, 1025, 5000};
    static const int32_t jobs[] = {1, 7, 8, 9, 63, 65};
    uint64_t seed = 1;
    for (size_t i = 0; i < LEN(rows); i++) {
        for (size_t j = 0; j < LEN(jobs); j++, seed++) {
            if ((int64_t)rows[i] * jobs[j] <= 80000) {
                draw_and_compare(seed, rows[i], jobs[j], seed % 2, seed % 3 == 0, seed % 4 > 0);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_bits_of_the_oracle),
    };
    return cmocka_run_group_tests_name("tune/kernel", tests, NULL, NULL);
}
