#include "simulated_book.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "market/simulated.h"
#include "simulated_math.h"
#include "simulated_process.h"

enum { LEVELS_A = 15, LEVELS_B = 20, GAP_TICKS_MAX = 30 };

#define LOT_A              1e-8
#define TOP_A_USD          1200.0
#define DEEP_A_USD         1500.0
#define SIZE_A_LOG_SD      2.2
#define BTC_USD            100000.0
#define TOP_B_BTC          2.7
#define TOP_B_LOG_SD_BELOW 2.0 /* A.2: 0.02, 0.67, 2.7, 5.1, 11.3 BTC: a long tail of small */
#define TOP_B_LOG_SD_ABOVE 0.9
#define DEEP_B_BTC         0.03
#define DEEP_B_LOG_SD      1.0
#define BLOCK_B_SHARE      0.1 /* one level in 5..15 */

/* floor of an exponential of mean m + 1/2 is geometric from 0, of mean m to 2 % for m >= 1. */
static int64_t geometric(struct rng *rng, double mean)
{
    return (int64_t)floor(rng_exponential(rng) * (mean + 0.5));
}

static int32_t levels_max(const struct simulated_book *book)
{
    return book->venue == VENUE_A ? LEVELS_A : LEVELS_B;
}

static double round_size(double size, double lot)
{
    const double lots = floor(size / lot + 0.5);
    const double per_one = floor(1.0 / lot + 0.5);
    return (lots < 1.0 ? 1.0 : lots) / per_one;
}

static void draw_a(struct simulated_book *book, bool top, struct ladder_level *level)
{
    const double median_usd =
        (top ? TOP_A_USD : DEEP_A_USD) / (1.0 + 5.0 * book->stress) / book->coin_price_usd;
    level->draw = (struct ladder_draw){
        .point = rng_normal_point(&book->rng),
        .median = median_usd * book->coin.depth_a,
        .below_sd = SIZE_A_LOG_SD,
        .above_sd = SIZE_A_LOG_SD,
    };
}

static void draw_b(struct simulated_book *book, bool top, struct ladder_level *level)
{
    struct rng *rng = &book->rng;
    const double price_usd = book->coin_price_usd;
    if (!top && rng_uniform(rng) < BLOCK_B_SHARE) {
        const double btc = 1.0 + 9.0 * rng_uniform(rng);
        level->size = round_size(btc * BTC_USD / price_usd, book->coin.lot_b);
        return;
    }
    level->draw = (struct ladder_draw){
        .point = rng_normal_point(rng),
        .median = top ? TOP_B_BTC : DEEP_B_BTC,
        .below_sd = top ? TOP_B_LOG_SD_BELOW : DEEP_B_LOG_SD,
        .above_sd = top ? TOP_B_LOG_SD_ABOVE : DEEP_B_LOG_SD,
        .price_usd = price_usd,
    };
}

/* A queue of its own at that price. */
static struct ladder_level draw_level(struct simulated_book *book, int64_t key, bool top)
{
    struct ladder_level level = {.key = key};
    if (book->venue == VENUE_A) {
        draw_a(book, top, &level);
    } else {
        draw_b(book, top, &level);
    }
    return level;
}

static double work_out(const struct ladder_draw *draw, double lot)
{
    const double normal = rng_normal_value(draw->point);
    const double drawn =
        draw->median * simulated_exp(normal * (normal < 0.0 ? draw->below_sd : draw->above_sd));
    return round_size(draw->price_usd > 0.0 ? drawn * BTC_USD / draw->price_usd : drawn, lot);
}

static void settle_sizes(const struct simulated_book *book, struct ladder *side)
{
    const double lot = book->venue == VENUE_A ? LOT_A : book->coin.lot_b;
    for (int32_t i = 0; i < side->count && i < book->view_levels; i++) {
        struct ladder_level *level = &side->levels[i];
        if (level->size == 0.0) {
            level->size = work_out(&level->draw, lot);
        }
    }
}

static int64_t draw_gap(struct simulated_book *book)
{
    const bool a = book->venue == VENUE_A;
    const double one_share = a ? book->coin.gap_a_one_share : 0.6;
    const double mean = a ? book->coin.gap_a_ticks_mean : 2.0;
    if (rng_uniform(&book->rng) < one_share) {
        return 1;
    }
    const int64_t gap = 1 + geometric(&book->rng, mean);
    return gap < GAP_TICKS_MAX ? gap : GAP_TICKS_MAX;
}

