#include "bourse_past.h"

#include "base/clock.h"
#include "base/mem.h"
#include "bourse.h"
#include "market/simulated.h"
#include "numbers.h"
#include "tick.h"

#define BPS             1e-4
#define COIN_MINUTE_BPS 5.6 /* MARKET.md A.2 */
#define FX_MINUTE_BPS   1.5
#define MINUTE_USD      50000.0

/* The minutes of one run into the past; index 0 is the oldest. */
struct past {
    struct bourse *bourse;
    int64_t minutes;
    double *premiums_bps; /* of pair p: from p * minutes on */
    int64_t *taken;       /* of each pair */
    double *krw_per_usdt; /* at the end of each minute */
    struct rng rng;
    int64_t now_ms; /* the minute that runs */
};

static void note_premium(struct past *past, const struct event *event)
{
    int64_t *taken = &past->taken[event->pair];
    if (*taken < past->minutes) {
        past->premiums_bps[event->pair * past->minutes + *taken] = event->history.premium_bps;
        ++*taken;
    }
}

static void put(struct past *past, struct candles *candles, int64_t minute, double from,
                double to, double price_usd)
{
    const int64_t opened_ms = past->now_ms - (past->minutes - minute) * CANDLE_MS;
    const double coins = MINUTE_USD * rng_exponential(&past->rng) / price_usd;
    candles_take(candles, opened_ms, from, 0.0);
    candles_take(candles, opened_ms + CANDLE_MS - 1, to, coins);
}

/* Walks back from `last`; out[i] is the end of minute i. */
static void walk_back(struct past *past, double last, double minute_bps, double *out)
{
    double price = last;
    for (int64_t i = past->minutes - 1; i >= 0; i--) {
        price *= 1.0 + minute_bps * BPS * rng_normal(&past->rng);
        out[i] = price;
    }
}

static void play_fx(struct past *past)
{
    struct bourse *bourse = past->bourse;
    const struct upbit_market *market = &bourse->markets[bourse->pairs_count];
    struct candles *candles = &bourse->candles_upbit[bourse->pairs_count];
    double before = market->trade.price;
    walk_back(past, market->trade.price, FX_MINUTE_BPS, past->krw_per_usdt);
    for (int64_t i = 0; i < past->minutes; i++) {
        const double close = to_tick(past->krw_per_usdt[i], market->tick);
        put(past, candles, i, i > 0 ? before : close, close, 1.0);
        before = close;
    }
}

static void play_pair(struct past *past, int32_t pair)
{
    struct bourse *bourse = past->bourse;
    const struct tall_units *units = &bourse->symbols[pair].book.units;
    const double tick_usd = number_value(units->tick, units->price_decimals);
    double *closes_usd = mem_array((size_t)past->minutes, sizeof(*closes_usd));
    double before_usd = 0.0;
    double before_krw = 0.0;
    walk_back(past, units->usd_per_coin, COIN_MINUTE_BPS, closes_usd);
    for (int64_t i = 0; i < past->minutes; i++) {
        const double premium_bps = past->premiums_bps[pair * past->minutes + i];
        const double fair_krw =
            closes_usd[i] * past->krw_per_usdt[i] / (1.0 + premium_bps * BPS);
        const double usd = to_tick(closes_usd[i], tick_usd);
        const double krw = to_tick(fair_krw, simulated_upbit_tick(fair_krw));
        put(past, &bourse->candles_binance[pair], i, i > 0 ? before_usd : usd, usd, usd);
        put(past, &bourse->candles_upbit[pair], i, i > 0 ? before_krw : krw, krw, usd);
        before_usd = usd;
        before_krw = krw;
    }
    mem_free(closes_usd);
}

void bourse_past_play(struct bourse *bourse, int64_t minutes)
{
    const size_t pairs = (size_t)bourse->pairs_count;
    const int64_t kept = minutes < CANDLES_MAX - 1 ? minutes : CANDLES_MAX - 1;
    struct past past = {
        .bourse = bourse,
        .minutes = kept,
        .premiums_bps = mem_array(pairs * (size_t)kept + 1, sizeof(double)),
        .taken = mem_array(pairs, sizeof(int64_t)),
        .krw_per_usdt = mem_array((size_t)kept + 1, sizeof(double)),
    };
    rng_seed(&past.rng, bourse->seed, rng_salt("past"));
    while (!bourse_complete(bourse)) {
        const struct event *event = bourse_step(bourse);
        if (event->kind == EVENT_HISTORY) {
            note_premium(&past, event);
        }
    }
    const int64_t now_ms = bourse->start_ns / CLOCK_NS_PER_MS;
    past.now_ms = now_ms - now_ms % CANDLE_MS;
    if (kept > 0) {
        play_fx(&past);
        for (int32_t pair = 0; pair < bourse->pairs_count; pair++) {
            play_pair(&past, pair);
        }
    }
    mem_free(past.premiums_bps);
    mem_free(past.taken);
    mem_free(past.krw_per_usdt);
}
