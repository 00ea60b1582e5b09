#include "market/frames.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "data_file.h"
#include "feeds.h"
#include "frame_line.h"
#include "io/lines.h"

enum {
    HEAD_SIZE_MAX = 256, /* of what stands in front of the raw message */
    LABEL_SIZE = 160,
};

struct frames {
    struct source source;
    struct lines *lines;
    char *path;
    struct feeds feeds;
    struct upbit_list upbit;
    struct binance_list binance;
    struct frame_line frame; /* whose messages are being handed on; its raw is gone */
    size_t messages_count;   /* in the list of its venue */
    size_t messages_done;    /* already handed on */
    uint64_t events;         /* given so far */
    bool ended;              /* and said so */
    struct frames_counts counts;
    struct err drop;    /* the last one */
    struct err failure; /* once set, given again and again */
    char label[LABEL_SIZE];
    char hash[HASH_XXH3_TEXT_SIZE];
};

static struct frames *frames_of(const struct source *source)
{
    return (struct frames *)source;
}

/* The counter of a reason. */
static uint64_t *counter_of(struct frames_counts *counts, enum reason reason)
{
    switch ((int)reason) {
    case REASON_INPUT_NOT_FINITE:
        return &counts->not_finite;
    case REASON_INPUT_NOT_POSITIVE:
        return &counts->not_positive;
    case REASON_INPUT_RANGE:
        return &counts->out_of_range;
    case REASON_INPUT_DEPTH:
        return &counts->too_deep;
    case REASON_NET_OVERSIZE:
        return &counts->too_long;
    default:
        return &counts->malformed;
    }
}

static const char *symbol_of(const struct feeds_pair *pair, enum venue venue)
{
    return venue == VENUE_A ? pair->symbol_a : pair->symbol_b;
}

/* `symbol` "": the frame could have been any pair's. */
static void count_in_feeds(struct frames *frames, enum venue venue, const char *symbol)
{
    for (int32_t i = 0; i < frames->feeds.pairs_count; i++) {
        struct feeds_pair *pair = &frames->feeds.pairs[i];
        if (symbol[0] == '\0' || strcmp(symbol, symbol_of(pair, venue)) == 0) {
            pair->feeds[venue].counters.dropped++;
        }
    }
}

/* Counts a frame that could not be read; says so at the 1st, 2nd, 4th, 8th ... of its reason.
 */
static void drop(struct frames *frames, enum reason reason)
{
    const uint64_t count = ++*counter_of(&frames->counts, reason);
    frames->counts.dropped++;
    err_wrap(&frames->drop, "%s:%llu", frames->path,
             (unsigned long long)lines_number(frames->lines));
    if ((count & (count - 1)) == 0) {
        log_warn("market", "frame dropped reason=%s count=%llu: %s", reason_code(reason),
                 (unsigned long long)count, frames->drop.text);
    }
}

/* The end, once: what a person should know who wonders why there was so little. */
static void report_end(struct frames *frames)
{
    if (frames->ended) {
        return;
    }
    frames->ended = true;
    if (frames->counts.dropped > 0) {
        log_warn("market", "%s frames=%llu dropped=%llu", frames->label,
                 (unsigned long long)frames->counts.frames,
                 (unsigned long long)frames->counts.dropped);
    }
    if (frames->events == 0) {
        log_warn("market",
                 "%s gave no event: frames=%llu passed_by=%llu (are these its pairs?)",
                 frames->label, (unsigned long long)frames->counts.frames,
                 (unsigned long long)frames->feeds.ignored);
    }
}

static void drop_long_line(struct frames *frames)
{
    frames->counts.frames++;
    err_set(&frames->drop, ERR_INPUT, "message over %d bytes", FRAMES_SIZE_MAX);
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        count_in_feeds(frames, venue, "");
    }
    drop(frames, REASON_NET_OVERSIZE);
}

static bool is_read(const char *channel)
{
    static const char *const read[] = {"ws",          "rest.depth",  "rest.orderbook",
                                       "rest.ticker", "rest.trades", "rest.premium"};
    for (size_t i = 0; i < sizeof(read) / sizeof(read[0]); i++) {
        if (strcmp(channel, read[i]) == 0) {
            return true;
        }
    }
    return strncmp(channel, "ws.", 3) == 0;
}

/* Decodes the frame; its messages then wait in the list of its venue. */
static void decode(struct frames *frames)
{
    const struct frame_line *frame = &frames->frame;
    enum reason reason = REASON_NONE;
    bool read;
    frames->counts.frames++;
    if (!is_read(frame->channel)) {
        frames->feeds.ignored++;
        return;
    }
    if (frame->venue == VENUE_A) {
        read =
            upbit_decode(&frames->upbit, frame->raw, frame->raw_length, &reason, &frames->drop);
        frames->messages_count = frames->upbit.count;
    } else {
        const char *stream = frame->channel[0] == 'w' ? frame->channel : "";
        read = binance_decode(&frames->binance, stream, frame->raw, frame->raw_length, &reason,
                              &frames->drop);
        frames->messages_count = frames->binance.count;
    }
    if (!read) {
        count_in_feeds(frames, frame->venue, frame->symbol);
        drop(frames, reason);
    }
}

