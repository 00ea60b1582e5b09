#pragma once
#include "tui/state.h"

/* list: the rows under the cursor, and the selection, which follows an id and not a place. */

enum list_kind {
    LIST_NONE,
    LIST_POSITIONS,
    LIST_TRADES,
    LIST_ALERTS,
    LIST_SESSIONS,
    LIST_LINES
};

/* What the movement keys move in now. */
enum list_kind list_kind_of(const struct state *state);

/* Alerts on show: the asked page on its screen when it has come, else the snapshot's. */
const struct snapshot_alert *list_alerts(const struct state *state, const struct world *world,
                                         int *count);
/* Rows of the Trades page; NULL before it came. */
const struct page_trade *list_trades(const struct world *world, int *count);
/* The trade a detail shows; NULL when it is not here yet. */
const struct page_trade *list_trade(const struct world *world, uint64_t id);

/* The selected tuning session; NULL when there is none. */
const struct tuning_session *list_session(const struct state *state, const struct world *world);

/* Row of the selection, 0 when its id is gone; -1 when there are no rows. */
int list_selected(const struct state *state, const struct world *world, enum list_kind kind);
/* Moves by so many rows, clamped; turns the Trades page over at its ends. */
void list_move(struct state *state, const struct world *world, int rows);
