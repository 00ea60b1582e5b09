#include "tui/console.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/safe.h"
#include "io/loop.h"
#include "tui/again.h"
#include "tui/frame.h"
#include "tui/pace.h"
#include "tui/press.h"
#include "tui/term.h"

enum { EMPTY_READS_MAX = 3 }; /* readable without a key so often in a row: the line is dead */

struct console {
    struct port *port;
    const struct console_options *options;
    struct loop *loop;
    struct term *term;
    struct frame *frame;
    struct canvas *canvas, *shown;
    struct frame_cursor cursor;
    struct state state;
    struct snapshot *frozen; /* NULL while live, and so is what follows */
    struct tuning *frozen_tuning;
    struct pace pace;
    int empty_reads;
    struct console_end end;
    struct err err;
};

static void look_at_desk(const struct console *console, struct world *world)
{
    struct desk *desk = console->options->desk;
    if (desk != NULL) {
        world->has_desk = true;
        world->tuning =
            console->frozen_tuning != NULL ? console->frozen_tuning : desk->ops->sessions(desk);
        world->form = desk->ops->form(desk);
        world->ranking = desk->ops->ranking(desk);
        world->result = desk->ops->result(desk);
        world->heat = desk->ops->heat(desk);
    }
}

static struct world look(const struct console *console)
{
    struct port *port = console->port;
    const struct snapshot *newest = port->ops->snapshot(port);
    struct world world = {
        .shown = console->frozen != NULL ? console->frozen : newest,
        .newest = newest,
        .now_ns = clock_monotonic_ns(),
        .read_only = console->options->read_only,
        .operator_name = console->options->operator_name,
    };
    for (int kind = 0; kind <= PAGE_AUDIT; kind++) {
        world.pages[kind] = port->ops->page(port, (enum page_kind)kind);
    }
    look_at_desk(console, &world);
    return world;
}

static void finish(struct console *console, enum console_end_kind kind, int signal)
{
    console->end = (struct console_end){kind, signal};
    loop_stop(console->loop, 0);
}

static void port_failed(struct console *console)
{
    const bool ended = console->state.quitting || console->err.kind == ERR_ENDED;
    finish(console, ended ? CONSOLE_SESSION_ENDED : CONSOLE_SESSION_GONE, 0);
}

static void fit(struct console *console)
{
    int cols, rows;
    term_size(console->term, &cols, &rows);
    if (console->canvas == NULL || console->canvas->cols != cols ||
        console->canvas->rows != rows) {
        canvas_destroy(console->canvas);
        canvas_destroy(console->shown);
        console->canvas = canvas_create(cols, rows, term_ascii(console->term));
        console->shown = canvas_create(cols, rows, term_ascii(console->term));
        console->cursor.y = -2; /* no frame ends like this: the next one is drawn */
    }
}

/* Draws when something differs from what stands on the glass. */
static void paint(struct console *console, bool again)
{
    struct world world = look(console);
    world.slow_rate = pace_slow_rate(&console->pace, console->state.frames_per_s, world.now_ns);
    fit(console);
    struct canvas *canvas = console->canvas;
    const struct frame_cursor cursor =
        frame_draw(console->frame, &console->state, &world, canvas);
    const size_t size = (size_t)canvas->cols * (size_t)canvas->rows * sizeof *canvas->cells;
    const bool same = memcmp(canvas->cells, console->shown->cells, size) == 0 &&
                      cursor.x == console->cursor.x && cursor.y == console->cursor.y;
    if (same && !again) {
        return;
    }
    term_draw(console->term, canvas, console->state.theme, cursor.x, cursor.y);
    console->cursor = cursor;
    console->canvas = console->shown;
    console->shown = canvas;
    if (pace_should_ask(&console->pace, world.now_ns)) {
        term_ping(console->term);
    }
}

static void follow_freeze(struct console *console, const struct world *world)
{
    if (!console->state.frozen) {
        mem_free(console->frozen);
        mem_free(console->frozen_tuning);
        console->frozen = NULL;
        console->frozen_tuning = NULL;
    } else if (console->frozen == NULL && world->newest != NULL) {
        console->frozen = mem_zalloc(sizeof *console->frozen);
        *console->frozen = *world->newest;
        if (world->tuning != NULL) {
            console->frozen_tuning = mem_zalloc(sizeof *console->frozen_tuning);
            *console->frozen_tuning = *world->tuning;
        }
    }
}

