#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "market/frame.h"

/* recorder: writes what passed, in the form market/frames reads.
 *
 * Files of a folder, each a sequence of zstd frames that end with a line, so that one that was
 * cut by kill -9 reads up to what was handed over last: at least each second, or with every 256
 * KiB. A thread of its own packs and writes; whoever records waits for no disk. When the disk
 * does not keep up, is full or nearly so, or the file is removed, the recording ends there,
 * loudly, and nothing else does. */

struct recorder;

struct recorder_options {
    const char *folder;   /* created when missing */
    const char *name;     /* begins the names of the files */
    const char *header;   /* lines; each file begins with them, as comments */
    uint64_t file_bytes;  /* packed; then the next file begins */
    int64_t file_age_ns;  /* of event time; the same */
    uint64_t total_bytes; /* of all files; over it the oldest go; 0: no limit */
    uint64_t free_bytes;  /* left on the disk for others; with less the recording ends */
    int64_t now_ns;       /* event time; is in the files' names */
};

/* Copies what it needs. A folder that holds files of this name is gone on with. Errors: the
 * folder cannot be made, or no file in it, or it holds another recording. */
bool recorder_open(struct recorder **out, const struct recorder_options *options,
                   struct err *err);

void recorder_add(struct recorder *recorder, const struct frame *frame);
/* A line that is no frame: what `frames` passes by. */
void recorder_note(struct recorder *recorder, const char *line);
/* Hands over what has waited for a second; to be called a few times a second. */
void recorder_tick(struct recorder *recorder, int64_t now_ns);

/* Hands over everything and waits until it is written. */
void recorder_flush(struct recorder *recorder);

/* The same, and waits so long at most: what comes after it may be durable earlier than what
 * was recorded before only where it says false. Safe from kill -9, not from a power cut. */
bool recorder_settle(struct recorder *recorder, int64_t wait_ns);

struct recorder_state {
    bool failed; /* nothing more is written */
    struct err why;
    uint64_t frames;       /* written, of all files */
    uint64_t packed_bytes; /* they take there */
    int32_t files;
};
void recorder_state(struct recorder *recorder, struct recorder_state *out);

/* Writes what is left and closes; accepts NULL. */
void recorder_close(struct recorder *recorder);
