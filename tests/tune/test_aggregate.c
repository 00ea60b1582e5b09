#include "rows.h"

#include <math.h>
#include <sys/stat.h>

#include "core/summary.h"
#include "tune/aggregate.h"
#include "tune/folder.h"

static const struct aggregate_filters ALL = {.results_max = 10, .drawdown_pct_max = NAN};

/* A result as a job leaves it, cut down to what a ranking reads. */
struct given {
    const char *name;
    double pnl_usd, drawdown_pct;
    int trades, closed;
    double slippage_bps;
    const char *profile;
};

static void write_result(const char *folder, const struct given *given)
{
    char path[128];
    char text[1024];
    snprintf(path, sizeof path, "%s/%s.json", folder, given->name);
    snprintf(text, sizeof text,
             "{\"status\": \"success\", \"config\": {\"slippage_bps\": %g, \"tag\": \"t\"}, "
             "\"metrics\": {\"realized_pnl_usd\": %g, \"max_drawdown_pct\": %g, "
             "\"total_trades\": %d, \"closed_trades\": %d}, \"engine_profile\": \"%s\"}",
             given->slippage_bps, given->pnl_usd, given->drawdown_pct, given->trades,
             given->closed, given->profile != NULL ? given->profile : "compat-d37");
    rows_write(path, text);
}

static struct aggregate load(const char *folder)
{
    struct aggregate aggregate;
    struct err err;
    if (!aggregate_load(&aggregate, folder, &err)) {
        print_error("%s\n", err.text);
        fail();
    }
    return aggregate;
}

static struct aggregate load_given(const char *folder, const struct given *given, size_t count)
{
    assert_int_equal(mkdir(folder, 0700), 0);
    for (size_t i = 0; i < count; i++) {
        write_result(folder, &given[i]);
    }
    return load(folder);
}

/* The ids of the ranking, a blank between. */
static void check_ranking(const struct aggregate *aggregate,
                          const struct aggregate_filters *filters, const char *expected)
{
    struct text out = text_growing();
    struct text ids = text_growing();
    json_error_t problem;
    aggregate_json(aggregate, filters, &out);
    json_t *root = json_loads(text_string(&out), 0, &problem);
    json_t *top = json_object_get(root, "top_by_pnl");
    for (size_t i = 0; i < json_array_size(top); i++) {
        text_addf(&ids, "%s%s", i > 0 ? " " : "",
                  json_string_value(json_object_get(json_array_get(top, i), "job_id")));
    }
    assert_string_equal(text_string(&ids), expected);
    json_decref(root);
    text_finish(&ids);
    text_finish(&out);
}

/* Goal: cases 53-55: by PnL, most first; both limits let their own value in. */
static void ranks_and_filters(void **state)
{
    static const struct given given[] = {
        {"a", 1000, 5, 10, 10, 1, NULL},
        {"b", 800, 8, 3, 3, 1, NULL},
        {"c", 1200, 15, 12, 12, 1, NULL},
    };
    struct aggregate aggregate = load_given("cases", given, LEN(given));
    assert_int_equal(aggregate.total, 3);
    assert_int_equal(aggregate.success, 3);
    check_ranking(&aggregate, &ALL, "c a b");
    struct aggregate_filters filters = ALL;
    filters.drawdown_pct_max = 10;
    check_ranking(&aggregate, &filters, "a b");
    filters.drawdown_pct_max = 8;
    check_ranking(&aggregate, &filters, "a b");
    filters.drawdown_pct_max = 7.9;
    check_ranking(&aggregate, &filters, "a");
    filters = ALL;
    filters.trades_min = 5;
    check_ranking(&aggregate, &filters, "c a");
    filters.trades_min = 10;
    check_ranking(&aggregate, &filters, "c a");
    filters.trades_min = 11;
    check_ranking(&aggregate, &filters, "c");
    filters = ALL;
    filters.results_max = 2;
    check_ranking(&aggregate, &filters, "c a");
    filters.results_max = 0;
    check_ranking(&aggregate, &filters, "");
    aggregate_finish(&aggregate);
}

