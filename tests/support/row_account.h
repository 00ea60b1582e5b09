#pragma once
/* row_account: what market/csv and market/rows say of the same file, side by side. */
#include <stdlib.h>

#include "support/check.h"
#include "support/scratch.h"

#include "base/mem.h"
#include "market/rows.h"

#define ROW_HEADER "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b,fx_rate\n"

static const struct csv_options ROWS_STRICT = {.fx_rate = NAN, .default_fx = NAN};
static const struct csv_options ROWS_LENIENT = {
    .fx_rate = NAN, .default_fx = NAN, .skip_bad_rows = true};

/* What a reader said: its rows, and how it ended. */
struct account {
    struct tick *ticks;
    int64_t count, capacity;
    int64_t bad_rows;
    char hash[HASH_XXH3_TEXT_SIZE];
    enum source_result end;
    struct err err;
};

static inline void note(struct account *account, const struct tick *tick)
{
    if (account->count == account->capacity) {
        account->capacity = account->capacity > 0 ? 2 * account->capacity : 64;
        account->ticks = mem_grow(account->ticks, (size_t)account->capacity, sizeof(*tick));
    }
    account->ticks[account->count++] = *tick;
}

static inline struct account by_csv(const char *path, const struct csv_options *options)
{
    struct account account = {.end = SOURCE_ERROR};
    struct source *source;
    struct event event;
    if (!csv_open(&source, path, options, &account.err)) {
        return account;
    }
    while ((account.end = source->ops->next(source, &event, &account.err)) == SOURCE_EVENT) {
        note(&account, &event.row.tick);
    }
    account.bad_rows = (int64_t)csv_bad_rows(source);
    snprintf(account.hash, sizeof(account.hash), "%s", source->ops->data_hash(source));
    source_close(source);
    return account;
}

static inline void note_block(struct account *account, const struct rows_block *block)
{
    for (int32_t i = 0; i < block->count; i++) {
        const struct tick tick = {block->time_ns[i], block->bid_a[i], block->ask_a[i],
                                  block->bid_b[i],   block->ask_b[i], block->krw_per_usd[i]};
        note(account, &tick);
    }
}

static inline struct account by_rows(const char *path, const struct csv_options *options)
{
    struct account account = {.end = SOURCE_ERROR};
    struct rows *rows;
    if (!rows_open(&rows, path, options, &account.err)) {
        return account;
    }
    struct rows_block *block = mem_zalloc(sizeof(*block));
    while ((account.end = rows_next(rows, block, &account.err)) == SOURCE_EVENT) {
        assert_true(block->count > 0);
        note_block(&account, block);
    }
    const struct rows_total *total = rows_total(rows);
    assert_int_equal(total->rows, account.count);
    assert_true(account.count == 0 ||
                (total->first_ns == account.ticks[0].time_ns &&
                 total->last_ns == account.ticks[account.count - 1].time_ns));
    account.bad_rows = total->bad_rows;
    snprintf(account.hash, sizeof(account.hash), "%s", total->hash);
    mem_free(block);
    rows_close(rows);
    return account;
}

static inline bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof(a)) == 0;
}

static inline void check_ticks(const struct account *want, const struct account *got)
{
    assert_int_equal(got->count, want->count);
    for (int64_t i = 0; i < want->count; i++) {
        const struct tick *a = &want->ticks[i];
        const struct tick *b = &got->ticks[i];
        if (a->time_ns != b->time_ns || !same_bits(a->bid_a, b->bid_a) ||
            !same_bits(a->ask_a, b->ask_a) || !same_bits(a->bid_b, b->bid_b) ||
            !same_bits(a->ask_b, b->ask_b) || !same_bits(a->krw_per_usd, b->krw_per_usd)) {
            fail_msg("row %lld differs: %.17g, expected %.17g", (long long)i, b->bid_a,
                     a->bid_a);
        }
    }
}

/* Both readers over the same file: the same rows, count, hash and last word. */
static inline void check_file(const char *path, const struct csv_options *options)
{
    struct account want = by_csv(path, options);
    struct account got = by_rows(path, options);
    check_ticks(&want, &got);
    assert_int_equal(got.end, want.end);
    if (want.end == SOURCE_ERROR) {
        assert_string_equal(got.err.text, want.err.text);
        assert_int_equal(got.err.kind, want.err.kind);
    } else {
        assert_int_equal(got.bad_rows, want.bad_rows);
        assert_string_equal(got.hash, want.hash);
    }
    mem_free(want.ticks);
    mem_free(got.ticks);
}

static inline void check_text(const char *text, size_t length)
{
    static const struct csv_options GIVEN = {.fx_rate = 1474.5, .default_fx = NAN};
    static const struct csv_options ASSUMED = {.fx_rate = NAN, .default_fx = 2.5};
    char path[SCRATCH_PATH_SIZE];
    scratch_write(path, text, length);
    check_file(path, &ROWS_STRICT);
    check_file(path, &ROWS_LENIENT);
    check_file(path, &GIVEN);
    check_file(path, &ASSUMED);
    scratch_remove(path);
}
