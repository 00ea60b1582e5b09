#include "support/check.h"

#include <jansson.h>
#include <stdlib.h>

#include "follower.h"

/* Minutes of chaos in seconds, and then the truth: what a client has is what the venues have.
 */

static const char *const COINS[] = {"BTC", "ETH"};

static bool same_levels(const json_t *truth, const struct book_level *levels, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        const json_t *level = json_array_get(truth, (size_t)i);
        if (json_number_value(json_array_get(level, 0)) != levels[i].price ||
            json_number_value(json_array_get(level, 1)) != levels[i].size) {
            return false;
        }
    }
    return true;
}

static bool same_book(const json_t *truth, const struct book *book)
{
    return book->bids_count > 0 && book->asks_count > 0 &&
           same_levels(json_object_get(truth, "bids"), book->bids, book->bids_count) &&
           same_levels(json_object_get(truth, "asks"), book->asks, book->asks_count);
}

struct comparison {
    struct follower *follower;
    json_t *truth;
};

static bool has_the_truth(void *context)
{
    const struct comparison *comparison = context;
    const json_t *upbit = json_object_get(comparison->truth, "upbit");
    const json_t *binance = json_object_get(comparison->truth, "binance");
    struct book book;
    follower_mend(comparison->follower);
    return depth_book(comparison->follower->depth, &book) &&
           same_book(json_object_get(binance, "BTCUSDT"), &book) &&
           same_book(json_object_get(upbit, "KRW-BTC"), &comparison->follower->upbit);
}

/* Silence: a new snapshot is asked for by whoever lost the old one, as no diff will come. */
static void compare_in_silence(struct follower *follower)
{
    bench_tell(follower->bench, "/sim/quiet?ms=8000");
    struct bench_answer answer =
        bench_ask(follower->bench, "GET", VENUE_B, "/sim/books?levels=32", NULL);
    struct comparison comparison = {follower, json_loads(text_string(&answer.body), 0, NULL)};
    assert_true(json_is_true(json_object_get(comparison.truth, "quiet")));
    bench_until(follower->bench, has_the_truth, &comparison);
    json_decref(comparison.truth);
    text_finish(&answer.body);
}

struct patience {
    struct bench *bench;
    int64_t faults;
};

/* One order may happen to several clients, and some to none: both are waited for. */
static bool enough_happened(void *context)
{
    const struct patience *patience = context;
    return bench_fault_sum(patience->bench, "ordered") >= patience->faults &&
           bench_fault_sum(patience->bench, "happened") >= patience->faults;
}

/* Goal: twenty faults a minute of each kind, and the books are the venues' own at each silence.
 */
static void books_are_right_after_chaos(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    struct venue_sim_options options = venue_sim_defaults();
    options.coins = COINS;
    options.pairs_count = 2;
    options.speed = 10.0;
    options.limits = false;
    options.chaos = true;
    options.chaos_seed = 11;
    options.chaos_per_minute = 20.0;
    bench_open(bench, &options);
    struct follower *follower = follower_open(bench);
    for (int64_t faults = 12; faults <= 24; faults += 12) {
        struct patience patience = {bench, faults};
        bench_until(bench, enough_happened, &patience);
        compare_in_silence(follower);
        bench_tell(bench, "/sim/quiet?ms=0");
    }
    follower_close(follower);
    bench_close(bench);
    free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(books_are_right_after_chaos),
    };
    return cmocka_run_group_tests_name("simulator/chaos_live", tests, NULL, NULL);
}
