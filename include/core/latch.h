#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* latch: is the kill switch on? One atomic epoch, odd while on; no lock, safe in signal
 * handlers (SAFETY.md 3.2). Durable copies (flag file, journal) are run's business; any of them
 * on is on. */

struct latch {
    _Atomic uint64_t epoch;
};

/* Turns it on; returns true when it was off. */
bool latch_engage(struct latch *latch);
/* Turns it off; returns true when it was on. */
bool latch_release(struct latch *latch);
bool latch_is_on(const struct latch *latch);
/* For "did anything happen between deciding and sending?": equal epochs, nothing did. */
uint64_t latch_epoch(const struct latch *latch);
