/* NET.DNS: names that nobody answers for, while everything else must go on. */
#include "support/check.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "diary.h"
#include "io/http.h"

/* What this test's name service knows of venue.test, whoever asks, on whatever thread. */
static struct {
    pthread_t loop_thread;
    atomic_bool mute, known;
    atomic_int asked, asked_by_loop;
} names;

static void names_begin(bool mute, bool known)
{
    names.loop_thread = pthread_self();
    atomic_store(&names.mute, mute);
    atomic_store(&names.known, known);
    atomic_store(&names.asked, 0);
    atomic_store(&names.asked_by_loop, 0);
}

static bool may_answer(void)
{
    atomic_fetch_add(&names.asked, 1);
    if (pthread_equal(pthread_self(), names.loop_thread)) {
        atomic_fetch_add(&names.asked_by_loop, 1); /* it would wait for itself */
        return false;
    }
    while (atomic_load(&names.mute)) {
        usleep(1000);
    }
    return atomic_load(&names.known);
}

/* In the place of the C library's, for libcurl too; one block, as its freeaddrinfo() expects.
 */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    struct whole {
        struct addrinfo info;
        struct sockaddr_in address;
    };
    if (strcmp(node, "venue.test") == 0 && !may_answer()) {
        return EAI_NONAME;
    }
    struct whole *whole = calloc(1, sizeof(*whole));
    whole->address.sin_family = AF_INET;
    whole->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    whole->address.sin_port = htons((uint16_t)(service != NULL ? atoi(service) : 0));
    whole->info.ai_family = AF_INET;
    whole->info.ai_socktype = SOCK_STREAM;
    whole->info.ai_addrlen = sizeof(whole->address);
    whole->info.ai_addr = (struct sockaddr *)&whole->address;
    *out = &whole->info;
    return 0;
}

/* Turns of a loop while a name is asked for in vain. */
struct ticking {
    struct loop *loop;
    int ticks;
};

static void on_tick(void *context, int64_t now_ns)
{
    struct ticking *ticking = context;
    if (atomic_load(&names.asked) > 0 && ++ticking->ticks == 50) {
        atomic_store(&names.mute, false);
        return;
    }
    loop_add_timer(ticking->loop, now_ns + CLOCK_NS_PER_MS, on_tick, ticking);
}

static const char *address_of(const struct peer *peer, const char *scheme)
{
    static char url[128];
    snprintf(url, sizeof(url), "%s://venue.test:%d/", scheme, peer_port(peer));
    return url;
}

static void play_ok(struct line *line)
{
    line_read_head(line);
    line_say(line, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

static void on_answer(void *context, const struct http_answer *answer)
{
    assert_int_equal(answer->fault, NET_NONE);
    assert_string_equal(answer->body, "ok");
    loop_stop(context, 0);
}

/* Goal: the loop turns fifty times while the name service says nothing; then it goes on. */
static void a_request_waits_for_its_name_alone(void **state)
{
    struct peer *peer = peer_start(play_ok, NULL, NULL);
    struct loop *loop = loop_create();
    struct ticking ticking = {.loop = loop};
    const struct http_options options = {.requests_max = 1};
    const struct http_request request = {
        .method = "GET", .url = address_of(peer, "http"), .timeout_ms = 8000, .size_max = 1000};
    struct http *http;
    struct err err;
    unsetenv("http_proxy");
    assert_true(http_create(&http, loop, &options, &err));
    names_begin(true, true);
    loop_add_timer(loop, 0, on_tick, &ticking);
    assert_int_not_equal(http_send(http, &request, on_answer, loop), 0);
    loop_run(loop);
    assert_int_equal(ticking.ticks, 50);
    assert_int_equal(atomic_load(&names.asked_by_loop), 0);
    http_destroy(http);
    loop_destroy(loop);
    peer_stop(peer);
}

static void play_echo(struct line *line)
{
    char bytes[64];
    frames_accept(line);
    while (frames_read(line, bytes, sizeof(bytes)) == FRAME_TEXT && frames_say(line, bytes)) {
    }
}

static void a_line_waits_for_its_name_alone(void **state)
{
    struct peer *peer = peer_start(play_echo, NULL, NULL);
    struct websocket_options options = diary_options(peer);
    struct diary diary;
    options.url = address_of(peer, "ws");
    names_begin(true, true);
    diary_start(&diary, &options, NULL);
    struct ticking ticking = {.loop = diary.loop};
    loop_add_timer(diary.loop, 0, on_tick, &ticking);
    diary_run(&diary, 1, 1);
    assert_string_equal(diary.messages, "hello");
    assert_int_equal(ticking.ticks, 50);
    assert_int_equal(atomic_load(&names.asked_by_loop), 0);
    diary_end(&diary);
    peer_stop(peer);
}

/* Goal: a line that runs needs no name; one that is to be made anew asks each time, in vain and
 * later each time, until there is an answer. */
static void a_line_outlives_its_name(void **state)
{
    struct peer *peer = peer_start(play_echo, NULL, NULL);
    struct websocket_options options = diary_options(peer);
    struct diary diary;
    options.url = address_of(peer, "ws");
    names_begin(false, true);
    diary_start(&diary, &options, NULL);
    diary_run(&diary, 1, 1);
    atomic_store(&names.known, false);
    assert_true(websocket_send(diary.line, "still", 5));
    diary_run(&diary, 1, 2);
    assert_string_equal(diary.messages, "hello still");
    assert_int_equal(atomic_load(&names.asked), 1);
    diary.want_news = 5; /* it hears of the end at once */
    websocket_renew(diary.line, NET_RESET, clock_monotonic_ns());
    diary_run(&diary, 5, 2);
    for (int i = 2; i < 5; i++) {
        assert_int_equal(diary.news[i].fault, NET_DNS);
        assert_string_equal(diary.texts[i], "venue.test: Name or service not known");
    }
    assert_true(diary.news[4].wait_ms >= 20); /* half of 40 at the least, after 10 and 20 */
    assert_true(atomic_load(&names.asked) >= 4);
    atomic_store(&names.known, true);
    diary_run(&diary, 6, 3);
    assert_string_equal(diary.messages, "hello still hello");
    diary_end(&diary);
    peer_stop(peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_waits_for_its_name_alone),
        cmocka_unit_test(a_line_waits_for_its_name_alone),
        cmocka_unit_test(a_line_outlives_its_name),
    };
    return cmocka_run_group_tests_name("io/names", tests, NULL, NULL);
}
