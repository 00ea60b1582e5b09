/* Live data without anybody to talk to; what venues say is tests/flow/test_live_source.c. */
#include "support/check.h"
#include "support/scratch.h"

#include "base/clock.h"
#include "base/log.h"
#include "market/live.h"

static const struct frames_pair PAIRS[] = {{"KRW-BTC", "BTCUSDT"}};

struct nobody {
    struct loop *loop;
    struct source *source;
    int32_t wakes, frames;
    uint64_t first_line;
    bool down;
    int32_t steps; /* of the clock, as told */
    int64_t steps_ms[4];
    int64_t newest_ns; /* time of an event */
};

static struct config_live nowhere(void)
{
    struct config config;
    config_defaults(&config);
    struct config_live live = config.live;
    snprintf(live.upbit_rest_url, sizeof(live.upbit_rest_url), "http://127.0.0.1:1");
    snprintf(live.upbit_socket_url, sizeof(live.upbit_socket_url), "ws://127.0.0.1:1/");
    snprintf(live.binance_rest_url, sizeof(live.binance_rest_url), "http://127.0.0.1:1");
    snprintf(live.binance_public_url, sizeof(live.binance_public_url), "ws://127.0.0.1:1");
    snprintf(live.binance_market_url, sizeof(live.binance_market_url), "ws://127.0.0.1:1");
    return live;
}

static int64_t wall_set_ns; /* by so much */

static int64_t set_wall_ns(void)
{
    return clock_wall_ns() + wall_set_ns;
}

static bool open_source(struct nobody *nobody, const struct config_live *config,
                        int32_t pairs_count, const char *ban_path, struct err *err)
{
    const struct live_options options = {
        .config = config,
        .pairs = PAIRS,
        .pairs_count = pairs_count,
        .fx_symbol = "KRW-USDT",
        .fx_price = "mid",
        .ban_path = ban_path,
        .seed = 1,
        .wall_ns = set_wall_ns,
    };
    return live_open(&nobody->source, nobody->loop, &options, err);
}

static void on_wake(void *context)
{
    struct nobody *nobody = context;
    struct event event;
    struct err err;
    nobody->wakes++;
    while (nobody->source->ops->next(nobody->source, &event, &err) == SOURCE_EVENT) {
        nobody->first_line = nobody->first_line == 0 ? event.line : nobody->first_line;
        nobody->down =
            nobody->down || (event.kind == EVENT_FEED && event.feed.venue == VENUE_A &&
                             event.feed.state == FEED_DOWN);
        nobody->newest_ns = event.time_ns;
        if (event.kind == EVENT_CLOCK) {
            assert_int_equal(event.clock.reason, REASON_CLOCK_STEP);
            assert_int_equal(event.clock.limit_ms, 1000);
            assert_in_range(nobody->steps, 0, LEN(nobody->steps_ms) - 1);
            nobody->steps_ms[nobody->steps++] = event.clock.off_ms;
        }
    }
}

static void on_frame(void *context, const struct frame *frame)
{
    struct nobody *nobody = context;
    nobody->frames++;
    assert_string_equal(frame->channel, "state");
}

static void on_look(void *context, int64_t now_ns)
{
    struct nobody *nobody = context;
    if (nobody->down) {
        loop_stop(nobody->loop, 0);
        return;
    }
    loop_add_timer(nobody->loop, now_ns + CLOCK_NS_PER_MS, on_look, nobody);
}

/* Goal: nothing waits and nothing fails: next() says wait, the wake comes with the news that
 * the feeds are down, and there is a line to read. */
static void tells_that_nobody_is_there(void **state)
{
    struct nobody nobody = {.loop = loop_create()};
    const struct config_live config = nowhere();
    struct event event;
    struct live_status status;
    struct err err;
    assert_true(open_source(&nobody, &config, 1, NULL, &err));
    assert_int_equal(nobody.source->ops->next(nobody.source, &event, &err), SOURCE_WAIT);
    const int64_t before_ns = live_now_ns(nobody.source);
    assert_true(live_to_mono_ns(nobody.source, live_from_mono_ns(nobody.source, 5)) == 5);
    live_set_wake(nobody.source, on_wake, &nobody);
    live_set_tap(nobody.source, on_frame, &nobody);
    loop_add_timer(nobody.loop, 0, on_look, &nobody);
    loop_run(nobody.loop);
    assert_true(nobody.wakes > 0 && nobody.frames > 0);
    assert_true(live_now_ns(nobody.source) > before_ns);
    live_status(nobody.source, VENUE_A, &status);
    assert_false(status.reached);
    assert_non_null(strstr(status.text, "upbit: cannot be reached: NET.CONNECT"));
    assert_true(live_count(nobody.source, VENUE_A, REASON_NET_CONNECT) > 0);
    source_close(nobody.source);
    loop_destroy(nobody.loop);
}

