#include "searching.h"

#include <sys/stat.h>

/* What the ranking believes of markets whose truth is known: `noise`, where there is nothing to
 * find, and `planted`, where there is. The searches are those of configs/tuning. */

/* Two days, a row each five seconds. */
#define STRETCH "--hours 48 --step-ms 5000"

/* Makes data.N of seeds 1 to `count`, two at a time. */
static void make_markets(struct desk *desk, const char *preset, int count)
{
    for (int seed = 1; seed <= count; seed += 2) {
        searching_start(desk, &desk->command,
                        "export simulated --preset %s --seed %d --output data.%d " STRETCH,
                        preset, seed, seed);
        if (seed < count) {
            searching_start(desk, &desk->host,
                            "export simulated --preset %s --seed %d --output data.%d " STRETCH,
                            preset, seed + 1, seed + 1);
            searching_ends_well(&desk->host);
        }
        searching_ends_well(&desk->command);
    }
}

/* Puts the market of that seed where the session files expect it. */
static void lay_out(const struct desk *desk, const char *preset, int seed)
{
    char from[DESK_PATH_SIZE * 2], to[DESK_PATH_SIZE * 2];
    snprintf(from, sizeof from, "%s/data.%d", desk->folder, seed);
    snprintf(to, sizeof to, "%s/outputs", desk->folder);
    mkdir(to, 0700);
    snprintf(to, sizeof to, "%s/outputs/simulated-%s-1.csv", desk->folder, preset);
    assert_int_equal(rename(from, to), 0);
}

/* What the ranking says of the best; the caller's (json_decref). */
static json_t *search(struct desk *desk, const char *name, int jobs)
{
    json_error_t error;
    searching_run(desk, name, jobs);
    searching_start(desk, &desk->command, "session aggregate --results-dir outputs/tuning/%s",
                    name);
    searching_ends_well(&desk->command);
    json_t *summary = json_loads(program_said(&desk->command, PROGRAM_OUT), 0, &error);
    assert_non_null(summary);
    json_t *best = json_incref(json_array_get(json_object_get(summary, "honesty"), 0));
    assert_non_null(best);
    json_decref(summary);
    return best;
}

/* Goal: where nothing is, the best is never believed. PBO of one market says little (it is
 * anywhere from 0.1 to 0.8, docs/tuning.md), so the mean of the seeds is held to its
 * half; with costs P(loss) says it of each. */
static void noise_is_not_believed(void **state)
{
    struct desk *desk = *state;
    double pbo = 0;
    make_markets(desk, "noise", SEEDS);
    for (int seed = 1; seed <= SEEDS; seed++) {
        lay_out(desk, "noise", seed);
        json_t *best = search(desk, "noise_free", 2 * 3 * 3 * 3 * 3);
        pbo += desk_number(best, "pbo") / SEEDS;
        assert_true(desk_number(best, "dsr") < 0.95);
        assert_true(desk_flag(best, "doubtful"));
        json_decref(best);
        best = search(desk, "noise", 3 * 3 * 4);
        assert_true(desk_number(best, "p_loss") >= 0.9);
        assert_true(desk_flag(best, "doubtful"));
        json_decref(best);
    }
    print_message("# noise without costs: mean PBO %.2f\n", pbo);
    assert_true(pbo >= 0.4);
}

/* Goal: an edge that is there is told from luck. */
static void an_edge_is_believed(void **state)
{
    struct desk *desk = *state;
    make_markets(desk, "planted", 1);
    lay_out(desk, "planted", 1);
    json_t *best = search(desk, "planted", 3 * 5 * 3 * 3);
    assert_true(desk_number(best, "pbo") < 0.1);
    assert_true(desk_number(best, "p_loss") < 0.1);
    assert_true(desk_number(best, "dsr") > 0.95);
    assert_false(desk_flag(best, "doubtful"));
    json_decref(best);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(noise_is_not_believed, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(an_edge_is_believed, desk_open, desk_close),
    };
    return cmocka_run_group_tests_name("flow/luck", tests, NULL, NULL);
}
