#include "deal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "kernel/likeness.h"

struct card {
    struct likeness likeness;
    int32_t index;
    int32_t kind; /* alike ones have the same, from 0 */
};

static int compare(const void *left, const void *right)
{
    const struct card *a = left;
    const struct card *b = right;
    const int order = likeness_compare(&a->likeness, &b->likeness);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

/* In the order of their likeness, numbered by kind; returns the number of kinds. */
static int32_t sort(const struct kernel_job *jobs, int32_t count, struct card *cards)
{
    int32_t kinds = 0;
    for (int32_t i = 0; i < count; i++) {
        cards[i] = (struct card){.likeness = likeness_of(&jobs[i], false), .index = i};
    }
    qsort(cards, (size_t)count, sizeof *cards, compare);
    for (int32_t i = 0; i < count; i++) {
        kinds += i == 0 || likeness_compare(&cards[i - 1].likeness, &cards[i].likeness) != 0;
        cards[i].kind = kinds - 1;
    }
    return kinds;
}

struct deal deal_jobs(const struct kernel_job *jobs, int32_t count, int threads)
{
    struct card *cards = mem_array((size_t)count, sizeof *cards);
    struct deal deal = {
        .order = mem_array((size_t)count, sizeof *deal.order),
        .ends = mem_array((size_t)threads, sizeof *deal.ends),
    };
    const int32_t kinds = sort(jobs, count, cards);
    int32_t dealt = 0;
    for (int thread = 0; thread < threads; thread++) {
        while (dealt < count && (int64_t)cards[dealt].kind * threads / kinds == thread) {
            deal.order[dealt] = cards[dealt].index;
            dealt++;
        }
        deal.ends[thread] = dealt;
    }
    mem_free(cards);
    return deal;
}

void deal_finish(struct deal *deal)
{
    mem_free(deal->order);
    mem_free(deal->ends);
    *deal = (struct deal){0};
}