static void send_command(struct console *console, const struct command *command)
{
    struct err err = {.kind = ERR_NONE};
    if (!console->port->ops->send(console->port, command, &err)) {
        char safe[NOTICE_SIZE];
        safe_text(safe, sizeof safe, err.text, strlen(err.text));
        state_note(&console->state, clock_monotonic_ns(), ROLE_MED, 20, "not sent: %s", safe);
    }
}

/* The frame as it stands without the command line that asked for it. */
static void keep_frame(struct console *console, const struct world *world, const char *path)
{
    struct err err = {.kind = ERR_NONE};
    char safe[NOTICE_SIZE];
    fit(console);
    frame_draw(console->frame, &console->state, world, console->canvas);
    const bool kept = canvas_write(console->canvas, path, &err);
    const char *said = kept ? path : err.text;
    safe_text(safe, sizeof safe, said, strlen(said));
    state_note(&console->state, world->now_ns, kept ? ROLE_NORMAL : ROLE_MED, 8, "%s %s",
               kept ? "written:" : "not written:", safe);
}

static void tell_desk(struct desk *desk, const struct outbox *outbox)
{
    for (int i = 0; desk != NULL && i < outbox->desk_queries_count; i++) {
        desk->ops->ask(desk, &outbox->desk_queries[i]);
    }
    if (desk != NULL && outbox->orders) {
        desk->ops->order(desk, &outbox->order);
    }
}

/* Carries out what a step asked for; commands first, before anything is drawn. */
static void carry_out(struct console *console, const struct world *world,
                      const struct outbox *outbox)
{
    struct err err = {.kind = ERR_NONE};
    for (int i = 0; i < outbox->commands_count; i++) {
        send_command(console, &outbox->commands[i]);
    }
    follow_freeze(console, world);
    if (outbox->asks && !console->port->ops->ask(console->port, &outbox->query, &err)) {
        state_note(&console->state, world->now_ns, ROLE_MED, 6, "the journal was not asked");
    }
    tell_desk(console->options->desk, outbox);
    if (outbox->bell && console->options->bell) {
        term_bell(console->term);
    }
    if (outbox->snap_path[0] != '\0') {
        keep_frame(console, world, outbox->snap_path);
    }
    if (outbox->detach) {
        finish(console, CONSOLE_DETACHED, 0);
    }
    if (outbox->suspend) {
        term_suspend(console->term);
    }
    if (outbox->redraw) {
        term_redraw(console->term);
    }
    if (outbox->suspend || outbox->redraw) {
        paint(console, true);
    }
}

static bool pump(struct console *console)
{
    struct port *port = console->port;
    if (!port->ops->pump(port, &console->err)) {
        port_failed(console);
        return false;
    }
    struct command_result result;
    while (port->ops->take_result(port, &result)) {
        state_answer(&console->state, &result, clock_monotonic_ns());
    }
    return true;
}

static void on_port(void *context, int fd, short revents)
{
    struct console *console = context;
    const bool first = console->port->ops->snapshot(console->port) == NULL;
    if (pump(console) && first && console->port->ops->snapshot(console->port) != NULL) {
        paint(console, false);
    }
}

static void on_desk(void *context, int fd, short revents)
{
    struct console *console = context;
    struct desk *desk = console->options->desk;
    struct command_result result;
    desk->ops->pump(desk);
    while (desk->ops->take_result(desk, &result)) {
        state_desk_answer(&console->state, &result, clock_monotonic_ns());
    }
}

/* The end of a dropped line: readable for ever and nothing there. */
static bool line_is_dead(struct console *console, short revents, bool pressed)
{
    console->empty_reads = pressed ? 0 : console->empty_reads + 1;
    return (revents & (POLLHUP | POLLERR | POLLNVAL)) != 0 ||
           console->empty_reads >= EMPTY_READS_MAX;
}

static void on_terminal(void *context, int fd, short revents)
{
    struct console *console = context;
    bool pressed = false, heard = false;
    for (uint32_t key; (key = term_read(console->term)) != PRESS_NONE;) {
        heard = true;
        struct world world = look(console);
        if (key == PRESS_TERMINAL_OK) {
            pace_answer(&console->pace, world.now_ns);
            continue;
        }
        pressed = true;
        struct outbox outbox = {.commands_count = 0};
        state_press(&console->state, &world, key, &outbox);
        carry_out(console, &world, &outbox);
        world = look(console);
        outbox = (struct outbox){.commands_count = 0};
        state_tick(&console->state, &world, &outbox);
        carry_out(console, &world, &outbox);
    }
    if (line_is_dead(console, revents, heard)) {
        finish(console, CONSOLE_TERMINAL_GONE, 0);
        return;
    }
    if (pressed) {
        paint(console, false);
    }
}

