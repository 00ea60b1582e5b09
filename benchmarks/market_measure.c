#include "market_measure.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define NS_PER_S 1e9

enum { PAIRS = 3, GAPS_MAX = 64, SIZES_MAX = 200000, WINDOW_MINUTES = 200 };

static const char *const NAMES[PAIRS] = {"BTC", "ETH", "XRP"};

struct lane {
    struct quote a, b;
    double *log_a_bps, *log_b_bps, *premium_bps; /* a row a minute */
    int64_t spreads_a, spreads_a_one, spreads_b, spreads_b_one;
    double spread_a_sum_bps;
};

struct measure {
    struct lane lanes[PAIRS];
    double krw_per_usd;
    double *fx_log_bps;
    size_t minutes, minutes_max;
    int64_t start_ns;
    int64_t kinds[EVENT_KIND_LAST + 1];
    int64_t gaps[GAPS_MAX]; /* ticks between Upbit's BTC levels */
    double *sizes_a_usd, *tops_b_btc;
    size_t sizes_a, tops_b;
    double depth_a_usd, depth_b_btc;
};

static double middle(const struct quote *quote)
{
    return (quote->bid + quote->ask) / 2.0;
}

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Sorts in place. */
static double quantile(double *values, size_t count, double share)
{
    qsort(values, count, sizeof(*values), by_value);
    return count > 0 ? values[(size_t)(share * (double)(count - 1))] : NAN;
}

static double mean_of(const double *values, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    return sum / (double)count;
}

/* Correlation of a with b `lag` rows later. */
static double correlation(const double *a, const double *b, size_t count, size_t lag)
{
    const double mean_a = mean_of(a, count);
    const double mean_b = mean_of(b, count);
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (size_t i = 0; i + lag < count; i++) {
        ab += (a[i] - mean_a) * (b[i + lag] - mean_b);
        aa += (a[i] - mean_a) * (a[i] - mean_a);
        bb += (b[i + lag] - mean_b) * (b[i + lag] - mean_b);
    }
    return ab / sqrt(aa * bb);
}

/* Root mean square of the change over `step` rows. */
static double change(const double *values, size_t count, size_t step)
{
    double sum = 0.0;
    size_t changes = 0;
    for (size_t i = 0; i + step < count; i += step) {
        sum += (values[i + step] - values[i]) * (values[i + step] - values[i]);
        changes++;
    }
    return sqrt(sum / (double)changes);
}

/* The changes over `step` rows from each row on; count - step of them. */
static double *changes_of(const double *values, size_t count, size_t step)
{
    double *changes = mem_array(count + 1, sizeof(*changes));
    for (size_t i = 0; i + step < count; i++) {
        changes[i] = values[i + step] - values[i];
    }
    return changes;
}

static void take_minute(struct measure *measure)
{
    const size_t row = measure->minutes++;
    measure->fx_log_bps[row] = log(measure->krw_per_usd) * 1e4;
    for (int i = 0; i < PAIRS; i++) {
        struct lane *lane = &measure->lanes[i];
        const double a = middle(&lane->a);
        const double b = middle(&lane->b);
        lane->log_a_bps[row] = log(a) * 1e4;
        lane->log_b_bps[row] = log(b) * 1e4;
        lane->premium_bps[row] = (b * measure->krw_per_usd - a) / a * 1e4;
    }
}

static void take_btc(struct measure *measure, const struct book *book, enum venue venue)
{
    if (venue == VENUE_B) {
        measure->depth_b_btc += book_depth(book->asks, book->asks_count);
        if (measure->tops_b < SIZES_MAX) {
            measure->tops_b_btc[measure->tops_b++] = book->asks[0].size;
        }
        return;
    }
    double usd = 0.0;
    for (int32_t i = 0; i < book->asks_count; i++) {
        const double level_usd =
            book->asks[i].size * book->asks[i].price / measure->krw_per_usd;
        usd += level_usd;
        if (measure->sizes_a < SIZES_MAX) {
            measure->sizes_a_usd[measure->sizes_a++] = level_usd;
        }
        if (i > 0) {
            const double ticks = (book->asks[i].price - book->asks[i - 1].price) / 1000.0;
            measure->gaps[ticks < GAPS_MAX ? (int)(ticks + 0.5) : GAPS_MAX - 1]++;
        }
    }
    measure->depth_a_usd += usd;
}

