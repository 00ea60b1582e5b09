#include "tui/browse.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/state.h"

#define NS_PER_MS      INT64_C(1000000)
#define ASK_PERIOD_NS  (1000 * NS_PER_MS)
#define WORK_PERIOD_NS (200 * NS_PER_MS)

static void set_job(char *out, const char *job)
{
    snprintf(out, RANKING_JOB_SIZE, "%s", job);
}

static void set_axis(char *out, const char *axis)
{
    snprintf(out, TUNING_NAME_SIZE, "%s", axis);
}

void browse_show(struct state *state, int64_t session)
{
    struct browse *browse = &state->browse;
    if (session != browse->session) {
        *browse = (struct browse){
            .session = session, .sort = browse->sort, .backwards = browse->backwards};
    }
    browse->chosen = session != 0;
    browse->view = BROWSE_RANKING;
    browse->asked_ns = 0;
}

void browse_enter(struct state *state, const struct world *world)
{
    struct browse *browse = &state->browse;
    const struct tuning *tuning = world->tuning;
    const bool is_last =
        tuning == NULL || tuning->count == 0 || tuning->sessions[0].id == browse->session;
    if (state->screen != SCREEN_RESULTS && !browse->chosen && !is_last) {
        browse_show(state, 0);
    }
    browse->view = BROWSE_RANKING;
    browse->asked_ns = 0;
}

/* Jobs are named alike in all sessions: who looks at those of one must not find himself among
 * those of another because it was started meanwhile. */
static void hold_session(struct browse *browse, const struct world *world)
{
    const struct ranking *ranking = world->ranking;
    if (browse->session == 0 && ranking != NULL && ranking->query.session == 0) {
        browse->session = ranking->session_id;
    }
}

static bool is_of(int64_t wanted, const struct ranking_query *query)
{
    return query->session == wanted;
}

const struct ranking *browse_ranking(const struct state *state, const struct world *world)
{
    const struct ranking *ranking = world->ranking;
    const int64_t wanted = state->browse.session;
    const bool here =
        ranking != NULL && (is_of(wanted, &ranking->query) ||
                            (is_of(0, &ranking->query) && ranking->session_id == wanted));
    return here ? ranking : NULL;
}

const struct ranking_result *browse_result(const struct state *state, const struct world *world)
{
    const struct browse *browse = &state->browse;
    const struct ranking_result *result = world->result;
    const bool compares = browse->view == BROWSE_COMPARE;
    const bool uses = browse->view == BROWSE_USE;
    const char *job = compares ? browse->marks[0] : browse->open;
    const char *other = compares ? browse->marks[1] : "";
    const bool here =
        result != NULL && is_of(browse->session, &result->query) &&
        strcmp(result->query.job, job) == 0 && strcmp(result->query.other, other) == 0 &&
        result->query.with_size == (uses && browse->with_size) &&
        (!uses || world->newest == NULL || strcmp(result->here, world->newest->session) == 0 ||
         result->refused[0] != '\0' || result->error[0] != '\0');
    return here ? result : NULL;
}

const struct ranking_heat *browse_heat(const struct state *state, const struct world *world)
{
    const struct ranking_heat *heat = world->heat;
    return heat != NULL && is_of(state->browse.session, &heat->query) ? heat : NULL;
}

int browse_selected(const struct state *state, const struct world *world)
{
    const struct ranking *ranking = browse_ranking(state, world);
    if (ranking == NULL || ranking->count == 0) {
        return -1;
    }
    for (int i = 0; i < ranking->count; i++) {
        if (strcmp(ranking->rows[i].job, state->browse.job) == 0) {
            return i;
        }
    }
    return state->browse.from_end ? ranking->count - 1 : 0;
}

bool browse_wants_reason(const struct ranking_result *result)
{
    for (int i = 0; i < result->evidence_count; i++) {
        if (result->evidence[i].decisive) {
            return true;
        }
    }
    return false;
}

bool browse_is_marked(const struct browse *browse, const char *job)
{
    for (int i = 0; i < browse->marks_count; i++) {
        if (strcmp(browse->marks[i], job) == 0) {
            return true;
        }
    }
    return false;
}

