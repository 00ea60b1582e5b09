#include "exposition_reader.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/host.h"
#include "session_folder.h"

/* A host that runs, asked as Prometheus asks it. */

enum { PAGE_SIZE = 1 << 16, PATIENCE_MS = 20000 };

struct asker {
    pthread_t host; /* the thread to be ended when the page is here */
    uint16_t port;
    const char *wanted; /* asked again until this stands on the page */
    char page[PAGE_SIZE];
};

/* A port that is free now; whoever takes it meanwhile makes the test fail, not lie. */
static uint16_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

/* One request; "" when nobody answers. */
static void ask(struct asker *asker)
{
    static const char request[] = "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                  "Connection: close\r\n\r\n";
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(asker->port),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    size_t length = 0;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        send(fd, request, strlen(request), MSG_NOSIGNAL) == (ssize_t)strlen(request)) {
        for (;;) {
            const ssize_t got = recv(fd, asker->page + length, PAGE_SIZE - 1 - length, 0);
            if (got <= 0) {
                break;
            }
            length += (size_t)got;
        }
    }
    close(fd);
    asker->page[length] = '\0';
}

/* No function of cmocka may be used on another thread: what came is looked at later. */
static void *keep_asking(void *context)
{
    struct asker *asker = context;
    for (int waited_ms = 0; waited_ms < PATIENCE_MS; waited_ms += 5) {
        ask(asker);
        if (strstr(asker->page, asker->wanted) != NULL) {
            break;
        }
        (void)poll(NULL, 0, 5);
    }
    pthread_kill(asker->host, SIGTERM);
    return NULL;
}

static bool run_host(struct session_folder *s, struct err *err)
{
    enum host_end end;
    struct result result;
    const struct setup_request request = {.source = "simulated:7",
                                          .config = &s->config,
                                          .start_ns = INT64_C(1700000000000000000)};
    if (!setup_make(&s->setup, &request, err)) {
        fail_msg("%s", err->text);
    }
    const struct host_options options = {
        .setup = &s->setup,
        .dir = &s->dir,
        .speed = 600,
        .max_events = -1,
        .max_runtime_s = NAN,
        .take_signals = true,
        .version = "test",
        .life = session_folder_line,
        .life_context = s,
    };
    if (!host_run(&options, &end, &result, err)) {
        return false;
    }
    assert_int_equal(end, HOST_TERMINATED);
    result_finish(&result);
    return true;
}

/* Goal: while the session goes on its numbers can be had, by the strictest reader. */
static void prometheus_gets_the_numbers_of_a_session_that_runs(void **state)
{
    static struct asker asker;
    struct session_folder s;
    struct err err = {0};
    pthread_t thread;
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    session_folder_create(&s);
    s.config.metrics.port = free_port();
    asker = (struct asker){.host = pthread_self(),
                           .port = (uint16_t)s.config.metrics.port,
                           .wanted = "\narblite_cycle_seconds_count "};
    /* Before the host does so: else it would end the process while it comes up. */
    assert_int_equal(pthread_sigmask(SIG_BLOCK, &term, NULL), 0);
    assert_int_equal(pthread_create(&thread, NULL, keep_asking, &asker), 0);
    const bool done = run_host(&s, &err);
    assert_int_equal(pthread_join(thread, NULL), 0);
    if (!done) {
        fail_msg("%s", err.text);
    }
    assert_memory_equal(asker.page, "HTTP/1.1 200 OK\r\n", 17);
    const char *body = strstr(asker.page, "\r\n\r\n");
    assert_non_null(body);
    reader_check(body + 4);
    assert_true(reader_value(body + 4, "arblite_events_total") > 0);
    assert_true(reader_value(body + 4, "arblite_feed_messages_total{venue=\"upbit\"}") > 0);
    assert_true(reader_value(body + 4, "arblite_snapshot_age_seconds") >= 0);
    assert_true(
        isnan(reader_value(body + 4, "arblite_feed_round_trip_seconds{venue=\"upbit\"}")));
    session_folder_remove(&s);
}

/* Goal: whoever wanted numbers and cannot have them hears of it at once, by the key's name. */
static void a_port_that_is_taken_is_said_at_the_start(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    struct session_folder s;
    struct err err = {0};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    session_folder_create(&s);
    s.config.metrics.port = ntohs(address.sin_port);
    assert_false(run_host(&s, &err));
    assert_memory_equal(err.text, "metrics.port: cannot listen at 127.0.0.1:", 41);
    close(fd);
    session_folder_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prometheus_gets_the_numbers_of_a_session_that_runs),
        cmocka_unit_test(a_port_that_is_taken_is_said_at_the_start),
    };
    return cmocka_run_group_tests_name("run/host_metrics", tests, NULL, NULL);
}
