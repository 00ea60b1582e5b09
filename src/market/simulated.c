#include "market/simulated.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "simulated_stream.h"

enum { NAME_SIZE = 24, LABEL_SIZE = 64 };

struct simulated {
    struct source source;
    struct stream_options options; /* coins points at ours */
    struct simulated_coin coins[STREAM_PAIRS_MAX];
    char names[STREAM_PAIRS_MAX][NAME_SIZE];
    char label[LABEL_SIZE];
    uint64_t line; /* of the last event given; the first is 1 */
    struct stream stream;
};

static enum source_result simulated_next(struct source *source, struct event *out,
                                         struct err *err)
{
    struct simulated *simulated = (struct simulated *)source;
    stream_show(&simulated->stream, stream_next(&simulated->stream), out);
    out->line = ++simulated->line;
    return SOURCE_EVENT;
}

/* Plays it again up to there: cheaper than keeping a past nobody may ask for. */
static bool simulated_seek(struct source *source, uint64_t line, struct err *err)
{
    struct simulated *simulated = (struct simulated *)source;
    if (line < simulated->line) {
        stream_open(&simulated->stream, &simulated->options);
        simulated->line = 0;
    }
    for (; simulated->line < line; simulated->line++) {
        stream_next(&simulated->stream);
    }
    return true;
}

static const char *simulated_label(const struct source *source)
{
    return ((const struct simulated *)source)->label;
}

static bool simulated_feed(const struct source *source, int32_t pair, enum venue venue,
                           struct source_feed *out)
{
    const struct stream *stream = &((const struct simulated *)source)->stream;
    if (pair < 0 || pair >= stream->pairs_count) {
        return false;
    }
    *out = stream->lanes[pair].feeds[venue];
    return true;
}

static double simulated_progress(const struct source *source)
{
    return NAN;
}

static const char *simulated_data_hash(const struct source *source)
{
    return "";
}

static void simulated_close(struct source *source)
{
    mem_free(source);
}

static const struct source_ops OPS = {
    .next = simulated_next,
    .seek = simulated_seek,
    .label = simulated_label,
    .feed = simulated_feed,
    .progress = simulated_progress,
    .data_hash = simulated_data_hash,
    .close = simulated_close,
};

static bool check(const struct simulated_options *options, struct err *err)
{
    if (simulated_preset_find(options->preset) == NULL) {
        return err_set(err, ERR_INPUT, "no simulated market '%s' (expected one of %s)",
                       options->preset, simulated_preset_names());
    }
    if (options->pairs_count < 1 || options->pairs_count > STREAM_PAIRS_MAX) {
        return err_set(err, ERR_INPUT, "'%d' pairs (expected 1 to %d)", options->pairs_count,
                       STREAM_PAIRS_MAX);
    }
    for (int32_t i = 0; i < options->pairs_count; i++) {
        const struct simulated_pair *pair = &options->pairs[i];
        if (pair->name[0] == '\0' || strlen(pair->name) >= NAME_SIZE) {
            return err_set(err, ERR_INPUT, "'%s' is not a coin (expected 1 to %d letters)",
                           pair->name, NAME_SIZE - 1);
        }
    }
    if (options->history_minutes < 0 || options->history_minutes > 100000) {
        return err_set(err, ERR_INPUT, "'%lld' minutes of history (expected 0 to 100000)",
                       (long long)options->history_minutes);
    }
    return true;
}

static void take_pairs(struct simulated *simulated, const struct simulated_options *options)
{
    for (int32_t i = 0; i < options->pairs_count; i++) {
        const struct simulated_pair *pair = &options->pairs[i];
        snprintf(simulated->names[i], NAME_SIZE, "%s", pair->name);
        struct simulated_coin *coin = &simulated->coins[i];
        *coin = simulated_coin_find(simulated->names[i]);
        coin->tick_a = pair->tick_a;
        coin->tick_b = pair->tick_b > 0.0 ? pair->tick_b : coin->tick_b;
    }
}

bool simulated_open(struct source **out, const struct simulated_options *options,
                    struct err *err)
{
    if (!check(options, err)) {
        return false;
    }
    struct simulated *simulated = mem_zalloc(sizeof(*simulated));
    simulated->source.ops = &OPS;
    take_pairs(simulated, options);
    simulated->options = (struct stream_options){
        .preset = simulated_preset_find(options->preset),
        .seed = options->seed,
        .start_ns = options->start_ns,
        .history_minutes = options->history_minutes,
        .view_levels = options->view_levels,
        .faults = options->faults,
        .opening = options->opening,
        .coins = simulated->coins,
        .pairs_count = options->pairs_count,
    };
    snprintf(simulated->label, LABEL_SIZE, "SIM %s seed %llu", options->preset,
             (unsigned long long)options->seed);
    stream_open(&simulated->stream, &simulated->options);
    *out = &simulated->source;
    return true;
}
