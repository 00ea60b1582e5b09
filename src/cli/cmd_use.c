#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/safe.h"
#include "cli/args.h"
#include "cli/global_options.h"
#include "cli/operator.h"
#include "cli/reach.h"
#include "cli/subcommand.h"
#include "io/file.h"
#include "run/port_socket.h"
#include "store/state_dir.h"
#include "tune/terms.h"
#include "use_result.h"

/* use: the parameters of a tuning result for the session that runs here. Shows what would
 * change and what speaks for and against it, asks, and sends the console's command. */

enum { ANSWER_MS = 5000 };

struct use_args {
    struct global_options global;
    const char *result, *job, *reason, *as_config;
    bool size, yes, dry_run, json;
};

/* Everything one call of the command comes to know. */
struct use {
    const struct use_args *args;
    struct state_dir dir;
    struct snapshot *session;
    struct use_result result;
    struct terms terms;
    char reason[COMMAND_REASON_SIZE];
    struct command_result answer;
};

#define AT(field)  offsetof(struct use_args, field)
#define OWN(field) AT(field), SIZE_MAX

static const struct arg_option OWN_OPTIONS[] = {
    {"result", ARG_TEXT, OWN(result), "PATH",
     "a result's file, a results.jsonl, or the folder they lie in"},
    {"job", ARG_TEXT, OWN(job), "ID", "whose result"},
    {"size", ARG_FLAG, OWN(size), NULL, "take max_position_usd and max_open_trades too"},
    {"reason", ARG_TEXT, OWN(reason), "TEXT", "why; kept in the audit log"},
    {"yes", ARG_FLAG, OWN(yes), NULL, "do not ask"},
    {"dry-run", ARG_FLAG, OWN(dry_run), NULL, "show it and change nothing"},
    {"as-config", ARG_TEXT, OWN(as_config), "FILE",
     "write the parameters as a config file instead, for a session to start with"},
    {"json", ARG_FLAG, OWN(json), NULL, "as a JSON object; asks nothing"},
};

#undef OWN
#undef AT

enum {
    OWN_COUNT = sizeof OWN_OPTIONS / sizeof OWN_OPTIONS[0],
    OPTIONS_COUNT = OWN_COUNT + GLOBAL_OPTIONS_COUNT,
};

static bool parse(int argc, char **argv, struct use_args *args, int *code)
{
    struct arg_option options[OPTIONS_COUNT];
    memcpy(options, OWN_OPTIONS, sizeof OWN_OPTIONS);
    global_options_rows(options + OWN_COUNT, offsetof(struct use_args, global));
    const struct arg_spec spec = {
        .command = "use",
        .operands = "",
        .summary =
            "Uses the parameters of a tuning result in the session that runs. Shows what "
            "changes and what is known for and against it, and asks. Open trades keep "
            "the exits they were opened with; fees, slippage and fx are never taken.",
        .options = options,
        .options_count = OPTIONS_COUNT,
    };
    return args_take(&spec, argc, argv, args, NULL, NULL, code);
}

static bool write_config(const struct use *use, struct err *err)
{
    struct text yaml = text_growing();
    const bool done = terms_config(use->result.detail.row, use->result.origin, &yaml, err) &&
                      file_replace(use->args->as_config, text_string(&yaml), yaml.length, err);
    text_finish(&yaml);
    return done;
}

static bool look_at_session(struct use *use, struct err *err)
{
    struct port *port = NULL;
    if (!state_dir_find(&use->dir, use->args->global.state_dir, err) ||
        !reach_host(&port, &use->dir, WIRE_LOOKS, NULL, err)) {
        return false;
    }
    const struct snapshot *snapshot = port_socket_wait(port, ANSWER_MS, err);
    if (snapshot != NULL) {
        use->session = mem_zalloc(sizeof *use->session);
        *use->session = *snapshot;
    }
    port->ops->close(port);
    return snapshot != NULL;
}

static void show(const struct use *use)
{
    const struct snapshot *session = use->session;
    struct text out = text_growing();
    text_addf(&out, "%s for session %s (%s)\n\n", use->result.origin, session->session,
              session->source);
    terms_table(&use->terms, &out);
    text_add_char(&out, '\n');
    evidence_table(&use->result.detail.evidence, &out);
    const unsigned long long open = session->opened - session->closed;
    if (open > 0) {
        text_addf(&out, "\n   %llu open trade%s the exits %s opened with\n", open,
                  open == 1 ? " keeps" : "s keep", open == 1 ? "it was" : "they were");
    }
    fputs(text_string(&out), stdout);
    fflush(stdout);
    text_finish(&out);
}

/* A line from whoever sits there, without its end; "" at the end of input. */
static void read_line(const char *question, char *buffer, size_t size)
{
    fputs(question, stderr);
    fflush(stderr);
    if (fgets(buffer, (int)size, stdin) == NULL) {
        buffer[0] = '\0';
    }
    buffer[strcspn(buffer, "\n")] = '\0';
}

static bool is_blank(const char *text)
{
    return strspn(text, " \t") == strlen(text);
}

