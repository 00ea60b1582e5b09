#include "tune/evidence.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/safe.h"
#include "tune/honesty.h"
#include "tune/plateau.h"

static const double NS_PER_DAY = 86400e9;

enum verdict { FINE, DOUBTFUL, DECISIVE };

__attribute__((format(printf, 4, 0))) static void add_facts(struct evidence *evidence,
                                                            const char *name,
                                                            enum verdict verdict,
                                                            const char *format, va_list args)
{
    assert(evidence->count < EVIDENCE_FACTS_MAX);
    struct evidence_fact *fact = &evidence->facts[evidence->count++];
    char text[EVIDENCE_TEXT_SIZE];
    snprintf(fact->name, sizeof fact->name, "%s", name);
    vsnprintf(text, sizeof text, format, args);
    /* Names of files and words of results are foreign. */
    safe_text(fact->text, sizeof fact->text, text, strlen(text));
    fact->doubtful = verdict != FINE;
    fact->decisive = verdict == DECISIVE;
}

__attribute__((format(printf, 4, 5))) static void
add(struct evidence *evidence, const char *name, enum verdict verdict, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_facts(evidence, name, verdict, format, args);
    va_end(args);
}

void evidence_add(struct evidence *evidence, const char *name, bool doubtful, bool decisive,
                  const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_facts(evidence, name, decisive ? DECISIVE : doubtful ? DOUBTFUL : FINE, format, args);
    va_end(args);
}

static enum verdict doubt_if(bool doubtful)
{
    return doubtful ? DOUBTFUL : FINE;
}

static enum verdict decide_if(bool decisive)
{
    return decisive ? DECISIVE : FINE;
}

static void add_data(struct evidence *evidence, const struct evidence_sources *sources)
{
    const struct row *row = sources->row;
    const struct sensitivity *measured = sources->sensitivity;
    const struct engine_params params = row_engine_params(row);
    add(evidence, "data", FINE, "%s, %s", row_data_file(row), row->data_hash);
    if (measured != NULL && measured->rows > 0) {
        char first[CALENDAR_TEXT_SIZE];
        char last[CALENDAR_TEXT_SIZE];
        add(evidence, "span", FINE, "%" PRId64 " rows, %s .. %s, %.1f days", measured->rows,
            calendar_format(first, measured->first_ns, 0),
            calendar_format(last, measured->last_ns, 0),
            (double)(measured->last_ns - measured->first_ns) / NS_PER_DAY);
    }
    if (measured != NULL && strcmp(measured->result.data_hash, row->data_hash) != 0) {
        add(evidence, "data changed", DOUBTFUL,
            "the file is not what it was when the result was made");
    }
    if (isfinite(params.fx_rate)) {
        add(evidence, "fx", FINE, "given: %.6g KRW per USD for every row", params.fx_rate);
    } else {
        add(evidence, "fx", FINE, "from the data");
    }
}

/* What was paid, as it moved the PnL; nothing is not minus nothing. */
static double paid(const struct row *row, const char *cost)
{
    const double usd = row_metric(row, cost);
    return usd == 0 ? 0 : -usd;
}

enum { NUMBER_SIZE = 32 };

/* A result that another program wrote may leave it out. */
static const char *told(char buffer[NUMBER_SIZE], bool with_sign, double value)
{
    if (isfinite(value)) {
        snprintf(buffer, NUMBER_SIZE, with_sign ? "%+.2f" : "%.2f", value);
    } else {
        snprintf(buffer, NUMBER_SIZE, "-");
    }
    return buffer;
}

static void add_split(struct evidence *evidence, const struct row *row)
{
    const double fx_usd = row_metric(row, "fx_usd");
    const double price_usd = row_metric(row, "price_usd");
    if (isfinite(price_usd) && isfinite(fx_usd)) {
        add(evidence, "split", FINE,
            "price %+.2f, fees %+.2f, slippage %+.2f, funding %+.2f, fx %+.2f, fx cost %+.2f "
            "USD",
            price_usd, paid(row, "fees_usd"), paid(row, "slippage_usd"),
            paid(row, "funding_usd"), fx_usd, paid(row, "fx_cost_usd"));
    }
    if (!isfinite(fx_usd)) {
        add(evidence, "fx share", DOUBTFUL, "the result does not tell it");
    } else if (row->realized_usd != 0) {
        add(evidence, "fx share", decide_if(row->fx_moved), "%.0f %% of |PnL|%s",
            fabs(fx_usd / row->realized_usd) * 100,
            row->fx_moved ? "; fx moved this result" : "");
    }
}

