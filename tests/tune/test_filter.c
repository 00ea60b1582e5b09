#include "support/check.h"

#include <math.h>

#include "tune/filter.h"

/* Two results to choose between, and one that failed. */
enum { GOOD, BAD, FAILED, ROWS };

static const char *const BYTES[ROWS] = {
    [GOOD] =
        ("{\"status\": \"success\", \"config\": {\"min_spread_bps\": 5, \"tag\": \"wide\"}, "
         "\"metrics\": {\"realized_pnl_usd\": 12}, \"engine_profile\": \"exact\", "
         "\"config_summary\": {\"baseline_tau_s\": 3600, \"take_profit_bps\": 20, "
         "\"job_id\": \"Fast_0001\"}}"),
    [BAD] = ("{\"status\": \"success\", \"config\": {\"min_spread_bps\": 10, \"tag\": \"n\"}, "
             "\"metrics\": {\"realized_pnl_usd\": -3}, \"engine_profile\": \"exact\", "
             "\"config_summary\": {\"baseline_tau_s\": 0, \"take_profit_bps\": null, "
             "\"job_id\": \"slow_0002\"}}"),
    [FAILED] = ("{\"status\": \"error\", \"error\": \"Slippage_bps must be non-negative\", "
                "\"config_summary\": {\"job_id\": \"slow_0003\"}}"),
};

static const double FIGURES[ROWS][FILTER_FIGURE_LAST + 1] = {
    [GOOD] = {[FILTER_PNL] = 12,
              [FILTER_REALIZED] = 13,
              [FILTER_OPEN_PNL] = -1,
              [FILTER_DRAWDOWN] = 4.5,
              [FILTER_TRADES] = 30,
              [FILTER_OPEN] = 1,
              [FILTER_WIN] = 60,
              [FILTER_BPS] = 4,
              [FILTER_PLATEAU] = 11,
              [FILTER_PLACE] = 1,
              [FILTER_GROUP] = 1},
    [BAD] = {[FILTER_PNL] = -3,
             [FILTER_DRAWDOWN] = 5,
             [FILTER_TRADES] = 29,
             [FILTER_WIN] = 40,
             [FILTER_BPS] = -1,
             [FILTER_PLATEAU] = NAN,
             [FILTER_PLACE] = 2,
             [FILTER_GROUP] = 1},
    [FAILED] = {[FILTER_PNL] = NAN, [FILTER_DRAWDOWN] = NAN},
};

/* Goal: each term lets through what it says, all of them together what all let through, and a
 * row that failed has no figures to be within. The letters are those of the rows let through:
 * g good, b bad, f failed. */
static void lets_through_what_it_says(void **state)
{
    static const struct {
        const char *filter, *kept;
    } cases[] = {
        {"", "gbf"},
        {"   ", "gbf"},
        {"pnl>0", "g"},
        {"pnl<=-3", "b"},
        {"pnl<-3", ""},
        {"pnl>-1e9", "gb"},
        {"dd<5", "g"},
        {"drawdown<=5", "gb"},
        {"trades>=30", "g"},
        {"closed!=30", "b"},
        {"win>50", "g"},
        {"bps=-1", "b"},
        {"plateau>0", "g"}, /* not known is within no limit */
        {"plateau<=0", ""},
        {"realised==13", "g"},
        {"unrealized<0", "g"},
        {"open=1 group=1", "g"},
        {"place<3", "gb"},
        {"baseline_tau_s=3600", "g"},
        {"tau=3600", "g"},
        {"TAU=0", "b"}, /* 0 is a value */
        {"take_profit=off", "b"},
        {"take_profit!=off", "g"},
        {"min_spread<10", "g"},
        {"fast", "g"},
        {"SLOW", "bf"},
        {"!slow", "g"},
        {"wide", "g"},
        {"non-negative", "f"},
        {"slow !slippage", "b"},
        {"pnl>0 dd<5 trades>=30 tau=3600 fast", "g"},
        {"pnl>0 slow", ""},
    };
    struct row rows[ROWS];
    for (int i = 0; i < ROWS; i++) {
        row_read(&rows[i], "x.json", BYTES[i], strlen(BYTES[i]));
    }
    for (size_t i = 0; i < LEN(cases); i++) {
        struct filter filter;
        struct err err = {.kind = ERR_NONE};
        char kept[ROWS + 1] = "";
        print_message("# %s\n", cases[i].filter);
        assert_true(filter_parse(&filter, cases[i].filter, &err));
        for (int row = 0; row < ROWS; row++) {
            if (filter_keeps(&filter, &rows[row], FIGURES[row])) {
                kept[strlen(kept)] = "gbf"[row];
            }
        }
        assert_string_equal(kept, cases[i].kept);
    }
    for (int i = 0; i < ROWS; i++) {
        row_finish(&rows[i]);
    }
}

static void refuses_what_makes_no_sense(void **state)
{
    static const struct {
        const char *filter, *why;
    } cases[] = {
        {"pnl>", "'' is not a number"},
        {"pnl>x", "'x' is not a number"},
        {"pnl=off", "'off' is not a number"}, /* a figure is never off */
        {"tau=abc", "'abc' is not a number"},
        {">5", "'>5' makes no sense (pnl>0 does)"},
        {"!=5", "'!=5' makes no sense (pnl>0 does)"},
        {"!", "'!' wants a word behind it"},
        {"fog>5", "'fog' is neither a figure (pnl, dd, trades, ...) nor a parameter"},
        {"profile=1", "'profile' is neither a figure (pnl, dd, trades, ...) nor a parameter"},
        {"exit spread>5", "'spread' may be min_spread_bps or exit_spread_bps"},
        {"a b c d e f g h i j k l m n o p q", "the filter is too long (at most 16 terms)"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct filter filter = {.count = -1};
        struct err err = {.kind = ERR_NONE};
        assert_false(filter_parse(&filter, cases[i].filter, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.text, cases[i].why);
        assert_int_equal(filter.count, -1);
    }
}

/* Goal: what `/` offers can be typed. */
static void every_figure_has_a_name(void **state)
{
    for (int i = 0; i <= FILTER_FIGURE_LAST; i++) {
        struct filter filter;
        struct err err = {.kind = ERR_NONE};
        char text[40];
        snprintf(text, sizeof text, "%s>0", filter_figure_name((enum filter_figure)i));
        assert_true(filter_parse(&filter, text, &err));
        assert_int_equal(filter.terms[0].figure, i);
        assert_null(filter.terms[0].param);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_through_what_it_says),
        cmocka_unit_test(refuses_what_makes_no_sense),
        cmocka_unit_test(every_figure_has_a_name),
    };
    return cmocka_run_group_tests_name("tune/filter", tests, NULL, NULL);
}
