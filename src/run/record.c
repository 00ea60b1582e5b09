#include "run/record.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
#include "io/loop.h"
#include "live_words.h"
#include "market/live.h"
#include "market/recorder.h"
#include "run/recording.h"
#include "view/snapshot.h"

enum { LOOK_MS = 100 };

struct record {
    const struct record_options *options;
    struct loop *loop;
    struct source *source;
    struct recorder *recorder;
    struct live_words words;
    int64_t began_ns;
    struct record_outcome *outcome;
    struct err failure;
};

/* Nobody decides on them: they only make room for the next. */
static void on_wake(void *context)
{
    struct record *run = context;
    struct event event;
    struct err ignored = {0};
    while (run->source->ops->next(run->source, &event, &ignored) == SOURCE_EVENT) {
    }
}

static void on_frame(void *context, const struct frame *frame)
{
    struct record *run = context;
    recorder_add(run->recorder, frame);
}

static void on_signal(void *context, int number)
{
    struct record *run = context;
    run->outcome->signal = number;
    loop_stop(run->loop, 0);
}

static void on_look(void *context, int64_t now_ns)
{
    struct record *run = context;
    struct recorder_state state;
    char line[SNAPSHOT_LINE_SIZE];
    recorder_tick(run->recorder, live_now_ns(run->source));
    recorder_state(run->recorder, &state);
    while (live_next_notice(run->source, line, sizeof line)) {
        run->options->say(run->options->context, line);
    }
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        if (live_words_next(&run->words, run->source, venue, line, sizeof line)) {
            run->options->say(run->options->context, line);
        }
    }
    if (state.failed) {
        run->failure = state.why;
        loop_stop(run->loop, 1);
    } else if ((double)(now_ns - run->began_ns) / 1e9 >= run->options->max_runtime_s) {
        loop_stop(run->loop, 0);
    } else {
        loop_add_timer(run->loop, now_ns + LOOK_MS * CLOCK_NS_PER_MS, on_look, run);
    }
}

static bool open_all(struct record *run, struct err *err)
{
    if (!loop_add_signal(run->loop, SIGINT, on_signal, run, err) ||
        !loop_add_signal(run->loop, SIGTERM, on_signal, run, err) ||
        !recording_open(&run->recorder, run->options->setup, run->options->folder, "none",
                        "record", run->options->version, err) ||
        !setup_open_live(run->options->setup, run->loop, NULL, &run->source, err)) {
        return false;
    }
    live_set_tap(run->source, on_frame, run);
    live_set_wake(run->source, on_wake, run);
    loop_add_timer(run->loop, run->began_ns, on_look, run);
    return true;
}

bool record_run(const struct record_options *options, struct record_outcome *out,
                struct err *err)
{
    struct record_outcome outcome = {0};
    struct record run = {
        .options = options, .outcome = &outcome, .began_ns = clock_monotonic_ns()};
    run.loop = loop_create();
    bool done = open_all(&run, err);
    if (done && loop_run(run.loop) != 0) {
        *err = run.failure;
        done = false;
    }
    source_close(run.source);
    if (done) {
        struct recorder_state state;
        recorder_flush(run.recorder);
        recorder_state(run.recorder, &state);
        outcome.frames = state.frames;
        outcome.bytes = state.packed_bytes;
        outcome.files = state.files;
        *out = outcome;
    }
    recorder_close(run.recorder);
    loop_destroy(run.loop);
    return done;
}
