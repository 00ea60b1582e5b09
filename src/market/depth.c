#include "market/depth.h"

#include <string.h>

#include "base/mem.h"

#define AHEAD_NS (DEPTH_AHEAD_MS * INT64_C(1000000))

enum depth_state {
    STATE_WAITING, /* no book */
    STATE_LOADED,  /* a snapshot, and no diff that spans it yet */
    STATE_LIVE,    /* in the chain of diffs */
};

/* One side, best first. */
struct side {
    bool descending;
    size_t count;
    struct book_level levels[DEPTH_LEVELS_MAX];
};

/* A diff that waits: its levels lie one after the other in the pool, bids first. */
struct held {
    struct depth_update update; /* its pointers are set when it is played back */
    size_t first_level;
};

struct depth {
    enum depth_state state;
    uint64_t generation;
    uint64_t last_id;
    int64_t exchange_ns;
    struct side bids, asks;
    size_t held_count, held_levels; /* of a live book: diffs that are ahead of it */
    struct held *held;              /* DEPTH_HELD_MAX */
    struct book_level *levels;      /* DEPTH_HELD_LEVELS_MAX */
    struct depth_stats stats;
};

struct depth *depth_create(void)
{
    struct depth *depth = mem_zalloc(sizeof(*depth));
    depth->generation = 1;
    depth->bids.descending = true;
    depth->held = mem_array(DEPTH_HELD_MAX, sizeof(*depth->held));
    depth->levels = mem_array(DEPTH_HELD_LEVELS_MAX, sizeof(*depth->levels));
    return depth;
}

void depth_destroy(struct depth *depth)
{
    if (depth != NULL) {
        mem_free(depth->held);
        mem_free(depth->levels);
        mem_free(depth);
    }
}

static void drop_held(struct depth *depth)
{
    depth->held_count = 0;
    depth->held_levels = 0;
}

static void forget_book(struct depth *depth)
{
    depth->state = STATE_WAITING;
    depth->generation++;
    depth->bids.count = 0;
    depth->asks.count = 0;
}

void depth_reset(struct depth *depth)
{
    forget_book(depth);
    drop_held(depth);
}

static bool is_better(const struct side *side, double price, double than)
{
    return side->descending ? price > than : price < than;
}

