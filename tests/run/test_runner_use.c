#include "support/check.h"

#include <signal.h>
#include <sys/resource.h>

#include "session_folder.h"
#include "store/journal.h"

/* Other parameters while a session runs: what is on record, what is in effect, and what is left
 * of both after it stopped anywhere. */

static const char ORIGIN[] = "small/0017 data 00ff";

static struct command_result use(struct session_folder *s, const char *params)
{
    struct command command = {.kind = COMMAND_USE};
    struct command_result result;
    snprintf(command.params, sizeof command.params, "%s", params);
    snprintf(command.origin, sizeof command.origin, "%s", ORIGIN);
    snprintf(command.reason, sizeof command.reason, "it held up");
    snprintf(command.operator_name, sizeof command.operator_name, "ann");
    runner_command(s->runner, &command, INT64_C(1700000000000000000), s->mono_ns, &result);
    print_message("# %s\n", result.text);
    return result;
}

static void pump_events(struct session_folder *s, int32_t count)
{
    int64_t due_ns = 0;
    if (count > 0) {
        (void)runner_pump(s->runner, 0, INT64_C(1700000000000000000), count, &due_ns);
    }
}

static void open_rows(struct session_folder *s, const char *rows, int32_t pumped)
{
    session_folder_create(s);
    s->config.engine.max_open_trades = 2;
    session_folder_rows(s, rows);
    session_folder_open(s, -1);
    pump_events(s, pumped);
}

static void open_again(struct session_folder *s)
{
    session_folder_close(s); /* without a word, as if it were killed */
    session_folder_open(s, -1);
    assert_true(runner_resumed(s->runner));
}

static struct snapshot *photo(struct session_folder *s)
{
    static struct snapshot snapshot;
    runner_snapshot(s->runner, 0, 0, &snapshot);
    return &snapshot;
}

static struct result outcome(struct session_folder *s)
{
    struct result result;
    struct err err = {0};
    if (!runner_result(s->runner, &result, &err)) {
        fail_msg("%s", err.text);
    }
    return result;
}

static const struct page_audit *newest_audit(struct session_folder *s)
{
    static struct page page;
    const struct page_query query = {.kind = PAGE_AUDIT, .count = 1};
    struct err err = {0};
    assert_true(runner_page(s->runner, &query, &page, &err));
    return &page.audits[0];
}

static void check_chain(const struct session_folder *s)
{
    struct journal *journal = NULL;
    struct err err = {0};
    uint64_t rows = 0;
    if (!journal_open_readonly(&journal, s->dir.journal, &err) ||
        !journal_verify_audit(journal, &rows, &err)) {
        fail_msg("%s", err.text);
    }
    journal_close(journal);
}

/* Goal: trade 1 opens in row 2 and keeps its exit at 0 bps. From then on it is 150 bps: trade 2
 * opens in row 3 and its 101 bps are convergence in row 4, where trade 3 takes the place. In
 * row 5, at -1 bps, all goes. The same when the host was killed in between. */
static void an_open_trade_keeps_its_exits(void **state)
{
    for (int killed = 0; killed <= 1; killed++) {
        struct session_folder s;
        open_rows(&s, "coooc", 2);
        const struct command_result told = use(&s, "exit_spread_bps=150");
        assert_true(told.done);
        assert_string_equal(told.text, "revision 1; 1 open trade keeps its exits");
        if (killed == 1) {
            open_again(&s);
        }
        const struct snapshot *seen = photo(&s);
        assert_int_equal(seen->revision, 1);
        assert_string_equal(seen->revision_origin, ORIGIN);
        check_near(seen->params.exit_spread_bps, 150, 0);
        check_near(seen->positions[0].exit_at_bps, 0, 0);
        assert_int_equal(session_folder_pump(&s), RUNNER_ENDED);
        struct result result = outcome(&s);
        static const int closed_in[] = {5, 4, 5};
        assert_int_equal(result.trades_count, LEN(closed_in));
        for (size_t i = 0; i < LEN(closed_in); i++) {
            assert_int_equal(result.trades[i].exit, TRADE_EXIT_CONVERGENCE);
            assert_true(result.trades[i].close_ns ==
                        INT64_C(1700000000000000000) +
                            (closed_in[i] - 1) * INT64_C(60000000000));
        }
        check_near(result.params.exit_spread_bps, 150, 0);
        assert_true(result.is_revised);
        result_finish(&result);
        check_chain(&s);
        session_folder_remove(&s);
    }
}

