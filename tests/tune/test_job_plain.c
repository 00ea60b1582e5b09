#include "support/check.h"

#include <string.h>

#include "base/rng.h"
#include "job_plain.h"
#include "tune/param.h"

static const char *const LINES[] = {
    "{\"job_id\": \"s1_0001\", \"config\": {\"data_file\": \"data/a b.csv\", "
    "\"initial_balance_usd\": 10000, \"max_open_trades\": 3, \"profile\": \"exact\", "
    "\"pnl_model\": \"legs\", \"min_spread_bps\": 12.5, \"taker_fee_a_bps\": 0.1, "
    "\"taker_fee_b_bps\": -0, \"slippage_bps\": -0.0, \"max_position_usd\": 999999999999999, "
    "\"take_profit_bps\": null, \"max_steps\": null, \"close_at_end\": true, "
    "\"spot_short\": false, \"tag\": \"s1_0001\"}, "
    "\"output_json\": \"outputs/tuning/s1/s1_0001.json\"}",
    "{\"job_id\": \"x\", \"config\": {\"data_file\": \"\", \"profile\": \"compat-d45\", "
    "\"min_spread_bps\": 123456789.123456789, \"max_steps\": 7, \"tag\": \"\"}, "
    "\"output_json\": \"outputs/tuning/x/x.json\"}",
};

static bool same_bits(const struct engine_params *a, const struct engine_params *b)
{
    for (size_t i = 0; i < param_count(); i++) {
        const double one = param_fetch(param_at(i), a);
        const double other = param_fetch(param_at(i), b);
        if (memcmp(&one, &other, sizeof one) != 0) {
            return false;
        }
    }
    return true;
}

/* The same line with a blank behind it is none of ours, and so goes through the JSON library.
 */
static bool parse_slowly(const char *line, struct job *job)
{
    char longer[2048];
    struct err err;
    snprintf(longer, sizeof longer, "%s ", line);
    return job_parse(job, longer, strlen(longer), &err);
}

static void check_same(const struct job *job, const char *line)
{
    struct job slow;
    if (!parse_slowly(line, &slow)) {
        print_error("taken alone: %s\n", line);
        fail();
    }
    assert_string_equal(job->id, slow.id);
    assert_string_equal(job->folder, slow.folder);
    assert_string_equal(job->output, slow.output);
    assert_string_equal(job->tag, slow.tag);
    assert_string_equal(job->data_file, slow.data_file);
    assert_null(slow.fault);
    assert_true(same_bits(&job->params, &slow.params));
    job_finish(&slow);
}

/* Goal: what a plan says is taken, and to the bit as the JSON library takes it. */
static void takes_what_a_plan_says(void **state)
{
    for (size_t i = 0; i < LEN(LINES); i++) {
        struct job job;
        assert_true(job_parse_plain(&job, LINES[i], strlen(LINES[i])));
        check_same(&job, LINES[i]);
        job_finish(&job);
    }
}

/* Goal: what has a fault, or another form, is not taken. */
static void leaves_the_rest(void **state)
{
    static const struct {
        const char *from, *to;
    } changes[] = {
        {"12.5", "1e1"},
        {"12.5", "012"},
        {"12.5", "+12"},
        {"12.5", ".5"},
        {"12.5", "5."},
        {"12.5", "\"5\""},
        {"12.5", "null"},
        {"12.5", "1234567890123456"},
        {"\"max_open_trades\": 3", "\"max_open_trades\": 3.5"},
        {"\"exact\"", "\"exakt\""},
        {"true", "1"},
        {"slippage_bps", "slippage"},
        {"slippage_bps", "min_spread_bps"},
        {"\"tag\"", "\"data_file\""},
        {"a b", "a\\\\b"},
        {"a b", "\xed\x95\x9c"},
        {"s1/s1_0001.json", "../s1_0001.json"},
        {"\"s1_0001\", \"config\"", "\"s1/0001\", \"config\""},
        {"}, \"output_json\"", "}, \"window\": {}, \"output_json\""},
        {": {", ":{"},
    };
    for (size_t i = 0; i < LEN(changes); i++) {
        char line[2048];
        struct job job;
        const char *at = strstr(LINES[0], changes[i].from);
        assert_non_null(at);
        snprintf(line, sizeof line, "%.*s%s%s", (int)(at - LINES[0]), LINES[0], changes[i].to,
                 at + strlen(changes[i].from));
        if (job_parse_plain(&job, line, strlen(line))) {
            print_error("taken: %s\n", line);
            fail();
        }
    }
}

/* Goal: a line with some bytes changed is left alone, or taken as the JSON library takes it; so
 * is every beginning of one. */
static void agrees_on_broken_lines(void **state)
{
    static const char bytes[] = "\"{}:, .0159-+eE\\tnull_abs/\x01\xff";
    struct rng rng;
    rng_seed(&rng, 7, 0);
    int taken = 0;
    for (int round = 0; round < 20000; round++) {
        char line[2048];
        struct job job;
        snprintf(line, sizeof line, "%s", LINES[round % 2]);
        const int changes = 1 + (int)rng_below(&rng, 3);
        for (int i = 0; i < changes; i++) {
            line[rng_below(&rng, strlen(line))] = bytes[rng_below(&rng, sizeof bytes - 1)];
        }
        if (job_parse_plain(&job, line, strlen(line))) {
            taken++;
            check_same(&job, line);
            job_finish(&job);
        }
    }
    assert_true(taken > 100);
    for (size_t length = 0; length < strlen(LINES[0]); length++) {
        struct job job;
        assert_false(job_parse_plain(&job, LINES[0], length));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_a_plan_says),
        cmocka_unit_test(leaves_the_rest),
        cmocka_unit_test(agrees_on_broken_lines),
    };
    return cmocka_run_group_tests_name("tune/job_plain", tests, NULL, NULL);
}
