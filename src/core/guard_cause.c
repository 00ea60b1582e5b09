#include "core/guard.h"

#include <assert.h>

/* The set of causes, kept by reason and pair so that equal sets are equal bytes. */

static bool is_operators(const struct guard_cause *cause)
{
    return cause->until_ns == INT64_MAX;
}

static bool stands_before(const struct guard_cause *cause, enum reason reason, int32_t pair)
{
    return cause->reason != reason ? cause->reason < reason : cause->pair < pair;
}

/* Where (reason, pair) stands, or would stand. */
static int32_t place_of(const struct guard *guard, enum reason reason, int32_t pair)
{
    int32_t i = 0;
    while (i < guard->causes_count && stands_before(&guard->causes[i], reason, pair)) {
        i++;
    }
    return i;
}

static bool stands_at(const struct guard *guard, int32_t i, enum reason reason, int32_t pair)
{
    return i < guard->causes_count && guard->causes[i].reason == reason &&
           guard->causes[i].pair == pair;
}

static void insert_at(struct guard *guard, int32_t i, const struct guard_cause *cause)
{
    for (int32_t k = guard->causes_count; k > i; k--) {
        guard->causes[k] = guard->causes[k - 1];
    }
    guard->causes[i] = *cause;
    guard->causes_count++;
}

static void remove_at(struct guard *guard, int32_t i)
{
    guard->causes_count--;
    for (int32_t k = i; k < guard->causes_count; k++) {
        guard->causes[k] = guard->causes[k + 1];
    }
    guard->causes[guard->causes_count] = (struct guard_cause){.reason = REASON_NONE};
}

/* Until an operator acts is longest, then while it lasts, then the later deadline. */
static int64_t longer(int64_t one_ns, int64_t other_ns)
{
    if (one_ns == INT64_MAX || other_ns == INT64_MAX) {
        return INT64_MAX;
    }
    if (one_ns == 0 || other_ns == 0) {
        return 0;
    }
    return one_ns > other_ns ? one_ns : other_ns;
}

void guard_add_cause(struct guard *guard, const struct guard_cause *cause)
{
    assert(cause->reason != REASON_NONE);
    assert(cause->level > GUARD_NORMAL && cause->level <= GUARD_LEVEL_LAST);
    const int32_t i = place_of(guard, cause->reason, cause->pair);
    if (stands_at(guard, i, cause->reason, cause->pair)) {
        struct guard_cause *old = &guard->causes[i];
        old->level = cause->level > old->level ? cause->level : old->level;
        old->until_ns = longer(old->until_ns, cause->until_ns);
        old->observed = cause->observed;
        old->limit = cause->limit;
        old->day = guard->day;
        return;
    }
    if (guard->causes_count == GUARD_CAUSES_MAX) {
        struct guard_cause *last = &guard->causes[GUARD_CAUSES_MAX - 1];
        last->pair = -1;
        last->level = GUARD_HALTED;
        last->until_ns = INT64_MAX;
        return;
    }
    insert_at(guard, i, cause);
    guard->causes[i].day = guard->day;
}

void guard_clear_cause(struct guard *guard, enum reason reason, int32_t pair)
{
    const int32_t i = place_of(guard, reason, pair);
    if (stands_at(guard, i, reason, pair) && !is_operators(&guard->causes[i])) {
        remove_at(guard, i);
    }
}

void guard_rest_cause(struct guard *guard, enum reason reason, int32_t pair, int64_t until_ns)
{
    const int32_t i = place_of(guard, reason, pair);
    if (stands_at(guard, i, reason, pair) && guard->causes[i].until_ns == 0) {
        guard->causes[i].until_ns = until_ns;
    }
}

void guard_expire(struct guard *guard, int64_t now_ns)
{
    for (int32_t i = guard->causes_count - 1; i >= 0; i--) {
        const struct guard_cause *cause = &guard->causes[i];
        if (cause->until_ns != 0 && !is_operators(cause) && cause->until_ns <= now_ns) {
            remove_at(guard, i);
        }
    }
}

/* A loss that was taken stays taken: the day's until another day, the others for good. */
static bool may_be_released(const struct guard *guard, const struct guard_cause *cause)
{
    switch (cause->reason) {
    case REASON_GLOBAL_ROLLING_LOSS:
    case REASON_GLOBAL_SESSION_LOSS:
        return false;
    case REASON_GLOBAL_DAY_LOSS:
        return guard->day > cause->day;
    default:
        return true;
    }
}

void guard_release(struct guard *guard)
{
    for (int32_t i = guard->causes_count - 1; i >= 0; i--) {
        const struct guard_cause *cause = &guard->causes[i];
        if (is_operators(cause) && may_be_released(guard, cause)) {
            remove_at(guard, i);
        }
    }
}

enum guard_level guard_level_of(const struct guard *guard, int32_t pair)
{
    enum guard_level level = GUARD_NORMAL;
    for (int32_t i = 0; i < guard->causes_count; i++) {
        const struct guard_cause *cause = &guard->causes[i];
        const bool touches = cause->pair == -1 || cause->pair == pair;
        if (touches && cause->level > level) {
            level = cause->level;
        }
    }
    return level;
}
