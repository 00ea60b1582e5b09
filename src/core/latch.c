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
    return turn(latch, true);
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
