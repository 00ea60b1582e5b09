#include "host_live.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "live_words.h"
#include "market/live.h"
#include "market/recorder.h"
#include "run/recording.h"

/* A commit waits so long for what led to it: a disk that hangs must not stop the session. */
#define SETTLE_NS (20 * CLOCK_NS_PER_MS)

struct host_live {
    struct host_live_options options;
    char ban_path[STATE_DIR_PATH_SIZE + 8];
    struct source *source; /* the runner's; NULL while there is none */
    struct recorder *recorder;
    bool recorder_told; /* that it failed */
    struct live_words words;
};

struct host_live *host_live_create(const struct host_live_options *options)
{
    struct host_live *live = mem_zalloc(sizeof *live);
    live->options = *options;
    snprintf(live->ban_path, sizeof live->ban_path, "%s/bans", options->host->dir->path);
    return live;
}

void host_live_destroy(struct host_live *live)
{
    if (live != NULL) {
        recorder_close(live->recorder);
        mem_free(live);
    }
}

static void on_wake(void *context)
{
    struct host_live *live = context;
    live->options.wake(live->options.wake_context);
}

static void on_frame(void *context, const struct frame *frame)
{
    struct host_live *live = context;
    if (live->recorder != NULL) {
        recorder_add(live->recorder, frame);
    }
}

/* One recording for the life of the host; a session that had to wait goes on in it. */
static bool open_recorder(struct host_live *live, const struct setup *setup,
                          const char *session, struct err *err)
{
    const struct host_options *host = live->options.host;
    if (host->record_folder == NULL || live->recorder != NULL) {
        return true;
    }
    return recording_open(&live->recorder, setup, host->record_folder, session, session,
                          host->version, err) ||
           err_wrap(err, "--record");
}

bool host_live_open(void *context, const struct setup *setup, const char *session,
                    struct runner_feed *out, struct err *err)
{
    struct host_live *live = context;
    struct source *source = NULL;
    if (!open_recorder(live, setup, session, err) ||
        !setup_open_live(setup, live->options.loop, live->ban_path, &source, err)) {
        return false;
    }
    live->source = source;
    live->words.told_past = false;
    live_set_tap(source, on_frame, live);
    live_set_wake(source, on_wake, live);
    const int64_t mono_ns = clock_monotonic_ns();
    *out = (struct runner_feed){.source = source,
                                .ahead_ns = live_from_mono_ns(source, mono_ns) - mono_ns};
    return true;
}

void host_live_note(void *context, const char *line)
{
    struct host_live *live = context;
    if (live->recorder != NULL) {
        recorder_note(live->recorder, line);
    }
}

void host_live_settle(void *context)
{
    struct host_live *live = context;
    if (live->recorder != NULL) {
        (void)recorder_settle(live->recorder, SETTLE_NS);
    }
}

void host_live_forget(struct host_live *live)
{
    if (live != NULL) {
        live->source = NULL;
    }
}

/* The session goes on, and whoever wanted a recording must hear that there is none any more. */
static void tend_recorder(struct host_live *live, struct runner *runner)
{
    struct recorder_state state;
    if (live->recorder == NULL) {
        return;
    }
    recorder_tick(live->recorder,
                  live->source != NULL ? live_now_ns(live->source) : clock_wall_ns());
    recorder_state(live->recorder, &state);
    if (state.failed && !live->recorder_told && runner != NULL) {
        live->recorder_told = true;
        log_error("run", "recording stopped after frames=%" PRIu64 ": %s", state.frames,
                  state.why.text);
        runner_say(runner, "RECORDING STOPPED, the session goes on: %s", state.why.text);
    }
}

void host_live_look(struct host_live *live, struct runner *runner)
{
    if (live == NULL) {
        return;
    }
    char line[SNAPSHOT_LINE_SIZE];
    if (live->source != NULL && runner != NULL &&
        live_words_past(&live->words, live->source, runner_resumed(runner), line,
                        sizeof line)) {
        runner_say(runner, "%s", line);
    }
    while (live->source != NULL && runner != NULL &&
           live_next_notice(live->source, line, sizeof line)) {
        runner_say(runner, "%s", line);
    }
    for (enum venue venue = VENUE_A; live->source != NULL && venue <= VENUE_LAST; venue++) {
        if (live_words_next(&live->words, live->source, venue, line, sizeof line)) {
            runner_say(runner, "%s", line);
        }
    }
    tend_recorder(live, runner);
}

void host_live_observe(struct host_live *live, struct snapshot *out)
{
    struct recorder_state state;
    if (live == NULL || live->recorder == NULL) {
        return;
    }
    recorder_state(live->recorder, &state);
    out->recording = state.failed ? SNAPSHOT_RECORDING_FAILED : SNAPSHOT_RECORDING_ON;
    out->recorded_frames = state.frames;
    out->recorded_bytes = state.packed_bytes;
    text_copy(out->recording_failure, sizeof out->recording_failure, state.why.text);
}
