#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "desk_rerun.h"
#include "desk_shelf.h"
#include "tune/evidence.h"
#include "tune/terms.h"
#include "tune/walk.h"

/* One result: what its file says at once, and what running it again says when that is through,
 * so that a face has something to show meanwhile. */

static void add_param(struct ranking_run *to, const char *name, const char *value)
{
    if (to->params_count < RANKING_PARAMS_MAX) {
        struct ranking_param *param = &to->params[to->params_count++];
        text_cut(param->name, sizeof param->name, "%s", name);
        text_cut(param->value, sizeof param->value, "%s", value);
    }
}

static void fill_params(const struct row *row, struct ranking_run *to)
{
    for (size_t i = 0; i < param_count(); i++) {
        char value[PARAM_TEXT_SIZE];
        const struct param *param = param_at(i);
        if (row_has_param(row, param->name)) {
            add_param(to, param->name, param_text(param, row_param(row, param->name), value));
        }
    }
}

static void fill_metrics(const struct row *row, struct ranking_run *to)
{
    to->snapshots = (int64_t)fmax(0.0, row_param(row, "snapshots_count"));
    to->final_usd = row_metric(row, "final_balance_usd");
    to->initial_usd = row_param(row, "initial_balance_usd");
    to->avg_pnl_usd = row_metric(row, "avg_pnl_per_trade_usd");
    to->avg_hold_s = row_metric(row, "avg_hold_s");
    to->profit_factor = row_metric(row, "profit_factor");
    to->sharpe_per_trade = row_metric(row, "sharpe_per_trade");
    to->sqn = row_metric(row, "sqn");
    to->exposure_pct = row_metric(row, "exposure_pct");
    to->price_usd = row_metric(row, "price_usd");
    to->fees_usd = row_metric(row, "fees_usd");
    to->slippage_usd = row_metric(row, "slippage_usd");
    to->fx_usd = row_metric(row, "fx_usd");
    to->fx_cost_usd = row_metric(row, "fx_cost_usd");
    to->funding_usd = row_metric(row, "funding_usd");
}

static void fill_run(struct desk_shelf *shelf, const struct shelf_row *from,
                     struct ranking_run *to)
{
    const struct row *row = from->row;
    desk_shelf_fill_row(shelf, from, &to->row);
    fill_params(row, to);
    fill_metrics(row, to);
    text_cut(to->data_file, sizeof to->data_file, "%s", row_data_file(row));
    text_cut(to->data_hash, sizeof to->data_hash, "%s", row->data_hash);
    text_cut(to->profile, sizeof to->profile, "%s", row->profile);
    text_cut(to->pnl_model, sizeof to->pnl_model, "%s", row->pnl_model);
    to->has_equity = row->equity_change_usd != NULL;
    if (to->has_equity) {
        memcpy(to->equity_change_usd, row->equity_change_usd, sizeof to->equity_change_usd);
    }
    to->trust = desk_shelf_trust(shelf, from);
}

static void wish_run(struct desk_work *work, const struct row *row)
{
    const struct engine_params params = row_engine_params(row);
    desk_rerun_wish(work->rerun, row_data_file(row), &params, &row->window);
}

/* The run of that row again over its data; at first only a promise of it. */
static const struct shelf_run *take_run(struct desk_work *work, const struct shelf_row *row)
{
    struct shelf_run *run = &work->shelf->run;
    if (run->row != row->row) {
        desk_shelf_forget_run(work->shelf);
        run->row = row->row;
        wish_run(work, run->row);
    } else if (!run->done) {
        run->done = desk_rerun_take(work->rerun, &run->measured, run->why);
    }
    return run;
}

static bool is_other_data(const struct shelf_run *run)
{
    return strcmp(run->measured->result.data_hash, run->row->data_hash) != 0;
}

static void fill_trades(const struct result *run, struct ranking_result *to)
{
    const int64_t from = to->query.offset > 0 ? to->query.offset : 0;
    to->trades_total = run->trades_count;
    for (int64_t i = from; i < run->trades_count && to->trades_count < RANKING_TRADES_MAX &&
                           to->trades_count < to->query.count;
         i++) {
        to->trades[to->trades_count].trade = run->trades[i];
        to->trades[to->trades_count++].result = run->results[i];
    }
}

static void add_truth(struct ranking_result *to, enum engine_pnl_model model,
                      const struct sensitivity_run *run)
{
    struct ranking_truth *truth = &to->truth[to->truth_count++];
    *truth = (struct ranking_truth){
        .pnl_usd = run->pnl_usd, .win_rate = run->win_rate, .drawdown_pct = run->drawdown_pct};
    text_cut(truth->model, sizeof truth->model, "%s", engine_pnl_model_name(model));
}

static void fill_truth(const struct sensitivity *measured, struct ranking_result *to)
{
    const enum engine_pnl_model own = measured->result.params.pnl_model;
    const struct sensitivity_run *other = &measured->runs[SENSITIVITY_MODEL];
    if (other->note[0] == '\0') {
        add_truth(to, own, &measured->runs[SENSITIVITY_NONE]);
        add_truth(to, own == ENGINE_PNL_LEGS ? ENGINE_PNL_SPREAD : ENGINE_PNL_LEGS, other);
    }
}

