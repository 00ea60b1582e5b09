#include "support/check.h"

#include <math.h>

#include "tune/row.h"

static struct row read(const char *text)
{
    struct row row;
    row_read(&row, "a.json", text, strlen(text));
    return row;
}

/* Goal: `exact` counts what is still open, the compat profiles what is booked. */
static void ranks_by_the_profile(void **state)
{
    static const struct {
        const char *profile;
        double pnl_usd;
    } cases[] = {{"exact", 12.5}, {"compat-d37", 10}};
    for (size_t i = 0; i < LEN(cases); i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "{\"status\": \"success\", \"config\": {\"tag\": \"t\", \"slippage_bps\": 3},"
                 " \"metrics\": {\"realized_pnl_usd\": 10, \"max_drawdown_pct\": 1.5,"
                 " \"total_trades\": 4, \"closed_trades\": 3},"
                 " \"config_summary\": {\"job_id\": \"j1\", \"spot_short\": true},"
                 " \"engine_profile\": \"%s\", \"unrealized_pnl_usd\": 2.5}",
                 cases[i].profile);
        struct row row = read(text);
        assert_true(row.success);
        assert_null(row.error);
        assert_string_equal(row.job_id, "j1");
        assert_string_equal(row.tag, "t");
        assert_true(row.pnl_usd == cases[i].pnl_usd);
        assert_true(row.drawdown_pct == 1.5);
        assert_int_equal(row.total_trades, 4);
        assert_int_equal(row.closed_trades, 3);
        assert_true(row_param(&row, "slippage_bps") == 3);
        assert_true(row_param(&row, "spot_short") == 1);
        assert_true(isnan(row_param(&row, "fx_rate")));
        row_finish(&row);
    }
}

/* Goal: nothing that can stand in a file is more than an error row. */
static void takes_anything(void **state)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"", "not JSON"},
        {"{\"status\": \"succ", "not JSON"},
        {"\xff\xfe", "not JSON"},
        {"[]", "not a result object"},
        {"null", "not JSON"},
        {"{}", "not a result object"},
        {"{\"status\": 1}", "not a result object"},
        {"{\"status\": \"success\"}", "no finite PnL"},
        {"{\"status\": \"success\", \"metrics\": []}", "no finite PnL"},
        {"{\"status\": \"success\", \"metrics\": {\"realized_pnl_usd\": null}}",
         "no finite PnL"},
        {"{\"status\": \"success\", \"metrics\": {\"realized_pnl_usd\": \"5\"}}",
         "no finite PnL"},
        {"{\"status\": \"success\", \"engine_profile\": \"exact\", \"unrealized_pnl_usd\": "
         "null, "
         "\"metrics\": {\"realized_pnl_usd\": 5, \"total_trades\": 2, \"closed_trades\": 1}}",
         "no finite PnL"},
        {"{\"status\": \"error\"}", "failed"},
        {"{\"status\": \"error\", \"error\": \"out of luck\"}", "out of luck"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct row row = read(cases[i].text);
        assert_false(row.success);
        assert_string_equal(row.job_id, "a");
        assert_string_equal(row.error, cases[i].error);
        row_finish(&row);
    }
    struct row row;
    row_fail(&row, "b.json", "Is a directory");
    assert_false(row.success);
    assert_string_equal(row.job_id, "b");
    assert_string_equal(row.error, "Is a directory");
    row_finish(&row);
}

/* Goal: a summary that was written beside the results is known as one. */
static void knows_a_summary(void **state)
{
    struct row row = read("{\"total_jobs\": 3, \"top_by_pnl\": []}");
    assert_true(row_is_summary(&row));
    row_finish(&row);
    row = read("{\"status\": \"error\"}");
    assert_false(row_is_summary(&row));
    row_finish(&row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_by_the_profile),
        cmocka_unit_test(takes_anything),
        cmocka_unit_test(knows_a_summary),
    };
    return cmocka_run_group_tests_name("tune/row", tests, NULL, NULL);
}