static const char ROWS[] = "ccoocxcbobbcocooc";
enum { USED_AFTER = 4 };

static struct result run_cut(int32_t cut)
{
    struct session_folder s;
    open_rows(&s, ROWS, USED_AFTER);
    assert_true(use(&s, "max_hold_s=60 min_spread_bps=20 cooldown_s=60").done);
    pump_events(&s, cut);
    if (cut >= 0) {
        open_again(&s);
    }
    assert_int_equal(session_folder_pump(&s), RUNNER_ENDED);
    const struct result result = outcome(&s);
    check_chain(&s);
    session_folder_remove(&s);
    return result;
}

/* Goal: a host that goes after any event behind a revision, also at once, leaves a session that
 * ends as if it had never gone. */
static void a_revised_session_cut_anywhere_ends_the_same(void **state)
{
    struct result want = run_cut(-1);
    assert_true(want.summary.closed >= 3);
    for (int32_t cut = 0; cut < (int32_t)sizeof ROWS - 1 - USED_AFTER; cut++) {
        struct result got = run_cut(cut);
        assert_memory_equal(&got.summary, &want.summary, sizeof want.summary);
        assert_int_equal(got.trades_count, want.trades_count);
        assert_memory_equal(got.trades, want.trades,
                            (size_t)want.trades_count * sizeof want.trades[0]);
        result_finish(&got);
    }
    result_finish(&want);
}

