#include "support/check.h"

#include "run/setup.h"

static struct config config;

static bool make(const char *source, const char *pair, struct setup *out, struct err *err)
{
    const char *pairs[] = {pair};
    const struct setup_request request = {
        .source = source,
        .config = &config,
        .pairs = pairs,
        .pairs_count = pair == NULL ? 0 : 1,
        .start_ns = INT64_C(1700000000000000000),
    };
    return setup_make(out, &request, err);
}

static int neutral(void **state)
{
    config_defaults(&config);
    config.engine.min_spread_bps = 5;
    config.engine.taker_fee_a_bps = 5;
    config.engine.taker_fee_b_bps = 5;
    config.engine.slippage_bps = 1;
    config.engine.max_position_usd = 1000;
    return 0;
}

/* Goal: what is not a source is refused by name, with what would be one. */
static void names_a_source_it_cannot_use(void **state)
{
    static const struct {
        const char *source, *says;
    } cases[] = {
        {"cvs:x", "'cvs:x' is not a source"},    {"csv:", "names no file"},
        {"simulated:abc", "has no usable seed"}, {"simulated:-1", "has no usable seed"},
        {"simulatedx", "has no usable seed"},    {"", "is not a source"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct setup setup;
        struct err err = {0};
        print_message("# %s\n", cases[i].source);
        assert_false(make(cases[i].source, NULL, &setup, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.text, cases[i].says));
    }
}

/* Goal: the seed comes from the source, a pair from the option, its instrument from the config.
 */
static void reads_source_and_pair(void **state)
{
    struct setup setup;
    struct err err = {0};
    assert_true(make("simulated:42", "KRW-ETH/ETHUSDT", &setup, &err));
    assert_int_equal(setup.seed, 42);
    assert_int_equal(setup.session.pairs_count, 1);
    assert_string_equal(setup.session.pairs[0].name, "ETH");
    assert_int_equal(setup.session.pairs[0].lot_b_units, 100000); /* 0.001 */
    assert_true(make("frames:x", "KRW-SUSHI/SUSHIUSDT", &setup, &err));
    assert_string_equal(setup.session.pairs[0].name, "SUSHI");
    assert_false(make("frames:x", "SUSHI", &setup, &err));
    assert_non_null(strstr(err.text, "'SUSHI' is not a pair"));
}

/* Goal: SPEC 4: a file has no clock, the finest lots and only the limits somebody set. */
static void a_file_keeps_only_named_limits(void **state)
{
    struct setup setup;
    struct err err = {0};
    struct config_named named = {0};
    assert_true(config_set_named(&config, &named, "risk_limits.day_loss_usd", "77", &err));
    const struct setup_request request = {
        .source = "csv:x", .config = &config, .named = &named};
    assert_true(setup_make(&setup, &request, &err));
    assert_false(setup.session.has_clock);
    assert_int_equal(setup.session.pairs[0].lot_b_units, 1);
    check_near(setup.session.limits.day_loss_usd, 77, 0);
    assert_true(isnan(setup.session.limits.notional_per_trade_usd));
    assert_true(isnan(setup.session.limits.orders_per_min));
    assert_true(make("simulated", NULL, &setup, &err));
    assert_true(setup.session.has_clock);
    check_near(setup.session.limits.notional_per_trade_usd, 1100, 0);
}

/* Goal: a session that would refuse every trade does not start, and both keys are named. */
static void a_size_over_its_limit_does_not_start(void **state)
{
    struct setup setup;
    struct err err = {0};
    config.engine.max_position_usd = 1101;
    assert_false(make("simulated", NULL, &setup, &err));
    assert_non_null(strstr(err.text, "engine.max_position_usd"));
    assert_non_null(strstr(err.text, "risk_limits.notional_per_trade_usd"));
    assert_true(make("csv:x", NULL, &setup, &err)); /* no limit there unless set */
}

/* Goal: what may change between starts is not compared, what decides trades is, by its name. */
static void differences_are_named(void **state)
{
    struct setup one;
    struct setup two;
    struct err err = {0};
    char said[256];
    assert_true(make("simulated", NULL, &one, &err));
    config.risk_limits.day_loss_usd = 99;
    assert_true(make("simulated", NULL, &two, &err));
    assert_string_equal(one.options_hash, two.options_hash);
    config.engine.min_spread_bps = 7;
    assert_true(make("simulated:2", NULL, &two, &err));
    assert_string_not_equal(one.options_hash, two.options_hash);
    setup_difference(one.options_text, two.options_text, said, sizeof said);
    assert_non_null(strstr(said, "source was simulated, is simulated:2"));
    assert_non_null(strstr(said, "engine.min_spread_bps was 5, is 7"));
}

/* Goal: three changes whole and how many more there are; a value too long to read is not told.
 */
static void many_differences_are_counted(void **state)
{
    char said[512];
    char longest[200] = "pairs = ";
    memset(longest + 8, 'p', 150);
    setup_difference(longest, "pairs = q\n", said, sizeof said);
    assert_string_equal(said, "pairs is another one");
    setup_difference("a = 1\nb = 2\nc = 3\nd = 4\ne = 5\n",
                     "a = 1\nb = 3\nc = 4\nd = 5\nf = 6\n", said, sizeof said);
    assert_string_equal(said, "b was 2, is 3; c was 3, is 4; d was 4, is 5 and 2 more");
    setup_difference("a = 1\nb = 2\n", "a = 1\n", said, sizeof said);
    assert_string_equal(said, "b is gone");
    setup_difference("a = 1\n", "a = 1\n", said, sizeof said);
    assert_string_equal(said, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(names_a_source_it_cannot_use, neutral),
        cmocka_unit_test_setup(reads_source_and_pair, neutral),
        cmocka_unit_test_setup(a_file_keeps_only_named_limits, neutral),
        cmocka_unit_test_setup(a_size_over_its_limit_does_not_start, neutral),
        cmocka_unit_test_setup(differences_are_named, neutral),
        cmocka_unit_test(many_differences_are_counted),
    };
    return cmocka_run_group_tests_name("run/setup", tests, NULL, NULL);
}