static int64_t draw_spread(struct simulated_book *book, const struct book_mood *mood)
{
    struct rng *rng = &book->rng;
    const struct simulated_coin *coin = &book->coin;
    int64_t ticks;
    if (book->venue == VENUE_B) {
        return rng_uniform(rng) < 0.98 ? 1 : 2 + (int64_t)rng_below(rng, 5);
    }
    if (coin->spread_a_ticks_mean > 0.0) {
        ticks = rng_uniform(rng) < 0.02
                    ? 30 + (int64_t)rng_below(rng, 51)
                    : 1 + geometric(rng, coin->spread_a_ticks_mean * mood->restless);
    } else {
        ticks = rng_uniform(rng) < coin->spread_a_one_share ? 1 : 2;
    }
    return (int64_t)((double)ticks * (1.0 + 7.0 * mood->stress));
}

/* Puts new levels from `best` down to the first that stands behind it. */
static void fill_front(struct simulated_book *book, struct ladder *side, int64_t best)
{
    const int32_t most = levels_max(book);
    struct ladder_level fresh[BOOK_LEVELS_MAX];
    int32_t added = 0;
    for (int64_t key = best; added < most; key += draw_gap(book)) {
        if (side->count > 0 && key >= side->levels[0].key) {
            break;
        }
        fresh[added] = draw_level(book, key, added == 0);
        added++;
    }
    const int32_t kept = side->count < most - added ? side->count : most - added;
    memmove(side->levels + added, side->levels, (size_t)kept * sizeof(*side->levels));
    memcpy(side->levels, fresh, (size_t)added * sizeof(*fresh));
    side->count = added + kept;
}

static void fill_back(struct simulated_book *book, struct ladder *side)
{
    while (side->count < levels_max(book)) {
        const int64_t key = side->levels[side->count - 1].key + draw_gap(book);
        side->levels[side->count++] = draw_level(book, key, false);
    }
}

static void ladder_remove(struct ladder *side, int32_t from, int32_t count)
{
    side->count -= count;
    memmove(side->levels + from, side->levels + from + count,
            (size_t)(side->count - from) * sizeof(*side->levels));
}

/* Moves the touch of one side. The queue at the touch is of its own law: a new touch is drawn
 * anew, and one that is buried turns into an ordinary level. */
static void ladder_move(struct simulated_book *book, struct ladder *side, int64_t best)
{
    if (side->count > 0 && side->levels[0].key == best) {
        return;
    }
    int32_t crossed = 0;
    while (crossed < side->count && side->levels[crossed].key < best) {
        crossed++;
    }
    ladder_remove(side, 0, crossed);
    if (side->count > 0) {
        const int64_t key = side->levels[0].key;
        side->levels[0] = draw_level(book, key, key == best);
    }
    if (side->count == 0 || side->levels[0].key > best) {
        fill_front(book, side, best);
    }
    fill_back(book, side);
}

/* A level more, where none stands; the last makes room for it. */
static void ladder_insert(struct simulated_book *book, struct ladder *side, int32_t at,
                          int64_t key)
{
    side->count -= side->count == levels_max(book) ? 1 : 0;
    memmove(side->levels + at + 1, side->levels + at,
            (size_t)(side->count - at) * sizeof(*side->levels));
    side->levels[at] = draw_level(book, key, false);
    side->count++;
}

/* One queue changes, and now and then a level comes or goes, so that gaps keep to their law
 * whether the touch squeezes levels together or stands still for an hour: it goes where two
 * gaps drawn anew would be wider than those around it, it comes where they find room in one. */
static void ladder_churn(struct simulated_book *book, struct ladder *side)
{
    const int32_t rank = (int32_t)rng_below(&book->rng, (uint64_t)side->count);
    side->levels[rank] = draw_level(book, side->levels[rank].key, rank == 0);
    if (rank == 0 || rank == side->count - 1) {
        return;
    }
    const int64_t before = side->levels[rank - 1].key;
    const int64_t fresh = before + draw_gap(book);
    const int64_t behind = fresh + draw_gap(book);
    if (behind >= side->levels[rank + 1].key) {
        ladder_remove(side, rank, 1);
        fill_back(book, side);
    } else if (behind <= side->levels[rank].key) {
        ladder_insert(book, side, rank, fresh);
    }
}

void simulated_book_init(struct simulated_book *book, enum venue venue,
                         const struct simulated_coin *coin, uint64_t seed)
{
    memset(book, 0, sizeof(*book));
    book->venue = venue;
    book->coin = *coin;
    book->view_levels = BOOK_LEVELS_MAX;
    book->generation = 1;
    stream_init(&book->rng, seed, coin->name, venue == VENUE_A ? "book a" : "book b");
}

