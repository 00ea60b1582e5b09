#include <string.h>

#include "base/clock.h"
#include "binance_parts.h"

/* What a Binance desk tells: books at three speeds, touches, trades, marks. */

enum { MARK_SLOW_EVERY = 3 };

static const int32_t SPEEDS_MS[BINANCE_SPEEDS] = {100, 250, 500};
static const int32_t DEPTHS[] = {5, 10, 20};

static struct binance_symbol *symbol_of(struct binance_desk *desk, int32_t pair)
{
    return &desk->stage->bourse.symbols[pair];
}

/* A side that stands still: its asks are those of the moment it began, until bids reach them.
 * What changes meanwhile is held back and said when it is over. True while it lasts. */
static bool freeze(struct binance_desk *desk, int32_t pair)
{
    struct binance_line *line = &desk->lines[pair];
    const struct tall_book *book = &symbol_of(desk, pair)->book;
    struct mischief *mischief = &desk->venue->mischief;
    const bool on =
        mischief_on(mischief, MISCHIEF_STALE_SIDE, pair, stage_now_ns(desk->stage)) != NULL;
    if (on && !line->frozen) {
        line->frozen_asks = book->asks;
        mischief_happened(mischief, MISCHIEF_STALE_SIDE);
    }
    line->frozen = on && book->bids.levels[0].price < line->frozen_asks.levels[0].price;
    return line->frozen;
}

/* The venue's lies for the length of a message: a wrong clock, a side that stands still. */
struct disguise {
    int64_t skew_ms;
    bool swapped;
};

static void swap_asks(struct binance_desk *desk, int32_t pair)
{
    struct tall_side *shown = &symbol_of(desk, pair)->book.asks;
    struct tall_side *other = &desk->lines[pair].frozen_asks;
    const struct tall_side kept = *shown;
    *shown = *other;
    *other = kept;
}

static struct disguise put_on(struct binance_desk *desk, int32_t pair)
{
    const struct disguise disguise = {stage_skew_ms(desk->stage, VENUE_B),
                                      desk->lines[pair].frozen};
    symbol_of(desk, pair)->book.time_ms += disguise.skew_ms;
    if (disguise.swapped) {
        swap_asks(desk, pair);
    }
    return disguise;
}

static void take_off(struct binance_desk *desk, int32_t pair, const struct disguise *disguise)
{
    symbol_of(desk, pair)->book.time_ms -= disguise->skew_ms;
    if (disguise->swapped) {
        swap_asks(desk, pair);
    }
}

static void add_lie(struct tall_side *bids, int64_t price)
{
    memmove(bids->levels + 1, bids->levels, (size_t)bids->count * sizeof(*bids->levels));
    bids->levels[0] = (struct tall_level){price, bids->levels[1].size};
    bids->count++;
}

static void drop_lie(struct tall_side *bids)
{
    bids->count--;
    memmove(bids->levels, bids->levels + 1, (size_t)bids->count * sizeof(*bids->levels));
}

static void write_pending(struct binance_desk *desk, int32_t pair, struct diff_line *speed)
{
    const struct binance_symbol *symbol = symbol_of(desk, pair);
    const struct binance_span span = {
        .first = speed->first_id != 0 ? speed->first_id : symbol->book.last_id,
        .last = symbol->book.last_id,
        .previous = speed->previous_id,
    };
    tall_changes_sort(&speed->pending);
    text_clear(&desk->payload);
    binance_json_diff(&desk->payload, symbol, &speed->pending, &span, binance_now_ms(desk));
}

/* With a bid above the best ask for this one message; the next one takes it back. */
static void write_crossed(struct binance_desk *desk, int32_t pair, struct diff_line *speed,
                          int64_t ticks)
{
    struct tall_book *book = &symbol_of(desk, pair)->book;
    int64_t price = book->asks.levels[0].price + ticks * book->units.tick;
    const struct tall_changes lie = {.bids = {.count = 1, .prices = &price}};
    tall_changes_add(&speed->pending, &lie);
    add_lie(&book->bids, price);
    write_pending(desk, pair, speed);
    drop_lie(&book->bids);
    tall_changes_add(&desk->lines[pair].held, &lie);
}