/* Why a reason is asked for. */
static const struct evidence_fact *first_decisive(const struct evidence *evidence)
{
    for (int i = 0; i < evidence->count; i++) {
        if (evidence->facts[i].decisive) {
            return &evidence->facts[i];
        }
    }
    return NULL;
}

static bool ask_reason(struct use *use, bool may_ask, struct err *err)
{
    const struct evidence_fact *fact = first_decisive(&use->result.detail.evidence);
    text_cut(use->reason, sizeof use->reason, "%s",
             use->args->reason == NULL ? "" : use->args->reason);
    if (fact == NULL || !is_blank(use->reason)) {
        return true;
    }
    if (may_ask) {
        read_line("!! speaks against it. why use it all the same? (kept on record) ",
                  use->reason, sizeof use->reason);
    }
    return !is_blank(use->reason) ||
           err_set(err, ERR_REFUSED, "a reason is needed (--reason TEXT): %s: %s", fact->name,
                   fact->text);
}

static bool ask_consent(const struct use *use, bool may_ask, struct err *err)
{
    char question[SNAPSHOT_TEXT_SIZE + 64];
    char line[16];
    if (use->args->yes) {
        return true;
    }
    if (!may_ask) {
        return err_set(err, ERR_USAGE, "without a terminal to ask on, --yes must say so");
    }
    text_cut(question, sizeof question, "use these parameters in session %s? [y/N] ",
             use->session->session);
    read_line(question, line, sizeof line);
    return strcmp(line, "y") == 0 || strcmp(line, "yes") == 0 ||
           err_set(err, ERR_REFUSED, "nothing was changed");
}

static bool send(struct use *use, struct err *err)
{
    struct command command = {.kind = COMMAND_USE};
    struct port *port = NULL;
    operator_name(command.operator_name, sizeof command.operator_name);
    text_cut(command.text, sizeof command.text, "%s", use->session->session);
    text_cut(command.params, sizeof command.params, "%s", use->terms.params);
    text_cut(command.origin, sizeof command.origin, "%s", use->result.origin);
    text_cut(command.reason, sizeof command.reason, "%s", use->reason);
    if (!reach_host(&port, &use->dir, WIRE_ACTS, NULL, err)) {
        return false;
    }
    const bool answered = port_socket_request(port, &command, &use->answer, ANSWER_MS, err);
    port->ops->close(port);
    return answered && (use->answer.done || err_set(err, ERR_REFUSED, "%s", use->answer.text));
}

static bool decide(struct use *use, struct err *err)
{
    const bool may_ask = !use->args->json && isatty(STDIN_FILENO) == 1;
    return terms_check(&use->terms, use->result.detail.row, &use->session->params, err) &&
           (use->args->dry_run || (ask_reason(use, may_ask, err) &&
                                   ask_consent(use, may_ask, err) && send(use, err)));
}

static void print_json(const struct use *use, const struct err *err)
{
    struct text out = text_growing();
    struct json json;
    json_begin(&json, &out);
    json_open_object(&json, NULL);
    json_add_string(&json, "session", use->session->session);
    json_add_unsigned(&json, "revision", use->session->revision);
    json_add_string(&json, "origin", use->result.origin);
    terms_json(&use->terms, "changes", &json);
    evidence_json(&use->result.detail.evidence, "evidence", &json);
    json_add_bool(&json, "wants_reason", evidence_wants_reason(&use->result.detail.evidence));
    json_add_bool(&json, "done", use->answer.done);
    json_add_string_or_null(&json, "text",
                            err->kind != ERR_NONE ? err->text : use->answer.text);
    json_close_object(&json);
    puts(text_string(&out));
    text_finish(&out);
}

static bool run(struct use *use, struct err *err)
{
    const struct use_args *args = use->args;
    if (args->result == NULL) {
        return err_set(err, ERR_USAGE, "missing --result");
    }
    if (!global_options_apply(&args->global, err) ||
        !use_result_load(&use->result, args->result, args->job, err)) {
        return false;
    }
    if (args->as_config != NULL) {
        return write_config(use, err);
    }
    if (!look_at_session(use, err)) {
        return false;
    }
    terms_make(&use->terms, use->result.detail.row, &use->session->params, args->size);
    const struct ranking_session here = ranking_session_of(use->session);
    terms_weigh(&use->terms, &here, use->result.detail.row, use->result.detail.sensitivity,
                &use->result.detail.evidence);
    if (!args->json) {
        show(use);
    }
    const bool done = decide(use, err);
    if (args->json) {
        print_json(use, err);
    } else if (use->answer.done) {
        printf("%s\n", use->answer.text);
    }
    return done;
}

int cmd_use(int argc, char **argv)
{
    struct use_args args = {.json = false};
    struct err err = {.kind = ERR_NONE};
    int code = 0;
    if (!parse(argc, argv, &args, &code)) {
        return code;
    }
    struct use *use = mem_zalloc(sizeof *use);
    use->args = &args;
    if (!run(use, &err)) {
        char shown[sizeof err.text];
        fprintf(stderr, "arblite use: %s\n",
                safe_text(shown, sizeof shown, err.text, strlen(err.text)));
    }
    use_result_finish(&use->result);
    mem_free(use->session);
    mem_free(use);
    return err_exit_code(err.kind);
}
