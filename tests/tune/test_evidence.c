#include "results.h"

#include "tune/evidence.h"

static const struct evidence_fact *find(const struct evidence *evidence, const char *name)
{
    for (int i = 0; i < evidence->count; i++) {
        if (strcmp(evidence->facts[i].name, name) == 0) {
            return &evidence->facts[i];
        }
    }
    return NULL;
}

/* The list for a job of the folder, without a run of its own. */
static struct evidence collect(const struct aggregate *aggregate, const char *job)
{
    struct grid grid;
    struct evidence evidence;
    const struct row *row = results_row(aggregate, job);
    const struct aggregate_trust trust = aggregate_judge(aggregate, row);
    grid_init(&grid, aggregate);
    const struct evidence_sources sources = {
        .grid = &grid, .row = row, .trust = &trust, .unmeasured = "no file"};
    evidence_collect(&sources, &evidence);
    grid_finish(&grid);
    return evidence;
}

/* Goal: a result that leads everywhere wants no reason; its neighbour earns 768 USD, more than
 * half of its 1024. */
static void lets_a_good_result_pass(void **state)
{
    static const struct results_given given[] = {
        {"a", 5, 60, 1, 3, 5, 40, NULL, 0, false},
        {"b", 10, 60, 1, 2, 4, 40, NULL, 0, false},
    };
    struct aggregate aggregate = results_load("good", given, LEN(given));
    const struct evidence evidence = collect(&aggregate, "a");
    assert_false(evidence_wants_reason(&evidence));
    assert_string_equal(find(&evidence, "plateau")->text,
                        "its 1 neighbours on the grid earn +768.00 USD (median), it +1024.00");
    assert_false(find(&evidence, "plateau")->doubtful);
    /* 1024 of 40 trades of 1000 USD, one at a time. */
    assert_string_equal(find(&evidence, "size")->text,
                        "+256.00 bps of what was traded, +1.0240 USD a USD in the market");
    assert_string_equal(find(&evidence, "sensitivity")->text, "not measured: no file");
    assert_string_equal(find(&evidence, "walk-forward")->text,
                        "none: a session file with 'walk_forward: {train_s, test_s}' runs one");
    aggregate_finish(&aggregate);
}

/* Goal: each thing that is bad enough asks for a reason by itself. */
static void asks_for_a_reason(void **state)
{
    static const struct results_given few[] = {{"a", 5, 60, 1, 3, 5, 29, NULL, 0, false}};
    static const struct results_given lost[] = {{"a", 5, 60, 1, -3, -5, 40, NULL, 0, false},
                                                {"b", 6, 60, 1, -3, -6, 40, NULL, 0, false}};
    struct aggregate aggregate = results_load("few", few, LEN(few));
    struct evidence evidence = collect(&aggregate, "a");
    assert_true(find(&evidence, "trades")->decisive);
    assert_true(evidence_wants_reason(&evidence));
    aggregate_finish(&aggregate);
    aggregate = results_load("lost", lost, LEN(lost));
    evidence = collect(&aggregate, "a");
    assert_false(find(&evidence, "trades")->decisive);
    assert_true(find(&evidence, "P(loss)")->decisive);
    assert_string_equal(find(&evidence, "track record")->text,
                        "no length of it would do: it does not gain");
    aggregate_finish(&aggregate);
}

/* Goal: fx that is more than half of the PnL decides; what the caller knows stands in the same
 * list. */
static void takes_more_facts(void **state)
{
    assert_int_equal(mkdir("fx", 0700), 0);
    rows_write("fx/a.json",
               "{\"status\": \"success\", \"engine_profile\": \"exact\", \"metrics\": "
               "{\"realized_pnl_usd\": 10, \"closed_trades\": 50, \"total_trades\": 50}, "
               "\"fx_usd\": -5.1, \"remarks\": [\"\\u001b[2Jfunding: not modelled\"]}");
    struct aggregate aggregate;
    struct err err;
    assert_true(aggregate_load(&aggregate, "fx", &err));
    struct evidence evidence = collect(&aggregate, "a");
    assert_string_equal(find(&evidence, "fx share")->text,
                        "51 % of |PnL|; fx moved this result");
    assert_true(find(&evidence, "fx share")->decisive);
    assert_string_equal(find(&evidence, "remark")->text, "\\x1b[2Jfunding: not modelled");
    evidence_add(&evidence, "inventory", true, false, "%d coins are missing", 3);
    assert_string_equal(find(&evidence, "inventory")->text, "3 coins are missing");
    assert_true(find(&evidence, "inventory")->doubtful);
    struct text table = text_growing();
    evidence_table(&evidence, &table);
    assert_non_null(strstr(text_string(&table), "\n!! fx share          51 % of |PnL|; fx"));
    assert_non_null(
        strstr(text_string(&table), "\n!  inventory         3 coins are missing\n"));
    text_finish(&table);
    aggregate_finish(&aggregate);
}

/* Goal: a result of another program that tells little is told as that, never as "nan"; that
 * nobody knows what fx made of it speaks against it. */
static void tells_what_is_not_told(void **state)
{
    assert_int_equal(mkdir("little", 0700), 0);
    rows_write("little/a.json",
               "{\"status\": \"success\", \"engine_profile\": \"compat-d37\", \"metrics\": "
               "{\"realized_pnl_usd\": 10, \"closed_trades\": 50, \"total_trades\": 51}}");
    struct aggregate aggregate;
    struct err err;
    assert_true(aggregate_load(&aggregate, "little", &err));
    const struct evidence evidence = collect(&aggregate, "a");
    struct text table = text_growing();
    evidence_table(&evidence, &table);
    assert_null(strstr(text_string(&table), "nan"));
    assert_string_equal(find(&evidence, "PnL")->text,
                        "+10.00 USD realised, - open; drawdown - %");
    assert_true(find(&evidence, "fx share")->doubtful);
    assert_null(find(&evidence, "split"));
    assert_null(find(&evidence, "needs"));
    text_finish(&table);
    aggregate_finish(&aggregate);
}

/* Goal: a walk-forward that lost decides. */
static void knows_the_walk_forward(void **state)
{
    static const struct results_given given[] = {
        {"a", 5, 60, 1, 3, 5, 40, NULL, 1, false},
        {"b", 5, 60, 1, -3, -5, 40, NULL, 1, true},
    };
    struct aggregate aggregate = results_load("walk", given, LEN(given));
    struct walk walk;
    struct grid grid;
    struct evidence evidence;
    const struct row *row = results_row(&aggregate, "a");
    const struct aggregate_trust trust = aggregate_judge(&aggregate, row);
    walk_init(&walk, &aggregate, row);
    grid_init(&grid, &aggregate);
    const struct evidence_sources sources = {
        .grid = &grid, .row = row, .trust = &trust, .walk = &walk, .unmeasured = "no file"};
    evidence_collect(&sources, &evidence);
    assert_true(find(&evidence, "walk-forward")->decisive);
    grid_finish(&grid);
    walk_finish(&walk);
    aggregate_finish(&aggregate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_a_good_result_pass), cmocka_unit_test(asks_for_a_reason),
        cmocka_unit_test(takes_more_facts),        cmocka_unit_test(tells_what_is_not_told),
        cmocka_unit_test(knows_the_walk_forward),
    };
    return cmocka_run_group_tests_name("tune/evidence", tests, rows_enter, rows_leave);
}
