#include "support/check.h"
#include "support/scratch.h"

#include "market/csv.h"

#define HEADER  "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b,fx_rate\n"
#define NS(s)   ((int64_t)(s)*1000000000)
#define ROW_ONE "2026-01-24T22:29:14Z,99,100,102,103,1474\n"

static const struct csv_options PLAIN = {.fx_rate = NAN, .default_fx = NAN};

static struct source *open_text(char path[SCRATCH_PATH_SIZE], const char *text,
                                const struct csv_options *options)
{
    struct source *source = NULL;
    struct err err;
    scratch_write_text(path, text);
    if (!csv_open(&source, path, options, &err)) {
        fail_msg("%s", err.text);
    }
    return source;
}

static void end(struct source *source, const char *path)
{
    source_close(source);
    scratch_remove(path);
}

static void check_row(struct source *source, uint64_t line, int64_t time_ns, double bid_a,
                      double ask_a, double bid_b, double ask_b, double fx)
{
    struct event got;
    struct err err;
    if (source->ops->next(source, &got, &err) != SOURCE_EVENT) {
        fail_msg("no row where line %d was expected", (int)line);
    }
    assert_int_equal(got.kind, EVENT_ROW);
    assert_int_equal(got.line, line);
    assert_true(got.time_ns == time_ns && got.row.tick.time_ns == time_ns);
    check_near(got.row.tick.bid_a, bid_a, 0.0);
    check_near(got.row.tick.ask_a, ask_a, 0.0);
    check_near(got.row.tick.bid_b, bid_b, 0.0);
    check_near(got.row.tick.ask_b, ask_b, 0.0);
    check_near(got.row.tick.krw_per_usd, fx, 0.0);
}

static void check_end(struct source *source)
{
    struct event got;
    struct err err;
    assert_int_equal(source->ops->next(source, &got, &err), SOURCE_END);
    assert_int_equal(source->ops->next(source, &got, &err), SOURCE_END);
}

/* Goal: columns are found by name, in any order, behind a BOM, before CRLF, among others. */
static void finds_columns_by_name(void **state)
{
    char path[SCRATCH_PATH_SIZE];
    struct source *source =
        open_text(path,
                  "\xEF\xBB\xBFnote,best_ask_b,best_bid_b,fx_rate,best_ask_a,timestamp,"
                  "best_bid_a,\r\n"
                  "first,103,102,1e3,100.5,1000,9.9e1,\r\n"
                  ",104,103,1001,101.5,1000.000000001,100,x\r\n",
                  &PLAIN);
    check_row(source, 2, NS(1000), 99, 100.5, 102, 103, 1000);
    check_row(source, 3, NS(1000) + 1, 100, 101.5, 103, 104, 1001);
    check_end(source);
    assert_int_equal(csv_rows(source), 2);
    assert_false(csv_has_sizes(source));
    end(source, path);
}

/* Goal: every accepted form of a time is the same moment: 2026-01-24T22:29:14.5Z, which is
 * 1769293754.5 s: 20477 days (2026-01-24) * 86400 + 80954 s + 0.5 s. */
static void reads_every_form_of_time(void **state)
{
    static const char *const times[] = {
        "2026-01-24T22:29:14.5Z",
        "2026-01-24 22:29:14.500",
        "2026-01-25T07:29:14.5+09:00",
        "2026-01-24T17:29:14.500000000-05:00",
        "1769293754.5",
        "1769293754500",
        "1769293754500000",
        "1769293754500000000",
    };
    const int64_t want_ns = (INT64_C(20477) * 86400 + 80954) * 1000000000 + 500000000;
    for (size_t i = 0; i < LEN(times); i++) {
        char path[SCRATCH_PATH_SIZE];
        char text[256];
        print_message("# %s\n", times[i]);
        snprintf(text, sizeof(text), HEADER "%s,1,2,3,4,5\n", times[i]);
        struct source *source = open_text(path, text, &PLAIN);
        check_row(source, 2, want_ns, 1, 2, 3, 4, 5);
        end(source, path);
    }
}

