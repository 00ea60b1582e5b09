#include "support/check.h"

#include <stdlib.h>

#include "base/clock.h"
#include "certificate.h"
#include "diary.h"

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
    struct websocket_options options = diary_options(peer);
    struct diary diary;
    diary_start(&diary, &options, NULL);
    diary_run(&diary, 1, 2);
    assert_int_equal(diary.news[0].change, WEBSOCKET_OPENED);
    assert_string_equal(diary.messages, "hello two");
    const struct websocket_stats *stats = websocket_stats(diary.line);
    assert_true(stats->open);
    assert_int_equal(stats->connects, 1);
    assert_int_equal(stats->messages, 2);
    assert_int_equal(stats->bytes, 8);
    diary_end(&diary);
    peer_stop(peer);
}

/* Goal: a message is one message however it is cut, and whatever stands between its pieces. */
static void hears_whole_messages(void **state)
{
    static const struct {
        const char *steps, *heard;
        int messages;
        bool binary;
    } cases[] = {
        {"a|tone|ttwo|H", "one two", 2, false},
        {"a|bone|H", "one", 1, true},
        {"a|fon|mly |lone|H", "only one", 1, false},
        {"a|fon|pmind|le|tand|H", "one and", 2, false},
        {"a|f|m|lx|H", "x", 1, false},
        {"a|t|tone|H", " one", 2, false},
        {"a|w\x81|w\x03o|wne|H", "one", 1, false},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        print_message("# %s\n", cases[i].steps);
        struct script script = {.steps = cases[i].steps};
        struct peer *peer = peer_start(script_play, &script, NULL);
        const struct websocket_options options = diary_options(peer);
        struct diary diary;
        diary_start(&diary, &options, NULL);
        diary_run(&diary, 1, cases[i].messages);
        assert_string_equal(diary.messages, cases[i].heard);
        assert_int_equal(diary.message_count, cases[i].messages);
        assert_int_equal(diary.binary, cases[i].binary);
        diary_end(&diary);
        peer_stop(peer);
    }
}

#define NO(status)                                                                             \
    "h"                                                                                        \
    "HTTP/1.1 " status " No\r\nContent-Length: 0\r\n"

static const struct {
    const char *steps;
    int opened; /* news before it is lost */
    enum net_fault fault;
    int32_t status;
    int64_t retry_after_ms;
    const char *text;
} ENDS[] = {
    {"a|tx", 1, NET_RESET, 0, 0, "the connection was cut"},
    {"a|tx|r", 1, NET_RESET, 0, 0, "the connection was cut"},
    {"a|w\x81\x05h", 1, NET_TRUNCATED, 0, 0, "cut within a message"},
    {"a|tx|w\x81\x05h", 1, NET_TRUNCATED, 0, 0, "cut within a message"},
    {"a|w\x01\x01h", 1, NET_TRUNCATED, 0, 0, "cut within a message"},
    {"a|c", 1, NET_CLOSED, 0, 0, "closed by the server"},
    {"a|c\x03\xe9gone", 1, NET_CLOSED, 0, 0, "closed by the server: 1001 gone"},
    {"a|c\x03\xe9\x1b[2J", 1, NET_CLOSED, 0, 0, "closed by the server: 1001 \\x1b[2J"},
    {"a|B|H", 1, NET_OVERSIZE, 0, 0, "the message is too long"},
    {"a|w\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff|X|H", 1, NET_OVERSIZE, 0, 0,
     "the message is too long"},
    {"a|w\xf1\x01x|H", 1, NET_GARBAGE, 0, 0, "what came is no frame of a WebSocket"},
    {"a|w\x87\x01x|H", 1, NET_GARBAGE, 0, 0, "what came is no frame of a WebSocket"},
    {NO("429") "Retry-After: 7\r\n\r\n|H", 0, NET_REFUSED, 429, 7000,
     "refused with status 429"},
    {NO("418") "\r\n|H", 0, NET_REFUSED, 418, 0, "refused with status 418"},
    {NO("503") "Retry-After: soon\r\n\r\n|H", 0, NET_REFUSED, 503, 0,
     "refused with status 503"},
    {NO("302") "Location: ws://127.0.0.1:1/\r\n\r\n|H", 0, NET_REFUSED, 302, 0,
     "refused with status 302"},
    {NO("200") "\r\n|H", 0, NET_REFUSED, 200, 0, "refused with status 200"},
    {"hHTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
     "Sec-WebSocket-Accept: bm8=\r\n\r\n|H",
     0, NET_GARBAGE, 0, 0, "the answer to the handshake is no WebSocket's"},
    {"h", 0, NET_RESET, 0, 0, "cut before it opened"},
    {"h|r", 0, NET_RESET, 0, 0, "cut before it opened"},
    {"hSSH-2.0-OpenSSH_9.2\r\n", 0, NET_RESET, 0, 0, "cut before it opened"},
};