/* Goal: what was stopped early is counted apart and never ranks, whatever it had earned. */
static void never_ranks_a_stopped_job(void **state)
{
    static const struct given given[] = {{"a", 1, 5, 10, 10, 1, NULL},
                                         {"b", 2, 5, 10, 10, 1, NULL}};
    struct aggregate aggregate = load_given("stopped", given, LEN(given));
    aggregate_finish(&aggregate);
    rows_write("stopped/c.json", "{\"status\": \"stopped\", \"stopped_at_share\": 0.25, "
                                 "\"metrics\": {\"realized_pnl_usd\": 99}, "
                                 "\"engine_profile\": \"compat-d37\"}");
    rows_write("stopped/d.json", "{");
    aggregate = load("stopped");
    assert_int_equal(aggregate.success, 2);
    assert_int_equal(aggregate.stopped, 1);
    assert_int_equal(aggregate.error, 1);
    assert_string_equal(aggregate.rows[2].job_id, "c");
    assert_true(aggregate.rows[2].seen_share == 0.25);
    check_ranking(&aggregate, &ALL, "b a");
    struct text table = text_growing();
    aggregate_table(&aggregate, &ALL, &table);
    assert_non_null(strstr(text_string(&table),
                           "4 jobs, 2 success, 1 error, 1 stopped early (not ranked)\n"));
    text_finish(&table);
    aggregate_finish(&aggregate);
}

/* Goal: ties go to less drawdown, then more closed trades, then the id. */
static void breaks_ties(void **state)
{
    static const struct given given[] = {
        {"d", 5, 2, 9, 3, 1, NULL}, {"b", 5, 2, 9, 4, 1, NULL}, {"c", 5, 2, 9, 3, 1, NULL},
        {"e", 5, 1, 9, 0, 1, NULL}, {"a", 4, 0, 9, 9, 1, NULL},
    };
    struct aggregate aggregate = load_given("ties", given, LEN(given));
    check_ranking(&aggregate, &ALL, "e b c d a");
    aggregate_finish(&aggregate);
}

/* Goal: case 56 and worse: whatever lies there is an error row with a reason, and the good rows
 * rank. */
static void makes_rows_of_anything(void **state)
{
    static const struct given given[] = {{"a", 1, 1, 1, 1, 1, NULL},
                                         {"b", 2, 1, 1, 1, 1, NULL}};
    struct aggregate aggregate = load_given("broken", given, LEN(given));
    aggregate_finish(&aggregate);
    rows_write("broken/c.json", "{\"status\": \"success\", \"metr");
    aggregate = load("broken");
    assert_int_equal(aggregate.total, 3);
    assert_int_equal(aggregate.success, 2);
    assert_int_equal(aggregate.error, 1);
    check_ranking(&aggregate, &ALL, "b a");
    aggregate_finish(&aggregate);

    rows_write("broken/d.json", "[]");
    rows_write("broken/e.json", "");
    rows_write("broken/f.json",
               "{\"status\": \"success\", \"metrics\": {\"realized_pnl_usd\": null}}");
    assert_int_equal(mkdir("broken/g.json", 0700), 0);
    assert_int_equal(mkfifo("broken/h.json", 0600), 0);
    assert_int_equal(symlink("a.json", "broken/i.json"), 0);
    assert_int_equal(mkdir("broken/results.jsonl", 0700), 0);
    /* These are no results. */
    rows_write("broken/.result.tmp", "{");
    rows_write("broken/.x.json", "{");
    rows_write("broken/notes.txt", "{");
    rows_write("broken/summary.json", "{\"total_jobs\": 1, \"top_by_pnl\": []}");
    aggregate = load("broken");
    assert_int_equal(aggregate.total, 10);
    assert_int_equal(aggregate.success, 2);
    assert_int_equal(aggregate.error, 8);
    static const char *const ids[] = {"c", "d", "e", "f", "g", "h", "i", "results.jsonl"};
    for (size_t i = 0; i < LEN(ids); i++) {
        assert_string_equal(aggregate.rows[2 + i].job_id, ids[i]);
        assert_true(aggregate.rows[2 + i].error[0] != '\0');
    }
    check_ranking(&aggregate, &ALL, "b a");
    aggregate_finish(&aggregate);
}

