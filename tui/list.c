#include "tui/list.h"

#include <stddef.h>

enum list_kind list_kind_of(const struct state *state)
{
    switch (state->screen) {
    case SCREEN_TRADES:
        return state->detail ? LIST_NONE : LIST_TRADES;
    case SCREEN_ALERTS:
        return LIST_ALERTS;
    case SCREEN_TUNING:
        return LIST_SESSIONS;
    case SCREEN_LIVE:
        return state->focus == PANE_ALERTS ? LIST_ALERTS : LIST_POSITIONS;
    default:
        return LIST_LINES;
    }
}

const struct snapshot_alert *list_alerts(const struct state *state, const struct world *world,
                                         int *count)
{
    const struct page *page = world->pages[PAGE_ALERTS];
    if (state->screen == SCREEN_ALERTS && page != NULL && page->count > 0) {
        *count = (int)page->count;
        return page->alerts;
    }
    *count = world->shown != NULL ? world->shown->alerts_count : 0;
    return world->shown != NULL ? world->shown->alerts : NULL;
}

const struct page_trade *list_trades(const struct world *world, int *count)
{
    const struct page *page = world->pages[PAGE_TRADES];
    const bool here = page != NULL && page->query.id == 0;
    *count = here ? (int)page->count : 0;
    return here ? page->trades : NULL;
}

const struct page_trade *list_trade(const struct world *world, uint64_t id)
{
    const struct page *page = world->pages[PAGE_TRADES];
    for (uint32_t i = 0; page != NULL && i < page->count; i++) {
        if (page->trades[i].trade.id == id) {
            return &page->trades[i];
        }
    }
    return NULL;
}

static int count_of(const struct state *state, const struct world *world, enum list_kind kind)
{
    int count = 0;
    switch (kind) {
    case LIST_POSITIONS:
        return world->shown != NULL ? world->shown->positions_count : 0;
    case LIST_TRADES:
        list_trades(world, &count);
        return count;
    case LIST_ALERTS:
        list_alerts(state, world, &count);
        return count;
    case LIST_SESSIONS:
        return world->tuning != NULL ? world->tuning->count : 0;
    default:
        return 0;
    }
}

static uint64_t id_at(const struct state *state, const struct world *world, enum list_kind kind,
                      int row)
{
    int count;
    switch (kind) {
    case LIST_POSITIONS:
        return world->shown->positions[row].id;
    case LIST_TRADES:
        return list_trades(world, &count)[row].trade.id;
    case LIST_ALERTS:
        return list_alerts(state, world, &count)[row].id;
    case LIST_SESSIONS:
        return (uint64_t)world->tuning->sessions[row].id;
    default:
        return 0;
    }
}

static uint64_t *selection_of(struct state *state, enum list_kind kind)
{
    return kind == LIST_ALERTS     ? &state->alert_id
           : kind == LIST_SESSIONS ? &state->tuning_id
                                   : &state->trade_id;
}

const struct tuning_session *list_session(const struct state *state, const struct world *world)
{
    const int row = list_selected(state, world, LIST_SESSIONS);
    return row >= 0 ? &world->tuning->sessions[row] : NULL;
}

int list_selected(const struct state *state, const struct world *world, enum list_kind kind)
{
    const int count = count_of(state, world, kind);
    const uint64_t wanted = kind == LIST_ALERTS     ? state->alert_id
                            : kind == LIST_SESSIONS ? state->tuning_id
                                                    : state->trade_id;
    for (int i = 0; i < count; i++) {
        if (id_at(state, world, kind, i) == wanted) {
            return i;
        }
    }
    return count > 0 ? 0 : -1;
}

/* At the ends of the Trades page the next page is asked for. */
static bool turn_page(struct state *state, const struct world *world, int row, int count)
{
    const struct page *page = world->pages[PAGE_TRADES];
    if (page == NULL || count == 0 || page->query.offset != state->offset) {
        return false;
    }
    if (row >= count && state->offset + (uint32_t)count < page->total) {
        state->offset += (uint32_t)count;
    } else if (row < 0 && state->offset > 0) {
        state->offset = state->offset > PAGE_ROWS_MAX ? state->offset - PAGE_ROWS_MAX : 0;
    } else {
        return false;
    }
    state->asked_ns = 0;
    state->trade_id = 0;
    return true;
}

static void move_lines(struct state *state, int rows)
{
    const int64_t scrolled = (int64_t)state->scroll + rows;
    state->scroll = scrolled < 0               ? 0
                    : scrolled > PAGE_ROWS_MAX ? PAGE_ROWS_MAX
                                               : (int32_t)scrolled;
}

void list_move(struct state *state, const struct world *world, int rows)
{
    const enum list_kind kind = list_kind_of(state);
    if (kind == LIST_LINES) {
        move_lines(state, rows);
        return;
    }
    const int count = count_of(state, world, kind);
    const int selected = list_selected(state, world, kind);
    if (selected < 0) {
        return;
    }
    const int64_t wanted = (int64_t)selected + rows;
    const int row = wanted < -1 ? -1 : wanted > count ? count : (int)wanted;
    if (kind == LIST_TRADES && turn_page(state, world, row, count)) {
        return;
    }
    const int clamped = row < 0 ? 0 : row >= count ? count - 1 : row;
    *selection_of(state, kind) = id_at(state, world, kind, clamped);
}