static void tells_how_a_connection_ended(void **state)
{
    for (size_t i = 0; i < LEN(ENDS); i++) {
        print_message("# %s\n", ENDS[i].steps);
        struct script script = {.steps = ENDS[i].steps};
        struct peer *peer = peer_start(script_play, &script, NULL);
        struct websocket_options options = diary_options(peer);
        options.back_off_ms = options.back_off_max_ms = 5000;
        struct diary diary;
        diary_start(&diary, &options, NULL);
        diary_run(&diary, ENDS[i].opened + 1, 0);
        const struct websocket_news *lost = &diary.news[ENDS[i].opened];
        print_message("%s: %s\n", net_fault_name(lost->fault), diary.texts[ENDS[i].opened]);
        assert_int_equal(lost->change, WEBSOCKET_LOST);
        assert_int_equal(lost->fault, ENDS[i].fault);
        assert_int_equal(lost->status, ENDS[i].status);
        assert_int_equal(lost->retry_after_ms, ENDS[i].retry_after_ms);
        assert_string_equal(diary.texts[ENDS[i].opened], ENDS[i].text);
        assert_in_range(lost->wait_ms, ENDS[i].retry_after_ms > 0 ? 6990 : 2490,
                        ENDS[i].retry_after_ms > 0 ? 7000 : 5000);
        assert_false(websocket_stats(diary.line)->open);
        assert_int_equal(websocket_stats(diary.line)->losses, 1);
        assert_false(websocket_send(diary.line, "x", 1));
        diary_end(&diary);
        peer_stop(peer);
    }
}

/* Opens a line to this address and gives back its first loss. */
static struct websocket_news lose_at(const char *url, const char *ca_file, int64_t connect_ms,
                                     char text[160])
{
    struct websocket_options options = {
        .url = url,
        .message_size_max = 1000,
        .connect_ms = connect_ms,
        .back_off_ms = 100,
        .back_off_max_ms = 3000,
    };
    struct diary diary;
    diary_start(&diary, &options, ca_file);
    diary_run(&diary, 1, 0);
    const struct websocket_news news = diary.news[0];
    memcpy(text, diary.texts[0], sizeof(diary.texts[0]));
    diary_end(&diary);
    assert_int_equal(news.change, WEBSOCKET_LOST);
    return news;
}

static void tells_who_cannot_be_reached(void **state)
{
    char url[160], text[160];
    /* A label has at most 63 characters, so nobody needs to be asked. */
    snprintf(url, sizeof(url), "ws://%070d.invalid/", 0);
    assert_int_equal(lose_at(url, NULL, 8000, text).fault, NET_DNS);
    assert_non_null(strstr(text, ".invalid: "));

    struct peer *peer = peer_start(line_hold, NULL, NULL);
    snprintf(url, sizeof(url), "ws://localhost:%d/", peer_port(peer));
    assert_int_equal(lose_at(url, NULL, 30, text).fault, NET_TIMEOUT);
    assert_string_equal(text, "no connection within 30 ms");
    peer_stop(peer);
    /* The port was ours a moment ago; nobody listens there now. */
    assert_int_equal(lose_at(url, NULL, 8000, text).fault, NET_CONNECT);
    assert_string_equal(text, "nobody takes the connection");
}

