#include "support/check.h"

#include "cli/args.h"

struct wanted {
    bool json, quiet;
    bool seen_fee;
    const char *file;
    double fee_bps;
    int64_t steps;
    struct arg_list pairs;
};

static const struct arg_option OPTIONS[] = {
    {"data-file", ARG_TEXT, offsetof(struct wanted, file), SIZE_MAX, "FILE",
     "snapshots of two markets, one moment a row; plain or compressed, read once from the "
     "first row to the last"},
    {"taker-fee-a-bps", ARG_NUMBER, offsetof(struct wanted, fee_bps),
     offsetof(struct wanted, seen_fee), "BPS", "fee on venue A"},
    {"max-steps", ARG_COUNT, offsetof(struct wanted, steps), SIZE_MAX, "N",
     "stop after N rows"},
    {"pair", ARG_LIST, offsetof(struct wanted, pairs), SIZE_MAX, "NAME", "trade this pair"},
    {"json", ARG_FLAG, offsetof(struct wanted, json), SIZE_MAX, NULL, "machine-readable"},
    {"quiet", ARG_FLAG, offsetof(struct wanted, quiet), SIZE_MAX, NULL, "say nothing"},
};

static const struct arg_spec SPEC = {
    .command = "backtest",
    .operands = "TRADE",
    .summary = "Runs one engine over a file of snapshots.",
    .options = OPTIONS,
    .options_count = LEN(OPTIONS),
    .operands_min = 0,
    .operands_max = 1,
};

enum { WORDS_MAX = 40 };

static enum args_result parse(const char *const *words, struct wanted *into,
                              const char *operands[], int *count, struct err *err)
{
    char *argv[WORDS_MAX + 2] = {(char *)(uintptr_t) "backtest"};
    int argc = 1;
    for (; words[argc - 1] != NULL; argc++) {
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    }
    return args_parse(&SPEC, argc, argv, into, operands, count, err);
}

/* Goal: every type, both spellings, a negative value, and what follows `--`. */
static void reads_every_type(void **state)
{
    static const char *const words[] = {"--data-file=a=b.csv",
                                        "--taker-fee-a-bps",
                                        "-2.5",
                                        "--max-steps",
                                        "0",
                                        "--json",
                                        "--pair",
                                        "BTC",
                                        "--pair=ETH",
                                        "--",
                                        "--quiet",
                                        NULL};
    struct wanted into = {.steps = 9};
    const char *operands[1];
    int count = 0;
    struct err err = {0};
    assert_int_equal(parse(words, &into, operands, &count, &err), ARGS_OK);
    assert_string_equal(into.file, "a=b.csv");
    check_near(into.fee_bps, -2.5, 0.0);
    assert_true(into.seen_fee);
    assert_int_equal(into.steps, 0);
    assert_true(into.json);
    assert_false(into.quiet);
    assert_int_equal(into.pairs.count, 2);
    assert_string_equal(into.pairs.items[0], "BTC");
    assert_string_equal(into.pairs.items[1], "ETH");
    assert_int_equal(count, 1);
    assert_string_equal(operands[0], "--quiet");
}

/* Goal: what is not said stays as it was. */
static void leaves_the_rest_alone(void **state)
{
    static const char *const words[] = {NULL};
    struct wanted into = {.fee_bps = 7, .steps = 3, .file = "kept"};
    const char *operands[1];
    int count = -1;
    struct err err = {0};
    assert_int_equal(parse(words, &into, operands, &count, &err), ARGS_OK);
    check_near(into.fee_bps, 7, 0.0);
    assert_false(into.seen_fee);
    assert_int_equal(into.steps, 3);
    assert_string_equal(into.file, "kept");
    assert_int_equal(count, 0);
}

