#include <math.h>
#include <stdio.h>

#include "tui/pane/pane.h"

/* Every round trip of the session, newest first: what was predicted and what came of it. */

enum { ID, PAIR, SIDE, OPENED, HELD, PREDICTED, REALISED, PNL, EXIT, STATE };
#define NS_PER_S INT64_C(1000000000)

static void add(struct table *table, const struct page_trade *row, int64_t now_ns)
{
    const struct trade *trade = &row->trade;
    struct table_cell *cells = table_row(table);
    if (cells == NULL) {
        return;
    }
    char text[UNITS_SIZE];
    const bool closed = trade->state == TRADE_CLOSED;
    const int64_t end_ns = closed ? trade->close_ns : now_ns;
    table_set(&cells[ID], ROLE_NORMAL, "%llu", (unsigned long long)trade->id);
    table_set_foreign(&cells[PAIR], ROLE_NORMAL, row->pair, sizeof row->pair);
    table_set(&cells[SIDE], ROLE_NORMAL, "%s",
              trade->side == SPREAD_LONG_A_SHORT_B ? "buy A sell B" : "buy B sell A");
    table_set(&cells[OPENED], ROLE_NORMAL, "%s", units_time(text, trade->open_ns));
    table_set(&cells[HELD], ROLE_NORMAL, "%s",
              units_age(text, end_ns > trade->open_ns ? end_ns - trade->open_ns : 0));
    table_set(&cells[PREDICTED], ROLE_NORMAL, "%s", units_signed(text, trade->net_edge_bps, 1));
    table_set(&cells[STATE], closed ? ROLE_DIM : ROLE_STRONG, "%s",
              trade_state_name(trade->state));
    if (closed) {
        const enum role role = view_money_role(row->result.pnl_usd);
        table_set(&cells[REALISED], role, "%s", units_signed(text, row->result.pnl_bps, 1));
        table_set(&cells[PNL], role, "%s", units_signed(text, row->result.pnl_usd, 2));
        table_set(&cells[EXIT], ROLE_NORMAL, "%s", trade_exit_name(trade->exit));
    }
}

static void waiting(struct panel *panel, const char *words)
{
    struct line *line = lines_add(&panel_add(panel, SHAPE_LINES, 0)->lines);
    line_add(line, ROLE_DIM, "  %s", words);
}

void pane_trades(const struct view *view, const struct rect *area, struct panel *panel)
{
    int count;
    const struct page *page = view->world->pages[PAGE_TRADES];
    const struct page_trade *trades = list_trades(view->world, &count);
    line_add(&panel->title, ROLE_TITLE, "TRADES");
    panel->focused = true;
    if (trades == NULL) {
        waiting(panel, "waiting for the journal");
        return;
    }
    line_add(&panel->title, ROLE_TITLE, " %u in all", (unsigned)page->total);
    line_right(&panel->title);
    line_add(&panel->title, ROLE_TITLE, "Enter the four legs  c close  Esc back");
    if (count == 0) {
        waiting(panel, "no trade yet");
        return;
    }
    struct table *table = &panel_add(panel, SHAPE_TABLE, 0)->table;
    table_column(table, "   id", 5, true, 0);
    table_column(table, "pair", 5, false, 0);
    table_column(table, "side", 12, false, 5);
    table_column(table, "opened", 8, true, 3);
    table_column(table, "held", 7, true, 4);
    table_column(table, "predicted", 9, true, 2);
    table_column(table, "bps", 7, true, 0);
    table_column(table, "PnL USD", 9, true, 0);
    table_column(table, "exit", 11, false, 1);
    table_column(table, "state", 9, false, 6);
    table->wide = STATE;
    const int selected = list_selected(view->state, view->world, LIST_TRADES);
    const int first = table_first_row(selected);
    for (int i = first; i < count && i < first + SHAPE_ROWS_MAX; i++) {
        add(table, &trades[i], view->snapshot->time_ns);
    }
    table->selected = selected - first;
}

static void add_leg(struct table *table, const struct trade *trade, enum trade_leg leg)
{
    static const char *const WHERE[] = {"in  Upbit", "in  Binance", "out Upbit", "out Binance"};
    struct table_cell *cells = table_row(table);
    const struct trade_fill *fill = &trade->legs[leg];
    const bool on_a = leg == TRADE_A_IN || leg == TRADE_A_OUT;
    const bool in = leg == TRADE_A_IN || leg == TRADE_B_IN;
    const bool buys = (on_a == (trade->side == SPREAD_LONG_A_SHORT_B)) == in;
    char text[UNITS_SIZE];
    if (cells == NULL) {
        return;
    }
    table_set(&cells[0], ROLE_NORMAL, "%s", WHERE[leg]);
    table_set(&cells[1], ROLE_NORMAL, "%s", buys ? "buy" : "sell");
    if (!(fill->quantity > 0.0)) {
        table_set(&cells[2], ROLE_DIM, "not yet");
        return;
    }
    const double slip = (fill->price - fill->touch_price) / fill->touch_price * 1e4;
    table_set(&cells[2], ROLE_NORMAL, "%s", units_number(text, fill->quantity, 8));
    table_set(&cells[3], ROLE_NORMAL, "%s %s", units_price(text, fill->price),
              on_a ? "KRW " : "USDT");
    table_set(&cells[4], ROLE_DIM, "%s", units_price(text, fill->touch_price));
    table_set(&cells[5], ROLE_DIM, "%s", units_signed(text, slip, 2));
    table_set(&cells[6], ROLE_NORMAL, "%s",
              units_number(text, fill->price * fill->quantity / fill->krw_per_usd, 2));
    table_set(&cells[7], ROLE_DIM, "%s", on_a ? units_number(text, fill->krw_per_usd, 1) : "");
}

