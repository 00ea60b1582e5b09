#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* latch: is the kill switch on? One atomic epoch, odd while on; no lock, safe in signal
 * handlers (SAFETY.md 3.2). Durable copies (flag file, journal) are run's business; any of them
 * on is on. */

struct latch {
    _Atomic uint64_t epoch;
    _Atomic uint64_t presses; /* how often somebody wanted it on, also while it was */
};

/* Turns it on; returns true when it was off. */
bool latch_engage(struct latch *latch);
/* Turns it off; returns true when it was on. */
bool latch_release(struct latch *latch);
/* Releasing takes time, and a kill in that time must not be lost: false, and it stays on, when
 * somebody has engaged it since `presses` was read. */
uint64_t latch_presses(const struct latch *latch);
bool latch_release_since(struct latch *latch, uint64_t presses);
bool latch_is_on(const struct latch *latch);
/* For "did anything happen between deciding and sending?": equal epochs, nothing did. */
uint64_t latch_epoch(const struct latch *latch);
