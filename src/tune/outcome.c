#include "outcome.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "tune/line.h"

/* Room for most results, so that they do not grow in steps. */
enum { DOCUMENT_BYTES = 8000 };

static void fill(struct result *result, const struct job *job,
                 const struct outcome_origin *origin, const struct kernel_outcome *ran)
{
    result_init(result, &job->params);
    result->window = job->window;
    result->summary = ran->summary;
    result->steps_processed = ran->steps_processed;
    result->width_bps = ran->width_bps;
    result->total_snapshots = origin->total->rows;
    result->with_runtime = origin->with_runtime;
    result->runtime_s = origin->runtime_s;
    result->has_equity = true;
    memcpy(result->equity_change_usd, ran->equity_change_usd, sizeof ran->equity_change_usd);
    text_cut(result->data_file, sizeof result->data_file, "%s", job->data_file);
    text_cut(result->data_hash, sizeof result->data_hash, "%s", origin->total->hash);
    text_cut(result->job_id, sizeof result->job_id, "%s", job->id);
    text_cut(result->tag, sizeof result->tag, "%s", job->tag);
}

void outcome_settle(struct outcome *outcome, const struct job *job,
                    const struct outcome_origin *origin, const struct kernel_outcome *ran,
                    double seen_share)
{
    const struct summary *summary = &ran->summary;
    const bool exact = job->params.profile == ENGINE_EXACT;
    struct text document = text_growing();
    struct result result;
    fill(&result, job, origin, ran);
    text_reserve(&document, DOCUMENT_BYTES);
    result.is_stopped = seen_share < 1;
    result.seen_share = seen_share;
    if (origin->as_lines) {
        result_json_line(&result, &document);
    } else {
        result_json(&result, &document);
    }
    text_add_char(&document, '\n');
    result_finish(&result);
    *outcome = (struct outcome){
        .state = seen_share < 1 ? RESULTS_STOPPED : RESULTS_DONE,
        .document = document.data,
        .length = document.length,
        .pnl_usd = summary->realized_usd + (exact ? summary->unrealized_usd : 0),
        .drawdown_pct = summary->drawdown * 100,
        .closed_trades = summary->closed,
        .seen_share = seen_share,
    };
}

void outcome_fail(struct outcome *outcome, const struct job *job, const char *reason,
                  bool as_lines)
{
    struct text written = text_growing();
    struct text document = text_growing();
    job_error_json(job, reason, &written);
    if (as_lines) {
        line_fold(text_string(&written), &document);
    } else {
        text_add_bytes(&document, written.data, written.length);
    }
    text_add_char(&document, '\n');
    text_finish(&written);
    *outcome = (struct outcome){
        .state = RESULTS_FAILED,
        .document = document.data,
        .length = document.length,
        .pnl_usd = NAN,
        .drawdown_pct = NAN,
        .seen_share = 1,
    };
    text_cut(outcome->error, sizeof outcome->error, "%s", reason);
}

void outcome_keep(struct outcome *outcome, const struct row *row)
{
    *outcome = (struct outcome){
        .state = row->stopped ? RESULTS_STOPPED : RESULTS_DONE,
        .pnl_usd = row->pnl_usd,
        .drawdown_pct = row->drawdown_pct,
        .closed_trades = row->closed_trades,
        .seen_share = row->seen_share,
    };
}

void outcome_finish(struct outcome *outcome)
{
    mem_free(outcome->document);
    outcome->document = NULL;
}
