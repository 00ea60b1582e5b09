#include "market/recorder.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <zstd.h>

#include "base/calendar.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/file.h"

enum {
    BLOCK_BYTES = 256 * 1024, /* handed over when it has so much */
    WAITING_MAX = 64,         /* blocks the writer may be behind: some 16 MiB */
    PACK_LEVEL = 3,
};
#define HAND_OVER_NS INT64_C(1000000000)

/* What is written at once. */
struct block {
    struct text lines;
    bool new_file; /* the header, and all behind it, go into the next file */
    int64_t time_ns;
    uint64_t frames;
};

struct recorder {
    char *folder, *name, *header;
    uint64_t file_bytes;
    int64_t file_age_ns;

    /* The recording thread's own. */
    struct block block;
    int64_t handed_over_ns, file_began_ns;

    /* The writer's own. */
    int fd;
    int32_t part;
    uint64_t written_bytes; /* of this file */
    ZSTD_CCtx *packer;

    pthread_t writer;
    pthread_mutex_t mutex; /* of everything below */
    pthread_cond_t work, idle;
    struct block waiting[WAITING_MAX];
    size_t first, count;
    bool closing, writing;
    bool file_full;
    struct recorder_state state;
};

static void fail(struct recorder *recorder, const struct err *err)
{
    pthread_mutex_lock(&recorder->mutex);
    if (!recorder->state.failed) {
        recorder->state.failed = true;
        recorder->state.why = *err;
    }
    pthread_mutex_unlock(&recorder->mutex);
}

static bool has_failed(struct recorder *recorder)
{
    pthread_mutex_lock(&recorder->mutex);
    const bool failed = recorder->state.failed;
    pthread_mutex_unlock(&recorder->mutex);
    return failed;
}

/* A file is on disk before the next one begins. */
static void close_file(struct recorder *recorder)
{
    if (recorder->fd >= 0) {
        (void)fdatasync(recorder->fd);
        close(recorder->fd);
        recorder->fd = -1;
    }
}

/* "NAME-20261121T055312Z-001.frames.zst": the order of names is the order of time. */
static bool open_file(struct recorder *recorder, int64_t time_ns, struct err *err)
{
    char when[CALENDAR_TEXT_SIZE]; /* 2026-11-21T05:53:12Z */
    struct text path = text_growing();
    close_file(recorder);
    calendar_format(when, time_ns, 0);
    recorder->part++;
    text_addf(&path, "%s/%s-%.4s%.2s%.2sT%.2s%.2s%.2sZ-%03" PRId32 ".frames.zst",
              recorder->folder, recorder->name, when, when + 5, when + 8, when + 11, when + 14,
              when + 17, recorder->part);
    recorder->fd =
        open(text_string(&path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_APPEND, 0600);
    const bool done = recorder->fd >= 0 || err_set(err, ERR_IO, "cannot create '%s': %s",
                                                   text_string(&path), strerror(errno));
    text_finish(&path);
    recorder->written_bytes = 0;
    return done;
}

static bool write_all(int fd, const char *bytes, size_t length, struct err *err)
{
    while (length > 0) {
        const ssize_t count = write(fd, bytes, length);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return err_set(err, ERR_IO, "cannot write the recording: %s",
                           count < 0 ? strerror(errno) : "nothing taken");
        }
        bytes += count;
        length -= (size_t)count;
    }
    return true;
}

/* One zstd frame. A part of one that did not fit is taken back, so that the file stays whole.
 */
static bool write_block(struct recorder *recorder, const struct text *lines, struct err *err)
{
    const size_t room = ZSTD_compressBound(lines->length);
    char *packed = mem_array(room, 1);
    const size_t length = ZSTD_compressCCtx(recorder->packer, packed, room, text_string(lines),
                                            lines->length, PACK_LEVEL);
    assert(!ZSTD_isError(length)); /* there is room for anything */
    const bool done = write_all(recorder->fd, packed, length, err);
    if (done) {
        recorder->written_bytes += length;
    } else {
        (void)!ftruncate(recorder->fd, (off_t)recorder->written_bytes);
    }
    mem_free(packed);
    return done;
}

