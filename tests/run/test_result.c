#include "support/check.h"

#include <jansson.h>

#include "run/result.h"

static struct engine_params some_params(void)
{
    struct engine_params params = engine_defaults();
    params.min_spread_bps = 5;
    params.taker_fee_a_bps = 5;
    params.taker_fee_b_bps = 4;
    params.slippage_bps = 1;
    params.max_position_usd = 1000;
    return params;
}

static void put_closed(struct result *result, uint64_t id, double pnl_usd, double fx_usd)
{
    const struct trade trade = {
        .id = id,
        .state = TRADE_CLOSED,
        .exit = TRADE_EXIT_CONVERGENCE,
        .open_ns = (int64_t)id * 1000,
        .close_ns = (int64_t)id * 1000 + 500,
        .notional_usd = 1000,
        .quantity = 0.5,
        .entry_spread_bps = 12.5,
        .exit_spread_bps = 2.25,
    };
    const struct trade_result settled = {
        .pnl_usd = pnl_usd, .pnl_bps = pnl_usd * 10, .fx_usd = fx_usd, .fees_usd = 2};
    summary_opened(&result->summary);
    summary_closed(&result->summary, &trade, &settled);
    result_put_trade(result, &trade, &settled);
}

static json_t *parsed(const struct result *result)
{
    struct text text = text_growing();
    result_json(result, &text);
    json_error_t error;
    json_t *root = json_loads(text_string(&text), 0, &error);
    if (root == NULL) {
        print_error("line %d: %s\n", error.line, error.text);
    }
    assert_non_null(root);
    text_finish(&text);
    return root;
}

static void check_keys(const json_t *object, const char *const *keys, size_t count)
{
    const char *key;
    json_t *value;
    size_t at = 0;
    json_object_foreach((json_t *)object, key, value)
    {
        if (at < count) {
            assert_string_equal(key, keys[at]);
        }
        at++;
    }
    assert_true(at >= count);
}

/* Goal: the fields of SPEC.md 5, in its order. */
static void writes_the_fields_in_order(void **state)
{
    static const char *const top[] = {"status",         "config",         "metrics",
                                      "config_summary", "schema_version", "engine_profile",
                                      "pnl_model",      "data_hash",      "config_hash",
                                      "seed",           "version"};
    static const char *const config[] = {"data_file",
                                         "min_spread_bps",
                                         "taker_fee_a_bps",
                                         "taker_fee_b_bps",
                                         "slippage_bps",
                                         "max_position_usd",
                                         "max_open_trades",
                                         "initial_balance_usd",
                                         "stop_on_drawdown_pct",
                                         "tag"};
    static const char *const metrics[] = {
        "total_trades",      "closed_trades",         "open_trades",
        "final_balance_usd", "realized_pnl_usd",      "max_drawdown_pct",
        "win_rate",          "avg_pnl_per_trade_usd", "runtime_seconds"};
    const struct engine_params params = some_params();
    struct result result;
    result_init(&result, &params);
    json_t *root = parsed(&result);
    assert_true(json_is_null(json_object_get(root, "equity_change_usd"))); /* a session's */
    json_decref(root);
    result.has_equity = true;
    root = parsed(&result);
    check_keys(root, top, LEN(top));
    check_keys(json_object_get(root, "config"), config, LEN(config));
    check_keys(json_object_get(root, "metrics"), metrics, LEN(metrics));
    assert_int_equal(json_array_size(json_object_get(root, "equity_change_usd")), 256);
    assert_true(json_is_null(json_object_get(root, "profit_factor")));
    assert_true(json_is_null(json_object_get(json_object_get(root, "config"), "tag")));
    json_decref(root);
    result_finish(&result);
}

/* Goal: what the run found stands in the JSON, 0 runtime unless it was asked for. */
static void writes_what_the_run_found(void **state)
{
    const struct engine_params params = some_params();
    struct result result;
    result_init(&result, &params);
    snprintf(result.tag, sizeof result.tag, "night");
    snprintf(result.data_hash, sizeof result.data_hash, "xxh3-128:00");
    result.runtime_s = 3.5;
    result.total_snapshots = 71800;
    put_closed(&result, 1, 3, 0);
    put_closed(&result, 2, -1, 0);
    summary_opened(&result.summary);
    json_t *root = parsed(&result);
    json_t *metrics = json_object_get(root, "metrics");
    assert_int_equal(json_integer_value(json_object_get(metrics, "total_trades")), 3);
    assert_int_equal(json_integer_value(json_object_get(metrics, "open_trades")), 1);
    check_near(json_number_value(json_object_get(metrics, "realized_pnl_usd")), 2, 0);
    check_near(json_number_value(json_object_get(metrics, "win_rate")), 0.5, 0);
    check_near(json_number_value(json_object_get(metrics, "runtime_seconds")), 0, 0);
    check_near(json_number_value(json_object_get(root, "profit_factor")), 3, 0);
    json_t *stats = json_object_get(root, "stats");
    assert_int_equal(json_integer_value(json_object_get(stats, "total_snapshots")), 71800);
    assert_int_equal(json_integer_value(json_object_get(stats, "losing_trades")), 1);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(root, "config"), "tag")), "night");
    json_decref(root);

    result.with_runtime = true;
    root = parsed(&result);
    metrics = json_object_get(root, "metrics");
    check_near(json_number_value(json_object_get(metrics, "runtime_seconds")), 3.5, 0);
    json_decref(root);
    result_finish(&result);
}

