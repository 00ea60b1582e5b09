#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "desk_shelf.h"
#include "tune/walk.h"

/* A page of a ranking. */

/* What is not known stands last, whichever way round. */
static int compare_figures(double a, double b, bool up)
{
    if (isnan(a) || isnan(b)) {
        return isnan(a) - isnan(b);
    }
    return up ? (a > b) - (a < b) : (a < b) - (a > b);
}

/* By which figure, and whether the least of it comes first. Orders without a figure are that
 * of the ranking and that of the names. */
static const struct {
    int figure;
    bool up;
} ORDERS[] = {
    [RANKING_BY_PNL] = {-1, false},
    [RANKING_BY_DRAWDOWN] = {FILTER_DRAWDOWN, true},
    [RANKING_BY_TRADES] = {FILTER_TRADES, false},
    [RANKING_BY_WIN_RATE] = {FILTER_WIN, false},
    [RANKING_BY_PLATEAU] = {FILTER_PLATEAU, false},
    [RANKING_BY_BPS] = {FILTER_BPS, false},
    [RANKING_BY_JOB] = {-1, false},
};
_Static_assert(sizeof ORDERS / sizeof ORDERS[0] == RANKING_SORT_LAST + 1, "a row an order");

/* Failed rows stand last, whatever the order; stopped ones before them, but by their names. */
static int rank_of(const struct row *row, enum ranking_sort sort)
{
    if (sort == RANKING_BY_JOB) {
        return row->success || row->stopped ? 0 : 1;
    }
    return row->success ? 0 : row->stopped ? 1 : 2;
}

/* Groups stay apart in every order but that of the names. */
static int compare_rows(const void *left, const void *right, void *context)
{
    const struct shelf_row *a = *(const struct shelf_row *const *)left;
    const struct shelf_row *b = *(const struct shelf_row *const *)right;
    const struct ranking_query *query = context;
    const enum ranking_sort sort = query->sort;
    int order = rank_of(a->row, sort) - rank_of(b->row, sort);
    if (order == 0 && sort != RANKING_BY_JOB) {
        order = a->group - b->group;
    }
    if (order == 0 && ORDERS[sort].figure >= 0) {
        const int figure = ORDERS[sort].figure;
        order = compare_figures(a->figures[figure], b->figures[figure],
                                ORDERS[sort].up != query->backwards);
    }
    if (order == 0 && sort == RANKING_BY_JOB) {
        order = strcmp(a->row->job_id, b->row->job_id);
        return query->backwards ? -order : order;
    }
    if (order == 0) { /* the order of the aggregate is that of the ranking */
        order = (a > b) - (a < b);
        return query->backwards && sort == RANKING_BY_PNL ? -order : order;
    }
    return order;
}

static bool is_within(const struct ranking_query *query, const struct shelf_row *row)
{
    const double drawdown_pct = row->figures[FILTER_DRAWDOWN];
    const bool limited = query->trades_min > 0 || !isnan(query->drawdown_pct_max);
    if (!row->row->success) {
        return !limited;
    }
    return row->row->total_trades >= query->trades_min &&
           (isnan(query->drawdown_pct_max) || drawdown_pct <= query->drawdown_pct_max);
}

const struct shelf_row **desk_shelf_select(const struct desk_shelf *shelf,
                                           const struct ranking_query *query, int64_t *count,
                                           char filter_error[TUNING_TEXT_SIZE])
{
    const struct shelf_row **rows = mem_array((size_t)shelf->aggregate.total + 1, sizeof *rows);
    struct filter filter = {.count = 0};
    struct ranking_query order = *query;
    struct err err = {.kind = ERR_NONE};
    filter_error[0] = '\0';
    if (!filter_parse(&filter, query->filter, &err)) {
        text_cut(filter_error, TUNING_TEXT_SIZE, "%s", err.text);
    }
    *count = 0;
    for (int64_t i = 0; i < shelf->aggregate.total; i++) {
        const struct shelf_row *row = &shelf->rows[i];
        if (is_within(query, row) && filter_keeps(&filter, row->row, row->figures)) {
            rows[(*count)++] = row;
        }
    }
    order.sort = query->sort > RANKING_SORT_LAST ? RANKING_BY_PNL : query->sort;
    qsort_r(rows, (size_t)*count, sizeof *rows, compare_rows, &order);
    return rows;
}

static void add_param(struct ranking_row *to, const char *name, const char *value)
{
    if (to->params_count < TUNING_AXES_MAX) {
        struct ranking_param *param = &to->params[to->params_count++];
        text_cut(param->name, sizeof param->name, "%s", name);
        text_cut(param->value, sizeof param->value, "%s", value);
    }
}

static void fill_params(const struct desk_shelf *shelf, const struct row *row,
                        struct ranking_row *to)
{
    char value[PARAM_TEXT_SIZE];
    if (shelf->aggregate.folds > 0) {
        text_cut(value, sizeof value, "%d %s", (int)row->window.fold,
                 row->window.is_test ? "test" : "train");
        add_param(to, "fold", row->window.fold > 0 ? value : "-");
    }
    for (int i = 0; i < shelf->grid.axes_count; i++) {
        const struct param *param = shelf->grid.axes[i].param;
        const bool told = row_has_param(row, param->name);
        add_param(to, param->name,
                  told ? param_text(param, row_param(row, param->name), value) : "-");
    }
}