static double unit_at(const struct simulated_book *book, double price)
{
    if (book->venue == VENUE_B) {
        return book->coin.tick_b;
    }
    return book->coin.tick_a > 0.0 ? book->coin.tick_a : simulated_upbit_tick(price);
}

void simulated_book_update(struct simulated_book *book, const struct book_mood *mood)
{
    const double unit = unit_at(book, mood->price);
    if (unit != book->unit) {
        book->unit = unit;
        book->bids.count = 0;
        book->asks.count = 0;
    }
    book->price = mood->price;
    book->stress = mood->stress;
    book->coin_price_usd =
        book->venue == VENUE_A ? mood->price / KRW_PER_USDT_START : mood->price;
    if (book->spread_ticks == 0 || rng_uniform(&book->rng) < 0.25) {
        book->spread_ticks = draw_spread(book, mood);
    }
    const double bid = floor(mood->price / unit - (double)book->spread_ticks / 2.0 + 0.5);
    const int64_t best_bid =
        bid < BOOK_LEVELS_MAX * GAP_TICKS_MAX ? BOOK_LEVELS_MAX * GAP_TICKS_MAX : (int64_t)bid;
    ladder_move(book, &book->bids, -best_bid);
    ladder_move(book, &book->asks, best_bid + book->spread_ticks);
    ladder_churn(book, &book->bids);
    ladder_churn(book, &book->asks);
    settle_sizes(book, &book->bids);
    settle_sizes(book, &book->asks);
}

double simulated_book_size(const struct simulated_book *book, double size_usd)
{
    const double lot = book->venue == VENUE_A ? LOT_A : book->coin.lot_b;
    return round_size(size_usd / book->coin_price_usd, lot);
}

/* Ticks below one are divided by their inverse, so that 1000001 ticks of 0.1 are 100000.1. */
static double price_of(int64_t ticks, double unit)
{
    return unit >= 1.0 ? (double)ticks * unit : (double)ticks / floor(1.0 / unit + 0.5);
}

struct quote simulated_book_touch(const struct simulated_book *book)
{
    assert(book->bids.count > 0 && book->asks.count > 0);
    return (struct quote){
        .bid = price_of(-book->bids.levels[0].key, book->unit),
        .ask = price_of(book->asks.levels[0].key, book->unit),
    };
}

static int32_t levels_in_view(const struct simulated_book *book, const struct ladder *side)
{
    return side->count < book->view_levels ? side->count : book->view_levels;
}

void simulated_book_show(const struct simulated_book *book, struct book *out)
{
    out->bids_count = levels_in_view(book, &book->bids);
    out->asks_count = levels_in_view(book, &book->asks);
    for (int32_t i = 0; i < out->bids_count; i++) {
        const struct ladder_level *level = &book->bids.levels[i];
        out->bids[i] = (struct book_level){price_of(-level->key, book->unit), level->size};
    }
    for (int32_t i = 0; i < out->asks_count; i++) {
        const struct ladder_level *level = &book->asks.levels[i];
        out->asks[i] = (struct book_level){price_of(level->key, book->unit), level->size};
    }
}

void fx_book_init(struct fx_book *book, uint64_t seed)
{
    memset(book, 0, sizeof(*book));
    stream_init(&book->rng, seed, "", "fx book");
}

/* The book shifts when F has left it by a quarter tick; until then F is shown as near as the
 * sizes can. */
void fx_book_update(struct fx_book *book, double krw_per_usd)
{
    const double quarter = 0.25;
    const double edge = 0.01;
    const double above = krw_per_usd - (double)book->bid;
    if (book->bid == 0 || above < -quarter || above > 1.0 + quarter) {
        book->bid = (int64_t)floor(krw_per_usd);
    }
    double place = krw_per_usd - (double)book->bid;
    place = place < edge ? edge : place > 1.0 - edge ? 1.0 - edge : place;
    const double both_usdt = 200000.0 + 1000000.0 * rng_uniform(&book->rng);
    book->bid_size = floor(both_usdt * place);
    book->ask_size = floor(both_usdt * (1.0 - place));
}

double fx_book_micro(const struct fx_book *book)
{
    const double bid = (double)book->bid;
    return (bid * book->ask_size + (bid + 1.0) * book->bid_size) /
           (book->bid_size + book->ask_size);
}
