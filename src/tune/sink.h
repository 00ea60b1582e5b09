#pragma once
#include <stdio.h>

#include "base/err.h"
#include "tune/folder.h"
#include "tune/jobs.h"
#include "tune/row.h"

/* sink: where the results of a sweep go, in the order of the plan: a file a job, or one file
 * with a line a job; and which of them are there already. */

struct sink {
    struct folder folder;
    bool as_lines;
    bool resume;
    int fd;         /* of the lines */
    int64_t offset; /* end of the good lines */
    FILE *old;      /* lines of an earlier run, as long as they follow the plan; NULL: none */
    char *buffer;
};

/* Without `resume` whatever an earlier run left of these jobs is removed. */
bool sink_open(struct sink *sink, const struct jobs *jobs, bool as_lines, bool resume,
               struct err *err);
/* Makes everything durable. */
bool sink_close(struct sink *sink, struct err *err);

/* Is the result of this job there, from the same configuration, data and build? Asked of every
 * job in order. true: *row is the caller's to finish. */
bool sink_kept(struct sink *sink, const struct job *job, const char *data_hash,
               struct row *row);
bool sink_put(struct sink *sink, const struct job *job, const char *document, struct err *err);
