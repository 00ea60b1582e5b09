#include "support/check.h"

#include <math.h>

#include "tune/terms.h"

static const char BYTES[] =
    "{\"status\": \"success\", \"engine_profile\": \"exact\", \"pnl_model\": \"legs\", "
    "\"data_hash\": \"xxh3-128:0a\", "
    "\"config\": {\"min_spread_bps\": 7.5, \"taker_fee_a_bps\": 1, \"taker_fee_b_bps\": 5, "
    "\"max_position_usd\": 500}, "
    "\"config_summary\": {\"job_id\": \"g_0001\", \"max_hold_s\": null, "
    "\"exit_spread_bps\": -2}, "
    "\"metrics\": {\"realized_pnl_usd\": 3, \"total_trades\": 1, \"closed_trades\": 1}, "
    "\"open_trades_most\": 2, \"unrealized_pnl_usd\": 0}";

static struct engine_params params_now(void)
{
    struct engine_params now = engine_defaults();
    now.min_spread_bps = 5;
    now.taker_fee_a_bps = 5;
    now.taker_fee_b_bps = 5;
    now.slippage_bps = 0;
    now.max_position_usd = 1000;
    return now;
}

static struct row read_row(void)
{
    struct row row;
    row_read(&row, "x.json", BYTES, sizeof BYTES - 1);
    assert_true(row.success);
    return row;
}

/* Goal: of a result a session takes how it trades, not what the world costs; sizes only when
 * they are asked for; what the result does not say stays; null is a value. */
static void takes_how_it_trades(void **state)
{
    const struct engine_params now = params_now();
    struct row row = read_row();
    struct terms terms;
    terms_make(&terms, &row, &now, false);
    assert_string_equal(terms.params, "min_spread_bps=7.5 exit_spread_bps=-2 max_hold_s=null");
    assert_int_equal(terms.count, 3); /* max_hold_s is off here as well */
    assert_int_equal(terms.taken, 2);
    assert_string_equal(terms.changes[0].param->name, "min_spread_bps");
    check_near(terms.changes[0].now, 5, 0);
    check_near(terms.changes[0].then, 7.5, 0);
    assert_true(terms.changes[0].taken);
    assert_string_equal(terms.changes[2].param->name, "max_position_usd");
    assert_false(terms.changes[2].taken);
    terms_make(&terms, &row, &now, true);
    assert_string_equal(terms.params, "min_spread_bps=7.5 exit_spread_bps=-2 max_hold_s=null "
                                      "max_position_usd=500");
    assert_int_equal(terms.taken, 3);
    row_finish(&row);
}

static void refuses_other_rules_and_no_change(void **state)
{
    struct engine_params now = params_now();
    struct row row = read_row();
    struct terms terms;
    struct err err = {.kind = ERR_NONE};
    terms_make(&terms, &row, &now, false);
    assert_true(terms_check(&terms, &row, &now, &err));
    now.pnl_model = ENGINE_PNL_SPREAD;
    assert_false(terms_check(&terms, &row, &now, &err));
    assert_string_equal(err.text, "the result books by legs, the session by spread");
    now.profile = ENGINE_COMPAT_D37;
    assert_false(terms_check(&terms, &row, &now, &err));
    assert_string_equal(err.text,
                        "the result is of profile exact, the session runs compat-d37");
    now = params_now();
    now.min_spread_bps = 7.5;
    now.exit_spread_bps = -2;
    terms_make(&terms, &row, &now, false);
    assert_false(terms_check(&terms, &row, &now, &err));
    assert_int_equal(err.kind, ERR_REFUSED);
    assert_string_equal(err.text, "no parameter of it is another than the session's");
    row_finish(&row);
}

static const struct evidence_fact *fact_of(const struct evidence *evidence, const char *name)
{
    for (int i = 0; i < evidence->count; i++) {
        if (strcmp(evidence->facts[i].name, name) == 0) {
            return &evidence->facts[i];
        }
    }
    return NULL;
}

/* Goal: the session's own facts: other costs are named, its pockets are counted in trades of
 * the size there will be. KRW for 3 trades of 1000 USD is 3 as long as the size stays, and 6 of
 * 500; the job had 2 open at once at most. */
static void weighs_what_the_session_has(void **state)
{
    struct row row = read_row();
    const struct ranking_session session = {.name = "s",
                                            .source_kind = "simulated",
                                            .params = params_now(),
                                            .krw_trades_left = 3,
                                            .usdt_trades_left = 1.5,
                                            .coin_trades_left = NAN,
                                            .width_bps = 4};
    static const struct {
        bool with_size, doubtful;
        const char *pockets;
    } cases[] = {
        {false, true, "KRW for 3.0 trades, USDT margin for 1.5; it had 2 open at once at most"},
        {true, false, "KRW for 6.0 trades, USDT margin for 3.0; it had 2 open at once at most"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct evidence evidence = {.count = 0};
        struct terms terms;
        terms_make(&terms, &row, &session.params, cases[i].with_size);
        terms_weigh(&terms, &session, &row, NULL, &evidence);
        const struct evidence_fact *fact = fact_of(&evidence, "pockets");
        assert_string_equal(fact->text, cases[i].pockets);
        assert_int_equal(fact->doubtful, cases[i].doubtful);
        fact = fact_of(&evidence, "assumptions");
        assert_true(fact->doubtful);
        assert_non_null(strstr(fact->text, "taker_fee_a_bps 1, here 5"));
        assert_null(strstr(fact->text, "taker_fee_b_bps"));
        fact = fact_of(&evidence, "guard");
        assert_true(fact->doubtful);
        assert_null(fact_of(&evidence, "stop")); /* there is none */
    }
    row_finish(&row);
}

/* Goal: a stop within reach of a new trade is told: 2 * (5 + 5) + 4 + 10 bps here. */
static void tells_of_a_tight_stop(void **state)
{
    struct row row = read_row();
    struct ranking_session session = {.params = params_now(), .width_bps = 4};
    for (int stop_bps = 33; stop_bps <= 34; stop_bps++) {
        struct evidence evidence = {.count = 0};
        struct terms terms;
        session.params.stop_loss_bps = stop_bps;
        terms_make(&terms, &row, &session.params, false);
        terms_weigh(&terms, &session, &row, NULL, &evidence);
        assert_int_equal(fact_of(&evidence, "stop") != NULL, stop_bps < 34);
    }
    row_finish(&row);
}

static void says_whose_they_are(void **state)
{
    struct row row = read_row();
    char origin[COMMAND_ORIGIN_SIZE];
    terms_origin(origin, "g", &row);
    assert_string_equal(origin, "g/g_0001 data xxh3-128:0a");
    row_finish(&row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_how_it_trades),
        cmocka_unit_test(refuses_other_rules_and_no_change),
        cmocka_unit_test(weighs_what_the_session_has),
        cmocka_unit_test(tells_of_a_tight_stop),
        cmocka_unit_test(says_whose_they_are),
    };
    return cmocka_run_group_tests_name("tune/terms", tests, NULL, NULL);
}
