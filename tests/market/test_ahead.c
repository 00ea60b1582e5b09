#include "support/row_account.h"

#include "market/ahead.h"

static struct account by_ahead(const char *path, const struct csv_options *options, int threads)
{
    struct account account = {.end = SOURCE_ERROR};
    struct rows *rows;
    if (!rows_open(&rows, path, options, &account.err)) {
        return account;
    }
    struct ahead *ahead = ahead_open(rows, threads);
    const struct rows_block *block;
    while ((account.end = ahead_next(ahead, &block, &account.err)) == SOURCE_EVENT) {
        assert_true(block->count > 0);
        note_block(&account, block);
    }
    /* The end repeats. */
    struct err again;
    assert_int_equal(ahead_next(ahead, &block, &again), account.end);
    ahead_close(ahead);
    account.bad_rows = rows_total(rows)->bad_rows;
    snprintf(account.hash, sizeof(account.hash), "%s", rows_total(rows)->hash);
    rows_close(rows);
    return account;
}

static void check_account(const char *path, const struct csv_options *options, int threads)
{
    struct account want = by_rows(path, options);
    struct account got = by_ahead(path, options, threads);
    check_ticks(&want, &got);
    assert_int_equal(got.end, want.end);
    assert_int_equal(got.bad_rows, want.bad_rows);
    if (want.end == SOURCE_ERROR) {
        assert_string_equal(got.err.text, want.err.text);
    } else {
        assert_string_equal(got.hash, want.hash);
    }
    mem_free(want.ticks);
    mem_free(got.ticks);
}

/* Rows 1 ms apart; row `odd` is no row. */
static char *make_text(int rows, int odd)
{
    char *text = mem_zalloc((size_t)rows * 64 + 128);
    size_t length = (size_t)sprintf(text, ROW_HEADER);
    for (int i = 0; i < rows; i++) {
        length += (size_t)sprintf(text + length, "%d.%03d,%d.25,%d.75,%d,%d,%s\n", i / 1000,
                                  i % 1000, i % 977, i % 977 + 1, i % 7919, i % 7919 + 2,
                                  i == odd ? "odd" : "1474.25");
    }
    return text;
}

/* Goal: with or without a second thread the rows, counts, hash and failures are the same, from
 * no row to many more than there are places for. */
static void gives_what_one_reader_gives(void **state)
{
    static const struct {
        int rows, odd;
    } cases[] = {{0, -1},        {1, -1},       {1, 0},         {3000, -1},   {60000, -1},
                 {60000, 59999}, {60000, 1500}, {60000, 30000}, {60000, 4096}};
    for (size_t i = 0; i < LEN(cases); i++) {
        char path[SCRATCH_PATH_SIZE];
        char *text = make_text(cases[i].rows, cases[i].odd);
        print_message("# %d rows, %d odd\n", cases[i].rows, cases[i].odd);
        scratch_write_text(path, text);
        for (int threads = 1; threads <= 2; threads++) {
            check_account(path, &ROWS_STRICT, threads);
            check_account(path, &ROWS_LENIENT, threads);
        }
        scratch_remove(path);
        mem_free(text);
    }
}

/* Goal: who has seen enough may go, whatever is under way. */
static void may_be_left_early(void **state)
{
    char path[SCRATCH_PATH_SIZE];
    char *text = make_text(60000, -1);
    scratch_write_text(path, text);
    for (int blocks = 0; blocks < 10; blocks++) {
        struct rows *rows;
        struct err err;
        const struct rows_block *block;
        assert_true(rows_open(&rows, path, &ROWS_STRICT, &err));
        struct ahead *ahead = ahead_open(rows, 2);
        for (int i = 0; i < blocks; i++) {
            assert_int_equal(ahead_next(ahead, &block, &err), SOURCE_EVENT);
        }
        ahead_close(ahead);
        rows_close(rows);
    }
    ahead_close(NULL);
    scratch_remove(path);
    mem_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_what_one_reader_gives),
        cmocka_unit_test(may_be_left_early),
    };
    return cmocka_run_group_tests_name("market/ahead", tests, NULL, NULL);
}