/* Writes the diff with the changes pending, as ordered. */
static void write_diff(struct binance_desk *desk, int32_t pair, struct diff_line *speed,
                       const struct mischief_order *order)
{
    if (order != NULL && order->kind == MISCHIEF_CROSSED) {
        write_crossed(desk, pair, speed, order->amount);
    } else {
        write_pending(desk, pair, speed);
    }
    if (order != NULL) {
        mischief_rewrite(order, &desk->payload);
    }
}

static bool is_gap(const struct mischief_order *order)
{
    return order != NULL && order->kind == MISCHIEF_GAP;
}

static void tell_diff(struct binance_desk *desk, int32_t pair, int at)
{
    struct diff_line *speed = &desk->lines[pair].speeds[at];
    struct binance_saying saying = {
        .pair = pair, .kind = STREAM_DIFF, .speed_ms = SPEEDS_MS[at]};
    struct mischief_order order;
    if (!tall_changes_any(&speed->pending)) {
        return;
    }
    if (binance_wanted(desk, &saying)) {
        saying.order =
            mischief_next_message(&desk->venue->mischief, pair, &order) ? &order : NULL;
        const struct disguise disguise = put_on(desk, pair);
        write_diff(desk, pair, speed, saying.order);
        take_off(desk, pair, &disguise);
        if (!is_gap(saying.order)) {
            binance_send(desk, &saying);
        }
    }
    speed->previous_id = symbol_of(desk, pair)->book.last_id;
    speed->first_id = 0;
    tall_changes_clear(&speed->pending);
}

static void tell_partials(struct binance_desk *desk, int32_t pair, int at)
{
    const struct binance_symbol *symbol = symbol_of(desk, pair);
    const struct binance_span span = {symbol->book.last_id, symbol->book.last_id,
                                      desk->lines[pair].speeds[at].previous_id};
    for (size_t i = 0; i < sizeof(DEPTHS) / sizeof(DEPTHS[0]); i++) {
        const struct binance_saying saying = {.pair = pair,
                                              .kind = STREAM_PARTIAL,
                                              .depth = DEPTHS[i],
                                              .speed_ms = SPEEDS_MS[at]};
        if (!binance_wanted(desk, &saying)) {
            continue;
        }
        const struct disguise disguise = put_on(desk, pair);
        text_clear(&desk->payload);
        binance_json_partial(&desk->payload, symbol, DEPTHS[i], &span, binance_now_ms(desk));
        take_off(desk, pair, &disguise);
        binance_send(desk, &saying);
    }
}

static void tell_ticker(struct binance_desk *desk, int32_t pair)
{
    const struct binance_saying saying = {.pair = pair, .kind = STREAM_TICKER};
    if (binance_wanted(desk, &saying)) {
        const struct disguise disguise = put_on(desk, pair);
        text_clear(&desk->payload);
        binance_json_ticker(&desk->payload, symbol_of(desk, pair), binance_now_ms(desk));
        take_off(desk, pair, &disguise);
        binance_send(desk, &saying);
    }
}

/* What one speed has to say, if its time has come. */
static void speak(struct binance_desk *desk, int32_t pair, int at, bool now)
{
    struct diff_line *speed = &desk->lines[pair].speeds[at];
    const int64_t now_ns = stage_now_ns(desk->stage);
    if (!speed->partial_due || (!now && now_ns < speed->due_ns)) {
        return;
    }
    tell_partials(desk, pair, at);
    tell_diff(desk, pair, at);
    speed->partial_due = false;
    speed->due_ns = now_ns + SPEEDS_MS[at] * CLOCK_NS_PER_MS;
}

/* While asks stand still their changes are held back; once over, they are among the news. */
static void add_news(struct binance_desk *desk, int32_t pair,
                     const struct tall_changes *changes, struct tall_changes *news)
{
    struct binance_line *line = &desk->lines[pair];
    const struct tall_changes bids = {.bids = changes->bids};
    const struct tall_changes asks = {.asks = changes->asks};
    if (freeze(desk, pair)) {
        const struct tall_changes told = {.bids = line->held.bids};
        tall_changes_add(news, &told);
        line->held.bids.count = 0;
        tall_changes_add(news, &bids);
        tall_changes_add(&line->held, &asks);
        return;
    }
    tall_changes_add(news, &line->held);
    tall_changes_add(news, changes);
    tall_changes_clear(&line->held);
}

