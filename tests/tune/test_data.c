#include "rows.h"

#include <math.h>

#include "tune/data.h"

/* Goal: the rows of the file, as often as asked for. */
static void gives_the_rows_again(void **state)
{
    struct err err;
    struct data data;
    const struct csv_options options = {.fx_rate = 2, .default_fx = NAN};
    rows_write("turns.csv", ROWS_TURNS);
    assert_true(data_load(&data, "turns.csv", &options, &err));
    assert_int_equal(data.survey.rows, 3);
    assert_true(data.survey.first_ns == INT64_C(1000000000000));
    assert_true(data.survey.last_ns == INT64_C(1002000000000));
    assert_int_equal(strncmp(data.hash, "xxh3-128:", 9), 0);
    for (int again = 0; again < 2; again++) {
        static const double bids_a[] = {99, 102, 99};
        struct source *source = data_source(&data);
        struct event event;
        for (size_t i = 0; i < LEN(bids_a); i++) {
            assert_int_equal(source->ops->next(source, &event, &err), SOURCE_EVENT);
            assert_int_equal(event.kind, EVENT_ROW);
            assert_true(event.row.tick.bid_a == bids_a[i]);
            assert_true(event.row.tick.krw_per_usd == 2);
            assert_true(event.time_ns == event.row.tick.time_ns);
        }
        assert_int_equal(source->ops->next(source, &event, &err), SOURCE_END);
        source_close(source);
    }
    data_finish(&data);
}

/* Goal: a file with a bad row gives its place and no data; an empty one has no rows. */
static void fails_with_the_place(void **state)
{
    struct err err;
    struct data data;
    const struct csv_options options = {.fx_rate = 1, .default_fx = NAN};
    rows_write("bad.csv", ROWS_HEADER "\n1000,99,100,102,103\n1001,99,x,102,103\n");
    assert_false(data_load(&data, "bad.csv", &options, &err));
    assert_non_null(strstr(err.text, "bad.csv:3: best_ask_a: 'x' is not a number"));
    assert_false(data_load(&data, "none.csv", &options, &err));
    rows_write("empty.csv", ROWS_HEADER "\n");
    assert_true(data_load(&data, "empty.csv", &options, &err));
    assert_int_equal(data.survey.rows, 0);
    data_finish(&data);
}

/* Goal: jobs share rows exactly when fx would be the same in every one of them. */
static void knows_who_may_share(void **state)
{
    struct engine_params params = engine_defaults();
    const struct csv_options exact = data_options(&params);
    params.min_spread_bps = 7;
    const struct csv_options other = data_options(&params);
    params.profile = ENGINE_COMPAT_D45;
    const struct csv_options compat = data_options(&params);
    params.fx_rate = 1400;
    const struct csv_options given = data_options(&params);
    params.profile = ENGINE_EXACT;
    const struct csv_options given_exact = data_options(&params);
    assert_true(data_options_equal(&exact, &other));
    assert_false(data_options_equal(&exact, &compat));
    assert_false(data_options_equal(&compat, &given));
    assert_true(data_options_equal(&given, &given_exact));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_rows_again),
        cmocka_unit_test(fails_with_the_place),
        cmocka_unit_test(knows_who_may_share),
    };
    return cmocka_run_group_tests_name("tune/data", tests, rows_enter, rows_leave);
}
