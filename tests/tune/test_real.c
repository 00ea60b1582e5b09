#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "tune/job.h"
#include "tune/space.h"

/* Jobs over the real recording against single runs of the same file. It is not part of the
 * project: where it is absent, the test says so and passes by. */

static const char *file_of(const char *name)
{
    static char path[4096];
    const char *folder = getenv("ARBLITE_SHARED_DATA");
    snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : SHARED_DATA, name);
    if (access(path, R_OK) != 0) {
        print_message("no %s, skipped\n", path);
        skip();
    }
    return path;
}

static struct engine_params base_params(void)
{
    struct engine_params params = engine_defaults();
    params.taker_fee_a_bps = 5;
    params.taker_fee_b_bps = 5;
    params.slippage_bps = 1;
    params.max_position_usd = 1000;
    return params;
}

/* min_spread x baseline_tau x take_profit x max_hold. */
static struct space make_space(void)
{
    static const struct {
        const char *name;
        double values[2];
    } axes[] = {{"min_spread_bps", {0, 8}},
                {"baseline_tau_s", {0, 7200}},
                {"take_profit_bps", {(double)NAN, 10}},
                {"max_hold_s", {(double)NAN, 3600}}};
    struct space space = {0};
    for (size_t i = 0; i < LEN(axes); i++) {
        space_add(&space, param_find(axes[i].name), axes[i].values, 2);
    }
    return space;
}

static void check_job(struct job *job, const struct data *data)
{
    struct err err;
    struct result over_rows, over_file;
    struct text a = text_growing();
    struct text b = text_growing();
    assert_true(job_run(job, data, &over_rows, &err));
    assert_true(backtest_run_file(&job->params, job->data_file, false, &over_file, &err));
    assert_true(over_rows.summary.opened > 0);
    result_json(&over_rows, &a);
    result_json(&over_file, &b);
    assert_string_equal(text_string(&a), text_string(&b));
    result_finish(&over_rows);
    result_finish(&over_file);
    text_finish(&a);
    text_finish(&b);
}

/* Goal: sixteen configurations over the same rows, each what a run of its own gives. */
static void equals_single_runs(void **state)
{
    const char *path = file_of("real_two_venue_1m.csv");
    struct space space = make_space();
    struct data data;
    struct err err;
    char data_file[4096];
    char none[] = "";
    snprintf(data_file, sizeof data_file, "%s", path);
    struct job job = {.id = none, .tag = none, .data_file = data_file, .params = base_params()};
    const struct csv_options options = data_options(&job.params);
    assert_true(data_load(&data, path, &options, &err));
    for (int64_t point = 0; point < space_points(&space); point++) {
        double values[SPACE_AXES_MAX];
        space_values(&space, point, values);
        for (int i = 0; i < space.axes_count; i++) {
            param_store(space.axes[i].param, &job.params, values[i]);
        }
        check_job(&job, &data);
    }
    data_finish(&data);
    space_finish(&space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_single_runs),
    };
    return cmocka_run_group_tests_name("tune/real", tests, NULL, NULL);
}