void binance_desk_tell_book(struct binance_desk *desk, int32_t pair,
                            const struct tall_changes *changes, bool touched)
{
    struct binance_line *line = &desk->lines[pair];
    const uint64_t id = symbol_of(desk, pair)->book.last_id;
    struct tall_changes news = {.bids = {0}};
    add_news(desk, pair, changes, &news);
    for (int at = 0; at < BINANCE_SPEEDS; at++) {
        struct diff_line *speed = &line->speeds[at];
        tall_changes_add(&speed->pending, &news);
        speed->first_id =
            speed->first_id != 0 || !tall_changes_any(&news) ? speed->first_id : id;
        speed->partial_due = true;
    }
    tall_changes_finish(&news);
    speak(desk, pair, 0, true);
    if (touched) {
        tell_ticker(desk, pair);
    }
}

void binance_desk_tell_trade(struct binance_desk *desk, int32_t pair)
{
    const struct binance_saying saying = {.pair = pair, .kind = STREAM_TRADE};
    if (binance_wanted(desk, &saying)) {
        text_clear(&desk->payload);
        binance_json_trade(&desk->payload, symbol_of(desk, pair), binance_now_ms(desk));
        binance_send(desk, &saying);
    }
}

void binance_desk_tell_mark(struct binance_desk *desk, int32_t pair)
{
    const bool slow_too = desk->lines[pair].marks++ % MARK_SLOW_EVERY == 0;
    const struct binance_saying sayings[] = {
        {.pair = pair, .kind = STREAM_MARK, .speed_ms = 1000},
        {.pair = pair, .kind = STREAM_MARK, .speed_ms = 3000},
    };
    for (int i = 0; i < (slow_too ? 2 : 1); i++) {
        if (binance_wanted(desk, &sayings[i])) {
            text_clear(&desk->payload);
            binance_json_mark(&desk->payload, symbol_of(desk, pair), binance_now_ms(desk));
            binance_send(desk, &sayings[i]);
        }
    }
}

uint64_t binance_snapshot_id(struct binance_desk *desk, int32_t pair)
{
    struct bourse *bourse = &desk->stage->bourse;
    if (desk->snapshots++ % 2 == 1) {
        return bourse->symbols[pair].book.last_id;
    }
    const uint64_t id = bourse_next_id(bourse);
    for (int at = 0; at < BINANCE_SPEEDS; at++) {
        struct diff_line *speed = &desk->lines[pair].speeds[at];
        speed->first_id = speed->first_id != 0 ? speed->first_id : id;
    }
    return id;
}

/* The touch once more under a new id: it changes nothing, but who missed something before it
 * can tell. */
static void repeat_touch(struct binance_desk *desk, int32_t pair)
{
    struct tall_book *book = &symbol_of(desk, pair)->book;
    int64_t bid = book->bids.levels[0].price;
    int64_t ask = book->asks.levels[0].price;
    const struct tall_changes touch = {.bids = {1, 1, &bid}, .asks = {1, 1, &ask}};
    book->last_id = bourse_next_id(&desk->stage->bourse);
    book->time_ms = stage_now_ms(desk->stage);
    binance_desk_tell_book(desk, pair, &touch, true);
    for (int at = 1; at < BINANCE_SPEEDS; at++) {
        speak(desk, pair, at, true);
    }
}

void binance_desk_settle(struct binance_desk *desk)
{
    const int32_t pairs = desk->stage->recorded ? 0 : desk->stage->bourse.pairs_count;
    for (int32_t pair = 0; pair < pairs; pair++) {
        repeat_touch(desk, pair);
    }
}

void binance_tell_slow(struct binance_desk *desk)
{
    for (int32_t pair = 0; pair < desk->stage->bourse.pairs_count; pair++) {
        for (int at = 1; at < BINANCE_SPEEDS; at++) {
            speak(desk, pair, at, false);
        }
    }
}
