#include "tune/detail.h"

#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/safe.h"

enum { SHOWN_SIZE = 256 };

static const struct row *find_job(const struct aggregate *aggregate, const char *job_id,
                                  struct err *err)
{
    struct nearest nearest = nearest_to(job_id);
    for (int64_t i = 0; i < aggregate->total; i++) {
        if (strcmp(aggregate->rows[i].job_id, job_id) == 0) {
            return &aggregate->rows[i];
        }
        nearest_offer(&nearest, aggregate->rows[i].job_id);
    }
    char asked[SHOWN_SIZE];
    char hint[SHOWN_SIZE] = "";
    if (nearest.found != NULL) {
        safe_text(hint, sizeof hint, nearest.found, strlen(nearest.found));
    }
    err_set(err, ERR_INPUT, "no job '%s' among these results%s%s%s",
            safe_text(asked, sizeof asked, job_id, strlen(job_id)),
            hint[0] != '\0' ? " (did you mean '" : "", hint, hint[0] != '\0' ? "'?)" : "");
    return NULL;
}

static void measure(struct detail *detail)
{
    const struct engine_params params = row_engine_params(detail->row);
    detail->sensitivity = mem_zalloc(sizeof *detail->sensitivity);
    if (!sensitivity_measure(row_data_file(detail->row), &params, &detail->row->window,
                             detail->sensitivity, &detail->unmeasured)) {
        mem_free(detail->sensitivity);
        detail->sensitivity = NULL;
    }
}

static void judge(struct detail *detail)
{
    detail->trust = aggregate_judge(&detail->aggregate, detail->row);
    detail->plateau = plateau_of(&detail->grid, detail->row);
    measure(detail);
    const struct evidence_sources sources = {
        .grid = &detail->grid,
        .row = detail->row,
        .trust = &detail->trust,
        .walk = &detail->walk,
        .sensitivity = detail->sensitivity,
        .unmeasured = detail->unmeasured.text,
    };
    evidence_collect(&sources, &detail->evidence);
}

bool detail_init(struct detail *detail, struct aggregate *aggregate, const char *job_id,
                 struct err *err)
{
    const struct row *row = find_job(aggregate, job_id, err);
    if (row == NULL) {
        aggregate_finish(aggregate);
        return false;
    }
    *detail = (struct detail){.aggregate = *aggregate, .row = row};
    *aggregate = (struct aggregate){0};
    grid_init(&detail->grid, &detail->aggregate);
    walk_init(&detail->walk, &detail->aggregate, row);
    if (row->success) {
        judge(detail);
    }
    return true;
}

void detail_finish(struct detail *detail)
{
    if (detail->sensitivity != NULL) {
        sensitivity_finish(detail->sensitivity);
        mem_free(detail->sensitivity);
    }
    walk_finish(&detail->walk);
    grid_finish(&detail->grid);
    aggregate_finish(&detail->aggregate);
    *detail = (struct detail){0};
}