static void line_end(struct line *line)
{
}

static void believes_good_certificates_only(void **state)
{
    struct certificates made;
    certificates_make(&made);
    const struct {
        const char *certificate, *text;
    } cases[] = {
        {made.self_signed, "self-signed certificate"},
        {made.other_host, "hostname mismatch"},
        {made.expired, "certificate has expired"},
    };
    char url[160], text[160];
    for (size_t i = 0; i < LEN(cases); i++) {
        print_message("# %s\n", cases[i].text);
        struct peer *peer = peer_start(play_two, NULL, cases[i].certificate);
        snprintf(url, sizeof(url), "wss://localhost:%d/", peer_port(peer));
        const struct websocket_news news = lose_at(url, made.authority, 8000, text);
        print_message("%s\n", text);
        assert_int_equal(news.fault, NET_TLS);
        assert_non_null(strstr(text, cases[i].text));
        assert_int_equal(news.wait_ms, 3000); /* the longest at once: it will not get better */
        peer_stop(peer);
    }

    /* By address, too, the certificate must be for the one that was asked for. */
    struct peer *other = peer_start(play_two, NULL, made.other_host);
    snprintf(url, sizeof(url), "wss://127.0.0.1:%d/", peer_port(other));
    assert_int_equal(lose_at(url, made.authority, 8000, text).fault, NET_TLS);
    print_message("%s\n", text);
    peer_stop(other);

    struct script script = {.steps = "wHTTP/1.1 400 Bad\r\n\r\n|H"};
    struct peer *plain = peer_start(script_play, &script, NULL);
    snprintf(url, sizeof(url), "wss://127.0.0.1:%d/", peer_port(plain));
    assert_int_equal(lose_at(url, made.authority, 8000, text).fault, NET_TLS);
    print_message("%s\n", text);
    peer_stop(plain);

    /* Cut within the handshake: that can be otherwise the next time. */
    struct peer *mute = peer_start(line_end, NULL, NULL);
    snprintf(url, sizeof(url), "wss://127.0.0.1:%d/", peer_port(mute));
    assert_int_equal(lose_at(url, made.authority, 8000, text).fault, NET_RESET);
    peer_stop(mute);

    struct peer *good = peer_start(play_two, NULL, made.good);
    struct websocket_options options = diary_options(good);
    snprintf(url, sizeof(url), "wss://127.0.0.1:%d/", peer_port(good));
    options.url = url;
    struct diary diary;
    diary_start(&diary, &options, made.authority);
    diary_run(&diary, 1, 2);
    assert_string_equal(diary.messages, "hello two");
    diary_end(&diary);
    /* The system's certificates do not vouch for it. */
    assert_int_equal(lose_at(url, NULL, 8000, text).fault, NET_TLS);
    peer_stop(good);
    certificates_remove(&made);
}

static void refuses_what_is_no_address(void **state)
{
    static const char *const urls[] = {
        "",          "ws://",           "http://127.0.0.1/",  "wss//host",
        "ws://a b/", "ws://host:port/", "ws://host:1000000/", "ws://host:0/",
    };
    struct loop *loop = loop_create();
    struct websockets *all;
    struct err err;
    assert_true(websockets_create(&all, loop, NULL, &err));
    for (size_t i = 0; i < LEN(urls); i++) {
        print_message("# %s\n", urls[i]);
        const struct websocket_options options = {.url = urls[i],
                                                  .message_size_max = 1,
                                                  .connect_ms = 1,
                                                  .back_off_ms = 1,
                                                  .back_off_max_ms = 1};
        const struct websocket_calls calls = {.context = NULL};
        struct websocket *line = NULL;
        assert_false(websocket_open(&line, all, &options, &calls, &err));
        assert_null(line);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.text, "is not a ws:// or wss:// address"));
    }
    websockets_destroy(all);
    assert_false(websockets_create(&all, loop, "/nowhere/ca.pem", &err));
    assert_string_equal(err.text, "cannot read the certificates of '/nowhere/ca.pem'");
    loop_destroy(loop);
}

