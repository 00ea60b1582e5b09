#include <math.h>
#include <string.h>

#include "base/safe.h"
#include "base/text.h"
#include "tui/pane/results.h"

/* One result whole: its money, its curve, what it is worth, what else it would have earned, its
 * parameters and its trades. */

enum { CHART_ROWS_MIN = 4, CHART_ROWS_MAX = 12, CHART_SHARE = 4 };
enum { LONG_TITLE_COLS_MIN = 100 };
enum { ID, SIDE, OPENED, HELD, PREDICTED, REALISED, PNL, FEES, EXIT };

#define NS_PER_S INT64_C(1000000000)

static void add_signed(struct lines *lines, int cols, const char *name, double usd)
{
    char text[UNITS_SIZE];
    pane_add_item(lines, cols, name, view_money_role(usd), units_signed(text, usd, 2));
}

static void add_plain(struct lines *lines, int cols, const char *name, double value,
                      int decimals, const char *unit)
{
    char text[UNITS_SIZE], number[UNITS_SIZE];
    text_cut(text, sizeof text, "%.40s%s", units_number(number, value, decimals), unit);
    pane_add_item(lines, cols, name, ROLE_NORMAL, text);
}

static void add_money(const struct ranking_row *row, int cols, struct lines *lines)
{
    lines_add(lines);
    add_signed(lines, cols, "PnL USD", row->pnl_usd);
    add_signed(lines, cols, "realised", row->realized_usd);
    add_signed(lines, cols, "open", row->unrealized_usd);
    add_plain(lines, cols, "drawdown", row->drawdown_pct, 2, "%");
    if (row->stopped) {
        pane_add_item(lines, cols, "", ROLE_MED, "STOPPED EARLY");
    } else if (row->place > 0) {
        add_plain(lines, cols, "place", (double)row->place, 0, "");
    }
    lines_add(lines);
    add_plain(lines, cols, "closed", (double)row->closed, 0, "");
    add_plain(lines, cols, "still open", (double)row->open, 0, "");
    add_plain(lines, cols, "win", row->win_rate * 100.0, 1, "%");
    add_signed(lines, cols, "bps traded", row->bps);
    add_signed(lines, cols, "plateau", row->plateau_usd);
}

static void add_split(const struct ranking_run *run, int cols, struct lines *lines)
{
    lines_add(lines);
    add_signed(lines, cols, "price", run->price_usd);
    add_signed(lines, cols, "slippage", -run->slippage_usd);
    add_signed(lines, cols, "fees", -run->fees_usd);
    add_signed(lines, cols, "fx", run->fx_usd);
    add_signed(lines, cols, "fx cost", -run->fx_cost_usd);
    add_signed(lines, cols, "funding", -run->funding_usd);
}

/* What the same decisions earn by the other rules of booking (SPEC.md 3.5). */
static void add_truth(const struct ranking_result *result, int cols, struct lines *lines)
{
    char name[UNITS_SIZE], value[UNITS_SIZE], usd[UNITS_SIZE], win[UNITS_SIZE];
    line_add(lines_add(lines), ROLE_STRONG, "  truth");
    if (strcmp(result->run.profile, "exact") == 0) {
        pane_add_item(lines, cols, "", ROLE_NORMAL,
                      "exact books the four legs it trades; no other model");
        return;
    }
    for (int i = 0; i < result->truth_count; i++) {
        const struct ranking_truth *truth = &result->truth[i];
        char model[UNITS_SIZE];
        safe_text(model, sizeof model, truth->model,
                  strnlen(truth->model, sizeof truth->model));
        text_cut(name, sizeof name, "booked by %.24s", model);
        text_cut(value, sizeof value, "%.16s USD win %.8s%%",
                 units_signed(usd, truth->pnl_usd, 2),
                 units_number(win, truth->win_rate * 100.0, 1));
        pane_add_item(lines, cols, name, view_money_role(truth->pnl_usd), value);
    }
    if (result->truth_count == 0) {
        pane_add_item(lines, cols, "", ROLE_DIM,
                      result->working ? "is being worked out" : "not known");
    }
}

static void add_head(const struct ranking_result *result, int cols, struct lines *lines)
{
    const struct ranking_run *run = &result->run;
    if (run->row.failed) {
        line_add(lines_add(lines), ROLE_MED, "  FAILED");
        lines_add_wrapped(lines, ROLE_NORMAL, cols, run->row.error, sizeof run->row.error);
    } else {
        add_money(&run->row, cols, lines);
        add_split(run, cols, lines);
        pane_add_trust(lines, cols, &run->trust);
        add_truth(result, cols, lines);
    }
    lines_add_wrapped(lines, ROLE_MED, cols, result->note, sizeof result->note);
}

static void add_pair(struct line *line, const char *name, const char *value, size_t size)
{
    line_add(line, ROLE_DIM, "  ");
    line_add_foreign(line, ROLE_DIM, name, TUNING_NAME_SIZE);
    line_add(line, ROLE_DIM, " ");
    line_add_foreign(line, ROLE_NORMAL, value, size);
}

