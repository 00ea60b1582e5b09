#include "support/check.h"

#include <math.h>

#include "tune/session_file.h"

static bool parse(const char *yaml, struct session_file *file, struct text *report)
{
    struct err err = {.kind = ERR_NONE};
    const bool good = session_file_parse(file, "dir/s.yaml", yaml, strlen(yaml), report, &err);
    assert_int_equal(err.kind, good ? ERR_NONE : ERR_INPUT);
    return good;
}

static void check_fixed(const struct session_file *file, int index, const char *name,
                        double value)
{
    assert_string_equal(file->fixed[index].param->name, name);
    const double got = file->fixed[index].value;
    assert_true(got == value || (isnan(got) && isnan(value)));
}

/* Goal: fixed parameters stand in a section or at the top; null unsets; 0 is a value. */
static void reads_a_session(void **state)
{
    struct session_file file;
    struct text report = text_growing();
    assert_true(parse("data_file: a b.csv\n"
                      "tag_prefix: sess-1.x\n"
                      "min_spread_bps: 0\n"
                      "fixed: {profile: compat-d37, stop_loss_bps: null}\n"
                      "grids:\n"
                      "  - {name: max_hold_s, values: [60, null]}\n"
                      "  - {name: spot_short, values: [true, false]}\n"
                      "sampler: latin\nsamples: 9\nseed: 7\nmax_jobs: 0\n",
                      &file, &report));
    assert_string_equal(file.data_file, "a b.csv");
    assert_string_equal(file.name, "sess-1.x");
    assert_true(file.has_prefix);
    assert_int_equal(file.fixed_count, 3);
    check_fixed(&file, 0, "min_spread_bps", 0);
    check_fixed(&file, 1, "profile", ENGINE_COMPAT_D37);
    check_fixed(&file, 2, "stop_loss_bps", NAN);
    assert_int_equal(space_points(&file.space), 4);
    assert_true(isnan(file.space.axes[0].values[1]));
    assert_int_equal(file.drawing.sampler, SPACE_LATIN);
    assert_int_equal(file.drawing.samples, 9);
    assert_int_equal(file.drawing.seed, 7);
    assert_int_equal(file.drawing.points_max, 0);
    session_file_finish(&file);
    text_finish(&report);
}

/* Goal: JSON is read by the same door; without a prefix the folder is called after the file. */
static void reads_json(void **state)
{
    struct session_file file;
    struct text report = text_growing();
    assert_true(parse("{\"data_file\": \"d.csv\", \"fixed\": {\"slippage_bps\": 2.5},\n"
                      " \"grids\": [{\"name\": \"min_spread_bps\", \"values\": [1, 2]}]}\n",
                      &file, &report));
    assert_string_equal(file.name, "s");
    assert_false(file.has_prefix);
    assert_int_equal(file.drawing.points_max, -1);
    assert_int_equal(space_points(&file.space), 2);
    session_file_finish(&file);
    text_finish(&report);
}

struct reported {
    const char *yaml, *report;
};

static void check_reports(const struct reported *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct session_file file;
        struct text report = text_growing();
        assert_false(parse(cases[i].yaml, &file, &report));
        assert_string_equal(text_string(&report), cases[i].report);
        text_finish(&report);
    }
}