/* Goal: the request is a plain one; venues punish an Origin and need no compression. */
static void asks_for_nothing_unusual(void **state)
{
    static const char *const HEADERS[] = {"X-Key: secret", "Authorization: Bearer abc"};
    struct script script = {.steps = "a|tx|H"};
    struct peer *peer = peer_start(script_play, &script, NULL);
    struct websocket_options options = diary_options(peer);
    options.headers = HEADERS;
    options.headers_count = LEN(HEADERS);
    struct diary diary;
    diary_start(&diary, &options, NULL);
    diary_run(&diary, 1, 1);
    diary_end(&diary);
    peer_stop(peer);
    char host[64];
    snprintf(host, sizeof(host), "Host: 127.0.0.1:%d\r\n", atoi(strrchr(options.url, ':') + 1));
    assert_ptr_equal(strstr(script.head, "GET /stream?a=b HTTP/1.1\r\n"), script.head);
    assert_non_null(strstr(script.head, host));
    assert_non_null(strstr(script.head, "\r\nX-Key: secret\r\n"));
    assert_non_null(strstr(script.head, "\r\nAuthorization: Bearer abc\r\n"));
    assert_null(strcasestr(script.head, "origin"));
    assert_null(strcasestr(script.head, "extensions"));
    assert_null(strcasestr(script.head, "subprotocol"));
    assert_null(strcasestr(script.head, "sec-websocket-protocol"));
}

/* Closes the line within its n-th call. */
static void close_within(struct diary *diary)
{
    if (diary->news_count + diary->message_count == diary->want_news) {
        websocket_close(diary->line);
        diary->line = NULL;
        diary_stop_after(diary, 20);
    }
}

/* Goal: the calls are opened, two messages, replaced and lost or the like; after a close in any
 * of them there is none. */
static void may_be_closed_in_any_call(void **state)
{
    static const struct {
        const char *steps;
        int64_t lifetime_ms;
        int calls;
    } cases[] = {
        {"a|tone|ttwo|H", 0, 1}, {"a|tone|ttwo|H", 0, 2},  {"a|tone|ttwo|H", 0, 3},
        {"a|tone", 0, 3},        {"a|tone|ttwo|H", 10, 6}, {"hHTTP/1.1 503 No\r\n\r\n", 0, 1},
        {"a|tone|c", 0, 3},      {"a|tone|B|H", 0, 3},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        print_message("# %s, %d\n", cases[i].steps, cases[i].calls);
        struct script script = {.steps = cases[i].steps};
        struct peer *peer = peer_start(script_play, &script, NULL);
        struct websocket_options options = diary_options(peer);
        options.lifetime_ms = cases[i].lifetime_ms;
        options.overlap_ms = 5;
        struct diary diary;
        diary_start(&diary, &options, NULL);
        diary.meddle = close_within;
        diary_run(&diary, cases[i].calls, INT32_MAX);
        assert_int_equal(diary.news_count + diary.message_count, cases[i].calls);
        diary_end(&diary);
        peer_stop(peer);
    }
}

