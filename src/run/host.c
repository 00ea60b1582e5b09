#include "run/host.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "host_live.h"
#include "io/loop.h"
#include "io/scrape.h"
#include "run/exposition.h"
#include "run/server.h"

enum { EVENTS_PER_TURN = 512, PUBLISH_MS = 250, WATCH_MS = 100, REOPEN_MS = 1000 };

/* How long a host that was started for a console waits for it after the data have ended. */
#define LINGER_NS (10 * CLOCK_NS_PER_S)

struct host {
    const struct host_options *options;
    struct loop *loop;
    struct server *server;
    struct scrape *scrape;  /* NULL: metrics.port is 0 */
    struct host_live *live; /* NULL: the data are not */
    uint64_t turn;          /* the timer of the next one */
    struct runner *runner;  /* NULL: it waits for a journal that takes writes */
    struct err waits_for;   /* why it does */
    bool opened;            /* a runner has been open before: this process goes on with it */
    uint64_t events;        /* of the source, durable, by the runners before this one */
    struct snapshot *photo;
    int64_t started_mono_ns;
    enum host_end end;
    bool data_ended;
    int64_t ended_mono_ns;
    bool looked_at; /* a console has been here */
    bool changed;   /* an operator acted: consoles should not wait for the next photograph */
    bool failed;
    struct err failure;
};

/* The one place a signal handler can reach: the kill latch of this process. */
static struct latch kill_latch;

static void engage_latch(int number)
{
    (void)number;
    latch_engage(&kill_latch);
}

static void stop(struct host *host, enum host_end end)
{
    host->end = end;
    loop_stop(host->loop, 0);
}

static void fail(struct host *host, const struct err *err)
{
    if (!host->failed) {
        host->failed = true;
        host->failure = *err;
    }
    loop_stop(host->loop, 1);
}

static void publish(struct host *host)
{
    if (host->runner == NULL) {
        return; /* what consoles have grows old, and they see that */
    }
    runner_snapshot(host->runner, clock_wall_ns(), clock_monotonic_ns(), host->photo);
    host_live_observe(host->live, host->photo);
    server_publish(host->server, host->photo);
}

static void on_publish(void *context, int64_t now_ns)
{
    struct host *host = context;
    const bool watched = server_clients(host->server) > 0;
    host->looked_at = host->looked_at || watched;
    const bool waited = now_ns - host->ended_mono_ns > LINGER_NS;
    if (host->data_ended && !watched && (host->looked_at || waited)) {
        stop(host, HOST_DATA_ENDED); /* it lingered for somebody to look, and nobody does */
        return;
    }
    publish(host); /* also for nobody: who comes next is shown the last one at once */
    loop_add_timer(host->loop, now_ns + PUBLISH_MS * INT64_C(1000000), on_publish, host);
}

static void hear_beat(struct host *host)
{
    char line[SNAPSHOT_LINE_SIZE];
    if (host->options->life_beat != NULL &&
        host->options->life_beat(host->options->life_context, line, sizeof line) &&
        host->runner != NULL) {
        runner_say(host->runner, "%s", line);
    }
}

/* The flag file may appear from outside: `arblite kill` without a socket, or somebody's touch.
 */
static void on_watch(void *context, int64_t now_ns)
{
    struct host *host = context;
    if (!latch_is_on(&kill_latch) && state_dir_kill_engaged(host->options->dir)) {
        latch_engage(&kill_latch);
    }
    host_live_look(host->live, host->runner);
    hear_beat(host);
    const double runtime_s = (double)(now_ns - host->started_mono_ns) / 1e9;
    if (runtime_s >= host->options->max_runtime_s) {
        stop(host, HOST_LIMIT);
        return;
    }
    loop_add_timer(host->loop, now_ns + WATCH_MS * INT64_C(1000000), on_watch, host);
}