static void fill_sensitivity(const struct sensitivity *measured, struct ranking_result *to)
{
    for (int i = SENSITIVITY_FEES; i <= SENSITIVITY_LATENCY; i++) {
        const struct sensitivity_run *run = &measured->runs[i];
        struct ranking_sensitivity *change = &to->sensitivity[to->sensitivity_count++];
        change->pnl_usd = run->pnl_usd;
        change->closed = run->closed;
        text_cut(change->change, sizeof change->change, "%s",
                 sensitivity_change_name((enum sensitivity_change)i));
        text_cut(change->note, sizeof change->note, "%s", run->note);
    }
}

static void fill_again(const struct shelf_run *run, struct ranking_result *to)
{
    to->working = !run->done;
    if (!run->done) {
        return;
    }
    if (run->measured == NULL) {
        text_cut(to->note, sizeof to->note, "its run cannot be repeated: %s", run->why);
        return;
    }
    if (is_other_data(run)) {
        text_cut(to->note, sizeof to->note,
                 "other data than then: the file has changed since the result was made");
        return;
    }
    fill_trades(&run->measured->result, to);
    fill_truth(run->measured, to);
    fill_sensitivity(run->measured, to);
}

/* What the session that runs would take, and what speaks for or against it there. */
static void fill_terms(const struct ranking_session *here, const struct shelf_run *run,
                       struct evidence *evidence, struct ranking_result *to)
{
    const struct row *row = run->row;
    struct err err = {.kind = ERR_NONE};
    struct terms *terms = mem_zalloc(sizeof *terms);
    terms_make(terms, row, &here->params, to->query.with_size);
    if (!terms_check(terms, row, &here->params, &err)) {
        text_cut(to->refused, sizeof to->refused, "%s", err.text);
    }
    for (int i = 0; i < terms->count && i < RANKING_PARAMS_MAX; i++) {
        const struct terms_change *from = &terms->changes[i];
        struct ranking_change *change = &to->changes[to->changes_count++];
        char value[PARAM_TEXT_SIZE];
        change->taken = from->taken;
        text_cut(change->name, sizeof change->name, "%s", from->param->name);
        text_cut(change->now, sizeof change->now, "%s",
                 param_text(from->param, from->now, value));
        text_cut(change->then, sizeof change->then, "%s",
                 param_text(from->param, from->then, value));
    }
    terms_weigh(terms, here, row, run->measured, evidence);
    text_cut(to->params, sizeof to->params, "%s", terms->params);
    terms_origin(to->origin, to->session, row);
    text_cut(to->here, sizeof to->here, "%s", here->name);
    mem_free(terms);
}

static void fill_evidence(struct desk_shelf *shelf, const struct ranking_session *here,
                          const struct shelf_row *row, const struct shelf_run *run,
                          struct ranking_result *to)
{
    struct evidence *evidence = mem_zalloc(sizeof *evidence);
    struct walk walk;
    const struct aggregate_trust trust = desk_shelf_judge(shelf, row);
    walk_init(&walk, &shelf->aggregate, row->row);
    const struct evidence_sources sources = {
        .grid = &shelf->grid,
        .row = row->row,
        .trust = &trust,
        .walk = &walk,
        .sensitivity = run->measured,
        .unmeasured = run->done ? run->why : "it is being run again",
    };
    evidence_collect(&sources, evidence);
    if (here->name[0] != '\0') {
        fill_terms(here, run, evidence, to);
    }
    for (int i = 0; i < evidence->count && i < RANKING_EVIDENCE_MAX; i++) {
        const struct evidence_fact *fact = &evidence->facts[i];
        struct ranking_evidence *told = &to->evidence[to->evidence_count++];
        told->doubtful = fact->doubtful;
        told->decisive = fact->decisive;
        text_cut(told->name, sizeof told->name, "%s", fact->name);
        text_cut(told->text, sizeof told->text, "%s", fact->text);
    }
    walk_finish(&walk);
    mem_free(evidence);
}

static void fill(struct desk_work *work, const struct ranking_session *here,
                 struct ranking_result *to)
{
    struct desk_shelf *shelf = work->shelf;
    const struct shelf_row *row = desk_shelf_find(shelf, to->query.job);
    const struct shelf_row *other = desk_shelf_find(shelf, to->query.other);
    const bool compares = to->query.other[0] != '\0';
    if (row == NULL || (compares && other == NULL)) {
        text_cut(to->error, sizeof to->error, "there is no result of '%s'",
                 row == NULL ? to->query.job : to->query.other);
        return;
    }
    fill_run(shelf, row, &to->run);
    to->has_other = compares;
    if (compares) {
        fill_run(shelf, other, &to->other);
        return;
    }
    if (!row->row->success) {
        const char *why = row->row->stopped ? "stopped early: there is no result to go by"
                                            : "failed: there is no result to go by";
        text_cut(to->refused, sizeof to->refused, "%s", why);
        return;
    }
    const struct shelf_run *run = take_run(work, row);
    fill_again(run, to);
    fill_evidence(shelf, here, row, run, to);
}

void desk_answer_result(struct desk_work *work, const struct desk_query *query, void *out)
{
    struct ranking_result *to = out;
    struct err err = {.kind = ERR_NONE};
    to->query = query->ranking;
    if (!desk_shelf_take(work, query->ranking.session, &err)) {
        text_cut(to->error, sizeof to->error, "%s", err.text);
        return;
    }
    text_cut(to->session, sizeof to->session, "%s", work->shelf->name);
    to->read_wall_ns = work->shelf->read_wall_ns;
    to->read_mono_ns = work->shelf->read_mono_ns;
    fill(work, &query->here, to);
}
