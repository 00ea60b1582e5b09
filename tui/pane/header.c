#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/safe.h"
#include "tui/pane/pane.h"

/* The header answers the first five seconds' questions at any width: what is this, may it
 * trade, what did it earn, is anything wrong, is it fresh. It always shows the newest snapshot.
 */

enum {
    ITEMS_MAX = 16,
    ITEM_SIZE = PANE_WORDS_SIZE,
    GAP_COLS = 2,
    DATE_COLS_MIN = 110,
    PRIORITY_LAST = 5
};
#define NS_PER_S INT64_C(1000000000)

struct item {
    enum role role;
    int priority; /* 0 is never dropped */
    char full[ITEM_SIZE], brief[ITEM_SIZE];
    const char *least; /* stands where the item is dropped; NULL: nothing does */
};

struct items {
    int count;
    struct item items[ITEMS_MAX];
};

static struct item *next_item(struct items *items, enum role role, int priority)
{
    struct item *item = &items->items[items->count++];
    item->role = role;
    item->priority = priority;
    item->least = NULL;
    return item;
}

static void upper(char *text)
{
    for (; *text != '\0'; text++) {
        *text = (char)toupper((unsigned char)*text);
    }
}

static void add_source(const struct snapshot *snapshot, struct items *items)
{
    char mode[32], source[SNAPSHOT_TEXT_SIZE * 2], speed[UNITS_SIZE];
    safe_text(mode, sizeof mode, snapshot->mode,
              strnlen(snapshot->mode, sizeof snapshot->mode));
    upper(mode);
    struct item *badge = next_item(items, ROLE_BADGE, 0);
    snprintf(badge->full, ITEM_SIZE, " %s ", mode);
    snprintf(badge->brief, ITEM_SIZE, " %s ", mode);

    safe_text(source, sizeof source, snapshot->source,
              strnlen(snapshot->source, sizeof snapshot->source));
    units_speed(speed, snapshot->speed);
    const char *held = snapshot->source_ended      ? " ended"
                       : snapshot->playback_paused ? " held"
                                                   : "";
    struct item *item = next_item(items, ROLE_STRONG, 1);
    if (view_live(snapshot)) {
        const char *taped = snapshot->recording == SNAPSHOT_RECORDING_ON ? " REC" : "";
        snprintf(item->full, ITEM_SIZE, "LIVE DATA%s%s", taped, held);
        snprintf(item->brief, ITEM_SIZE, "LIVE%s%s", taped, held);
        item->least = "LIVE";
        return;
    }
    snprintf(item->full, ITEM_SIZE, "%.64s %.16s%s", source, speed, held);
    snprintf(item->brief, ITEM_SIZE, "%.24s %.16s%s", source, speed, held);
    /* A simulated profit never stands without its label. */
    item->least = view_simulated(snapshot) ? "SIM" : NULL;
}

/* Whoever wanted a recording must see that there is none any more. */
static void add_recording(const struct snapshot *snapshot, struct items *items)
{
    if (snapshot->recording == SNAPSHOT_RECORDING_FAILED) {
        struct item *item = next_item(items, ROLE_HIGH, 0);
        snprintf(item->full, ITEM_SIZE, "RECORDING STOPPED");
        snprintf(item->brief, ITEM_SIZE, "REC STOPPED");
    }
}

