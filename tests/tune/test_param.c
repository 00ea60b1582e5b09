#include "support/check.h"

#include <math.h>

#include "config/config.h"
#include "tune/param.h"

/* Goal: what a config file may turn on the engine, a session may, and nothing else. */
static void knows_the_engine_keys_of_the_config(void **state)
{
    struct config config;
    struct text list = text_growing();
    size_t keys = 0;
    config_defaults(&config);
    config_list(&config, &list);
    for (const char *at = text_string(&list); at != NULL && *at != '\0';) {
        char name[64];
        if (strncmp(at, "engine.", 7) == 0) {
            snprintf(name, sizeof name, "%.*s", (int)strcspn(at + 7, " "), at + 7);
            assert_non_null(param_find(name));
            keys++;
        }
        at = strchr(at, '\n');
        at = at != NULL ? at + 1 : NULL;
    }
    assert_int_equal(keys, param_count());
    assert_null(param_find("data_file"));
    text_finish(&list);
}

/* Goal: spelled values become numbers; what is not one of its kind is refused. */
static void parses_what_its_kind_allows(void **state)
{
    static const struct {
        const char *name, *text;
        bool quoted;
        double value; /* NAN: refused */
    } cases[] = {
        {"min_spread_bps", "0", false, 0},
        {"min_spread_bps", "-2.5e1", false, -25},
        {"min_spread_bps", "20", true, NAN},
        {"min_spread_bps", "twenty", false, NAN},
        {"max_open_trades", "3", false, 3},
        {"max_open_trades", "3.0", false, NAN},
        {"close_at_end", "true", false, 1},
        {"close_at_end", "false", false, 0},
        {"close_at_end", "1", false, NAN},
        {"profile", "compat-d45", false, ENGINE_COMPAT_D45},
        {"profile", "exact", true, ENGINE_EXACT},
        {"pnl_model", "exact", false, NAN},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        double value = NAN;
        const char *why = NULL;
        const bool good = param_parse(param_find(cases[i].name), cases[i].text, cases[i].quoted,
                                      &value, &why);
        assert_int_equal(good, !isnan(cases[i].value));
        assert_int_equal(why == NULL, good);
        if (good) {
            assert_true(value == cases[i].value);
        }
    }
}

/* Goal: each parameter goes to its own member and comes back, whatever stands in the others. */
static void stores_each_apart(void **state)
{
    for (size_t i = 0; i < param_count(); i++) {
        struct engine_params params = engine_defaults();
        const struct engine_params before = params;
        const struct param *param = param_at(i);
        const double value = param_fetch(param, &params) > 0 ? 0 : 1;
        param_store(param, &params, value);
        assert_true(param_fetch(param, &params) == value);
        for (size_t j = 0; j < param_count(); j++) {
            const double was = param_fetch(param_at(j), &before);
            const double is = param_fetch(param_at(j), &params);
            assert_true(i == j || was == is || (isnan(was) && isnan(is)));
        }
    }
}

/* Goal: unset goes in and out as null; a negative number of steps does not mean "off", and an
 * absurd number of trades stays one that the checks refuse. */
static void keeps_the_edges_apart(void **state)
{
    struct engine_params params = engine_defaults();
    param_store(param_find("min_spread_bps"), &params, 1);
    param_store(param_find("taker_fee_a_bps"), &params, 1);
    param_store(param_find("taker_fee_b_bps"), &params, 1);
    param_store(param_find("slippage_bps"), &params, 1);
    param_store(param_find("max_position_usd"), &params, 1);
    assert_null(engine_params_fault(&params));

    const struct param *steps = param_find("max_steps");
    param_store(steps, &params, -1);
    assert_string_equal(engine_params_fault(&params), "max_steps must be non-negative");
    param_store(steps, &params, NAN);
    assert_int_equal(params.max_steps, -1);
    assert_true(isnan(param_fetch(steps, &params)));

    param_store(param_find("max_open_trades"), &params, 5e14);
    assert_string_equal(engine_params_fault(&params), "max_open_trades must be at most 1024");
    param_store(param_find("max_open_trades"), &params, -5e14);
    assert_string_equal(engine_params_fault(&params), "max_open_trades must be at least 1");
}

/* Goal: JSON shows each kind as what it is. */
static void writes_json_of_its_kind(void **state)
{
    struct text out = text_growing();
    struct json json;
    json_begin(&json, &out);
    json_open_object(&json, NULL);
    param_json(param_find("min_spread_bps"), 0.1, &json);
    param_json(param_find("max_open_trades"), 2, &json);
    param_json(param_find("spot_short"), 0, &json);
    param_json(param_find("profile"), ENGINE_COMPAT_D37, &json);
    param_json(param_find("stop_loss_bps"), NAN, &json);
    json_close_object(&json);
    assert_string_equal(text_string(&out), "{\n  \"min_spread_bps\": 0.1,\n"
                                           "  \"max_open_trades\": 2,\n"
                                           "  \"spot_short\": false,\n"
                                           "  \"profile\": \"compat-d37\",\n"
                                           "  \"stop_loss_bps\": null\n}");
    text_finish(&out);
}

/* Goal: only what the strategy chooses is a tunable (MARKET.md F). */
static void tells_choices_from_assumptions(void **state)
{
    assert_string_equal(param_role_name(param_find("min_spread_bps")->role), "tunable");
    assert_string_equal(param_role_name(param_find("slippage_bps")->role), "assumption");
    assert_string_equal(param_role_name(param_find("max_position_usd")->role), "scale");
    assert_string_equal(param_role_name(param_find("initial_balance_usd")->role), "frame");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_engine_keys_of_the_config),
        cmocka_unit_test(parses_what_its_kind_allows),
        cmocka_unit_test(stores_each_apart),
        cmocka_unit_test(keeps_the_edges_apart),
        cmocka_unit_test(writes_json_of_its_kind),
        cmocka_unit_test(tells_choices_from_assumptions),
    };
    return cmocka_run_group_tests_name("tune/param", tests, NULL, NULL);
}
