#include <poll.h>
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/safe.h"
#include "io/loop.h"
#include "tui/again.h"
#include "tui/canvas.h"
#include "tui/charset.h"
#include "tui/console.h"
#include "tui/news.h"
#include "tui/pane/pane.h"

/* Appended lines for pipes, screen readers and terminals that cannot move their cursor: a line
 * when something changed that a person must know, and a summary now and then. */

enum { LINE_COLS = 400, SUMMARY_S = 10, ALARMS_KEPT = SNAPSHOT_ALERTS_MAX };

/* What was said last, so that only news is said. */
struct said {
    bool any, killed, entries_open, no_data, ended;
    enum reason entries_reason;
    enum guard_level guard_level;
    int64_t summary_ns;
    int64_t log_ns;
    char log_text[SNAPSHOT_LINE_SIZE];
    int32_t alarms_count;
    struct {
        uint32_t id;
        int32_t count;
    } alarms[ALARMS_KEPT];
};

struct plain {
    struct port *port;
    const struct console_options *options;
    FILE *out;
    struct loop *loop;
    struct state state;
    struct canvas *canvas;
    struct said said;
    struct news news;
    struct line rows[2];
    struct lines lines;
    struct console_end end;
    struct err err;
};

static void say_line(struct plain *plain, const char *before, const struct line *line)
{
    struct text text = text_growing();
    const struct rect area = {0, 0, LINE_COLS, 1};
    canvas_clear(plain->canvas);
    int x = canvas_text(plain->canvas, &area, 0, 0, ROLE_NORMAL, before);
    for (int i = 0; i < line->count; i++) {
        x += canvas_text(plain->canvas, &area, x, 0, ROLE_NORMAL, i == line->from ? "   " : "");
        x += canvas_text(plain->canvas, &area, x, 0, ROLE_NORMAL, line->spans[i].text);
    }
    canvas_print(plain->canvas, false, &text);
    fputs(text_string(&text), plain->out);
    text_finish(&text);
}

static void say_summary(struct plain *plain, const struct view *view)
{
    pane_header(view, LINE_COLS, plain->rows);
    say_line(plain, "", &plain->rows[0]);
    pane_pairs(view, LINE_COLS, &plain->lines);
    for (int i = 0; i < plain->lines.count; i++) {
        say_line(plain, "", &plain->lines.lines[i]);
    }
}

static void say_log(struct plain *plain, const struct snapshot *snapshot)
{
    struct said *said = &plain->said;
    int first = 0;
    for (int i = 0; i < snapshot->log_count; i++) {
        const struct snapshot_log *log = &snapshot->log[i];
        const bool known = log->time_ns < said->log_ns ||
                           (log->time_ns == said->log_ns &&
                            strncmp(log->text, said->log_text, sizeof log->text) == 0);
        first = known ? i + 1 : first;
    }
    for (int i = first; i < snapshot->log_count; i++) {
        const struct snapshot_log *log = &snapshot->log[i];
        char when[UNITS_SIZE];
        struct line *line = &plain->rows[0];
        line_clear(line);
        line_add(line, ROLE_NORMAL, "%s  ", units_time(when, log->time_ns));
        line_add_foreign(line, ROLE_NORMAL, log->text, sizeof log->text);
        say_line(plain, "", line);
        said->log_ns = log->time_ns;
        memcpy(said->log_text, log->text, sizeof said->log_text);
    }
}

static bool alarm_is_news(const struct said *said, const struct snapshot_alert *alert)
{
    for (int i = 0; i < said->alarms_count; i++) {
        if (said->alarms[i].id == alert->id && said->alarms[i].count == alert->count) {
            return false;
        }
    }
    return alert->state == ALERT_NEW;
}

static void say_alarms(struct plain *plain, const struct snapshot *snapshot)
{
    static const char *const WORDS[] = {"low", "MED", "HIGH"};
    struct said *said = &plain->said;
    for (int i = 0; i < snapshot->alerts_count; i++) {
        const struct snapshot_alert *alert = &snapshot->alerts[i];
        if (alarm_is_news(said, alert)) {
            char when[UNITS_SIZE];
            struct line *line = &plain->rows[0];
            line_clear(line);
            line_add(line, ROLE_NORMAL, "%s  alarm %s x%d: ", units_time(when, alert->last_ns),
                     WORDS[alert->severity], (int)alert->count);
            line_add_foreign(line, ROLE_NORMAL, alert->text, sizeof alert->text);
            say_line(plain, "", line);
        }
    }
    said->alarms_count = snapshot->alerts_count;
    for (int i = 0; i < snapshot->alerts_count; i++) {
        said->alarms[i].id = snapshot->alerts[i].id;
        said->alarms[i].count = snapshot->alerts[i].count;
    }
}