/* Goal: a row of numbers is never bad, whatever it says; an empty fx cell is no rate. */
static void lets_invalid_markets_pass_as_rows(void **state)
{
    char path[SCRATCH_PATH_SIZE];
    struct source *source = open_text(path,
                                      HEADER "10,0,100,102,103,1474\n"
                                             "10,-5,-4,102,103,1474\n"
                                             "11,101,100,103,102,\n"
                                             "11,101,100,103,102,0\n",
                                      &PLAIN);
    check_row(source, 2, NS(10), 0, 100, 102, 103, 1474);
    check_row(source, 3, NS(10), -5, -4, 102, 103, 1474);
    check_row(source, 4, NS(11), 101, 100, 103, 102, 0);
    check_row(source, 5, NS(11), 101, 100, 103, 102, 0);
    check_end(source);
    assert_int_equal(csv_bad_rows(source), 0);
    end(source, path);
}

/* Goal: the option wins over the column, the column over the profile's default. */
static void takes_fx_in_the_order_of_the_contract(void **state)
{
    static const struct {
        const char *name, *text;
        double option, fallback, want;
    } cases[] = {
        {"option", HEADER "1,1,2,3,4,1474\n", 1.0, 2.5, 1.0},
        {"option over what is no number", HEADER "1,1,2,3,4,abc\n", 1.0, 2.5, 1.0},
        {"column", HEADER "1,1,2,3,4,1474\n", NAN, 2.5, 1474},
        {"default", "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b\n1,1,2,3,4\n", NAN,
         2.5, 2.5},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char path[SCRATCH_PATH_SIZE];
        const struct csv_options options = {.fx_rate = cases[i].option,
                                            .default_fx = cases[i].fallback};
        print_message("# %s\n", cases[i].name);
        struct source *source = open_text(path, cases[i].text, &options);
        check_row(source, 2, NS(1), 1, 2, 3, 4, cases[i].want);
        end(source, path);
    }
}

/* Goal: a size column gives that side its size, a side without one is unlimited. */
static void knows_sizes_by_side(void **state)
{
    char path[SCRATCH_PATH_SIZE];
    struct source *source =
        open_text(path,
                  "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b,fx_rate,ask_size_a,"
                  "bid_size_b\n1,1,2,3,4,5,0.25,7\n",
                  &PLAIN);
    struct event got;
    struct err err;
    assert_true(csv_has_sizes(source));
    assert_int_equal(source->ops->next(source, &got, &err), SOURCE_EVENT);
    check_near(got.row.ask_size_a, 0.25, 0.0);
    check_near(got.row.bid_size_b, 7.0, 0.0);
    assert_true(isinf(got.row.bid_size_a) && isinf(got.row.ask_size_b));
    end(source, path);
}

static const struct {
    const char *name, *row, *message;
} BAD_ROWS[] = {
    {"a word", "1,99,abc,102,103,1474",
     "best_ask_a: 'abc' is not a number (expected a plain decimal)"},
    {"nothing", "1,,100,102,103,1474",
     "best_bid_a: '' is not a number (expected a plain decimal)"},
    {"nan", "1,nan,100,102,103,1474",
     "best_bid_a: 'nan' is not a number (expected a plain decimal)"},
    {"inf", "1,99,inf,102,103,1474",
     "best_ask_a: 'inf' is not a number (expected a plain decimal)"},
    {"hex", "1,99,0x64,102,103,1474",
     "best_ask_a: '0x64' is not a number (expected a plain decimal)"},
    {"underscore", "1,99,100,1_000,103,1474",
     "best_bid_b: '1_000' is not a number (expected a plain decimal)"},
    {"blank", "1,99,100,102, 103,1474",
     "best_ask_b: ' 103' is not a number (expected a plain decimal)"},
    {"fx word", "1,99,100,102,103,n/a",
     "fx_rate: 'n/a' is not a number (expected a plain decimal)"},
    {"control bytes", "1,99,100,102,\x1b[2J,1474",
     "best_ask_b: '\\x1b[2J' is not a number (expected a plain decimal)"},
    {"no time", "soon,99,100,102,103,1474",
     "timestamp: 'soon' is not a time (expected ISO 8601 or an epoch number)"},
    {"back", "0.999999999,99,100,102,103,1474",
     "timestamp: '0.999999999' runs back behind the previous row (expected "
     "1970-01-01T00:00:01.000000000Z or later)"},
    {"missing", "1,99,100,102,103", "too few fields: 5 (expected 6)"},
    {"extra", "1,99,100,102,103,1474,9", "too many fields: '9' (expected 6)"},
    {"quoted", "1,\"99\",100,102,103,1474",
     "quoted fields are not read (expected plain numbers)"},
    {"empty line", "", "empty line (expected 6 fields)"},
};

