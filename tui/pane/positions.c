#include <math.h>

#include "tui/pane/pane.h"

/* Open trades, a row per leg, with the price at which each leg would close now. */

enum { ID, PAIR, LEG, SIDE, QUANTITY, ENTRY, CLOSES_AT, PNL, AGE, NET, STATE, WHEN };
enum { MARGIN_COLS_MIN = 64, CLOSED_COLS_MIN = 96, ROWS_PER_TRADE = 2 };

static void columns(struct table *table)
{
    table_column(table, "   id", 5, true, 0);
    table_column(table, "pair", 4, false, 4);
    table_column(table, "leg", 7, false, 0);
    table_column(table, "side", 5, false, 1);
    table_column(table, "quantity", 8, true, 3);
    table_column(table, "entry", 11, true, 2);
    table_column(table, "closes at", 11, true, 1);
    table_column(table, "uPnL USD", 9, true, 0);
    table_column(table, "age", 6, true, 5);
    table_column(table, "net USD", 8, true, 6);
    table_column(table, "state", 9, false, 7);
    table_column(table, "exit when", 44, false, 8);
    table->per_item = ROWS_PER_TRADE;
    table->wide = WHEN;
}

/* `old`: a price of its pair is; then what it would bring is, too. */
static void leg(struct table_cell *cells, const struct snapshot_position *position, bool a,
                bool old)
{
    char text[UNITS_SIZE];
    const bool bought = a == (position->side == SPREAD_LONG_A_SHORT_B);
    const double entry = a ? position->entry_a : position->entry_b;
    const double closes_at = a ? position->closes_at_a : position->closes_at_b;
    const double pnl_usd = a ? position->pnl_a_usd : position->pnl_b_usd;
    table_set(&cells[LEG], ROLE_NORMAL, "%s", a ? "upbit" : "binance");
    table_set(&cells[SIDE], ROLE_NORMAL, "%s", bought ? "long" : "short");
    table_set(&cells[QUANTITY], ROLE_NORMAL, "%s", units_size(text, position->quantity));
    table_set(&cells[ENTRY], ROLE_NORMAL, "%s", entry > 0.0 ? units_price(text, entry) : "-");
    table_set(&cells[CLOSES_AT],
              old               ? ROLE_STALE
              : closes_at > 0.0 ? ROLE_NORMAL
                                : ROLE_MED,
              "%s", closes_at > 0.0 ? units_price(text, closes_at) : "unknown");
    table_set(&cells[PNL], old ? ROLE_STALE : view_money_role(pnl_usd), "%s",
              units_signed(text, pnl_usd, 2));
}

static void exit_words(struct table_cell *cell, const struct snapshot_position *position)
{
    char now[UNITS_SIZE], at[UNITS_SIZE], hold[UNITS_SIZE];
    units_number(now, position->deviation_bps, 1);
    units_number(at, position->exit_at_bps, 1);
    if (isfinite(position->hold_left_s)) {
        table_set(cell, ROLE_DIM, "deviation %s falls to %s, or %s runs out", now, at,
                  units_clock(hold, position->hold_left_s));
    } else {
        table_set(cell, ROLE_DIM, "deviation %s falls to %s", now, at);
    }
}

static void stop_words(struct table_cell *cell, const struct snapshot_position *position)
{
    char live[UNITS_SIZE], stop[UNITS_SIZE], hoped[UNITS_SIZE];
    units_signed(live, position->live_bps, 1);
    units_signed(hoped, position->entry_net_bps, 1);
    if (isfinite(position->stop_bps)) {
        table_set(cell, ROLE_DIM, "now %s bp, stop %s, predicted %s", live,
                  units_signed(stop, -fabs(position->stop_bps), 1), hoped);
    } else {
        table_set(cell, ROLE_DIM, "now %s bp, predicted %s", live, hoped);
    }
}

