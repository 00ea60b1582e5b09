#include "desk_asks.h"
#include "tune/sweep.h"

/* One result as a desk answers it: run again, compared, weighed for a session. */

/* A sweep over case 30 of SPEC.md 7, by the rules of compat-d37, and a second job that trades
 * at no price. */
static void sweep_turns(void)
{
    struct text plan = text_growing();
    struct text report = text_growing();
    struct jobs jobs;
    struct sweep_report done;
    struct err err;
    rows_write("turns.csv", ROWS_TURNS);
    for (int i = 1; i <= 2; i++) {
        text_addf(&plan,
                  "{\"job_id\": \"t%d\", \"config\": {\"data_file\": \"turns.csv\", "
                  "\"profile\": \"compat-d37\", \"min_spread_bps\": %d, "
                  "\"taker_fee_a_bps\": 5, \"taker_fee_b_bps\": 5, \"slippage_bps\": 5, "
                  "\"max_position_usd\": 1000}, "
                  "\"output_json\": \"outputs/tuning/turns/t%d.json\"}\n",
                  i, i == 1 ? 30 : 1000, i);
    }
    rows_write("plan.jsonl", text_string(&plan));
    assert_true(jobs_load(&jobs, "plan.jsonl", &report, &err));
    const struct sweep_options options = {
        .parallel = 1, .max_jobs = -1, .jobs_file = "plan.jsonl"};
    assert_true(sweep_run(&jobs, &options, &done, &err));
    assert_int_equal(done.success, 2);
    jobs_finish(&jobs);
    text_finish(&plan);
    text_finish(&report);
    put_session("outputs/tuning/turns", 2);
}

/* Asks until nothing is being worked out any more. */
static const struct ranking_result *ask_result(struct desk *desk, const char *job,
                                               const char *other,
                                               const struct ranking_session *here)
{
    const int64_t until_ns = deadline_ns();
    struct desk_query asked = {.kind = DESK_RESULT, .ranking = all()};
    const struct ranking_result *result = NULL;
    snprintf(asked.ranking.job, sizeof asked.ranking.job, "%s", job);
    snprintf(asked.ranking.other, sizeof asked.ranking.other, "%s", other);
    asked.here = here != NULL ? *here : asked.here;
    do {
        desk->ops->ask(desk, &asked);
        wait_news(desk, until_ns);
        result = desk->ops->result(desk);
    } while (result == NULL || !same_query(&result->query, &asked.ranking) || result->working ||
             (here != NULL && strcmp(result->here, here->name) != 0));
    return result;
}

/* Goal: the trades of a job are made again, and the truth panel says what the same decisions
 * earn by four legs. A trade buys at 100, sells at 102 on each venue, 10 coins, slippage 2.5
 * bps a leg: 2 * 10 * (101.9745 - 100.025) = 38.99 USD, less fees of 5 bps of 2 * 10 * 201.9995
 * = 2.019995 USD; there are two of them. By the spread it is 185 bps of 1000 USD each. */
static void a_result_is_run_again(void **state)
{
    sweep_turns();
    struct desk *desk = open_desk();
    const struct ranking_result *result = ask_result(desk, "t1", "", NULL);
    assert_string_equal(result->error, "");
    assert_string_equal(result->note, "");
    assert_string_equal(result->run.profile, "compat-d37");
    assert_string_equal(result->run.pnl_model, "spread");
    assert_int_equal(result->run.snapshots, 3);
    check_near(result->run.row.pnl_usd, 37, 1e-9);
    assert_int_equal(result->trades_total, 3);
    assert_int_equal(result->trades_count, 3);
    check_near(result->trades[0].result.pnl_usd, 18.5, 1e-9);
    assert_int_equal(result->trades[2].trade.state, TRADE_OPEN);
    assert_int_equal(result->truth_count, 2);
    assert_string_equal(result->truth[0].model, "spread");
    check_near(result->truth[0].pnl_usd, 37, 1e-9);
    assert_string_equal(result->truth[1].model, "legs");
    check_near(result->truth[1].pnl_usd, 2 * (38.99 - 2.019995), 1e-9);
    assert_string_equal(result->sensitivity[0].change, "fees +1 bp");
    check_near(result->sensitivity[0].pnl_usd, 2 * 18.3, 1e-9); /* 2 bps less a trade */
    assert_string_equal(result->run.trust.note, "fewer than 30 closed trades");
    desk->ops->close(desk);
}

/* Goal: while a long file is read again for a detail, the desk answers what else is asked. The
 * detail itself is a promise for as long. */
