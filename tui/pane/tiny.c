#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/safe.h"
#include "tui/pane/pane.h"

/* What remains when there is hardly any room. */

#define WHOLE_USD_MIN 10.0

void pane_words(const struct view *view, struct line *line)
{
    const struct snapshot *snapshot = view->newest;
    const struct snapshot_pair *pair = snapshot != NULL ? view_pair(view) : NULL;
    char text[UNITS_SIZE];
    line_clear(line);
    if (snapshot == NULL) {
        line_add(line, ROLE_STRONG, "waiting");
        return;
    }
    const char mode = snapshot->mode[0] >= 'a' && snapshot->mode[0] <= 'z'
                          ? (char)(snapshot->mode[0] - 'a' + 'A')
                          : '?';
    line_add(line, ROLE_BADGE, "%c", mode);
    line_add(line, snapshot->killed ? ROLE_BLOCKED : ROLE_NORMAL, "K%c",
             snapshot->killed ? '!' : '-');
    if (view->no_data) {
        line_add(line, ROLE_HIGH, "NODATA");
    }
    line_add(line, snapshot->guard_level >= GUARD_OBSERVE ? ROLE_BLOCKED : ROLE_NORMAL, "G%c",
             snapshot->guard_level == GUARD_NORMAL ? '+' : '!');
    line_add(line, snapshot->alerts_high_unacked > 0 ? ROLE_HIGH : ROLE_NORMAL, "A%d%s",
             (int)snapshot->alerts_unacked, snapshot->alerts_high_unacked > 0 ? "!" : "");
    const enum role role = view->no_data ? ROLE_STALE : ROLE_NORMAL;
    if (pair != NULL && pair->decided_ns > 0) {
        const bool old = view_price_old_ns(view, pair) >= 0;
        line_add(line, old ? ROLE_STALE : role, "%sbp%s",
                 units_signed(text, view_deviation_bps(pair), 1), old ? "!" : "");
    }
    const int decimals = fabs(snapshot->day_usd) < WHOLE_USD_MIN ? 2 : 0;
    /* One word with its label: neither is shown without the other. */
    line_add(line, role, "%s%s", view_simulated(snapshot) ? "SIM" : "",
             units_signed(text, snapshot->day_usd, decimals));
}

void pane_short_header(const struct view *view, struct line *row)
{
    const struct snapshot *snapshot = view->newest;
    char mode[sizeof snapshot->mode * 4];
    line_clear(row);
    if (snapshot == NULL) {
        line_add(row, ROLE_STRONG, " waiting");
        return;
    }
    safe_text(mode, sizeof mode, snapshot->mode,
              strnlen(snapshot->mode, sizeof snapshot->mode));
    for (char *c = mode; *c != '\0'; c++) {
        *c = (char)toupper((unsigned char)*c);
    }
    line_add(row, ROLE_BADGE, " %.8s %s", mode, view_simulated(snapshot) ? "SIM" : "");
    if (view->no_data) {
        line_add(row, ROLE_HIGH, " NO DATA");
    }
    line_add(row, snapshot->killed ? ROLE_BLOCKED : ROLE_NORMAL, " %s",
             snapshot->killed ? "KILLED" : "K off");
    line_add(row, snapshot->guard_level >= GUARD_OBSERVE ? ROLE_BLOCKED : ROLE_NORMAL, " G %s",
             snapshot->guard_level == GUARD_NORMAL ? "ok"
                                                   : guard_level_name(snapshot->guard_level));
    line_add(row, snapshot->alerts_high_unacked > 0 ? ROLE_HIGH : ROLE_NORMAL, " A%d%s",
             (int)snapshot->alerts_unacked, snapshot->alerts_high_unacked > 0 ? "!" : "");
}

static void add_age(const struct view *view, const char *name, int64_t heard_ns, bool stale,
                    struct line *line)
{
    char age[UNITS_SIZE];
    units_age(age, view_age_ns(view, heard_ns));
    line_add(line, stale ? ROLE_MED : ROLE_NORMAL, " %s %s%s ", name, age, stale ? "!" : "");
}

static void add_feeds(const struct view *view, const struct snapshot_pair *pair,
                      struct lines *lines)
{
    struct line *line = lines_add(lines);
    add_age(view, "A", pair->a.heard_ns, view_book_stale(view, &pair->a), line);
    add_age(view, "B", pair->b.heard_ns, view_book_stale(view, &pair->b), line);
    add_age(view, "fx", view->snapshot->fx_heard_ns, view_fx_stale(view), line);
}

static void add_money(const struct view *view, struct lines *lines)
{
    const struct snapshot *snapshot = view->snapshot;
    char day[UNITS_SIZE], open[UNITS_SIZE];
    struct line *line = lines_add(lines);
    line_add(line, ROLE_NORMAL, " day ");
    line_add(line, view_money_role(snapshot->day_usd), "%s",
             units_signed(day, snapshot->day_usd, 2));
    line_add(line, ROLE_NORMAL, ", %d open %s USD", (int)snapshot->positions_count,
             units_signed(open, snapshot->unrealized_usd, 2));
}

void pane_tiny(const struct view *view, struct lines *lines)
{
    lines->count = 0;
    if (view->snapshot == NULL) {
        return;
    }
    add_money(view, lines);
    const struct snapshot_pair *pair = view_pair(view);
    if (pair != NULL) {
        add_feeds(view, pair, lines);
    }
}
