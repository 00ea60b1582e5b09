#include "support/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "io/scrape.h"

/* Clients are sockets of the same thread, so that nothing here depends on who runs when: the
 * loop turns until what is waited for has come. */

enum { PAGE_LINES = 4000, ANSWER_SIZE = 1 << 20, SILENT = SCRAPE_CLIENTS_MAX + 4 };

#define DEADLINE_NS (20 * CLOCK_NS_PER_S)

struct fixture {
    struct loop *loop;
    struct scrape *scrape;
    int pages; /* made */
    bool long_page;
    int64_t deadline_ns;
    int ticks;
};

static void write_page(void *context, struct text *out)
{
    struct fixture *it = context;
    it->pages++;
    for (int i = 0; i < (it->long_page ? PAGE_LINES : 1); i++) {
        text_addf(out, "number_%d{venue=\"upbit\"} %d\n", i, 7 * i);
    }
}

static int start(void **state)
{
    struct fixture *it = test_calloc(1, sizeof *it);
    struct err err = {0};
    it->loop = loop_create();
    if (!scrape_open(&it->scrape, it->loop, 0, write_page, it, &err)) {
        fail_msg("%s", err.text);
    }
    *state = it;
    return 0;
}

static int end(void **state)
{
    struct fixture *it = *state;
    scrape_close(it->scrape);
    loop_destroy(it->loop);
    test_free(it);
    return 0;
}

static int connect_to(const struct fixture *it)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(scrape_port(it->scrape)),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void on_tick(void *context, int64_t now_ns)
{
    struct fixture *it = context;
    it->ticks++;
    loop_stop(it->loop, 0);
}

/* A turn of the loop of a millisecond or so. */
static void turn(struct fixture *it)
{
    loop_add_timer(it->loop, clock_monotonic_ns() + CLOCK_NS_PER_MS, on_tick, it);
    (void)loop_run(it->loop);
    assert_true(clock_monotonic_ns() < it->deadline_ns);
}

static void begin_to_wait(struct fixture *it)
{
    it->deadline_ns = clock_monotonic_ns() + DEADLINE_NS;
}

/* Reads until the other side closes; the length. */
static size_t read_all(struct fixture *it, int fd, char *answer, size_t size)
{
    size_t length = 0;
    begin_to_wait(it);
    for (;;) {
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        turn(it);
        if (poll(&poll_fd, 1, 0) == 0) {
            continue;
        }
        const ssize_t got = recv(fd, answer + length, size - 1 - length, 0);
        if (got <= 0) {
            answer[length] = '\0';
            return length;
        }
        length += (size_t)got;
        assert_true(length < size - 1);
    }
}

static char *ask(struct fixture *it, const char *request)
{
    static char answer[ANSWER_SIZE];
    const int fd = connect_to(it);
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    (void)read_all(it, fd, answer, sizeof answer);
    close(fd);
    return answer;
}

#define TAIL " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"

/* Goal: one path, one verb; the page is made for nobody else. */
static void answers_get_metrics_and_nothing_else(void **state)
{
    static const struct {
        const char *request, *status;
        int pages;
    } cases[] = {
        {"GET /metrics" TAIL, "HTTP/1.1 200 ", 1},
        {"GET /metrics?x=1" TAIL, "HTTP/1.1 200 ", 1},
        {"GET /" TAIL, "HTTP/1.1 404 ", 0},
        {"GET /metrics/" TAIL, "HTTP/1.1 404 ", 0},
        {"GET //metrics" TAIL, "HTTP/1.1 404 ", 0},
        {"GET /../metrics" TAIL, "HTTP/1.1 404 ", 0},
        {"HEAD /metrics" TAIL, "HTTP/1.1 200 ", 1},
        {"HEAD /" TAIL, "HTTP/1.1 404 ", 0},
        {"DELETE /metrics" TAIL, "HTTP/1.1 405 ", 0},
        {"POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: "
         "close\r\n\r\nabc",
         "HTTP/1.1 405 ", 0},
        {"no request at all\r\n\r\n", "HTTP/1.", 0},
    };
    struct fixture *it = *state;
    for (size_t i = 0; i < LEN(cases); i++) {
        it->pages = 0;
        const char *answer = ask(it, cases[i].request);
        print_message("# %.20s: %.40s\n", cases[i].request, answer);
        assert_int_equal(it->pages, cases[i].pages);
        if (answer[0] != '\0' || cases[i].pages > 0) { /* what is no HTTP may be hung up on */
            assert_memory_equal(answer, cases[i].status, strlen(cases[i].status));
        }
    }
}

