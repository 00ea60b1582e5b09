#include "support/check.h"

#include <stdlib.h>

#include "base/clock.h"
#include "certificate.h"
#include "frames.h"
#include "io/websocket.h"
#include "peer.h"

enum { NOTES_MAX = 64 };

/* All that a line told, in order: news by their first letter, messages as they are. */
struct diary {
    struct loop *loop;
    struct websockets *all;
    struct websocket *line;
    struct websocket_news news[NOTES_MAX];
    char texts[NOTES_MAX][160]; /* of the news */
    int64_t at_ns[NOTES_MAX];
    int news_count;
    char messages[2048]; /* joined by blanks */
    int message_count;
    size_t size; /* of the last one */
    bool binary;
    int want_news, want_messages;        /* stop when there are as many */
    void (*meddle)(struct diary *diary); /* inside a call */
};

static void check_wants(struct diary *diary)
{
    if (diary->meddle != NULL) {
        diary->meddle(diary);
    }
    if (diary->news_count >= diary->want_news && diary->message_count >= diary->want_messages) {
        loop_stop(diary->loop, 0);
    }
}

static void take_news(void *context, const struct websocket_news *news)
{
    struct diary *diary = context;
    assert_true(diary->news_count < NOTES_MAX);
    snprintf(diary->texts[diary->news_count], sizeof(diary->texts[0]), "%s", news->text);
    diary->at_ns[diary->news_count] = clock_monotonic_ns();
    diary->news[diary->news_count++] = *news;
    check_wants(diary);
}

static void take_message(void *context, const char *bytes, size_t size, bool binary,
                         int64_t mono_ns)
{
    struct diary *diary = context;
    const size_t length = strlen(diary->messages);
    if (length + size + 2 < sizeof(diary->messages)) {
        snprintf(&diary->messages[length], sizeof(diary->messages) - length, "%s%.*s",
                 length > 0 ? " " : "", (int)size, bytes);
    }
    diary->size = size;
    diary->binary = binary;
    diary->message_count++;
    assert_true(mono_ns > 0 && mono_ns <= clock_monotonic_ns());
    check_wants(diary);
}

static void give_up(void *context, int64_t now_ns)
{
    fail_msg("nothing happened for ten seconds");
}

static void run_until(struct diary *diary, int news, int messages)
{
    diary->want_news = news;
    diary->want_messages = messages;
    if (diary->news_count >= news && diary->message_count >= messages) {
        return;
    }
    const uint64_t timer =
        loop_add_timer(diary->loop, clock_monotonic_ns() + 10 * CLOCK_NS_PER_S, give_up, NULL);
    loop_run(diary->loop);
    loop_remove_timer(diary->loop, timer);
}

static struct websocket_options options_of(const struct peer *peer)
{
    static char url[128];
    snprintf(url, sizeof(url), "ws://127.0.0.1:%d/stream?a=b", peer_port(peer));
    return (struct websocket_options){
        .url = url,
        .hello = {"hello"},
        .hello_count = 1,
        .message_size_max = 1000,
        .connect_ms = 8000,
        .back_off_ms = 10,
        .back_off_max_ms = 40,
        .seed = 1,
    };
}

static void start(struct diary *diary, const struct websocket_options *options,
                  const char *ca_file)
{
    struct err err;
    *diary = (struct diary){.loop = loop_create()};
    const struct websocket_calls calls = {take_news, take_message, diary};
    assert_true(websockets_create(&diary->all, diary->loop, ca_file, &err));
    assert_true(websocket_open(&diary->line, diary->all, options, &calls, &err));
}

static void end(struct diary *diary)
{
    websocket_close(diary->line);
    websockets_destroy(diary->all);
    loop_destroy(diary->loop);
}

/* Answers a hello with two messages and holds. */
static void play_two(struct line *line)
{
    char hello[64];
    if (frames_accept(line) && frames_read(line, hello, sizeof(hello)) == FRAME_TEXT) {
        frames_say(line, hello);
        frames_say(line, "two");
        line_hold(line);
    }
}

static void opens_says_hello_and_hears(void **state)
{
    struct peer *peer = peer_start(play_two, NULL, NULL);
    struct websocket_options options = options_of(peer);
    struct diary diary;
    start(&diary, &options, NULL);
    run_until(&diary, 1, 2);
    assert_int_equal(diary.news[0].change, WEBSOCKET_OPENED);
    assert_string_equal(diary.messages, "hello two");
    const struct websocket_stats *stats = websocket_stats(diary.line);
    assert_true(stats->open);
    assert_int_equal(stats->connects, 1);
    assert_int_equal(stats->messages, 2);
    assert_int_equal(stats->bytes, 8);
    end(&diary);
    peer_stop(peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_says_hello_and_hears),
    };
    return cmocka_run_group_tests_name("io/websocket", tests, NULL, NULL);
}
