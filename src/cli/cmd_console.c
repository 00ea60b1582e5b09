#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/num.h"
#include "base/safe.h"
#include "base/text.h"
#include "build.h"
#include "cli/args.h"
#include "cli/operator.h"
#include "cli/reach.h"
#include "cli/session_options.h"
#include "cli/spawn.h"
#include "cli/subcommand.h"
#include "run/port_socket.h"
#include "tui/console.h"
#include "tune/desk.h"

/* console and attach: a face on a session; the console starts the session when there is none.
 */

enum { FIRST_SNAPSHOT_MS = 5000, SNAP_PAGE_MS = 2000, SNAP_DESK_MS = 5000 };

struct console_cli {
    struct session_options session;
    const char *snap;
    const char *screen;
    const char *theme;
    const char *frames_per_s;
    struct config config; /* how it looks */
    bool ascii, mono, plain, read_only, embedded;
};

#define OWN(name, type, member, value, help)                                                   \
    {                                                                                          \
        name, type, offsetof(struct console_cli, member), SIZE_MAX, value, help                \
    }

static const struct arg_option LOOKS[] = {
    OWN("theme", ARG_TEXT, theme, "NAME", "dark, light, korea, green-red or mono"),
    OWN("ascii", ARG_FLAG, ascii, NULL, "nothing but ASCII on the screen"),
    OWN("mono", ARG_FLAG, mono, NULL, "no colour; the same as --color never"),
    OWN("plain", ARG_FLAG, plain, NULL, "append lines instead of drawing"),
    OWN("hz", ARG_TEXT, frames_per_s, "N", "frames a second, 0.5 to 20; 4 by default"),
    OWN("readonly", ARG_FLAG, read_only, NULL, "look, do not touch"),
    OWN("snap", ARG_TEXT, snap, "WxH", "print one frame of the attached session as text"),
    OWN("screen", ARG_TEXT, screen, "NAME",
        "of --snap: live, trades, risk, alerts, system, tuning, results, help"),
    OWN("embedded", ARG_FLAG, embedded, NULL, "host and console in one process"),
};

enum { LOOKS_COUNT = sizeof LOOKS / sizeof LOOKS[0] };
enum { CONSOLE_OPTIONS = LOOKS_COUNT + SESSION_OPTIONS_COUNT };

static int complain(const struct err *err)
{
    fprintf(stderr, "arblite: %s\n", err->text);
    return err_exit_code(err->kind);
}

static bool parse_color(const struct console_cli *cli, enum console_color *out, struct err *err)
{
    static const struct {
        const char *name;
        enum console_color color;
    } NAMES[] = {{"auto", CONSOLE_COLOR_AUTO},
                 {"never", CONSOLE_COLOR_NEVER},
                 {"8", CONSOLE_COLOR_8},
                 {"256", CONSOLE_COLOR_256}};
    const char *given = cli->mono                           ? "never"
                        : cli->session.global.color == NULL ? "auto"
                                                            : cli->session.global.color;
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (strcmp(given, NAMES[i].name) == 0) {
            *out = NAMES[i].color;
            return true;
        }
    }
    return err_set(err, ERR_INPUT, "--color: '%s' is not one of auto, never, 8, 256", given);
}

/* How the console looks: the config, and the options that beat it. */
static bool settle_looks(struct console_cli *cli, struct err *err)
{
    const struct {
        const char *option, *key, *given;
    } looks[] = {
        {"--theme", "console.theme", cli->theme},
        {"--hz", "console.frames_per_s", cli->frames_per_s},
    };
    if (!session_options_looks(&cli->session, &cli->config, err)) {
        return false;
    }
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        if (looks[i].given != NULL &&
            !config_set(&cli->config, looks[i].key, looks[i].given, err)) {
            return err_wrap(err, "%s", looks[i].option);
        }
    }
    return true;
}

static bool parse_size(const char *given, int *cols, int *rows, struct err *err)
{
    const size_t width = strcspn(given, "x");
    const char *height = given[width] == 'x' ? given + width + 1 : "";
    uint64_t x, y;
    if (!num_parse_uint64(given, width, &x) || x < 1 || x > CONSOLE_COLS_MAX ||
        !num_parse_uint64(height, strlen(height), &y) || y < 1 || y > CONSOLE_ROWS_MAX) {
        return err_set(err, ERR_INPUT, "--snap: '%s' is not a size (expected WxH, up to %dx%d)",
                       given, CONSOLE_COLS_MAX, CONSOLE_ROWS_MAX);
    }
    *cols = (int)x;
    *rows = (int)y;
    return true;
}