static void add(const struct view *view, struct table *table,
                const struct snapshot_position *position)
{
    char text[UNITS_SIZE];
    struct table_cell *first = table_row(table), *second = table_row(table);
    if (first == NULL || second == NULL) {
        return;
    }
    const bool known = position->pair >= 0 && position->pair < view->snapshot->pairs_count;
    const bool old =
        known && view_price_old_ns(view, &view->snapshot->pairs[position->pair]) >= 0;
    const bool broken = position->state == TRADE_BROKEN || position->state == TRADE_UNWINDING;
    for (int i = 0; i < 2; i++) {
        struct table_cell *cells = i == 0 ? first : second;
        table_set(&cells[ID], ROLE_NORMAL, "%llu", (unsigned long long)position->id);
        table_set(&cells[PAIR], ROLE_NORMAL, "%s",
                  view_pair_name(text, view->snapshot, position->pair));
        leg(cells, position, i == 0, old);
    }
    table_set(&first[AGE], ROLE_NORMAL, "%s",
              units_age(text, view_age_ns(view, position->open_ns)));
    table_set(&first[NET], old ? ROLE_STALE : view_money_role(position->pnl_usd), "%s",
              units_signed(text, position->pnl_usd, 2));
    table_set(&first[STATE], broken ? ROLE_HIGH : ROLE_NORMAL, "%s",
              trade_state_name(position->state));
    exit_words(&first[WHEN], position);
    stop_words(&second[WHEN], position);
}

/* Open trades for which there is no room under the titles of pane and columns. */
static int hidden_count(const struct snapshot *snapshot, const struct rect *area)
{
    const int body = area->rows - 1;
    const int shown = (body > 1 ? body - 1 : body) / ROWS_PER_TRADE;
    return body > 0 && snapshot->positions_count > shown ? snapshot->positions_count - shown
                                                         : 0;
}

static void add_counts(const struct snapshot *snapshot, const struct rect *area,
                       struct line *title)
{
    const int hidden = hidden_count(snapshot, area);
    line_add(title, ROLE_TITLE, "4 POSITIONS");
    line_add(title, ROLE_TITLE, " %d open", (int)snapshot->positions_count);
    if (hidden > 0) {
        line_add(title, ROLE_STRONG, ", +%d more", hidden);
    }
    if (hidden == 0 || area->cols >= CLOSED_COLS_MIN) {
        line_add(title, ROLE_TITLE, ", %llu closed", (unsigned long long)snapshot->closed);
    }
}

void pane_positions(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct snapshot *snapshot = view->snapshot;
    char text[UNITS_SIZE];
    add_counts(snapshot, area, &panel->title);
    line_right(&panel->title);
    const int64_t old_ns = view_open_old_ns(view);
    line_add(&panel->title,
             old_ns >= 0 ? ROLE_STALE : view_money_role(snapshot->unrealized_usd),
             "open %s USD net%s", units_signed(text, snapshot->unrealized_usd, 2),
             area->cols >= MARGIN_COLS_MIN && old_ns < 0 ? " of fees" : "");
    if (old_ns >= 0) {
        line_add(&panel->title, ROLE_MED, " %s old", units_age(text, old_ns));
    }
    if (area->cols >= MARGIN_COLS_MIN && isfinite(snapshot->margin_used_pct)) {
        line_add(&panel->title, ROLE_TITLE, "  margin %s%%",
                 units_number(text, snapshot->margin_used_pct, 0));
    }
    panel->stale = view->no_data;
    if (snapshot->positions_count == 0) {
        struct lines *lines = &panel_add(panel, SHAPE_LINES, 0)->lines;
        line_add(lines_add(lines), ROLE_DIM, "  no open trade");
        return;
    }
    struct table *table = &panel_add(panel, SHAPE_TABLE, 0)->table;
    columns(table);
    for (int i = 0; i < snapshot->positions_count; i++) {
        add(view, table, &snapshot->positions[i]);
    }
    table->selected = list_selected(view->state, view->world, LIST_POSITIONS);
}