static void on_frame(void *context, int64_t now_ns)
{
    struct console *console = context;
    const int64_t period_ns = (int64_t)((double)CLOCK_NS_PER_S / console->state.frames_per_s);
    loop_add_timer(console->loop, now_ns + period_ns, on_frame, console);
    if (console->port->ops->fd(console->port) < 0 && !pump(console)) {
        return;
    }
    struct world world = look(console);
    struct outbox outbox = {.commands_count = 0};
    state_tick(&console->state, &world, &outbox);
    carry_out(console, &world, &outbox);
    if (pace_may_draw(&console->pace, world.now_ns) && term_writable(console->term)) {
        paint(console, false);
    }
}

static void on_signal(void *context, int signal)
{
    struct console *console = context;
    switch (signal) {
    case SIGWINCH:
        term_follow_size(console->term);
        paint(console, true);
        break;
    case SIGTSTP:
        term_suspend(console->term);
        paint(console, true);
        break;
    case SIGCONT:
        term_redraw(console->term);
        paint(console, true);
        break;
    default:
        finish(console, CONSOLE_SIGNALLED, signal);
        break;
    }
}

static bool watch(struct console *console, struct err *err)
{
    static const int SIGNALS[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT};
    for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++) {
        if (!loop_add_signal(console->loop, SIGNALS[i], on_signal, console, err)) {
            return false;
        }
    }
    loop_add_fd(console->loop, STDIN_FILENO, POLLIN, on_terminal, console);
    const int fd = console->port->ops->fd(console->port);
    if (fd >= 0) {
        loop_add_fd(console->loop, fd, POLLIN, on_port, console);
    }
    struct desk *desk = console->options->desk;
    if (desk != NULL) {
        loop_add_fd(console->loop, desk->ops->fd(desk), POLLIN, on_desk, console);
    }
    loop_add_timer(console->loop, clock_monotonic_ns(), on_frame, console);
    return true;
}

/* One line after the screen is given back: what becomes of the session. */
static void say_goodbye(const struct console *console, const char *session, const char *again)
{
    const char *come_back = console->options->come_back;
    char safe[256];
    safe_text(safe, sizeof safe, console->err.text, strlen(console->err.text));
    switch (console->end.kind) {
    case CONSOLE_DETACHED:
    case CONSOLE_SIGNALLED:
        printf("session %s goes on; come back with: %s\n", session,
               come_back != NULL ? come_back : "arblite attach");
        break;
    case CONSOLE_SESSION_ENDED:
        if (console->state.quitting) {
            printf("session %s has ended\n", session);
        } else {
            printf("session %s: %s\n", session, safe);
        }
        break;
    case CONSOLE_SESSION_GONE:
        printf("the host of session %s is gone: %s; start it again with: %s\n", session, safe,
               again);
        break;
    case CONSOLE_TERMINAL_GONE:
        return;
    }
    fflush(stdout);
}

static void remember_session(const struct console *console, char *name, size_t size)
{
    const struct snapshot *snapshot = console->port->ops->snapshot(console->port);
    const char *raw = snapshot != NULL ? snapshot->session : "?";
    safe_text(name, size, raw, strnlen(raw, SNAPSHOT_TEXT_SIZE));
}

bool console_run(struct port *port, const struct console_options *options,
                 struct console_end *end, struct err *err)
{
    struct console console = {.port = port, .options = options};
    struct err why = {.kind = ERR_NONE};
    sigset_t mask;
    if (!term_open(options, &console.term, &why)) {
        if (!isatty(STDOUT_FILENO)) {
            return console_plain(port, options, stdout, end, err);
        }
        fprintf(stderr, "%s; lines are appended instead\n", why.text);
        return console_plain(port, options, stdout, end, err);
    }
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_SETMASK, NULL, &mask);
    state_init(&console.state, options->theme, options->chart_span, options->frames_per_s);
    console.frame = frame_create();
    console.loop = loop_create();
    const bool watched = watch(&console, err);
    if (watched) {
        loop_run(console.loop);
    }
    char session[SNAPSHOT_TEXT_SIZE * 4];
    char again[AGAIN_SIZE];
    remember_session(&console, session, sizeof session);
    again_command(again, options->start_again, port->ops->snapshot(port));
    term_close(console.term);
    loop_destroy(console.loop);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    frame_destroy(console.frame);
    canvas_destroy(console.canvas);
    canvas_destroy(console.shown);
    mem_free(console.frozen);
    mem_free(console.frozen_tuning);
    if (watched) {
        say_goodbye(&console, session, again);
        *end = console.end;
    }
    return watched;
}
