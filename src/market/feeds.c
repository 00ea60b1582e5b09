#include "feeds.h"

#include <string.h>

#include "base/calendar.h"
#include "base/mem.h"

static bool copy_symbol(char out[FEEDS_SYMBOL_SIZE], const char *symbol, struct err *err)
{
    const size_t length = strlen(symbol);
    if (length == 0 || length >= FEEDS_SYMBOL_SIZE) {
        return err_set(err, ERR_INPUT, "'%s' is not a symbol (expected 1 to %d letters)",
                       symbol, FEEDS_SYMBOL_SIZE - 1);
    }
    memcpy(out, symbol, length + 1);
    return true;
}

static bool read_fx_price(const char *name, enum feeds_fx *out, struct err *err)
{
    static const char *const names[] = {"micro", "mid", "last"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (enum feeds_fx)i;
            return true;
        }
    }
    return err_set(err, ERR_INPUT, "'%s' is not an fx price (expected micro, mid or last)",
                   name);
}

/* A pair of which only the symbols are known. */
static void begin_pair(struct feeds_pair *pair)
{
    pair->depth = depth_create();
    pair->generation_a = 1;
    pair->feeds[VENUE_A].state = FEED_SILENT;
    pair->feeds[VENUE_B].state = FEED_SILENT;
}

static void finish_pair(struct feeds_pair *pair)
{
    depth_destroy(pair->depth);
    candle_list_finish(&pair->past[VENUE_A].candles);
    candle_list_finish(&pair->past[VENUE_B].candles);
}

bool feeds_init(struct feeds *feeds, const struct frames_options *options, struct err *err)
{
    *feeds = (struct feeds){.pairs_count = options->pairs_count};
    feeds->pairs = mem_array((size_t)options->pairs_count, sizeof(*feeds->pairs));
    for (int32_t i = 0; i < options->pairs_count; i++) {
        struct feeds_pair *pair = &feeds->pairs[i];
        begin_pair(pair);
        if (!copy_symbol(pair->symbol_a, options->pairs[i].symbol_a, err) ||
            !copy_symbol(pair->symbol_b, options->pairs[i].symbol_b, err)) {
            return false;
        }
    }
    return copy_symbol(feeds->fx_symbol, options->fx_symbol, err) &&
           read_fx_price(options->fx_price, &feeds->fx_price, err);
}

void feeds_finish(struct feeds *feeds)
{
    for (int32_t i = 0; feeds->pairs != NULL && i < feeds->pairs_count; i++) {
        finish_pair(&feeds->pairs[i]);
    }
    candle_list_finish(&feeds->fx_past.candles);
    mem_free(feeds->pairs);
    mem_free(feeds->queue.events);
    *feeds = (struct feeds){0};
}

void feeds_begin_anew(struct feeds *feeds)
{
    for (int32_t i = 0; i < feeds->pairs_count; i++) {
        struct feeds_pair *pair = &feeds->pairs[i];
        struct feeds_pair fresh = {0};
        memcpy(fresh.symbol_a, pair->symbol_a, sizeof(fresh.symbol_a));
        memcpy(fresh.symbol_b, pair->symbol_b, sizeof(fresh.symbol_b));
        for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
            fresh.feeds[venue].counters = pair->feeds[venue].counters;
        }
        finish_pair(pair);
        begin_pair(&fresh);
        *pair = fresh;
    }
    candle_list_finish(&feeds->fx_past.candles);
    feeds->fx_past = (struct feeds_past){0};
    feeds->fx_bid = feeds->fx_ask = 0;
    feeds->fx_ns = 0;
    feeds->fx_late = false;
    memset(feeds->clocks, 0, sizeof(feeds->clocks));
    memset(feeds->behind, 0, sizeof(feeds->behind));
    feeds->fx = (struct event){0};
    feeds->queue.first = feeds->queue.count = 0;
}

static void make_room(struct feeds_queue *queue)
{
    if (queue->first + queue->count < queue->capacity) {
        return;
    }
    if (queue->count <= queue->capacity / 2 && queue->first > 0) {
        memmove(queue->events, queue->events + queue->first,
                queue->count * sizeof(*queue->events));
        queue->first = 0;
        return;
    }
    queue->capacity = queue->capacity > 0 ? 2 * queue->capacity : 4;
    queue->events = mem_grow(queue->events, queue->capacity, sizeof(*queue->events));
}

struct event *feeds_add(struct feeds *feeds, enum event_kind kind, int32_t pair)
{
    struct feeds_queue *queue = &feeds->queue;
    make_room(queue);
    struct event *event = &queue->events[queue->first + queue->count++];
    memset(event, 0, offsetof(struct event, book.book.bids)); /* and levels behind none */
    event->kind = kind;
    event->pair = pair;
    event->time_ns = feeds->receive_ns;
    event->day = calendar_utc_day(feeds->receive_ns);
    return event;
}

bool feeds_take(struct feeds *feeds, struct event *out)
{
    struct feeds_queue *queue = &feeds->queue;
    if (queue->count == 0) {
        return false;
    }
    event_copy(out, &queue->events[queue->first++]);
    queue->count--;
    if (queue->count == 0) {
        queue->first = 0;
    }
    return true;
}
