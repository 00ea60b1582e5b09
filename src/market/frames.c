#include "market/frames.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "data_file.h"
#include "intake.h"
#include "market/frame_lines.h"

enum {
    LABEL_SIZE = 160,
    PLACE_SIZE = 512,
};

struct frames {
    struct source source;
    struct frame_lines *lines;
    char *path;
    struct intake intake;
    int64_t receive_ns; /* of the last frame */
    bool ours;          /* the file says it is a recording of arblite's */
    bool stopped;       /* it was stopped here, and gone on with */
    bool ended;         /* and said so */
    struct err failure; /* once set, given again and again */
    char label[LABEL_SIZE];
    char hash[HASH_XXH3_TEXT_SIZE];
};

static struct frames *frames_of(const struct source *source)
{
    return (struct frames *)source;
}

/* The end, once: what a person should know who wonders why there was so little. */
static void report_end(struct frames *frames)
{
    struct frames_counts counts;
    if (frames->ended) {
        return;
    }
    frames->ended = true;
    intake_counts(&frames->intake, &counts);
    if (counts.dropped > 0) {
        log_warn("market", "%s frames=%llu dropped=%llu", frames->label,
                 (unsigned long long)counts.frames, (unsigned long long)counts.dropped);
    }
    if (frames->intake.events == 0) {
        log_warn("market",
                 "%s gave no event: frames=%llu passed_by=%llu (are these its pairs?)",
                 frames->label, (unsigned long long)counts.frames,
                 (unsigned long long)counts.ignored);
    }
}

static void report_drop(struct frames *frames, enum reason reason)
{
    char place[PLACE_SIZE];
    intake_report_drop(&frames->intake, reason,
                       frame_lines_place(frames->lines, place, sizeof(place)));
}

static bool parse_line(struct frames *frames, const char *line, size_t length,
                       struct frame *frame)
{
    struct err *failure = &frames->failure;
    if (frame_line_parse(line, length, frame, failure)) {
        if (frame->receive_ns >= frames->receive_ns) {
            frames->receive_ns = frame->receive_ns;
            return true;
        }
        err_set(failure, ERR_INPUT,
                "recv_ns: '%lld' runs back behind the previous frame (expected %lld or later)",
                (long long)frame->receive_ns, (long long)frames->receive_ns);
    }
    char place[PLACE_SIZE];
    return err_wrap(failure, "%s", frame_lines_place(frames->lines, place, sizeof(place)));
}

/* docs/recordings.md: a session's process ended, and another one goes on from here. */
static void read_comment(struct frames *frames, const char *line)
{
    static const char FORMAT[] = "# arblite frames ";
    static const char RESUME[] = "# resume ";
    frames->ours = frames->ours || strncmp(line, FORMAT, strlen(FORMAT)) == 0;
    frames->stopped = frames->ours && strncmp(line, RESUME, strlen(RESUME)) == 0;
}

/* Reads one line; its messages, if it has any, wait then. */
static enum lines_result read_line(struct frames *frames)
{
    const char *line;
    size_t length;
    struct frame frame;
    enum reason reason = REASON_NONE;
    const enum lines_result got =
        frame_lines_next(frames->lines, &line, &length, &frames->failure);
    if (got == LINES_TOO_LONG) {
        reason = intake_read_too_long(&frames->intake);
    } else if (got == LINES_LINE && length > 0 && line[0] != '#') {
        if (!parse_line(frames, line, length, &frame)) {
            return LINES_ERROR;
        }
        reason = intake_read(&frames->intake, &frame);
    } else if (got == LINES_LINE) {
        read_comment(frames, line);
    }
    if (reason != REASON_NONE) {
        report_drop(frames, reason);
    }
    return got;
}

