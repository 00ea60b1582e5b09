/* The past of a live session: from the minute candles of both venues, or not at all. */
#include "live_case.h"

#include <math.h>

#include "market/frames.h"

enum { MINUTES = 120 };

static void open_case(struct live_case *live_case)
{
    case_open_venues(live_case, &(struct case_venues){0});
    live_case->history_minutes = MINUTES;
}

static bool has_past(struct live_case *live_case)
{
    char text[LIVE_TEXT_SIZE];
    return all_fresh(live_case) && live_past(live_case->source, text);
}

/* Goal: every whole minute that was asked for comes before the first book, in order, the newest
 * no older than a minute; and its premiums are of the market that goes on, which in `calm` is
 * within 17 bps in 98 of 100 minutes (MARKET.md A.2). The minute that runs is left out. */
static void begins_with_the_last_minutes_of_both_venues(void **state)
{
    struct live_case live_case;
    char text[LIVE_TEXT_SIZE];
    open_case(&live_case);
    case_open_source(&live_case);
    assert_false(live_past(live_case.source, text));
    case_until(&live_case, has_past, "a past and books");
    const struct known *known = &live_case.known;
    for (int pair = 0; pair < CASE_PAIRS; pair++) {
        assert_in_range(known->history[pair], MINUTES - 2, MINUTES);
        const int64_t old_ns = known->time_ns - known->history_ns[pair];
        assert_true(old_ns > 0 && old_ns < 75 * CLOCK_NS_PER_S);
        assert_true(fabs(known->history_bps[pair] / known->history[pair]) < 17.0);
    }
    assert_true(live_past(live_case.source, text));
    assert_non_null(strstr(text, " minute candles of upbit and binance, newest "));
    assert_int_equal(strncmp(text, "baseline from 1", 15), 0);
    assert_null(strstr(text, "warms up"));
    case_close(&live_case);
}

/* Goal: more than one answer of Upbit holds is asked for page by page, is told as one, and
 * gives every minute once. */
static void turns_pages_for_more(void **state)
{
    enum { MORE = 430 };
    struct live_case live_case;
    int frames = 0;
    open_case(&live_case);
    live_case.history_minutes = MORE;
    case_open_source(&live_case);
    case_until(&live_case, has_past, "a past and books");
    for (int pair = 0; pair < CASE_PAIRS; pair++) {
        assert_in_range(live_case.known.history[pair], MORE - 2, MORE);
    }
    const char *tape = text_string(&live_case.tape);
    for (const char *at = tape; (at = strstr(at, "\trest.candles:")) != NULL; at++) {
        frames++;
    }
    assert_int_equal(frames, CASE_PAIRS + 1);
    case_close(&live_case);
}

/* Goal: a recording of it tells the same past. */
static void its_tape_tells_the_same_past(void **state)
{
    static const struct frames_pair pairs[] = {{"KRW-BTC", "BTCUSDT"}, {"KRW-ETH", "ETHUSDT"}};
    const struct frames_options options = {pairs, LEN(pairs), "KRW-USDT", "mid"};
    struct live_case live_case;
    struct source *source = NULL;
    struct known known = {.hash = UINT64_C(14695981039346656037)};
    char path[SCRATCH_PATH_SIZE];
    struct event event;
    struct err err;
    open_case(&live_case);
    case_open_source(&live_case);
    case_until(&live_case, has_past, "a past and books");
    scratch_write(path, live_case.tape.data, live_case.tape.length);
    if (!frames_open(&source, path, &options, &err)) {
        fail_msg("%s", err.text);
    }
    while (known.events < live_case.known.events) {
        assert_int_equal(source->ops->next(source, &event, &err), SOURCE_EVENT);
        known_take(&known, &event);
    }
    assert_true(known.hash == live_case.known.hash);
    assert_int_equal(known.history[0], live_case.known.history[0]);
    source_close(source);
    scratch_remove(path);
    case_close(&live_case);
}

/* Goal: venues whose candles do not come are listened to all the same, within seconds, and the
 * session is told that its baseline has to wait. */
static void goes_on_without_a_past(void **state)
{
    struct live_case live_case;
    char text[LIVE_TEXT_SIZE];
    open_case(&live_case);
    snprintf(live_case.config.upbit_rest_url, CONFIG_URL_SIZE, "http://127.0.0.1:1");
    case_open_source(&live_case);
    case_until(&live_case, has_past, "books without a past");
    assert_int_equal(live_case.known.history[0] + live_case.known.history[1], 0);
    assert_true(live_past(live_case.source, text));
    assert_string_equal(text, "no minute candles in time for KRW-BTC KRW-ETH: the baseline "
                              "warms up");
    case_close(&live_case);
}

/* Goal: nobody waits for what was not wanted. */
static void asks_for_no_more_than_is_wanted(void **state)
{
    struct live_case live_case;
    char text[LIVE_TEXT_SIZE];
    case_open(&live_case);
    case_until(&live_case, all_fresh, "books");
    assert_false(live_past(live_case.source, text));
    assert_null(strstr(text_string(&live_case.tape), "rest.candles"));
    assert_null(strstr(text_string(&live_case.tape), "rest.klines"));
    case_close(&live_case);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begins_with_the_last_minutes_of_both_venues),
        cmocka_unit_test(turns_pages_for_more),
        cmocka_unit_test(its_tape_tells_the_same_past),
        cmocka_unit_test(goes_on_without_a_past),
        cmocka_unit_test(asks_for_no_more_than_is_wanted),
    };
    FILE *quiet = fopen("/dev/null", "w");
    log_open(quiet, LOG_ERROR);
    const int failed = cmocka_run_group_tests_name("flow/live_past", tests, NULL, NULL);
    fclose(quiet);
    return failed;
}
