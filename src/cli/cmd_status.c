#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/args.h"
#include "cli/global_options.h"
#include "cli/reach.h"
#include "cli/subcommand.h"
#include "run/port_socket.h"
#include "run/status.h"
#include "store/journal.h"
#include "store/state_dir.h"
#include "tune/watch.h"

/* status: the session's state once, from its host or, when none runs, from its journal. */

enum { SNAPSHOT_MS = 5000 };

struct status_options {
    struct global_options global;
    bool json;
};

static int complain(const struct err *err)
{
    fprintf(stderr, "arblite status: %s\n", err->text);
    return err_exit_code(err->kind);
}

static int print(const struct text *out, bool json)
{
    fputs(text_string(out), stdout);
    if (json) {
        putchar('\n');
    }
    return 0;
}

static int from_host(struct port *port, const struct tuning *tuning,
                     const struct status_options *options)
{
    struct err err = {0};
    const struct snapshot *snapshot = port_socket_wait(port, SNAPSHOT_MS, &err);
    if (snapshot == NULL) {
        return complain(&err);
    }
    struct text out = text_growing();
    if (options->json) {
        status_json(snapshot, tuning, clock_monotonic_ns(), &out);
    } else {
        status_lines(snapshot, tuning, &out);
    }
    const int code = print(&out, options->json);
    text_finish(&out);
    return code;
}

/* A switch that was turned on since the host went is known to its flag file only. */
static bool look_at_flag(const struct state_dir *dir, struct journal_state *state)
{
    struct state_dir_kill cause;
    if (!state_dir_kill_engaged(dir)) {
        return false;
    }
    if (!state->killed) {
        state_dir_kill_cause(dir, &cause);
        text_cut(state->killed_by, sizeof state->killed_by, "%s", cause.by);
        text_cut(state->killed_reason, sizeof state->killed_reason, "%s", cause.reason);
    }
    return true;
}

static int from_journal(const struct state_dir *dir, const struct tuning *tuning,
                        const struct status_options *options, int other_build_pid)
{
    struct err err = {0};
    struct journal *journal = NULL;
    struct journal_status status;
    bool found = false;
    if (access(dir->journal, F_OK) != 0) {
        err_set(&err, ERR_INPUT, "no session in '%s'", dir->path);
        return complain(&err);
    }
    const bool read = journal_open_readonly(&journal, dir->journal, &err) &&
                      journal_status(journal, &status, &found, &err);
    journal_close(journal);
    if (read && !found) {
        err_set(&err, ERR_INPUT, "no session in '%s'", dir->path);
    }
    if (!read || !found) {
        return complain(&err);
    }
    struct text out = text_growing();
    const struct status_aside aside = {
        .killed = look_at_flag(dir, &status.state),
        .other_build_pid = other_build_pid,
    };
    if (options->json) {
        status_json_down(&status, &aside, tuning, &out);
    } else {
        status_lines_down(&status, &aside, tuning, &out);
    }
    const int code = print(&out, options->json);
    text_finish(&out);
    return code;
}

static int look(const struct state_dir *dir, const struct tuning *tuning,
                const struct status_options *options)
{
    struct err err = {0};
    struct port *port = NULL;
    if (state_dir_holder(dir) == 0) {
        return from_journal(dir, tuning, options, 0);
    }
    bool other_build = false;
    if (!reach_host(&port, dir, WIRE_LOOKS, &other_build, &err)) {
        return other_build ? from_journal(dir, tuning, options, state_dir_holder(dir))
                           : complain(&err);
    }
    const int code = from_host(port, tuning, options);
    port->ops->close(port);
    return code;
}

int cmd_status(int argc, char **argv)
{
    struct arg_option rows[1 + GLOBAL_OPTIONS_COUNT] = {
        {"json", ARG_FLAG, offsetof(struct status_options, json), SIZE_MAX, NULL,
         "as a JSON object"},
    };
    global_options_rows(rows + 1, offsetof(struct status_options, global));
    const struct arg_spec spec = {
        .command = "status",
        .operands = "",
        .summary = "Prints the state of the session, or of the last one when none runs.",
        .options = rows,
        .options_count = sizeof rows / sizeof rows[0],
    };
    struct status_options options = {0};
    int code = 0;
    if (!args_take(&spec, argc, argv, &options, NULL, NULL, &code)) {
        return code;
    }
    struct err err = {0};
    struct state_dir dir;
    if (!state_dir_find(&dir, options.global.state_dir, &err)) {
        return complain(&err);
    }
    struct tuning *tuning = mem_zalloc(sizeof *tuning);
    watch_look(tuning, dir.path);
    code = look(&dir, tuning, &options);
    mem_free(tuning);
    return code;
}
