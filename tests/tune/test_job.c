#include "rows.h"

#include <jansson.h>

#include "tune/job.h"

#define FULL                                                                                   \
    "\"data_file\": \"turns.csv\", \"profile\": \"compat-d37\", \"min_spread_bps\": 30, "      \
    "\"taker_fee_a_bps\": 5, \"taker_fee_b_bps\": 5, \"slippage_bps\": 5, "                    \
    "\"max_position_usd\": 1000"
#define LINE(id, config, output)                                                               \
    "{\"job_id\": \"" id "\", \"config\": {" config "}, \"output_json\": \"" output "\"}"
#define OUTPUT "outputs/tuning/s1/s1_0001.json"

static bool parse(const char *line, struct job *job, struct err *err)
{
    return job_parse(job, line, strlen(line), err);
}

/* Goal: a line says what to run and where the result goes; the model follows the profile. */
static void reads_a_line(void **state)
{
    struct err err;
    struct job job;
    assert_true(parse(LINE("s1_0001", FULL ", \"tag\": \"mine\", \"max_hold_s\": null", OUTPUT),
                      &job, &err));
    assert_string_equal(job.id, "s1_0001");
    assert_string_equal(job.folder, "s1");
    assert_string_equal(job.output, "s1_0001.json");
    assert_string_equal(job.tag, "mine");
    assert_string_equal(job.data_file, "turns.csv");
    assert_null(job.fault);
    assert_int_equal(job.params.profile, ENGINE_COMPAT_D37);
    assert_int_equal(job.params.pnl_model, ENGINE_PNL_SPREAD);
    assert_true(job.params.min_spread_bps == 30);
    job_finish(&job);
}

#define WINDOW_LINE(window)                                                                    \
    "{\"job_id\": \"a\", \"config\": {" FULL "}, \"window\": " window                          \
    ", \"output_json\": \"" OUTPUT "\"}"
#define WINDOW "{\"fold\": 2, \"part\": \"test\", \"from\": 1000, \"to\": 5000}"

/* Goal: a fold's part of time is read whole or the line makes no job, and it is part of what
 * makes the configuration another one. */
static void reads_the_window_of_a_fold(void **state)
{
    static const char *const bad[] = {
        "null",
        "[]",
        "{}",
        "{\"fold\": 0, \"part\": \"test\", \"from\": 1000, \"to\": 5000}",
        "{\"fold\": 1, \"part\": \"rest\", \"from\": 1000, \"to\": 5000}",
        "{\"fold\": 1, \"part\": \"test\", \"from\": 5000, \"to\": 5000}",
        "{\"fold\": 1, \"part\": \"test\", \"from\": 1.5, \"to\": 5000}",
        "{\"fold\": 1, \"part\": \"test\", \"from\": 1, \"to\": 5, \"more\": 1}",
    };
    struct err err;
    struct job job, whole;
    char hash[48], other[48];
    assert_true(parse(WINDOW_LINE(WINDOW), &job, &err));
    assert_int_equal(job.window.fold, 2);
    assert_true(job.window.is_test);
    assert_int_equal(job.window.from_ns, 1000);
    assert_int_equal(job.window.to_ns, 5000);
    assert_true(parse(LINE("a", FULL, OUTPUT), &whole, &err));
    assert_int_equal(whole.window.fold, 0);
    job_config_hash(&job, hash);
    job_config_hash(&whole, other);
    assert_string_not_equal(hash, other);
    job.window.is_test = false;
    job_config_hash(&job, other);
    assert_string_not_equal(hash, other);
    job_finish(&whole);
    job_finish(&job);
    for (size_t i = 0; i < LEN(bad); i++) {
        char line[1024];
        snprintf(line, sizeof line, WINDOW_LINE("%s"), bad[i]);
        assert_false(parse(line, &job, &err));
        assert_memory_equal(err.text, "window: expected fold", 21);
    }
}

