#pragma once
/* desk_asks: a desk on the working directory, and somebody who asks it about results. */
#include "results.h"

#include <poll.h>

#include "base/clock.h"
#include "store/results.h"
#include "tune/desk.h"

enum { PATIENCE_MS = 10000 };

static inline struct desk *open_desk(void)
{
    const struct desk_options options = {.state_dir = ".", .program = "/nowhere"};
    struct desk *desk;
    struct err err;
    assert_true(desk_open(&desk, &options, &err));
    return desk;
}

/* A session in the tuning journal; its folder under the working directory. */
static inline int64_t put_session(const char *name, int64_t jobs)
{
    struct results *results;
    struct results_sweep sweep = {.jobs = jobs, .pid = 1, .started_wall_ns = clock_wall_ns()};
    struct err err;
    char here[256];
    assert_non_null(getcwd(here, sizeof here));
    snprintf(sweep.folder, sizeof sweep.folder, "%s/%s", here, name);
    assert_true(results_open(&results, RESULTS_FILE, &err));
    assert_true(results_start(results, &sweep, &err));
    assert_true(results_end(results, sweep.id, clock_wall_ns(), "done", &err));
    results_close(results);
    return sweep.id;
}

static inline void wait_news(struct desk *desk, int64_t until_ns)
{
    struct pollfd news = {.fd = desk->ops->fd(desk), .events = POLLIN};
    assert_true(clock_monotonic_ns() < until_ns);
    poll(&news, 1, 20);
    desk->ops->pump(desk);
}

static inline bool same_query(const struct ranking_query *a, const struct ranking_query *b)
{
    return a->session == b->session && a->sort == b->sort && a->backwards == b->backwards &&
           a->offset == b->offset && a->count == b->count && a->trades_min == b->trades_min &&
           strcmp(a->filter, b->filter) == 0 && strcmp(a->x, b->x) == 0 &&
           strcmp(a->y, b->y) == 0 && strcmp(a->job, b->job) == 0 &&
           strcmp(a->other, b->other) == 0;
}

static inline int64_t deadline_ns(void)
{
    return clock_monotonic_ns() + PATIENCE_MS * (int64_t)CLOCK_NS_PER_MS;
}

/* Asks until the answer is to this question and of files seen after the call. */
static inline const struct ranking *ask_ranking(struct desk *desk, struct ranking_query query)
{
    const int64_t from_ns = clock_monotonic_ns();
    const int64_t until_ns = deadline_ns();
    const struct desk_query asked = {.kind = DESK_RANKING, .ranking = query};
    const struct ranking *answer = NULL;
    do {
        desk->ops->ask(desk, &asked);
        wait_news(desk, until_ns);
        answer = desk->ops->ranking(desk);
    } while (answer == NULL || !same_query(&answer->query, &query) ||
             (answer->error[0] == '\0' && answer->read_mono_ns < from_ns));
    return answer;
}

static inline struct ranking_query all(void)
{
    return (struct ranking_query){.drawdown_pct_max = NAN, .count = RANKING_ROWS_MAX};
}