static void add_money(struct evidence *evidence, const struct row *row)
{
    const double most = row_metric(row, "open_trades_most");
    const double notional_usd = row_param(row, "max_position_usd");
    const bool few = row->closed_trades < HONESTY_TRADES_MIN;
    char open[NUMBER_SIZE];
    char drawdown[NUMBER_SIZE];
    add(evidence, "trades", decide_if(few), "%" PRId64 " closed, %" PRId64 " open%s",
        row->closed_trades, row->total_trades - row->closed_trades,
        few ? "; fewer than 30 closed say nothing" : "");
    add(evidence, "PnL", doubt_if(row->pnl_usd <= 0),
        "%+.2f USD realised, %s open; drawdown %s %%", row->realized_usd,
        told(open, true, row->unrealized_usd), told(drawdown, false, row->drawdown_pct));
    if (isfinite(row->pnl_per_traded_bps)) {
        add(evidence, "size", FINE,
            "%+.2f bps of what was traded, %+.4f USD a USD in the market",
            row->pnl_per_traded_bps, row->pnl_per_peak_usd);
    }
    add_split(evidence, row);
    if (isfinite(notional_usd)) {
        add(evidence, "needs", FINE, "%.0f %s on A, and the margin of as much on B",
            notional_usd * (isfinite(most) ? most : 1), isfinite(most) ? "USD" : "USD a trade");
    }
}

/* What the file says beside its numbers, but for what is told already. */
static void add_remarks(struct evidence *evidence, const struct row *row)
{
    size_t i;
    const json_t *remark;
    json_array_foreach(json_object_get(row->root, "remarks"), i, remark)
    {
        const char *text = json_is_string(remark) ? json_string_value(remark) : "";
        if (i < RESULT_REMARKS_MAX && text[0] != '\0' && strncmp(text, "fx moved", 8) != 0) {
            add(evidence, "remark", FINE, "%s", text);
        }
    }
}

static void add_trust(struct evidence *evidence, const struct aggregate_trust *trust)
{
    add(evidence, "trials", FINE, "%" PRId64 ", of which %" PRId64 " traded differently",
        trust->trials, trust->distinct);
    if (trust->note[0] != '\0') {
        add(evidence, "statistics", DOUBTFUL, "none: %s", trust->note);
        return;
    }
    add(evidence, "PSR", FINE, "%.3f that its Sharpe ratio is above 0", trust->psr);
    add(evidence, "DSR", doubt_if(trust->dsr < HONESTY_DSR_MIN),
        "%.3f that it is above what the best of so many shows by luck", trust->dsr);
    if (isfinite(trust->pbo)) {
        add(evidence, "PBO", doubt_if(trust->pbo >= HONESTY_OVERFIT_MAX),
            "%.2f that the best of half the time is in the lower half of the rest", trust->pbo);
        add(evidence, "P(loss)", decide_if(trust->p_loss >= HONESTY_OVERFIT_MAX),
            "%.2f that the best of half the time loses in the rest", trust->p_loss);
    }
    if (isfinite(trust->track_needed)) {
        add(evidence, "track record", doubt_if(trust->track_needed > SUMMARY_BUCKETS),
            "%.0f of 256 parts of the data would do to believe it", ceil(trust->track_needed));
    } else {
        add(evidence, "track record", DOUBTFUL, "no length of it would do: it does not gain");
    }
}

static void add_plateau(struct evidence *evidence, const struct evidence_sources *sources)
{
    const struct plateau plateau = plateau_of(sources->grid, sources->row);
    if (plateau.neighbours == 0) {
        add(evidence, "plateau", FINE, "no neighbours on the grid");
        return;
    }
    /* Half of the peak is where a plateau ends. */
    add(evidence, "plateau", doubt_if(plateau.median_usd < sources->row->pnl_usd / 2),
        "its %" PRId32 " neighbours on the grid earn %+.2f USD (median), it %+.2f",
        plateau.neighbours, plateau.median_usd, sources->row->pnl_usd);
}

