#pragma once
#include <stdbool.h>
#include <stdint.h>

/* runner: is the process that a tuning journal names still the runner of that session?
 *
 * A number says little: runners die without a word, and their numbers go to other processes. A
 * runner holds its session's folder open all its life, which can be seen from outside without
 * touching the lock on it. */

/* `folder` is the absolute path in the journal. A process that cannot be looked into, such as
 * one of another user, is not taken for a runner. */
bool runner_lives(int64_t pid, const char *folder);

/* Sends SIGTERM to the runner and to no other process; false when it is not there. */
bool runner_stop(int64_t pid, const char *folder);
