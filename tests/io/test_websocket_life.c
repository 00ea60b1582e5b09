#include "support/check.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "diary.h"

struct pings {
    int count;
    atomic_bool ended; /* the connection */
};

/* Answers pings until the 4th. */
static void play_pongs(struct line *line)
{
    char bytes[64];
    struct pings *pings = line->context;
    frames_accept(line);
    while (frames_read(line, bytes, sizeof(bytes)) == FRAME_PING) {
        if (++pings->count < 4) {
            frames_send(line, FRAME_LAST | FRAME_PONG, bytes, 8);
        }
    }
    atomic_store(&pings->ended, true);
}

/* Goal: pongs are life. Pings of 30, 60 and 90 ms are answered, so a silence of 250 ms is not
 * complete before 340; without them it would be at 250. */
static void pings_and_notices_silence(void **state)
{
    struct pings pings = {.count = 0};
    struct peer *peer = peer_start(play_pongs, &pings, NULL);
    struct websocket_options options = diary_options(peer);
    options.hello_count = 0;
    options.ping_ms = 30;
    options.silence_ms = 250;
    options.back_off_ms = options.back_off_max_ms = 5000;
    struct diary diary;
    diary_start(&diary, &options, NULL);
    diary_run(&diary, 2, 0);
    assert_int_equal(diary.news[1].fault, NET_SILENT);
    assert_string_equal(diary.texts[1], "not a byte for 250 ms");
    assert_true(diary.at_ns[1] - diary.at_ns[0] >= 330 * CLOCK_NS_PER_MS);
    const struct websocket_stats *stats = websocket_stats(diary.line);
    assert_int_equal(stats->pongs, 3);
    assert_true(stats->pings >= 4);
    assert_true(stats->round_trip_ns > 0);
    assert_true(stats->round_trip_ns < CLOCK_NS_PER_S);
    /* The dead connection is given up in truth, though nothing happens on it any more. */
    for (int i = 0; i < 3000 && !atomic_load(&pings.ended); i++) {
        diary_run_for(&diary, 1);
    }
    assert_true(atomic_load(&pings.ended));
    diary_end(&diary);
    peer_stop(peer);
    assert_true(pings.count >= 4);
}

/* Pings the client three times, 80 ms apart, says what came back, and is silent. */
static void play_server_pings(struct line *line)
{
    char bytes[64];
    frames_accept(line);
    for (int i = 0; i < 3; i++) {
        usleep(80000);
        frames_send(line, FRAME_LAST | FRAME_PING, "hey", 3);
        if (frames_read(line, bytes, sizeof(bytes)) != FRAME_PONG ||
            strcmp(bytes, "hey") != 0) {
            return;
        }
    }
    line_hold(line);
}

/* Goal: pings of the server are life as well, though nobody is told of them. */
static void lives_on_the_servers_pings(void **state)
{
    struct peer *peer = peer_start(play_server_pings, NULL, NULL);
    struct websocket_options options = diary_options(peer);
    options.hello_count = 0;
    options.silence_ms = 200;
    options.back_off_ms = options.back_off_max_ms = 5000;
    struct diary diary;
    diary_start(&diary, &options, NULL);
    diary_run(&diary, 2, 0);
    assert_int_equal(diary.news[1].fault, NET_SILENT);
    assert_true(diary.at_ns[1] - diary.at_ns[0] >= 430 * CLOCK_NS_PER_MS);
    diary_end(&diary);
    peer_stop(peer);
}

