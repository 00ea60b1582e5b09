#include "support/check.h"

#include <jansson.h>

#include "run/envelope.h"

static const struct session_instrument INSTRUMENT = {
    .name = "BTC", .symbol_a = "KRW-BTC", .symbol_b = "BTCUSDT"};

static const struct envelope_context CONTEXT = {
    .session = "s-7",
    .mode = "paper",
    .build = "0.1.0",
    .config_hash = "xxh3-128:00",
    .cycle = 41,
    .wall_ns = INT64_C(1723075200123456789), /* 2024-08-08T00:00:00.123456789Z */
    .instrument = &INSTRUMENT,
};

/* The envelope as a tree; it must be one line of strict JSON. */
static json_t *envelope_of(const struct guard_decision *decision)
{
    struct text text = text_growing();
    envelope_json(decision, &CONTEXT, &text);
    assert_null(strchr(text_string(&text), '\n'));
    json_t *tree = json_loads(text_string(&text), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(tree);
    text_finish(&text);
    return tree;
}

static const char *string_of(const json_t *tree, const char *name)
{
    return json_string_value(json_object_get(tree, name));
}

static double number_of(const json_t *tree, const char *name)
{
    assert_true(json_is_number(json_object_get(tree, name)));
    return json_number_value(json_object_get(tree, name));
}

static void says_who_asked_and_when(void **state)
{
    const struct guard_decision decision = {
        .number = 3,
        .action = GUARD_ALLOW,
        .scale = 1,
        .candidate = {.side = SPREAD_LONG_B_SHORT_A, .time_ns = 5000000000},
        .armed = true,
        .ttl_ns = 5250000000,
    };
    json_t *tree = envelope_of(&decision);
    assert_string_equal(string_of(tree, "id"), "s-7/3");
    assert_int_equal(number_of(tree, "v"), 1);
    assert_int_equal(number_of(tree, "cycle_id"), 41);
    assert_string_equal(string_of(tree, "wall"), "2024-08-08T00:00:00.123Z");
    assert_string_equal(string_of(tree, "mode"), "paper");
    assert_string_equal(string_of(tree, "config_rev"), "xxh3-128:00");
    const json_t *subject = json_object_get(tree, "subject");
    assert_string_equal(string_of(subject, "a"), "KRW-BTC");
    assert_string_equal(string_of(subject, "b"), "BTCUSDT");
    assert_string_equal(string_of(subject, "side"), "LONG_B_SHORT_A");
    assert_string_equal(string_of(tree, "action"), "allow");
    assert_int_equal(json_array_size(json_object_get(tree, "all")), 0);
    assert_int_equal(number_of(tree, "ttl_ms"), 250); /* 5.25 s less 5 s */
    const json_t *gate = json_object_get(tree, "state");
    assert_true(json_is_true(json_object_get(gate, "armed")));
    assert_true(json_is_false(json_object_get(gate, "killed")));
    json_decref(tree);
}

/* Goal: every fault is told with what was seen and what is allowed, the first one as primary;
 * what is not a number is null, never 0. */
static void tells_every_fault_with_its_numbers(void **state)
{
    const struct guard_decision decision = {
        .number = 4,
        .action = GUARD_STOP_SESSION,
        .scale = 1,
        .primary = REASON_INPUT_NOT_FINITE,
        .faults_count = 2,
        .faults =
            {{.reason = REASON_INPUT_NOT_FINITE, .pair = 0, .observed = NAN, .limit = 0.1},
             {.reason = REASON_GLOBAL_SESSION_LOSS,
              .pair = -1,
              .observed = 300.25,
              .limit = 300}},
        .candidate = {.net_edge_bps = NAN, .tick = {.bid_a = 145000000, .bid_b = 0.1}},
        .level = GUARD_HALTED,
        .stopped = true,
        .cooldown_ns = 1500000000,
    };
    json_t *tree = envelope_of(&decision);
    assert_string_equal(string_of(tree, "action"), "stop_session");
    assert_string_equal(string_of(tree, "primary"), reason_code(REASON_INPUT_NOT_FINITE));
    assert_int_equal(number_of(tree, "primary_number"), REASON_INPUT_NOT_FINITE);
    const json_t *all = json_object_get(tree, "all");
    assert_int_equal(json_array_size(all), 2);
    assert_true(json_is_null(json_object_get(json_array_get(all, 0), "observed")));
    check_near(number_of(json_array_get(all, 0), "limit"), 0.1, 0.0);
    assert_int_equal(number_of(json_array_get(all, 0), "pair"), 0);
    assert_string_equal(string_of(json_array_get(all, 1), "code"),
                        reason_code(REASON_GLOBAL_SESSION_LOSS));
    check_near(number_of(json_array_get(all, 1), "observed"), 300.25, 0.0);
    assert_int_equal(number_of(json_array_get(all, 1), "pair"), -1);
    const json_t *inputs = json_object_get(tree, "inputs");
    assert_true(json_is_null(json_object_get(inputs, "net_edge_bps")));
    check_near(number_of(inputs, "bid_a"), 145000000, 0.0);
    check_near(number_of(inputs, "bid_b"), 0.1, 0.0); /* to the bit */
    const json_t *gate = json_object_get(tree, "state");
    assert_string_equal(string_of(gate, "level"), "halted");
    assert_true(json_is_true(json_object_get(gate, "stopped")));
    assert_int_equal(number_of(tree, "cooldown_ms"), 1500);
    assert_int_equal(number_of(tree, "ttl_ms"), 0);
    json_decref(tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_who_asked_and_when),
        cmocka_unit_test(tells_every_fault_with_its_numbers),
    };
    return cmocka_run_group_tests_name("run/envelope", tests, NULL, NULL);
}
