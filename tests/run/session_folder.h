#pragma once
#include "support/check.h"

#include <math.h>

#include "run/runner.h"
#include "support/folder.h"
#include "support/scratch.h"

/* session_folder: a session in a folder of its own, pumped by hand. */

enum { LINES_SIZE = 1 << 16 };

struct session_folder {
    char folder[FOLDER_PATH_SIZE];
    char csv[SCRATCH_PATH_SIZE]; /* "" when there is none */
    struct config config;
    struct setup setup;
    struct state_dir dir;
    struct latch latch;
    struct runner *runner;
    char lines[LINES_SIZE];                 /* life events so far */
    void (*told)(struct session_folder *s); /* called with each; may be NULL */
    bool with_clock;                        /* as if the rows came in at speed 1 */
    int64_t mono_ns;
};

/* One row a minute. "o": B 100 bps dearer, "b": as much cheaper, "c": as dear as A; "x": A's
 * book is crossed; "=" before one: at the same time as the last. */
static inline void session_folder_rows(struct session_folder *s, const char *rows)
{
    struct text csv = text_growing();
    text_add(&csv, "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b,fx_rate\n");
    int time_s = 1700000000;
    for (size_t i = 0; rows[i] != '\0'; i++) {
        if (rows[i] == '=') {
            time_s -= 60;
            continue;
        }
        const char *row = rows[i] == 'o'   ? "99990,100000,101.00,101.01"
                          : rows[i] == 'b' ? "99990,100000,98.99,99.00"
                          : rows[i] == 'c' ? "99990,100000,99.98,99.99"
                                           : "100001,100000,99.98,99.99";
        text_addf(&csv, "%d,%s,1000\n", time_s, row);
        time_s += 60;
    }
    scratch_write_text(s->csv, text_string(&csv));
    text_finish(&csv);
}

static inline void session_folder_line(void *context, const char *line)
{
    struct session_folder *s = context;
    const size_t length = strlen(s->lines);
    snprintf(s->lines + length, sizeof s->lines - length, "%s\n", line);
    if (s->told != NULL) {
        s->told(s);
    }
}

static inline void session_folder_create(struct session_folder *s)
{
    memset(s, 0, sizeof *s);
    folder_create(s->folder);
    config_defaults(&s->config);
    s->config.engine.min_spread_bps = 5;
    s->config.engine.taker_fee_a_bps = 5;
    s->config.engine.taker_fee_b_bps = 5;
    s->config.engine.slippage_bps = 0;
    s->config.engine.max_position_usd = 1000;
    struct err err = {0};
    if (!state_dir_find(&s->dir, s->folder, &err) || !state_dir_create(&s->dir, &err)) {
        fail_msg("%s", err.text);
    }
}

static inline bool session_folder_try(struct session_folder *s, const char *source,
                                      bool new_session, int64_t max_events, struct err *err)
{
    const struct setup_request request = {
        .source = source, .config = &s->config, .start_ns = INT64_C(1700000000000000000)};
    if (!setup_make(&s->setup, &request, err)) {
        fail_msg("%s", err->text);
    }
    s->setup.session.has_clock = s->setup.session.has_clock || s->with_clock;
    latch_release(&s->latch);
    const struct runner_options options = {
        .setup = &s->setup,
        .dir = &s->dir,
        .latch = &s->latch,
        .new_session = new_session,
        .speed = s->with_clock ? 1.0 : INFINITY,
        .max_events = max_events,
        .wall_ns = INT64_C(1700000000000000000),
        .version = "test",
        .life = session_folder_line,
        .life_context = s,
    };
    return runner_open(&s->runner, &options, err);
}

/* On the rows written before; max_events -1: all. */
static inline void session_folder_open(struct session_folder *s, int64_t max_events)
{
    struct err err = {0};
    char source[SCRATCH_PATH_SIZE + 8];
    snprintf(source, sizeof source, "csv:%s", s->csv);
    if (!session_folder_try(s, source, false, max_events, &err)) {
        fail_msg("%s", err.text);
    }
}

/* As far as it goes by now. */
static inline enum runner_state session_folder_pump(struct session_folder *s)
{
    enum runner_state state = RUNNER_BUSY;
    int64_t due_ns = 0;
    while (state == RUNNER_BUSY) {
        state = runner_pump(s->runner, s->mono_ns, INT64_C(1700000000000000000), 64, &due_ns);
    }
    return state;
}

static inline void session_folder_close(struct session_folder *s)
{
    runner_close(s->runner);
    s->runner = NULL;
}

static inline void session_folder_remove(struct session_folder *s)
{
    session_folder_close(s);
    if (s->csv[0] != '\0') {
        scratch_remove(s->csv);
    }
    folder_remove(s->folder);
}

static inline struct command_result session_folder_ask(struct session_folder *s,
                                                       enum command_kind kind, const char *text,
                                                       const char *reason)
{
    struct command command = {.kind = kind};
    struct command_result result;
    snprintf(command.text, sizeof command.text, "%s", text);
    snprintf(command.reason, sizeof command.reason, "%s", reason);
    snprintf(command.operator_name, sizeof command.operator_name, "ann");
    runner_command(s->runner, &command, INT64_C(1700000000000000000), s->mono_ns, &result);
    return result;
}

static inline int session_folder_count(const struct session_folder *s, const char *words)
{
    int count = 0;
    for (const char *at = strstr(s->lines, words); at != NULL; at = strstr(at + 1, words)) {
        count++;
    }
    return count;
}