/* Goal: nothing is left behind, wherever it stands: the sanitizers watch. */
static void may_be_closed_at_any_time(void **state)
{
    struct peer *peer = peer_start(line_hold, NULL, NULL);
    struct websocket_options options = diary_options(peer);
    char url[64];
    snprintf(url, sizeof(url), "ws://localhost:%d/", peer_port(peer));
    options.url = url;
    struct diary diary;
    diary_start(&diary, &options, NULL);
    diary_end(&diary); /* before the first turn */
    diary_start(&diary, &options, NULL);
    diary_run_for(&diary, 0);
    diary_end(&diary); /* while the name is looked up, or just after */
    diary_start(&diary, &options, NULL);
    diary_run_for(&diary, 20);
    diary_end(&diary); /* within the handshake */
    peer_stop(peer);
}

static void play_echo(struct line *line)
{
    char bytes[64];
    frames_accept(line);
    while (frames_read(line, bytes, sizeof(bytes)) == FRAME_TEXT && frames_say(line, bytes)) {
    }
}

static void sends_in_order_while_open(void **state)
{
    struct peer *peer = peer_start(play_echo, NULL, NULL);
    struct websocket_options options = diary_options(peer);
    struct diary diary;
    diary_start(&diary, &options, NULL);
    assert_false(websocket_send(diary.line, "early", 5));
    diary_run(&diary, 1, 0);
    assert_true(websocket_send(diary.line, "one", 3));
    assert_true(websocket_send(diary.line, "two more", 3));
    diary_run(&diary, 1, 3);
    assert_string_equal(diary.messages, "hello one two");
    int taken = 0;
    while (taken < 1000 && websocket_send(diary.line, "x", 1)) {
        taken++;
    }
    assert_int_equal(taken, 64); /* what waits has a limit */
    diary_run(&diary, 1, 3 + 64);
    diary_end(&diary);
    peer_stop(peer);
}

/* 3000 frames in one go, and then nothing that would wake anybody. */
static void play_burst(struct line *line)
{
    enum { COUNT = 3000, SIZE = 2 + 3 };
    static const char FRAME[SIZE] = {(char)(FRAME_LAST | FRAME_TEXT), 3, 'a', 'b', 'c'};
    char *bytes = malloc(COUNT * SIZE);
    for (int i = 0; i < COUNT; i++) {
        memcpy(&bytes[i * SIZE], FRAME, SIZE);
    }
    frames_accept(line);
    line_write(line, bytes, COUNT * SIZE);
    free(bytes);
    line_hold(line);
}

/* Goal: what TLS has unpacked already is heard, too, though the socket is quiet by then. */
static void hears_all_of_a_burst(void **state)
{
    struct certificates made;
    certificates_make(&made);
    struct peer *peer = peer_start(play_burst, NULL, made.good);
    struct websocket_options options = diary_options(peer);
    char url[64];
    snprintf(url, sizeof(url), "wss://localhost:%d/", peer_port(peer));
    options.url = url;
    struct diary diary;
    diary_start(&diary, &options, made.authority);
    diary_run(&diary, 1, 3000);
    assert_int_equal(diary.message_count, 3000);
    diary_end(&diary);
    peer_stop(peer);
    certificates_remove(&made);
}

/* Goal: libwebsockets would send everything to http_proxy, no_proxy unheeded. */
static void goes_straight_to_the_server(void **state)
{
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    opens_says_hello_and_hears(state);
    unsetenv("http_proxy");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_says_hello_and_hears),
        cmocka_unit_test(hears_whole_messages),
        cmocka_unit_test(tells_how_a_connection_ended),
        cmocka_unit_test(tells_who_cannot_be_reached),
        cmocka_unit_test(believes_good_certificates_only),
        cmocka_unit_test(refuses_what_is_no_address),
        cmocka_unit_test(asks_for_nothing_unusual),
        cmocka_unit_test(may_be_closed_in_any_call),
        cmocka_unit_test(may_be_closed_at_any_time),
        cmocka_unit_test(sends_in_order_while_open),
        cmocka_unit_test(hears_all_of_a_burst),
        cmocka_unit_test(goes_straight_to_the_server),
    };
    return cmocka_run_group_tests_name("io/websocket", tests, NULL, NULL);
}