static bool remarks(const struct result *result, const char *wanted)
{
    const char *found[RESULT_REMARKS_MAX];
    const int count = result_remarks(result, found);
    for (int i = 0; i < count; i++) {
        if (strcmp(found[i], wanted) == 0) {
            return true;
        }
    }
    return false;
}

/* Goal: fx is told of when it is more than half of the PnL, whichever their signs. */
static void says_when_fx_moved_it(void **state)
{
    static const struct {
        double pnl_usd, fx_usd;
        bool moved;
    } cases[] = {{10, 6, true}, {10, 5, false}, {-10, 6, true}, {10, -6, true}, {0, 0, false}};
    const struct engine_params params = some_params();
    for (size_t i = 0; i < LEN(cases); i++) {
        struct result result;
        result_init(&result, &params);
        put_closed(&result, 1, cases[i].pnl_usd, cases[i].fx_usd);
        assert_int_equal(result_fx_moved(&result), cases[i].moved);
        assert_int_equal(remarks(&result, "fx moved this result"), cases[i].moved);
        result_finish(&result);
    }
}

/* Goal: each remark when it is due. Costs are 2*(5 + 4 + 1) = 20, the books 3 bps wide: a stop
 * below 33 is inside them. */
static void remarks_what_must_be_known(void **state)
{
    struct engine_params params = some_params();
    struct result result;
    params.stop_loss_bps = 32.9;
    result_init(&result, &params);
    result.width_bps = 3;
    snprintf(result.source_label, sizeof result.source_label, "SIM lively seed 1");
    const char *stop = "stop_loss_bps is below round-trip cost + width of the books + 10";
    const char *simulated = "a simulated profit is no evidence about a venue";
    assert_true(remarks(&result, "funding: not modelled"));
    assert_true(remarks(&result, stop));
    assert_true(remarks(&result, simulated));
    const char *revised = "parameters were changed while it ran: these are the last ones";
    assert_false(remarks(&result, revised));
    result.is_revised = true;
    assert_true(remarks(&result, revised));
    result.is_revised = false;
    result.funding_modelled = true;
    result.params.stop_loss_bps = 33;
    result.source_label[0] = '\0';
    const char *found[RESULT_REMARKS_MAX];
    assert_int_equal(result_remarks(&result, found), 0);
    result_finish(&result);
}

/* Goal: trades stand in opening order whatever the order of their news, and news replaces. */
static void keeps_trades_in_opening_order(void **state)
{
    const struct engine_params params = some_params();
    struct result result;
    result_init(&result, &params);
    for (uint64_t id = 200; id > 0; id--) {
        const struct trade open = {.id = id, .state = TRADE_OPEN};
        result_put_trade(&result, &open, NULL);
    }
    put_closed(&result, 7, 1.5, 0);
    assert_int_equal(result.trades_count, 200);
    for (int64_t i = 0; i < result.trades_count; i++) {
        assert_int_equal(result.trades[i].id, i + 1);
    }
    assert_int_equal(result.trades[6].state, TRADE_CLOSED);
    check_near(result.results[6].pnl_usd, 1.5, 0);
    result_finish(&result);
}

