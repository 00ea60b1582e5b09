#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "tune/aggregate.h"
#include "tune/honesty.h"

/* Names how a row traded: rows of the same name are one trial, however their parameters differ.
 * Equity in all its buckets stands for the list of trades. */
static void name_trades(const struct row *row, char name[HASH_XXH3_TEXT_SIZE])
{
    struct hash_stream *stream = hash_stream_create();
    hash_stream_add(stream, &row->total_trades, sizeof row->total_trades);
    hash_stream_add(stream, &row->closed_trades, sizeof row->closed_trades);
    hash_stream_add(stream, &row->pnl_usd, sizeof row->pnl_usd);
    if (row->equity_change_usd != NULL) {
        hash_stream_add(stream, row->equity_change_usd,
                        SUMMARY_BUCKETS * sizeof *row->equity_change_usd);
    }
    hash_stream_text(stream, name);
    hash_stream_destroy(stream);
}

struct trials {
    const double **changes; /* of the distinct ones that ran to their end */
    int64_t compared;       /* of them */
    int64_t all, distinct;  /* a trial that was stopped was one all the same */
    bool whole;             /* every one that ran to its end has its equity */
};

static struct trials collect(const struct aggregate *aggregate, const struct row *best)
{
    struct trials trials = {.whole = true};
    json_t *seen = json_object();
    trials.changes = mem_array((size_t)aggregate->success, sizeof *trials.changes);
    for (int64_t i = 0; i < aggregate->success + aggregate->stopped; i++) {
        const struct row *row = &aggregate->rows[i];
        char name[HASH_XXH3_TEXT_SIZE];
        if (!aggregate_same_group(aggregate, best, row)) {
            continue;
        }
        trials.all++;
        trials.whole = trials.whole && (row->stopped || row->equity_change_usd != NULL);
        name_trades(row, name);
        if (json_object_get(seen, name) == NULL) {
            json_object_set_new(seen, name, json_true());
            trials.distinct++;
            if (!row->stopped) {
                trials.changes[trials.compared++] = row->equity_change_usd;
            }
        }
    }
    json_decref(seen);
    return trials;
}

static const char WITHOUT_EQUITY[] = "results without equity_change_usd";
static const char FEW[] = "fewer than 30 closed trades";

/* What the equity of a row alone says, beside so many trials. false: nothing, and the note says
 * why. */
static bool measure(struct aggregate_trust *trust)
{
    struct honesty_moments moments;
    trust->sharpe = trust->psr = trust->dsr = trust->track_needed = NAN;
    if (trust->best->closed_trades < HONESTY_TRADES_MIN) {
        trust->note = FEW;
        return false;
    }
    if (!honesty_measure(trust->best->equity_change_usd, &moments)) {
        trust->note = "equity moved the same way in every bucket";
        return false;
    }
    trust->note = "";
    trust->sharpe = moments.sharpe;
    trust->psr = honesty_psr(&moments, 0);
    trust->dsr = honesty_psr(&moments, honesty_expected_best(trust->distinct));
    trust->track_needed = honesty_track_needed(&moments);
    return true;
}

struct aggregate_trust aggregate_judge(const struct aggregate *aggregate,
                                       const struct row *best)
{
    struct trials trials = collect(aggregate, best);
    struct honesty_overfit overfit;
    struct aggregate_trust trust = {
        .best = best,
        .trials = trials.all,
        .distinct = trials.distinct,
        .sharpe = NAN,
        .psr = NAN,
        .dsr = NAN,
        .track_needed = NAN,
        .pbo = NAN,
        .p_loss = NAN,
        .note = WITHOUT_EQUITY,
    };
    if (trials.whole && measure(&trust) &&
        honesty_cross_validate(trials.changes, trials.compared, &overfit)) {
        trust.pbo = overfit.pbo;
        trust.p_loss = overfit.p_loss;
    }
    mem_free(trials.changes);
    return trust;
}

struct aggregate_trust aggregate_judge_other(const struct aggregate_trust *group,
                                             const struct row *row)
{
    struct aggregate_trust trust = *group;
    trust.best = row;
    if (row->equity_change_usd == NULL) {
        trust.note = WITHOUT_EQUITY;
    }
    if (strcmp(trust.note, WITHOUT_EQUITY) == 0 || !measure(&trust)) {
        trust.sharpe = trust.psr = trust.dsr = trust.track_needed = NAN;
        trust.pbo = trust.p_loss = NAN;
    }
    return trust;
}

int aggregate_name_doubts(const struct aggregate_trust *trust,
                          const char *doubts[AGGREGATE_DOUBTS_MAX])
{
    /* What is not told raises no doubt of its own; the note stands for it. */
    const struct {
        bool holds;
        const char *text;
    } all[] = {
        {trust->dsr < HONESTY_DSR_MIN, "DSR below 0.95"},
        {trust->pbo >= HONESTY_OVERFIT_MAX, "PBO of 0.5 or more"},
        {trust->p_loss >= HONESTY_OVERFIT_MAX, "P(loss) of 0.5 or more"},
        {trust->best->fx_moved, "fx moved this result"},
    };
    int count = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i].holds) {
            doubts[count++] = all[i].text;
        }
    }
    return count;
}

bool aggregate_doubts(const struct aggregate_trust *trust)
{
    const char *doubts[AGGREGATE_DOUBTS_MAX];
    return aggregate_name_doubts(trust, doubts) > 0;
}

/* The values of every parameter but one: rows of the same name differ in that one at most. */
static void name_others(const struct row *row, const struct param *left_out, struct text *out)
{
    text_clear(out);
    for (size_t i = 0; i < param_count(); i++) {
        if (param_at(i) != left_out) {
            text_addf(out, "%a ", row_param(row, param_at(i)->name));
        }
    }
    text_addf(out, "%d %d %s %s %s", (int)row->window.fold, row->window.is_test, row->data_hash,
              row->profile, row->pnl_model);
}

bool aggregate_is_inert(const struct aggregate *aggregate, const struct param *param)
{
    if (!aggregate_varies(aggregate, param)) {
        return false;
    }
    json_t *seen = json_object();
    struct text others = text_growing();
    bool same = true;
    bool compared = false;
    for (int64_t i = 0; same && i < aggregate->success; i++) {
        char name[HASH_XXH3_TEXT_SIZE];
        name_others(&aggregate->rows[i], param, &others);
        name_trades(&aggregate->rows[i], name);
        const json_t *before = json_object_get(seen, text_string(&others));
        if (before == NULL) {
            json_object_set_new(seen, text_string(&others), json_string(name));
        } else {
            compared = true;
            same = strcmp(json_string_value(before), name) == 0;
        }
    }
    text_finish(&others);
    json_decref(seen);
    return same && compared;
}
