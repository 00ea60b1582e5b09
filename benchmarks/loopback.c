/* loopback [ROUNDS]: how long from a message in to a decision out, and how much of that is the
 * machine's?
 *
 * Another thread wakes this one in turn by an eventfd, by another that answers one of ours (a
 * ping there and back), by a byte on a TCP connection of the loopback, and by a message on a
 * WebSocket of it: Upbit's order book of 15 levels or Binance's depth20. The first three are
 * read at once, by poll() and nothing else. The last comes as live data do: through
 * io/websocket on io/loop, is decoded, made events of and a session stepped with these. Each
 * time is from before the other thread's write to the end of that. */
#include <arpa/inet.h>
#include <poll.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "books.h"
#include "frames.h"
#include "io/websocket.h"
#include "judge.h"

enum { ROUNDS_USUAL = 2000, ROUNDS_MAX = 100000, WARM_UP = 50, FRAME_HEAD_MAX = 4 };
enum way { WAY_EVENTFD, WAY_BACK, WAY_TCP, WAY_READ, WAY_DECIDED, WAYS };

#define NAP_US 300 /* for this thread to fall asleep, as it does between messages */

struct bench {
    struct books *books;
    struct judge judge;
    struct loop *loop;
    int eventfd, eventfd_back, tcp_in, tcp_out;
    sem_t go; /* the other thread may send the next thing */
    _Atomic int64_t sent_ns;
    int rounds, round, messages;
    bool open;
    int64_t *took_ns[WAYS];
};

_Noreturn static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* Both ends of a TCP connection. */
static void connect_tcp(struct bench *bench)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    bench->tcp_out = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bench->tcp_out < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
        listen(fd, 1) != 0 || getsockname(fd, (struct sockaddr *)&address, &size) != 0 ||
        connect(bench->tcp_out, (struct sockaddr *)&address, size) != 0) {
        die("loopback");
    }
    bench->tcp_in = accept(fd, NULL, NULL);
    close(fd);
}

static void wait_for_turn(struct bench *bench)
{
    while (sem_wait(&bench->go) != 0) {
    }
    usleep(NAP_US);
    bench->sent_ns = clock_monotonic_ns();
}

/* Head and body in one write, as a server does it; both are longer than 125 bytes. */
static bool send_message(struct bench *bench, struct line *line, int index)
{
    unsigned char bytes[FRAME_HEAD_MAX + BOOKS_MESSAGE_SIZE] = {FRAME_LAST | FRAME_TEXT, 126};
    const int pair = index / 2 % BOOKS_PAIRS_MAX;
    const struct books_message *message =
        index % 2 == 0 ? &bench->books->upbit[pair] : &bench->books->binance[pair];
    bytes[2] = (unsigned char)(message->length >> 8);
    bytes[3] = (unsigned char)message->length;
    memcpy(bytes + FRAME_HEAD_MAX, message->bytes, message->length);
    wait_for_turn(bench);
    return line_write(line, bytes, FRAME_HEAD_MAX + message->length);
}

static void answer_ping(struct bench *bench)
{
    uint64_t count;
    if (read(bench->eventfd_back, &count, sizeof(count)) != sizeof(count) ||
        write(bench->eventfd, &count, sizeof(count)) != sizeof(count)) {
        die("eventfd");
    }
}

/* The other thread. */
static void play(struct line *line)
{
    struct bench *bench = line->context;
    const uint64_t one = 1;
    if (!frames_accept(line)) {
        return;
    }
    for (int i = 0; i < bench->rounds; i++) {
        wait_for_turn(bench);
        if (write(bench->eventfd, &one, sizeof(one)) != sizeof(one)) {
            die("eventfd");
        }
        answer_ping(bench);
        wait_for_turn(bench);
        if (write(bench->tcp_out, &one, 1) != 1) {
            die("tcp");
        }
        if (!send_message(bench, line, i)) {
            return;
        }
    }
    line_hold(line);
}

static void take_plain(struct bench *bench, enum way way, int fd)
{
    uint64_t bytes;
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    sem_post(&bench->go);
    if (poll(&poll_fd, 1, -1) != 1 || read(fd, &bytes, sizeof(bytes)) < 1) {
        die("poll");
    }
    bench->took_ns[way][bench->round] = clock_monotonic_ns() - bench->sent_ns;
}

/* There and back; the other thread has fallen asleep by then. */
static void ping(struct bench *bench)
{
    const uint64_t one = 1;
    uint64_t count;
    struct pollfd poll_fd = {.fd = bench->eventfd, .events = POLLIN};
    usleep(NAP_US);
    const int64_t sent_ns = clock_monotonic_ns();
    if (write(bench->eventfd_back, &one, sizeof(one)) != sizeof(one) ||
        poll(&poll_fd, 1, -1) != 1 ||
        read(bench->eventfd, &count, sizeof(count)) != sizeof(count)) {
        die("eventfd");
    }
    bench->took_ns[WAY_BACK][bench->round] = clock_monotonic_ns() - sent_ns;
}

