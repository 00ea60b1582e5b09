#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/pane/pane.h"

/* The machinery: what passes between venues and session and how long it takes, feeds and
 * their counters, who did what. */

#define NS_PER_S INT64_C(1000000000)

/* Of the pair at Binance; spot has none. */
static void set_funding(const struct view *view, struct table_cell *cell,
                        const struct snapshot_pair *pair)
{
    struct view_funding funding;
    if (pair == NULL) {
        table_set(cell, ROLE_DIM, "n/a: spot");
        return;
    }
    view_funding(view, pair, &funding);
    if (funding.known) {
        table_set(cell, funding.old ? ROLE_MED : ROLE_NORMAL, "%s%% %s %s", funding.rate,
                  funding.left, funding.age);
    } else {
        table_set(cell, ROLE_DIM, "n/a: %s", funding.why);
    }
}

/* `pair`: whose funding stands beside; NULL: none's. */
static void add_feed(const struct view *view, struct table *table, const char *venue,
                     const struct snapshot_book *book, const struct snapshot_pair *pair)
{
    struct table_cell *cells = table_row(table);
    char text[UNITS_SIZE];
    if (cells == NULL) {
        return;
    }
    const bool stale = view_book_stale(view, book);
    table_set(&cells[0], ROLE_NORMAL, "%s", venue);
    table_set_foreign(&cells[1], ROLE_NORMAL, book->symbol, sizeof book->symbol);
    table_set(&cells[2], stale ? ROLE_MED : ROLE_NORMAL, "%s",
              view_feed_words(text, view, book));
    table_set(&cells[3], ROLE_NORMAL, "%llu", (unsigned long long)book->gaps);
    table_set(&cells[4], ROLE_NORMAL, "%llu", (unsigned long long)book->resyncs);
    table_set(&cells[5], ROLE_NORMAL, "%llu", (unsigned long long)book->reconnects);
    set_funding(view, &cells[6], pair);
    table_set(&cells[7], ROLE_NORMAL, "%s", units_number(text, book->messages_per_s, 0));
    table_set(&cells[8], ROLE_NORMAL, "%s", units_number(text, (double)book->messages, 0));
}

/* A number, or that there is none. */
static void set_number(struct table_cell *cell, double value, int decimals)
{
    char text[UNITS_SIZE];
    const bool known = isfinite(value);
    table_set(cell, known ? ROLE_NORMAL : ROLE_DIM, "%s",
              known ? units_number(text, value, decimals) : "n/a");
}

/* A number and how long ago it was true. */
static void set_aged(const struct view *view, struct table_cell *cell, const char *number,
                     int64_t at_mono_ns)
{
    char age[UNITS_SIZE];
    if (strcmp(number, "-") == 0) {
        table_set(cell, ROLE_DIM, "n/a");
    } else {
        table_set(cell, ROLE_NORMAL, "%s %s", number,
                  units_age(age, view->now_ns - at_mono_ns));
    }
}

/* A latency that was never taken is no number either. */
static double known(const struct snapshot_latency *latency, double value_ms)
{
    return latency->count > 0 ? value_ms : NAN;
}

/* The venue's less ours, and how wrong that may be: Upbit's is known by whole seconds. */
static void set_clock(const struct view *view, struct table_cell *cell,
                      const struct snapshot_venue *venue)
{
    char offset[UNITS_SIZE], error[UNITS_SIZE], text[2 * UNITS_SIZE];
    units_signed(offset, venue->clock_offset_ms, 0);
    units_number(error, ceil(venue->clock_error_ms), 0);
    snprintf(text, sizeof text, "%.40s\u00b1%.40s", offset, error);
    set_aged(view, cell, isfinite(venue->clock_offset_ms) ? text : "-", venue->clock_mono_ns);
}

static void add_venue(const struct view *view, struct table *table, const char *name,
                      const struct snapshot_venue *venue)
{
    struct table_cell *cells = table_row(table);
    char text[UNITS_SIZE];
    if (cells == NULL) {
        return;
    }
    const struct snapshot_latency *decode = &venue->decode;
    const struct snapshot_latency *decision = &venue->decision;
    table_set(&cells[0], ROLE_NORMAL, "%s", name);
    const bool heard = venue->heard_mono_ns != 0;
    table_set(&cells[1], heard ? ROLE_NORMAL : ROLE_DIM, "%s",
              heard                       ? units_age(text, view->now_ns - venue->heard_mono_ns)
              : view_live(view->snapshot) ? "never"
                                          : "n/a");
    set_aged(view, &cells[2], units_number(text, venue->messages_per_s, 0),
             venue->rates_mono_ns);
    set_number(&cells[3], venue->bytes_per_s / 1e3, 1);
    set_number(&cells[4], known(decode, decode->p50_ms), 3);
    set_aged(view, &cells[5], units_number(text, known(decode, decode->p99_ms), 3),
             decode->last_mono_ns);
    set_number(&cells[6], known(decode, decode->max_ms), 3);
    set_number(&cells[7], known(decision, decision->p50_ms), 3);
    set_aged(view, &cells[8], units_number(text, known(decision, decision->p99_ms), 3),
             decision->last_mono_ns);
    set_number(&cells[9], known(decision, decision->max_ms), 3);
    set_aged(view, &cells[10], units_number(text, venue->round_trip_ms, 1),
             venue->round_trip_mono_ns);
    set_clock(view, &cells[11], venue);
    const bool limited = !isnan(venue->budget_left_pct);
    table_set(&cells[12], limited ? ROLE_NORMAL : ROLE_DIM, "%s%s",
              limited ? units_number(text, venue->budget_left_pct, 0) : "n/a",
              limited ? "%" : "");
    set_number(&cells[13], venue->reconnects, 0);
    set_number(&cells[14], venue->dropped, 0);
}