void desk_shelf_fill_row(const struct desk_shelf *shelf, const struct shelf_row *from,
                         struct ranking_row *to)
{
    const struct row *row = from->row;
    const double *figures = from->figures;
    *to = (struct ranking_row){
        .failed = !row->success && !row->stopped,
        .stopped = row->stopped,
        .place = from->place,
        .group = from->group,
        .pnl_usd = figures[FILTER_PNL],
        .realized_usd = figures[FILTER_REALIZED],
        .unrealized_usd = figures[FILTER_OPEN_PNL],
        .drawdown_pct = figures[FILTER_DRAWDOWN],
        .win_rate = figures[FILTER_WIN] / 100,
        .bps = figures[FILTER_BPS],
        .plateau_usd = figures[FILTER_PLATEAU],
        .closed = row->closed_trades,
        .open = row->total_trades - row->closed_trades,
    };
    text_cut(to->job, sizeof to->job, "%s", row->job_id);
    text_cut(to->error, sizeof to->error, "%s",
             row->error != NULL && !row->stopped ? row->error : "");
    fill_params(shelf, row, to);
}

/* What sets the groups apart, and what sets nothing apart. */
static void fill_axes(const struct desk_shelf *shelf, struct ranking *to)
{
    const struct aggregate *aggregate = &shelf->aggregate;
    for (int i = 0; i < aggregate->axes_count && to->apart_count < RANKING_APART_MAX; i++) {
        text_cut(to->apart[to->apart_count++], TUNING_NAME_SIZE, "%s",
                 aggregate->axes[i]->name);
    }
    if (aggregate->folds > 0 && to->apart_count < RANKING_APART_MAX) {
        text_cut(to->apart[to->apart_count++], TUNING_NAME_SIZE, "fold");
    }
    for (int i = 0; i < shelf->grid.axes_count; i++) {
        if (shelf->grid.axes[i].inert && to->inert_count < RANKING_INERT_MAX) {
            text_cut(to->inert[to->inert_count++], TUNING_NAME_SIZE, "%s",
                     shelf->grid.axes[i].param->name);
        }
    }
}

/* What the best of each training earned behind it, by the terms of the first row. */
static void fill_walk(const struct desk_shelf *shelf, const struct row *like,
                      struct ranking *to)
{
    struct walk walk;
    walk_init(&walk, &shelf->aggregate, like);
    to->walk.folds = walk.told;
    to->walk.lost = walk.lost;
    to->walk.out_usd = walk.out_usd;
    to->walk.ratio = walk.ratio;
    walk_finish(&walk);
}

static void fill_page(struct desk_shelf *shelf, const struct ranking_query *query,
                      struct ranking *to)
{
    int64_t kept = 0;
    const struct shelf_row **rows = desk_shelf_select(shelf, query, &kept, to->filter_error);
    to->kept = kept;
    for (int64_t i = query->offset > 0 ? query->offset : 0;
         i < kept && to->count < query->count && to->count < RANKING_ROWS_MAX; i++) {
        desk_shelf_fill_row(shelf, rows[i], &to->rows[to->count++]);
    }
    if (kept > 0) { /* the best of the group whose rows come first */
        const struct shelf_row *first = rows[0];
        text_cut(to->profile, sizeof to->profile, "%s", first->row->profile);
        text_cut(to->pnl_model, sizeof to->pnl_model, "%s", first->row->pnl_model);
        for (int64_t i = 0; i < shelf->aggregate.success; i++) {
            if (shelf->rows[i].group == first->group) {
                first = &shelf->rows[i];
                break;
            }
        }
        to->trust = desk_shelf_trust(shelf, first);
        if (shelf->aggregate.folds > 0) {
            fill_walk(shelf, first->row, to);
        }
    }
    mem_free(rows);
}

/* Whose results they are that cannot be read. */
static void name_session(const struct desk_work *work, int64_t id, struct ranking *to)
{
    const struct tuning_session *session =
        id == 0 ? desk_work_last(work) : desk_work_session(work, id);
    if (session != NULL) {
        to->session_id = session->id;
        text_cut(to->session, sizeof to->session, "%s", session->name);
    }
}

void desk_answer_ranking(struct desk_work *work, const struct desk_query *query, void *out)
{
    struct ranking *to = out;
    struct desk_shelf *shelf = work->shelf;
    struct err err = {.kind = ERR_NONE};
    to->query = query->ranking;
    if (!desk_shelf_take(work, query->ranking.session, &err)) {
        text_cut(to->error, sizeof to->error, "%s", err.text);
        name_session(work, query->ranking.session, to);
        return;
    }
    to->session_id = shelf->session;
    text_cut(to->session, sizeof to->session, "%s", shelf->name);
    to->running = shelf->running;
    to->read_wall_ns = shelf->read_wall_ns;
    to->read_mono_ns = shelf->read_mono_ns;
    to->jobs = shelf->jobs;
    to->total = shelf->aggregate.total;
    to->success = shelf->aggregate.success;
    to->stopped = shelf->aggregate.stopped;
    to->failed = shelf->aggregate.error;
    to->mixed = shelf->aggregate.mixed;
    to->groups = shelf->groups;
    fill_axes(shelf, to);
    fill_page(shelf, &query->ranking, to);
}
