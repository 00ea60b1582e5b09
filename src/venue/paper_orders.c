#include <assert.h>
#include <string.h>

#include "paper_state.h"

/* The orders the venue knows, oldest first, and their fills. */

static bool has_ended(const struct paper_order *known)
{
    return known->state == PAPER_DONE || known->state == PAPER_REJECTED;
}

struct paper_order *paper_find_order(struct venue_paper *paper, uint64_t client_id)
{
    for (int32_t i = paper->state.orders_count - 1; i >= 0; i--) {
        if (paper->state.orders[i].order.client_id == client_id) {
            return &paper->state.orders[i];
        }
    }
    return NULL;
}

struct paper_order *paper_next_resting(struct venue_paper *paper, int32_t pair,
                                       enum venue venue, uint64_t after)
{
    struct paper_order *next = NULL;
    for (int32_t i = 0; i < paper->state.orders_count; i++) {
        struct paper_order *known = &paper->state.orders[i];
        const bool rests_there = known->state == PAPER_RESTING && known->order.pair == pair &&
                                 known->order.venue == venue;
        if (rests_there && known->order.client_id > after &&
            (next == NULL || known->order.client_id < next->order.client_id)) {
            next = known;
        }
    }
    return next;
}

static void forget_fills(struct paper_state *state, uint64_t client_id)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < state->fills_count; i++) {
        if (state->fills[i].client_id != client_id) {
            state->fills[kept++] = state->fills[i];
        }
    }
    state->fills_count = kept;
}

/* Forgets the oldest order that ended; false when none has. */
static bool forget_one(struct paper_state *state)
{
    int32_t i = 0;
    while (i < state->orders_count && !has_ended(&state->orders[i])) {
        i++;
    }
    if (i == state->orders_count) {
        return false;
    }
    const uint64_t client_id = state->orders[i].order.client_id;
    state->forgotten_id = client_id > state->forgotten_id ? client_id : state->forgotten_id;
    forget_fills(state, client_id);
    state->orders_count--;
    memmove(&state->orders[i], &state->orders[i + 1],
            (size_t)(state->orders_count - i) * sizeof state->orders[0]);
    return true;
}

struct paper_order *paper_new_order(struct venue_paper *paper)
{
    struct paper_state *state = &paper->state;
    int32_t ended = 0;
    for (int32_t i = 0; i < state->orders_count; i++) {
        ended += has_ended(&state->orders[i]) ? 1 : 0;
    }
    if (ended >= PAPER_ENDED_MAX || state->orders_count == PAPER_ORDERS_MAX) {
        (void)forget_one(state);
    }
    if (state->orders_count == PAPER_ORDERS_MAX) {
        return NULL;
    }
    struct paper_order *place = &state->orders[state->orders_count++];
    memset(place, 0, sizeof *place);
    return place;
}

bool paper_make_fill_room(struct venue_paper *paper)
{
    while (paper->state.fills_count == PAPER_FILLS_MAX) {
        if (!forget_one(&paper->state)) {
            return false;
        }
    }
    return true;
}

void paper_keep_fill(struct venue_paper *paper, const struct order_report *fill)
{
    assert(paper->state.fills_count < PAPER_FILLS_MAX);
    paper->state.fills[paper->state.fills_count++] = *fill;
}