/* Goal: a longest pause that is shorter than the first is as long as that. */
static void opens_with_pauses_at_odds(void **state)
{
    struct nobody nobody = {.loop = loop_create()};
    struct config_live config = nowhere();
    struct err err;
    config.back_off_ms = 60000;
    config.back_off_ms_max = 100;
    assert_true(open_source(&nobody, &config, 1, NULL, &err));
    source_close(nobody.source);
    loop_destroy(nobody.loop);
}

/* Goal: a session goes on with its own numbers: what was between is gone. */
static void goes_on_numbering(void **state)
{
    struct nobody nobody = {.loop = loop_create()};
    const struct config_live config = nowhere();
    struct err err;
    assert_true(open_source(&nobody, &config, 1, NULL, &err));
    assert_true(nobody.source->ops->seek(nobody.source, 41, &err));
    live_set_wake(nobody.source, on_wake, &nobody);
    loop_add_timer(nobody.loop, 0, on_look, &nobody);
    loop_run(nobody.loop);
    assert_int_equal(nobody.first_line, 42);
    source_close(nobody.source);
    loop_destroy(nobody.loop);
}

/* Goal: addresses that are none and a ban that cannot be read are told at once. */
static void refuses_what_cannot_work(void **state)
{
    struct nobody nobody = {.loop = loop_create()};
    struct config_live config = nowhere();
    struct err err = {.kind = ERR_NONE};
    assert_false(open_source(&nobody, &config, 0, NULL, &err));
    assert_string_equal(err.text, "live data of 0 pairs (expected 1 to 8)");
    assert_false(open_source(&nobody, &config, 1, "/", &err)); /* a folder */
    snprintf(config.upbit_socket_url, sizeof(config.upbit_socket_url), "https://upbit");
    assert_false(open_source(&nobody, &config, 1, NULL, &err));
    loop_destroy(nobody.loop);
}

static int64_t to_set_ms;

static void on_set(void *context, int64_t now_ns)
{
    wall_set_ns += to_set_ms * CLOCK_NS_PER_MS;
}

static void on_look_at_steps(void *context, int64_t now_ns)
{
    struct nobody *nobody = context;
    if (nobody->steps > 0) {
        loop_stop(nobody->loop, 0);
        return;
    }
    loop_add_timer(nobody->loop, now_ns + CLOCK_NS_PER_MS, on_look_at_steps, nobody);
}

/* Goal: CLOCK.STEP: a clock that is set is told of by how much, from a second to 400 days
 * either way, and less is not; the time of events goes on as if nothing had been. */
static void tells_by_how_much_the_clock_was_set(void **state)
{
    static const int64_t cases_ms[] = {
        1500, -1500, 3600000, -3600000, 90000000, -90000000, 34560000000, -34560000000,
    };
    for (size_t i = 0; i < LEN(cases_ms); i++) {
        struct nobody nobody = {.loop = loop_create()};
        const struct config_live config = nowhere();
        struct err err;
        print_message("# %lld ms\n", (long long)cases_ms[i]);
        wall_set_ns = 0;
        assert_true(open_source(&nobody, &config, 1, NULL, &err));
        const int64_t began_ns = clock_monotonic_ns();
        const int64_t live_began_ns = live_now_ns(nobody.source);
        live_set_wake(nobody.source, on_wake, &nobody);
        wall_set_ns = 900 * CLOCK_NS_PER_MS; /* is seen by the first looks, and is no step */
        to_set_ms = cases_ms[i];
        loop_add_timer(nobody.loop, began_ns + 150 * CLOCK_NS_PER_MS, on_set, NULL);
        loop_add_timer(nobody.loop, 0, on_look_at_steps, &nobody);
        loop_run(nobody.loop);
        assert_int_equal(nobody.steps, 1);
        assert_in_range(nobody.steps_ms[0] - cases_ms[i] + 100, 0, 200);
        const int64_t lived_ns = clock_monotonic_ns() - began_ns;
        assert_in_range(nobody.newest_ns - live_began_ns, 0, lived_ns);
        source_close(nobody.source);
        loop_destroy(nobody.loop);
    }
    wall_set_ns = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_that_nobody_is_there),
        cmocka_unit_test(opens_with_pauses_at_odds),
        cmocka_unit_test(goes_on_numbering),
        cmocka_unit_test(refuses_what_cannot_work),
        cmocka_unit_test(tells_by_how_much_the_clock_was_set),
    };
    FILE *quiet = fopen("/dev/null", "w");
    log_open(quiet, LOG_ERROR);
    const int failed = cmocka_run_group_tests_name("market/live", tests, NULL, NULL);
    fclose(quiet);
    return failed;
}
