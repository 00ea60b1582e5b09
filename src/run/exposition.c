#include "run/exposition.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/num.h"
#include "base/safe.h"

/* A metric is a row of a table: its name, type and help, and where in a snapshot it stands. */

struct row {
    const char *name, *type, *help;
    size_t offset;   /* of a double */
    double per_unit; /* so many make the unit in the name */
};

#define AT(member)       offsetof(struct snapshot, member)
#define VENUE_AT(member) offsetof(struct snapshot_venue, member)

static const struct row SESSION_ROWS[] = {
    {"arblite_event_queue_depth", "gauge", "Events that wait to be taken.", AT(queue_depth), 1},
    {"arblite_realized_usd", "gauge", "Profit of closed trades.", AT(realized_usd), 1},
    {"arblite_unrealized_usd", "gauge", "Profit of open trades if closed now.",
     AT(unrealized_usd), 1},
    {"arblite_fees_usd", "gauge", "Fees paid, of open trades too.", AT(fees_usd), 1},
    {"arblite_equity_usd", "gauge", "Balance with open trades at their marks.", AT(equity_usd),
     1},
    {"arblite_unhedged_usd", "gauge", "Exposure that no other leg covers.", AT(unhedged_usd),
     1},
    {"arblite_max_drawdown_ratio", "gauge", "Largest fall of the equity from its peak.",
     AT(max_drawdown_pct), 100},
};

static const struct row VENUE_ROWS[] = {
    {"arblite_feed_messages_total", "counter", "Messages received.", VENUE_AT(messages), 1},
    {"arblite_feed_bytes_total", "counter", "Bytes received.", VENUE_AT(bytes), 1},
    {"arblite_feed_reconnects_total", "counter", "Connections opened after the first.",
     VENUE_AT(reconnects), 1},
    {"arblite_feed_gaps_total", "counter", "Breaks in the sequence of a book.", VENUE_AT(gaps),
     1},
    {"arblite_feed_resyncs_total", "counter", "Books built anew.", VENUE_AT(resyncs), 1},
    {"arblite_feed_dropped_total", "counter", "Messages that could not be read.",
     VENUE_AT(dropped), 1},
    {"arblite_feed_requests_total", "counter", "Requests sent.", VENUE_AT(requests), 1},
    {"arblite_feed_request_budget_left_ratio", "gauge",
     "Share of the request budget that is left.", VENUE_AT(budget_left_pct), 100},
    {"arblite_feed_round_trip_seconds", "gauge", "Ping to pong, the last time.",
     VENUE_AT(round_trip_ms), 1e3},
    {"arblite_feed_clock_offset_seconds", "gauge", "The venue's clock less ours.",
     VENUE_AT(clock_offset_ms), 1e3},
    {"arblite_feed_clock_error_seconds", "gauge", "The offset is off by no more than this.",
     VENUE_AT(clock_error_ms), 1e3},
};

static double value_at(const void *base, const struct row *row)
{
    return *(const double *)((const char *)base + row->offset) / row->per_unit;
}

static void add_number(struct text *out, double value)
{
    char buffer[NUM_TEXT_SIZE];
    text_addf(out, " %s\n", num_format_shortest(buffer, value));
}

/* All lines of one name; its head goes before the first. */
struct family {
    struct text *out;
    const char *name, *type, *help;
    bool headed;
};

static void add_head(struct family *family)
{
    if (!family->headed) {
        family->headed = true;
        text_addf(family->out, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help,
                  family->name, family->type);
    }
}

static void add_line(struct family *family, const char *labels, double value)
{
    if (!isnan(value)) {
        add_head(family);
        text_addf(family->out, "%s%s", family->name, labels);
        add_number(family->out, value);
    }
}

/* Quoted; what would end the quotes or the line is escaped, the rest made safe. */
static void add_label(struct text *out, const char *name, const char *value)
{
    char shown[SNAPSHOT_LINE_SIZE];
    text_addf(out, "%s=\"", name);
    for (const char *at = safe_text(shown, sizeof shown, value, strlen(value)); *at != '\0';
         at++) {
        if (*at == '"' || *at == '\\') {
            text_add_char(out, '\\');
        }
        text_add_char(out, *at);
    }
    text_add_char(out, '"');
}

