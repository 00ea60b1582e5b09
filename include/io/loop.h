#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* loop: wait for descriptors, timers and signals, and call back, one at a time.
 *
 * poll() underneath; callbacks run on the caller's thread. Timers that are due together fire in
 * the order they were started. Everything may be added and removed inside a callback. */

struct loop;
struct loop *loop_create(void);
void loop_destroy(struct loop *loop); /* accepts NULL; closes nothing that was added */

typedef void loop_fd_fn(void *context, int fd, short revents);
typedef void loop_timer_fn(void *context, int64_t now_ns);
typedef void loop_signal_fn(void *context, int signal);

/* Watches fd for poll(2) events; POLLHUP and POLLERR always arrive. One watch per fd. */
void loop_add_fd(struct loop *loop, int fd, short events, loop_fd_fn *call, void *context);
void loop_set_events(struct loop *loop, int fd, short events);
void loop_remove_fd(struct loop *loop, int fd);

/* Calls once at monotonic time `due_ns` or as soon after as possible. Returns an id >= 1. */
uint64_t loop_add_timer(struct loop *loop, int64_t due_ns, loop_timer_fn *call, void *context);
void loop_remove_timer(struct loop *loop, uint64_t id); /* unknown or fired ids are ignored */

/* Blocks `signal` in this thread and delivers it from the loop (signalfd). */
bool loop_add_signal(struct loop *loop, int signal, loop_signal_fn *call, void *context,
                     struct err *err);

/* Runs until loop_stop(); the value given to it is returned. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop, int result);