/* Goal: each mistake is told with its line. */
static void tells_what_is_wrong(void **state)
{
    static const struct reported cases[] = {
        {"min_spread_bps: 1\n", "dir/s.yaml:1: data_file must be specified\n"},
        {"data_file: ''\n", "dir/s.yaml:1: data_file must be specified\n"},
        {"data_file: d\nmin_spred_bps: 1\n",
         "dir/s.yaml:2: unknown parameter 'min_spred_bps' (did you mean 'min_spread_bps'?)\n"},
        {"data_file: d\nfixed:\n  quux: 1\n", "dir/s.yaml:3: unknown parameter 'quux'\n"},
        {"data_file: d\ngrid: []\n",
         "dir/s.yaml:2: unknown parameter 'grid' (did you mean 'grids'?)\n"},
        {"data_file: d\nfixed:\n  slippage_bps: 1\nslippage_bps: 2\n",
         "dir/s.yaml:4: slippage_bps: given already in line 3\n"},
        {"data_file: d\ngrids:\n  - name: slippage_bps\n    values: []\n",
         "dir/s.yaml:4: grid 'slippage_bps' has no values\n"},
        {"data_file: d\ngrids:\n  - name: slippage_bps\n",
         "dir/s.yaml:3: grid 'slippage_bps' has no values\n"},
        {"data_file: d\ngrids:\n  - {name: slippage_bps, values: 5}\n",
         "dir/s.yaml:3: grid 'slippage_bps': values must be a list\n"},
        {"data_file: d\ngrids:\n  - {name: slippage_bps, values: [1]}\n"
         "  - {name: slippage_bps, values: [2]}\n",
         "dir/s.yaml:4: grid 'slippage_bps' is given twice\n"},
        {"data_file: d\ngrids:\n  - {name: slippage_bps, values: []}\n"
         "  - {name: slippage_bps, values: [2]}\n",
         "dir/s.yaml:3: grid 'slippage_bps' has no values\n"
         "dir/s.yaml:4: grid 'slippage_bps' is given twice\n"},
        {"data_file: d\ngrids:\n  - {name: slipage_bps, values: [1]}\n",
         "dir/s.yaml:3: unknown parameter 'slipage_bps' (did you mean 'slippage_bps'?)\n"},
        {"data_file: d\ngrids:\n  - {name: slippage_bps, values: [1,\n      two]}\n",
         "dir/s.yaml:4: slippage_bps: 'two' is no value for it (expected a number)\n"},
        {"data_file: d\ngrids:\n  - {name: profile, values: [exact]}\n",
         "dir/s.yaml:3: grid 'profile': results of different ones are not ranked together; "
         "write a session each\n"},
        {"data_file: d\nmax_open_trades: null\n",
         "dir/s.yaml:2: max_open_trades: '' is no value for it (expected a whole number)\n"},
        {"data_file: d\nmax_jobs: -1\n",
         "dir/s.yaml:2: max_jobs: '-1' must be a whole number of 0 or more\n"},
        {"data_file: d\nsampler: sobol\n",
         "dir/s.yaml:2: sampler: 'sobol' is not known (expected grid, random or latin)\n"},
        {"data_file: d\nsampler: random\n",
         "dir/s.yaml:1: samples: how many must the sampler 'random' draw?\n"},
        {"data_file: d\nsampler: sobol\nsamples: 5\n",
         "dir/s.yaml:2: sampler: 'sobol' is not known (expected grid, random or latin)\n"},
        {"data_file: d\nslippage_bps: 1\nslippage_bps: 2\n",
         "dir/s.yaml:3: slippage_bps: 'slippage_bps' stands twice (first in line 2)\n"},
        {"data_file: d\ndata_file: e\n",
         "dir/s.yaml:2: data_file: 'data_file' stands twice (first in line 1)\n"},
        {"data_file: d\nslippage_bps: '5'\n",
         "dir/s.yaml:2: slippage_bps: '5' is no value for it (expected a number, without "
         "quotes)\n"},
        {"data_file: d\nslippage_bps: 'five'\n",
         "dir/s.yaml:2: slippage_bps: 'five' is no value for it (expected a number)\n"},
        {"data_file: \"d\\e[31m\"\n", "dir/s.yaml:1: data_file: 'd\\x1b[31m' has characters "
                                      "that cannot be shown: rename the "
                                      "file\n"},
        {"data_file: d\nsamples: 5\n",
         "dir/s.yaml:2: samples: the sampler 'grid' tries every point\n"},
        {"data_file: d\nsampler: random\nsamples: 0\n",
         "dir/s.yaml:3: samples: '0' must be at least 1\n"},
        {"data_file: d\ntag_prefix: ../x\n",
         "dir/s.yaml:2: tag_prefix: '../x' must be a name (letters, digits and -_., at most "
         "64)\n"},
        {"data_file: d\ntag_prefix: .x\n",
         "dir/s.yaml:2: tag_prefix: '.x' must be a name (letters, digits and -_., at most "
         "64)\n"},
        {"- a\n", "dir/s.yaml:1: expected 'key: value' lines of a session\n"},
        {"data_file: d\nseed: x\nmax_jobs: y\n",
         "dir/s.yaml:2: seed: 'x' must be a whole number of 0 or more\n"
         "dir/s.yaml:3: max_jobs: 'y' must be a whole number of 0 or more\n"},
    };
    check_reports(cases, LEN(cases));
}

/* Goal: a walk-forward has both of its lengths or none. */
static void tells_what_is_wrong_with_a_walk_forward(void **state)
{
    static const struct reported cases[] = {
        {"data_file: d\nwalk_forward: 5\n",
         "dir/s.yaml:2: walk_forward: expected {train_s, test_s}\n"},
        {"data_file: d\nwalk_forward: {train_s: 5}\n",
         "dir/s.yaml:2: walk_forward: test_s is missing\n"},
        {"data_file: d\nwalk_forward:\n  train_s: 0\n  test_s: soon\n",
         "dir/s.yaml:3: train_s: '0' must be seconds, at least 0.001\n"
         "dir/s.yaml:4: test_s: 'soon' must be seconds, at least 0.001\n"},
        {"data_file: d\nwalk_forward: {train_s: 5, test_s: 1, tests_s: 1}\n",
         "dir/s.yaml:2: unknown parameter 'tests_s' (did you mean 'test_s'?)\n"},
    };
    check_reports(cases, LEN(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_session),
        cmocka_unit_test(reads_json),
        cmocka_unit_test(tells_what_is_wrong),
        cmocka_unit_test(tells_what_is_wrong_with_a_walk_forward),
    };
    return cmocka_run_group_tests_name("tune/session_file", tests, NULL, NULL);
}
