#pragma once
#include "base/text.h"
#include "io/http.h"
#include "io/loop.h"
#include "io/websocket.h"
#include "simulator/venue_sim.h"

/* bench: a simulator and its clients on one loop. Failures fail the test. */

enum { BENCH_LINES_MAX = 8 };

struct bench {
    struct loop *loop;
    struct venue_sim *sim;
    struct http *http;
    struct websockets *sockets;
    struct websocket *lines[BENCH_LINES_MAX]; /* open ones: a test that fails leaves some */
};
/* A simulator of BTC alone unless the options say more; defaults are venue_sim_defaults(). */
void bench_open(struct bench *bench, const struct venue_sim_options *options);
void bench_close(struct bench *bench);

/* Runs the loop until it holds; fails the test when that takes more than ten seconds. */
typedef bool bench_fn(void *context);
void bench_until(struct bench *bench, bench_fn *holds, void *context);

/* An answer, its body as text; end it with text_finish(). */
struct bench_answer {
    int32_t status;
    struct text body;
    char header[64]; /* of the header asked for; "" none */
    bool done;
    enum net_fault fault;
};
/* Asks and waits. `header` may be NULL. */
struct bench_answer bench_ask(struct bench *bench, const char *method, enum venue venue,
                              const char *path, const char *header);
/* Asks and throws the answer away; it must be 200. */
void bench_tell(struct bench *bench, const char *path);
/* The counter of a fault: "ordered" or "happened"; the sum is of all kinds and venues. */
int64_t bench_fault_sum(struct bench *bench, const char *what);
int64_t bench_fault_count(struct bench *bench, enum venue venue, const char *kind,
                          const char *what);

/* A socket that keeps what it hears, newest last. */
enum { BENCH_KEPT_MAX = 512 };
struct bench_socket {
    struct bench *bench;
    struct websocket *line;
    int64_t ping_ms; /* it pings so often; 0: 200 */
    int32_t opened, lost;
    int32_t count; /* heard in all */
    struct text kept[BENCH_KEPT_MAX];
    bool binary; /* the newest was */
    /* Called with every message, if set. */
    void (*hear)(void *context, const char *bytes, size_t size);
    void *context;
};
void bench_dial(struct bench *bench, struct bench_socket *socket, enum venue venue,
                const char *path, const char *hello);
void bench_hang_up(struct bench_socket *socket);
/* The n-th message it heard, from 0; of the last BENCH_KEPT_MAX. */
const char *bench_heard(const struct bench_socket *socket, int32_t n);
/* Waits until it has heard so many messages, been lost so often. */
void bench_until_heard(struct bench_socket *socket, int32_t count);
void bench_until_lost(struct bench_socket *socket, int32_t count);
