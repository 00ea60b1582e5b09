#include "searching.h"

/* The session files of configs/tuning run as they stand, on the file that `export simulated`
 * makes under its usual name. */

/* Goal: plan, run and rank of each, as the README has it. A file of 36 h instead of 72 is made
 * sooner and has room for one fold of a day and nine hours. */
static void run_as_they_stand(void **state)
{
    static const struct {
        const char *name;
        int jobs;
    } samples[] = {
        {"quick", 6 * 4},
        {"thousand", 5 * 4 * 5 * 5 * 2},
        {"walk_forward", 4 * 3 * 3 * 2}, /* of one fold: its training and its test */
        {"compat", 6 * 2},
    };
    struct desk *desk = *state;
    searching_start(desk, &desk->command, "export simulated --hours 36 --step-ms 5000");
    searching_ends_well(&desk->command);
    for (size_t i = 0; i < LEN(samples); i++) {
        char expected[128];
        searching_run(desk, samples[i].name, samples[i].jobs);
        searching_start(desk, &desk->command, "session rank --results-dir outputs/tuning/%s",
                        samples[i].name);
        searching_ends_well(&desk->command);
        snprintf(expected, sizeof expected, "%d jobs, %d success, 0 error\n", samples[i].jobs,
                 samples[i].jobs);
        assert_int_equal(
            strncmp(program_said(&desk->command, PROGRAM_OUT), expected, strlen(expected)), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(run_as_they_stand, desk_open, desk_close),
    };
    return cmocka_run_group_tests_name("flow/samples", tests, NULL, NULL);
}
