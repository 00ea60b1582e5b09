#include "support/check.h"

#include "config/config.h"
#include "io/file.h"

static void load(struct config *config, struct config_named *named, const char *file)
{
    char path[1024];
    struct text report = text_growing();
    struct err err = {0};
    snprintf(path, sizeof path, "%s/%s", CONFIGS, file);
    if (!config_load_named(config, named, path, &report, &err)) {
        fail_msg("%s: %s", err.text, text_string(&report));
    }
    text_finish(&report);
}

static void load_text(struct config *config, const char *yaml)
{
    struct text report = text_growing();
    struct err err = {0};
    if (!config_load_text(config, "t.yaml", yaml, strlen(yaml), &report, &err)) {
        fail_msg("%s", text_string(&report));
    }
    text_finish(&report);
}

/* Goal: a file gives the same answer in every mode, so the engine starts neutral (SPEC 3.6):
 * nothing but convergence closes a trade, the level is 0, and what must be said is not set. */
static void starts_from_a_neutral_engine(void **state)
{
    struct config config;
    config_defaults(&config);
    const struct engine_params *engine = &config.engine;
    assert_int_equal(engine->profile, ENGINE_EXACT);
    assert_int_equal(engine->pnl_model, ENGINE_PNL_LEGS);
    assert_int_equal(engine->max_open_trades, 1);
    assert_int_equal(engine->max_steps, -1);
    assert_true(engine->spot_short);
    assert_false(engine->close_at_end);
    const double unset[] = {
        engine->min_spread_bps,    engine->taker_fee_a_bps,     engine->taker_fee_b_bps,
        engine->slippage_bps,      engine->max_position_usd,    engine->fx_rate,
        engine->baseline_warmup_s, engine->take_profit_bps,     engine->stop_loss_bps,
        engine->max_hold_s,        engine->stop_on_drawdown_pct};
    for (size_t i = 0; i < LEN(unset); i++) {
        assert_true(isnan(unset[i]));
    }
    const double zero[] = {engine->fx_cost_bps,    engine->baseline_bps,
                           engine->baseline_tau_s, engine->baseline_gap_s,
                           engine->cooldown_s,     engine->exit_spread_bps};
    for (size_t i = 0; i < LEN(zero); i++) {
        check_near(zero[i], 0.0, 0.0);
    }
    check_near(engine->initial_balance_usd, 10000.0, 0.0);
}

/* Goal: a profile is called the same in a file and in the engine. */
static void names_profiles_as_the_engine_does(void **state)
{
    struct config config;
    struct err err = {0};
    config_defaults(&config);
    for (int i = 0; i <= ENGINE_PROFILE_LAST; i++) {
        const char *name = engine_profile_name((enum engine_profile)i);
        assert_true(config_set(&config, "engine.profile", name, &err));
        assert_int_equal(config.engine.profile, i);
    }
    for (int i = 0; i <= ENGINE_PNL_MODEL_LAST; i++) {
        const char *name = engine_pnl_model_name((enum engine_pnl_model)i);
        assert_true(config_set(&config, "engine.pnl_model", name, &err));
        assert_int_equal(config.engine.pnl_model, i);
    }
}

/* Goal: an address is scheme, host, and perhaps a port and a path; paths are put behind it. */
static void tells_addresses_from_other_text(void **state)
{
    static const struct {
        const char *url;
        bool good;
    } CASES[] = {
        {"https://api.upbit.com", true},
        {"http://127.0.0.1:7001/v1/", true},
        {"http://[::1]:65535", true},
        {"http://host:1", true},
        {"", false},
        {"null", false},
        {"api.upbit.com", false},
        {"ftp://x", false},
        {"ws://x", false},
        {"https//x", false},
        {"https://", false},
        {"https://:80", false},
        {"https:///path", false},
        {"http://host:0", false},
        {"http://host:65536", false},
        {"http://host:", false},
        {"http://host:80x", false},
        {"http://host:-1", false},
        {"http://[::1", false},
        {"http://[]", false},
        {"http://ho st", false},
        {"http://user@host", false},
        {"http://host/a b", false},
        {"http://host/?query", false},
        {"http://host/#part", false},
    };
    struct config config;
    config_defaults(&config);
    for (size_t i = 0; i < LEN(CASES); i++) {
        struct err err = {0};
        print_message("# '%s'\n", CASES[i].url);
        assert_int_equal(config_set(&config, "live.upbit_rest_url", CASES[i].url, &err),
                         CASES[i].good);
        assert_int_equal(strstr(err.text, "expected http:// or https://") != NULL,
                         !CASES[i].good);
    }
}