/* Where `price` is, or belongs. */
static size_t place_of(const struct side *side, double price)
{
    size_t low = 0;
    size_t high = side->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (is_better(side, side->levels[middle].price, price)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void set_level(struct side *side, const struct book_level *level)
{
    const size_t place = place_of(side, level->price);
    struct book_level *at = &side->levels[place];
    const bool there = place < side->count && !is_better(side, level->price, at->price);
    if (level->size <= 0.0) {
        if (there) {
            side->count--;
            memmove(at, at + 1, (side->count - place) * sizeof(*at));
        }
        return;
    }
    if (!there) {
        if (place == DEPTH_LEVELS_MAX) {
            return;
        }
        side->count -= side->count == DEPTH_LEVELS_MAX ? 1 : 0;
        memmove(at + 1, at, (side->count - place) * sizeof(*at));
        side->count++;
    }
    *at = *level;
}

static void set_levels(struct side *side, const struct book_level *levels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        set_level(side, &levels[i]);
    }
}

/* APPLIED, or what is wrong with the touch. */
static enum depth_result check_touch(const struct depth *depth)
{
    if (depth->bids.count == 0 || depth->asks.count == 0) {
        return DEPTH_APPLIED;
    }
    const double bid = depth->bids.levels[0].price;
    const double ask = depth->asks.levels[0].price;
    return bid < ask ? DEPTH_APPLIED : bid > ask ? DEPTH_CROSSED : DEPTH_LOCKED;
}

static void hold(struct depth *depth, const struct depth_update *update)
{
    const size_t need = update->bids_count + update->asks_count;
    if (depth->held_count == DEPTH_HELD_MAX ||
        need > DEPTH_HELD_LEVELS_MAX - depth->held_levels) {
        depth->stats.held_lost += depth->held_count;
        drop_held(depth);
    }
    if (need > DEPTH_HELD_LEVELS_MAX) {
        depth->stats.held_lost++;
        return;
    }
    struct book_level *to = depth->levels + depth->held_levels;
    if (update->bids_count > 0) {
        memcpy(to, update->bids, update->bids_count * sizeof(*to));
    }
    if (update->asks_count > 0) {
        memcpy(to + update->bids_count, update->asks, update->asks_count * sizeof(*to));
    }
    depth->held[depth->held_count++] = (struct held){*update, depth->held_levels};
    depth->held_levels += need;
}

static enum depth_result lose(struct depth *depth, enum depth_result why)
{
    depth->stats.gaps += why == DEPTH_GAP || why == DEPTH_RESTARTED ? 1 : 0;
    depth->stats.crossed += why == DEPTH_CROSSED || why == DEPTH_LOCKED ? 1 : 0;
    depth->stats.snapshots_old += why == DEPTH_SNAPSHOT_OLD ? 1 : 0;
    forget_book(depth);
    return why;
}

static enum depth_result take(struct depth *depth, const struct depth_update *update)
{
    set_levels(&depth->bids, update->bids, update->bids_count);
    set_levels(&depth->asks, update->asks, update->asks_count);
    depth->last_id = update->last_id;
    depth->exchange_ns = update->exchange_ns;
    depth->state = STATE_LIVE;
    const enum depth_result result = check_touch(depth);
    if (result != DEPTH_APPLIED) {
        return lose(depth, result);
    }
    depth->stats.applied++;
    return DEPTH_APPLIED;
}

/* The first diff behind a snapshot: futures want it to span the snapshot's id. One that names
 * it as its predecessor continues it as well. */
static enum depth_result link_first(struct depth *depth, const struct depth_update *update)
{
    if (update->last_id < depth->last_id) {
        depth->stats.dropped++;
        return DEPTH_DROPPED;
    }
    if (update->first_id > depth->last_id && update->previous_id != depth->last_id) {
        return lose(depth, DEPTH_SNAPSHOT_OLD);
    }
    return take(depth, update);
}

/* A lower id is an old message come late, unless the engine's own time went on: then the venue
 * began to count anew. */
static enum depth_result link_next(struct depth *depth, const struct depth_update *update)
{
    const bool behind = update->last_id <= depth->last_id;
    if (behind && update->exchange_ns <= depth->exchange_ns) {
        depth->stats.duplicates++;
        return DEPTH_DUPLICATE;
    }
    if (behind) {
        return lose(depth, DEPTH_RESTARTED);
    }
    if (update->previous_id > depth->last_id) {
        return DEPTH_AHEAD;
    }
    return update->previous_id == depth->last_id ? take(depth, update) : lose(depth, DEPTH_GAP);
}

static enum depth_result link_update(struct depth *depth, const struct depth_update *update)
{
    return depth->state == STATE_LOADED ? link_first(depth, update) : link_next(depth, update);
}

static struct depth_update held_update(const struct depth *depth, size_t index)
{
    struct depth_update update = depth->held[index].update;
    update.bids = depth->levels + depth->held[index].first_level;
    update.asks = update.bids + update.bids_count;
    return update;
}

static bool held_is_chain(const struct depth *depth)
{
    for (size_t i = 1; i < depth->held_count; i++) {
        if (depth->held[i].update.previous_id != depth->held[i - 1].update.last_id) {
            return false;
        }
    }
    return true;
}

/* Those that wait are the beginning of the next book if they are a piece of the chain. */
static enum depth_result give_up(struct depth *depth)
{
    if (!held_is_chain(depth)) {
        drop_held(depth);
    }
    return lose(depth, DEPTH_GAP);
}

enum depth_result depth_pass_time(struct depth *depth, int64_t receive_ns)
{
    const bool waits = depth->state == STATE_LIVE && depth->held_count > 0;
    return waits && receive_ns - depth->held[0].update.receive_ns > AHEAD_NS ? give_up(depth)
                                                                             : DEPTH_APPLIED;
}

static enum depth_result wait_ahead(struct depth *depth, const struct depth_update *update)
{
    depth->stats.ahead++;
    if (depth->held_count == DEPTH_AHEAD_MAX) {
        give_up(depth);
    } else {
        depth_pass_time(depth, update->receive_ns);
    }
    hold(depth, update);
    return depth->state == STATE_LIVE ? DEPTH_AHEAD : DEPTH_GAP;
}

/* The one that waits for what the book has come to; held_count when there is none. */
static size_t find_next(const struct depth *depth, bool *others_wait)
{
    *others_wait = false;
    for (size_t i = 0; i < depth->held_count; i++) {
        const struct depth_update *update = &depth->held[i].update;
        if (update->last_id > depth->last_id) {
            if (update->previous_id == depth->last_id) {
                return i;
            }
            *others_wait = true;
        }
    }
    return depth->held_count;
}

/* Plays those that waited for what has just come. */
static enum depth_result catch_up(struct depth *depth)
{
    bool others_wait;
    size_t next = find_next(depth, &others_wait);
    while (next < depth->held_count) {
        const struct depth_update update = held_update(depth, next);
        const enum depth_result result = take(depth, &update);
        if (result != DEPTH_APPLIED) {
            drop_held(depth);
            return result;
        }
        next = find_next(depth, &others_wait);
    }
    if (!others_wait) {
        drop_held(depth);
    }
    return DEPTH_APPLIED;
}

enum depth_result depth_apply(struct depth *depth, const struct depth_update *update)
{
    if (depth->state == STATE_WAITING) {
        hold(depth, update);
        return DEPTH_HELD;
    }
    const enum depth_result result = link_update(depth, update);
    if (result == DEPTH_AHEAD) {
        return wait_ahead(depth, update);
    }
    if (result == DEPTH_APPLIED && depth->held_count > 0) {
        return catch_up(depth);
    }
    if (depth->state == STATE_WAITING) {
        drop_held(depth);
        hold(depth, update); /* it may be the first one of the next book */
    }
    return result;
}

/* Forgets the first `count` held diffs. */
static void drop_first_held(struct depth *depth, size_t count)
{
    const size_t left = depth->held_count - count;
    if (left == 0) {
        drop_held(depth);
        return;
    }
    const size_t gone = depth->held[count].first_level;
    depth->held_levels -= gone;
    memmove(depth->levels, depth->levels + gone, depth->held_levels * sizeof(*depth->levels));
    memmove(depth->held, depth->held + count, left * sizeof(*depth->held));
    depth->held_count = left;
    for (size_t i = 0; i < left; i++) {
        depth->held[i].first_level -= gone;
    }
}

/* Plays the held diffs over the snapshot just loaded. Those from a loss on wait again. */
static enum depth_result play_held(struct depth *depth)
{
    enum depth_result result = DEPTH_APPLIED;
    size_t done = 0;
    while (done < depth->held_count) {
        const struct depth_update update = held_update(depth, done);
        result = link_update(depth, &update);
        result = result == DEPTH_AHEAD ? lose(depth, DEPTH_GAP) : result;
        if (depth->state == STATE_WAITING) {
            break;
        }
        done++;
    }
    drop_first_held(depth, done);
    return depth->state == STATE_WAITING ? result : DEPTH_APPLIED;
}

enum depth_result depth_load(struct depth *depth, const struct depth_snapshot *snapshot)
{
    if (depth->state == STATE_LIVE) {
        return DEPTH_NOT_NEEDED;
    }
    depth->bids.count = 0;
    depth->asks.count = 0;
    set_levels(&depth->bids, snapshot->bids, snapshot->bids_count);
    set_levels(&depth->asks, snapshot->asks, snapshot->asks_count);
    depth->last_id = snapshot->last_id;
    depth->exchange_ns = snapshot->exchange_ns;
    depth->state = STATE_LOADED;
    const enum depth_result result = check_touch(depth);
    return result == DEPTH_APPLIED ? play_held(depth) : lose(depth, result);
}

static int32_t copy_top(const struct side *side, struct book_level *out)
{
    const size_t count = side->count < BOOK_LEVELS_MAX ? side->count : BOOK_LEVELS_MAX;
    memcpy(out, side->levels, count * sizeof(*out));
    return (int32_t)count;
}

bool depth_book(const struct depth *depth, struct book *out)
{
    if (!depth_ready(depth)) {
        return false;
    }
    *out = (struct book){.exchange_ns = depth->exchange_ns, .generation = depth->generation};
    out->bids_count = copy_top(&depth->bids, out->bids);
    out->asks_count = copy_top(&depth->asks, out->asks);
    return true;
}

bool depth_ready(const struct depth *depth)
{
    return depth->state != STATE_WAITING;
}

bool depth_wants(const struct depth *depth)
{
    return depth->state == STATE_WAITING && depth->held_count > 0;
}

uint64_t depth_last_id(const struct depth *depth)
{
    return depth->last_id;
}

uint64_t depth_generation(const struct depth *depth)
{
    return depth->generation;
}

const struct depth_stats *depth_stats(const struct depth *depth)
{
    return &depth->stats;
}