/* Goal: both trade lists, field by field; an open trade has no end yet. */
static void lists_the_trades(void **state)
{
    static const char *const pairs[] = {"BTC"};
    const struct engine_params params = some_params();
    struct result result;
    result_init(&result, &params);
    put_closed(&result, 1, 3, 0);
    const struct trade open = {
        .id = 2,
        .side = SPREAD_LONG_B_SHORT_A,
        .state = TRADE_OPEN,
        .open_ns = 2000,
        .entry_spread_bps = 9,
        .notional_usd = 1000,
        .quantity = 0.25,
    };
    result_put_trade(&result, &open, NULL);

    struct text text = text_growing();
    result_trades_csv(&result, pairs, &text);
    assert_string_equal(
        text_string(&text),
        "id,pair,side,open_ns,close_ns,entry_spread_bps,exit_spread_bps,exit_reason,"
        "notional_usd,quantity,pnl_usd,pnl_bps,fees_usd\n"
        "1,BTC,LONG_A_SHORT_B,1000,1500,12.5,2.25,convergence,1000,0.5,3,30,2\n"
        "2,BTC,LONG_B_SHORT_A,2000,,9,,,1000,0.25,,,\n");
    text_clear(&text);
    result_trades_json(&result, pairs, &text);
    assert_string_equal(text_string(&text), "[\n"
                                            "  {\n"
                                            "    \"id\": 1,\n"
                                            "    \"pair\": \"BTC\",\n"
                                            "    \"side\": \"LONG_A_SHORT_B\",\n"
                                            "    \"open_ns\": 1000,\n"
                                            "    \"close_ns\": 1500,\n"
                                            "    \"entry_spread_bps\": 12.5,\n"
                                            "    \"exit_spread_bps\": 2.25,\n"
                                            "    \"exit_reason\": \"convergence\",\n"
                                            "    \"notional_usd\": 1000,\n"
                                            "    \"quantity\": 0.5,\n"
                                            "    \"pnl_usd\": 3,\n"
                                            "    \"pnl_bps\": 30,\n"
                                            "    \"fees_usd\": 2\n"
                                            "  },\n"
                                            "  {\n"
                                            "    \"id\": 2,\n"
                                            "    \"pair\": \"BTC\",\n"
                                            "    \"side\": \"LONG_B_SHORT_A\",\n"
                                            "    \"open_ns\": 2000,\n"
                                            "    \"close_ns\": null,\n"
                                            "    \"entry_spread_bps\": 9,\n"
                                            "    \"exit_spread_bps\": null,\n"
                                            "    \"exit_reason\": null,\n"
                                            "    \"notional_usd\": 1000,\n"
                                            "    \"quantity\": 0.25,\n"
                                            "    \"pnl_usd\": null,\n"
                                            "    \"pnl_bps\": null,\n"
                                            "    \"fees_usd\": null\n"
                                            "  }\n"
                                            "]");
    text_finish(&text);
    result_finish(&result);
}

/* Goal: the labels an operator of the Python system looks for, and the remarks. */
static void prints_the_summary(void **state)
{
    static const char *const lines[] = {
        "Total Trades:              2\n",
        "Closed Trades:             2\n",
        "Open Trades:               0\n",
        "Final Balance (USD):       10002.00\n",
        "Realized PnL (USD):        2.00\n",
        "Max Drawdown (%):          0.00%\n",
        "Win Rate:                  50.00%\n",
        "Avg PnL per Trade (USD):   1.00\n",
        "Profit Factor:             3.00\n",
        "  FX (USD):                4.00\n",
        "\nfx moved this result\n",
        "\nfunding: not modelled\n",
    };
    const struct engine_params params = some_params();
    struct result result;
    result_init(&result, &params);
    put_closed(&result, 1, 3, 4);
    put_closed(&result, 2, -1, 0);
    struct text text = text_growing();
    result_summary(&result, &text);
    for (size_t i = 0; i < LEN(lines); i++) {
        if (strstr(text_string(&text), lines[i]) == NULL) {
            print_error("'%s' is not in\n%s\n", lines[i], text_string(&text));
            fail();
        }
    }
    text_finish(&text);
    result_finish(&result);
}

/* Goal: the hash follows every parameter and nothing else. */
static void hashes_the_parameters(void **state)
{
    struct engine_params params = some_params();
    char first[48], again[48], other[48];
    struct result result;
    result_init(&result, &params);
    result_config_hash(&result, first);
    snprintf(result.data_file, sizeof result.data_file, "elsewhere.csv");
    result_config_hash(&result, again);
    assert_string_equal(first, again);
    assert_memory_equal(first, "xxh3-128:", 9);
    result.params.stop_loss_bps = 0; /* 0 is not "not set" */
    result_config_hash(&result, other);
    assert_string_not_equal(first, other);
    result_finish(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_fields_in_order),
        cmocka_unit_test(writes_what_the_run_found),
        cmocka_unit_test(says_when_fx_moved_it),
        cmocka_unit_test(remarks_what_must_be_known),
        cmocka_unit_test(keeps_trades_in_opening_order),
        cmocka_unit_test(lists_the_trades),
        cmocka_unit_test(prints_the_summary),
        cmocka_unit_test(hashes_the_parameters),
    };
    return cmocka_run_group_tests_name("run/result", tests, NULL, NULL);
}