/* Goal: no line leads out of the session's folder, whatever it is made of. */
static void refuses_hostile_lines(void **state)
{
    static const char *const lines[] = {
        "",
        "{",
        "[]",
        "null",
        "{\"job_id\": 1, \"config\": {}}",
        "{\"job_id\": \"a\", \"config\": {}}",
        "{\"job_id\": \"a\", \"config\": [], \"output_json\": \"" OUTPUT "\"}",
        "{\"job_id\": \"a\", \"job_id\": \"b\", \"config\": {}, \"output_json\": \"" OUTPUT
        "\"}",
        "{\"job_id\": \"a\", \"config\": {}, \"output_json\": \"" OUTPUT "\", \"run\": \"x\"}",
        LINE("", FULL, OUTPUT),
        LINE("..", FULL, OUTPUT),
        LINE("a/b", FULL, OUTPUT),
        LINE("a\\u0000b", FULL, OUTPUT),
        LINE("a\\u001b[2J", FULL, OUTPUT),
        LINE("\\uff0e\\uff0e", FULL, OUTPUT),
        LINE("a", FULL, "/etc/cron.d/x.json"),
        LINE("a", FULL, "../outputs/tuning/s1/a.json"),
        LINE("a", FULL, "outputs/tuning/../a.json"),
        LINE("a", FULL, "outputs/tuning/s1/../../a.json"),
        LINE("a", FULL, "outputs/tuning/s1/b/a.json"),
        LINE("a", FULL, "outputs/tuning/s1//a.json"),
        LINE("a", FULL, "outputs/tuning//a.json"),
        LINE("a", FULL, "outputs/tuning/s1/.json"),
        LINE("a", FULL, "outputs/tuning/s1/.a.json"),
        LINE("a", FULL, "outputs/tuning/.s1/a.json"),
        LINE("a", FULL, "outputs/tuning/s1/a.sh"),
        LINE("a", FULL, "outputs/tuning/s1/"),
        LINE("a", FULL, "outputs/tuning/s1"),
        LINE("a", FULL, "outputs/tuning/s1/\\u2024\\u2024.json"),
        LINE("a", FULL, ""),
    };
    for (size_t i = 0; i < LEN(lines); i++) {
        struct err err = {.kind = ERR_NONE};
        struct job job;
        if (parse(lines[i], &job, &err)) {
            print_error("taken: %s\n", lines[i]);
            fail();
        }
        assert_int_equal(err.kind, ERR_INPUT);
    }
    char id[300];
    char line[2048];
    struct err err;
    struct job job;
    memset(id, 'a', sizeof id);
    snprintf(line, sizeof line, LINE("%.300s", FULL, OUTPUT), id);
    assert_false(parse(line, &job, &err));
    snprintf(line, sizeof line, LINE("a", FULL, "outputs/tuning/%.300s/a.json"), id);
    assert_false(parse(line, &job, &err));
    snprintf(line, sizeof line, LINE("a", FULL, "outputs/tuning/s1/%.300s.json"), id);
    assert_false(parse(line, &job, &err));
}