/* ARMED, or the first thing in the way of entries and for how long. */
static void add_entries(const struct snapshot *snapshot, struct items *items)
{
    if (snapshot->killed) {
        return;
    }
    if (snapshot->entries_open) {
        struct item *item = next_item(items, ROLE_NORMAL, 0);
        snprintf(item->full, ITEM_SIZE, "ARMED entries open");
        snprintf(item->brief, ITEM_SIZE, "ARMED");
        return;
    }
    char left[UNITS_SIZE] = "", pair[UNITS_SIZE] = "", by[64] = "";
    if (isfinite(snapshot->entries_until_s) && snapshot->entries_until_s > 0.0) {
        units_clock(left, snapshot->entries_until_s);
    }
    if (snapshot->entries_pair >= 0) {
        view_pair_name(pair, snapshot, snapshot->entries_pair);
    }
    if (snapshot->paused && snapshot->paused_by[0] != '\0') {
        safe_text(by, sizeof by, snapshot->paused_by,
                  strnlen(snapshot->paused_by, sizeof snapshot->paused_by));
    }
    const char *why = reason_text(snapshot->entries_reason);
    if (snapshot->source_ended) {
        why = "the source has ended";
        by[0] = '\0';
    } else if (by[0] != '\0') {
        why = "paused by";
    } else if (snapshot->entries_reason == REASON_NONE) {
        why = "nothing to trade on yet";
    }
    struct item *item = next_item(items, ROLE_MED, 0);
    snprintf(item->full, ITEM_SIZE, "entries off%s%.16s: %s%s%.24s%s%.12s", pair[0] ? " " : "",
             pair, why, by[0] ? " " : "", by, left[0] ? " " : "", left);
    if (strlen(why) > PANE_REASON_COLS) {
        why = pane_reason_words(snapshot->entries_reason);
    }
    snprintf(item->brief, ITEM_SIZE, "off: %.28s%s%.12s%s%.12s", why, by[0] ? " " : "", by,
             left[0] ? " " : "", left);
}

static void add_guard(const struct snapshot *snapshot, struct items *items)
{
    const enum guard_level level = snapshot->guard_level;
    const enum role role = level >= GUARD_OBSERVE  ? ROLE_BLOCKED
                           : level == GUARD_REDUCE ? ROLE_MED
                                                   : ROLE_NORMAL;
    struct item *item = next_item(items, role, 0);
    char name[32] = "ok";
    if (level != GUARD_NORMAL) {
        snprintf(name, sizeof name, "%s", guard_level_name(level));
        upper(name);
    }
    snprintf(item->full, ITEM_SIZE, "GUARD %s", name);
    snprintf(item->brief, ITEM_SIZE, "G %s", name);
}

static void add_kill(const struct snapshot *snapshot, struct items *items)
{
    struct item *item = next_item(items, snapshot->killed ? ROLE_BLOCKED : ROLE_NORMAL, 0);
    if (!snapshot->killed) {
        snprintf(item->full, ITEM_SIZE, "KILL off");
        snprintf(item->brief, ITEM_SIZE, "K off");
        return;
    }
    char by[64], when[UNITS_SIZE];
    safe_text(by, sizeof by, snapshot->killed_by,
              strnlen(snapshot->killed_by, sizeof snapshot->killed_by));
    view_killed_time(when, snapshot);
    snprintf(item->full, ITEM_SIZE, "KILL ENGAGED %.16s by %.24s", when, by);
    memcpy(item->brief, item->full, ITEM_SIZE);
    item = next_item(items, ROLE_BLOCKED, 2);
    snprintf(item->full, ITEM_SIZE, "entries blocked, exits managed");
    snprintf(item->brief, ITEM_SIZE, "exits managed");
}

static void add_money(const struct view *view, struct items *items)
{
    const struct snapshot *snapshot = view->newest;
    char day[UNITS_SIZE], open[UNITS_SIZE], age[UNITS_SIZE];
    units_signed(day, snapshot->day_usd, 2);
    units_signed(open, snapshot->unrealized_usd, 2);
    struct item *item = next_item(items, view_money_role(snapshot->day_usd), 0);
    const int64_t old_ns = view_open_old_ns(view);
    const char *of = old_ns >= 0 ? ", " : "", *old = old_ns >= 0 ? " old" : "";
    age[0] = '\0';
    if (old_ns >= 0) {
        units_age(age, old_ns);
    }
    snprintf(item->full, ITEM_SIZE, "day %.20s USD (open %.20s%s%.12s%s)", day, open, of, age,
             old);
    snprintf(item->brief, ITEM_SIZE, "day %.20s (%.20s%s%.12s%s)", day, open, of, age, old);
    if (fabs(snapshot->unhedged_usd) > 0.0) {
        units_number(open, fabs(snapshot->unhedged_usd), 0);
        units_age(age, view_age_ns(view, snapshot->unhedged_since_ns));
        item = next_item(items, ROLE_HIGH, 0);
        snprintf(item->full, ITEM_SIZE, "UNHEDGED %.20s USD %.12s", open, age);
        snprintf(item->brief, ITEM_SIZE, "UNHEDGED %.20s USD %.12s", open, age);
    }
}