/* Goal: every kind of bad row ends the run at its place, and says so again when asked again. */
static void refuses_bad_rows_with_their_place(void **state)
{
    for (size_t i = 0; i < LEN(BAD_ROWS); i++) {
        char path[SCRATCH_PATH_SIZE], text[512], want[512];
        struct event got;
        struct err err;
        print_message("# %s\n", BAD_ROWS[i].name);
        snprintf(text, sizeof(text), HEADER "1,99,100,102,103,1474\n%s\n2,1,2,3,4,5\n",
                 BAD_ROWS[i].row);
        struct source *source = open_text(path, text, &PLAIN);
        snprintf(want, sizeof(want), "%s:3: %s", path, BAD_ROWS[i].message);
        check_row(source, 2, NS(1), 99, 100, 102, 103, 1474);
        for (int repeat = 0; repeat < 2; repeat++) {
            assert_int_equal(source->ops->next(source, &got, &err), SOURCE_ERROR);
            assert_int_equal(err.kind, ERR_INPUT);
            assert_string_equal(err.text, want);
        }
        end(source, path);
    }
}

/* Goal: the same rows are counted instead, and nothing around them is lost. */
static void counts_bad_rows_when_told_to(void **state)
{
    const struct csv_options options = {
        .fx_rate = NAN, .default_fx = NAN, .skip_bad_rows = true};
    for (size_t i = 0; i < LEN(BAD_ROWS); i++) {
        char path[SCRATCH_PATH_SIZE], text[512];
        print_message("# %s\n", BAD_ROWS[i].name);
        snprintf(text, sizeof(text), HEADER "1,99,100,102,103,1474\n%s\n1,1,2,3,4,5\n",
                 BAD_ROWS[i].row);
        struct source *source = open_text(path, text, &options);
        check_row(source, 2, NS(1), 99, 100, 102, 103, 1474);
        check_row(source, 4, NS(1), 1, 2, 3, 4, 5);
        check_end(source);
        assert_int_equal(csv_rows(source), 3);
        assert_int_equal(csv_bad_rows(source), 1);
        end(source, path);
    }
}

/* Goal: a line of a megabyte is one bad row, not a crash. */
static void refuses_an_endless_line(void **state)
{
    enum { LONG = 1000000 };
    char path[SCRATCH_PATH_SIZE];
    char *text = calloc(1, LONG + 256);
    size_t length = (size_t)sprintf(text, HEADER "1,1,2,3,4,5\n");
    memset(text + length, '7', LONG);
    strcpy(text + length + LONG, "\n2,1,2,3,4,5\n");
    const struct csv_options options = {
        .fx_rate = NAN, .default_fx = NAN, .skip_bad_rows = true};
    struct source *source = open_text(path, text, &options);
    check_row(source, 2, NS(1), 1, 2, 3, 4, 5);
    check_row(source, 4, NS(2), 1, 2, 3, 4, 5);
    assert_int_equal(csv_bad_rows(source), 1);
    end(source, path);
    free(text);
}

