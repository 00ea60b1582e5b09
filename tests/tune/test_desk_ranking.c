#include "results.h"

#include <poll.h>

#include "base/clock.h"
#include "store/results.h"
#include "tune/desk.h"
#include "tune/sweep.h"

/* Rankings, results and maps as a desk answers them, over folders as sweeps leave them. */

enum { PATIENCE_MS = 10000 };

static struct desk *open_desk(void)
{
    const struct desk_options options = {.state_dir = ".", .program = "/nowhere"};
    struct desk *desk;
    struct err err;
    assert_true(desk_open(&desk, &options, &err));
    return desk;
}

/* A session in the tuning journal; its folder under the working directory. */
static int64_t put_session(const char *name, int64_t jobs)
{
    struct results *results;
    struct results_sweep sweep = {.jobs = jobs, .pid = 1, .started_wall_ns = clock_wall_ns()};
    struct err err;
    char here[256];
    assert_non_null(getcwd(here, sizeof here));
    snprintf(sweep.folder, sizeof sweep.folder, "%s/%s", here, name);
    assert_true(results_open(&results, RESULTS_FILE, &err));
    assert_true(results_start(results, &sweep, &err));
    assert_true(results_end(results, sweep.id, clock_wall_ns(), "done", &err));
    results_close(results);
    return sweep.id;
}

static void wait_news(struct desk *desk, int64_t until_ns)
{
    struct pollfd news = {.fd = desk->ops->fd(desk), .events = POLLIN};
    assert_true(clock_monotonic_ns() < until_ns);
    poll(&news, 1, 20);
    desk->ops->pump(desk);
}

static bool same_query(const struct ranking_query *a, const struct ranking_query *b)
{
    return a->session == b->session && a->sort == b->sort && a->backwards == b->backwards &&
           a->offset == b->offset && a->count == b->count && a->trades_min == b->trades_min &&
           strcmp(a->filter, b->filter) == 0 && strcmp(a->x, b->x) == 0 &&
           strcmp(a->y, b->y) == 0 && strcmp(a->job, b->job) == 0 &&
           strcmp(a->other, b->other) == 0;
}

static int64_t deadline_ns(void)
{
    return clock_monotonic_ns() + PATIENCE_MS * (int64_t)CLOCK_NS_PER_MS;
}

/* Asks until the answer is to this question and of files seen after the call. */
static const struct ranking *ask_ranking(struct desk *desk, struct ranking_query query)
{
    const int64_t from_ns = clock_monotonic_ns();
    const int64_t until_ns = deadline_ns();
    const struct desk_query asked = {.kind = DESK_RANKING, .ranking = query};
    const struct ranking *answer = NULL;
    do {
        desk->ops->ask(desk, &asked);
        wait_news(desk, until_ns);
        answer = desk->ops->ranking(desk);
    } while (answer == NULL || !same_query(&answer->query, &query) ||
             (answer->error[0] == '\0' && answer->read_mono_ns < from_ns));
    return answer;
}

static struct ranking_query all(void)
{
    return (struct ranking_query){.drawdown_pct_max = NAN, .count = RANKING_ROWS_MAX};
}

static void check_jobs(const struct ranking *ranking, const char *expected)
{
    char jobs[256] = "";
    for (int i = 0; i < ranking->count; i++) {
        snprintf(jobs + strlen(jobs), sizeof jobs - strlen(jobs), "%s%s", i > 0 ? " " : "",
                 ranking->rows[i].job);
    }
    assert_string_equal(jobs, expected);
}

/* PnL is 128 times what two buckets gain together: a 128, b 256, c 64, e 1152. c has too few
 * closed trades for a statistic, e was stopped, d failed. */
static const struct results_given GIVEN[] = {
    {"a", 5, 60, 1, 2, -1, 40, NULL, 0, false},
    {"b", 10, 60, 1, 3, -1, 50, NULL, 0, false},
    {"c", 20, 60, 1, 1, -0.5, 20, NULL, 0, false},
    {"d", 30, 60, 1, 1, 0, 1, "error", 0, false},
    {"e", 40, 60, 1, 9, 0, 60, "stopped", 0, false},
};