/* Goal: what cannot be put on record does not come into effect: the disk is full in between. */
static void no_record_no_effect(void **state)
{
    struct session_folder s;
    open_rows(&s, "coooc", 2);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit small = {.rlim_cur = 4096, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    const struct command_result told = use(&s, "exit_spread_bps=150");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(told.done);
    assert_non_null(strstr(told.text, "failed"));
    assert_int_equal(session_folder_count(&s, "revision"), 0); /* nothing was told */
    open_again(&s);
    assert_int_equal(photo(&s)->revision, 0);
    assert_string_equal(photo(&s)->revision_origin, "");
    check_near(photo(&s)->params.exit_spread_bps, 0, 0);
    assert_string_equal(newest_audit(&s)->verb, "resume");
    check_chain(&s);
    session_folder_remove(&s);
}

/* Goal: what makes no sense or is no choice is refused by name, changes nothing and is on
 * record. */
static void refuses_and_says_why(void **state)
{
    static const struct {
        const char *params, *want;
    } cases[] = {
        {"", "no parameter is named"},
        {"  ", "no parameter is named"},
        {"min_spread_bps", "'min_spread_bps' is not NAME=VALUE"},
        {"min_spred_bps=7", "min_spread_bps"}, /* did you mean */
        {"min_spread_bps=abc", "engine.min_spread_bps: 'abc'"},
        {"min_spread_bps=null", "min_spread_bps must be non-negative"},
        {"min_spread_bps=5", "these are the parameters the session has"},
        {"min_spread_bps=9 taker_fee_a_bps=1", "taker_fee_a_bps is what the venue takes"},
        {"slippage_bps=1", "slippage_bps is what the market takes"},
        {"fx_cost_bps=1", "fx_cost_bps is what converting costs"},
        {"profile=compat-d37", "profile decides"},
        {"pnl_model=spread", "pnl_model decides"},
        {"max_open_trades=3", "max_open_trades is over what this session was started with"},
        {"initial_balance_usd=3", "initial_balance_usd"},
        {"krw=5", "engine.krw"},
    };
    struct session_folder s;
    open_rows(&s, "coooc", 2);
    for (size_t i = 0; i < LEN(cases); i++) {
        const struct command_result told = use(&s, cases[i].params);
        assert_false(told.done);
        assert_non_null(strstr(told.text, cases[i].want));
        assert_string_equal(newest_audit(&s)->verb, "use");
        assert_int_equal(photo(&s)->revision, 0);
    }
    /* Saying what the session has anyway is no change. */
    assert_true(use(&s, " taker_fee_a_bps=5  min_spread_bps=9 ").done);
    check_near(photo(&s)->params.min_spread_bps, 9, 0);
    check_chain(&s);
    session_folder_remove(&s);
}

/* Goal: after the end of the data there is nothing to change; a killed session takes a revision
 * and stays killed. */
static void knows_when(void **state)
{
    struct session_folder s;
    open_rows(&s, "coc", 1);
    assert_true(session_folder_ask(&s, COMMAND_KILL, "", "look first").done);
    assert_true(use(&s, "min_spread_bps=9").done);
    assert_true(photo(&s)->killed);
    assert_int_equal(session_folder_pump(&s), RUNNER_ENDED);
    assert_int_equal(photo(&s)->opened, 0);
    assert_non_null(strstr(use(&s, "min_spread_bps=8").text, "data have ended"));
    session_folder_remove(&s);
}

/* Goal: SPEC 3.2: a stop that a new trade is within reach of is allowed and remarked upon: 20
 * bps of fees, 2 of books and 10. Row 2's books are 99990/100000 and 101.00/101.01: 1.0 + 0.99
 * bps. */
static void a_tight_stop_is_remarked_upon(void **state)
{
    struct session_folder s;
    open_rows(&s, "coc", 2);
    const struct command_result tight = use(&s, "stop_loss_bps=31.9");
    assert_true(tight.done);
    assert_non_null(strstr(tight.text, "stop_loss_bps is below round-trip cost"));
    const struct command_result wide = use(&s, "stop_loss_bps=32.1");
    assert_true(wide.done);
    assert_null(strstr(wide.text, "stop_loss_bps"));
    session_folder_remove(&s);
}

/* Goal: a limit that was lowered below what a revision trades is as much in the way of a start
 * as one below what the session was started with; both keys are named. */
static void a_limit_below_the_revised_size_bars_the_start(void **state)
{
    struct session_folder s;
    struct err err = {0};
    char source[SCRATCH_PATH_SIZE + 8];
    open_rows(&s, "coc", 1);
    assert_true(use(&s, "max_position_usd=2000").done);
    session_folder_close(&s);
    s.setup.session.limits.notional_per_trade_usd = 1500;
    snprintf(source, sizeof source, "csv:%s", s.csv);
    const struct runner_options options = {
        .setup = &s.setup,
        .dir = &s.dir,
        .latch = &s.latch,
        .speed = INFINITY,
        .max_events = -1,
        .version = "test",
    };
    assert_false(runner_open(&s.runner, &options, &err));
    print_message("# %s\n", err.text);
    assert_non_null(strstr(err.text, "engine.max_position_usd 2000"));
    assert_non_null(strstr(err.text, "risk_limits.notional_per_trade_usd 1500"));
    s.setup.session.limits.notional_per_trade_usd = 2500;
    assert_true(runner_open(&s.runner, &options, &err));
    check_near(photo(&s)->params.max_position_usd, 2000, 0);
    session_folder_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_trade_keeps_its_exits),
        cmocka_unit_test(a_revised_session_cut_anywhere_ends_the_same),
        cmocka_unit_test(no_record_no_effect),
        cmocka_unit_test(refuses_and_says_why),
        cmocka_unit_test(knows_when),
        cmocka_unit_test(a_tight_stop_is_remarked_upon),
        cmocka_unit_test(a_limit_below_the_revised_size_bars_the_start),
    };
    return cmocka_run_group_tests_name("run/runner_use", tests, NULL, NULL);
}