static bool open_runner(struct host *host, struct err *err)
{
    const struct host_options *options = host->options;
    const struct runner_options runner_options = {
        .setup = options->setup,
        .dir = options->dir,
        .latch = &kill_latch,
        .new_session = options->new_session && !host->opened,
        .speed = host->opened ? host->photo->speed : options->speed,
        .playback_paused = host->photo->playback_paused,
        .max_events =
            options->max_events < 0 ? -1 : options->max_events - (int64_t)host->events,
        .wall_ns = clock_wall_ns(),
        .version = options->version,
        .life = options->life,
        .life_context = options->life_context,
        .open_feed = host_live_open,
        .feed_context = host->live,
        .note = host->live != NULL ? host_live_note : NULL,
        .settle = host->live != NULL ? host_live_settle : NULL,
        .note_context = host->live,
    };
    host->opened = runner_open(&host->runner, &runner_options, err) || host->opened;
    return host->runner != NULL;
}

static void on_turn(void *context, int64_t now_ns);

/* The one turn to come, from now on at that time. */
static void plan_turn(struct host *host, int64_t due_ns)
{
    loop_remove_timer(host->loop, host->turn);
    host->turn = loop_add_timer(host->loop, due_ns, on_turn, host);
}

/* Live data have come: nobody waits for the next look at the clock. */
static void on_wake(void *context)
{
    struct host *host = context;
    if (host->runner != NULL && !host->data_ended) {
        plan_turn(host, 0);
    }
}

/* Whatever goes wrong with the file itself while it has no room looks like an I/O error;
 * nothing is acted upon meanwhile, so asking again costs nothing. Damage is no such error. */
static void on_reopen(void *context, int64_t now_ns)
{
    struct host *host = context;
    struct err err = {0};
    if (open_runner(host, &err)) {
        publish(host);
        plan_turn(host, now_ns);
    } else if (err.kind == ERR_IO) {
        const int64_t after_ns = clock_monotonic_ns() + REOPEN_MS * INT64_C(1000000);
        loop_add_timer(host->loop, after_ns, on_reopen, host);
    } else {
        fail(host, &err);
    }
}

/* The last line of the log that consoles were shown. */
static void add_last_words(struct snapshot *photo, const char *line)
{
    if (photo->log_count == SNAPSHOT_LOG_MAX) {
        photo->log_count--;
        memmove(photo->log, photo->log + 1, (size_t)photo->log_count * sizeof photo->log[0]);
    }
    struct snapshot_log *row = &photo->log[photo->log_count++];
    row->time_ns = photo->time_ns != 0 ? photo->time_ns : photo->made_wall_ns;
    text_copy(row->text, sizeof row->text, line);
}

/* A journal that is full or busy will not be for ever: the runner goes, with everything that is
 * not durable, and comes back from its last durable state as it would in another process. Any
 * other failure is the host's end. */
static void give_way(struct host *host, const struct err *err)
{
    char line[SNAPSHOT_LINE_SIZE];
    const enum reason fault = runner_passing_fault(host->runner);
    if (fault == REASON_NONE) {
        fail(host, err);
        return;
    }
    host->waits_for = *err;
    host->events += runner_events_durable(host->runner);
    runner_close(host->runner);
    host->runner = NULL;
    host_live_forget(host->live);
    text_cut(line, sizeof line, "session waits, exits too, nothing is acted upon: %s %s",
             reason_code(fault), reason_text(fault));
    add_last_words(host->photo, line);
    host->photo->waiting = true;
    host->photo->entries_open = false;
    host->photo->entries_reason = fault;
    server_publish(host->server, host->photo);
    if (host->options->life != NULL) {
        host->options->life(host->options->life_context, line);
    }
    loop_add_timer(host->loop, clock_monotonic_ns() + REOPEN_MS * INT64_C(1000000), on_reopen,
                   host);
}

static void on_data_end(struct host *host)
{
    struct err err = {0};
    if (host->options->max_events >= 0 &&
        host->events + runner_events(host->runner) >= (uint64_t)host->options->max_events) {
        stop(host, HOST_LIMIT);
        return;
    }
    if (!runner_end(host->runner, "end of data", clock_wall_ns(), &err)) {
        give_way(host, &err);
        return;
    }
    host->data_ended = true;
    host->ended_mono_ns = clock_monotonic_ns();
    if (!host->options->linger) {
        stop(host, HOST_DATA_ENDED);
    }
}