static bool open_desk(struct desk **out, const struct state_dir *dir, struct err *err)
{
    const struct desk_options options = {.state_dir = dir->path, .program = "/proc/self/exe"};
    return desk_open(out, &options, err);
}

static int snap(struct port *port, const struct console_cli *cli)
{
    struct err err = {0};
    struct console_snap want = {
        .screen = cli->screen == NULL ? "live" : cli->screen,
        .ascii = cli->ascii,
    };
    int page_kind = -1;
    if (!parse_size(cli->snap, &want.cols, &want.rows, &err)) {
        return complain(&err);
    }
    if (!console_screen_page(want.screen, &page_kind)) {
        err_set(&err, ERR_INPUT, "--screen: '%s' is not a screen", want.screen);
        return complain(&err);
    }
    const struct page *page = NULL;
    if (page_kind >= 0) {
        const struct page_query query = {.kind = (enum page_kind)page_kind,
                                         .count = PAGE_ROWS_MAX};
        page = port_socket_query(port, &query, SNAP_PAGE_MS, &err);
    }
    const struct snapshot *snapshot = port_socket_wait(port, FIRST_SNAPSHOT_MS, &err);
    want.now_mono_ns = clock_monotonic_ns(); /* a host that stands still shows its age */
    struct text out = text_growing();
    const bool done = snapshot != NULL && console_snap(snapshot, page, &want, &out, &err);
    if (done) {
        fputs(text_string(&out), stdout);
    }
    text_finish(&out);
    return done ? 0 : complain(&err);
}

/* The desk's part of a frame: the list of sessions, and a ranking of the first of them. */
static void ask_desk(struct desk *desk, struct console_snap *want)
{
    struct desk_query query = {.kind = DESK_RANKING,
                               .ranking = {.drawdown_pct_max = NAN, .count = RANKING_ROWS_MAX}};
    const int64_t until_ns = clock_monotonic_ns() + (int64_t)SNAP_DESK_MS * CLOCK_NS_PER_MS;
    const bool ranks = strcmp(want->screen, "results") == 0;
    for (bool asked = false; clock_monotonic_ns() < until_ns;) {
        struct pollfd news = {.fd = desk->ops->fd(desk), .events = POLLIN};
        poll(&news, 1, SNAP_DESK_MS);
        desk->ops->pump(desk);
        want->tuning = desk->ops->sessions(desk);
        want->ranking = desk->ops->ranking(desk);
        if (want->tuning == NULL) {
            continue;
        }
        if (!ranks || want->tuning->count == 0 || want->ranking != NULL) {
            return;
        }
        if (!asked) {
            query.ranking.session = want->tuning->sessions[0].id;
            desk->ops->ask(desk, &query);
            asked = true;
        }
    }
}

/* A frame of a screen that needs no session host; there may be one. */
static int snap_desk(const struct console_cli *cli, const struct state_dir *dir)
{
    struct err err = {0};
    struct desk *desk = NULL;
    struct port *port = NULL;
    struct console_snap want = {.screen = cli->screen, .ascii = cli->ascii};
    if (!parse_size(cli->snap, &want.cols, &want.rows, &err) || !open_desk(&desk, dir, &err)) {
        return complain(&err);
    }
    struct text out = text_growing();
    const bool hosted =
        state_dir_holder(dir) != 0 && reach_host(&port, dir, WIRE_LOOKS, NULL, &err);
    const struct snapshot *snapshot =
        hosted ? port_socket_wait(port, FIRST_SNAPSHOT_MS, &err) : NULL;
    ask_desk(desk, &want);
    want.now_mono_ns = clock_monotonic_ns();
    const bool done = console_snap(snapshot, NULL, &want, &out, &err);
    if (done) {
        fputs(text_string(&out), stdout);
    }
    text_finish(&out);
    desk->ops->close(desk);
    if (hosted) {
        port->ops->close(port);
    }
    return done ? 0 : complain(&err);
}

