#include "support/check.h"

#include "diary.h"

#include <stdlib.h>

#include "base/clock.h"

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
                 diary->message_count > 0 ? " " : "", (int)size, bytes);
    }
    diary->size = size;
    diary->binary = binary;
    diary->message_count++;
    if (diary->hear != NULL) {
        diary->hear(diary, bytes, size);
    }
    assert_true(mono_ns > 0 && mono_ns <= clock_monotonic_ns());
    check_wants(diary);
}

static void give_up(void *context, int64_t now_ns)
{
    fail_msg("nothing happened for ten seconds");
}

void diary_run(struct diary *diary, int news, int messages)
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

struct websocket_options diary_options(const struct peer *peer)
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

void diary_start(struct diary *diary, const struct websocket_options *options,
                 const char *ca_file)
{
    struct err err;
    *diary = (struct diary){.loop = loop_create()};
    const struct websocket_calls calls = {take_news, take_message, diary};
    assert_true(websockets_create(&diary->all, diary->loop, ca_file, &err));
    assert_true(websocket_open(&diary->line, diary->all, options, &calls, &err));
}

void diary_end(struct diary *diary)
{
    websocket_close(diary->line);
    websockets_destroy(diary->all);
    loop_destroy(diary->loop);
}

static void stop(void *context, int64_t now_ns)
{
    loop_stop(context, 0);
}

void diary_stop_after(struct diary *diary, int64_t ms)
{
    loop_add_timer(diary->loop, clock_monotonic_ns() + ms * CLOCK_NS_PER_MS, stop, diary->loop);
}

void diary_run_for(struct diary *diary, int64_t ms)
{
    diary->want_news = diary->want_messages = INT32_MAX;
    diary_stop_after(diary, ms);
    loop_run(diary->loop);
}

static void play_step(struct line *line, const char *step, size_t length)
{
    static const char BIG[1200], MANY[70000];
    const char *rest = step + 1;
    const size_t size = length - 1;
    switch (*step) {
    case 'a': /* agree, and hear the hello */
        if (frames_accept(line)) {
            char hello[64];
            frames_read(line, hello, sizeof(hello));
        }
        break;
    case 'h': /* read the head and answer as it stands here */
        line_read_head(line);
        line_write(line, rest, size);
        break;
    case 't':
        frames_send(line, FRAME_LAST | FRAME_TEXT, rest, size);
        break;
    case 'b':
        frames_send(line, FRAME_LAST | FRAME_BINARY, rest, size);
        break;
    case 'f': /* the first fragment */
        frames_send(line, FRAME_TEXT, rest, size);
        break;
    case 'm': /* one in the middle */
        frames_send(line, FRAME_MORE, rest, size);
        break;
    case 'l': /* the last */
        frames_send(line, FRAME_LAST | FRAME_MORE, rest, size);
        break;
    case 'p':
        frames_send(line, FRAME_LAST | FRAME_PING, rest, size);
        break;
    case 'c': /* good-bye */
        frames_send(line, FRAME_LAST | FRAME_CLOSE, rest, size);
        line_hold(line);
        break;
    case 'w': /* as it stands */
        line_write(line, rest, size);
        break;
    case 'B': /* 1200 bytes */
        frames_send(line, FRAME_LAST | FRAME_BINARY, BIG, sizeof(BIG));
        break;
    case 'X': /* more than is read at once */
        line_write(line, MANY, sizeof(MANY));
        break;
    case 'r':
        line_reset(line);
        break;
    case 'H':
        line_hold(line);
        break;
    default:
        abort();
    }
}

void script_play(struct line *line)
{
    struct script *script = line->context;
    const char *step = script->steps;
    while (*step != '\0') {
        const size_t length = strcspn(step, "|");
        play_step(line, step, length);
        step += length + (step[length] == '|');
    }
    if (line->head[0] != '\0') {
        memcpy(script->head, line->head, sizeof(script->head));
    }
}
