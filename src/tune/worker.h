#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "tune/data.h"
#include "tune/job.h"

/* worker: a process that runs jobs of one batch, one at a time, over the rows it inherited.
 *
 * Processes and not threads: no lock, the rows are shared as they are, and a worker that dies
 * takes one job with it. */

struct worker {
    pid_t pid; /* 0: none */
    int fd;
    int64_t index; /* of the job it runs; -1: idle */
};

/* What became of a job. `document` is on the heap, NULL when the worker itself failed. */
struct outcome {
    bool success;
    char *document;
    char error[512];
    double pnl_usd, drawdown_pct; /* NAN when it failed */
    int64_t closed_trades;
};

struct worker_task {
    const struct job *jobs;
    const struct data *data;
    bool timings;
};

bool worker_start(struct worker *worker, const struct worker_task *task, struct err *err);
void worker_stop(struct worker *worker); /* whatever it does; accepts one that is not there */
bool worker_send(struct worker *worker, int64_t index);
/* Reads the outcome of its job; waits for the end of one that has begun. A worker that is gone
 * gives a failed outcome, and is stopped. */
void worker_receive(struct worker *worker, struct outcome *outcome);

/* Runs a job here. */
void worker_run_job(const struct worker_task *task, int64_t index, struct outcome *outcome);
/* The outcome of a job that could not be run. */
void worker_fail_job(const struct job *job, const char *reason, struct outcome *outcome);
