#pragma once
#include <stdbool.h>
#include <stddef.h>

/* mouth: the lines of a session's life, its alarms among them, to whoever reads the program's
 * output, if anybody does. The session does not wait for them. */

struct mouth;
/* `waits`: the session has no clock, so it rather waits than that a line is lost. Borrows fd.
 */
struct mouth *mouth_open(int fd, bool waits);
void mouth_close(struct mouth *mouth); /* with a second's patience; accepts NULL */

/* As a runner_life_fn. Where lines must be dropped the graver alarms stay longest. */
void mouth_say(void *mouth, const char *line);
/* To be called again and again. True: consoles should hear that lines are lost. */
bool mouth_beat(void *mouth, char *line, size_t size);