static void add_alarms(const struct snapshot *snapshot, struct items *items)
{
    const int high = snapshot->alerts_high_unacked;
    const int rest = snapshot->alerts_unacked - high;
    struct item *item = next_item(items, high > 0 ? ROLE_HIGH : ROLE_NORMAL, 0);
    if (high > 0) {
        snprintf(item->full, ITEM_SIZE, "ALERT %d HIGH %d other", high, rest);
        snprintf(item->brief, ITEM_SIZE, "A %dH %d", high, rest);
    } else {
        snprintf(item->full, ITEM_SIZE, "ALERT %d", rest);
        snprintf(item->brief, ITEM_SIZE, "A %d", rest);
    }
}

static void add_feeds(const struct view *view, struct items *items)
{
    const struct snapshot_pair *pair = view_pair(view);
    if (pair == NULL || view->no_data) {
        return;
    }
    if (!pair->aligned) {
        struct item *lamp = next_item(items, ROLE_MED, 1);
        pane_lamp(view, pair, lamp->full, lamp->brief);
    }
    char a[UNITS_SIZE], b[UNITS_SIZE], fx[UNITS_SIZE];
    units_age_steady(a, view_age_ns(view, pair->a.heard_ns));
    units_age_steady(b, view_age_ns(view, pair->b.heard_ns));
    units_age_steady(fx, view_age_ns(view, view->newest->fx_heard_ns));
    struct item *item = next_item(items, ROLE_DIM, 3);
    snprintf(item->full, ITEM_SIZE, "%supbit %.10s  binance %.10s  fx %.10s%s",
             pair->aligned ? "\u25cf " : "", a, b, fx, view_fx_stale(view) ? "!" : "");
    memcpy(item->brief, item->full, ITEM_SIZE);
}

static void add_session(const struct snapshot *snapshot, struct items *items)
{
    char name[SNAPSHOT_TEXT_SIZE * 2], up[UNITS_SIZE];
    safe_text(name, sizeof name, snapshot->session,
              strnlen(snapshot->session, sizeof snapshot->session));
    struct item *item = next_item(items, ROLE_DIM, 4);
    snprintf(item->full, ITEM_SIZE, "%.64s", name);
    snprintf(item->brief, ITEM_SIZE, "%.32s", name);
    if (isfinite(snapshot->progress) && snapshot->progress > 0.0) {
        item = next_item(items, ROLE_DIM, 2);
        snprintf(item->full, ITEM_SIZE, "%d%% of the file", (int)(snapshot->progress * 100.0));
        snprintf(item->brief, ITEM_SIZE, "%d%%", (int)(snapshot->progress * 100.0));
    }
    item = next_item(items, ROLE_DIM, 5);
    const int64_t up_ns = snapshot->made_wall_ns - snapshot->started_wall_ns;
    units_age(up, up_ns > 0 ? up_ns / (10 * NS_PER_S) * (10 * NS_PER_S) : 0);
    snprintf(item->full, ITEM_SIZE, "up %.16s", up);
    memcpy(item->brief, item->full, ITEM_SIZE);
}

/* After a silence nothing but the alarm itself and the badge looks live. */
static void age_items(struct items *items)
{
    for (int i = 0; i < items->count; i++) {
        const enum role role = (enum role)items->items[i].role;
        if (role != ROLE_BADGE && role != ROLE_HIGH && role != ROLE_BLOCKED) {
            items->items[i].role = ROLE_STALE;
        }
    }
}

