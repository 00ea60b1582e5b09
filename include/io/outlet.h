#pragma once
#include <stdbool.h>
#include <stdint.h>

/* outlet: lines to somebody who may not read them: a terminal that is held, a pipe that is
 * full.
 *
 * Nobody ever waits for it. What is not taken at once is kept, OUTLET_LINES_MAX lines of it;
 * then the oldest of those that weigh least goes. Borrows the descriptor. */

enum { OUTLET_LINES_MAX = 1024 };

struct outlet;
struct outlet *outlet_create(int fd);
/* Writes what is taken within `patience_ms`, and forgets the rest. Accepts NULL. */
void outlet_destroy(struct outlet *outlet, int64_t patience_ms);

/* A line without its end. False: for its sake a line was dropped, itself perhaps. */
bool outlet_say(struct outlet *outlet, const char *line, int32_t weight);
/* Writes what is taken now. */
void outlet_push(struct outlet *outlet);
/* Writes what is taken within that time. */
void outlet_drain(struct outlet *outlet, int64_t patience_ms);

int32_t outlet_waiting(const struct outlet *outlet); /* lines */
uint64_t outlet_dropped(const struct outlet *outlet);
