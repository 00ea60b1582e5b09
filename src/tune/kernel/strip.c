#include "strip.h"

#include <string.h>

void strip_fill(struct strip *strip, const struct rows_block *block, int32_t *taken)
{
    const int32_t at = strip->count, from = *taken;
    const int32_t room = STRIP_ROWS - at, rest = block->count - from;
    const int32_t count = room < rest ? room : rest;
    const size_t bytes = (size_t)count * sizeof(double);
    memcpy(strip->time_ns + at, block->time_ns + from, (size_t)count * sizeof(int64_t));
    memcpy(strip->bid_a + at, block->bid_a + from, bytes);
    memcpy(strip->ask_a + at, block->ask_a + from, bytes);
    memcpy(strip->bid_b + at, block->bid_b + from, bytes);
    memcpy(strip->ask_b + at, block->ask_b + from, bytes);
    memcpy(strip->krw_per_usd + at, block->krw_per_usd + from, bytes);
    strip->count += count;
    *taken += count;
}

void strip_count(struct strip *strip)
{
    bool any = strip->any_valid;
    int64_t last_ns = strip->last_valid.time_ns;
    strip->wait_bits = 0;
    memset(strip->invalid, 0, sizeof strip->invalid);
    for (int32_t row = 0; row < strip->count; row++) {
        const uint8_t fault = strip->fault[row];
        strip->invalid[fault]++;
        if (fault == TICK_VALID) {
            strip->wait_bits |= any ? (uint64_t)strip->time_ns[row] - (uint64_t)last_ns : 0;
            last_ns = strip->time_ns[row];
            any = true;
        }
    }
    strip->valid_count = strip->invalid[TICK_VALID];
    strip->invalid[TICK_VALID] = 0;
}

void strip_find_turns(struct strip *strip)
{
    int32_t turn_a = strip->count, turn_b = strip->count;
    for (int32_t row = strip->count - 1; row >= 0; row--) {
        turn_a = strip->entry_bps[SPREAD_LONG_A_SHORT_B][row] < 0 ? row : turn_a;
        turn_b = strip->entry_bps[SPREAD_LONG_B_SHORT_A][row] < 0 ? row : turn_b;
        strip->turn_row[SPREAD_LONG_A_SHORT_B][row] = turn_a;
        strip->turn_row[SPREAD_LONG_B_SHORT_A][row] = turn_b;
    }
}

void strip_pass(struct strip *strip)
{
    struct tick last;
    if (strip->count == 0) {
        return;
    }
    if (strip_valid_before(strip, strip->count, &last)) {
        strip->last_valid = last;
        strip->any_valid = true;
    }
    strip->last_ns = strip->time_ns[strip->count - 1];
    strip->any_row = true;
    strip->count = 0;
}

bool strip_valid_before(const struct strip *strip, int32_t row, struct tick *out)
{
    while (--row >= 0) {
        if (strip->fault[row] == TICK_VALID) {
            *out = strip_tick(strip, row);
            return true;
        }
    }
    if (strip->any_valid) {
        *out = strip->last_valid;
    }
    return strip->any_valid;
}

int32_t strip_row_at(const struct strip *strip, int32_t from, int32_t end, int64_t time_ns)
{
    while (from < end) {
        const int32_t middle = from + (end - from) / 2;
        if (strip->time_ns[middle] < time_ns) {
            from = middle + 1;
        } else {
            end = middle;
        }
    }
    return end;
}