/* Goal: a stream of lines is the same as files; its torn last line is an error row. */
static void reads_lines(void **state)
{
    assert_int_equal(mkdir("lines", 0700), 0);
    rows_write("lines/results.jsonl",
               "{\"status\": \"success\", \"metrics\": {\"realized_pnl_usd\": 1}, "
               "\"config_summary\": {\"job_id\": \"x\"}}\n"
               "{\"status\": \"error\", \"error\": \"no data\", "
               "\"config_summary\": {\"job_id\": \"y\"}}\n"
               "{\"status\": \"succ");
    struct aggregate aggregate = load("lines");
    assert_int_equal(aggregate.success, 1);
    assert_int_equal(aggregate.error, 2);
    assert_string_equal(aggregate.rows[0].job_id, "x");
    assert_string_equal(aggregate.rows[1].job_id, "results.jsonl:3");
    assert_string_equal(aggregate.rows[2].error, "no data");
    aggregate_finish(&aggregate);
}

/* Goal: the last line of a session that runs may be on its way; without a runner it is torn. */
static void leaves_a_line_under_way(void **state)
{
    struct err err;
    struct folder folder;
    assert_true(folder_open(&folder, "lively", &err));
    rows_write("outputs/tuning/lively/results.jsonl",
               "{\"status\": \"success\", \"metrics\": {\"realized_pnl_usd\": 1}}\n"
               "{\"status\": \"error\"");
    assert_true(folder_is_held(&folder));
    struct aggregate aggregate = load("outputs/tuning/lively");
    assert_int_equal(aggregate.success, 1);
    assert_int_equal(aggregate.total, 1);
    aggregate_finish(&aggregate);
    folder_close(&folder);
    aggregate = load("outputs/tuning/lively");
    assert_int_equal(aggregate.success, 1);
    assert_int_equal(aggregate.error, 1);
    assert_string_equal(aggregate.rows[1].error, "not JSON");
    aggregate_finish(&aggregate);
}

/* Goal: a cheaper assumption wins nothing: rows rank within equal values of it, and the axis is
 * named. */
static void ranks_assumptions_apart(void **state)
{
    static const struct given given[] = {
        {"a", 10, 1, 1, 1, 0, NULL}, {"b", 5, 1, 1, 1, 3, NULL}, {"c", 20, 1, 1, 1, 0, NULL},
        {"d", 7, 1, 1, 1, 3, NULL},  {"e", 9, 1, 1, 1, 1, NULL},
    };
    struct aggregate aggregate = load_given("apart", given, LEN(given));
    assert_int_equal(aggregate.axes_count, 1);
    assert_string_equal(aggregate.axes[0]->name, "slippage_bps");
    assert_false(aggregate.mixed);
    check_ranking(&aggregate, &ALL, "c a e d b");
    struct aggregate_filters one = ALL;
    one.results_max = 1;
    check_ranking(&aggregate, &one, "c e d");
    struct text table = text_growing();
    aggregate_table(&aggregate, &one, &table);
    assert_non_null(strstr(text_string(&table), "ranked apart: slippage_bps (assumption)\n"));
    assert_non_null(strstr(text_string(&table), "\n--  slippage_bps 3\n   1  d "));
    text_finish(&table);
    aggregate_finish(&aggregate);
}

