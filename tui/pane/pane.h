#pragma once
#include "tui/view.h"

/* pane: a part of the screen. It turns a snapshot into a panel and knows of its rectangle only
 * how much would fit; it neither draws nor chooses colours. The snapshot is never NULL, except
 * for those that show what the desk says. */

typedef void pane_build_fn(const struct view *view, const struct rect *area,
                           struct panel *panel);

pane_build_fn pane_book_a, pane_book_b, pane_premium, pane_positions, pane_guard, pane_alerts,
    pane_log;

/* Full screens. */
pane_build_fn pane_trades, pane_trade, pane_risk, pane_alarms, pane_system, pane_help;
pane_build_fn pane_tuning, pane_form, pane_results;

/* The smallest screens, in lines. */
void pane_tiny(const struct view *view, struct lines *lines);
/* One line's worth of words, a span each: P K- G+ A1 ... */
void pane_words(const struct view *view, struct line *line);

/* The lamp of a pair that is out: which feed is too old, broken or out of step, and by how
 * much. */
enum { PANE_WORDS_SIZE = 112, PANE_REASON_COLS = 28 };
/* What a reason says in so few columns. */
const char *pane_reason_words(enum reason reason);
void pane_lamp(const struct view *view, const struct snapshot_pair *pair,
               char full[PANE_WORDS_SIZE], char brief[PANE_WORDS_SIZE]);

/* The two rows of the header for so many columns; the second may stay empty. */
void pane_header(const struct view *view, int cols, struct line rows[2]);
/* One row: mode, kill, guard, alarms. */
void pane_short_header(const struct view *view, struct line *row);
/* A row per pair. */
void pane_pairs(const struct view *view, int cols, struct lines *lines);
/* Notice, frozen banner or key hints. */
/* What stands before a line that is being typed in the footer; NULL: none is. */
const char *pane_prompt(enum dialog_kind kind);
void pane_footer(const struct view *view, int cols, struct line *line);
/* The open dialog, when it is a box, for the whole screen; false when there is none. */
bool pane_box(const struct view *view, const struct rect *area, struct line *title,
              struct lines *lines);

/* Shared by panes and full screens. */
void pane_add_limits(const struct view *view, struct gauges *gauges, int most);
void pane_add_causes(const struct view *view, struct lines *lines);
void pane_add_refusal(const struct view *view, struct lines *lines);
bool pane_has_numbers(double observed, double limit);
void pane_alerts_table(const struct view *view, struct table *table);
