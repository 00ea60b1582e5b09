#include "desk_asks.h"

/* Rankings, maps and exports as a desk answers them, over folders as sweeps leave them. */

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

/* Goal: of a walk-forward the sum is told that the best of the training earned behind it: in
 * the one fold "b" was best (256 against 128), and lost 64 in the test; a test is half as long
 * as a training, so that is -64 * 2 a training's time against 256. */
static void sums_a_walk_forward_up(void **state)
{
    static const struct results_given given[] = {
        {"a", 5, 60, 1, 2, -1, 40, NULL, 1, false},
        {"a2", 5, 60, 1, 3, -1, 40, NULL, 1, true},
        {"b", 9, 60, 1, 3, -1, 40, NULL, 1, false},
        {"b2", 9, 60, 1, 1, -1.5, 40, NULL, 1, true},
    };
    assert_int_equal(mkdir("s", 0700), 0);
    for (size_t i = 0; i < LEN(given); i++) {
        results_write("s", &given[i]);
    }
    put_session("s", 4);
    struct desk *desk = open_desk();
    const struct ranking *ranking = ask_ranking(desk, all());
    assert_int_equal(ranking->groups, 2);
    assert_string_equal(ranking->apart[0], "fold");
    assert_string_equal(ranking->rows[0].params[0].name, "fold");
    assert_string_equal(ranking->rows[0].params[0].value, "1 train");
    assert_int_equal(ranking->walk.folds, 1);
    assert_int_equal(ranking->walk.lost, 1);
    check_near(ranking->walk.out_usd, -64, 1e-12);
    check_near(ranking->walk.ratio, -0.5, 1e-12);
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

/* What the row of a job has in a column; no field of these has a comma in it. */
static void column_of(const char *csv, const char *job, const char *column, char field[64])
{
    char name[64], start[64];
    snprintf(name, sizeof name, ",%s,", column);
    snprintf(start, sizeof start, "\n\"%s\",", job);
    const char *header = strstr(csv, name);
    const char *at = strstr(csv, start);
    assert_non_null(header);
    assert_non_null(at);
    at++;
    for (const char *comma = csv; comma <= header; comma++) {
        at = *comma == ',' ? strchr(at, ',') + 1 : at;
    }
    snprintf(field, 64, "%.*s", (int)strcspn(at, ","), at);
}

static void read_text(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

/* Goal: a file tells apart what a ranking keeps apart: profile, PnL model, part of time. */
static void an_export_says_what_a_row_is(void **state)
{
    static const struct results_given given = {"f", 5, 60, 1, 2, -1, 40, NULL, 3, true};
    static char bytes[65536];
    char field[64];
    fill_folder("s");
    results_write("s", &given);
    put_session("s", 6);
    struct desk *desk = open_desk();
    ask_ranking(desk, all());
    assert_true(order_export(desk, "r.csv", "").done);
    assert_true(order_export(desk, "r.json", "").done);
    desk->ops->close(desk);
    static const struct {
        const char *job, *column, *field;
    } cases[] = {
        {"a", "profile", "\"exact\""},
        {"a", "pnl_model", "\"legs\""},
        {"a", "min_spread_bps", "5"},
        {"a", "fold", ""},
        {"a", "part", ""},
        {"f", "fold", "3"},
        {"f", "part", "test"},
    };
    read_text("r.csv", bytes, sizeof bytes);
    for (size_t i = 0; i < LEN(cases); i++) {
        column_of(bytes, cases[i].job, cases[i].column, field);
        assert_string_equal(field, cases[i].field);
    }
    read_text("r.json", bytes, sizeof bytes);
    assert_non_null(strstr(bytes, "\"profile\": \"exact\""));
    assert_non_null(strstr(bytes, "\"pnl_model\": \"legs\""));
    assert_non_null(strstr(bytes, "\"fold\": 3"));
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
    read_text("r.csv", csv, sizeof csv);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(orders_filters_and_pages, rows_enter, rows_leave),
        cmocka_unit_test_setup_teardown(tells_what_a_ranking_is_made_of, rows_enter,
                                        rows_leave),
        cmocka_unit_test_setup_teardown(groups_stay_apart, rows_enter, rows_leave),
        cmocka_unit_test_setup_teardown(sums_a_walk_forward_up, rows_enter, rows_leave),
        cmocka_unit_test_setup_teardown(a_folder_that_changes_is_read_anew, rows_enter,
                                        rows_leave),
        cmocka_unit_test_setup_teardown(maps_two_axes, rows_enter, rows_leave),
        cmocka_unit_test_setup_teardown(an_export_says_what_a_row_is, rows_enter, rows_leave),
        cmocka_unit_test_setup_teardown(exports_into_new_files_only, rows_enter, rows_leave),
    };
    return cmocka_run_group_tests_name("tune/desk_ranking", tests, NULL, NULL);
}