static void fill_folder(const char *folder)
{
    assert_int_equal(mkdir(folder, 0700), 0);
    for (size_t i = 0; i < LEN(GIVEN); i++) {
        results_write(folder, &GIVEN[i]);
    }
}

/* Goal: what never ran to its end stands behind what did, in every order. */
static void orders_filters_and_pages(void **state)
{
    static const struct {
        enum ranking_sort sort;
        bool backwards;
        const char *filter;
        int offset, count, trades_min, kept;
        const char *jobs;
    } cases[] = {
        {RANKING_BY_PNL, false, "", 0, 200, 0, 5, "b a c e d"},
        {RANKING_BY_PNL, true, "", 0, 200, 0, 5, "c a b e d"},
        {RANKING_BY_TRADES, true, "", 0, 200, 0, 5, "c a b e d"},
        {RANKING_BY_JOB, false, "", 0, 200, 0, 5, "a b c e d"},
        {RANKING_BY_JOB, true, "", 0, 200, 0, 5, "e c b a d"},
        {RANKING_BY_BPS, false, "", 0, 200, 0, 5, "b a c e d"},
        {RANKING_BY_PNL, false, "", 1, 2, 0, 5, "a c"},
        {RANKING_BY_PNL, false, "", 9, 2, 0, 5, ""},
        {RANKING_BY_PNL, false, "trades>=40", 0, 200, 0, 2, "b a"},
        {RANKING_BY_PNL, false, "min_spread<=10 pnl<200", 0, 200, 0, 1, "a"},
        {RANKING_BY_PNL, false, "", 0, 200, 40, 2, "b a"},
        {RANKING_BY_PNL, false, "nothing", 0, 200, 0, 0, ""},
    };
    fill_folder("s");
    put_session("s", 5);
    struct desk *desk = open_desk();
    for (size_t i = 0; i < LEN(cases); i++) {
        struct ranking_query query = all();
        query.sort = cases[i].sort;
        query.backwards = cases[i].backwards;
        query.offset = cases[i].offset;
        query.count = cases[i].count;
        query.trades_min = cases[i].trades_min;
        snprintf(query.filter, sizeof query.filter, "%s", cases[i].filter);
        print_message("# %zu\n", i);
        const struct ranking *ranking = ask_ranking(desk, query);
        assert_string_equal(ranking->error, "");
        assert_string_equal(ranking->filter_error, "");
        check_jobs(ranking, cases[i].jobs);
        assert_int_equal(ranking->kept, cases[i].kept);
        assert_int_equal(ranking->total, 5);
    }
    desk->ops->close(desk);
}

static void tells_what_a_ranking_is_made_of(void **state)
{
    fill_folder("s");
    const int64_t id = put_session("s", 5);
    struct desk *desk = open_desk();
    const struct ranking *ranking = ask_ranking(desk, all());
    assert_int_equal(ranking->session_id, id); /* 0 asks for the last one */
    assert_string_equal(ranking->session, "s");
    assert_false(ranking->running);
    assert_int_equal(ranking->success, 3);
    assert_int_equal(ranking->stopped, 1);
    assert_int_equal(ranking->failed, 1);
    assert_int_equal(ranking->groups, 1);
    assert_int_equal(ranking->apart_count, 0);
    /* A stopped trial was one all the same; d never was. */
    assert_string_equal(ranking->trust.job, "b");
    assert_int_equal(ranking->trust.trials, 4);
    assert_int_equal(ranking->trust.distinct, 4);
    assert_string_equal(ranking->trust.note, "");
    const struct ranking_row *best = &ranking->rows[0];
    assert_int_equal(best->place, 1);
    check_near(best->pnl_usd, 256, 1e-12);
    check_near(best->bps, 256.0 / (50 * 1000) * 1e4, 1e-12);
    check_near(best->plateau_usd, (128.0 + 64.0) / 2, 1e-12); /* its neighbours a and c */
    assert_int_equal(best->params_count, 1);
    assert_string_equal(best->params[0].name, "min_spread_bps");
    assert_string_equal(best->params[0].value, "10");
    assert_true(ranking->rows[3].stopped);
    assert_int_equal(ranking->rows[3].place, 0);
    assert_true(ranking->rows[4].failed);
    assert_string_equal(ranking->rows[4].error, "failed");
    struct ranking_query query = all();
    snprintf(query.filter, sizeof query.filter, "fog>1");
    ranking = ask_ranking(desk, query);
    assert_non_null(strstr(ranking->filter_error, "'fog' is neither a figure"));
    assert_int_equal(ranking->kept, 5);
    query = all();
    query.session = 99;
    assert_string_equal(ask_ranking(desk, query)->error, "there is no such tuning session");
    desk->ops->close(desk);
}

