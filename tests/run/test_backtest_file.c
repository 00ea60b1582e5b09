#include "support/check.h"

#include <stdlib.h>
#include <unistd.h>

#include "run/backtest.h"

static char path[] = "/tmp/arblite-backtest-XXXXXX";

static int make_file(void **state)
{
    const int file = mkstemp(path);
    if (file < 0) {
        return -1;
    }
    close(file);
    return 0;
}

static int drop_file(void **state)
{
    return unlink(path);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static struct engine_params params_of(enum engine_profile profile)
{
    struct engine_params params = engine_defaults();
    params.profile = profile;
    params.pnl_model = engine_default_model(profile);
    params.min_spread_bps = 5;
    params.taker_fee_a_bps = 5;
    params.taker_fee_b_bps = 5;
    params.slippage_bps = 1;
    params.max_position_usd = 1000;
    return params;
}

#define HEADER "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b"

/* Goal: fx comes from the option, else the file, else the profile; `exact` takes no guess. */
static void finds_its_fx(void **state)
{
    const char *plain = HEADER "\n1000,99,100,102,103\n";
    const char *with_fx = HEADER ",fx_rate\n1000,99000,100000,102,103,1000\n";
    const struct {
        const char *name, *text;
        enum engine_profile profile;
        double option, net_bps; /* of the opened trade; NAN: none */
    } cases[] = {
        /* (102 - 100)/100 = 200 bps, less c = 5 + 5 + 1 */
        {"d37 means one currency", plain, ENGINE_COMPAT_D37, NAN, 189},
        {"an option beats the file", with_fx, ENGINE_COMPAT_D37, 1, NAN},
        {"the file beats the profile", with_fx, ENGINE_COMPAT_D45, NAN, 189},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct engine_params params = params_of(cases[i].profile);
        struct err err = {.kind = ERR_NONE};
        struct result result;
        print_message("# %s\n", cases[i].name);
        params.fx_rate = cases[i].option;
        write_file(cases[i].text);
        assert_true(backtest_run_file(&params, path, false, &result, &err));
        const double net_bps =
            result.trades_count > 0 && result.trades[0].side == SPREAD_LONG_A_SHORT_B
                ? result.trades[0].net_edge_bps
                : NAN;
        check_near(net_bps, cases[i].net_bps, 1e-9);
        result_finish(&result);
    }
    const struct engine_params exact = params_of(ENGINE_EXACT);
    struct err err = {.kind = ERR_NONE};
    struct result result;
    write_file(plain);
    assert_false(backtest_run_file(&exact, path, false, &result, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "fx rate needed; pass --fx-rate 1 for one currency"));
}

/* Goal: a result names its data: path, hash, rows, the skipped ones among them. */
static void names_its_data(void **state)
{
    const struct engine_params params = params_of(ENGINE_COMPAT_D37);
    struct err err = {.kind = ERR_NONE};
    struct result result;
    write_file(HEADER "\n1000,99,100,102,103\n1001,99,x,102,103\n1002,0,100,102,103\n");
    assert_true(backtest_run_file(&params, path, true, &result, &err));
    assert_string_equal(result.data_file, path);
    assert_memory_equal(result.data_hash, "xxh3-128:", 9);
    assert_int_equal(strlen(result.data_hash), 9 + 32);
    assert_int_equal(result.total_snapshots, 3);
    assert_int_equal(result.bad_rows_skipped, 1);
    assert_int_equal(result.steps_processed, 2);
    assert_int_equal(summary_invalid(&result.summary), 1);
    result_finish(&result);
}

/* Goal: a file without rows is a run without trades; a broken one fails with its place, also
 * behind the last step. */
static void refuses_bad_files_with_their_place(void **state)
{
    static const struct {
        const char *text, *place;
    } cases[] = {
        {"", ":1: empty file"},
        {"timestamp,best_bid_a,best_ask_a,best_bid_b\n", ":1: "},
        {HEADER "\n1000,99,100,102,1_03\n", ":2: "},
        {HEADER "\n1000,99,100,102,103\n999,99,100,102,103\n", ":3: "},
    };
    struct engine_params params = params_of(ENGINE_COMPAT_D37);
    params.max_steps = 0;
    struct err err = {.kind = ERR_NONE};
    struct result result;
    for (size_t i = 0; i < LEN(cases); i++) {
        write_file(cases[i].text);
        err.kind = ERR_NONE;
        assert_false(backtest_run_file(&params, path, false, &result, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_memory_equal(err.text, path, strlen(path));
        assert_memory_equal(err.text + strlen(path), cases[i].place, strlen(cases[i].place));
    }
    write_file(HEADER "\n");
    assert_true(backtest_run_file(&params, path, false, &result, &err));
    assert_int_equal(result.total_snapshots, 0);
    result_finish(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_its_fx),
        cmocka_unit_test(names_its_data),
        cmocka_unit_test(refuses_bad_files_with_their_place),
    };
    return cmocka_run_group_tests_name("run/backtest_file", tests, make_file, drop_file);
}
