#include <inttypes.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "base/safe.h"
#include "base/text.h"
#include "cli/args.h"
#include "cli/global_options.h"
#include "cli/operator.h"
#include "cli/reach.h"
#include "cli/subcommand.h"
#include "run/port_socket.h"
#include "store/state_dir.h"

/* kill, release, arm, disarm, pause, resume, close, flatten: what the console's keys do, from a
 * command line. */

enum { ANSWER_MS = 5000 };

struct operator_options {
    struct global_options global;
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

/* False when no host answered. */
static bool ask(const struct state_dir *dir, const struct command *command,
                struct command_result *result, bool *other_build, struct err *err)
{
    struct port *port = NULL;
    if (!reach_host(&port, dir, WIRE_ACTS, other_build, err)) {
        return false;
    }
    const bool answered = port_socket_request(port, command, result, ANSWER_MS, err);
    port->ops->close(port);
    return answered;
}

/* The folder is free when this returns: whoever starts the next host at once finds it so, and
 * whoever asks for the status is told by the journal. */
static int leave(const struct state_dir *dir, const char *words)
{
    if (!reach_end(dir)) {
        fprintf(stderr, "arblite quit: the session host (pid %d) is told, and has not ended\n",
                state_dir_holder(dir));
        return err_exit_code(ERR_IO);
    }
    printf("%s\n", words);
    return 0;
}

/* A host of another build understands one word to leave by, a signal. */
static int stop_other_build(const struct state_dir *dir)
{
    char words[160];
    const int pid = reach_signal(dir, SIGTERM);
    text_cut(words, sizeof words,
             "session host (pid %d) of another build is stopped; its session stays resumable "
             "by that build",
             pid);
    return leave(dir, words);
}

static int send(const struct state_dir *dir, const struct command *command, const char *verb)
{
    struct err err = {0};
    struct command_result result;
    bool other_build = false;
    if (!ask(dir, command, &result, &other_build, &err)) {
        return other_build && command->kind == COMMAND_QUIT ? stop_other_build(dir)
                                                            : print_error(verb, &err);
    }
    return command->kind == COMMAND_QUIT && result.done ? leave(dir, result.text)
                                                        : print_answer(verb, &result);
}

/* The flag file first: it bars the entries of a host that does not listen, too, and of the next
 * one when none runs. A signal reaches a host whose socket cannot be spoken to. */
static int send_kill(const struct state_dir *dir, const struct command *command)
{
    struct err flag_err = {0};
    struct err err = {0};
    struct command_result result;
    struct state_dir mine = *dir;
    const bool flagged =
        state_dir_create(&mine, &flag_err) &&
        state_dir_engage_kill(&mine, command->operator_name, command->reason, &flag_err);
    if (ask(dir, command, &result, NULL, &err)) {
        return print_answer("kill", &result);
    }
    const int pid = reach_signal(dir, SIGUSR2);
    if (!flagged) {
        return print_error("kill", &flag_err);
    }
    if (pid == 0) {
        printf("no session is running; the kill flag is set, the next one starts with it on\n");
    } else {
        printf("session host runs (pid %d) but does not answer; the kill flag is set\n", pid);
    }
    return 0;
}

/* One of the verbs: its words, and what it takes beside the global options. */
struct verb {
    const char *word, *operands, *summary;
    enum command_kind kind;
    const struct arg_option *own;
    size_t own_count;
};

enum { OWN_MAX = 2 };

static bool parse(const struct verb *verb, int argc, char **argv,
                  struct operator_options *options, const char *operands[], int *code)
{
    struct arg_option rows[OWN_MAX + GLOBAL_OPTIONS_COUNT];
    memcpy(rows, verb->own, verb->own_count * sizeof rows[0]);
    global_options_rows(rows + verb->own_count, offsetof(struct operator_options, global));
    const int wanted = verb->operands[0] != '\0' ? 1 : 0;
    const struct arg_spec spec = {
        .command = verb->word,
        .operands = verb->operands,
        .summary = verb->summary,
        .options = rows,
        .options_count = verb->own_count + GLOBAL_OPTIONS_COUNT,
        .operands_min = wanted,
        .operands_max = wanted,
    };
    int operands_count = 0;
    return args_take(&spec, argc, argv, options, operands, &operands_count, code);
}

static int act(const struct verb *verb, int argc, char **argv)
{
    struct operator_options options = {0};
    const char *operands[1] = {NULL};
    int code = 0;
    if (!parse(verb, argc, argv, &options, operands, &code)) {
        return code;
    }
    struct err err = {0};
    struct state_dir dir;
    if (!state_dir_find(&dir, options.global.state_dir, &err)) {
        return print_error(verb->word, &err);
    }
    struct command command = {.kind = options.drill ? COMMAND_DRILL : verb->kind};
    operator_name(command.operator_name, sizeof command.operator_name);
    text_cut(command.reason, sizeof command.reason, "%s",
             options.reason == NULL ? "" : options.reason);
    text_cut(command.text, sizeof command.text, "%s",
             options.session == NULL ? "" : options.session);
    if (operands[0] != NULL &&
        !num_parse_uint64(operands[0], strlen(operands[0]), &command.number)) {
        err_set(&err, ERR_INPUT, "'%s' is not a trade number", operands[0]);
        return print_error(verb->word, &err);
    }
    return command.kind == COMMAND_KILL ? send_kill(&dir, &command)
                                        : send(&dir, &command, verb->word);
}

#define REASON                                                                                 \
    {                                                                                          \
        "reason", ARG_TEXT, offsetof(struct operator_options, reason), SIZE_MAX, "TEXT",       \
            "why; kept in the audit log"                                                       \
    }

static const struct arg_option REASON_ONLY[] = {REASON};

static const struct arg_option OF_KILL[] = {
    REASON,
    {"drill", ARG_FLAG, offsetof(struct operator_options, drill), SIZE_MAX, NULL,
     "measure the kill path and leave everything as it is"},
};

static const struct arg_option OF_RELEASE[] = {
    REASON,
    {"session", ARG_TEXT, offsetof(struct operator_options, session), SIZE_MAX, "NAME",
     "the session's name, typed: that one is released, no other"},
};

#undef REASON

int cmd_kill(int argc, char **argv)
{
    static const struct verb VERB = {
        "kill",       "",      "Engages the kill switch: no entries, exits managed.",
        COMMAND_KILL, OF_KILL, 2};
    return act(&VERB, argc, argv);
}

int cmd_release(int argc, char **argv)
{
    static const struct verb VERB = {
        "release",
        "",
        "Releases the kill switch; the session stays disarmed until armed.",
        COMMAND_RELEASE,
        OF_RELEASE,
        2};
    return act(&VERB, argc, argv);
}

int cmd_arm(int argc, char **argv)
{
    static const struct verb VERB = {"arm",       "",          "Lets the session open trades.",
                                     COMMAND_ARM, REASON_ONLY, 1};
    return act(&VERB, argc, argv);
}

int cmd_disarm(int argc, char **argv)
{
    static const struct verb VERB = {
        "disarm", "", "Bars entries until armed again.", COMMAND_DISARM, REASON_ONLY, 1};
    return act(&VERB, argc, argv);
}

int cmd_pause(int argc, char **argv)
{
    static const struct verb VERB = {
        "pause", "", "Turns entries off; exits go on.", COMMAND_PAUSE, REASON_ONLY, 1};
    return act(&VERB, argc, argv);
}

int cmd_resume(int argc, char **argv)
{
    static const struct verb VERB = {"resume",       "",          "Ends a pause.",
                                     COMMAND_RESUME, REASON_ONLY, 1};
    return act(&VERB, argc, argv);
}

int cmd_flatten(int argc, char **argv)
{
    static const struct verb VERB = {"flatten",       "",          "Closes every open trade.",
                                     COMMAND_FLATTEN, REASON_ONLY, 1};
    return act(&VERB, argc, argv);
}

int cmd_quit(int argc, char **argv)
{
    static const struct verb VERB = {
        "quit", "", "Ends the session and its host.", COMMAND_QUIT, REASON_ONLY, 1};
    return act(&VERB, argc, argv);
}

int cmd_close(int argc, char **argv)
{
    static const struct verb VERB = {"close",       "TRADE",     "Closes one open trade.",
                                     COMMAND_CLOSE, REASON_ONLY, 1};
    return act(&VERB, argc, argv);
}