static enum source_result frames_next(struct source *source, struct event *out, struct err *err)
{
    struct frames *frames = frames_of(source);
    while (frames->failure.kind == ERR_NONE) {
        if (intake_next(&frames->intake, out)) {
            return SOURCE_EVENT;
        }
        if (frames->stopped) {
            return SOURCE_END;
        }
        if (read_line(frames) == LINES_END) {
            if (frames->intake.counts.frames > 0) {
                report_end(frames);
                return SOURCE_END;
            }
            err_set(&frames->failure, ERR_INPUT, "%s: no frame in it", frames->path);
        }
    }
    *err = frames->failure;
    return SOURCE_ERROR;
}

static enum source_result frames_go_on(struct source *source, struct err *err)
{
    struct frames *frames = frames_of(source);
    struct event left;
    enum source_result got;
    while ((got = frames_next(source, &left, err)) == SOURCE_EVENT) {
    }
    if (got == SOURCE_END && frames->stopped) {
        frames->stopped = false;
        frames->receive_ns = INT64_MIN; /* the clock may have been set meanwhile */
        intake_begin_anew(&frames->intake);
        got = SOURCE_EVENT;
    }
    return got;
}

static bool frames_seek(struct source *source, uint64_t line, struct err *err)
{
    struct frames *frames = frames_of(source);
    struct event passed;
    while (frames->intake.events < line) {
        enum source_result got = frames_next(source, &passed, err);
        if (got == SOURCE_END) {
            got = frames_go_on(source, err);
        }
        if (got == SOURCE_ERROR) {
            return false;
        }
        if (got == SOURCE_END) {
            break;
        }
    }
    if (frames->intake.events != line) {
        return err_set(err, ERR_INPUT, "%s: no event %llu to go on after (it has %llu)",
                       frames->path, (unsigned long long)line,
                       (unsigned long long)frames->intake.events);
    }
    return true;
}

static const char *frames_label(const struct source *source)
{
    return frames_of(source)->label;
}

static bool frames_feed(const struct source *source, int32_t pair, enum venue venue,
                        struct source_feed *out)
{
    return intake_feed(&frames_of(source)->intake, pair, venue, out);
}

static uint64_t frames_count(const struct source *source, enum venue venue, enum reason reason)
{
    return frames_of(source)->intake.feeds.reasons[venue][reason];
}

static double frames_progress(const struct source *source)
{
    return frame_lines_progress(frames_of(source)->lines);
}

static const char *frames_data_hash(const struct source *source)
{
    return frames_of(source)->hash;
}

static void frames_close(struct source *source)
{
    struct frames *frames = frames_of(source);
    frame_lines_close(frames->lines);
    intake_finish(&frames->intake);
    mem_free(frames->path);
    mem_free(frames);
}

static const struct source_ops frames_ops = {
    .next = frames_next,
    .seek = frames_seek,
    .go_on = frames_go_on,
    .label = frames_label,
    .feed = frames_feed,
    .count = frames_count,
    .progress = frames_progress,
    .data_hash = frames_data_hash,
    .close = frames_close,
};

bool frames_open(struct source **out, const char *path, const struct frames_options *options,
                 struct err *err)
{
    struct frames *frames = mem_zalloc(sizeof(*frames));
    frames->source.ops = &frames_ops;
    frames->path = mem_copy_string(path);
    data_file_label(frames->label, sizeof(frames->label), "FRAMES", path);
    if (!intake_init(&frames->intake, options, err) ||
        !frame_lines_open(&frames->lines, path, err) ||
        !frame_lines_hash(frames->lines, frames->hash, err)) {
        frames_close(&frames->source);
        return false;
    }
    *out = &frames->source;
    return true;
}

void frames_counts(const struct source *source, struct frames_counts *out)
{
    assert(source->ops == &frames_ops);
    intake_counts(&frames_of(source)->intake, out);
}

const char *frames_last_drop(const struct source *source)
{
    assert(source->ops == &frames_ops);
    const struct intake *intake = &frames_of(source)->intake;
    return intake->counts.dropped > 0 ? intake->drop.text : "";
}