/* Goal: a profit that fx made says so where it ranks. */
static void tells_what_fx_made(void **state)
{
    assert_int_equal(mkdir("fx", 0700), 0);
    rows_write("fx/a.json", "{\"status\": \"success\", \"metrics\": {\"realized_pnl_usd\": 1}, "
                            "\"remarks\": [5, \"fx moved this result\"]}");
    struct aggregate aggregate = load("fx");
    struct text out = text_growing();
    aggregate_table(&aggregate, &ALL, &out);
    assert_non_null(strstr(text_string(&out), "  (fx moved this result)\n"));
    text_clear(&out);
    aggregate_json(&aggregate, &ALL, &out);
    assert_non_null(
        strstr(text_string(&out), "\"remarks\": [\n        \"fx moved this result\"\n"));
    text_finish(&out);
    aggregate_finish(&aggregate);
}

/* A result of two parameters that gained `even` and `odd` USD in its buckets by turns. */
static void write_curve(const char *path, int min_spread_bps, int max_hold_s, double even,
                        double odd, int closed)
{
    struct text text = text_growing();
    text_addf(&text,
              "{\"status\": \"success\", \"config\": {\"min_spread_bps\": %d}, "
              "\"config_summary\": {\"max_hold_s\": %d}, \"metrics\": {\"closed_trades\": "
              "%d, \"total_trades\": %d, \"realized_pnl_usd\": %g}, \"equity_change_usd\": [",
              min_spread_bps, max_hold_s, closed, closed, 128 * (even + odd));
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        text_addf(&text, "%s%g", i > 0 ? ", " : "", i % 2 == 0 ? even : odd);
    }
    text_add(&text, "]}");
    rows_write(path, text_string(&text));
    text_finish(&text);
}

/* Goal: four configurations of which two traded alike are three trials at most; the best, which
 * leads in every block, is trusted; a parameter that changed no trade is called inert. */
static void judges_the_best(void **state)
{
    assert_int_equal(mkdir("trust", 0700), 0);
    write_curve("trust/a.json", 1, 10, 2, 4, 40);
    write_curve("trust/b.json", 2, 10, 2, 4, 40);
    write_curve("trust/c.json", 1, 20, -1, -2, 40);
    write_curve("trust/d.json", 2, 20, -1, -2, 40);
    struct aggregate aggregate = load("trust");
    struct aggregate_trust trust = aggregate_judge(&aggregate, &aggregate.rows[0]);
    assert_string_equal(trust.best->job_id, "a");
    assert_int_equal(trust.trials, 4);
    assert_int_equal(trust.distinct, 2);
    /* Mean 3, deviation 1: as in test_honesty.c, half as much again. */
    check_near(trust.sharpe, 3 * sqrt(255.0 / 256), 1e-12);
    assert_true(trust.pbo == 0 && trust.p_loss == 0);
    assert_true(trust.dsr > 0.99);
    assert_false(aggregate_doubts(&trust));
    assert_true(aggregate_is_inert(&aggregate, param_find("min_spread_bps")));
    assert_false(aggregate_is_inert(&aggregate, param_find("max_hold_s")));
    assert_false(aggregate_is_inert(&aggregate, param_find("cooldown_s")));
    struct text table = text_growing();
    aggregate_table(&aggregate, &ALL, &table);
    assert_non_null(strstr(text_string(&table), "changed nothing: min_spread_bps\n"));
    assert_non_null(strstr(text_string(&table), "best of 4 trials, 2 distinct, PSR 1.00, DSR "
                                                "1.00, PBO 0.00, P(loss) 0.00, track"));
    text_finish(&table);
    aggregate_finish(&aggregate);

    /* One row that traded otherwise: nothing is inert any more. */
    write_curve("trust/d.json", 2, 20, -1, -3, 40);
    aggregate = load("trust");
    assert_false(aggregate_is_inert(&aggregate, param_find("min_spread_bps")));
    aggregate_finish(&aggregate);

    /* A best that loses everywhere is doubted. */
    write_curve("trust/a.json", 1, 10, -0.5, -0.75, 40);
    write_curve("trust/b.json", 2, 10, -0.5, -0.75, 40);
    aggregate = load("trust");
    trust = aggregate_judge(&aggregate, &aggregate.rows[0]);
    assert_true(trust.p_loss == 1);
    assert_true(aggregate_doubts(&trust));
    aggregate_finish(&aggregate);
}