static void write_one(struct recorder *recorder, struct block *block)
{
    struct err err = {0};
    const uint64_t before_bytes = block->new_file ? 0 : recorder->written_bytes;
    if (!has_failed(recorder)) {
        if ((block->new_file && !open_file(recorder, block->time_ns, &err)) ||
            !write_block(recorder, &block->lines, &err)) {
            fail(recorder, &err);
        }
    }
    pthread_mutex_lock(&recorder->mutex);
    recorder->state.files = recorder->part;
    if (!recorder->state.failed) {
        recorder->state.packed_bytes += recorder->written_bytes - before_bytes;
        recorder->state.frames += block->frames;
    }
    recorder->file_full = recorder->written_bytes >= recorder->file_bytes;
    pthread_mutex_unlock(&recorder->mutex);
    text_finish(&block->lines);
}

static void *write_blocks(void *context)
{
    struct recorder *recorder = context;
    pthread_mutex_lock(&recorder->mutex);
    while (recorder->count > 0 || !recorder->closing) {
        if (recorder->count == 0) {
            pthread_cond_wait(&recorder->work, &recorder->mutex);
            continue;
        }
        struct block block = recorder->waiting[recorder->first];
        recorder->first = (recorder->first + 1) % WAITING_MAX;
        recorder->count--;
        recorder->writing = true;
        pthread_mutex_unlock(&recorder->mutex);
        write_one(recorder, &block);
        pthread_mutex_lock(&recorder->mutex);
        recorder->writing = false;
        pthread_cond_signal(&recorder->idle);
    }
    pthread_mutex_unlock(&recorder->mutex);
    close_file(recorder);
    return NULL;
}

static void add_header(struct recorder *recorder)
{
    for (const char *line = recorder->header; *line != '\0';) {
        const size_t length = strcspn(line, "\n");
        text_addf(&recorder->block.lines, "# %.*s\n", (int)length, line);
        line += length + (line[length] == '\n' ? 1 : 0);
    }
}

static void begin_file(struct recorder *recorder, int64_t now_ns)
{
    recorder->block.new_file = true;
    recorder->block.time_ns = now_ns;
    recorder->file_began_ns = now_ns;
    add_header(recorder);
}

/* False: the writer is too far behind; what was to be handed over is lost. */
static bool queue(struct recorder *recorder, bool *file_full)
{
    pthread_mutex_lock(&recorder->mutex);
    const bool room = recorder->count < WAITING_MAX;
    if (room) {
        const size_t at = (recorder->first + recorder->count++) % WAITING_MAX;
        recorder->waiting[at] = recorder->block;
        pthread_cond_signal(&recorder->work);
    }
    *file_full = recorder->file_full && !recorder->block.new_file;
    recorder->file_full = recorder->file_full && !*file_full;
    pthread_mutex_unlock(&recorder->mutex);
    return room;
}

static void hand_over(struct recorder *recorder, int64_t now_ns)
{
    bool file_full = false;
    struct err err = {0};
    recorder->handed_over_ns = now_ns;
    if (recorder->block.lines.length == 0) {
        return;
    }
    if (!queue(recorder, &file_full)) {
        err_set(&err, ERR_IO, "the disk is too slow for the recording");
        fail(recorder, &err);
        text_finish(&recorder->block.lines);
    }
    recorder->block = (struct block){.lines = text_growing()};
    if (file_full || now_ns - recorder->file_began_ns >= recorder->file_age_ns) {
        begin_file(recorder, now_ns);
    }
}