/* Goal: equal assumptions rank together and the groups stay apart in every order of figures. */
static void groups_stay_apart(void **state)
{
    static const struct results_given given[] = {
        {"a", 5, 60, 1, 2, -1, 40, NULL, 0, false},
        {"b", 10, 60, 1, 3, -1, 50, NULL, 0, false},
        {"x", 5, 60, 9, 5, -1, 45, NULL, 0, false},
        {"y", 10, 60, 9, 4, -1, 60, NULL, 0, false},
    };
    assert_int_equal(mkdir("s", 0700), 0);
    for (size_t i = 0; i < LEN(given); i++) {
        results_write("s", &given[i]);
    }
    put_session("s", 4);
    struct desk *desk = open_desk();
    struct ranking_query query = all();
    const struct ranking *ranking = ask_ranking(desk, query);
    check_jobs(ranking, "b a x y");
    assert_int_equal(ranking->groups, 2);
    assert_int_equal(ranking->apart_count, 1);
    assert_string_equal(ranking->apart[0], "slippage_bps");
    assert_int_equal(ranking->rows[2].group, 2);
    assert_int_equal(ranking->rows[2].place, 1);
    query.sort = RANKING_BY_TRADES;
    check_jobs(ask_ranking(desk, query), "b a y x");
    desk->ops->close(desk);
}

/* Goal: results that come later are seen without being asked for another session. */
static void a_folder_that_changes_is_read_anew(void **state)
{
    const struct results_given later = {"z", 50, 60, 1, 5, -1, 70, NULL, 0, false};
    fill_folder("s");
    put_session("s", 6);
    struct desk *desk = open_desk();
    assert_int_equal(ask_ranking(desk, all())->total, 5);
    results_write("s", &later);
    const int64_t until_ns = deadline_ns();
    while (ask_ranking(desk, all())->total == 5) {
        assert_true(clock_monotonic_ns() < until_ns);
    }
    check_jobs(ask_ranking(desk, all()), "z b a c e d");
    desk->ops->close(desk);
}

static const struct ranking_heat *ask_heat(struct desk *desk, struct ranking_query query)
{
    const int64_t until_ns = deadline_ns();
    const struct desk_query asked = {.kind = DESK_HEAT, .ranking = query};
    const struct ranking_heat *heat = NULL;
    desk->ops->ask(desk, &asked);
    do {
        wait_news(desk, until_ns);
        heat = desk->ops->heat(desk);
    } while (heat == NULL || !same_query(&heat->query, &query));
    return heat;
}

/* Goal: a map has the results at its crossings, holes where there are none. */
static void maps_two_axes(void **state)
{
    static const struct results_given given[] = {
        {"a", 5, 60, 1, 2, -1, 40, NULL, 0, false},
        {"b", 10, 60, 1, 3, -1, 50, NULL, 0, false},
        {"c", 5, 90, 1, 4, -1, 45, NULL, 0, false},
    };
    assert_int_equal(mkdir("s", 0700), 0);
    for (size_t i = 0; i < LEN(given); i++) {
        results_write("s", &given[i]);
    }
    put_session("s", 3);
    struct desk *desk = open_desk();
    struct ranking_query query = all();
    snprintf(query.x, sizeof query.x, "max_hold_s");
    snprintf(query.y, sizeof query.y, "min_spread_bps");
    const struct ranking_heat *heat = ask_heat(desk, query);
    assert_string_equal(heat->error, "");
    assert_int_equal(heat->cols, 2);
    assert_int_equal(heat->rows, 2);
    assert_string_equal(heat->x_values[1], "90");
    assert_string_equal(heat->y_values[0], "5");
    assert_string_equal(heat->jobs[0][0], "a");
    assert_string_equal(heat->jobs[0][1], "c");
    assert_string_equal(heat->jobs[1][0], "b");
    check_near(heat->pnl_usd[0][1], 128 * 3, 1e-12);
    assert_true(isnan(heat->pnl_usd[1][1]));
    assert_string_equal(heat->jobs[1][1], "");
    assert_int_equal(heat->thirds, 0);
    assert_int_equal(heat->axes_count, 2);
    desk->ops->close(desk);
}