static void add_params(const struct ranking_run *run, int cols, struct lines *lines)
{
    enum { PAIR_COLS = 30, PAIRS_MAX = 4 };
    const int fit = cols / PAIR_COLS;
    const int per_line = fit < 1 ? 1 : fit > PAIRS_MAX ? PAIRS_MAX : fit;
    line_add(lines_add(lines), ROLE_STRONG, "  Parameters");
    for (int i = 0; i < run->params_count; i += per_line) {
        struct line *line = lines_add(lines);
        for (int j = i; j < i + per_line && j < run->params_count; j++) {
            const int width = line_width(line), wanted = (j - i) * PAIR_COLS;
            line_add(line, ROLE_NORMAL, "%*s", wanted > width ? wanted - width : 0, "");
            add_pair(line, run->params[j].name, run->params[j].value,
                     sizeof run->params[j].value);
        }
    }
}

/* Why a change cannot be told: behind its name, or below where there is no room. */
static void add_note(struct lines *lines, int cols, const struct ranking_sensitivity *change)
{
    char note[TUNING_TEXT_SIZE];
    struct line *line = &lines->lines[lines->count - 1];
    safe_text(note, sizeof note, change->note, strnlen(change->note, sizeof change->note));
    if (line_width(line) + canvas_text_width(note) <= cols) {
        line_add(line, ROLE_DIM, "%s", note);
    } else {
        lines_add_wrapped(lines, ROLE_DIM, cols, change->note, sizeof change->note);
    }
}

static void add_sensitivity(const struct ranking_result *result, int cols, struct lines *lines)
{
    char text[UNITS_SIZE];
    line_add(lines_add(lines), ROLE_STRONG, "  Were the world a little worse");
    if (result->sensitivity_count == 0) {
        line_add(lines_add(lines), ROLE_DIM, "  %s",
                 result->working ? "is being worked out" : "not known");
    }
    for (int i = 0; i < result->sensitivity_count; i++) {
        const struct ranking_sensitivity *change = &result->sensitivity[i];
        struct line *line = lines_add(lines);
        line_add(line, ROLE_DIM, "  ");
        line_add_foreign(line, ROLE_DIM, change->change, sizeof change->change);
        line_add(line, ROLE_NORMAL, "%*s", line_width(line) < 22 ? 22 - line_width(line) : 1,
                 "");
        if (!isfinite(change->pnl_usd)) {
            add_note(lines, cols, change);
            continue;
        }
        line_add(line, view_money_role(change->pnl_usd), "%12s USD",
                 units_signed(text, change->pnl_usd, 2));
        line_add(line, ROLE_DIM, "  %lld closed", (long long)change->closed);
    }
}

static void add_figures(const struct ranking_run *run, int cols, struct lines *lines)
{
    char text[UNITS_SIZE];
    line_add(lines_add(lines), ROLE_STRONG, "  Figures");
    lines_add(lines);
    add_plain(lines, cols, "balance", run->initial_usd, 2, "");
    add_plain(lines, cols, "to", run->final_usd, 2, " USD");
    add_signed(lines, cols, "USD a trade", run->avg_pnl_usd);
    pane_add_item(lines, cols, "held", ROLE_NORMAL,
                  units_age(text, (int64_t)(run->avg_hold_s * (double)NS_PER_S)));
    add_plain(lines, cols, "profit factor", run->profit_factor, 2, "");
    add_plain(lines, cols, "Sharpe a trade", run->sharpe_per_trade, 3, "");
    add_plain(lines, cols, "SQN", run->sqn, 2, "");
    add_plain(lines, cols, "exposed", run->exposure_pct, 1, "%");
    struct line *line = lines_add(lines);
    line_add(line, ROLE_DIM, "  ");
    line_add_foreign(line, ROLE_DIM, run->profile, sizeof run->profile);
    line_add(line, ROLE_DIM, ", booked by ");
    line_add_foreign(line, ROLE_DIM, run->pnl_model, sizeof run->pnl_model);
    line_add(line, ROLE_DIM, ", %s rows of ", units_number(text, (double)run->snapshots, 0));
    line_add_foreign(line, ROLE_DIM, run->data_file, sizeof run->data_file);
    line = lines_add(lines);
    line_add(line, ROLE_DIM, "  data ");
    line_add_foreign(line, ROLE_DIM, run->data_hash, sizeof run->data_hash);
}

/* The account scrolls as lines. */
static void add_account(const struct view *view, const struct ranking_result *result,
                        const struct rect *area, int room, struct lines *lines)
{
    const int cols = area->cols;
    const bool failed = result->run.row.failed; /* it has no figures then */
    if (!failed) {
        add_sensitivity(result, cols, lines);
    }
    if (result->run.params_count > 0) {
        add_params(&result->run, cols, lines);
    }
    if (!failed) {
        add_figures(&result->run, cols, lines);
    }
    pane_point(lines, view->state->browse.scroll, room);
}

