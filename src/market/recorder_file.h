#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

/* recorder_file: the files of a recording on disk: named so that their order is that of time,
 * packed, and kept within their limits. One thread's, which may wait for the disk. */

struct recorder_file {
    char *folder, *name;
    uint64_t file_bytes;  /* a file of this size is full */
    uint64_t total_bytes; /* of all files; the oldest go; 0: no limit */
    uint64_t free_bytes;  /* so much is left on the disk for others */
    int fd;               /* -1: none is open */
    int32_t count;        /* files begun */
    char *path;           /* of the last one begun */
    uint64_t written_bytes;
    struct ZSTD_CCtx_s *packer;
};

/* Errors: the folder cannot be made, or holds another recording. */
bool recorder_file_init(struct recorder_file *file, const char *folder, const char *name,
                        struct err *err);
void recorder_file_finish(struct recorder_file *file); /* accepts zeroed */

/* The next file; what was written before is on disk then. */
bool recorder_file_begin(struct recorder_file *file, int64_t time_ns, struct err *err);
/* One zstd frame, whole or not at all. */
bool recorder_file_write(struct recorder_file *file, const struct text *lines, struct err *err);
