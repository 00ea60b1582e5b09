#include "market/recorder.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "recorder_file.h"

enum {
    BLOCK_BYTES = 256 * 1024, /* handed over when it has so much */
    WAITING_MAX = 64,         /* blocks the writer may be behind: some 16 MiB */
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
    char *header;
    int64_t file_age_ns;

    /* The recording thread's own. */
    struct block block;
    int64_t handed_over_ns, file_began_ns;

    /* The writer's own. */
    struct recorder_file file;

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

static void write_one(struct recorder *recorder, struct block *block)
{
    struct err err = {0};
    struct recorder_file *file = &recorder->file;
    const uint64_t before_bytes = block->new_file ? 0 : file->written_bytes;
    if (!has_failed(recorder)) {
        if ((block->new_file && !recorder_file_begin(file, block->time_ns, &err)) ||
            !recorder_file_write(file, &block->lines, &err)) {
            fail(recorder, &err);
        }
    }
    pthread_mutex_lock(&recorder->mutex);
    recorder->state.files = file->count;
    if (!recorder->state.failed) {
        recorder->state.packed_bytes += file->written_bytes - before_bytes;
        recorder->state.frames += block->frames;
    }
    recorder->file_full = file->written_bytes >= file->file_bytes;
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
    return NULL;
}

static void add_header(struct recorder *recorder)
{
    struct text_line line;
    for (const char *rest = recorder->header; text_take_line(&rest, &line);) {
        text_addf(&recorder->block.lines, "# %.*s\n", (int)line.length, line.start);
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

/* Waited for by the monotonic clock. */
static void init_idle(struct recorder *recorder)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&recorder->idle, &attributes);
    pthread_condattr_destroy(&attributes);
}

bool recorder_open(struct recorder **out, const struct recorder_options *options,
                   struct err *err)
{
    struct recorder *recorder = mem_zalloc(sizeof(*recorder));
    recorder->header = mem_copy_string(options->header);
    recorder->file_age_ns = options->file_age_ns;
    recorder->block.lines = text_growing();
    pthread_mutex_init(&recorder->mutex, NULL);
    pthread_cond_init(&recorder->work, NULL);
    init_idle(recorder);
    /* The first file is made here, where somebody hears of it when it cannot be. */
    bool done = recorder_file_init(&recorder->file, options->folder, options->name, err);
    recorder->file.file_bytes = options->file_bytes;
    recorder->file.total_bytes = options->total_bytes;
    recorder->file.free_bytes = options->free_bytes;
    done = done && recorder_file_begin(&recorder->file, options->now_ns, err);
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

static bool is_written(const struct recorder *recorder)
{
    return recorder->count == 0 && !recorder->writing;
}

void recorder_flush(struct recorder *recorder)
{
    hand_over(recorder, recorder->handed_over_ns);
    pthread_mutex_lock(&recorder->mutex);
    while (!is_written(recorder)) {
        pthread_cond_wait(&recorder->idle, &recorder->mutex);
    }
    pthread_mutex_unlock(&recorder->mutex);
}

bool recorder_settle(struct recorder *recorder, int64_t wait_ns)
{
    hand_over(recorder, recorder->handed_over_ns);
    const int64_t until_ns = clock_monotonic_ns() + wait_ns;
    const struct timespec until = {.tv_sec = until_ns / CLOCK_NS_PER_S,
                                   .tv_nsec = until_ns % CLOCK_NS_PER_S};
    int late = 0;
    pthread_mutex_lock(&recorder->mutex);
    while (!is_written(recorder) && late == 0) {
        late = pthread_cond_timedwait(&recorder->idle, &recorder->mutex, &until);
    }
    const bool settled = is_written(recorder) && !recorder->state.failed;
    pthread_mutex_unlock(&recorder->mutex);
    return settled;
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
    recorder_file_finish(&recorder->file);
    pthread_cond_destroy(&recorder->work);
    pthread_cond_destroy(&recorder->idle);
    pthread_mutex_destroy(&recorder->mutex);
    mem_free(recorder->header);
    mem_free(recorder);
}