static const char *of_venue(char buffer[32], enum venue venue)
{
    return text_cut(buffer, 32, "{venue=\"%s\"}", venue_name(venue));
}

static void add_venue_row(const struct snapshot *s, const struct row *row, struct text *out)
{
    struct family family = {out, row->name, row->type, row->help, false};
    char labels[32];
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        add_line(&family, of_venue(labels, venue), value_at(&s->venues[venue], row));
    }
}

static void add_incidents(const struct snapshot *s, struct text *out)
{
    struct family family = {out, "arblite_feed_incidents_total", "counter",
                            "What happened to a feed, by reason code.", false};
    char labels[96];
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const struct snapshot_venue *it = &s->venues[venue];
        for (int32_t i = 0; i < it->happenings_count; i++) {
            text_cut(labels, sizeof labels, "{venue=\"%s\",reason=\"%s\"}", venue_name(venue),
                     reason_code(it->happenings[i].reason));
            add_line(&family, labels, (double)it->happenings[i].count);
        }
    }
}

/* `label` is `venue="upbit"` or "". */
static void add_latency(struct text *out, const char *name, const char *label,
                        const struct snapshot_latency *latency)
{
    const char *comma = label[0] != '\0' ? "," : "";
    const char *open = label[0] != '\0' ? "{" : "";
    const char *close = label[0] != '\0' ? "}" : "";
    char buffer[NUM_TEXT_SIZE];
    for (int i = 0; i < SNAPSHOT_LATENCY_BOUNDS; i++) {
        const double bound_s = (double)(INT64_C(1) << (10 + 2 * i)) / 1e9;
        text_addf(out, "%s_bucket{%s%sle=\"%s\"} %" PRIu64 "\n", name, label, comma,
                  num_format_shortest(buffer, bound_s), latency->within[i]);
    }
    text_addf(out, "%s_bucket{%s%sle=\"+Inf\"} %" PRIu64 "\n", name, label, comma,
              latency->count);
    text_addf(out, "%s_sum%s%s%s %s\n", name, open, label, close,
              num_format_shortest(buffer, latency->sum_s));
    text_addf(out, "%s_count%s%s%s %" PRIu64 "\n", name, open, label, close, latency->count);
}

static void add_venue_latency(const struct snapshot *s, const char *name, const char *help,
                              size_t offset, struct text *out)
{
    struct family family = {out, name, "histogram", help, false};
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        char label[32];
        const struct snapshot_latency *latency =
            (const void *)((const char *)&s->venues[venue] + offset);
        if (latency->count > 0) {
            add_head(&family);
            text_cut(label, sizeof label, "venue=\"%s\"", venue_name(venue));
            add_latency(out, name, label, latency);
        }
    }
}

static void add_book(struct family *family, enum venue venue, const char *pair, double value)
{
    char bytes[SNAPSHOT_LINE_SIZE];
    struct text labels = text_fixed(bytes, sizeof bytes);
    text_addf(&labels, "{venue=\"%s\",", venue_name(venue));
    add_label(&labels, "pair", pair);
    text_add_char(&labels, '}');
    add_line(family, text_string(&labels), value);
}

static double age_s(int64_t now_ns, int64_t at_ns)
{
    return at_ns == 0 ? NAN : (double)(now_ns - at_ns) / 1e9;
}

static void add_books(const struct snapshot *s, struct text *out)
{
    struct family fresh = {out, "arblite_feed_fresh", "gauge",
                           "1: the book is fresh by its last word.", false};
    struct family age = {out, "arblite_feed_age_seconds", "gauge",
                         "Event time since a book was last heard.", false};
    for (int32_t i = 0; i < s->pairs_count; i++) {
        const struct snapshot_pair *pair = &s->pairs[i];
        add_book(&fresh, VENUE_A, pair->name, pair->a.state == FEED_FRESH ? 1 : 0);
        add_book(&fresh, VENUE_B, pair->name, pair->b.state == FEED_FRESH ? 1 : 0);
    }
    for (int32_t i = 0; i < s->pairs_count; i++) {
        const struct snapshot_pair *pair = &s->pairs[i];
        add_book(&age, VENUE_A, pair->name, age_s(s->time_ns, pair->a.heard_ns));
        add_book(&age, VENUE_B, pair->name, age_s(s->time_ns, pair->b.heard_ns));
    }
}

