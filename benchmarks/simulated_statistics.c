/* Prints what the simulated market is like, beside what MARKET.md says it should be.
 *
 *     simulated_statistics [HOURS [SEED [PRESET]]]
 *
 * 480 hours are the calibration; the benchmark suite runs fewer. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "market/simulated.h"
#include "market_measure.h"
#include "trade_measure.h"

static const struct simulated_pair PAIRS[TRADE_PAIRS] = {
    {.name = "BTC"}, {.name = "ETH"}, {.name = "XRP"}};
static const int64_t START_NS = INT64_C(1767225600) * 1000000000; /* 2026-01-01T00:00:00Z */

static struct source *open_market(const char *preset, uint64_t seed)
{
    const struct simulated_options options = {
        .preset = preset,
        .seed = seed,
        .start_ns = START_NS,
        .faults = true,
        .opening = true,
        .pairs = PAIRS,
        .pairs_count = TRADE_PAIRS,
        .history_minutes = 240,
    };
    struct source *source;
    struct err err = {0};
    if (!simulated_open(&source, &options, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return source;
}

static void print_trades(const char *preset, uint64_t seed, double hours, const char *expected)
{
    struct source *source = open_market(preset, seed);
    const struct engine_params params = trade_measure_params();
    const struct trade_totals t = trade_measure(source, &params, hours);
    source_close(source);
    const double closed = t.closed > 0 ? (double)t.closed : NAN;
    const double lost = t.closed > t.won ? (double)(t.closed - t.won) : NAN;
    printf("%-8s %6.2f %5.1f%% %+7.2f %+7.2f %+7.2f %6.2f %6.1f %6.1f %6.1f %5.1f%% %5.1f%%"
           "  exits c %lld h %lld s %lld   (%s)\n",
           preset, (double)t.opened / hours, 100.0 * (double)t.won / closed,
           t.win_usd / (double)t.won, -t.loss_usd / lost, t.pnl_usd / closed,
           t.loss_usd > 0.0 ? t.win_usd / t.loss_usd : NAN, t.predicted_bps, t.realised_bps,
           t.hold_s_median / 60.0, 100.0 * t.hours_without_share,
           100.0 * t.hours_with_five_share, (long long)t.exits[TRADE_EXIT_CONVERGENCE],
           (long long)t.exits[TRADE_EXIT_MAX_HOLD], (long long)t.exits[TRADE_EXIT_STOP_LOSS],
           expected);
    fflush(stdout);
}

static void print_openings(void)
{
    printf("\nfirst trade of lively, minutes, seeds 1-20:");
    const struct engine_params params = trade_measure_params();
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct source *source = open_market("lively", seed);
        const struct trade_totals totals = trade_measure(source, &params, 40.0 / 60.0);
        source_close(source);
        printf(totals.first_open_s < 0.0 ? " none" : " %.1f", totals.first_open_s / 60.0);
    }
    printf("\n");
}

static void print_speed(void)
{
    struct source *source = open_market("lively", 1);
    struct err err = {0};
    struct event event;
    struct timespec from, to;
    const int64_t count = 1000000;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int64_t i = 0; i < count; i++) {
        source->ops->next(source, &event, &err);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    source_close(source);
    const double taken_s =
        (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    printf("\n%.0f events a second\n", (double)count / taken_s);
}

int main(int argc, char **argv)
{
    const double hours = argc > 1 ? atof(argv[1]) : 480.0;
    const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    const char *only = argc > 3 ? argv[3] : NULL;
    static const struct {
        const char *preset, *expected;
    } rows[] = {
        {"lively", "2-3 an hour, 70-85 % won, +0.11..+0.25 USD, hold 27 min"},
        {"calm", "0.1-0.35 an hour, nearly all won"},
        {"noise", "what it costs: 0.7 an hour, -2.2 USD and the width of the books"},
        {"planted", "4 an hour, 100 % won, +0.94 USD"},
        {"crisis", ""},
    };
    if (only == NULL || strcmp(only, "market") == 0) {
        struct source *source = open_market("calm", seed);
        market_measure_print(source, hours);
        source_close(source);
    }
    printf("\n%.0f hours, seed %llu\n%-8s %6s %6s %7s %7s %7s %6s %6s %6s %6s %6s %6s\n", hours,
           (unsigned long long)seed, "preset", "per h", "won", "win", "loss", "mean", "pf",
           "pred", "real", "hold", "h=0", "h>=5");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (only == NULL || strcmp(only, rows[i].preset) == 0) {
            print_trades(rows[i].preset, seed, hours, rows[i].expected);
        }
    }
    if (only == NULL) {
        print_openings();
        print_speed();
    }
    return 0;
}
