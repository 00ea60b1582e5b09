#include "support/check.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"
#include "market/csv.h"
#include "market/simulated.h"
#include "run/export.h"

static const int64_t NS_PER_S = 1000000000;
static const int64_t START_NS = INT64_C(1767225600) * 1000000000; /* 2026-01-01T00:00:00Z */

enum { PATH_SIZE = 256 };

struct folder {
    char path[64];
    char file[PATH_SIZE];
};

static int enter(void **state)
{
    struct folder *folder = mem_zalloc(sizeof *folder);
    strcpy(folder->path, "/tmp/arblite-export-XXXXXX");
    *state = folder;
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->file, PATH_SIZE, "%s/new/data.csv", folder->path);
    return 0;
}

static int leave(void **state)
{
    struct folder *folder = *state;
    char path[PATH_SIZE];
    remove(folder->file);
    snprintf(path, PATH_SIZE, "%s/new", folder->path);
    remove(path);
    const int code = rmdir(folder->path); /* fails when anything else was left */
    mem_free(folder);
    return code;
}

static struct source *open_market(void)
{
    static const struct simulated_pair pair = {.name = "BTC"};
    const struct simulated_options options = {
        .preset = "lively",
        .seed = 1,
        .start_ns = START_NS,
        .pairs = &pair,
        .pairs_count = 1,
        .history_minutes = 1,
    };
    struct source *source;
    struct err err = {0};
    assert_true(simulated_open(&source, &options, &err));
    return source;
}

static struct export_options ten_minutes(void)
{
    return (struct export_options){
        .start_ns = START_NS,
        .duration_ns = 600 * NS_PER_S,
        .step_ns = NS_PER_S,
    };
}

static char *export_bytes(const char *path, const struct export_options *options)
{
    struct source *source = open_market();
    struct err err = {0};
    int64_t rows;
    char *bytes;
    size_t length;
    assert_true(export_snapshots(source, path, options, &rows, &err));
    assert_int_equal(rows, 600);
    assert_true(file_read(path, 1 << 20, &bytes, &length, &err));
    source_close(source);
    return bytes;
}

static void gives_the_same_bytes_again(void **state)
{
    struct folder *folder = *state;
    struct export_options options = ten_minutes();
    char *first = export_bytes(folder->file, &options);
    options.replace = true;
    char *second = export_bytes(folder->file, &options);
    assert_string_equal(first, second);
    mem_free(first);
    mem_free(second);
}

/* Goal: read back through market/csv, a row is to the bit what the market had told by then. */
static void reads_back_as_the_books_that_were(void **state)
{
    struct folder *folder = *state;
    const struct export_options options = ten_minutes();
    const struct csv_options as_it_is = {.fx_rate = NAN, .default_fx = NAN};
    struct source *market = open_market();
    struct source *file;
    struct err err = {0};
    struct event told = {0}, row;
    struct quote touches[VENUE_LAST + 1] = {{0}};
    double krw_per_usd = 0, size = 0;
    int64_t rows = 0;
    mem_free(export_bytes(folder->file, &options));
    assert_true(csv_open(&file, folder->file, &as_it_is, &err));
    assert_int_equal(market->ops->next(market, &told, &err), SOURCE_EVENT);
    while (file->ops->next(file, &row, &err) == SOURCE_EVENT) {
        assert_int_equal(row.time_ns, START_NS + ++rows * NS_PER_S);
        for (; told.time_ns <= row.time_ns; market->ops->next(market, &told, &err)) {
            if (told.kind == EVENT_BOOK) {
                touches[told.book.venue] = book_quote(&told.book.book);
                size = told.book.venue == VENUE_A ? told.book.book.asks[0].size : size;
            } else if (told.kind == EVENT_FX) {
                krw_per_usd = told.fx.krw_per_usd;
            }
        }
        check_near(row.row.tick.bid_a, touches[VENUE_A].bid, 0);
        check_near(row.row.tick.ask_a, touches[VENUE_A].ask, 0);
        check_near(row.row.tick.bid_b, touches[VENUE_B].bid, 0);
        check_near(row.row.tick.ask_b, touches[VENUE_B].ask, 0);
        check_near(row.row.tick.krw_per_usd, krw_per_usd, 0);
        check_near(row.row.ask_size_a, size, 0);
    }
    assert_int_equal(err.kind, ERR_NONE);
    assert_int_equal(rows, 600);
    source_close(file);
    source_close(market);
}