static void take_book(struct measure *measure, const struct event *event)
{
    static const double TICKS_A[PAIRS] = {1000, 1000, 1};
    static const double TICKS_B[PAIRS] = {0.1, 0.01, 0.0001};
    struct lane *lane = &measure->lanes[event->pair];
    const struct quote quote = book_quote(&event->book.book);
    const double spread = quote.ask - quote.bid;
    if (spread <= 0.0) {
        return;
    }
    if (event->book.venue == VENUE_A) {
        lane->a = quote;
        lane->spreads_a++;
        lane->spreads_a_one += spread < 1.5 * TICKS_A[event->pair];
        lane->spread_a_sum_bps += spread / quote.bid * 1e4;
    } else {
        lane->b = quote;
        lane->spreads_b++;
        lane->spreads_b_one += spread < 1.5 * TICKS_B[event->pair];
    }
    if (event->pair == 0 && measure->krw_per_usd > 0.0) {
        take_btc(measure, &event->book.book, event->book.venue);
    }
}

static void take(struct measure *measure, const struct event *event)
{
    if (event->kind == EVENT_HISTORY) {
        return;
    }
    if (measure->start_ns == 0) {
        measure->start_ns = event->time_ns;
    }
    measure->kinds[event->kind]++;
    const double passed_s = (double)(event->time_ns - measure->start_ns) / NS_PER_S;
    while (measure->minutes < measure->minutes_max &&
           passed_s >= 60.0 * (double)(measure->minutes + 1)) {
        take_minute(measure);
    }
    if (event->kind == EVENT_FX) {
        measure->krw_per_usd = event->fx.krw_per_usd;
    } else if (event->kind == EVENT_BOOK) {
        take_book(measure, event);
    }
}

static double median_volatility(const double *log_bps, size_t minutes)
{
    const size_t windows = minutes / WINDOW_MINUTES;
    double *sds = mem_array(windows + 1, sizeof(*sds));
    for (size_t i = 0; i < windows; i++) {
        sds[i] = change(log_bps + i * WINDOW_MINUTES, WINDOW_MINUTES, 1);
    }
    const double median = quantile(sds, windows, 0.5);
    mem_free(sds);
    return median;
}

static double deviation(const double *values, size_t count)
{
    const double mean = mean_of(values, count);
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += (values[i] - mean) * (values[i] - mean);
    }
    return sqrt(sum / (double)count);
}

static void print_pair(const struct measure *measure, int i)
{
    const struct lane *lane = &measure->lanes[i];
    const size_t n = measure->minutes;
    double *returns_a = changes_of(lane->log_a_bps, n, 1);
    double *returns_b = changes_of(lane->log_b_bps, n, 1);
    double *btc_b = changes_of(measure->lanes[0].log_b_bps, n, 1);
    printf("%s  1-min volatility B, median of 200-min windows   %6.2f bps   [BTC 5.6]\n",
           NAMES[i], median_volatility(lane->log_b_bps, n));
    printf("     with BTC %.2f; A with B same minute %.2f, one late %.2f [1, .90, .83; .71, "
           ".14]\n",
           correlation(returns_b, btc_b, n - 1, 0), correlation(returns_a, returns_b, n - 1, 0),
           correlation(returns_b, returns_a, n - 1, 1));
    printf("     premium mean %+.1f, sd %.1f bps                       [sd 7.6, 8.8, 8.8]\n",
           mean_of(lane->premium_bps, n), deviation(lane->premium_bps, n));
    printf("     its memory at 25 min %.2f, 1 h %.2f, 90 min %.2f, 3 h %.2f [.36-.64 .13-.48 "
           ".05-.29 .05-.1]\n",
           correlation(lane->premium_bps, lane->premium_bps, n, 25),
           correlation(lane->premium_bps, lane->premium_bps, n, 60),
           correlation(lane->premium_bps, lane->premium_bps, n, 90),
           correlation(lane->premium_bps, lane->premium_bps, n, 180));
    printf("     premium with BTC's %.2f [.56-.68]; change over 1, 10, 30, 60 min %.1f %.1f "
           "%.1f %.1f\n",
           correlation(lane->premium_bps, measure->lanes[0].premium_bps, n, 0),
           change(lane->premium_bps, n, 1), change(lane->premium_bps, n, 10),
           change(lane->premium_bps, n, 30), change(lane->premium_bps, n, 60));
    printf("     Upbit spread mean %.2f bps, one tick %.0f %%; Binance one tick %.1f %%\n",
           lane->spread_a_sum_bps / (double)lane->spreads_a,
           100.0 * (double)lane->spreads_a_one / (double)lane->spreads_a,
           100.0 * (double)lane->spreads_b_one / (double)lane->spreads_b);
    mem_free(returns_a);
    mem_free(returns_b);
    mem_free(btc_b);
}