static struct desk_query make_query(const struct state *state, const struct snapshot *newest,
                                    enum desk_kind kind)
{
    const struct browse *browse = &state->browse;
    struct desk_query query = {.kind = kind};
    struct ranking_query *ranking = &query.ranking;
    ranking->session = browse->session;
    ranking->sort = browse->sort;
    ranking->backwards = browse->backwards;
    snprintf(ranking->filter, sizeof ranking->filter, "%s", browse->filter);
    ranking->drawdown_pct_max = NAN;
    ranking->offset = browse->offset;
    ranking->count = RANKING_ROWS_MAX;
    if (kind == DESK_RESULT) {
        const bool compares = browse->view == BROWSE_COMPARE;
        set_job(ranking->job, compares ? browse->marks[0] : browse->open);
        set_job(ranking->other, compares ? browse->marks[1] : "");
        ranking->offset =
            browse->trades ? browse->scroll / BROWSE_TRADES_PAGE * BROWSE_TRADES_PAGE : 0;
        ranking->count = RANKING_TRADES_MAX;
    }
    if (kind == DESK_RESULT && browse->view == BROWSE_USE && newest != NULL) {
        query.here = ranking_session_of(newest);
        ranking->with_size = browse->with_size;
    }
    if (kind == DESK_HEAT) {
        set_axis(ranking->x, browse->x);
        set_axis(ranking->y, browse->y);
        ranking->third = browse->third;
    }
    return query;
}

void browse_export(struct state *state, const struct world *world, const char *path,
                   struct outbox *outbox)
{
    if (!world->has_desk) {
        state_note(state, world->now_ns, ROLE_MED, 6, "there is nothing to export");
        return;
    }
    outbox->orders = true;
    outbox->order = (struct desk_order){.verb = DESK_EXPORT, .session = state->browse.session};
    outbox->order.ranking = make_query(state, NULL, DESK_RANKING).ranking;
    snprintf(outbox->order.path, sizeof outbox->order.path, "%s", path);
}

static enum desk_kind kind_of(enum browse_view view)
{
    switch (view) {
    case BROWSE_RANKING:
        return DESK_RANKING;
    case BROWSE_HEAT:
        return DESK_HEAT;
    case BROWSE_DETAIL:
    case BROWSE_COMPARE:
    case BROWSE_USE:
        break;
    }
    return DESK_RESULT;
}

/* The cursor begins at the job that was under it in the ranking. */
static void place_cursor(struct state *state, const struct world *world)
{
    struct browse *browse = &state->browse;
    const struct ranking_heat *heat = browse_heat(state, world);
    if (browse->view != BROWSE_HEAT || browse->placed || heat == NULL ||
        strcmp(heat->query.x, browse->x) != 0 || strcmp(heat->query.y, browse->y) != 0) {
        return;
    }
    browse->col = browse->row = 0;
    browse->placed = true;
    for (int i = 0; i < heat->rows * heat->cols; i++) {
        const int row = i / heat->cols, col = i % heat->cols;
        if (heat->jobs[row][col][0] != '\0' && strcmp(heat->jobs[row][col], browse->job) == 0) {
            browse->row = row;
            browse->col = col;
        }
    }
}

void browse_tick(struct state *state, const struct world *world, struct outbox *outbox)
{
    struct browse *browse = &state->browse;
    if (state->screen != SCREEN_RESULTS || !world->has_desk || state->frozen) {
        return;
    }
    hold_session(browse, world);
    place_cursor(state, world);
    const enum desk_kind kind = kind_of(browse->view);
    const struct ranking_result *result = browse_result(state, world);
    const bool working = kind == DESK_RESULT && result != NULL && result->working;
    const int64_t period_ns = working ? WORK_PERIOD_NS : ASK_PERIOD_NS;
    if (browse->asked_ns == 0 || world->now_ns - browse->asked_ns >= period_ns) {
        const struct desk_query query = make_query(state, world->newest, kind);
        browse->asked_ns = world->now_ns;
        state_ask_desk(outbox, &query);
    }
}