/* Signals are for the threads that expect them. */
static bool start_writer(struct recorder *recorder, struct err *err)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int fault = pthread_create(&recorder->writer, NULL, write_blocks, recorder);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return fault == 0 ||
           err_set(err, ERR_INTERNAL, "no thread for the recording: %s", strerror(fault));
}

bool recorder_open(struct recorder **out, const struct recorder_options *options,
                   struct err *err)
{
    if (!file_make_folders(options->folder, err)) {
        return false;
    }
    struct recorder *recorder = mem_zalloc(sizeof(*recorder));
    recorder->folder = mem_copy_string(options->folder);
    recorder->name = mem_copy_string(options->name);
    recorder->header = mem_copy_string(options->header);
    recorder->file_bytes = options->file_bytes;
    recorder->file_age_ns = options->file_age_ns;
    recorder->fd = -1;
    recorder->packer = ZSTD_createCCtx();
    recorder->block.lines = text_growing();
    pthread_mutex_init(&recorder->mutex, NULL);
    pthread_cond_init(&recorder->work, NULL);
    pthread_cond_init(&recorder->idle, NULL);
    /* The first file is made here, where somebody hears of it when it cannot be. */
    bool done = open_file(recorder, options->now_ns, err);
    if (done) {
        begin_file(recorder, options->now_ns);
        recorder->block.new_file = false;
        recorder->handed_over_ns = options->now_ns;
        recorder->state.files = 1;
        done = start_writer(recorder, err);
    }
    if (!done) {
        recorder->closing = true;
        recorder_close(recorder);
        return false;
    }
    *out = recorder;
    return true;
}

void recorder_add(struct recorder *recorder, const struct frame *frame)
{
    struct text *lines = &recorder->block.lines;
    recorder->block.frames++;
    text_addf(lines, "%" PRId64 "\t%s\t%s%s%s\t", frame->receive_ns, venue_name(frame->venue),
              frame->channel, frame->symbol[0] != '\0' ? ":" : "", frame->symbol);
    text_add_bytes(lines, frame->raw, frame->raw_length);
    text_add_char(lines, '\n');
    if (lines->length >= BLOCK_BYTES) {
        hand_over(recorder, frame->receive_ns);
    }
}

void recorder_note(struct recorder *recorder, const char *line)
{
    text_addf(&recorder->block.lines, "# %s\n", line);
}

void recorder_tick(struct recorder *recorder, int64_t now_ns)
{
    if (now_ns - recorder->handed_over_ns >= HAND_OVER_NS) {
        hand_over(recorder, now_ns);
    }
}

void recorder_flush(struct recorder *recorder)
{
    hand_over(recorder, recorder->handed_over_ns);
    pthread_mutex_lock(&recorder->mutex);
    while (recorder->count > 0 || recorder->writing) {
        pthread_cond_wait(&recorder->idle, &recorder->mutex);
    }
    pthread_mutex_unlock(&recorder->mutex);
}

void recorder_state(struct recorder *recorder, struct recorder_state *out)
{
    pthread_mutex_lock(&recorder->mutex);
    *out = recorder->state;
    pthread_mutex_unlock(&recorder->mutex);
}

void recorder_close(struct recorder *recorder)
{
    if (recorder == NULL) {
        return;
    }
    if (!recorder->closing) {
        hand_over(recorder, recorder->handed_over_ns);
        pthread_mutex_lock(&recorder->mutex);
        recorder->closing = true;
        pthread_cond_signal(&recorder->work);
        pthread_mutex_unlock(&recorder->mutex);
        pthread_join(recorder->writer, NULL);
    }
    text_finish(&recorder->block.lines);
    close_file(recorder);
    ZSTD_freeCCtx(recorder->packer);
    pthread_cond_destroy(&recorder->work);
    pthread_cond_destroy(&recorder->idle);
    pthread_mutex_destroy(&recorder->mutex);
    mem_free(recorder->folder);
    mem_free(recorder->name);
    mem_free(recorder->header);
    mem_free(recorder);
}
