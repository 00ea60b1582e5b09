#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "run/status.h"
#include "status_parts.h"

/* A session of whose host nothing is heard: what its journal knows, in the shape of one that
 * runs. */

/* The value of "KEY = VALUE" in a session's options; "" when it has none. */
static void find_option(const char *options, const char *key, char *value, size_t size)
{
    const size_t length = strlen(key);
    struct text_line line;
    text_copy(value, size, "");
    while (text_take_line(&options, &line)) {
        if (line.length > length + 3 && strncmp(line.start, key, length) == 0 &&
            strncmp(line.start + length, " = ", 3) == 0) {
            text_cut(value, size, "%.*s", (int)(line.length - length - 3),
                     line.start + length + 3);
        }
    }
}

static const char *state_word(const struct status_aside *aside)
{
    return aside->other_build_pid == 0 ? "down" : "other_build";
}

static void put_identity(struct json *json, const struct journal_status *status,
                         const struct status_aside *aside)
{
    const struct journal_session *session = &status->session;
    char profile[32];
    char kind[16];
    find_option(session->options_text, "engine.profile", profile, sizeof profile);
    text_cut(kind, sizeof kind, "%.*s", (int)strcspn(session->source, ":"), session->source);
    json_add_integer(json, "schema_version", STATUS_SCHEMA_VERSION);
    json_add_number(json, "pid",
                    aside->other_build_pid == 0 ? NAN : (double)aside->other_build_pid);
    json_add_string(json, "session", session->name);
    json_add_string(json, "mode", session->mode);
    json_add_string_or_null(json, "profile", profile);
    json_add_string(json, "state", state_word(aside));
    json_add_bool(json, "ended", session->ended_wall_ns != 0);
    json_add_string_or_null(json, "end_reason", session->end_reason);
    json_add_null(json, "uptime_s");
    json_add_null(json, "age_ms");
    json_add_unsigned(json, "seq", status->state.sequence);
    json_add_null(json, "decisions");
    json_add_null(json, "decision_hash");
    json_open_object(json, "source");
    json_add_string_or_null(json, "kind", kind);
    json_add_string(json, "label", session->source);
    json_add_null(json, "speed");
    status_put_time(json, "event_time", status->state.time_ns);
    json_add_null(json, "progress");
    json_close_object(json);
    json_add_null(json, "recording");
}

static void put_permission(struct json *json, const struct journal_status *status,
                           const struct status_aside *aside)
{
    const struct journal_state *state = &status->state;
    json_open_object(json, "gate");
    json_add_string(json, "entries", "off");
    json_add_string(json, "reason", "DOWN");
    json_add_null(json, "until_s");
    json_close_object(json);
    json_add_bool(json, "armed", status->has_state && state->armed);
    json_add_bool(json, "paused", status->has_state && state->paused);
    json_open_object(json, "kill");
    json_add_bool(json, "on", aside->killed || state->killed);
    json_add_string_or_null(json, "by", state->killed_by);
    status_put_time(json, "since", state->killed_wall_ns);
    json_add_string_or_null(json, "reason", state->killed_reason);
    json_close_object(json);
    status_put_params(json, status->revision.number, status->revision.origin, NULL);
}

static void put_empty_array(struct json *json, const char *key)
{
    json_open_array(json, key);
    json_close_array(json);
}

/* An object whose every field, up to a NULL, is unknown. */
static void put_unknown(struct json *json, const char *key, const char *const fields[])
{
    json_open_object(json, key);
    for (size_t i = 0; fields[i] != NULL; i++) {
        json_add_null(json, fields[i]);
    }
    json_close_object(json);
}

/* What only a host knows. */
static void put_unheard(struct json *json)
{
    json_open_object(json, "guard");
    json_add_null(json, "level");
    put_empty_array(json, "causes");
    put_empty_array(json, "limits");
    json_close_object(json);
    put_empty_array(json, "feeds");
    put_unknown(json, "fx", (const char *const[]){"krw_per_usdt", "age_ms", "source", NULL});
    put_empty_array(json, "pairs");
    put_unknown(json, "exposure", (const char *const[]){"unhedged_usd", "since_ms", NULL});
    put_unknown(json, "balances", (const char *const[]){"krw", "usdt", "inventory_usd", NULL});
    put_empty_array(json, "inventory");
    put_unknown(json, "margin", (const char *const[]){"ratio_pct", "liq_distance_pct", NULL});
    put_empty_array(json, "funding");
    json_open_object(json, "metrics");
    json_add_null(json, "cycle_ms");
    json_add_null(json, "queue_depth");
    put_empty_array(json, "venues");
    json_close_object(json);
}

static void put_money(struct json *json, const struct journal_status *status,
                      const struct tuning *tuning)
{
    json_open_object(json, "trades");
    json_add_integer(json, "opened", status->opened);
    json_add_integer(json, "closed", status->closed);
    json_add_integer(json, "open", status->opened - status->closed);
    json_add_integer(json, "refused", status->refused);
    json_close_object(json);
    json_open_object(json, "pnl");
    json_add_number(json, "realized_usd", status->realized_usd);
    json_add_null(json, "unrealized_usd");
    json_add_number(json, "fees_usd", status->fees_usd);
    json_close_object(json);
    json_open_object(json, "alerts");
    json_add_integer(json, "unacked", status->alerts_unacked);
    json_add_integer(json, "total", status->alerts_total);
    json_close_object(json);
    status_put_tuning(json, tuning);
}

void status_json_down(const struct journal_status *status, const struct status_aside *aside,
                      const struct tuning *tuning, struct text *out)
{
    struct json json;
    json_begin(&json, out);
    json_open_object(&json, NULL);
    put_identity(&json, status, aside);
    put_permission(&json, status, aside);
    put_unheard(&json);
    put_money(&json, status, tuning);
    json_close_object(&json);
}

static void put_host_line(const struct journal_session *session,
                          const struct status_aside *aside, struct text *out)
{
    text_addf(out, "session   %s (%s): ", session->name, session->mode);
    if (aside->other_build_pid != 0) {
        text_addf(out, "host pid %d of another build runs; this is what the journal says\n",
                  aside->other_build_pid);
    } else {
        text_addf(out, "no host is running; %s\n",
                  session->ended_wall_ns != 0 ? "it has ended" : "it can be resumed");
    }
}

void status_lines_down(const struct journal_status *status, const struct status_aside *aside,
                       const struct tuning *tuning, struct text *out)
{
    const struct journal_state *state = &status->state;
    put_host_line(&status->session, aside, out);
    text_addf(out, "source    %s\n", status->session.source);
    status_put_kill_line(out, aside->killed || state->killed, state->killed_by,
                         state->killed_wall_ns, state->killed_reason);
    status_put_params_line(out, status->revision.number, status->revision.origin);
    text_addf(out,
              "trades    %" PRId64 " opened, %" PRId64 " closed, %" PRId64 " open, %" PRId64
              " refused\n",
              status->opened, status->closed, status->opened - status->closed, status->refused);
    text_addf(out, "pnl       realised %+.2f USD, fees %.2f USD\n", status->realized_usd,
              status->fees_usd);
    status_put_tuning_line(out, tuning);
}
