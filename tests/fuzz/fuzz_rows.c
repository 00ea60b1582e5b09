#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "market/csv.h"
#include "market/rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Both readers over one file; a row of one is held against the next row of the other. */
struct pair {
    struct source *csv;
    struct rows *rows;
    struct rows_block *block;
};

static void check_row(const struct rows_block *block, int32_t i, const struct tick *want)
{
    const double got[] = {block->bid_a[i], block->ask_a[i], block->bid_b[i], block->ask_b[i],
                          block->krw_per_usd[i]};
    const double values[] = {want->bid_a, want->ask_a, want->bid_b, want->ask_b,
                             want->krw_per_usd};
    assert(block->time_ns[i] == want->time_ns);
    assert(memcmp(got, values, sizeof(got)) == 0);
}

static void compare(struct pair *pair)
{
    struct err err, want_err;
    struct event event;
    enum source_result got;
    while ((got = rows_next(pair->rows, pair->block, &err)) == SOURCE_EVENT) {
        for (int32_t i = 0; i < pair->block->count; i++) {
            const enum source_result want = pair->csv->ops->next(pair->csv, &event, &want_err);
            assert(want == SOURCE_EVENT);
            check_row(pair->block, i, &event.row.tick);
        }
    }
    assert(pair->csv->ops->next(pair->csv, &event, &want_err) == got);
    if (got == SOURCE_ERROR) {
        assert(strcmp(err.text, want_err.text) == 0);
    } else {
        assert(rows_total(pair->rows)->bad_rows == (int64_t)csv_bad_rows(pair->csv));
        assert(strcmp(rows_total(pair->rows)->hash, pair->csv->ops->data_hash(pair->csv)) == 0);
    }
}

/* Whatever comes, the fast reader says what the plain one says; the first byte chooses the
 * options. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length < 1) {
        return 0;
    }
    const struct csv_options options = {
        .fx_rate = bytes[0] & 1 ? 1474.5 : NAN,
        .default_fx = bytes[0] & 2 ? 2.5 : NAN,
        .skip_bad_rows = (bytes[0] & 4) != 0,
    };
    char path[64];
    const int fd = memfd_create("rows", MFD_CLOEXEC);
    assert(fd >= 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    assert(write(fd, bytes + 1, length - 1) == (ssize_t)(length - 1));

    struct pair pair = {.block = mem_zalloc(sizeof(*pair.block))};
    struct err err, want_err;
    const bool opened = csv_open(&pair.csv, path, &options, &want_err);
    assert(rows_open(&pair.rows, path, &options, &err) == opened);
    if (opened) {
        compare(&pair);
        source_close(pair.csv);
        rows_close(pair.rows);
    } else {
        assert(strcmp(err.text, want_err.text) == 0);
    }
    mem_free(pair.block);
    close(fd);
    return 0;
}
