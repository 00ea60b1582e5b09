/* Minute candles among the frames of two venues: the premium before anybody looked. */
#include "support/check.h"
#include "support/scratch.h"

#include "base/log.h"
#include "base/text.h"
#include "market/frames.h"

#define S INT64_C(1000000000)

static const struct frames_pair PAIRS[] = {{"KRW-BTC", "BTCUSDT"}, {"KRW-ETH", "ETHUSDT"}};

#define CANDLE(minute, close)                                                                  \
    "{\"candle_date_time_utc\":\"1970-01-01T00:0" minute ":00\",\"trade_price\":" close "}"
#define OF(symbol, list)      "\tupbit\trest.candles:" symbol "\t[" list "]"
#define KLINES(symbol, list)  "\tbinance\trest.klines:" symbol "\t[" list "]"
#define KLINE(open_ms, close) "[" open_ms ",\"1\",\"1\",\"1\",\"" close "\",\"1\"]"
#define BOOK                                                                                   \
    "\tupbit\tws\t{\"ty\":\"orderbook\",\"cd\":\"KRW-BTC\",\"tms\":1,\"obu\":[{\"ap\":2,"      \
    "\"bp\":1,\"as\":1,\"bs\":1}],\"lv\":0}"

struct tape {
    struct source *source;
    char path[SCRATCH_PATH_SIZE];
};

/* All lines are received at the 250th second, when the minute 4:00 to 5:00 still runs. */
static void tape_open(struct tape *tape, const char *const *lines)
{
    const struct frames_options options = {PAIRS, LEN(PAIRS), "KRW-USDT", "mid"};
    struct text text = text_growing();
    struct err err;
    for (; *lines != NULL; lines++) {
        text_addf(&text, "250000000000%s\n", *lines);
    }
    scratch_write(tape->path, text.data, text.length);
    text_finish(&text);
    if (!frames_open(&tape->source, tape->path, &options, &err)) {
        fail_msg("%s", err.text);
    }
}
#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void expect_sample(struct tape *tape, int32_t pair, int64_t time_ns, double premium_bps)
{
    struct event event;
    struct err err;
    assert_int_equal(tape->source->ops->next(tape->source, &event, &err), SOURCE_EVENT);
    assert_int_equal(event.kind, EVENT_HISTORY);
    assert_int_equal(event.pair, pair);
    assert_true(event.time_ns == time_ns && event.day == 0);
    assert_float_equal(event.history.premium_bps, premium_bps, 1e-9);
}

static int32_t count_history(struct tape *tape)
{
    struct event event;
    struct err err;
    int32_t count = 0;
    while (tape->source->ops->next(tape->source, &event, &err) == SOURCE_EVENT) {
        count += event.kind == EVENT_HISTORY ? 1 : 0;
    }
    return count;
}

static void tape_close(struct tape *tape)
{
    source_close(tape->source);
    scratch_remove(tape->path);
}

/* Newest first, as it comes. Nobody traded BTC in the minute from 2:00. */
#define BTC                                                                                    \
    OF("KRW-BTC", CANDLE("4", "9") "," CANDLE("3", "145000000") "," CANDLE("1", "145000000"))
#define ETH OF("KRW-ETH", CANDLE("1", "5000000"))
#define RATE                                                                                   \
    OF("KRW-USDT", CANDLE("4", "9") "," CANDLE("3", "1450") "," CANDLE(                        \
                       "2", "1450") "," CANDLE("1", "1451"))
#define BTC_B                                                                                  \
    KLINES("BTCUSDT", KLINE("60000", "100100") "," KLINE("120000", "1") "," KLINE(             \
                          "180000", "99950") "," KLINE("240000", "9"))
#define ETH_B KLINES("ETHUSDT", KLINE("60000", "3500"))

/* Goal: a sample at the end of each whole minute all three were traded in, with the rate of
 * that minute. 100,100 x 1,451 = 145,245,100: 16.9034... bps over 145,000,000.
 * 99,950 x 1,450 = 144,927,500: 5 bps under it. 3,500 x 1,451 = 5,078,500: 157 bps over. */
static void makes_samples_where_all_three_were_traded(void **state)
{
    struct tape tape;
    tape_open(&tape, LINES(BTC, BTC_B, ETH, RATE, ETH_B));
    expect_sample(&tape, 0, 120 * S, 245100.0 / 14500.0);
    expect_sample(&tape, 0, 240 * S, -5.0);
    expect_sample(&tape, 1, 120 * S, 157.0);
    assert_int_equal(count_history(&tape), 0);
    tape_close(&tape);
}

/* Goal: nothing is made of two out of three, of what comes after a book, or of it twice; an
 * answer that cannot be read is a drop and spoils nobody else's. */
static void gives_nothing_where_there_is_no_past(void **state)
{
    const struct {
        const char *const *lines;
        int32_t samples, dropped;
    } cases[] = {
        {LINES(BTC, BTC_B), 0, 0},
        {LINES(BTC, RATE, ETH_B), 0, 0},
        {LINES(BTC, RATE, KLINES("BTCUSDT", "")), 0, 0},
        {LINES(BOOK, BTC, BTC_B, RATE), 0, 0},
        {LINES(BTC, BTC_B, BOOK, RATE), 0, 0},
        {LINES(BTC, BTC_B, RATE, BTC, BTC_B, RATE), 2, 0},
        {LINES(KLINES("BTCUSDT", "[1]"), BTC, RATE, ETH, ETH_B), 1, 1},
        {LINES(KLINES("XRPUSDT", KLINE("60000", "1")), RATE), 0, 0},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct tape tape;
        struct frames_counts counts;
        tape_open(&tape, cases[i].lines);
        const int32_t samples = count_history(&tape);
        frames_counts(tape.source, &counts);
        if (samples != cases[i].samples || counts.dropped != (uint64_t)cases[i].dropped) {
            fail_msg("case %zu: %d samples", i, samples);
        }
        tape_close(&tape);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_samples_where_all_three_were_traded),
        cmocka_unit_test(gives_nothing_where_there_is_no_past),
    };
    FILE *quiet = fopen("/dev/null", "w");
    log_open(quiet, LOG_ERROR);
    const int failed = cmocka_run_group_tests_name("market/past", tests, NULL, NULL);
    fclose(quiet);
    return failed;
}
