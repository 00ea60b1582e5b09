#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/num.h"
#include "base/safe.h"
#include "base/text.h"
#include "cli/args.h"
#include "cli/global_options.h"
#include "cli/operator.h"
#include "cli/reach.h"
#include "cli/subcommand.h"
#include "run/json.h"
#include "run/port_socket.h"
#include "store/state_dir.h"

/* alerts: the session's alarms, listed, acknowledged or put aside. */

enum { WAIT_MS = 5000 };

struct alerts_options {
    struct global_options global;
    const char *ack;
    int64_t shelve;
    double for_s;
    bool shelve_seen;
    bool json;
};

static int complain(const struct err *err)
{
    fprintf(stderr, "arblite alerts: %s\n", err->text);
    return err_exit_code(err->kind);
}

static const char *severity_name(enum alert_severity severity)
{
    static const char *const NAMES[] = {
        [ALERT_LOW] = "LOW", [ALERT_MED] = "MED", [ALERT_HIGH] = "HIGH"};
    return NAMES[severity];
}

static const char *state_name(const struct snapshot_alert *row)
{
    switch (row->state) {
    case ALERT_NEW:
        return "new";
    case ALERT_ACKED:
        return row->active ? "acked" : "over";
    case ALERT_CLEARED:
        return "cleared";
    case ALERT_SHELVED:
        return "shelved";
    }
    return "";
}

static void add_line(const struct snapshot_alert *row, struct text *out)
{
    char when[CALENDAR_TEXT_SIZE];
    char shown[SNAPSHOT_LINE_SIZE * 2];
    text_addf(out, "%6u %-4s %-8s %s %-15s x%-4d %s\n", row->id, severity_name(row->severity),
              state_name(row), calendar_format(when, row->last_ns, 0), row->rule, row->count,
              safe_text(shown, sizeof shown, row->text, strlen(row->text)));
}

static void add_object(const struct snapshot_alert *row, struct json *json)
{
    char when[CALENDAR_TEXT_SIZE];
    json_open_object(json, NULL);
    json_add_integer(json, "id", row->id);
    json_add_string(json, "severity", severity_name(row->severity));
    json_add_string(json, "state", state_name(row));
    json_add_bool(json, "active", row->active);
    json_add_integer(json, "count", row->count);
    json_add_string(json, "first", calendar_format(when, row->first_ns, 3));
    json_add_string(json, "last", calendar_format(when, row->last_ns, 3));
    json_add_string(json, "rule", row->rule);
    json_add_string(json, "text", row->text);
    json_add_string_or_null(json, "acked_by", row->acked_by);
    json_close_object(json);
}

static int list(struct port *port, const struct alerts_options *options)
{
    struct err err = {0};
    const struct page_query query = {.kind = PAGE_ALERTS, .count = PAGE_ROWS_MAX};
    const struct page *page = port_socket_query(port, &query, WAIT_MS, &err);
    if (page == NULL) {
        return complain(&err);
    }
    struct text out = text_growing();
    struct json json;
    json_begin(&json, &out);
    if (options->json) {
        json_open_array(&json, NULL);
    }
    for (uint32_t i = 0; i < page->count; i++) {
        if (options->json) {
            add_object(&page->alerts[i], &json);
        } else {
            add_line(&page->alerts[i], &out);
        }
    }
    if (options->json) {
        json_close_array(&json);
        text_add_char(&out, '\n');
    } else if (page->count == 0) {
        text_add(&out, "no alarms\n");
    }
    fputs(text_string(&out), stdout);
    text_finish(&out);
    return 0;
}

static bool make_command(const struct alerts_options *options, struct command *command,
                         struct err *err)
{
    operator_name(command->operator_name, sizeof command->operator_name);
    if (options->shelve_seen) {
        command->kind = COMMAND_SHELVE;
        command->number = (uint64_t)options->shelve;
        command->value = options->for_s > 0.0 ? options->for_s : 600.0;
        return true;
    }
    if (strcmp(options->ack, "all") == 0) {
        command->kind = COMMAND_ACK_ALL;
        return true;
    }
    command->kind = COMMAND_ACK;
    char shown[64];
    return num_parse_uint64(options->ack, strlen(options->ack), &command->number) ||
           err_set(err, ERR_INPUT, "--ack: '%s' is neither an alarm's number nor all",
                   safe_text(shown, sizeof shown, options->ack, strlen(options->ack)));
}

static int act(struct port *port, const struct alerts_options *options)
{
    struct err err = {0};
    struct command command = {.kind = COMMAND_ACK};
    struct command_result result;
    if (!make_command(options, &command, &err) ||
        !port_socket_request(port, &command, &result, WAIT_MS, &err)) {
        return complain(&err);
    }
    fprintf(result.done ? stdout : stderr, "%s\n", result.text);
    return result.done ? 0 : 3;
}

int cmd_alerts(int argc, char **argv)
{
    struct arg_option rows[4 + GLOBAL_OPTIONS_COUNT] = {
        {"json", ARG_FLAG, offsetof(struct alerts_options, json), SIZE_MAX, NULL,
         "list as a JSON array"},
        {"ack", ARG_TEXT, offsetof(struct alerts_options, ack), SIZE_MAX, "N|all",
         "acknowledge one; all means LOW and MED ones"},
        {"shelve", ARG_COUNT, offsetof(struct alerts_options, shelve),
         offsetof(struct alerts_options, shelve_seen), "N", "put one aside for a while"},
        {"for-s", ARG_NUMBER, offsetof(struct alerts_options, for_s), SIZE_MAX, "S",
         "how long, at most 3600; 600 by default"},
    };
    global_options_rows(rows + 4, offsetof(struct alerts_options, global));
    const struct arg_spec spec = {
        .command = "alerts",
        .operands = "",
        .summary = "Lists the session's alarms, newest first, or acknowledges or shelves one.",
        .options = rows,
        .options_count = sizeof rows / sizeof rows[0],
    };
    struct alerts_options options = {0};
    int code = 0;
    if (!args_take(&spec, argc, argv, &options, NULL, NULL, &code)) {
        return code;
    }
    struct err err = {0};
    struct state_dir dir;
    struct port *port = NULL;
    const bool acts = options.ack != NULL || options.shelve_seen;
    if (!state_dir_find(&dir, options.global.state_dir, &err) ||
        !reach_host(&port, &dir, acts ? WIRE_ACTS : WIRE_LOOKS, NULL, &err)) {
        return complain(&err);
    }
    code = acts ? act(port, &options) : list(port, &options);
    port->ops->close(port);
    return code;
}
