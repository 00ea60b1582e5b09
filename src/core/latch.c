#include "core/latch.h"

static bool is_on(uint64_t epoch)
{
    return (epoch & 1) != 0;
}

/* Steps the epoch from one parity to the other; false when it stood there already. */
static bool turn(struct latch *latch, bool on)
{
    uint64_t epoch = atomic_load(&latch->epoch);
    while (is_on(epoch) != on) {
        if (atomic_compare_exchange_weak(&latch->epoch, &epoch, epoch + 1)) {
            return true;
        }
    }
    return false;
}

bool latch_engage(struct latch *latch)
{
    atomic_fetch_add(&latch->presses, 1); /* before it turns: see latch_release_since() */
    return turn(latch, true);
}

uint64_t latch_presses(const struct latch *latch)
{
    return atomic_load(&latch->presses);
}

/* Whoever engages counts first and turns then. If the count has not moved after it was turned
 * off, that turn is still to come; if it has, it may have been ours that was last. */
bool latch_release_since(struct latch *latch, uint64_t presses)
{
    turn(latch, false);
    if (atomic_load(&latch->presses) == presses) {
        return true;
    }
    turn(latch, true);
    return false;
}

bool latch_release(struct latch *latch)
{
    return turn(latch, false);
}

bool latch_is_on(const struct latch *latch)
{
    return is_on(latch_epoch(latch));
}

uint64_t latch_epoch(const struct latch *latch)
{
    return atomic_load(&latch->epoch);
}