static void add_trade(struct table *table, const struct trade *trade,
                      const struct trade_result *settled)
{
    char text[UNITS_SIZE];
    struct table_cell *cells = table_row(table);
    if (cells == NULL) {
        return;
    }
    const bool closed = trade->state == TRADE_CLOSED;
    table_set(&cells[ID], ROLE_NORMAL, "%llu", (unsigned long long)trade->id);
    table_set(&cells[SIDE], ROLE_NORMAL, "%s",
              trade->side == SPREAD_LONG_A_SHORT_B ? "buy A sell B" : "buy B sell A");
    table_set(&cells[OPENED], ROLE_NORMAL, "%s", pane_moment(text, trade->open_ns));
    table_set(&cells[PREDICTED], ROLE_NORMAL, "%s", units_signed(text, trade->net_edge_bps, 1));
    if (!closed) {
        table_set(&cells[EXIT], ROLE_STRONG, "open at the end");
        return;
    }
    const enum role role = view_money_role(settled->pnl_usd);
    table_set(&cells[HELD], ROLE_NORMAL, "%s",
              units_age(text, trade->close_ns - trade->open_ns));
    table_set(&cells[REALISED], role, "%s", units_signed(text, settled->pnl_bps, 1));
    table_set(&cells[PNL], role, "%s", units_signed(text, settled->pnl_usd, 2));
    table_set(&cells[FEES], ROLE_NORMAL, "%s", units_number(text, settled->fees_usd, 2));
    table_set(&cells[EXIT], ROLE_NORMAL, "%s", trade_exit_name(trade->exit));
}

static void add_trades(const struct view *view, const struct ranking_result *result,
                       struct panel *panel)
{
    if (result->trades_count == 0) {
        struct line *line = lines_add(&panel_add(panel, SHAPE_LINES, 0)->lines);
        line_add(line, ROLE_DIM, "  %s",
                 result->working ? "its trades are being made again" : "no trades");
        return;
    }
    struct table *table = &panel_add(panel, SHAPE_TABLE, 0)->table;
    table_column(table, "   id", 6, true, 0);
    table_column(table, "side", 12, false, 5);
    table_column(table, "opened", 19, true, 3);
    table_column(table, "held", 7, true, 4);
    table_column(table, "predicted", 9, true, 2);
    table_column(table, "bps", 7, true, 0);
    table_column(table, "PnL USD", 9, true, 0);
    table_column(table, "fees USD", 8, true, 6);
    table_column(table, "exit", 15, false, 1);
    const int skipped = view->state->browse.scroll - result->query.offset;
    for (int i = skipped > 0 ? skipped : 0; i < result->trades_count; i++) {
        add_trade(table, &result->trades[i].trade, &result->trades[i].result);
    }
}

static void add_title(const struct view *view, const struct ranking_result *result, int cols,
                      struct panel *panel)
{
    enum { WORD_COLS = 7 };
    const struct browse *browse = &view->state->browse;
    char age[UNITS_SIZE], behind[2 * UNITS_SIZE] = "";
    struct text text = text_fixed(behind, sizeof behind);
    if (result != NULL && browse->trades) {
        text_addf(&text, "  trades %lld", (long long)result->trades_total);
    }
    if (result != NULL && (!browse->trades || cols >= LONG_TITLE_COLS_MIN)) {
        text_addf(&text, "  read %s", pane_read_age(age, view, result->read_mono_ns));
    }
    line_add(&panel->title, ROLE_TITLE, "RESULT ");
    pane_add_job(&panel->title, cols - TITLE_FRAME_COLS - WORD_COLS - (int)strlen(behind),
                 result != NULL ? result->session : "", browse->open);
    line_add(&panel->title, ROLE_TITLE, "%s", behind);
    line_add_hints(&panel->title, cols,
                   browse->trades ? "Tab account  v mark  u use  Esc back"
                                  : "Tab trades  v mark  u use  Esc back");
}

void pane_result(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct ranking_result *result = browse_result(view->state, view->world);
    add_title(view, result, area->cols, panel);
    if (result == NULL || result->error[0] != '\0') {
        pane_add_wait(view, panel, area->cols, result != NULL ? result->error : NULL);
        return;
    }
    struct shape *head = panel_add(panel, SHAPE_LINES, 0);
    add_head(result, area->cols, &head->lines);
    const int most = area->rows * 2 / 3;
    head->rows = head->lines.count < most ? head->lines.count : most;
    int left = area->rows - 1 - head->rows;
    if (result->run.has_equity && left >= 2 * CHART_ROWS_MIN) {
        const int share = area->rows / CHART_SHARE;
        const int rows = share < CHART_ROWS_MIN   ? CHART_ROWS_MIN
                         : share > CHART_ROWS_MAX ? CHART_ROWS_MAX
                                                  : share;
        struct chart *chart = &panel_add(panel, SHAPE_CHART, rows)->chart;
        left -= rows;
        pane_add_curve(chart, &result->run, "equity", ROLE_NORMAL, '*');
    }
    if (view->state->browse.trades) {
        add_trades(view, result, panel);
    } else {
        add_account(view, result, area, left, &panel_add(panel, SHAPE_LINES, 0)->lines);
    }
}