/* Goal: the engine's own neutral values and the table's are one thing. */
static void agrees_with_the_engines_defaults(void **state)
{
    struct config config;
    struct config other;
    struct text ours = text_growing();
    struct text theirs = text_growing();
    config_defaults(&config);
    config_defaults(&other);
    other.engine = engine_defaults();
    config_list(&config, &ours);
    config_list(&other, &theirs);
    assert_string_equal(text_string(&ours), text_string(&theirs));
    text_finish(&ours);
    text_finish(&theirs);
}

/* Goal: limits and balances are those an operator was promised. */
static void carries_the_promised_limits(void **state)
{
    struct config config;
    config_defaults(&config);
    const struct guard_limits *limits = &config.risk_limits;
    const double pairs[][2] = {
        {limits->notional_per_trade_usd, 1100},
        {limits->open_trades, 3},
        {limits->gross_exposure_usd, 6600},
        {limits->day_loss_usd, 150},
        {limits->rolling_loss_usd, 200},
        {limits->session_loss_usd, 300},
        {limits->drawdown_pct, 2},
        {limits->orders_per_min, 30},
        {limits->orders_per_hour, 300},
        {limits->edge_abnormal_bps, 150},
        {limits->pair_losses_in_row, 4},
        {limits->session_losses_in_row, 6},
        {limits->streak_cooldown_s, 1800},
        {limits->age_a_ms, 3000},
        {limits->age_b_ms, 1500},
        {limits->age_fx_ms, 15000},
        {limits->skew_ms, 500},
        {limits->unhedged_usd, 50},
        {limits->unhedged_observe_ms, 2000},
        {limits->unhedged_halt_ms, 6000},
        {limits->collar_bps, 200},
        {limits->fx_jump_bps, 30},
        {limits->fx_jump_window_s, 60},
        {config.paper.krw, 100e6},
        {config.paper.usdt, 100e3},
        {config.paper.coin_usd, 50e3},
        {config.paper.leverage, 5},
    };
    for (size_t i = 0; i < LEN(pairs); i++) {
        check_near(pairs[i][0], pairs[i][1], 0.0);
    }
}

/* Goal: the three coins are there with what the venues ask of an order. */
static void knows_the_instruments_of_three_coins(void **state)
{
    static const struct {
        const char *name, *symbol_a, *symbol_b;
        double lot_b, tick_b, minimum_b_usdt, maintenance_pct;
    } want[] = {
        {"BTC", "KRW-BTC", "BTCUSDT", 0.001, 0.1, 50, 0.4},
        {"ETH", "KRW-ETH", "ETHUSDT", 0.001, 0.01, 20, 0.5},
        {"XRP", "KRW-XRP", "XRPUSDT", 0.1, 0.0001, 5, 0.65},
    };
    struct config config;
    config_defaults(&config);
    assert_int_equal(config.pairs_count, LEN(want));
    for (size_t i = 0; i < LEN(want); i++) {
        const struct config_pair *pair = &config.pairs[i];
        assert_string_equal(pair->name, want[i].name);
        assert_string_equal(pair->symbol_a, want[i].symbol_a);
        assert_string_equal(pair->symbol_b, want[i].symbol_b);
        check_near(pair->lot_a, 1e-8, 0.0);
        check_near(pair->lot_b, want[i].lot_b, 0.0);
        check_near(pair->tick_a, 0.0, 0.0);
        check_near(pair->tick_b, want[i].tick_b, 0.0);
        check_near(pair->minimum_a_krw, 5000.0, 0.0);
        check_near(pair->minimum_b_usdt, want[i].minimum_b_usdt, 0.0);
        check_near(pair->maintenance_pct, want[i].maintenance_pct, 0.0);
    }
}

/* Goal: a list of pairs replaces the list; what a known coin does not say it brings along. */
static void replaces_the_list_of_pairs(void **state)
{
    struct config config;
    config_defaults(&config);
    load_text(&config, "pairs:\n"
                       "  - name: XRP\n"
                       "    lot_b: 1\n"
                       "  - {name: DOGE, symbol_b: 1000DOGEUSDT, minimum_b_usdt: 7}\n");
    assert_int_equal(config.pairs_count, 2);
    assert_string_equal(config.pairs[0].symbol_b, "XRPUSDT");
    check_near(config.pairs[0].lot_b, 1.0, 0.0);
    check_near(config.pairs[0].tick_b, 0.0001, 0.0);
    assert_string_equal(config.pairs[1].symbol_a, "KRW-DOGE");
    assert_string_equal(config.pairs[1].symbol_b, "1000DOGEUSDT");
    check_near(config.pairs[1].minimum_b_usdt, 7.0, 0.0);
    check_near(config.pairs[1].lot_b, 0.001, 0.0);
    assert_string_equal(config.pairs[2].name, "");
}