static void add_info(const struct snapshot *s, struct text *out)
{
    struct family family = {out, "arblite_session_info", "gauge",
                            "Always 1; the labels say which session this is.", false};
    struct text labels = text_growing();
    text_add_char(&labels, '{');
    add_label(&labels, "session", s->session);
    text_add_char(&labels, ',');
    add_label(&labels, "mode", s->mode);
    text_add_char(&labels, ',');
    add_label(&labels, "source", s->source_kind);
    text_add_char(&labels, '}');
    add_line(&family, text_string(&labels), 1);
    text_finish(&labels);
}

static void add_session(const struct snapshot *s, int64_t mono_ns, struct text *out)
{
    const struct {
        const char *name, *type, *help;
        double value;
    } rows[] = {
        {"arblite_snapshot_age_seconds", "gauge", "How old the numbers of this page are.",
         age_s(mono_ns, s->made_mono_ns)},
        {"arblite_events_total", "counter", "Events taken by the session.",
         (double)s->sequence},
        {"arblite_decisions_total", "counter", "Actions decided, refusals among them.",
         (double)s->decisions},
        {"arblite_trades_opened_total", "counter", "Trades opened.", (double)s->opened},
        {"arblite_trades_closed_total", "counter", "Trades closed.", (double)s->closed},
        {"arblite_entries_refused_total", "counter", "Entries the guard refused.",
         (double)s->refused_count},
        {"arblite_entries_open", "gauge", "1: a trade may open.", s->entries_open ? 1 : 0},
        {"arblite_armed", "gauge", "1: entries are allowed by the operator.", s->armed ? 1 : 0},
        {"arblite_paused", "gauge", "1: the operator paused entries.", s->paused ? 1 : 0},
        {"arblite_killed", "gauge", "1: the kill switch is on.", s->killed ? 1 : 0},
        {"arblite_waiting", "gauge", "1: the journal takes no writes, nothing is acted upon.",
         s->waiting ? 1 : 0},
        {"arblite_alerts_unacked", "gauge", "Alarms nobody acknowledged.", s->alerts_unacked},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct family family = {out, rows[i].name, rows[i].type, rows[i].help, false};
        add_line(&family, "", rows[i].value);
    }
    for (size_t i = 0; i < sizeof SESSION_ROWS / sizeof SESSION_ROWS[0]; i++) {
        const struct row *row = &SESSION_ROWS[i];
        struct family family = {out, row->name, row->type, row->help, false};
        add_line(&family, "", value_at(s, row));
    }
}

/* When each venue was last heard at all. */
static void add_heard(const struct snapshot *s, int64_t mono_ns, struct text *out)
{
    struct family family = {out, "arblite_feed_heard_age_seconds", "gauge",
                            "Since the last byte of any kind.", false};
    char labels[32];
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        add_line(&family, of_venue(labels, venue),
                 age_s(mono_ns, s->venues[venue].heard_mono_ns));
    }
}

static void add_cycle(const struct snapshot *s, struct text *out)
{
    struct family family = {out, "arblite_cycle_seconds", "histogram",
                            "An event taken to all of it durable and sent.", false};
    if (s->cycle.count > 0) {
        add_head(&family);
        add_latency(out, family.name, "", &s->cycle);
    }
}

void exposition_write(const struct snapshot *snapshot, int64_t mono_ns, struct text *out)
{
    add_info(snapshot, out);
    add_session(snapshot, mono_ns, out);
    add_cycle(snapshot, out);
    for (size_t i = 0; i < sizeof VENUE_ROWS / sizeof VENUE_ROWS[0]; i++) {
        add_venue_row(snapshot, &VENUE_ROWS[i], out);
    }
    add_incidents(snapshot, out);
    add_heard(snapshot, mono_ns, out);
    add_venue_latency(snapshot, "arblite_feed_decode_seconds",
                      "A frame received to its events.", VENUE_AT(decode), out);
    add_venue_latency(snapshot, "arblite_feed_decision_seconds",
                      "A frame received to all of it durable and sent.", VENUE_AT(decision),
                      out);
    add_books(snapshot, out);
}