static void add_walk(struct evidence *evidence, const struct walk *walk)
{
    if (walk != NULL && walk->count > 0 && walk->told == 0) {
        add(evidence, "walk-forward", DOUBTFUL, "no fold has a training and a test that count");
    } else if (walk == NULL || walk->count == 0) {
        add(evidence, "walk-forward", FINE,
            "none: a session file with 'walk_forward: {train_s, test_s}' runs one");
    } else if (isfinite(walk->ratio)) {
        add(evidence, "walk-forward", decide_if(walk->out_usd < 0),
            "%+.2f USD out of sample, %.2f of what training gained; %" PRId32 " of %" PRId32
            " folds lost",
            walk->out_usd, walk->ratio, walk->lost, walk->told);
    } else {
        add(evidence, "walk-forward", decide_if(walk->out_usd < 0),
            "%+.2f USD out of sample, training gained nothing; %" PRId32 " of %" PRId32
            " folds lost",
            walk->out_usd, walk->lost, walk->told);
    }
}

static void add_change(struct evidence *evidence, const struct sensitivity *measured,
                       enum sensitivity_change change)
{
    const struct sensitivity_run *run = &measured->runs[change];
    const char *name = sensitivity_change_name(change);
    if (run->note[0] != '\0') {
        add(evidence, name, FINE, "%s", run->note);
    } else {
        add(evidence, name, doubt_if(run->pnl_usd <= 0),
            "%+.2f USD, %" PRId64 " closed, drawdown %.2f %%", run->pnl_usd, run->closed,
            run->drawdown_pct);
    }
}

/* The compat profiles book a profit that four legs may not have. */
static void add_truth(struct evidence *evidence, const struct sensitivity *measured)
{
    const struct sensitivity_run *own = &measured->runs[SENSITIVITY_NONE];
    const struct sensitivity_run *other = &measured->runs[SENSITIVITY_MODEL];
    const bool is_legs = measured->result.params.pnl_model == ENGINE_PNL_LEGS;
    const double legs_usd = is_legs ? own->pnl_usd : other->pnl_usd;
    const double spread_usd = is_legs ? other->pnl_usd : own->pnl_usd;
    if (other->note[0] == '\0') {
        add(evidence, "truth", doubt_if(legs_usd <= 0),
            "four legs %+.2f USD, spread model %+.2f, for the same decisions", legs_usd,
            spread_usd);
    }
}

static void add_measured(struct evidence *evidence, const struct evidence_sources *sources)
{
    const struct sensitivity *measured = sources->sensitivity;
    if (measured == NULL) {
        add(evidence, "sensitivity", DOUBTFUL, "not measured: %s",
            sources->unmeasured != NULL ? sources->unmeasured : "not asked for");
        return;
    }
    const struct sensitivity_trades *trades = &measured->trades;
    if (trades->closed > 0) {
        add(evidence, "edge", doubt_if(trades->realized_bps < trades->predicted_bps / 2),
            "%+.2f bps a trade were predicted, %+.2f came", trades->predicted_bps,
            trades->realized_bps);
        add(evidence, "worst trade", FINE, "%+.2f USD, trade %" PRIu64, trades->worst_usd,
            trades->worst_id);
        add(evidence, "losing streak", FINE, "%" PRId64 " in a row at most", trades->streak);
    }
    for (int i = SENSITIVITY_FEES; i <= SENSITIVITY_LATENCY; i++) {
        add_change(evidence, measured, (enum sensitivity_change)i);
    }
    add_truth(evidence, measured);
}

void evidence_collect(const struct evidence_sources *sources, struct evidence *out)
{
    *out = (struct evidence){.count = 0};
    add_data(out, sources);
    add_money(out, sources->row);
    add_trust(out, sources->trust);
    add_plateau(out, sources);
    add_walk(out, sources->walk);
    add_measured(out, sources);
    add_remarks(out, sources->row);
}

bool evidence_wants_reason(const struct evidence *evidence)
{
    for (int i = 0; i < evidence->count; i++) {
        if (evidence->facts[i].decisive) {
            return true;
        }
    }
    return false;
}

void evidence_table(const struct evidence *evidence, struct text *out)
{
    for (int i = 0; i < evidence->count; i++) {
        const struct evidence_fact *fact = &evidence->facts[i];
        const char *mark = fact->decisive ? "!!" : fact->doubtful ? "! " : "  ";
        text_addf(out, "%s %-17s %s\n", mark, fact->name, fact->text);
    }
}

void evidence_json(const struct evidence *evidence, const char *key, struct json *json)
{
    json_open_array(json, key);
    for (int i = 0; i < evidence->count; i++) {
        const struct evidence_fact *fact = &evidence->facts[i];
        json_open_object(json, NULL);
        json_add_string(json, "name", fact->name);
        json_add_string(json, "text", fact->text);
        json_add_bool(json, "doubtful", fact->doubtful);
        json_add_bool(json, "decisive", fact->decisive);
        json_close_object(json);
    }
    json_close_array(json);
}