/* Goal: a file that is there stays as it is. */
static void replaces_nothing_unasked(void **state)
{
    struct folder *folder = *state;
    const struct export_options options = ten_minutes();
    struct source *market = open_market();
    struct err err = {0};
    int64_t rows;
    char *bytes;
    size_t length;
    char *first = export_bytes(folder->file, &options);
    assert_false(export_snapshots(market, folder->file, &options, &rows, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "/new/data.csv' is there already"));
    assert_true(file_read(folder->file, 1 << 20, &bytes, &length, &err));
    assert_string_equal(bytes, first);
    mem_free(bytes);
    mem_free(first);
    source_close(market);
}

static bool give_up(void *context, double share)
{
    double *last = context;
    assert_true(share >= *last && share <= 1.0);
    *last = share;
    return share < 0.5;
}

/* Goal: given up in the middle, nothing is left of it (see leave()). */
static void leaves_nothing_when_given_up(void **state)
{
    struct folder *folder = *state;
    struct export_options options = ten_minutes();
    struct source *market = open_market();
    struct err err = {0};
    double share = 0;
    int64_t rows;
    options.duration_ns = 7200 * NS_PER_S;
    options.progress = give_up;
    options.progress_context = &share;
    assert_false(export_snapshots(market, folder->file, &options, &rows, &err));
    assert_int_equal(err.kind, ERR_ENDED);
    assert_true(share >= 0.5 && share < 1.0);
    source_close(market);
}

/* A source of five books a second apart and nothing more; or of a failure. */
struct short_source {
    struct source source;
    int given;
    bool fails;
};

static enum source_result short_next(struct source *source, struct event *out, struct err *err)
{
    struct short_source *self = (struct short_source *)source;
    memset(out, 0, sizeof *out);
    if (self->given == 5) {
        return self->fails ? (err_set(err, ERR_INPUT, "line 6"), SOURCE_ERROR) : SOURCE_END;
    }
    out->time_ns = START_NS + self->given * NS_PER_S;
    out->kind = self->given == 0 ? EVENT_FX : EVENT_BOOK;
    if (self->given == 0) {
        out->fx.krw_per_usd = 1450;
    } else {
        out->book.venue = self->given % 2 == 0 ? VENUE_A : VENUE_B;
        out->book.book = (struct book){
            .bids_count = 1, .asks_count = 1, .bids = {{9, 1}}, .asks = {{10, 1}}};
    }
    self->given++;
    return SOURCE_EVENT;
}

/* Goal: the file ends where the source does: both books stand at 2 s, the last event is of 4 s.
 * A source that fails gives its message and no file. */
static void ends_with_its_source(void **state)
{
    static const struct source_ops ops = {.next = short_next};
    struct folder *folder = *state;
    struct short_source source = {.source = {&ops}};
    const struct export_options options = ten_minutes();
    struct err err = {0};
    int64_t rows;
    assert_true(export_snapshots(&source.source, folder->file, &options, &rows, &err));
    assert_int_equal(rows, 3);
    remove(folder->file);
    source.given = 0;
    source.fails = true;
    assert_false(export_snapshots(&source.source, folder->file, &options, &rows, &err));
    assert_string_equal(err.text, "line 6");
    assert_int_not_equal(access(folder->file, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gives_the_same_bytes_again, enter, leave),
        cmocka_unit_test_setup_teardown(reads_back_as_the_books_that_were, enter, leave),
        cmocka_unit_test_setup_teardown(replaces_nothing_unasked, enter, leave),
        cmocka_unit_test_setup_teardown(leaves_nothing_when_given_up, enter, leave),
        cmocka_unit_test_setup_teardown(ends_with_its_source, enter, leave),
    };
    return cmocka_run_group_tests_name("run/export", tests, NULL, NULL);
}