/* How this program was called, so that the line at the end can be typed as it stands: the
 * `./run` script says so in the environment. */
static void name_command(char *buffer, size_t size, const struct console_cli *cli,
                         const struct state_dir *dir, const char *command)
{
    char safe[64];
    const char *given = getenv("ARBLITE_COMMAND");
    given = given == NULL || given[0] == '\0' ? "arblite" : given;
    safe_text(safe, sizeof safe, given, strlen(given));
    if (cli->session.global.state_dir == NULL) {
        text_cut(buffer, size, "%s %s", safe, command);
    } else {
        text_cut(buffer, size, "%s --state-dir %s %s", safe, dir->path, command);
    }
}

static int show(struct port *port, struct desk *desk, const struct console_cli *cli,
                const struct state_dir *dir)
{
    char operator[COMMAND_OPERATOR_SIZE];
    char come_back[STATE_DIR_PATH_SIZE + 32], start_again[STATE_DIR_PATH_SIZE + 32];
    name_command(come_back, sizeof come_back, cli, dir, "attach");
    name_command(start_again, sizeof start_again, cli, dir, "console");
    struct err err = {0};
    const struct config *config = &cli->config;
    struct console_end end = {0};
    struct console_options options = {
        .ascii = cli->ascii,
        .read_only = cli->read_only,
        .bell = config->console.bell,
        .frames_per_s = config->console.frames_per_s,
        .theme = config->console.theme,
        .chart_span = config->console.chart_span,
        .operator_name = operator_name(operator, sizeof operator),
        .come_back = come_back,
        .start_again = start_again,
        .desk = desk,
    };
    if (!parse_color(cli, &options.color, &err)) {
        return complain(&err);
    }
    const bool done = cli->plain || !isatty(STDOUT_FILENO)
                          ? console_plain(port, &options, stdout, &end, &err)
                          : console_run(port, &options, &end, &err);
    if (!done) {
        return complain(&err);
    }
    if (end.kind == CONSOLE_SESSION_GONE) {
        return EXIT_FAILURE;
    }
    return end.kind == CONSOLE_SIGNALLED ? 128 + end.signal : 0;
}

static int face(const struct console_cli *cli, const struct state_dir *dir)
{
    struct err err = {0};
    struct port *port = NULL;
    struct desk *desk = NULL;
    bool wants_desk;
    if (cli->snap != NULL && cli->screen != NULL &&
        console_screen_wants_desk(cli->screen, &wants_desk) && wants_desk) {
        return snap_desk(cli, dir);
    }
    /* Nobody types into what is only printed: it does not keep others from acting. */
    const bool printed = cli->snap != NULL || cli->plain || !isatty(STDOUT_FILENO);
    const enum wire_manner manner = cli->read_only || printed ? WIRE_LOOKS : WIRE_SITS;
    if (!reach_host(&port, dir, manner, NULL, &err)) {
        return complain(&err);
    }
    if (cli->snap == NULL && !open_desk(&desk, dir, &err)) {
        port->ops->close(port);
        return complain(&err);
    }
    const int code = cli->snap != NULL ? snap(port, cli) : show(port, desk, cli, dir);
    if (desk != NULL) {
        desk->ops->close(desk);
    }
    port->ops->close(port);
    return code;
}

/* The host of an embedded session, on a thread of its own, and where it tells that it is ready.
 */
struct embedded {
    struct host_options host;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool ready, ended, done;
    struct err err;
};

static void set_ready(void *context)
{
    struct embedded *embedded = context;
    pthread_mutex_lock(&embedded->mutex);
    embedded->ready = true;
    pthread_cond_signal(&embedded->changed);
    pthread_mutex_unlock(&embedded->mutex);
}

static void *run_embedded(void *context)
{
    struct embedded *embedded = context;
    struct result result;
    enum host_end end = HOST_DATA_ENDED;
    struct err err = {0};
    const bool done = host_run(&embedded->host, &end, &result, &err);
    if (done) {
        result_finish(&result);
    }
    pthread_mutex_lock(&embedded->mutex);
    embedded->ended = true;
    embedded->done = done;
    embedded->err = err;
    pthread_cond_signal(&embedded->changed);
    pthread_mutex_unlock(&embedded->mutex);
    return NULL;
}