/* Goal: each rule of the alarm table has its numbers; a few are looked at one by one. */
static void carries_the_alarm_table(void **state)
{
    struct config config;
    config_defaults(&config);
    assert_int_equal(CONFIG_ALARMS, 28);
    for (int i = 0; i < CONFIG_ALARMS; i++) {
        assert_true(config.alerts.rules[i].enabled);
        assert_true(config.alerts.rules[i].dwell_s >= 0.0);
        assert_true(config.alerts.rules[i].leave_dwell_s >= 0.0);
    }
    const struct config_alarm *leg = &config.alerts.rules[CONFIG_ALARM_LEG_OPEN];
    check_near(leg->enter, 50.0, 0.0);
    check_near(leg->dwell_s, 2.0, 0.0);
    check_near(leg->leave, 10.0, 0.0);
    assert_true(isnan(leg->enter_high));
    const struct config_alarm *margin = &config.alerts.rules[CONFIG_ALARM_MARGIN];
    check_near(margin->enter, 30.0, 0.0);
    check_near(margin->enter_middle, 50.0, 0.0);
    check_near(margin->enter_high, 80.0, 0.0);
    check_near(margin->second_high, 8.0, 0.0);
    assert_true(isnan(config.alerts.rules[CONFIG_ALARM_EDGE_ABNORMAL].enter));
    check_near(config.alerts.quiet_start_s, 30.0, 0.0);
    assert_string_equal(config_alarm_name(CONFIG_ALARM_KILL_ENGAGED), "kill.engaged");
    assert_string_equal(config_alarm_name(CONFIG_ALARM_RULE_LAST), "guard.halted");
}

/* Goal: the session's defaults are the file's, and the file in the program is the file on disk.
 */
static void embeds_the_paper_defaults(void **state)
{
    struct config config;
    struct config embedded;
    config_defaults(&config);
    config_defaults(&embedded);
    load(&config, NULL, "paper.yaml");
    size_t length = 0;
    const char *yaml = config_paper_yaml(&length);
    assert_int_equal(strlen(yaml), length);
    load_text(&embedded, yaml);
    assert_memory_equal(&config, &embedded, sizeof config);

    const struct engine_params *engine = &config.engine;
    const double pairs[][2] = {
        {engine->taker_fee_a_bps, 5},
        {engine->taker_fee_b_bps, 5},
        {engine->slippage_bps, 1},
        {engine->fx_cost_bps, 0},
        {engine->max_position_usd, 1000},
        {engine->min_spread_bps, 5},
        {engine->baseline_tau_s, 14400},
        {engine->baseline_warmup_s, 3600},
        {engine->baseline_gap_s, 900},
        {engine->exit_spread_bps, 0},
        {engine->max_hold_s, 7200},
        {engine->stop_loss_bps, 120},
        {engine->cooldown_s, 900},
        {engine->initial_balance_usd, 10000},
        {config.paper.leverage, 5},
        {config.paper.latency_a_ms_median, 60},
        {config.paper.latency_a_ms_p99, 400},
        {config.paper.latency_b_ms_median, 12},
        {config.paper.latency_b_ms_p99, 80},
    };
    for (size_t i = 0; i < LEN(pairs); i++) {
        check_near(pairs[i][0], pairs[i][1], 0.0);
    }
    assert_true(isnan(engine->take_profit_bps));
    assert_int_equal(engine->max_open_trades, 1);
    assert_int_equal(config.pairs_count, 3);
}

/* Goal: every file we ship loads, and none of them needs a warning. */
static void ships_files_without_a_fault(void **state)
{
    static const char *const files[] = {"default.yaml", "paper.yaml", "tight.yaml",
                                        "backtest.yaml"};
    for (size_t i = 0; i < LEN(files); i++) {
        struct config config;
        struct text text = text_growing();
        config_defaults(&config);
        load(&config, NULL, files[i]);
        print_message("# %s\n", files[i]);
        assert_int_equal(config_warnings(&config, &text), 0);
        assert_int_equal(text.length, 0);
        text_finish(&text);
    }
}