static void add_money(struct lines *lines, const char *name, double usd, const char *meaning)
{
    char text[UNITS_SIZE];
    struct line *line = lines_add(lines);
    line_add(line, ROLE_NORMAL, "  %-10s", name);
    line_add(line, view_money_role(usd), "%12s USD", units_signed(text, usd, 4));
    line_add(line, ROLE_DIM, "   %s", meaning);
}

static void add_account(struct lines *lines, const struct page_trade *row)
{
    const struct trade_result *result = &row->result;
    char text[UNITS_SIZE], bps[UNITS_SIZE];
    lines_add(lines);
    line_add(lines_add(lines), ROLE_STRONG, "  Where the money went");
    if (row->trade.state != TRADE_CLOSED) {
        line_add(lines_add(lines), ROLE_DIM, "  still open: the account is made at the close");
        return;
    }
    add_money(lines, "price", result->price_usd, "the premium's move, at the touch");
    add_money(lines, "slippage", -result->slippage_usd, "worse fills than the touch");
    add_money(lines, "fx", result->fx_usd, "KRW per USD moved between in and out");
    add_money(lines, "fees", -result->fees_usd, "taker fees of the four legs");
    add_money(lines, "fx cost", -result->fx_cost_usd, "converting what Upbit took and gave");
    add_money(lines, "funding", -result->funding_usd, "the perpetual's funding");
    if (row->trade.repair_usd > 0.0 || row->trade.repair_usd < 0.0) {
        add_money(lines, "repair", row->trade.repair_usd, "coin bought and sold to mend a leg");
    }
    struct line *line = lines_add(lines);
    line_add(line, ROLE_STRONG, "  %-10s", "PnL");
    line_add(line, view_money_role(result->pnl_usd), "%12s USD",
             units_signed(text, result->pnl_usd, 4));
    line_add(line, ROLE_NORMAL, "   %s bps", units_signed(bps, result->pnl_bps, 2));
    line_add(line, ROLE_DIM, ", predicted %s", units_signed(bps, row->trade.net_edge_bps, 2));
}

void pane_trade(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct page_trade *row = list_trade(view->world, view->state->trade_id);
    char text[UNITS_SIZE], pair[UNITS_SIZE * 2];
    line_add(&panel->title, ROLE_TITLE, "TRADE %llu",
             (unsigned long long)view->state->trade_id);
    line_right(&panel->title);
    line_add(&panel->title, ROLE_TITLE, "Esc back");
    panel->focused = true;
    if (row == NULL) {
        waiting(panel, "waiting for the journal");
        return;
    }
    const struct trade *trade = &row->trade;
    struct lines *head = &panel_add(panel, SHAPE_LINES, 3)->lines;
    struct line *line = lines_add(head);
    line_add(line, ROLE_STRONG, "  ");
    line_add_foreign(line, ROLE_STRONG, row->pair, sizeof row->pair);
    line_add(line, ROLE_NORMAL, "  %s  %s USD  %s", view_side_words(trade->side),
             units_number(text, trade->notional_usd, 2), trade_state_name(trade->state));
    line = lines_add(head);
    line_add(line, ROLE_NORMAL, "  opened %s UTC", units_time(text, trade->open_ns));
    if (trade->state == TRADE_CLOSED) {
        snprintf(pair, sizeof pair, "%s", units_time(text, trade->close_ns));
        line_add(line, ROLE_NORMAL, ", closed %s after %s by %s", pair,
                 units_age(text, trade->close_ns - trade->open_ns),
                 trade_exit_name(trade->exit));
    }
    struct table *table = &panel_add(panel, SHAPE_TABLE, 5)->table;
    table_column(table, " leg", 12, false, 0);
    table_column(table, "", 4, false, 0);
    table_column(table, "quantity", 14, true, 1);
    table_column(table, "price", 17, true, 0);
    table_column(table, "touch", 12, true, 3);
    table_column(table, "slip bps", 8, true, 4);
    table_column(table, "USD", 10, true, 0);
    table_column(table, "KRW/USD", 8, true, 2);
    for (int leg = 0; leg <= TRADE_LEG_LAST; leg++) {
        add_leg(table, trade, (enum trade_leg)leg);
    }
    add_account(&panel_add(panel, SHAPE_LINES, 0)->lines, row);
}