static int gap_quantile(const struct measure *measure, double share)
{
    int64_t all = 0, below = 0;
    for (int i = 0; i < GAPS_MAX; i++) {
        all += measure->gaps[i];
    }
    int ticks = 0;
    while (ticks < GAPS_MAX - 1 &&
           (double)(below += measure->gaps[ticks]) < share * (double)all) {
        ticks++;
    }
    return ticks;
}

static void print_market(struct measure *measure, double hours)
{
    int64_t events = 0;
    for (int i = 0; i <= EVENT_KIND_LAST; i++) {
        events += measure->kinds[i];
    }
    printf("calm, %.0f hours, %.1f events a second\n", hours, (double)events / hours / 3600.0);
    for (int i = 0; i < PAIRS; i++) {
        print_pair(measure, i);
    }
    const size_t n = measure->minutes;
    double *fx = changes_of(measure->fx_log_bps, n, 60);
    double *btc = changes_of(measure->lanes[0].log_b_bps, n, 60);
    printf("fx   %.1f bps per root hour [11-12.5]; with BTC over 1 h %.2f [-.45]\n",
           change(measure->fx_log_bps, n, 60), n > 60 ? correlation(fx, btc, n - 60, 0) : NAN);
    mem_free(fx);
    mem_free(btc);
    printf("Upbit BTC gaps 50/75/90/99 %% %d/%d/%d/%d ticks [2/5/11/30]\n",
           gap_quantile(measure, 0.50), gap_quantile(measure, 0.75),
           gap_quantile(measure, 0.90), gap_quantile(measure, 0.99));
    double *sizes = measure->sizes_a_usd;
    printf("Upbit BTC sizes 5/25/50/75/95 %% %.0f/%.0f/%.0f/%.0f/%.0f USD "
           "[7/300/1500/6200/43500], a side %.0f\n",
           quantile(sizes, measure->sizes_a, 0.05), quantile(sizes, measure->sizes_a, 0.25),
           quantile(sizes, measure->sizes_a, 0.50), quantile(sizes, measure->sizes_a, 0.75),
           quantile(sizes, measure->sizes_a, 0.95),
           measure->depth_a_usd / (double)measure->lanes[0].spreads_a);
    double *tops = measure->tops_b_btc;
    printf("Binance BTC top 5/25/50/75/95 %% %.2f/%.2f/%.2f/%.2f/%.2f BTC "
           "[.02/.67/2.7/5.1/11.3], a side %.1f\n",
           quantile(tops, measure->tops_b, 0.05), quantile(tops, measure->tops_b, 0.25),
           quantile(tops, measure->tops_b, 0.50), quantile(tops, measure->tops_b, 0.75),
           quantile(tops, measure->tops_b, 0.95),
           measure->depth_b_btc / (double)measure->lanes[0].spreads_b);
}

void market_measure_print(struct source *source, double hours)
{
    struct measure *measure = mem_zalloc(sizeof(*measure));
    measure->minutes_max = (size_t)(hours * 60.0);
    const size_t rows = measure->minutes_max + 1;
    measure->fx_log_bps = mem_array(rows, sizeof(double));
    measure->sizes_a_usd = mem_array(SIZES_MAX, sizeof(double));
    measure->tops_b_btc = mem_array(SIZES_MAX, sizeof(double));
    for (int i = 0; i < PAIRS; i++) {
        measure->lanes[i].log_a_bps = mem_array(rows, sizeof(double));
        measure->lanes[i].log_b_bps = mem_array(rows, sizeof(double));
        measure->lanes[i].premium_bps = mem_array(rows, sizeof(double));
    }
    struct err err = {0};
    struct event event;
    while (measure->minutes < measure->minutes_max) {
        const enum source_result result = source->ops->next(source, &event, &err);
        assert(result == SOURCE_EVENT);
        take(measure, &event);
    }
    print_market(measure, hours);
    for (int i = 0; i < PAIRS; i++) {
        mem_free(measure->lanes[i].log_a_bps);
        mem_free(measure->lanes[i].log_b_bps);
        mem_free(measure->lanes[i].premium_bps);
    }
    mem_free(measure->fx_log_bps);
    mem_free(measure->sizes_a_usd);
    mem_free(measure->tops_b_btc);
    mem_free(measure);
}
