#include <math.h>
#include <unistd.h>

#include "backtest_steps.h"
#include "base/text.h"
#include "market/ahead.h"
#include "market/rows.h"

/* What reads a file of this many bytes is not worth a thread. */
enum { SMALL_FILE_BYTES = 1 << 20 };

/* What stands for KRW per USD where the data say nothing: the reference used one currency in
 * D37 and a fixed rate in D45. */
static double default_fx(enum engine_profile profile)
{
    switch (profile) {
    case ENGINE_COMPAT_D37:
        return 1;
    case ENGINE_COMPAT_D45:
        return 2.5;
    case ENGINE_EXACT:
        break;
    }
    return NAN;
}

struct csv_options backtest_csv_options(const struct engine_params *params, bool skip_bad_rows)
{
    return (struct csv_options){
        .fx_rate = params->fx_rate,
        .default_fx = default_fx(params->profile),
        .skip_bad_rows = skip_bad_rows,
    };
}

/* One backtest over one file. */
struct pass {
    const struct engine_params *params;
    const char *path;
    bool skip_bad_rows, keep_trades;
    struct backtest_part part; /* all of the file, as far as its span is known */
    struct rows_total total;   /* once it was read */
};

static int threads_for(const struct rows *rows)
{
    uint64_t read_bytes, total_bytes;
    rows_progress(rows, &read_bytes, &total_bytes);
    return total_bytes > SMALL_FILE_BYTES && sysconf(_SC_NPROCESSORS_ONLN) > 1 ? 2 : 1;
}

static bool take_block(struct backtest *run, const struct rows_block *block)
{
    for (int32_t i = 0; i < block->count; i++) {
        const struct tick tick = {
            .time_ns = block->time_ns[i],
            .bid_a = block->bid_a[i],
            .ask_a = block->ask_a[i],
            .bid_b = block->bid_b[i],
            .ask_b = block->ask_b[i],
            .krw_per_usd = block->krw_per_usd[i],
        };
        if (!backtest_take(run, &tick)) {
            return false;
        }
    }
    return true;
}

/* Every row is read and counted, also when the run wants no more of them. */
static bool take_all(struct backtest *run, struct rows *rows, struct err *err)
{
    struct ahead *ahead = ahead_open(rows, threads_for(rows));
    const struct rows_block *block;
    bool goes_on = true;
    enum source_result got;
    while ((got = ahead_next(ahead, &block, err)) == SOURCE_EVENT) {
        goes_on = goes_on && take_block(run, block);
    }
    ahead_close(ahead);
    return got == SOURCE_END;
}

static bool run_once(struct pass *pass, struct result *result, struct err *err)
{
    const struct csv_options options = backtest_csv_options(pass->params, pass->skip_bad_rows);
    struct rows *rows;
    if (!rows_open(&rows, pass->path, &options, err)) {
        return false;
    }
    struct backtest_part *part = &pass->part;
    if (pass->total.rows == 0) {
        rows_span(rows, &part->first_ns, &part->last_ns);
    }
    struct backtest *run = backtest_begin(pass->params, part, pass->keep_trades);
    const bool done = take_all(run, rows, err);
    backtest_end(run, done ? result : NULL);
    pass->total = *rows_total(rows);
    rows_close(rows);
    return done;
}

static bool span_was_right(const struct pass *pass)
{
    const struct rows_total *total = &pass->total;
    return total->rows == 0 ||
           (pass->part.first_ns == total->first_ns && pass->part.last_ns == total->last_ns);
}

/* The buckets of the result want the span of the data before the first row. Both ends of the
 * file tell it, but for packed files and rows that are skipped: then it is known afterwards,
 * and the run is done again. */
static bool run_file(struct pass *pass, struct result *made, struct err *err)
{
    /* Without a guess everything falls into the last bucket. */
    pass->part = (struct backtest_part){
        .from_ns = INT64_MIN, .to_ns = INT64_MAX, .first_ns = INT64_MIN, .last_ns = INT64_MIN};
    if (!run_once(pass, made, err)) {
        return false;
    }
    if (!span_was_right(pass)) {
        result_finish(made);
        pass->part.first_ns = pass->total.first_ns;
        pass->part.last_ns = pass->total.last_ns;
        if (!run_once(pass, made, err)) {
            return false;
        }
    }
    if (!span_was_right(pass)) {
        result_finish(made);
        return err_set(err, ERR_INPUT, "%s: data changed while they were read", pass->path);
    }
    return true;
}

static bool run_into(struct pass *pass, struct result *result, struct err *err)
{
    struct result made;
    if (!run_file(pass, &made, err)) {
        return false;
    }
    text_copy(made.data_file, sizeof made.data_file, pass->path);
    text_copy(made.data_hash, sizeof made.data_hash, pass->total.hash);
    made.bad_rows_skipped = pass->total.bad_rows;
    made.total_snapshots = pass->total.rows + pass->total.bad_rows;
    *result = made;
    return true;
}

bool backtest_run_file(const struct engine_params *params, const char *path, bool skip_bad_rows,
                       struct result *result, struct err *err)
{
    struct pass pass = {
        .params = params, .path = path, .skip_bad_rows = skip_bad_rows, .keep_trades = true};
    return run_into(&pass, result, err);
}

bool backtest_run_file_without_trades(const struct engine_params *params, const char *path,
                                      bool skip_bad_rows, struct result *result,
                                      struct err *err)
{
    struct pass pass = {.params = params, .path = path, .skip_bad_rows = skip_bad_rows};
    return run_into(&pass, result, err);
}