/* Goal: where no statistic can be told, none is, and the reason is. */
static void tells_why_there_is_no_statistic(void **state)
{
    assert_int_equal(mkdir("few", 0700), 0);
    write_curve("few/a.json", 1, 10, 1, 2, 29);
    struct aggregate aggregate = load("few");
    struct aggregate_trust trust = aggregate_judge(&aggregate, &aggregate.rows[0]);
    assert_true(isnan(trust.sharpe) && isnan(trust.psr) && isnan(trust.pbo));
    assert_string_equal(trust.note, "fewer than 30 closed trades");
    aggregate_finish(&aggregate);

    write_curve("few/a.json", 1, 10, 1, 2, 30);
    aggregate = load("few");
    trust = aggregate_judge(&aggregate, &aggregate.rows[0]);
    assert_string_equal(trust.note, "");
    assert_true(isfinite(trust.sharpe) && isnan(trust.pbo)); /* one trial has no rival */
    aggregate_finish(&aggregate);

    write_curve("few/a.json", 1, 10, 1, 1, 30);
    aggregate = load("few");
    assert_string_equal(aggregate_judge(&aggregate, &aggregate.rows[0]).note,
                        "equity moved the same way in every bucket");
    aggregate_finish(&aggregate);

    static const struct given bare = {"b", 999, 1, 40, 40, 0, NULL};
    write_result("few", &bare);
    unlink("few/a.json");
    aggregate = load("few");
    assert_string_equal(aggregate_judge(&aggregate, &aggregate.rows[0]).note,
                        "results without equity_change_usd");
    aggregate_finish(&aggregate);
}

/* Goal: results of different profiles are refused together, and ranked apart when asked. */
static void refuses_to_mix(void **state)
{
    static const struct given given[] = {
        {"a", 10, 1, 1, 1, 0, "exact"},
        {"b", 20, 1, 1, 1, 0, "compat-d37"},
        {"c", 30, 1, 1, 1, 0, "exact"},
    };
    struct err err;
    struct aggregate aggregate = load_given("mixed", given, LEN(given));
    struct aggregate_filters filters = ALL;
    assert_true(aggregate.mixed);
    assert_false(aggregate_check(&aggregate, &filters, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    filters.allow_mixed = true;
    assert_true(aggregate_check(&aggregate, &filters, &err));
    check_ranking(&aggregate, &filters, "b c a");
    aggregate_finish(&aggregate);
}

/* Goal: an empty folder has no rows; one that is not there is an error with its name. */
static void meets_an_empty_folder(void **state)
{
    struct aggregate aggregate = load_given("empty", NULL, 0);
    struct err err;
    assert_int_equal(aggregate.total, 0);
    check_ranking(&aggregate, &ALL, "");
    struct text table = text_growing();
    aggregate_table(&aggregate, &ALL, &table);
    assert_int_equal(strncmp(text_string(&table), "0 jobs, 0 success, 0 error\n", 27), 0);
    text_finish(&table);
    aggregate_finish(&aggregate);
    assert_false(aggregate_load(&aggregate, "nowhere", &err));
    assert_string_equal(err.text, "cannot open folder 'nowhere': No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_and_filters),
        cmocka_unit_test(never_ranks_a_stopped_job),
        cmocka_unit_test(breaks_ties),
        cmocka_unit_test(makes_rows_of_anything),
        cmocka_unit_test(reads_lines),
        cmocka_unit_test(leaves_a_line_under_way),
        cmocka_unit_test(ranks_assumptions_apart),
        cmocka_unit_test(tells_what_fx_made),
        cmocka_unit_test(judges_the_best),
        cmocka_unit_test(tells_why_there_is_no_statistic),
        cmocka_unit_test(refuses_to_mix),
        cmocka_unit_test(meets_an_empty_folder),
    };
    return cmocka_run_group_tests_name("tune/aggregate", tests, rows_enter, rows_leave);
}