/* Goal: each slip has its message and its exit code: 1 for a bad value, 2 for a bad line. */
static void names_each_slip(void **state)
{
    static const struct {
        const char *words[4];
        int exit_code;
        const char *message;
    } cases[] = {
        {{"--data-fiel", "x"}, 2, "unknown option '--data-fiel' (did you mean '--data-file'?)"},
        {{"--taker_fee_a=5"},
         2,
         "unknown option '--taker_fee_a' (did you mean '--taker-fee-a-bps'?)"},
        {{"--wibble"}, 2, "unknown option '--wibble' (see 'arblite backtest --help')"},
        {{"--wi\033[2J"}, 2, "unknown option '--wi\\x1b[2J' (see 'arblite backtest --help')"},
        {{"-j"}, 2, "unknown option '-j' (options start with two dashes)"},
        {{"--data-file"}, 2, "option '--data-file' needs a value (FILE)"},
        {{"--data-file", "--json"}, 2, "option '--data-file' needs a value (FILE)"},
        {{"--json=yes"}, 2, "option '--json' takes no value"},
        {{"7", "8"}, 2, "unexpected '8' (see 'arblite backtest --help')"},
        {{"--taker-fee-a-bps", "five"}, 1, "--taker-fee-a-bps: 'five' is not a number"},
        {{"--taker-fee-a-bps="}, 1, "--taker-fee-a-bps: '' is not a number"},
        {{"--taker-fee-a-bps", "nan"}, 1, "--taker-fee-a-bps: 'nan' is not a number"},
        {{"--taker-fee-a-bps", "0x10"}, 1, "--taker-fee-a-bps: '0x10' is not a number"},
        {{"--max-steps", "-1"}, 1, "--max-steps: '-1' is not a whole number of 0 or more"},
        {{"--max-steps", "1.5"}, 1, "--max-steps: '1.5' is not a whole number of 0 or more"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct wanted into = {0};
        const char *operands[1];
        int count = 0;
        struct err err = {0};
        print_message("# %s\n", cases[i].message);
        assert_int_equal(parse(cases[i].words, &into, operands, &count, &err), ARGS_ERROR);
        assert_string_equal(err.text, cases[i].message);
        assert_int_equal(err_exit_code(err.kind), cases[i].exit_code);
    }
}

/* Goal: an operand that must be there is asked for by its name. */
static void asks_for_a_missing_operand(void **state)
{
    struct arg_spec spec = SPEC;
    spec.command = "close";
    spec.operands_min = 1;
    char *argv[] = {(char *)(uintptr_t) "close"};
    struct wanted into = {0};
    const char *operands[1];
    int count = 0;
    struct err err = {0};
    assert_int_equal(args_parse(&spec, 1, argv, &into, operands, &count, &err), ARGS_ERROR);
    assert_string_equal(err.text, "TRADE is missing (see 'arblite close --help')");
    assert_int_equal(err.kind, ERR_USAGE);
}

/* Goal: help wins over whatever else is wrong behind it, not over `--`. */
static void gives_help_when_asked(void **state)
{
    static const char *const asked[] = {"--json", "--help", "--wibble", NULL};
    static const char *const quoted[] = {"--", "--help", NULL};
    struct wanted into = {0};
    const char *operands[1];
    int count = 0;
    struct err err = {0};
    assert_int_equal(parse(asked, &into, operands, &count, &err), ARGS_HELP);
    assert_int_equal(parse(quoted, &into, operands, &count, &err), ARGS_OK);
    assert_string_equal(operands[0], "--help");
}

/* Goal: a list has a stated end. */
static void refuses_an_endless_list(void **state)
{
    const char *words[WORDS_MAX] = {NULL};
    for (int i = 0; i <= ARG_LIST_MAX; i++) {
        words[i] = "--pair=X";
    }
    struct wanted into = {0};
    const char *operands[1];
    int count = 0;
    struct err err = {0};
    assert_int_equal(parse(words, &into, operands, &count, &err), ARGS_ERROR);
    assert_string_equal(err.text, "--pair: given more than 32 times");
}

/* Goal: the usage is aligned and fits 80 columns. */
static void prints_the_table_as_usage(void **state)
{
    struct text text = text_growing();
    args_format_usage(&SPEC, &text);
    assert_string_equal(
        text_string(&text),
        "usage: arblite backtest [OPTION]... TRADE\n"
        "\n"
        "Runs one engine over a file of snapshots.\n"
        "\n"
        "  --data-file FILE       snapshots of two markets, one moment a row; plain or\n"
        "                         compressed, read once from the first row to the last\n"
        "  --taker-fee-a-bps BPS  fee on venue A\n"
        "  --max-steps N          stop after N rows\n"
        "  --pair NAME            trade this pair (may stand many times)\n"
        "  --json                 machine-readable\n"
        "  --quiet                say nothing\n"
        "  --help                 print this\n");
    text_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_type),
        cmocka_unit_test(leaves_the_rest_alone),
        cmocka_unit_test(names_each_slip),
        cmocka_unit_test(asks_for_a_missing_operand),
        cmocka_unit_test(gives_help_when_asked),
        cmocka_unit_test(refuses_an_endless_list),
        cmocka_unit_test(prints_the_table_as_usage),
    };
    return cmocka_run_group_tests_name("cli/args", tests, NULL, NULL);
}