static void on_turn(void *context, int64_t now_ns)
{
    struct host *host = context;
    int64_t due_ns = 0;
    if (host->changed) {
        host->changed = false;
        publish(host);
    }
    switch (runner_pump(host->runner, now_ns, clock_wall_ns(), EVENTS_PER_TURN, &due_ns)) {
    case RUNNER_FAILED:
        give_way(host, runner_failure(host->runner));
        return;
    case RUNNER_ENDED:
        on_data_end(host);
        return;
    case RUNNER_BUSY:
        due_ns = now_ns;
        break;
    case RUNNER_WAITING:
        break;
    }
    /* Never sleep long: the latch may be set by a signal, the state wants to be saved. */
    const int64_t latest_ns = now_ns + WATCH_MS * INT64_C(1000000);
    plan_turn(host, due_ns < latest_ns ? due_ns : latest_ns);
}

/* The kill switch works without a runner: the next one finds it on. */
static void obey_waiting(struct host *host, const struct command *command,
                         struct command_result *out)
{
    struct err err = {0};
    memset(out, 0, sizeof *out);
    if (command->kind != COMMAND_KILL) {
        text_cut(out->text, sizeof out->text, "the session waits: %.120s",
                 host->waits_for.text);
        return;
    }
    latch_engage(&kill_latch);
    host->photo->killed = true; /* the rest of the photograph stays as old as it is */
    text_copy(host->photo->killed_by, sizeof host->photo->killed_by, command->operator_name);
    host->photo->killed_wall_ns = clock_wall_ns();
    server_publish(host->server, host->photo);
    out->done = true;
    const bool flagged = state_dir_engage_kill(host->options->dir, command->operator_name,
                                               command->reason, &err);
    text_cut(out->text, sizeof out->text, "kill switch is on; %.120s",
             flagged ? "the session waits for its journal" : err.text);
}

static void on_command(void *context, const struct command *command, struct command_result *out)
{
    struct host *host = context;
    if (host->runner == NULL) {
        obey_waiting(host, command, out);
        return;
    }
    runner_command(host->runner, command, clock_wall_ns(), clock_monotonic_ns(), out);
    host->changed = true;
    if (command->kind == COMMAND_QUIT) {
        stop(host, HOST_QUIT);
    }
}

/* A console, or `status`, is shown the present and not the last photograph. */
static void on_attach(void *context)
{
    publish(context);
}

static bool on_page(void *context, const struct page_query *query, struct page *page,
                    struct err *err)
{
    struct host *host = context;
    if (host->runner == NULL) {
        *err = host->waits_for;
        return false;
    }
    return runner_page(host->runner, query, page, err);
}

static void on_signal(void *context, int number)
{
    stop(context, number == SIGINT ? HOST_INTERRUPTED : HOST_TERMINATED);
}

static bool take_signals(struct host *host, struct err *err)
{
    struct sigaction kill_action = {.sa_handler = engage_latch, .sa_flags = SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&kill_action.sa_mask);
    sigemptyset(&ignore.sa_mask);
    /* A file that may not grow any more is an error like a full disk, not an end. */
    if (sigaction(SIGUSR2, &kill_action, NULL) != 0 || sigaction(SIGPIPE, &ignore, NULL) != 0 ||
        sigaction(SIGXFSZ, &ignore, NULL) != 0) {
        return err_set(err, ERR_INTERNAL, "signals: %s", strerror(errno));
    }
    if (!host->options->take_signals) {
        return true; /* the console on the main thread has the others */
    }
    if (sigaction(SIGHUP, &ignore, NULL) != 0) {
        return err_set(err, ERR_INTERNAL, "signals: %s", strerror(errno));
    }
    return loop_add_signal(host->loop, SIGTERM, on_signal, host, err) &&
           loop_add_signal(host->loop, SIGINT, on_signal, host, err);
}