static void say_news(struct plain *plain)
{
    const struct snapshot *snapshot = plain->port->ops->snapshot(plain->port);
    const struct world world = {
        .shown = snapshot, .newest = snapshot, .now_ns = clock_monotonic_ns()};
    if (snapshot == NULL) {
        return;
    }
    const struct view view = view_make(&plain->state, &world);
    struct said *said = &plain->said;
    say_log(plain, snapshot);
    say_alarms(plain, snapshot);
    const bool changed = !said->any || said->killed != snapshot->killed ||
                         said->entries_open != snapshot->entries_open ||
                         said->entries_reason != snapshot->entries_reason ||
                         said->guard_level != snapshot->guard_level ||
                         said->no_data != view.no_data || said->ended != snapshot->source_ended;
    if (changed || world.now_ns - said->summary_ns >= SUMMARY_S * CLOCK_NS_PER_S) {
        say_summary(plain, &view);
        said->any = true;
        said->killed = snapshot->killed;
        said->entries_open = snapshot->entries_open;
        said->entries_reason = snapshot->entries_reason;
        said->guard_level = snapshot->guard_level;
        said->no_data = view.no_data;
        said->ended = snapshot->source_ended;
        said->summary_ns = world.now_ns;
    }
    if (fflush(plain->out) != 0) {
        plain->end = (struct console_end){CONSOLE_TERMINAL_GONE, 0};
        loop_stop(plain->loop, 0);
    }
}

static void take_in(struct plain *plain)
{
    if (!plain->port->ops->pump(plain->port, &plain->err)) {
        char safe[256];
        safe_text(safe, sizeof safe, plain->err.text, strlen(plain->err.text));
        const bool ended = plain->err.kind == ERR_ENDED;
        char again[AGAIN_SIZE];
        if (ended) {
            fprintf(plain->out, "the session is over: %s\n", safe);
        } else {
            fprintf(plain->out, "the session's host is gone: %s; start it again with: %s\n",
                    safe,
                    again_command(again, plain->options->start_again,
                                  plain->port->ops->snapshot(plain->port)));
        }
        fflush(plain->out);
        plain->end =
            (struct console_end){ended ? CONSOLE_SESSION_ENDED : CONSOLE_SESSION_GONE, 0};
        loop_stop(plain->loop, 0);
        return;
    }
    say_news(plain);
}

static void on_port(void *context, int fd, short revents)
{
    take_in(context);
}

static void on_desk(void *context, int fd, short revents)
{
    struct plain *plain = context;
    struct desk *desk = plain->options->desk;
    desk->ops->pump(desk);
    const struct tuning *tuning = desk->ops->sessions(desk);
    bool any = false;
    while (tuning != NULL && news_next(&plain->news, tuning, &plain->rows[0])) {
        say_line(plain, "", &plain->rows[0]);
        any = true;
    }
    if (any && fflush(plain->out) != 0) {
        plain->end = (struct console_end){CONSOLE_TERMINAL_GONE, 0};
        loop_stop(plain->loop, 0);
    }
}

static void on_second(void *context, int64_t now_ns)
{
    struct plain *plain = context;
    loop_add_timer(plain->loop, now_ns + CLOCK_NS_PER_S, on_second, plain);
    take_in(plain);
}

static void on_signal(void *context, int signal)
{
    struct plain *plain = context;
    plain->end = (struct console_end){CONSOLE_SIGNALLED, signal};
    loop_stop(plain->loop, 0);
}

static bool watch(struct plain *plain, struct err *err)
{
    static const int SIGNALS[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
    for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++) {
        if (!loop_add_signal(plain->loop, SIGNALS[i], on_signal, plain, err)) {
            return false;
        }
    }
    const int fd = plain->port->ops->fd(plain->port);
    if (fd >= 0) {
        loop_add_fd(plain->loop, fd, POLLIN, on_port, plain);
    }
    struct desk *desk = plain->options->desk;
    if (desk != NULL) {
        loop_add_fd(plain->loop, desk->ops->fd(desk), POLLIN, on_desk, plain);
    }
    loop_add_timer(plain->loop, clock_monotonic_ns(), on_second, plain);
    return true;
}

bool console_plain(struct port *port, const struct console_options *options, FILE *out,
                   struct console_end *end, struct err *err)
{
    struct plain *plain = mem_zalloc(sizeof *plain);
    sigset_t mask;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    signal(SIGPIPE, SIG_IGN);
    plain->port = port;
    plain->options = options;
    plain->out = out;
    plain->state.pair = -1;
    plain->canvas = canvas_create(LINE_COLS, 1, options->ascii || !charset_is_utf8());
    plain->loop = loop_create();
    const bool watched = watch(plain, err);
    if (watched) {
        loop_run(plain->loop);
        *end = plain->end;
    }
    loop_destroy(plain->loop);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    canvas_destroy(plain->canvas);
    mem_free(plain);
    return watched;
}
