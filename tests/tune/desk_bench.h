#pragma once
/* desk_bench: a folder to work in, a desk on it, and somebody who asks and orders. */
#include "support/folder.h"

#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <poll.h>

#include "base/clock.h"
#include "store/results.h"
#include "tune/desk.h"

enum { PATIENCE_MS = 5000 };

/* A folder to work in, which is also the state folder. */
struct bench {
    char folder[FOLDER_PATH_SIZE];
    int home_fd;
    struct desk *desk;
};

static inline int set_up(void **state)
{
    static struct bench bench;
    folder_create(bench.folder);
    bench.home_fd = open(".", O_RDONLY | O_DIRECTORY);
    assert_int_equal(chdir(bench.folder), 0);
    *state = &bench;
    return 0;
}

static inline int remove_one(const char *path, const struct stat *status, int kind,
                             struct FTW *walk)
{
    return remove(path);
}

static inline int tear_down(void **state)
{
    struct bench *bench = *state;
    if (bench->desk != NULL) {
        bench->desk->ops->close(bench->desk);
        bench->desk = NULL;
    }
    assert_int_equal(fchdir(bench->home_fd), 0);
    close(bench->home_fd);
    return nftw(bench->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline void open_desk_with(struct bench *bench, const char *program)
{
    const struct desk_options options = {.state_dir = ".", .program = program};
    struct err err;
    assert_true(desk_open(&bench->desk, &options, &err));
}

static inline void open_desk(struct bench *bench)
{
    open_desk_with(bench, "/bin/false");
}

static inline void put_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* Two grids of 2 and 3 values over four rows. */
static inline void put_session_file(void)
{
    mkdir("configs", 0777);
    mkdir("configs/tuning", 0777);
    put_file("data.csv", "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b,fx_rate\n"
                         "1,99990,100010,99.99,100.01,1000\n"
                         "2,99990,100010,100.99,101.01,1000\n"
                         "3,99990,100010,99.99,100.01,1000\n"
                         "4,99990,100010,99.99,100.01,1000\n");
    put_file("configs/tuning/quick.yaml",
             "data_file: data.csv\n"
             "fixed: {taker_fee_a_bps: 5, taker_fee_b_bps: 5, slippage_bps: 2,\n"
             "  max_position_usd: 1000}\n"
             "grids:\n"
             "  - {name: min_spread_bps, values: [10, 20]}\n"
             "  - {name: slippage_bps, values: [0, 1.5, 2]}\n");
}

/* Asks for the form and waits for the answer to these very edits. */
static inline const struct tuning_form *ask_form(struct desk *desk,
                                                 const struct tuning_edits *edits)
{
    const struct desk_query query = {.kind = DESK_FORM, .edits = *edits};
    const struct tuning_form *form = NULL;
    desk->ops->ask(desk, &query);
    do {
        struct pollfd news = {.fd = desk->ops->fd(desk), .events = POLLIN};
        assert_int_equal(poll(&news, 1, PATIENCE_MS), 1);
        desk->ops->pump(desk);
        form = desk->ops->form(desk);
    } while (form == NULL || memcmp(&form->edits, edits, sizeof *edits) != 0);
    return form;
}

static inline struct command_result order(struct desk *desk, const struct desk_order *what)
{
    struct command_result result;
    desk->ops->order(desk, what);
    while (!desk->ops->take_result(desk, &result)) {
        struct pollfd news = {.fd = desk->ops->fd(desk), .events = POLLIN};
        assert_int_equal(poll(&news, 1, PATIENCE_MS), 1);
        desk->ops->pump(desk);
    }
    return result;
}

static inline void expect_has(const char *text, const char *words)
{
    if (strstr(text, words) == NULL) {
        fail_msg("'%s' is not in '%s'", words, text);
    }
}

/* The first list that was made after the call. */
static inline const struct tuning *next_list(struct desk *desk)
{
    const int64_t from_ns = clock_monotonic_ns();
    const struct tuning *tuning = NULL;
    while (tuning == NULL || tuning->made_mono_ns < from_ns) {
        struct pollfd news = {.fd = desk->ops->fd(desk), .events = POLLIN};
        assert_int_equal(poll(&news, 1, PATIENCE_MS), 1);
        desk->ops->pump(desk);
        tuning = desk->ops->sessions(desk);
    }
    return tuning;
}

static inline struct results *open_journal(const struct bench *bench)
{
    char path[FOLDER_PATH_SIZE + 64];
    struct results *results;
    struct err err;
    assert_true(results_open(&results, folder_file(path, bench->folder, RESULTS_FILE), &err));
    return results;
}

static inline int64_t put_session(const struct bench *bench, const char *name, int64_t pid,
                                  const char *end_reason)
{
    struct results *results = open_journal(bench);
    struct results_sweep sweep = {
        .jobs_file = "plans/quick.jsonl", .jobs = 4, .pid = pid, .started_wall_ns = 1000};
    struct err err;
    snprintf(sweep.folder, sizeof sweep.folder, "%s%s", bench->folder, name);
    assert_true(results_start(results, &sweep, &err));
    for (int i = 0; i < 3; i++) {
        const struct results_job job = {
            .number = i + 1,
            .job_id = i == 0   ? "job_0001"
                      : i == 1 ? "job_0002"
                               : "job_0003",
            .state = i == 2 ? RESULTS_FAILED : RESULTS_DONE,
            .config_hash = "",
            .data_hash = "",
            .pnl_usd = i == 2 ? NAN : i + 0.5,
            .drawdown_pct = NAN,
            .error = i == 2 ? "max_open_trades must be at least 1" : "",
        };
        assert_true(results_put(results, sweep.id, &job, &err));
    }
    if (end_reason[0] != '\0') {
        assert_true(results_end(results, sweep.id, 2000, end_reason, &err));
    }
    results_close(results);
    return sweep.id;
}