static bool open_server(struct host *host, struct err *err)
{
    const struct server_calls calls = {
        .command = on_command,
        .page = on_page,
        .context = host,
        .attach = on_attach,
    };
    return server_open(&host->server, host->loop, host->options->dir, &calls, err);
}

/* Prometheus gets the last photograph: who asks often costs the session no new one. */
static void on_scrape(void *context, struct text *out)
{
    const struct host *host = context;
    exposition_write(host->photo, clock_monotonic_ns(), out);
}

static bool open_scrape(struct host *host, struct err *err)
{
    const int32_t port = host->options->setup->config.metrics.port;
    return port == 0 ||
           scrape_open(&host->scrape, host->loop, (uint16_t)port, on_scrape, host, err) ||
           err_wrap(err, "metrics.port");
}

static bool run(struct host *host, struct err *err)
{
    const int64_t now_ns = clock_monotonic_ns();
    host->started_mono_ns = now_ns;
    publish(host);
    if (host->options->ready != NULL) {
        host->options->ready(host->options->ready_context);
    }
    plan_turn(host, now_ns);
    loop_add_timer(host->loop, now_ns, on_watch, host);
    loop_add_timer(host->loop, now_ns + PUBLISH_MS * INT64_C(1000000), on_publish, host);
    (void)loop_run(host->loop);
    if (host->failed) {
        *err = host->failure;
        return false;
    }
    return true;
}

static const char *farewell(const struct host *host)
{
    if (host->failed) {
        return host->failure.text;
    }
    switch (host->end) {
    case HOST_DATA_ENDED:
        return "the data have ended";
    case HOST_LIMIT:
        return "the host came to the limit it was started with; the session can be resumed";
    case HOST_QUIT:
        return "the session was ended by an operator";
    case HOST_TERMINATED:
    case HOST_INTERRUPTED:
        return "the host was stopped; the session can be resumed";
    }
    return NULL;
}

/* Everything acknowledged is in the journal already; so is now what came after it. */
static bool leave(struct host *host, struct err *err)
{
    if (host->data_ended) {
        return true;
    }
    return host->end == HOST_QUIT
               ? runner_end(host->runner, "ended by the operator", clock_wall_ns(), err)
               : runner_leave(host->runner, farewell(host), clock_wall_ns(), err);
}

static bool finish(struct host *host, enum host_end *end, struct result *result,
                   struct err *err)
{
    *end = host->end;
    if (host->runner == NULL) {
        *err = host->waits_for;
        return err_wrap(err, "stopped while it waited, the session can be resumed");
    }
    publish(host);
    return leave(host, err) && runner_result(host->runner, result, err);
}

bool host_run(const struct host_options *options, enum host_end *end, struct result *result,
              struct err *err)
{
    struct host host = {.options = options, .end = HOST_DATA_ENDED};
    if (!state_dir_create(options->dir, err) || !state_dir_lock(options->dir, err)) {
        return false;
    }
    latch_release(&kill_latch);
    host.loop = loop_create();
    host.photo = mem_zalloc(sizeof *host.photo);
    if (options->setup->kind == SETUP_LIVE) {
        host.live = host_live_create(&(struct host_live_options){
            .loop = host.loop, .host = options, .wake = on_wake, .wake_context = &host});
    }
    /* The socket first: whoever hears the session's first words may knock. */
    const bool done = take_signals(&host, err) && open_server(&host, err) &&
                      open_scrape(&host, err) && open_runner(&host, err) && run(&host, err) &&
                      finish(&host, end, result, err);
    server_close(host.server, farewell(&host), host.failed);
    if (done && options->life != NULL) {
        options->life(options->life_context, farewell(&host));
    }
    scrape_close(host.scrape);
    runner_close(host.runner);
    host_live_destroy(host.live);
    loop_destroy(host.loop);
    mem_free(host.photo);
    state_dir_unlock(options->dir);
    return done;
}