/* Latencies are in ms; of a percentile, a ping and the clock it is said how old they are. */
static void add_venues(const struct view *view, struct table *table)
{
    static const struct {
        const char *title;
        int cols, priority;
    } columns[] = {
        {"heard", 5, 0},       {"per s", 8, 0},    {"kB/s", 8, 2},        {"decode p50", 10, 4},
        {"decode p99", 10, 0}, {"max ms", 8, 3},   {"decide p50", 10, 4}, {"decide p99", 10, 0},
        {"max ms", 8, 3},      {"ping ms", 10, 0}, {"clock ms", 14, 0},   {"left", 5, 0},
        {"reconnects", 10, 5}, {"dropped", 8, 5},
    };
    table_column(table, "venue", 8, false, 0);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        table_column(table, columns[i].title, columns[i].cols, true, columns[i].priority);
    }
    add_venue(view, table, "upbit", &view->snapshot->venues[VENUE_A]);
    add_venue(view, table, "binance", &view->snapshot->venues[VENUE_B]);
}

/* Why a number stands there as n/a. */
static void add_reasons(const struct view *view, struct lines *lines)
{
    const struct snapshot_venue *venues = view->snapshot->venues;
    struct line *line = lines_add(lines);
    if (!view_live(view->snapshot)) {
        line_add(line, ROLE_DIM, "  n/a: ");
        line_add_foreign(line, ROLE_DIM, view->snapshot->source_kind,
                         sizeof view->snapshot->source_kind);
        line_add(line, ROLE_DIM, " data come over no connection of which that could be told");
        return;
    }
    bool all = true;
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        all = all && venues[venue].decode.count > 0 && venues[venue].decision.count > 0 &&
              venues[venue].rates_mono_ns != 0 && venues[venue].round_trip_mono_ns != 0 &&
              venues[venue].clock_mono_ns != 0;
    }
    line_add(line, ROLE_DIM, "%s", all ? "" : "  n/a: not measured yet");
}

static void add_recording(const struct snapshot *snapshot, struct lines *lines)
{
    char frames[UNITS_SIZE], megabytes[UNITS_SIZE];
    if (snapshot->recording == SNAPSHOT_RECORDING_NONE) {
        return;
    }
    const bool failed = snapshot->recording == SNAPSHOT_RECORDING_FAILED;
    struct line *line = lines_add(lines);
    line_add(line, failed ? ROLE_HIGH : ROLE_NORMAL, "  recording %s%s frames, %s MB%s",
             failed ? "STOPPED after " : "",
             units_number(frames, (double)snapshot->recorded_frames, 0),
             units_number(megabytes, (double)snapshot->recorded_bytes / 1e6, 1),
             failed ? "" : " on disk");
    if (failed) {
        line = lines_add(lines);
        line_add(line, ROLE_HIGH, "    ");
        line_add_foreign(line, ROLE_HIGH, snapshot->recording_failure,
                         sizeof snapshot->recording_failure);
    }
}

/* Behind what was reckoned with prices. */
static void add_old(struct line *line, int64_t old_ns)
{
    char age[UNITS_SIZE];
    if (old_ns >= 0) {
        line_add(line, ROLE_MED, ", %s old", units_age(age, old_ns));
    }
}

/* A rate nobody told is no rate of 0. */
static void add_fx(const struct view *view, struct line *line)
{
    const struct snapshot *snapshot = view->snapshot;
    char rate[UNITS_SIZE], age[UNITS_SIZE];
    if (snapshot->fx_heard_ns <= 0) {
        line_add(line, ROLE_DIM, "  fx n/a: not heard yet  ");
    } else {
        line_add(line, ROLE_NORMAL, "  fx %s KRW/USDT, heard %s ago  ",
                 units_number(rate, snapshot->krw_per_usd, 2),
                 units_age(age, view_age_ns(view, snapshot->fx_heard_ns)));
    }
    line_add_foreign(line, ROLE_DIM, snapshot->fx_source, sizeof snapshot->fx_source);
}