/* Goal: the format's own content type, and the body whole. */
static void gives_the_whole_page(void **state)
{
    struct fixture *it = *state;
    it->long_page = true;
    const char *answer = ask(it, "GET /metrics" TAIL);
    assert_non_null(
        strstr(answer, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    const char *body = strstr(answer, "\r\n\r\n") + 4;
    struct text want = text_growing();
    write_page(it, &want);
    assert_string_equal(body, text_string(&want));
    text_finish(&want);
}

/* Goal: who connects and says nothing holds a place and nothing else: the loop goes round, and
 * once the silence is over whoever waited behind them is served. */
static void who_is_silent_holds_nobody_up(void **state)
{
    static const char request[] = "GET /metrics" TAIL;
    struct fixture *it = *state;
    static char answer[ANSWER_SIZE];
    int silent[SILENT];
    begin_to_wait(it);
    for (size_t i = 0; i < LEN(silent); i++) {
        silent[i] = connect_to(it);
        turn(it);
    }
    it->ticks = 0;
    const int late = connect_to(it);
    assert_int_equal(send(late, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    (void)read_all(it, late, answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 200 ", 13);
    assert_true(it->ticks > 20); /* in the seconds it waited, on however slow a machine */
    for (size_t i = 0; i < LEN(silent); i++) {
        close(silent[i]);
    }
    close(late);
}

/* Goal: HEAD is GET without the body, its length told. */
static void head_is_get_without_a_body(void **state)
{
    struct fixture *it = *state;
    const char *answer = ask(it, "HEAD /metrics" TAIL);
    assert_non_null(strstr(answer, "Content-Length: 26\r\n")); /* number_0{venue="upbit"} 0 */
    assert_string_equal(strstr(answer, "\r\n\r\n") + 4, "");
}

/* Goal: a request of which a byte comes now and then is never silent, and is hung up on all the
 * same: the end of its life comes long before the end of its line. */
static void who_drips_is_hung_up_on(void **state)
{
    struct fixture *it = *state;
    const int fd = connect_to(it);
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    int turns = 0;
    begin_to_wait(it);
    const int64_t began_ns = clock_monotonic_ns();
    while (poll(&poll_fd, 1, 0) == 0) {
        if (turns++ % 20 == 0) {
            (void)!send(fd, "G", 1, MSG_NOSIGNAL);
        }
        turn(it);
    }
    assert_true(clock_monotonic_ns() - began_ns >= SCRAPE_LIFE_MS * CLOCK_NS_PER_MS);
    close(fd);
}

/* Goal: many who send half a request make the next one wait for a crowded life or two, not for
 * a whole one: 20 of them fill the 8 places twice before him. */
static void a_crowd_makes_nobody_wait_long(void **state)
{
    static const char half[] = "GET /metr";
    struct fixture *it = *state;
    int crowd[20];
    begin_to_wait(it);
    const int64_t began_ns = clock_monotonic_ns();
    for (size_t i = 0; i < LEN(crowd); i++) {
        crowd[i] = connect_to(it);
        assert_int_equal(send(crowd[i], half, strlen(half), MSG_NOSIGNAL), strlen(half));
    }
    assert_memory_equal(ask(it, "GET /metrics" TAIL), "HTTP/1.1 200 ", 13);
    assert_true(clock_monotonic_ns() - began_ns < SCRAPE_LIFE_MS * CLOCK_NS_PER_MS);
    for (size_t i = 0; i < LEN(crowd); i++) {
        close(crowd[i]);
    }
}

/* Goal: who asks for a long page and does not read it may go; the next one gets his. */
static void who_does_not_read_holds_nobody_up(void **state)
{
    static const char request[] = "GET /metrics" TAIL;
    struct fixture *it = *state;
    it->long_page = true;
    const int deaf = connect_to(it);
    assert_int_equal(send(deaf, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    const char *answer = ask(it, request);
    assert_memory_equal(answer, "HTTP/1.1 200 ", 13);
    assert_int_equal(it->pages, 2);
    close(deaf);
    assert_memory_equal(ask(it, request), "HTTP/1.1 200 ", 13);
}

/* Goal: another machine cannot ask: the socket is bound to the loopback alone. */
static void listens_on_the_loopback_alone(void **state)
{
    struct fixture *it = *state;
    struct sockaddr_in other = {.sin_family = AF_INET,
                                .sin_port = htons(scrape_port(it->scrape)),
                                .sin_addr = {.s_addr = htonl(0x7f000002)}}; /* 127.0.0.2 */
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&other, sizeof other), -1);
    close(fd);
}

static void a_port_that_is_taken_is_an_error(void **state)
{
    struct fixture *it = *state;
    struct scrape *second = NULL;
    struct err err = {0};
    char want[64];
    const uint16_t port = scrape_port(it->scrape);
    assert_false(scrape_open(&second, it->loop, port, write_page, it, &err));
    assert_null(second);
    snprintf(want, sizeof want, "cannot listen at 127.0.0.1:%d: Address already in use", port);
    assert_string_equal(err.text, want);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(answers_get_metrics_and_nothing_else), WITH(gives_the_whole_page),
        WITH(who_is_silent_holds_nobody_up),        WITH(who_does_not_read_holds_nobody_up),
        WITH(head_is_get_without_a_body),           WITH(who_drips_is_hung_up_on),
        WITH(a_crowd_makes_nobody_wait_long),       WITH(listens_on_the_loopback_alone),
        WITH(a_port_that_is_taken_is_an_error),
    };
    return cmocka_run_group_tests_name("io/scrape", tests, NULL, NULL);
}