/* Puts the items into rows of so many columns; false when they do not fit. */
static bool fill(const struct items *items, bool brief, int priority, const int cols[2],
                 struct line rows[2])
{
    int row = 0, x = 0;
    line_clear(&rows[0]);
    line_clear(&rows[1]);
    for (int i = 0; i < items->count; i++) {
        const struct item *item = &items->items[i];
        const bool dropped = item->priority > priority;
        if (dropped && item->least == NULL) {
            continue;
        }
        const char *text = dropped ? item->least : brief ? item->brief : item->full;
        const int width = canvas_text_width(text);
        if (x > 0 && x + GAP_COLS + width > cols[row]) {
            if (row == 1) {
                return false;
            }
            row++;
            x = 0;
        }
        line_add(&rows[row], ROLE_NORMAL, "%s", x > 0 ? "  " : row > 0 ? " " : "");
        line_add(&rows[row], item->role, "%s", text);
        x += width + (x > 0 ? GAP_COLS : row > 0);
    }
    return x <= cols[row];
}

static void add_time(const struct view *view, int cols, struct line *row)
{
    const struct snapshot *snapshot = view->newest;
    char when[UNITS_SIZE];
    units_time(when, snapshot->time_ns);
    if (cols >= DATE_COLS_MIN && snapshot->time_ns > 0) {
        char date[CALENDAR_TEXT_SIZE];
        calendar_format(date, snapshot->time_ns, 0);
        snprintf(when, sizeof when, "%.10s %.8s", date, date + 11);
    }
    /* The heart beats with snapshots, not with frames. */
    const bool beat = snapshot->made_mono_ns / NS_PER_S % 2 == 0;
    line_right(row);
    line_add(row, view->no_data ? ROLE_HIGH : ROLE_DIM, "%s%s",
             view->no_data ? "NO DATA"
             : beat        ? "\u2022 "
                           : "  ",
             view->no_data ? " " : "");
    line_add(row, view->no_data ? ROLE_STALE : ROLE_NORMAL, "%s UTC", when);
}

static void no_snapshot(struct line rows[2])
{
    line_clear(&rows[0]);
    line_clear(&rows[1]);
    line_add(&rows[0], ROLE_STRONG, " arblite  waiting for the session's first snapshot");
}

void pane_header(const struct view *view, int cols, struct line rows[2])
{
    if (view->newest == NULL) {
        no_snapshot(rows);
        return;
    }
    /* The header never freezes. */
    struct view live = *view;
    live.snapshot = view->newest;
    live.now_ns = view->world->now_ns;
    const struct snapshot *snapshot = view->newest;
    struct items items = {.count = 0};
    add_source(snapshot, &items);
    if (live.no_data) {
        char age[UNITS_SIZE];
        struct item *item = next_item(&items, ROLE_HIGH, 0);
        snprintf(item->full, ITEM_SIZE, "NO DATA %.12s",
                 units_age(age, live.silence_ns / NS_PER_S * NS_PER_S));
        memcpy(item->brief, item->full, ITEM_SIZE);
    }
    if (snapshot->killed) {
        add_kill(snapshot, &items);
    }
    add_recording(snapshot, &items);
    add_entries(snapshot, &items);
    add_guard(snapshot, &items);
    if (!snapshot->killed) {
        add_kill(snapshot, &items);
    }
    add_money(&live, &items);
    add_alarms(snapshot, &items);
    add_feeds(&live, &items);
    add_session(snapshot, &items);
    if (live.no_data) {
        age_items(&items);
    }

    struct line time;
    line_clear(&time);
    add_time(&live, cols, &time);
    const int width[2] = {cols - line_width(&time) - 1, cols};
    /* First the words are kept and items dropped, then words are shortened. */
    bool fits = false;
    for (int priority = PRIORITY_LAST; !fits && priority >= 1; priority--) {
        fits = fill(&items, false, priority, width, rows);
    }
    for (int priority = PRIORITY_LAST; !fits && priority >= 0; priority--) {
        fits = fill(&items, true, priority, width, rows);
    }
    add_time(&live, cols, &rows[0]);
}