/* Goal: what is wrong with the file as a whole is said at once. */
static void refuses_files_that_cannot_be_read(void **state)
{
    static const struct {
        const char *name, *text, *message;
    } cases[] = {
        {"empty", "", "1: empty file (expected a header)"},
        {"missing column", "timestamp,best_bid_a,best_ask_a,ask_b\n",
         "1: column 'best_bid_b' is missing (the header has 'timestamp', 'best_bid_a', "
         "'best_ask_a', 'ask_b')"},
        {"no header", "1,99,100,102,103\n",
         "1: column 'timestamp' is missing (the header has '1', '99', '100', '102', '103')"},
        {"twice", "timestamp,best_bid_a,best_bid_a\n", "1: column 'best_bid_a' is there twice"},
        {"quoted", "\"timestamp\",best_bid_a\n",
         "1: quoted fields are not read (expected plain names)"},
        {"no fx", "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b\n",
         "1: fx rate needed; pass --fx-rate 1 for one currency"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char path[SCRATCH_PATH_SIZE], want[512];
        struct source *source = NULL;
        struct err err;
        print_message("# %s\n", cases[i].name);
        scratch_write_text(path, cases[i].text);
        snprintf(want, sizeof(want), "%s:%s", path, cases[i].message);
        assert_false(csv_open(&source, path, &PLAIN, &err));
        assert_null(source);
        assert_string_equal(err.text, want);
        assert_int_equal(err.kind, ERR_INPUT);
        scratch_remove(path);
    }
    struct source *source = NULL;
    struct err err;
    assert_false(csv_open(&source, "/nonexistent/x.csv", &PLAIN, &err));
    assert_string_equal(err.text, "/nonexistent/x.csv: No such file or directory");
    assert_false(csv_open(&source, "/", &PLAIN, &err));
    assert_string_equal(err.text, "/: not a regular file");
}

/* Goal: no rows is a file too, and empty lines at its end are no rows. */
static void ends_quietly(void **state)
{
    static const char *const texts[] = {HEADER, HEADER "\n\r\n\n"};
    for (size_t i = 0; i < LEN(texts); i++) {
        char path[SCRATCH_PATH_SIZE];
        struct source *source = open_text(path, texts[i], &PLAIN);
        check_end(source);
        assert_int_equal(csv_rows(source), 0);
        end(source, path);
    }
    char path[SCRATCH_PATH_SIZE];
    struct source *source = open_text(path, HEADER "1,1,2,3,4,5", &PLAIN);
    check_row(source, 2, NS(1), 1, 2, 3, 4, 5);
    check_end(source);
    end(source, path);
}

/* Goal: seek goes on behind the row of an earlier run, and only behind a row. */
static void goes_on_where_it_stopped(void **state)
{
    char path[SCRATCH_PATH_SIZE];
    struct err err;
    const char *text = HEADER "1,1,2,3,4,5\n2,1,2,3,4,5\n3,9,2,3,4,5\n";
    struct source *source = open_text(path, text, &PLAIN);
    assert_true(source->ops->seek(source, 3, &err));
    check_row(source, 4, NS(3), 9, 2, 3, 4, 5);
    check_end(source);
    assert_false(source->ops->seek(source, 9, &err));
    end(source, path);

    source = open_text(path, text, &PLAIN);
    assert_true(source->ops->seek(source, 0, &err));
    check_row(source, 2, NS(1), 1, 2, 3, 4, 5);
    end(source, path);
}

/* Goal: label and hash name the file; XXH3-128 of no bytes is the published constant, so a file
 * is compared with itself and with its neighbour one byte away. */
static void names_its_data(void **state)
{
    char path[SCRATCH_PATH_SIZE], other_path[SCRATCH_PATH_SIZE], want[SCRATCH_PATH_SIZE + 8];
    struct source *source = open_text(path, HEADER ROW_ONE, &PLAIN);
    struct source *other = open_text(other_path, HEADER ROW_ONE "\n", &PLAIN);
    snprintf(want, sizeof(want), "CSV %s", strrchr(path, '/') + 1);
    assert_string_equal(source->ops->label(source), want);
    assert_memory_equal(source->ops->data_hash(source), "xxh3-128:", 9);
    assert_int_equal(strlen(source->ops->data_hash(source)), 9 + 32);
    assert_string_not_equal(source->ops->data_hash(source), other->ops->data_hash(other));
    check_row(source, 2, NS(INT64_C(20477) * 86400 + 80954), 99, 100, 102, 103, 1474);
    check_end(source);
    check_near(source->ops->progress(source), 1.0, 0.0);
    end(source, path);
    end(other, other_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_columns_by_name),
        cmocka_unit_test(reads_every_form_of_time),
        cmocka_unit_test(lets_invalid_markets_pass_as_rows),
        cmocka_unit_test(takes_fx_in_the_order_of_the_contract),
        cmocka_unit_test(knows_sizes_by_side),
        cmocka_unit_test(refuses_bad_rows_with_their_place),
        cmocka_unit_test(counts_bad_rows_when_told_to),
        cmocka_unit_test(refuses_an_endless_line),
        cmocka_unit_test(refuses_files_that_cannot_be_read),
        cmocka_unit_test(ends_quietly),
        cmocka_unit_test(goes_on_where_it_stopped),
        cmocka_unit_test(names_its_data),
    };
    return cmocka_run_group_tests_name("market/csv", tests, NULL, NULL);
}
