#include <stddef.h>
#include <string.h>

#include "base/mem.h"
#include "paper_state.h"

/* The state as bytes: a head, then only what is in use. */

struct paper_head {
    char magic[4];
    uint32_t version;
    uint32_t state_size; /* of this build's struct, as a shape check */
    int32_t pairs_count;
};

static struct paper_head head_of(const struct venue_paper *paper)
{
    return (struct paper_head){
        .magic = {'P', 'A', 'P', 'R'},
        .version = PAPER_VERSION,
        .state_size = sizeof(struct paper_state),
        .pairs_count = paper->config.pairs_count,
    };
}

/* Everything in front of the tables: ledger, dice, counters. */
enum { FRONT_SIZE = offsetof(struct paper_state, markets) };

enum { PARTS = 6 };

/* The pieces of a state that are in use, in the order they are kept. */
static void list_parts(struct paper_state *state, int32_t pairs_count, void *parts[PARTS],
                       size_t sizes[PARTS])
{
    parts[0] = state;
    sizes[0] = FRONT_SIZE;
    parts[1] = state->markets;
    sizes[1] = (size_t)pairs_count * sizeof state->markets[0];
    parts[2] = state->orders;
    sizes[2] = (size_t)state->orders_count * sizeof state->orders[0];
    parts[3] = state->fills;
    sizes[3] = (size_t)state->fills_count * sizeof state->fills[0];
    parts[4] = state->requests;
    sizes[4] = (size_t)state->requests_count * sizeof state->requests[0];
    parts[5] = state->reports;
    sizes[5] = (size_t)state->reports_count * sizeof state->reports[0];
}

const void *venue_paper_state(const struct venue_port *venue, size_t *size)
{
    struct venue_paper *paper = paper_of((struct venue_port *)venue);
    void *parts[PARTS];
    size_t sizes[PARTS];
    list_parts(&paper->state, paper->config.pairs_count, parts, sizes);
    const struct paper_head head = head_of(paper);
    size_t total = sizeof head;
    for (int i = 0; i < PARTS; i++) {
        total += sizes[i];
    }
    if (total > paper->kept_capacity) {
        paper->kept = mem_grow(paper->kept, total, 1);
        paper->kept_capacity = total;
    }
    memcpy(paper->kept, &head, sizeof head);
    size_t at = sizeof head;
    for (int i = 0; i < PARTS; i++) {
        memcpy(paper->kept + at, parts[i], sizes[i]);
        at += sizes[i];
    }
    *size = total;
    return paper->kept;
}

static bool within(int32_t count, int32_t most)
{
    return count >= 0 && count <= most;
}

static bool counts_fine(const struct paper_state *state)
{
    return within(state->orders_count, PAPER_ORDERS_MAX) &&
           within(state->fills_count, PAPER_FILLS_MAX) &&
           within(state->requests_count, PAPER_REQUESTS_MAX) &&
           within(state->reports_count, PAPER_REPORTS_MAX);
}

static bool contents_fine(const struct paper_state *state, int32_t pairs_count)
{
    for (int32_t pair = 0; pair < pairs_count; pair++) {
        for (int venue = VENUE_A; venue <= VENUE_LAST; venue++) {
            const struct paper_market *market = &state->markets[pair][venue];
            if (!within(market->book.bids_count, BOOK_LEVELS_MAX) ||
                !within(market->book.asks_count, BOOK_LEVELS_MAX) ||
                !within(market->taken_count[PAPER_BIDS], PAPER_TAKEN_MAX) ||
                !within(market->taken_count[PAPER_ASKS], PAPER_TAKEN_MAX)) {
                return false;
            }
        }
    }
    return ledger_balances(&state->ledger);
}

/* Reads the parts into a zeroed state; false when the bytes are not those of one. */
static bool read_parts(struct paper_state *state, int32_t pairs_count,
                       const unsigned char *bytes, size_t size)
{
    if (size < FRONT_SIZE) {
        return false;
    }
    memcpy(state, bytes, FRONT_SIZE);
    if (!counts_fine(state)) {
        return false;
    }
    void *parts[PARTS];
    size_t sizes[PARTS];
    list_parts(state, pairs_count, parts, sizes);
    size_t total = 0;
    for (int i = 0; i < PARTS; i++) {
        total += sizes[i];
    }
    if (total != size) {
        return false;
    }
    size_t at = FRONT_SIZE;
    for (int i = 1; i < PARTS; i++) {
        memcpy(parts[i], bytes + at, sizes[i]);
        at += sizes[i];
    }
    return contents_fine(state, pairs_count);
}

bool venue_paper_restore(struct venue_port *venue, const void *bytes, size_t size,
                         struct err *err)
{
    struct venue_paper *paper = paper_of(venue);
    const struct paper_head head = head_of(paper);
    if (size < sizeof head || memcmp(bytes, &head, sizeof head) != 0) {
        return err_set(err, ERR_INPUT,
                       "the paper venue's state was kept by another build or for other pairs");
    }
    struct paper_state *state = mem_zalloc(sizeof *state);
    const bool fine =
        read_parts(state, paper->config.pairs_count, (const unsigned char *)bytes + sizeof head,
                   size - sizeof head);
    if (fine) {
        paper->state = *state;
    }
    mem_free(state);
    return fine || err_set(err, ERR_INPUT, "the paper venue's kept state is damaged");
}
