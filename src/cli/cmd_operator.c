#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "base/safe.h"
#include "base/text.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/operator.h"
#include "run/port_socket.h"
#include "store/state_dir.h"

/* kill, release, arm, disarm, pause, resume, close, flatten: what the console's keys do, from a
 * command line. */

enum { ANSWER_MS = 5000 };

struct operator_options {
    const char *state_dir;
    const char *reason;
    const char *session;
    bool drill;
};

const char *operator_name(char *buffer, size_t size)
{
    const struct passwd *user = getpwuid(getuid());
    if (user == NULL) {
        return text_cut(buffer, size, "uid %u", (unsigned)getuid());
    }
    return safe_text(buffer, size, user->pw_name, strlen(user->pw_name));
}

static int print_error(const char *verb, const struct err *err)
{
    fprintf(stderr, "arblite %s: %s\n", verb, err->text);
    return err_exit_code(err->kind);
}

/* 0 done, 3 understood and refused. */
static int print_answer(const char *verb, const struct command_result *result)
{
    char shown[COMMAND_REASON_SIZE * 2];
    safe_text(shown, sizeof shown, result->text, strlen(result->text));
    if (result->done) {
        printf("%s\n", shown);
        return 0;
    }
    fprintf(stderr, "arblite %s: %s\n", verb, shown);
    return 3;
}

/* The flag file alone, when no host runs: the next one starts with the switch on. */
static int kill_without_host(const struct state_dir *dir, const struct command *command)
{
    struct err err = {0};
    char line[256];
    text_cut(line, sizeof line, "by %s: %s\n", command->operator_name, command->reason);
    struct state_dir mine = *dir;
    if (!state_dir_create(&mine, &err) || !state_dir_engage_kill(&mine, line, &err)) {
        return print_error("kill", &err);
    }
    printf("no session is running; the kill flag is set, the next one starts with it on\n");
    return 0;
}

static int send(const struct state_dir *dir, const struct command *command, const char *verb)
{
    struct err err = {0};
    struct port *port = NULL;
    struct command_result result;
    if (!port_socket_open(&port, dir, false, &err)) {
        if (command->kind == COMMAND_KILL) {
            return kill_without_host(dir, command);
        }
        return print_error(verb, &err);
    }
    const bool answered = port_socket_request(port, command, &result, ANSWER_MS, &err);
    port->ops->close(port);
    if (answered) {
        return print_answer(verb, &result);
    }
    if (command->kind == COMMAND_KILL) {
        /* A host that does not answer still watches the flag file. */
        return kill_without_host(dir, command);
    }
    return print_error(verb, &err);
}

static int act(int argc, char **argv, const struct arg_spec *spec, enum command_kind kind)
{
    struct operator_options options = {0};
    const char *operands[1] = {NULL};
    int operands_count = 0;
    int code = 0;
    if (!args_take(spec, argc, argv, &options, operands, &operands_count, &code)) {
        return code;
    }
    struct err err = {0};
    struct state_dir dir;
    if (!state_dir_find(&dir, options.state_dir, &err)) {
        return print_error(spec->command, &err);
    }
    struct command command = {.kind = options.drill ? COMMAND_DRILL : kind};
    operator_name(command.operator_name, sizeof command.operator_name);
    text_cut(command.reason, sizeof command.reason, "%s",
             options.reason == NULL ? "" : options.reason);
    text_cut(command.text, sizeof command.text, "%s",
             options.session == NULL ? "" : options.session);
    if (operands_count == 1 &&
        !num_parse_uint64(operands[0], strlen(operands[0]), &command.number)) {
        err_set(&err, ERR_INPUT, "'%s' is not a trade number", operands[0]);
        return print_error(spec->command, &err);
    }
    return send(&dir, &command, spec->command);
}

#define TEXT(name, member, value, help)                                                        \
    {                                                                                          \
        name, ARG_TEXT, offsetof(struct operator_options, member), SIZE_MAX, value, help       \
    }

static const struct arg_option PLAIN[] = {
    TEXT("state-dir", state_dir, "DIR", "folder of the session"),
    TEXT("reason", reason, "TEXT", "kept in the audit log"),
};

int cmd_kill(int argc, char **argv)
{
    static const struct arg_option OPTIONS[] = {
        TEXT("state-dir", state_dir, "DIR", "folder of the session"),
        TEXT("reason", reason, "TEXT", "kept in the audit log"),
        {"drill", ARG_FLAG, offsetof(struct operator_options, drill), SIZE_MAX, "",
         "measure the kill path and leave everything as it is"},
    };
    static const struct arg_spec SPEC = {"kill", "", "engage the kill switch", OPTIONS, 3,
                                         0,      0};
    return act(argc, argv, &SPEC, COMMAND_KILL);
}

int cmd_release(int argc, char **argv)
{
    static const struct arg_option OPTIONS[] = {
        TEXT("state-dir", state_dir, "DIR", "folder of the session"),
        TEXT("session", session, "NAME", "the session's name, typed: it is released, no other"),
        TEXT("reason", reason, "TEXT", "why it may trade again; kept in the audit log"),
    };
    static const struct arg_spec SPEC = {
        "release", "", "release the kill switch; the session stays disarmed", OPTIONS, 3, 0, 0};
    return act(argc, argv, &SPEC, COMMAND_RELEASE);
}

#define PLAIN_COMMAND(function, word, kind, summary)                                           \
    int function(int argc, char **argv)                                                        \
    {                                                                                          \
        static const struct arg_spec SPEC = {word, "", summary, PLAIN, 2, 0, 0};               \
        return act(argc, argv, &SPEC, kind);                                                   \
    }

PLAIN_COMMAND(cmd_arm, "arm", COMMAND_ARM, "let the session open trades")
PLAIN_COMMAND(cmd_disarm, "disarm", COMMAND_DISARM, "bar entries until armed again")
PLAIN_COMMAND(cmd_pause, "pause", COMMAND_PAUSE, "entries off, exits managed")
PLAIN_COMMAND(cmd_resume, "resume", COMMAND_RESUME, "end a pause")
PLAIN_COMMAND(cmd_flatten, "flatten", COMMAND_FLATTEN, "close every open trade")
PLAIN_COMMAND(cmd_quit, "quit", COMMAND_QUIT, "end the session and its host")

int cmd_close(int argc, char **argv)
{
    static const struct arg_spec SPEC = {"close", "TRADE", "close one open trade", PLAIN, 2,
                                         1,       1};
    return act(argc, argv, &SPEC, COMMAND_CLOSE);
}
