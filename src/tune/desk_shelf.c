#include "desk_shelf.h"

#include <assert.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "tune/plateau.h"

/* Of the time reading takes, before a running session is read anew. */
enum { REST_FACTOR = 10 };

static const char LINES_NAME[] = "results.jsonl";

struct desk_shelf *desk_shelf_create(void)
{
    return mem_zalloc(sizeof(struct desk_shelf));
}

void desk_shelf_forget_run(struct desk_shelf *shelf)
{
    struct shelf_run *run = &shelf->run;
    if (run->measured != NULL) {
        sensitivity_finish(run->measured);
        mem_free(run->measured);
    }
    *run = (struct shelf_run){.row = NULL};
}

static void clear(struct desk_shelf *shelf)
{
    desk_shelf_forget_run(shelf);
    mem_free(shelf->rows);
    mem_free(shelf->trusts);
    grid_finish(&shelf->grid);
    aggregate_finish(&shelf->aggregate);
    *shelf = (struct desk_shelf){.session = 0};
}

void desk_shelf_destroy(struct desk_shelf *shelf)
{
    if (shelf != NULL) {
        clear(shelf);
        mem_free(shelf);
    }
}

static void add_stamp(struct text *out, const char *path)
{
    struct stat status = {.st_size = -1};
    if (stat(path, &status) == 0) {
        text_addf(out, "%lld %lld.%09ld ", (long long)status.st_size,
                  (long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    }
}

/* A result that comes or is replaced is renamed into the folder, which changes its time; lines
 * are added to their file. */
static void make_stamp(char stamp[128], const char *folder)
{
    char path[TUNING_PATH_SIZE + sizeof LINES_NAME];
    struct text out = text_fixed(stamp, 128);
    stamp[0] = '\0';
    add_stamp(&out, folder);
    add_stamp(&out, text_cut(path, sizeof path, "%s/%s", folder, LINES_NAME));
}

static double count_of(int64_t count)
{
    return (double)count;
}

static void fill_figures(const struct grid *grid, struct shelf_row *to)
{
    const struct row *row = to->row;
    double *figures = to->figures;
    const bool told = row->success || row->stopped;
    figures[FILTER_PNL] = told ? row->pnl_usd : NAN;
    figures[FILTER_REALIZED] = row->realized_usd;
    figures[FILTER_OPEN_PNL] = row->unrealized_usd;
    figures[FILTER_DRAWDOWN] = row->drawdown_pct;
    figures[FILTER_TRADES] = told ? count_of(row->closed_trades) : NAN;
    figures[FILTER_OPEN] = told ? count_of(row->total_trades - row->closed_trades) : NAN;
    figures[FILTER_WIN] = row->closed_trades > 0 ? row_metric(row, "win_rate") * 100 : NAN;
    figures[FILTER_BPS] = row->pnl_per_traded_bps;
    figures[FILTER_PLATEAU] = row->success ? plateau_of(grid, row).median_usd : NAN;
    figures[FILTER_PLACE] = to->place > 0 ? count_of(to->place) : NAN;
    figures[FILTER_GROUP] = to->group > 0 ? count_of(to->group) : NAN;
}

/* The group of a row, a new one if need be. Rows of a group mostly follow each other; those
 * that were stopped stand behind all others. */
static int32_t find_group(struct desk_shelf *shelf, const struct row *row, int32_t likely)
{
    if (likely > 0 &&
        aggregate_same_group(&shelf->aggregate, shelf->trusts[likely - 1].best, row)) {
        return likely;
    }
    for (int32_t i = 0; i < shelf->groups; i++) {
        if (aggregate_same_group(&shelf->aggregate, shelf->trusts[i].best, row)) {
            return i + 1;
        }
    }
    shelf->trusts = mem_grow(shelf->trusts, (size_t)shelf->groups + 1, sizeof *shelf->trusts);
    shelf->trusts[shelf->groups++] = (struct aggregate_trust){.best = row, .note = ""};
    return shelf->groups;
}

static void place_rows(struct desk_shelf *shelf)
{
    const struct aggregate *aggregate = &shelf->aggregate;
    int64_t place = 0;
    int32_t group = 0;
    shelf->rows = mem_array((size_t)aggregate->total + 1, sizeof *shelf->rows);
    for (int64_t i = 0; i < aggregate->total; i++) {
        struct shelf_row *to = &shelf->rows[i];
        to->row = &aggregate->rows[i];
        if (to->row->success || to->row->stopped) {
            to->group = find_group(shelf, to->row, group);
            place = to->group == group ? place : 0;
            group = to->group;
            to->place = to->row->success ? ++place : 0;
        }
        fill_figures(&shelf->grid, to);
    }
}

static bool load(struct desk_shelf *shelf, const struct tuning_session *session,
                 const char *stamp, struct err *err)
{
    const int64_t start_ns = clock_monotonic_ns();
    clear(shelf);
    if (session->jobs > DESK_SHELF_JOBS_MAX) {
        return err_set(err, ERR_REFUSED,
                       "'%s' has %lld jobs; the screen shows sessions of at most %d "
                       "(arblite session rank)",
                       session->name, (long long)session->jobs, DESK_SHELF_JOBS_MAX);
    }
    if (!aggregate_load(&shelf->aggregate, session->folder, err)) {
        return false;
    }
    grid_init(&shelf->grid, &shelf->aggregate);
    place_rows(shelf);
    shelf->session = session->id;
    shelf->jobs = session->jobs;
    shelf->running = session->state == TUNING_RUNNING;
    text_cut(shelf->name, sizeof shelf->name, "%s", session->name);
    text_cut(shelf->stamp, sizeof shelf->stamp, "%s", stamp);
    shelf->read_mono_ns = clock_monotonic_ns();
    shelf->read_wall_ns = clock_wall_ns();
    shelf->loaded_ns = shelf->read_mono_ns;
    shelf->cost_ns = shelf->loaded_ns - start_ns;
    return true;
}

bool desk_shelf_take(struct desk_work *work, int64_t id, struct err *err)
{
    struct desk_shelf *shelf = work->shelf;
    const struct tuning_session *session =
        id == 0 ? desk_work_last(work) : desk_work_session(work, id);
    char stamp[128];
    if (session == NULL) {
        return err_set(err, ERR_INPUT, "%s",
                       id == 0 ? "no tuning session has been started yet"
                               : "there is no such tuning session");
    }
    make_stamp(stamp, session->folder);
    const bool other = shelf->session != session->id;
    const bool changed = other || strcmp(stamp, shelf->stamp) != 0;
    const bool rested = clock_monotonic_ns() - shelf->loaded_ns >= REST_FACTOR * shelf->cost_ns;
    if (changed && (other || rested)) {
        return load(shelf, session, stamp, err);
    }
    if (!changed) { /* what was read then is what is there now */
        shelf->read_mono_ns = clock_monotonic_ns();
        shelf->read_wall_ns = clock_wall_ns();
    }
    shelf->running = session->state == TUNING_RUNNING;
    return true;
}

const struct shelf_row *desk_shelf_find(const struct desk_shelf *shelf, const char *job)
{
    for (int64_t i = 0; i < shelf->aggregate.total; i++) {
        if (strcmp(shelf->rows[i].row->job_id, job) == 0) {
            return &shelf->rows[i];
        }
    }
    return NULL;
}

static void fill_trust(const struct aggregate_trust *from, struct ranking_trust *to)
{
    *to = (struct ranking_trust){
        .trials = from->trials,
        .distinct = from->distinct,
        .sharpe = from->sharpe,
        .psr = from->psr,
        .dsr = from->dsr,
        .track_needed = from->track_needed,
        .pbo = from->pbo,
        .p_loss = from->p_loss,
        .fx_moved = from->best->fx_moved,
        .doubtful = aggregate_doubts(from),
    };
    text_cut(to->job, sizeof to->job, "%s", from->best->job_id);
    text_cut(to->note, sizeof to->note, "%s", from->note);
}

struct aggregate_trust desk_shelf_judge(struct desk_shelf *shelf, const struct shelf_row *row)
{
    assert(row->group > 0);
    struct aggregate_trust *group = &shelf->trusts[row->group - 1];
    if (group->trials == 0) {
        *group = aggregate_judge(&shelf->aggregate, group->best);
    }
    return row->row == group->best ? *group : aggregate_judge_other(group, row->row);
}

struct ranking_trust desk_shelf_trust(struct desk_shelf *shelf, const struct shelf_row *row)
{
    struct ranking_trust trust = {.note = ""};
    if (row->group > 0) {
        const struct aggregate_trust judged = desk_shelf_judge(shelf, row);
        fill_trust(&judged, &trust);
    }
    return trust;
}