static bool start_embedded(struct embedded *embedded, pthread_t *thread, struct err *err)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the console's */
    const int failed = pthread_create(thread, NULL, run_embedded, embedded);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0) {
        return err_set(err, ERR_INTERNAL, "no thread for the session: %s", strerror(failed));
    }
    pthread_mutex_lock(&embedded->mutex);
    while (!embedded->ready && !embedded->ended) {
        pthread_cond_wait(&embedded->changed, &embedded->mutex);
    }
    const bool ready = embedded->ready;
    *err = embedded->err;
    pthread_mutex_unlock(&embedded->mutex);
    if (!ready) {
        pthread_join(*thread, NULL);
    }
    return ready;
}

/* When the face ends the session goes on in this process until it ends or is told to. */
static int embed(const struct console_cli *cli, struct host_options *host)
{
    struct embedded embedded = {
        .host = *host, .mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    embedded.host.take_signals = false;
    embedded.host.version = build_name();
    embedded.host.ready = set_ready;
    embedded.host.ready_context = &embedded;
    struct err err = {0};
    pthread_t thread;
    if (!start_embedded(&embedded, &thread, &err)) {
        return complain(&err);
    }
    const int code = face(cli, host->dir);
    signal(SIGHUP, SIG_IGN);
    pthread_join(thread, NULL);
    return embedded.done ? code : complain(&embedded.err);
}

static int start_and_face(struct console_cli *cli)
{
    struct err err = {0};
    struct setup setup;
    struct state_dir dir;
    struct host_options host = {0};
    if (!settle_looks(cli, &err) ||
        !state_dir_find(&dir, cli->session.global.state_dir, &err)) {
        return complain(&err);
    }
    const bool running = state_dir_holder(&dir) != 0;
    if (running && cli->session.source != NULL) {
        err_set(&err, ERR_USAGE,
                "a session is running in '%s' (attach without --source, or choose another "
                "--state-dir)",
                dir.path);
        return complain(&err);
    }
    if (running || cli->snap != NULL) {
        return face(cli, &dir);
    }
    if (!session_options_resolve(&cli->session, &setup, &dir, &host, &err)) {
        return complain(&err);
    }
    host.linger = true;
    if (cli->embedded) {
        return embed(cli, &host);
    }
    return spawn_host(&host, &err) ? face(cli, &dir) : complain(&err);
}

int cmd_console(int argc, char **argv)
{
    struct arg_option rows[CONSOLE_OPTIONS];
    memcpy(rows, LOOKS, sizeof LOOKS);
    session_options_rows(rows + LOOKS_COUNT, offsetof(struct console_cli, session));
    const struct arg_spec spec = {
        .command = "console",
        .operands = "",
        .summary = "Attaches to the running session, or starts one and attaches.",
        .options = rows,
        .options_count = CONSOLE_OPTIONS,
    };
    struct console_cli cli = {0};
    int code = 0;
    return args_take(&spec, argc, argv, &cli, NULL, NULL, &code) ? start_and_face(&cli) : code;
}

int cmd_attach(int argc, char **argv)
{
    /* The last row of the looks, --embedded, is about starting a session; attaching is not. */
    enum { COUNT = LOOKS_COUNT - 1 + GLOBAL_OPTIONS_COUNT };
    struct arg_option rows[COUNT];
    memcpy(rows, LOOKS, (LOOKS_COUNT - 1) * sizeof rows[0]);
    global_options_rows(rows + LOOKS_COUNT - 1, offsetof(struct console_cli, session.global));
    const struct arg_spec spec = {
        .command = "attach",
        .operands = "",
        .summary = "Attaches a console to the running session.",
        .options = rows,
        .options_count = COUNT,
    };
    struct console_cli cli = {0};
    int code = 0;
    if (!args_take(&spec, argc, argv, &cli, NULL, NULL, &code)) {
        return code;
    }
    struct err err = {0};
    struct state_dir dir;
    const bool found =
        settle_looks(&cli, &err) && state_dir_find(&dir, cli.session.global.state_dir, &err);
    return found ? face(&cli, &dir) : complain(&err);
}