/* Goal: limits act on a file only where the operator said so, and that is known exactly. */
static void remembers_what_was_named(void **state)
{
    struct config config;
    struct config_named named = {{0}};
    struct err err = {0};
    config_defaults(&config);
    load(&config, &named, "tight.yaml");
    assert_true(config_is_named(&named, "paper.krw"));
    assert_true(config_is_named(&named, "paper.coin_usd"));
    assert_false(config_is_named(&named, "paper.leverage"));
    assert_false(config_is_named(&named, "pairs"));
    assert_false(config_is_named(&named, "risk_limits.day_loss_usd"));
    assert_true(config_set_named(&config, &named, "risk_limits.day_loss_usd", "150", &err));
    assert_true(config_is_named(&named, "risk_limits.day_loss_usd"));
    assert_false(config_set_named(&config, &named, "risk_limits.open_trades", "x", &err));
    assert_false(config_is_named(&named, "risk_limits.open_trades"));
    load(&config, &named, "paper.yaml");
    assert_true(config_is_named(&named, "pairs"));
}

/* Goal: an empty section is one whose keys are commented out. */
static void takes_an_empty_section(void **state)
{
    struct config config;
    struct config before;
    config_defaults(&config);
    memcpy(&before, &config, sizeof before);
    load_text(&config, "engine:\n#  cooldown_s: 5\npaper: {}\nalerts:\n  rules:\n    idle:\n");
    assert_memory_equal(&config, &before, sizeof before);
}

struct warned {
    const char *name, *yaml, *contains;
};

/* Goal: what is allowed and unwise is said. A stop: round trip 2*(5+5+1) = 22, W taken as 10,
 * and 10 more: 42. */
static void warns_of_what_is_unwise(void **state)
{
    static const struct warned cases[] = {
        {"a stop within reach", "engine: {stop_loss_bps: 41}", "expected 42 or more"},
        {"no room for slippage", "engine: {max_position_usd: 1100}", "leaves no room"},
        {"a size over its limit", "engine: {max_position_usd: 1101}", "refuses to start"},
        {"a stop without a rest", "engine: {cooldown_s: 0}", "engine.cooldown_s: 0"},
        {"a short memory", "engine: {baseline_tau_s: 1800, max_hold_s: null}", "half-life"},
        {"longer held than remembered", "engine: {max_hold_s: 20000}", "eats its edge"},
        {"an old level", "engine: {baseline_gap_s: 0}", "engine.baseline_gap_s: 0"},
        {"no edge", "engine: {min_spread_bps: 0}", "without an edge"},
        {"too many", "engine: {max_open_trades: 4}", "risk_limits.open_trades 3"},
        {"one leg only", "risk_limits: {gross_exposure_usd: 1999}", "two legs of one trade"},
        {"day over session", "risk_limits: {day_loss_usd: 301}", "stops the session first"},
        {"hasty timeout", "paper: {order_timeout_s: 0.3}", "become unknown"},
        {"median over p99", "paper: {latency_b_ms_median: 81}", "below its median"},
        {"halts before it observes", "risk_limits: {unhedged_halt_ms: 1}", "unhedged_halt_ms"},
        {"a longest pause that is short", "live: {back_off_ms_max: 499}",
         "each pause is 500 ms"},
        {"silent between pings", "live: {ping_ms: 10000}", "a quiet socket is given up"},
        {"stale between pings", "live: {stale_ms: 2000}", "a quiet socket is stale"},
        {"exact by spread", "engine: {pnl_model: spread}", "knows no 'spread' model"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct config config;
        struct text text = text_growing();
        config_defaults(&config);
        load(&config, NULL, "paper.yaml");
        load_text(&config, cases[i].yaml);
        print_message("# %s\n", cases[i].name);
        assert_int_equal(config_warnings(&config, &text), 1);
        assert_non_null(strstr(text_string(&text), cases[i].contains));
        text_finish(&text);
    }
    struct config config;
    struct text text = text_growing();
    config_defaults(&config);
    load(&config, NULL, "paper.yaml");
    load_text(&config, "engine: {stop_loss_bps: 42, max_position_usd: 1099}");
    assert_int_equal(config_warnings(&config, &text), 0);
    text_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_from_a_neutral_engine),
        cmocka_unit_test(names_profiles_as_the_engine_does),
        cmocka_unit_test(tells_addresses_from_other_text),
        cmocka_unit_test(agrees_with_the_engines_defaults),
        cmocka_unit_test(carries_the_promised_limits),
        cmocka_unit_test(knows_the_instruments_of_three_coins),
        cmocka_unit_test(replaces_the_list_of_pairs),
        cmocka_unit_test(carries_the_alarm_table),
        cmocka_unit_test(embeds_the_paper_defaults),
        cmocka_unit_test(ships_files_without_a_fault),
        cmocka_unit_test(remembers_what_was_named),
        cmocka_unit_test(takes_an_empty_section),
        cmocka_unit_test(warns_of_what_is_unwise),
    };
    return cmocka_run_group_tests_name("config/config", tests, NULL, NULL);
}
