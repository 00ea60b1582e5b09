#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

enum { PENDING_BYTES = 1024 * 1024 };

static const char LINES_NAME[] = "results.jsonl";

static bool fail(const struct sink *sink, const char *what, struct err *err)
{
    return err_set(err, ERR_IO, "cannot %s '%s/%s': %s", what, sink->folder.path, LINES_NAME,
                   strerror(errno));
}

static bool remove_old(struct sink *sink, const struct jobs *jobs, struct err *err)
{
    const int64_t count = folder_has(&sink->folder, ".json") ? jobs->count : 0;
    for (int64_t i = 0; i < count; i++) {
        if (!folder_remove(&sink->folder, jobs->list[i].output, err)) {
            return false;
        }
    }
    return folder_remove(&sink->folder, LINES_NAME, err);
}

static bool open_lines(struct sink *sink, struct err *err)
{
    sink->fd =
        openat(sink->folder.fd, LINES_NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (sink->fd < 0) {
        return fail(sink, "open", err);
    }
    const int old = dup(sink->fd);
    sink->old = old >= 0 ? fdopen(old, "r") : NULL;
    if (sink->old == NULL) {
        fail(sink, "read", err);
        close(sink->fd);
        sink->fd = -1;
        return false;
    }
    sink->buffer = mem_array(ROW_SIZE_MAX, 1);
    return true;
}

/* Results of both forms in one folder would be counted twice. */
static bool check_form(const struct sink *sink, const struct jobs *jobs, struct err *err)
{
    if (!sink->as_lines) {
        return faccessat(sink->folder.fd, LINES_NAME, F_OK, AT_SYMLINK_NOFOLLOW) != 0 ||
               err_set(err, ERR_INPUT, "'%s/%s': this session keeps lines (--results jsonl)",
                       sink->folder.path, LINES_NAME);
    }
    for (int64_t i = 0; i < jobs->count; i++) {
        const char *name = jobs->list[i].output;
        if (faccessat(sink->folder.fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
            return err_set(err, ERR_INPUT,
                           "'%s/%s': this session keeps files (--results files)",
                           sink->folder.path, name);
        }
    }
    return true;
}

struct counting {
    const struct sink *sink;
    const struct jobs *jobs;
    json_t *own; /* names of the plan's results; NULL: not needed so far */
    int64_t strangers;
};

static json_t *names_of(const struct jobs *jobs)
{
    json_t *names = json_object();
    for (int64_t i = 0; i < jobs->count; i++) {
        json_object_set_new(names, jobs->list[i].output, json_true());
    }
    return names;
}

/* Only a result is one: a summary beside them ranks nowhere. */
static bool count_stranger(void *context, const char *name)
{
    struct counting *counting = context;
    struct err ignored;
    struct row row;
    char *bytes;
    size_t length;
    counting->own = counting->own != NULL ? counting->own : names_of(counting->jobs);
    if (name[0] != '.' && json_object_get(counting->own, name) == NULL &&
        folder_read(&counting->sink->folder, name, ROW_SIZE_MAX, &bytes, &length, &ignored)) {
        row_read(&row, name, bytes, length);
        mem_free(bytes);
        counting->strangers += row.is_result;
        row_finish(&row);
    }
    return true;
}

static int64_t count_strangers(const struct sink *sink, const struct jobs *jobs)
{
    struct counting counting = {.sink = sink, .jobs = jobs};
    (void)!folder_each(&sink->folder, ".json", count_stranger, &counting);
    json_decref(counting.own);
    return counting.strangers;
}

bool sink_open(struct sink *sink, const struct jobs *jobs, const struct sink_options *options,
               struct err *err)
{
    struct sink made = {
        .as_lines = options->as_lines,
        .resume = options->resume,
        .keep_stopped = options->keep_stopped,
        .fd = -1,
        .pending = text_growing(),
    };
    if (!folder_open(&made.folder, jobs->folder, err)) {
        return false;
    }
    if (made.resume && !check_form(&made, jobs, err)) {
        folder_close(&made.folder);
        return false;
    }
    *sink = made;
    return true;
}

bool sink_begin(struct sink *sink, const struct jobs *jobs, struct err *err)
{
    sink->unasked = jobs->count;
    if ((!sink->resume && !remove_old(sink, jobs, err)) ||
        (sink->as_lines && !open_lines(sink, err))) {
        return false;
    }
    sink->strangers = count_strangers(sink, jobs);
    return true;
}

/* From here on lines are written; what an earlier run has beyond this point does not count. */
static bool end_old_lines(struct sink *sink)
{
    if (sink->old == NULL) {
        return true;
    }
    fclose(sink->old);
    sink->old = NULL;
    return ftruncate(sink->fd, sink->offset) == 0;
}

static bool close_lines(struct sink *sink, struct err *err)
{
    /* Who stopped before all jobs were asked for knows nothing of the lines behind. */
    if (sink->old != NULL && sink->unasked > 0) {
        fclose(sink->old);
        sink->old = NULL;
    }
    const bool done = end_old_lines(sink) && fsync(sink->fd) == 0;
    if (!done) {
        fail(sink, "write", err);
    }
    close(sink->fd);
    sink->fd = -1;
    return done;
}

bool sink_close(struct sink *sink, struct err *err)
{
    bool done = true;
    if (!sink->as_lines) {
        done = folder_settle(&sink->folder, err);
    } else if (sink->fd >= 0) {
        done = close_lines(sink, err);
    }
    mem_free(sink->buffer);
    text_finish(&sink->pending);
    folder_close(&sink->folder);
    return done;
}

static bool matches(const struct sink *sink, const struct row *row, const struct job *job,
                    const char *data_hash)
{
    char config_hash[48];
    job_config_hash(job, config_hash);
    return (row->success || (row->stopped && sink->keep_stopped)) &&
           strcmp(row->job_id, job->id) == 0 && strcmp(row->tag, job->tag) == 0 &&
           strcmp(row->config_hash, config_hash) == 0 &&
           strcmp(row->data_hash, data_hash) == 0 && strcmp(row->version, ARBLITE_VERSION) == 0;
}

static bool kept_line(struct sink *sink, const struct job *job, const char *data_hash,
                      struct row *row)
{
    if (sink->old == NULL || fgets(sink->buffer, ROW_SIZE_MAX, sink->old) == NULL) {
        return false;
    }
    const size_t length = strlen(sink->buffer);
    row_read(row, job->output, sink->buffer, length);
    if (length > 0 && sink->buffer[length - 1] == '\n' && matches(sink, row, job, data_hash)) {
        sink->offset += (int64_t)length;
        return true;
    }
    row_finish(row);
    return false;
}

static bool kept_file(const struct sink *sink, const struct job *job, const char *data_hash,
                      struct row *row)
{
    struct err ignored;
    char *bytes;
    size_t length;
    if (!folder_read(&sink->folder, job->output, ROW_SIZE_MAX, &bytes, &length, &ignored)) {
        return false;
    }
    row_read(row, job->output, bytes, length);
    mem_free(bytes);
    const bool kept = matches(sink, row, job, data_hash);
    if (!kept) {
        row_finish(row);
    }
    return kept;
}

bool sink_kept(struct sink *sink, const struct job *job, const char *data_hash, struct row *row)
{
    sink->unasked--;
    if (!sink->resume) {
        return false;
    }
    if (!sink->as_lines) {
        return kept_file(sink, job, data_hash, row);
    }
    /* The lines stand in the order of the plan, so the first that is missing ends them. */
    const bool kept = kept_line(sink, job, data_hash, row);
    if (!kept) {
        end_old_lines(sink);
    }
    return kept;
}

/* Of what could not be written whole, the whole lines stay: half of one would be an error row.
 */
static void keep_whole_lines(struct sink *sink, size_t written)
{
    const char *bytes = sink->pending.data;
    size_t kept = 0;
    for (size_t i = 0; i < written; i++) {
        if (bytes[i] == '\n') {
            kept = i + 1;
            sink->landed++;
        }
    }
    sink->offset += (int64_t)kept;
    (void)!ftruncate(sink->fd, sink->offset);
}

static bool write_pending(struct sink *sink, struct err *err)
{
    const struct text *pending = &sink->pending;
    size_t written = 0;
    bool done = end_old_lines(sink);
    while (done && written < pending->length) {
        const ssize_t got = pwrite(sink->fd, pending->data + written, pending->length - written,
                                   (off_t)sink->offset + (off_t)written);
        done = got >= 0 || errno == EINTR;
        written += got > 0 ? (size_t)got : 0;
    }
    if (!done) {
        fail(sink, "write", err);
        keep_whole_lines(sink, written);
    }
    return done;
}

bool sink_flush(struct sink *sink, struct err *err)
{
    if (sink->pending.length == 0) {
        return true;
    }
    const bool done = write_pending(sink, err);
    if (done) {
        /* The disk begins now, so that the end of the sweep hardly waits for it. */
        (void)sync_file_range(sink->fd, sink->offset, (off_t)sink->pending.length,
                              SYNC_FILE_RANGE_WRITE);
        sink->offset += (int64_t)sink->pending.length;
        sink->landed += sink->waiting;
    }
    sink->waiting = 0;
    text_clear(&sink->pending);
    return done;
}

static bool put_line(struct sink *sink, const struct outcome *outcome, struct err *err)
{
    text_add_bytes(&sink->pending, outcome->document, outcome->length);
    sink->waiting++;
    return sink->pending.length < PENDING_BYTES || sink_flush(sink, err);
}

bool sink_put(struct sink *sink, const struct job *job, const struct outcome *outcome,
              struct err *err)
{
    if (sink->as_lines) {
        return put_line(sink, outcome, err);
    }
    const bool done =
        folder_replace(&sink->folder, job->output, outcome->document, outcome->length, err);
    sink->landed += done;
    return done;
}
