#pragma once
#include "tui/browse.h"
#include "tui/pane/pane.h"

/* results: the views of the Results screen, and the sentences they share; for tui/pane. */

pane_build_fn pane_ranking, pane_result, pane_compare, pane_heat, pane_use;

/* Below that no statistic is told of a run (MARKET.md F). */
enum { PANE_TRADES_MIN = 30 };

/* A parameter's name made safe, without its unit: what fits over a column. */
const char *pane_param_title(char buffer[UNITS_SIZE], const char *name);
/* A foreign name in so many columns; "\u2026" stands for what is cut off. */
void pane_add_name(struct line *line, enum role role, int cols, const char *name, size_t size);
/* "session/job", which names a job among all sessions. A long session name is cut, the job's
 * where there is no room for it alone. */
void pane_add_job(struct line *line, int cols, const char *session, const char *job);
/* "12s ago", of when the results were read. */
const char *pane_read_age(char buffer[UNITS_SIZE], const struct view *view,
                          int64_t read_mono_ns);
/* "read 12s ago" */
void pane_add_read_age(const struct view *view, struct line *line, int64_t read_mono_ns);
/* "  name value" behind the last line, or in a new one when so many columns have no room for
 * it: half a number is no number. */
void pane_add_item(struct lines *lines, int cols, const char *name, enum role role,
                   const char *value);
/* What a run is worth, in figures and, where luck is as good an explanation, in words. */
void pane_add_trust(struct lines *lines, int cols, const struct ranking_trust *trust);
/* A table waits for its rows: says so, or why there are none. */
void pane_add_wait(const struct view *view, struct panel *panel, int cols, const char *error);
/* Bytes of a text that fit so many columns, up to a blank where there is one. */
int pane_fit(const char *text, int cols);
/* Marks a line, and takes lines away from above so that it is among the first `room`. Lines
 * begin with a blank. */
void pane_point(struct lines *lines, int at, int room);
/* "2026-11-20 21:24:07" of an event time, UTC. */
const char *pane_moment(char buffer[UNITS_SIZE], int64_t time_ns);
/* A run's equity over time. */
void pane_add_curve(struct chart *chart, const struct ranking_run *run, const char *name,
                    enum role role, char sign);
