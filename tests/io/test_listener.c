#include "support/check.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "io/listener.h"

enum { CLIENTS_MAX = 80 };

struct house {
    struct loop *loop;
    struct listener listener;
    uint16_t port;
    int32_t wanted; /* the loop ends once so many are in */
    int32_t count;
    int fds[CLIENTS_MAX];
    bool shuts; /* the door, behind the first */
};

static void stop(void *context, int64_t now_ns)
{
    loop_stop(context, 0);
}

static void admit(void *context, int fd)
{
    struct house *house = context;
    house->fds[house->count++] = fd;
    if (house->shuts) {
        listener_close(&house->listener);
    }
    if (house->count == house->wanted) {
        loop_stop(house->loop, 0);
    }
}

static void open_house(struct house *house)
{
    struct err err = {0};
    int fd = -1;
    *house = (struct house){.loop = loop_create()};
    if (!listener_bind(&house->port, &fd, &err)) {
        fail_msg("%s", err.text);
    }
    assert_true(house->port > 0);
    listener_open(&house->listener, house->loop, fd, admit, house);
}

static void close_house(struct house *house)
{
    for (int32_t i = 0; i < house->count; i++) {
        close(house->fds[i]);
    }
    listener_close(&house->listener);
    listener_close(&house->listener);
    assert_int_equal(house->listener.fd, -1);
    loop_destroy(house->loop);
}

static int knock(const struct house *house)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(house->port),
                                        .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

/* Turns the loop for so long, unless all that are wanted come before. */
static void run_for(struct house *house, int64_t ms)
{
    const uint64_t timer = loop_add_timer(
        house->loop, clock_monotonic_ns() + ms * CLOCK_NS_PER_MS, stop, house->loop);
    loop_run(house->loop);
    loop_remove_timer(house->loop, timer);
}

/* More than are let in at once: the rest follow, and none of them blocks. */
static void lets_in_whoever_knocks(void **state)
{
    struct house house;
    int clients[CLIENTS_MAX];
    open_house(&house);
    for (int i = 0; i < CLIENTS_MAX; i++) {
        clients[i] = knock(&house);
    }
    house.wanted = CLIENTS_MAX;
    run_for(&house, 10000);
    assert_int_equal(house.count, CLIENTS_MAX);
    for (int i = 0; i < CLIENTS_MAX; i++) {
        assert_true((fcntl(house.fds[i], F_GETFL) & O_NONBLOCK) != 0);
        close(clients[i]);
    }
    close_house(&house);
}

static void names_the_port_that_is_taken(void **state)
{
    struct house house;
    struct err err = {0};
    char want[96];
    int fd = -1;
    open_house(&house);
    uint16_t port = house.port;
    snprintf(want, sizeof want, "cannot listen at 127.0.0.1:%d: Address already in use",
             (int)port);
    assert_false(listener_bind(&port, &fd, &err));
    assert_string_equal(err.text, want);
    assert_int_equal(fd, -1);
    close_house(&house);
}

/* The second knocks at a door that the first has shut behind it. */
static void may_be_closed_by_whoever_came(void **state)
{
    struct house house;
    open_house(&house);
    house.shuts = true;
    const int first = knock(&house);
    const int second = knock(&house);
    run_for(&house, 20);
    assert_int_equal(house.count, 1);
    close(first);
    close(second);
    close_house(&house);
}

static int64_t used_ns(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * CLOCK_NS_PER_S + used.tv_nsec;
}

/* The client holds the last descriptor: for 150 ms there is none for its other end. A loop that
 * spins uses as many of them as it is given; one that pauses a few hundredths of one. */
static void neither_spins_nor_dies_without_descriptors(void **state)
{
    struct house house;
    struct rlimit limit;
    open_house(&house);
    const int client = knock(&house);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    struct rlimit tight = limit;
    tight.rlim_cur = (rlim_t)client + 1;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
    const int64_t from_ns = used_ns();
    run_for(&house, 150);
    const int64_t took_ns = used_ns() - from_ns;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(house.count, 0);
    assert_true(took_ns < 5 * CLOCK_NS_PER_MS);
    house.wanted = 1;
    run_for(&house, 10000);
    assert_int_equal(house.count, 1);
    close(client);
    close_house(&house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_in_whoever_knocks),
        cmocka_unit_test(names_the_port_that_is_taken),
        cmocka_unit_test(may_be_closed_by_whoever_came),
        cmocka_unit_test(neither_spins_nor_dies_without_descriptors),
    };
    return cmocka_run_group_tests_name("io/listener", tests, NULL, NULL);
}
