#include "support/check.h"

#include "cli/session_options.h"
#include "support/folder.h"

/* What a resolve fills; too large for a stack. */
struct resolved {
    char folder[FOLDER_PATH_SIZE];
    struct setup setup;
    struct state_dir dir;
    struct host_options host;
    struct err err;
};

static int start(void **state)
{
    struct resolved *it = test_calloc(1, sizeof *it);
    folder_create(it->folder);
    *state = it;
    return 0;
}

static int end(void **state)
{
    struct resolved *it = *state;
    folder_remove(it->folder);
    test_free(it);
    return 0;
}

/* Parses the words, up to a NULL, behind --state-dir and resolves them. */
static bool resolve(struct resolved *it, const char *const words[])
{
    struct session_options options = {0};
    struct arg_option rows[SESSION_OPTIONS_COUNT];
    session_options_rows(rows, 0);
    const struct arg_spec spec = {.command = "paper",
                                  .operands = "",
                                  .summary = "",
                                  .options = rows,
                                  .options_count = LEN(rows)};
    char *argv[16] = {(char *)"paper", (char *)"--state-dir", it->folder};
    int argc = 3;
    for (; words[argc - 3] != NULL; argc++) {
        assert_true(argc < 15);
        argv[argc] = (char *)words[argc - 3];
    }
    it->err = (struct err){.kind = ERR_NONE};
    assert_int_equal(args_parse(&spec, argc, argv, &options, NULL, NULL, &it->err), ARGS_OK);
    return session_options_resolve(&options, &it->setup, &it->dir, &it->host, &it->err);
}

#define RESOLVE(it, ...) resolve((it), (const char *const[]){__VA_ARGS__, NULL})

/* Goal: without a word it is the simulated market at speed 1, open end. */
static void starts_the_simulated_market_by_itself(void **state)
{
    struct resolved *it = *state;
    assert_true(RESOLVE(it, NULL));
    assert_string_equal(it->setup.source, "simulated");
    check_near(it->host.speed, 1.0, 0.0);
    assert_int_equal(it->host.max_events, -1);
    assert_true(isnan(it->host.max_runtime_s));
    assert_false(it->host.new_session);
    assert_ptr_equal(it->host.setup, &it->setup);
    assert_ptr_equal(it->host.dir, &it->dir);
}

static void takes_what_it_is_told(void **state)
{
    struct resolved *it = *state;
    assert_true(RESOLVE(it, "--source=simulated:7", "--speed=max", "--max-events=0",
                        "--max-runtime-s=2.5", "--new", "--start-at=2024-08-08T00:00:00Z",
                        "--preset=calm", "--faults=off", "--no-opening",
                        "--min-spread-bps=6.5"));
    assert_int_equal(it->setup.seed, 7);
    assert_true(isinf(it->host.speed));
    assert_int_equal(it->host.max_events, 0); /* 0 is a value */
    check_near(it->host.max_runtime_s, 2.5, 0.0);
    assert_true(it->host.new_session);
    assert_true(it->setup.start_ns == INT64_C(1723075200) * 1000000000);
    assert_false(it->setup.config.market.faults);
    assert_false(it->setup.config.market.opening);
    check_near(it->setup.config.engine.min_spread_bps, 6.5, 0.0);
}

/* Goal: an engine option is stronger than --set, and both than the defaults. */
static void layers_what_it_is_told(void **state)
{
    struct resolved *it = *state;
    assert_true(RESOLVE(it, "--set=engine.min_spread_bps=8", "--set=engine.slippage_bps=3",
                        "--min-spread-bps=9"));
    check_near(it->setup.config.engine.min_spread_bps, 9, 0.0);
    check_near(it->setup.config.engine.slippage_bps, 3, 0.0);
}

static void says_which_word_is_wrong(void **state)
{
    static const struct {
        const char *word;
        const char *want;
    } cases[] = {
        {"--speed=fast", "--speed: 'fast' is not a speed (expected 1, N or max)"},
        {"--speed=0", "--speed: '0' is not above zero"},
        {"--speed=-2", "--speed: '-2' is not above zero"},
        {"--max-runtime-s=-1", "--max-runtime-s: '-1' is below 0"},
        {"--start-at=noon", "--start-at: 'noon' is not a time (expected 2026-11-20T21:24:00Z)"},
        {"--faults=maybe", "--faults: 'maybe' is neither on nor off"},
        {"--on-bad-row=cry", "--on-bad-row: 'cry' is neither fail nor skip"},
        {"--set=engine.slippage_bps", "--set: 'engine.slippage_bps' is not KEY=VALUE"},
        {"--source=nope:x", "--source: 'nope:x' is not a source (expected csv:FILE, "
                            "frames:FILE, scenario:FILE, simulated[:SEED] or live)"},
        {"--source=csv:", "--source: 'csv:' names no file"},
        {"--source=csv:/no/such.csv", "--source: '/no/such.csv': No such file or directory"},
        {"--fx-rate=1300", "--fx-rate: 'simulated' brings its own rates (the option is for csv "
                           "files)"},
    };
    struct resolved *it = *state;
    for (size_t i = 0; i < LEN(cases); i++) {
        print_message("# %s\n", cases[i].word);
        assert_false(RESOLVE(it, cases[i].word));
        assert_int_equal(it->err.kind, ERR_INPUT);
        assert_string_equal(it->err.text, cases[i].want);
    }
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, start, end)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(starts_the_simulated_market_by_itself),
        IN_FOLDER(takes_what_it_is_told),
        IN_FOLDER(layers_what_it_is_told),
        IN_FOLDER(says_which_word_is_wrong),
    };
    return cmocka_run_group_tests_name("cli/session_options", tests, NULL, NULL);
}
