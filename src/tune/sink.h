#pragma once
#include <stdio.h>

#include "base/err.h"
#include "base/text.h"
#include "outcome.h"
#include "tune/folder.h"
#include "tune/jobs.h"
#include "tune/row.h"

/* sink: where the results of a sweep go, in the order of the plan: a file a job, or one file
 * with a line a job; and which of them are there already. */

struct sink {
    struct folder folder;
    bool as_lines;
    bool resume;
    bool keep_stopped; /* a job that was stopped early has its result */
    int fd;            /* of the lines */
    int64_t offset;    /* end of the good lines */
    FILE *old;       /* lines of an earlier run, as long as they follow the plan; NULL: none */
    int64_t unasked; /* jobs that sink_kept() was not asked about so far */
    char *buffer;
    struct text pending; /* lines on their way */
    int64_t waiting;     /* of them */
    int64_t landed;      /* results put down so far, no half one among them */
    int64_t strangers;   /* results of other plans in the folder, which are left alone */
};

struct sink_options {
    bool as_lines, resume, keep_stopped;
};

/* Takes the folder, and touches nothing in it. */
bool sink_open(struct sink *sink, const struct jobs *jobs, const struct sink_options *options,
               struct err *err);
/* Without `resume` whatever an earlier run left of these jobs is removed. */
bool sink_begin(struct sink *sink, const struct jobs *jobs, struct err *err);
/* Makes everything durable. */
bool sink_close(struct sink *sink, struct err *err);

/* Is the result of this job there, from the same configuration, data and build? Asked of every
 * job in order. true: *row is the caller's to finish. */
bool sink_kept(struct sink *sink, const struct job *job, const char *data_hash,
               struct row *row);
/* Lines wait until there are enough of them or sink_flush() is called; only then `landed`
 * counts them. */
bool sink_put(struct sink *sink, const struct job *job, const struct outcome *outcome,
              struct err *err);
bool sink_flush(struct sink *sink, struct err *err);