static void a_page_turns_while_a_job_is_run_again(void **state)
{
    enum { LONG_ROWS = 1500000 };
    struct text rows = text_growing();
    struct desk_query asked = {.kind = DESK_RESULT, .ranking = all()};
    const int64_t until_ns = deadline_ns();
    sweep_turns();
    text_add(&rows, "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b\n");
    for (int i = 0; i < LONG_ROWS; i++) {
        text_addf(&rows, "%d,102,103,99,100\n", 1000 + i);
    }
    rows_write("turns.csv", text_string(&rows));
    text_finish(&rows);
    struct desk *desk = open_desk();
    snprintf(asked.ranking.job, sizeof asked.ranking.job, "t1");
    int64_t read_ns = 0;
    for (int i = 0; i < 2; i++) { /* the second time it would have been waited for */
        const struct ranking_result *result = NULL;
        desk->ops->ask(desk, &asked);
        do {
            wait_news(desk, until_ns);
            result = desk->ops->result(desk);
        } while (result == NULL || result->read_mono_ns <= read_ns);
        read_ns = result->read_mono_ns;
        assert_true(result->working);
        const struct ranking *ranking = ask_ranking(desk, all());
        assert_int_equal(ranking->total, 2);
        assert_string_equal(ranking->pnl_model, "spread");
    }
    const struct ranking_result *result = ask_result(desk, "t1", "", NULL);
    assert_non_null(strstr(result->note, "other data than then"));
    desk->ops->close(desk);
}

static void tells_other_data_and_none(void **state)
{
    sweep_turns();
    rows_write("turns.csv", ROWS_TURNS "1003,102,103,99,100\n");
    struct desk *desk = open_desk();
    const struct ranking_result *result = ask_result(desk, "t1", "", NULL);
    assert_non_null(strstr(result->note, "other data than then"));
    assert_int_equal(result->trades_count, 0);
    assert_int_equal(result->truth_count, 0);
    assert_int_equal(result->sensitivity_count, 0);
    check_near(result->run.row.pnl_usd, 37, 1e-9); /* what the file says it was */
    desk->ops->close(desk);
    assert_int_equal(unlink("turns.csv"), 0);
    desk = open_desk();
    result = ask_result(desk, "t1", "", NULL);
    assert_non_null(strstr(result->note, "cannot be repeated"));
    desk->ops->close(desk);
}

static void compares_two(void **state)
{
    sweep_turns();
    struct desk *desk = open_desk();
    const struct ranking_result *result = ask_result(desk, "t1", "t2", NULL);
    assert_true(result->has_other);
    assert_string_equal(result->other.row.job, "t2");
    assert_int_equal(result->other.row.closed, 0);
    assert_false(result->working); /* nothing is run for a comparison */
    result = ask_result(desk, "t1", "nobody", NULL);
    assert_string_equal(result->error, "there is no result of 'nobody'");
    desk->ops->close(desk);
}

/* Goal: for a session that runs the list says what it would take, and why it cannot. */
static void weighs_a_result_for_a_session(void **state)
{
    struct ranking_session here = {.name = "paper-1", .params = engine_defaults()};
    sweep_turns();
    here.params.profile = ENGINE_COMPAT_D37;
    here.params.pnl_model = ENGINE_PNL_SPREAD;
    here.params.min_spread_bps = 5;
    here.params.max_position_usd = 500;
    struct desk *desk = open_desk();
    const struct ranking_result *result = ask_result(desk, "t1", "", &here);
    assert_string_equal(result->refused, "");
    assert_string_equal(result->changes[0].name, "min_spread_bps");
    assert_string_equal(result->changes[0].now, "5");
    assert_string_equal(result->changes[0].then, "30");
    assert_int_equal(strncmp(result->params, "min_spread_bps=30 ", 18), 0);
    assert_int_equal(strncmp(result->origin, "turns/t1 data xxh3-128:", 23), 0);
    assert_true(result->evidence_count > 10);
    here.params.profile = ENGINE_EXACT;
    snprintf(here.name, sizeof here.name, "paper-2");
    result = ask_result(desk, "t1", "", &here);
    assert_string_equal(result->refused,
                        "the result is of profile compat-d37, the session runs exact");
    desk->ops->close(desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_result_is_run_again, rows_enter, rows_leave),
        cmocka_unit_test_setup_teardown(a_page_turns_while_a_job_is_run_again, rows_enter,
                                        rows_leave),
        cmocka_unit_test_setup_teardown(tells_other_data_and_none, rows_enter, rows_leave),
        cmocka_unit_test_setup_teardown(compares_two, rows_enter, rows_leave),
        cmocka_unit_test_setup_teardown(weighs_a_result_for_a_session, rows_enter, rows_leave),
    };
    return cmocka_run_group_tests_name("tune/desk_result", tests, NULL, NULL);
}
