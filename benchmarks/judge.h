#pragma once
#include <stdbool.h>

#include "core/session.h"
#include "intake.h"

/* judge: frames of one pair's books, made events of and, if it decides, a session stepped with
 * them. A failure ends the program. */

struct judge {
    struct intake intake;
    struct session *session; /* NULL: it makes events and decides nothing */
    struct action_list actions;
};

void judge_open(struct judge *judge, bool decides);
void judge_take(struct judge *judge, enum venue venue, const char *bytes, size_t length,
                int64_t receive_ns);
void judge_close(struct judge *judge);
void judge_check(bool done, const struct err *err);