static struct command_result order_export(struct desk *desk, const char *path,
                                          const char *filter)
{
    struct desk_order order = {.verb = DESK_EXPORT, .ranking = all()};
    struct command_result result;
    const int64_t until_ns = deadline_ns();
    snprintf(order.path, sizeof order.path, "%s", path);
    snprintf(order.ranking.filter, sizeof order.ranking.filter, "%s", filter);
    order.ranking.count = 1; /* a page is no limit for a file */
    desk->ops->order(desk, &order);
    while (!desk->ops->take_result(desk, &result)) {
        wait_news(desk, until_ns);
    }
    return result;
}

static void exports_into_new_files_only(void **state)
{
    static char csv[65536];
    fill_folder("s");
    put_session("s", 5);
    struct desk *desk = open_desk();
    ask_ranking(desk, all());
    struct command_result result = order_export(desk, "r.csv", "");
    assert_true(result.done);
    assert_string_equal(result.text, "5 rows written: r.csv");
    FILE *file = fopen("r.csv", "r");
    assert_non_null(file);
    csv[fread(csv, 1, sizeof csv - 1, file)] = '\0';
    fclose(file);
    assert_int_equal(strncmp(csv, "job_id,status,pnl_usd,", 22), 0);
    assert_non_null(strstr(csv, "\n\"b\",success,256,256,"));
    assert_non_null(strstr(csv, "\n\"e\",stopped,1152,"));
    assert_non_null(strstr(csv, ",\"failed\"\n"));
    result = order_export(desk, "r.csv", "pnl>0");
    assert_false(result.done);
    assert_int_equal(strncmp(result.text, "not written: ", 13), 0);
    result = order_export(desk, "r.txt", "");
    assert_string_equal(result.text, "not written: 'r.txt' ends neither in .csv nor in .json");
    result = order_export(desk, "none/r.json", "");
    assert_false(result.done);
    result = order_export(desk, "r.json", "fog>1");
    assert_false(result.done);
    assert_int_equal(access("r.json", F_OK), -1);
    result = order_export(desk, "r.json", "pnl>100");
    assert_string_equal(result.text, "2 rows written: r.json");
    desk->ops->close(desk);
}

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
        cmocka_unit_test_setup_teardown(orders_filters_and_pages, rows_enter, rows_leave),
        cmocka_unit_test_setup_teardown(tells_what_a_ranking_is_made_of, rows_enter,
                                        rows_leave),
        cmocka_unit_test_setup_teardown(groups_stay_apart, rows_enter, rows_leave),
        cmocka_unit_test_setup_teardown(a_folder_that_changes_is_read_anew, rows_enter,
                                        rows_leave),
        cmocka_unit_test_setup_teardown(maps_two_axes, rows_enter, rows_leave),
        cmocka_unit_test_setup_teardown(exports_into_new_files_only, rows_enter, rows_leave),
        cmocka_unit_test_setup_teardown(a_result_is_run_again, rows_enter, rows_leave),
        cmocka_unit_test_setup_teardown(tells_other_data_and_none, rows_enter, rows_leave),
        cmocka_unit_test_setup_teardown(compares_two, rows_enter, rows_leave),
        cmocka_unit_test_setup_teardown(weighs_a_result_for_a_session, rows_enter, rows_leave),
    };
    return cmocka_run_group_tests_name("tune/desk_ranking", tests, NULL, NULL);
}
