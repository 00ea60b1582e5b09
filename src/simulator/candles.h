#pragma once
#include <stdint.h>

/* candles: the last minutes of one price, oldest first. A plain value. */

enum { CANDLES_MAX = 1500 };
#define CANDLE_MS INT64_C(60000)

struct candle {
    int64_t time_ms; /* of its opening */
    double open, high, low, close;
    double volume; /* coin */
};

struct candles {
    int32_t first, count; /* of the ring */
    struct candle ring[CANDLES_MAX];
};

/* The i-th from the oldest. */
const struct candle *candles_at(const struct candles *candles, int32_t i);
/* A price at that time, and how much was traded at it; times do not run back. Minutes nothing
 * happened in are left out, as both venues do it or may. */
void candles_take(struct candles *candles, int64_t time_ms, double price, double volume);
/* How many opened before that time. */
int32_t candles_before(const struct candles *candles, int64_t time_ms);