/* Refuses twice, agrees without a word twice, then sends a message and is gone. */
static void play_moody(struct line *line)
{
    if (line->number < 2) {
        line_read_head(line);
        line_say(line, "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
        line_hold(line);
        return;
    }
    frames_accept(line);
    if (line->number == 4) {
        frames_say(line, "data");
    }
}

/* Goal: each failure in a row doubles the wait, of which a half is chance, up to the most. An
 * opening alone proves nothing; data does. */
static void waits_longer_each_time(void **state)
{
    static const struct {
        int64_t ms_min, ms_max;
    } waits[] = {{5, 10}, {10, 20}, {20, 40}, {20, 40}, {5, 10}};
    struct peer *peer = peer_start(play_moody, NULL, NULL);
    struct websocket_options options = diary_options(peer);
    options.hello_count = 0;
    struct diary diary;
    diary_start(&diary, &options, NULL);
    diary_run(&diary, 9, 0);
    int lost = 0;
    for (int i = 0; i < 8; i++) {
        const struct websocket_news *news = &diary.news[i];
        if (news->change == WEBSOCKET_LOST) {
            assert_in_range(news->wait_ms, waits[lost].ms_min, waits[lost].ms_max);
            assert_true(diary.at_ns[i + 1] - diary.at_ns[i] >= news->wait_ms * CLOCK_NS_PER_MS);
            lost++;
        }
    }
    assert_int_equal(lost, LEN(waits));
    diary_end(&diary);
    peer_stop(peer);
}

static void hold(struct diary *diary)
{
    if (diary->news[diary->news_count - 1].change == WEBSOCKET_LOST) {
        websocket_hold_until(diary->line, clock_monotonic_ns() + 100 * CLOCK_NS_PER_MS);
    }
}

static void holds_back_as_long_as_it_is_told(void **state)
{
    struct script script = {.steps = "a|tx"};
    struct peer *peer = peer_start(script_play, &script, NULL);
    struct websocket_options options = diary_options(peer);
    struct diary diary;
    diary_start(&diary, &options, NULL);
    diary.meddle = hold;
    diary_run(&diary, 3, 0);
    assert_int_equal(diary.news[2].change, WEBSOCKET_OPENED);
    assert_true(diary.at_ns[2] - diary.at_ns[1] >= 100 * CLOCK_NS_PER_MS);
    diary_end(&diary);
    peer_stop(peer);
}

static void renew(struct diary *diary)
{
    if (diary->message_count == 1 && diary->news_count == 1) {
        websocket_renew(diary->line, NET_SILENT, clock_monotonic_ns() - 7000 * CLOCK_NS_PER_MS);
    }
}

/* Goal: a renewal is a loss for the given reason, also when a message is the occasion, and what
 * the old connection still has to say is not heard. */
static void renews_when_asked(void **state)
{
    struct script script = {.steps = "a|thello|ttwo|H"};
    struct peer *peer = peer_start(script_play, &script, NULL);
    struct websocket_options options = diary_options(peer);
    struct diary diary;
    diary_start(&diary, &options, NULL);
    websocket_renew(diary.line, NET_SILENT, 0); /* nothing to give up yet */
    diary.meddle = renew;
    diary_run(&diary, 3, 3);
    assert_int_equal(diary.news[1].change, WEBSOCKET_LOST);
    assert_int_equal(diary.news[1].fault, NET_SILENT);
    assert_ptr_equal(strstr(diary.texts[1], "no message for 70"), diary.texts[1]);
    assert_int_equal(diary.news[2].change, WEBSOCKET_OPENED);
    assert_string_equal(diary.messages, "hello hello two");
    diary_end(&diary);
    peer_stop(peer);
}

/* Every line gets the number of the moment, every 2 ms, so two lines tell the same story. */
static void play_ticks(struct line *line)
{
    const int64_t *start_ns = line->context;
    char text[16];
    int64_t last = -1;
    frames_accept(line);
    for (;;) {
        const int64_t tick = (clock_monotonic_ns() - *start_ns) / (2 * CLOCK_NS_PER_MS);
        last = last < 0 ? tick - 1 : last;
        for (; last < tick; last++) {
            snprintf(text, sizeof(text), "%lld", (long long)last + 1);
            if (!frames_say(line, text)) {
                return;
            }
        }
        usleep(1000);
    }
}

struct ticks {
    struct diary diary; /* first, so that one is the other */
    bool heard[10000];
    int64_t first, last;
};

static void take_tick(struct diary *diary, const char *bytes, size_t size)
{
    struct ticks *ticks = (struct ticks *)diary;
    char text[16];
    snprintf(text, sizeof(text), "%.*s", (int)size, bytes);
    const int tick = atoi(text);
    assert_in_range(tick, 0, LEN(ticks->heard) - 1);
    ticks->first = diary->message_count == 1 ? tick : ticks->first;
    ticks->last = tick > ticks->last ? tick : ticks->last;
    ticks->heard[tick] = true;
}

/* Goal: connections come and go and not one message is missing. */
static void replaces_its_connection_without_a_gap(void **state)
{
    int64_t start_ns = clock_monotonic_ns();
    struct peer *peer = peer_start(play_ticks, &start_ns, NULL);
    struct websocket_options options = diary_options(peer);
    options.hello_count = 0;
    options.lifetime_ms = 60;
    options.overlap_ms = 20;
    struct ticks ticks = {.first = 0};
    struct diary *diary = &ticks.diary;
    diary_start(diary, &options, NULL);
    diary->hear = take_tick;
    diary_run(diary, 4, 0);
    assert_int_equal(diary->news[0].change, WEBSOCKET_OPENED);
    for (int i = 1; i < 4; i++) {
        assert_int_equal(diary->news[i].change, WEBSOCKET_REPLACED);
    }
    const struct websocket_stats stats = *websocket_stats(diary->line);
    assert_int_equal(stats.replaced, 3);
    assert_int_equal(stats.losses, 0);
    assert_true(stats.open);
    diary_end(diary);
    peer_stop(peer);
    /* At least three lives of 60 ms, a tick each 2 ms. */
    assert_true(ticks.last - ticks.first >= 3 * 60 / 2 - 1);
    for (int64_t tick = ticks.first; tick <= ticks.last; tick++) {
        assert_true(ticks.heard[tick]);
    }
}

/* What the 2nd connection does, and the 1st once the 2nd has done it. */
struct handover {
    const char *second;
    atomic_bool done;
};

static void play_handover(struct line *line)
{
    struct handover *handover = line->context;
    if (line->number == 0) {
        frames_accept(line);
        frames_say(line, "first");
        while (!atomic_load(&handover->done)) {
            usleep(1000);
        }
    } else if (line->number == 1 && strcmp(handover->second, "refuse") == 0) {
        line_read_head(line);
        line_say(line, "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
        line_hold(line);
    } else {
        frames_accept(line);
        if (line->number > 1 || strcmp(handover->second, "speak") == 0) {
            frames_say(line, "next");
        }
        /* The client's part is done when it has heard of it: a pong follows a ping. */
        char bytes[16];
        frames_send(line, FRAME_LAST | FRAME_PING, "", 0);
        frames_read(line, bytes, sizeof(bytes));
        atomic_store(&handover->done, true);
        line_hold(line);
    }
}

static void hands_over_when_the_old_one_ends(void **state)
{
    static const struct {
        const char *second;
        int64_t overlap_ms;
        const char *news; /* Opened, Lost, Replaced */
    } cases[] = {
        {"speak", 100000, "OR"}, /* cut within the overlap: nothing is missing */
        {"mute", 100000, "OLO"}, /* it may have missed something */
        {"refuse", 1, "OR"},     /* tried again, and nobody needs to know */
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        print_message("# %s\n", cases[i].second);
        struct handover handover = {.second = cases[i].second};
        struct peer *peer = peer_start(play_handover, &handover, NULL);
        struct websocket_options options = diary_options(peer);
        options.hello_count = 0;
        options.lifetime_ms = 10;
        options.overlap_ms = cases[i].overlap_ms;
        struct diary diary;
        char news[8] = "";
        diary_start(&diary, &options, NULL);
        diary_run(&diary, (int)strlen(cases[i].news), 0);
        for (int k = 0; k < diary.news_count; k++) {
            news[k] = "ORL"[diary.news[k].change];
        }
        assert_string_equal(news, cases[i].news);
        assert_true(websocket_stats(diary.line)->open);
        assert_int_equal(websocket_stats(diary.line)->losses, i == 1 ? 1 : 0);
        diary_end(&diary);
        atomic_store(&handover.done, true);
        peer_stop(peer);
    }
}

/* Keeps the code of the client's good-bye, and answers it. */
static void play_good_bye(struct line *line)
{
    atomic_int *code = line->context;
    char bytes[64];
    frames_accept(line);
    frames_say(line, "x");
    if (frames_read(line, bytes, sizeof(bytes)) == FRAME_CLOSE) {
        frames_send(line, FRAME_LAST | FRAME_CLOSE, bytes, 2);
        atomic_store(code, (unsigned char)bytes[0] << 8 | (unsigned char)bytes[1]);
    }
}

static void says_good_bye(void **state)
{
    atomic_int code = 0;
    struct peer *peer = peer_start(play_good_bye, &code, NULL);
    struct websocket_options options = diary_options(peer);
    options.hello_count = 0;
    struct diary diary;
    diary_start(&diary, &options, NULL);
    diary_run(&diary, 1, 1);
    websocket_close(diary.line);
    diary.line = NULL;
    for (int i = 0; i < 5000 && atomic_load(&code) == 0; i++) {
        diary_run_for(&diary, 1);
    }
    assert_int_equal(atomic_load(&code), 1000);
    diary_end(&diary);
    peer_stop(peer);
}

/* Large messages without a pause, in frames that no buffer holds, whatever the client says. */
static void play_torrent(struct line *line)
{
    static char bytes[150000];
    frames_accept(line);
    while (frames_send(line, FRAME_BINARY, bytes, sizeof(bytes)) &&
           frames_send(line, FRAME_LAST | FRAME_MORE, bytes, sizeof(bytes))) {
    }
}

/* Goal: an old connection may be in full flow when it is taken leave of. */
static void takes_leave_of_a_torrent(void **state)
{
    struct peer *peer = peer_start(play_torrent, NULL, NULL);
    struct websocket_options options = diary_options(peer);
    options.hello_count = 0;
    options.message_size_max = 300000;
    options.lifetime_ms = 10;
    options.overlap_ms = 5;
    struct diary diary;
    diary_start(&diary, &options, NULL);
    diary_run(&diary, 10, 0);
    for (int i = 1; i < diary.news_count; i++) {
        assert_int_equal(diary.news[i].change, WEBSOCKET_REPLACED);
    }
    assert_int_equal(diary.size, 300000);
    diary_end(&diary);
    peer_stop(peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pings_and_notices_silence),
        cmocka_unit_test(lives_on_the_servers_pings),
        cmocka_unit_test(waits_longer_each_time),
        cmocka_unit_test(holds_back_as_long_as_it_is_told),
        cmocka_unit_test(renews_when_asked),
        cmocka_unit_test(replaces_its_connection_without_a_gap),
        cmocka_unit_test(hands_over_when_the_old_one_ends),
        cmocka_unit_test(says_good_bye),
        cmocka_unit_test(takes_leave_of_a_torrent),
    };
    return cmocka_run_group_tests_name("io/websocket_life", tests, NULL, NULL);
}