/* Goal: a configuration that cannot be read makes a job that fails with its first reason. */
static void keeps_the_fault_of_a_configuration(void **state)
{
    static const struct {
        const char *config, *fault;
    } cases[] = {
        {"\"min_spred_bps\": 1",
         "unknown parameter 'min_spred_bps' (did you mean 'min_spread_bps'?)"},
        {"\"min_spread_bps\": \"1\"", "min_spread_bps: expected a number"},
        {"\"min_spread_bps\": null", "min_spread_bps: expected a number"},
        {"\"max_open_trades\": 1.5", "max_open_trades: expected a whole number"},
        {"\"close_at_end\": 1", "close_at_end: expected true or false"},
        {"\"profile\": \"d37\"", "profile: expected exact, compat-d37 or compat-d45"},
        {"\"data_file\": 5", "data_file: expected a short text"},
        {"\"max_steps\": true, \"quux\": 1", "max_steps: expected a whole number or null"},
        {"\"\\u001b[2J\": 1", "unknown parameter '\\x1b[2J'"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char line[1024];
        struct err err;
        struct job job;
        snprintf(line, sizeof line, LINE("a", "%s", OUTPUT), cases[i].config);
        assert_true(parse(line, &job, &err));
        assert_string_equal(job.fault, cases[i].fault);
        job_finish(&job);
    }
}

/* Goal: the messages of SPEC.md 6 in their order: each mended, the next one shows. */
static void checks_in_order(void **state)
{
    struct engine_params params = engine_defaults();
    const char *data_file = "";
    const struct {
        const char *message;
        double *value;
        double bad, good;
    } steps[] = {
        {"min_spread_bps must be non-negative", &params.min_spread_bps, -1, 0},
        {"taker_fee_a_bps must be non-negative", &params.taker_fee_a_bps, -1, 0},
        {"taker_fee_b_bps must be non-negative", &params.taker_fee_b_bps, -1, 0},
        {"slippage_bps must be non-negative", &params.slippage_bps, -1, 0},
        {"max_position_usd must be positive", &params.max_position_usd, 0, 1},
        {"initial_balance_usd must be positive", &params.initial_balance_usd, 0, 1},
    };
    struct err err;
    params.max_open_trades = 0;
    params.stop_on_drawdown_pct = 0;
    for (size_t i = 0; i < LEN(steps); i++) {
        *steps[i].value = steps[i].bad;
    }
    assert_false(job_check(data_file, &params, &err));
    assert_string_equal(err.text, "data_file must be specified");
    data_file = "d";
    for (size_t i = 0; i < LEN(steps); i++) {
        assert_false(job_check(data_file, &params, &err));
        assert_string_equal(err.text, steps[i].message);
        *steps[i].value = steps[i].good;
    }
    assert_false(job_check(data_file, &params, &err));
    assert_string_equal(err.text, "max_open_trades must be at least 1");
    params.max_open_trades = 1;
    assert_false(job_check(data_file, &params, &err));
    assert_string_equal(err.text, "stop_on_drawdown_pct must be positive");
    params.stop_on_drawdown_pct = 1;
    assert_true(job_check(data_file, &params, &err));
}

/* Goal: a job is for the whole file, or for its fold as far as there are data. */
static void is_for_its_part_of_the_time(void **state)
{
    static const struct {
        struct result_window window;
        int64_t from_ns, to_ns, first_ns, last_ns;
    } cases[] = {
        {{.fold = 0}, INT64_MIN, INT64_MAX, 100, 200},
        {{.fold = 1, .from_ns = 120, .to_ns = 150}, 120, 150, 120, 149},
        {{.fold = 1, .from_ns = 50, .to_ns = 150}, 50, 150, 100, 149},
        {{.fold = 2, .from_ns = 150, .to_ns = 999}, 150, 999, 150, 200},
        {{.fold = 3, .from_ns = 300, .to_ns = 400}, 300, 400, 300, 300},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        const struct job job = {.params = engine_defaults(), .window = cases[i].window};
        struct kernel_job part;
        job_part(&job, 100, 200, &part);
        assert_true(part.from_ns == cases[i].from_ns);
        assert_true(part.to_ns == cases[i].to_ns);
        assert_true(part.first_ns == cases[i].first_ns);
        assert_true(part.last_ns == cases[i].last_ns);
    }
}

/* Goal: a failed job's object says what was to be run and why it was not. */
static void tells_of_a_failure(void **state)
{
    struct err err;
    struct job job;
    struct text out = text_growing();
    assert_true(parse(LINE("a", FULL ", \"tag\": \"t\"", OUTPUT), &job, &err));
    job_error_json(&job, "it \"broke\"", &out);
    json_t *root = json_loads(text_string(&out), 0, NULL);
    json_t *config = json_object_get(root, "config");
    assert_string_equal(json_string_value(json_object_get(root, "status")), "error");
    assert_string_equal(json_string_value(json_object_get(root, "error")), "it \"broke\"");
    assert_string_equal(json_string_value(json_object_get(config, "tag")), "t");
    assert_int_equal(json_integer_value(json_object_get(config, "min_spread_bps")), 30);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(root, "config_summary"), "job_id")),
        "a");
    json_decref(root);
    text_finish(&out);
    job_finish(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_line),
        cmocka_unit_test(reads_the_window_of_a_fold),
        cmocka_unit_test(refuses_hostile_lines),
        cmocka_unit_test(keeps_the_fault_of_a_configuration),
        cmocka_unit_test(checks_in_order),
        cmocka_unit_test(is_for_its_part_of_the_time),
        cmocka_unit_test(tells_of_a_failure),
    };
    return cmocka_run_group_tests_name("tune/job", tests, rows_enter, rows_leave);
}