/* Hands one more message of the frame to the feeds; false when it has no more. */
static bool hand_on(struct frames *frames)
{
    const struct frame_line *frame = &frames->frame;
    if (frames->messages_done == frames->messages_count) {
        return false;
    }
    const size_t index = frames->messages_done++;
    frames->feeds.receive_ns = frame->receive_ns;
    if (frame->venue == VENUE_A) {
        const bool from_rest = frame->channel[0] == 'r';
        feeds_upbit(&frames->feeds, &frames->upbit.messages[index], from_rest);
    } else {
        const char *symbol = frame->symbol[0] != '\0' ? frame->symbol : NULL;
        feeds_binance(&frames->feeds, &frames->binance, &frames->binance.messages[index],
                      symbol);
    }
    return true;
}

static bool parse_line(struct frames *frames, const char *line, size_t length, struct err *err)
{
    const int64_t last_ns = frames->frame.receive_ns;
    if (!frame_line_parse(line, length, &frames->frame, err)) {
        return false;
    }
    if (frames->frame.receive_ns < last_ns) {
        return err_set(err, ERR_INPUT,
                       "recv_ns: '%lld' runs back behind the previous frame (expected %lld or "
                       "later)",
                       (long long)frames->frame.receive_ns, (long long)last_ns);
    }
    return true;
}

/* Reads one line; its messages, if it has any, wait then. */
static enum lines_result read_line(struct frames *frames)
{
    const char *line;
    size_t length;
    struct err *failure = &frames->failure;
    const enum lines_result got = lines_next(frames->lines, &line, &length, failure);
    frames->messages_done = 0;
    frames->messages_count = 0;
    if (got == LINES_TOO_LONG) {
        drop_long_line(frames);
    }
    if (got != LINES_LINE || length == 0 || line[0] == '#') {
        return got;
    }
    if (!parse_line(frames, line, length, failure)) {
        err_wrap(failure, "%s:%llu", frames->path,
                 (unsigned long long)lines_number(frames->lines));
        return LINES_ERROR;
    }
    decode(frames);
    return LINES_LINE;
}

static enum source_result frames_next(struct source *source, struct event *out, struct err *err)
{
    struct frames *frames = frames_of(source);
    while (frames->failure.kind == ERR_NONE) {
        if (feeds_take(&frames->feeds, out)) {
            out->line = ++frames->events;
            return SOURCE_EVENT;
        }
        if (!hand_on(frames) && read_line(frames) == LINES_END) {
            if (frames->counts.frames > 0) {
                report_end(frames);
                return SOURCE_END;
            }
            err_set(&frames->failure, ERR_INPUT, "%s: no frame in it", frames->path);
        }
    }
    *err = frames->failure;
    return SOURCE_ERROR;
}

static bool frames_seek(struct source *source, uint64_t line, struct err *err)
{
    struct frames *frames = frames_of(source);
    struct event passed;
    while (frames->events < line) {
        const enum source_result got = frames_next(source, &passed, err);
        if (got == SOURCE_ERROR) {
            return false;
        }
        if (got == SOURCE_END) {
            break;
        }
    }
    if (frames->events != line) {
        return err_set(err, ERR_INPUT, "%s: no event %llu to go on after (it has %llu)",
                       frames->path, (unsigned long long)line,
                       (unsigned long long)frames->events);
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
    const struct feeds *feeds = &frames_of(source)->feeds;
    if (pair < 0 || pair >= feeds->pairs_count) {
        return false;
    }
    *out = feeds->pairs[pair].feeds[venue].counters;
    return true;
}

static double frames_progress(const struct source *source)
{
    uint64_t read_bytes;
    uint64_t total_bytes;
    lines_progress(frames_of(source)->lines, &read_bytes, &total_bytes);
    return total_bytes > 0 ? (double)read_bytes / (double)total_bytes : NAN;
}

static const char *frames_data_hash(const struct source *source)
{
    return frames_of(source)->hash;
}

static void frames_close(struct source *source)
{
    struct frames *frames = frames_of(source);
    lines_close(frames->lines);
    feeds_finish(&frames->feeds);
    upbit_list_finish(&frames->upbit);
    binance_list_finish(&frames->binance);
    mem_free(frames->path);
    mem_free(frames);
}

static const struct source_ops frames_ops = {
    .next = frames_next,
    .seek = frames_seek,
    .label = frames_label,
    .feed = frames_feed,
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
    if (!feeds_init(&frames->feeds, options, err) || !data_file_hash(path, frames->hash, err) ||
        !lines_open(&frames->lines, path, FRAMES_SIZE_MAX + HEAD_SIZE_MAX, err)) {
        frames_close(&frames->source);
        return false;
    }
    *out = &frames->source;
    return true;
}

void frames_counts(const struct source *source, struct frames_counts *out)
{
    assert(source->ops == &frames_ops);
    const struct frames *frames = frames_of(source);
    *out = frames->counts;
    out->ignored = frames->feeds.ignored;
    out->unknown_fields = frames->feeds.unknown_fields;
}

const char *frames_last_drop(const struct source *source)
{
    assert(source->ops == &frames_ops);
    const struct frames *frames = frames_of(source);
    return frames->counts.dropped > 0 ? frames->drop.text : "";
}
