#pragma once
#include "support/check.h"

#include "fixtures.h"
#include "tui/frame.h"
#include "tui/press.h"
#include "tui/state.h"

/* A console without a terminal: keys go in at times of the test's choosing, commands come out.
 */

struct hand {
    struct state state;
    struct snapshot snapshot;
    struct page page;
    struct world world;
    struct outbox outbox;                        /* gathers all that was asked for */
    struct desk_query asked[DESK_KIND_LAST + 1]; /* of the desk, the last of each kind */
    int asked_count[DESK_KIND_LAST + 1];
    int ordered;
};

#define HAND_MS INT64_C(1000000)

void hand_init(struct hand *hand, enum fixture fixture);
/* Presses a key after `wait_ms`, and lets a tick follow, as the console does. */
void hand_press(struct hand *hand, int wait_ms, uint32_t key);
/* Each character of the text, `wait_ms` apart. */
void hand_type(struct hand *hand, int wait_ms, const char *text);
/* Lets time pass. The snapshot stays as fresh as it was. */
void hand_wait(struct hand *hand, int wait_ms);
/* How many commands of this kind have come out. */
int hand_sent(const struct hand *hand, enum command_kind kind);
void hand_draw(struct hand *hand, int cols, int rows, bool ascii, bool roles, struct text *out);
/* Fails unless the screen of that size has these words, or has not. */
void hand_expect(struct hand *hand, int cols, int rows, const char *words, bool there);