static void add_session(const struct view *view, struct lines *lines)
{
    const struct snapshot *snapshot = view->snapshot;
    char a[UNITS_SIZE], b[UNITS_SIZE], c[UNITS_SIZE];
    struct line *line = lines_add(lines);
    line_add(line, ROLE_NORMAL, "  session ");
    line_add_foreign(line, ROLE_STRONG, snapshot->session, sizeof snapshot->session);
    line_add(line, ROLE_NORMAL, "  pid %d  profile ", (int)snapshot->pid);
    line_add_foreign(line, ROLE_NORMAL, snapshot->profile, sizeof snapshot->profile);
    add_recording(snapshot, lines);
    line = lines_add(lines);
    line_add(line, ROLE_NORMAL, "  events %s  cycle p99 ",
             units_number(a, (double)snapshot->sequence, 0));
    if (snapshot->cycle.count > 0) {
        line_add(line, ROLE_NORMAL, "%s ms %s", units_number(b, snapshot->cycle_ms_p99, 3),
                 units_age(c, view->now_ns - snapshot->cycle.last_mono_ns));
    } else {
        line_add(line, ROLE_DIM, "n/a: no event yet");
    }
    const bool queues = isfinite(snapshot->queue_depth);
    line_add(line, queues ? ROLE_NORMAL : ROLE_DIM, "  queue %s",
             queues ? units_number(a, snapshot->queue_depth, 0) : "n/a");
    line = lines_add(lines);
    add_fx(view, line);
    line = lines_add(lines);
    line_add(line, ROLE_NORMAL, "  balances KRW %s  USDT %s  coin %s USD",
             units_number(a, snapshot->balance_krw, 0),
             units_number(b, snapshot->balance_usdt, 2),
             units_number(c, snapshot->inventory_usd, 0));
    add_old(line, view_prices_old_ns(view));
    line = lines_add(lines);
    line_add(line, ROLE_NORMAL, "  equity %s USD", units_number(a, snapshot->equity_usd, 2));
    add_old(line, view_open_old_ns(view));
    line_add(line, ROLE_NORMAL, "  max drawdown %s%%",
             units_number(b, snapshot->max_drawdown_pct, 2));
    if (snapshot->revision != 0) {
        line = lines_add(lines);
        line_add(line, ROLE_NORMAL, "  parameters revision %llu from ",
                 (unsigned long long)snapshot->revision);
        line_add_foreign(line, ROLE_STRONG, snapshot->revision_origin,
                         sizeof snapshot->revision_origin);
    }
}

static void add_audit(const struct view *view, struct table *table)
{
    const struct page *page = view->world->pages[PAGE_AUDIT];
    table_column(table, "wall time", 9, true, 1);
    table_column(table, "who", 10, false, 0);
    table_column(table, "did", 14, false, 0);
    table_column(table, "what", 30, false, 2);
    table_column(table, "result", 24, false, 0);
    table->wide = 4;
    const uint32_t first = (uint32_t)view->state->scroll;
    for (uint32_t i = first; page != NULL && i < page->count; i++) {
        const struct page_audit *row = &page->audits[i];
        struct table_cell *cells = table_row(table);
        char text[UNITS_SIZE];
        if (cells == NULL) {
            break;
        }
        table_set(&cells[0], ROLE_NORMAL, "%s", units_time(text, row->wall_ns));
        table_set_foreign(&cells[1], ROLE_NORMAL, row->operator_name,
                          sizeof row->operator_name);
        table_set_foreign(&cells[2], ROLE_STRONG, row->verb, sizeof row->verb);
        table_set_foreign(&cells[3], ROLE_NORMAL, row->text, sizeof row->text);
        table_set_foreign(&cells[4], ROLE_NORMAL, row->result, sizeof row->result);
    }
}

void pane_system(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct snapshot *snapshot = view->snapshot;
    line_add(&panel->title, ROLE_TITLE, "SYSTEM");
    line_add(&panel->title, ROLE_TITLE, " latencies in ms, feeds, session, who did what");
    panel->focused = true;
    panel->stale = view->no_data;
    add_venues(view, &panel_add(panel, SHAPE_TABLE, 3)->table);
    add_reasons(view, &panel_add(panel, SHAPE_LINES, 1)->lines);
    struct table *feeds = &panel_add(panel, SHAPE_TABLE, 2 * snapshot->pairs_count + 1)->table;
    table_column(feeds, "venue", 8, false, 0);
    table_column(feeds, "symbol", 12, false, 0);
    table_column(feeds, "state", 14, false, 0);
    table_column(feeds, "gaps", 5, true, 0);
    table_column(feeds, "resync", 6, true, 0);
    table_column(feeds, "reconn", 6, true, 0);
    table_column(feeds, "funding, left", 22, false, 0);
    table_column(feeds, "per s", 6, true, 2);
    table_column(feeds, "messages", 11, true, 1);
    for (int i = 0; i < snapshot->pairs_count; i++) {
        add_feed(view, feeds, "upbit", &snapshot->pairs[i].a, NULL);
        add_feed(view, feeds, "binance", &snapshot->pairs[i].b, &snapshot->pairs[i]);
    }
    struct shape *session = panel_add(panel, SHAPE_LINES, 0);
    add_session(view, &session->lines);
    session->rows = session->lines.count;
    add_audit(view, &panel_add(panel, SHAPE_TABLE, 0)->table);
}