static void on_message(void *context, const char *bytes, size_t size, bool binary,
                       int64_t mono_ns)
{
    struct bench *bench = context;
    const int index = bench->messages++;
    /* The market's time, which goes on when the same books come again. */
    const int64_t receive_ns = (BOOKS_START_MS + index * 50) * CLOCK_NS_PER_MS;
    bench->took_ns[WAY_READ][bench->round] = mono_ns - bench->sent_ns;
    judge_take(&bench->judge, index % 2 == 0 ? VENUE_A : VENUE_B, bytes, size, receive_ns);
    bench->took_ns[WAY_DECIDED][bench->round] = clock_monotonic_ns() - bench->sent_ns;
    loop_stop(bench->loop, 0);
}

static void on_news(void *context, const struct websocket_news *news)
{
    struct bench *bench = context;
    if (news->change != WEBSOCKET_OPENED) {
        fprintf(stderr, "the WebSocket was lost: %s\n", news->text);
        exit(1);
    }
    bench->open = true;
    loop_stop(bench->loop, 0);
}

static int by_value(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a;
    const int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static double quantile_us(int64_t *took_ns, int count, double share)
{
    return (double)took_ns[(int)(share * (count - 1))] / 1e3;
}

/* The first rounds are left out; ratios are of medians. */
static void print(struct bench *bench)
{
    static const char *const names[] = {
        [WAY_EVENTFD] = "eventfd, one way",
        [WAY_BACK] = "eventfd, there and back",
        [WAY_TCP] = "TCP byte, one way",
        [WAY_READ] = "message, to its last byte read",
        [WAY_DECIDED] = "message, to the decision",
    };
    const int count = bench->rounds - WARM_UP;
    double median_us[WAYS];
    printf("%-32s %9s %8s %8s %9s %9s\n", "us", "median", "p90", "p99", "to 1 way", "to back");
    for (int way = 0; way < WAYS; way++) {
        int64_t *took_ns = bench->took_ns[way] + WARM_UP;
        qsort(took_ns, (size_t)count, sizeof(*took_ns), by_value);
        median_us[way] = quantile_us(took_ns, count, 0.5);
    }
    for (int way = 0; way < WAYS; way++) {
        int64_t *took_ns = bench->took_ns[way] + WARM_UP;
        printf("%-32s %9.1f %8.1f %8.1f %9.2f %9.2f\n", names[way], median_us[way],
               quantile_us(took_ns, count, 0.9), quantile_us(took_ns, count, 0.99),
               median_us[way] / median_us[WAY_EVENTFD], median_us[way] / median_us[WAY_BACK]);
    }
}

static void run(struct bench *bench)
{
    for (bench->round = 0; bench->round < bench->rounds; bench->round++) {
        take_plain(bench, WAY_EVENTFD, bench->eventfd);
        ping(bench);
        take_plain(bench, WAY_TCP, bench->tcp_in);
        sem_post(&bench->go);
        (void)loop_run(bench->loop);
    }
}

static struct websocket *open_line(struct bench *bench, struct websockets *all, int port)
{
    char url[64];
    struct websocket *line = NULL;
    struct err err = {0};
    snprintf(url, sizeof(url), "ws://127.0.0.1:%d/", port);
    const struct websocket_options options = {.url = url,
                                              .message_size_max = BOOKS_MESSAGE_SIZE,
                                              .connect_ms = 5000,
                                              .ping_ms = 50000,
                                              .silence_ms = 60000,
                                              .back_off_ms = 1000,
                                              .back_off_max_ms = 1000};
    const struct websocket_calls calls = {on_news, on_message, bench};
    judge_check(websocket_open(&line, all, &options, &calls, &err), &err);
    while (!bench->open) {
        (void)loop_run(bench->loop);
    }
    return line;
}

int main(int argc, char **argv)
{
    static struct bench bench;
    struct websockets *all = NULL;
    struct err err = {0};
    bench.rounds = (argc == 2 ? atoi(argv[1]) : ROUNDS_USUAL) + WARM_UP;
    if (argc > 2 || bench.rounds <= WARM_UP || bench.rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: loopback [ROUNDS] (at most %d)\n", ROUNDS_MAX - WARM_UP);
        return 2;
    }
    bench.books = books_make();
    bench.loop = loop_create();
    bench.eventfd = eventfd(0, EFD_CLOEXEC);
    bench.eventfd_back = eventfd(0, EFD_CLOEXEC);
    for (int way = 0; way < WAYS; way++) {
        bench.took_ns[way] = mem_array((size_t)bench.rounds, sizeof(int64_t));
    }
    sem_init(&bench.go, 0, 0);
    connect_tcp(&bench);
    judge_open(&bench.judge, true);
    struct peer *peer = peer_start(play, &bench, NULL);
    judge_check(websockets_create(&all, bench.loop, NULL, &err), &err);
    struct websocket *line = open_line(&bench, all, peer_port(peer));
    run(&bench);
    print(&bench);
    websocket_close(line);
    peer_stop(peer);
    websockets_destroy(all);
    loop_destroy(bench.loop);
    return 0;
}
