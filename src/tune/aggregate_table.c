#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/safe.h"
#include "standing.h"
#include "tune/honesty.h"
#include "tune/plateau.h"
#include "tune/walk.h"

enum { SHOWN_SIZE = 256 };

/* What a statistic says, or nothing where it is not told. */
static void add_share(struct text *out, const char *name, double value)
{
    if (isfinite(value)) {
        text_addf(out, ", %s %.2f", name, value);
    }
}

static void add_trust(struct text *out, const struct aggregate_trust *trust)
{
    const char *doubts[AGGREGATE_DOUBTS_MAX];
    const int doubts_count = aggregate_name_doubts(trust, doubts);
    text_addf(out, "      best of %" PRId64 " trials, %" PRId64 " distinct", trust->trials,
              trust->distinct);
    add_share(out, "PSR", trust->psr);
    add_share(out, "DSR", trust->dsr);
    add_share(out, "PBO", trust->pbo);
    add_share(out, "P(loss)", trust->p_loss);
    if (isfinite(trust->track_needed)) {
        text_addf(out, ", track needed %.0f of %d buckets", ceil(trust->track_needed),
                  (int)SUMMARY_BUCKETS);
    }
    if (trust->note[0] != '\0') {
        text_addf(out, "; no statistics: %s", trust->note);
    } else if (isnan(trust->pbo)) {
        text_add(out, "; PBO and P(loss) want a second one");
    }
    text_add_char(out, '\n');
    for (int i = 0; i < doubts_count; i++) {
        text_addf(out, "%s%s%s", i == 0 ? "      warning: " : ", ", doubts[i],
                  i == doubts_count - 1 ? "\n" : "");
    }
}

static bool is_apart(const struct aggregate *aggregate, const struct param *param)
{
    for (int i = 0; i < aggregate->axes_count; i++) {
        if (aggregate->axes[i] == param) {
            return true;
        }
    }
    return false;
}

/* In the width of a column; a dash where it is not known. */
static void add_number(struct text *out, int width, int digits, double value)
{
    if (isfinite(value)) {
        text_addf(out, " %*.*f", width, digits, value);
    } else {
        text_addf(out, " %*s", width, "-");
    }
}

static void add_line(struct text *out, const struct standing *standing, const struct grid *grid)
{
    const struct row *row = standing->row;
    char id[SHOWN_SIZE];
    text_addf(out, "%4" PRId64 "  %-20s", standing->place,
              safe_text(id, sizeof id, row->job_id, strlen(row->job_id)));
    add_number(out, 12, 2, row->pnl_usd);
    add_number(out, 12, 2, plateau_of(grid, row).median_usd);
    add_number(out, 8, 2, row->drawdown_pct);
    text_addf(out, " %6" PRId64 " %6" PRId64, row->closed_trades, row->total_trades);
    add_number(out, 8, 2, row->pnl_per_traded_bps);
    add_number(out, 8, 4, row->pnl_per_peak_usd);
    for (int i = 0; i < grid->axes_count; i++) {
        const struct param *param = grid->axes[i].param;
        char value[PARAM_TEXT_SIZE];
        if (!is_apart(standing->aggregate, param)) {
            text_addf(out, "  %s %s", param->name,
                      param_text(param, row_param(row, param->name), value));
        }
    }
    text_add(out, row->closed_trades < HONESTY_TRADES_MIN ? "  (few trades)" : "");
    text_add(out, row->fx_moved ? "  (fx moved this result)\n" : "\n");
}

static void add_counts(struct text *out, const struct aggregate *aggregate)
{
    struct aggregate_reason reasons[AGGREGATE_REASONS_MAX];
    const int count = aggregate_reasons(aggregate, reasons);
    text_addf(out, "%" PRId64 " jobs, %" PRId64 " success, %" PRId64 " error", aggregate->total,
              aggregate->success, aggregate->error);
    if (aggregate->stopped > 0) {
        text_addf(out, ", %" PRId64 " stopped early (not ranked)", aggregate->stopped);
    }
    text_add_char(out, '\n');
    for (int i = 0; i < count; i++) {
        char shown[SHOWN_SIZE];
        text_addf(out, "  %" PRId64 " failed: %s\n", reasons[i].jobs,
                  safe_text(shown, sizeof shown, reasons[i].text, strlen(reasons[i].text)));
    }
}

static void add_axes(struct text *out, const struct aggregate *aggregate,
                     const struct grid *grid)
{
    bool any = false;
    for (int i = 0; i < aggregate->axes_count; i++) {
        text_addf(out, "%s %s (%s)", i > 0 ? "," : "ranked apart:", aggregate->axes[i]->name,
                  param_role_name(aggregate->axes[i]->role));
    }
    text_add(out, aggregate->axes_count > 0 ? "\n" : "");
    for (int i = 0; i < grid->axes_count; i++) {
        if (grid->axes[i].inert) {
            text_addf(out, "%s %s", any ? "," : "changed nothing:", grid->axes[i].param->name);
            any = true;
        }
    }
    text_add(out, any ? "\n" : "");
}

/* Why there is nothing below. */
static void add_emptiness(struct text *out, const struct aggregate *aggregate,
                          const struct aggregate_filters *filters)
{
    const struct aggregate_hidden hidden = aggregate_hides(aggregate, filters);
    if (aggregate->success == 0) {
        text_add(out, "no job ended well\n");
        return;
    }
    if (hidden.rows < aggregate->success) {
        return;
    }
    text_addf(out, "the filters hide all %" PRId64 " of them:", hidden.rows);
    if (hidden.by_drawdown > 0) {
        text_addf(out, " a drawdown above %g %% %" PRId64, filters->drawdown_pct_max,
                  hidden.by_drawdown);
    }
    if (hidden.by_trades > 0) {
        text_addf(out, "%s fewer than %" PRId64 " trades %" PRId64,
                  hidden.by_drawdown > 0 ? "," : "", filters->trades_min, hidden.by_trades);
    }
    text_add_char(out, '\n');
}

static void add_ranking(struct text *out, const struct aggregate *aggregate,
                        const struct aggregate_filters *filters, const struct grid *grid)
{
    struct standing standing = {.aggregate = aggregate, .filters = filters};
    text_addf(out, "%4s  %-20s %12s %12s %8s %6s %6s %8s %8s\n", "rank", "job", "pnl USD",
              "plateau", "drawdn %", "closed", "trades", "bps", "USD/USD");
    while (standing_next(&standing)) {
        if (standing_is_grouped(aggregate) && standing.place == 1) {
            standing_group_line(aggregate, standing.row, out);
        }
        add_line(out, &standing, grid);
        if (standing.place == 1) {
            const struct aggregate_trust trust = aggregate_judge(aggregate, standing.row);
            add_trust(out, &trust);
        }
    }
}

void aggregate_table(const struct aggregate *aggregate, const struct aggregate_filters *filters,
                     struct text *out)
{
    struct grid grid;
    grid_init(&grid, aggregate);
    add_counts(out, aggregate);
    add_axes(out, aggregate, &grid);
    add_emptiness(out, aggregate, filters);
    if (aggregate->folds > 0) {
        walk_all_table(aggregate, out);
    } else if (aggregate->success > 0) {
        add_ranking(out, aggregate, filters, &grid);
    }
    grid_finish(&grid);
}
