#include "candles.h"

#include <assert.h>

static struct candle *place(struct candles *candles, int32_t i)
{
    return &candles->ring[(candles->first + i) % CANDLES_MAX];
}

const struct candle *candles_at(const struct candles *candles, int32_t i)
{
    assert(i >= 0 && i < candles->count);
    return &candles->ring[(candles->first + i) % CANDLES_MAX];
}

static void begin(struct candles *candles, int64_t time_ms, double price)
{
    if (candles->count == CANDLES_MAX) {
        candles->first = (candles->first + 1) % CANDLES_MAX;
        candles->count--;
    }
    *place(candles, candles->count++) = (struct candle){
        .time_ms = time_ms,
        .open = price,
        .high = price,
        .low = price,
    };
}

void candles_take(struct candles *candles, int64_t time_ms, double price, double volume)
{
    const int64_t minute_ms = time_ms - time_ms % CANDLE_MS;
    if (candles->count == 0 || place(candles, candles->count - 1)->time_ms < minute_ms) {
        begin(candles, minute_ms, price);
    }
    struct candle *last = place(candles, candles->count - 1);
    last->high = price > last->high ? price : last->high;
    last->low = price < last->low ? price : last->low;
    last->close = price;
    last->volume += volume;
}

int32_t candles_before(const struct candles *candles, int64_t time_ms)
{
    int32_t count = candles->count;
    while (count > 0 && candles_at(candles, count - 1)->time_ms >= time_ms) {
        count--;
    }
    return count;
}
