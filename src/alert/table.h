#pragma once
#include "measure.h"

/* table: one slot for each rule and subject. rule.c moves the slots, rows.c shows them and
 * takes the operator's answers. */

enum { FLAP_CYCLES = 3 }; /* one more within the window is flapping */

struct slot {
    int32_t rule, subject;
    bool raised_ever, changed;
    enum level level;   /* NONE: not active */
    int64_t began_ns;   /* the condition has held since; 0: it does not */
    int64_t graver_ns;  /* a graver level than this one has been due since; 0: none is */
    int64_t lighter_ns; /* a lighter one since; 0 */
    int64_t raised_ns[FLAP_CYCLES + 1]; /* newest first */
    struct snapshot_alert row;
    struct memory memory;
};

struct alert_table {
    int32_t count;
    int64_t start_ns; /* of the first look; 0: none yet */
    int64_t now_ns;
    struct history history;
    struct slot slots[ALERT_ROWS_MAX];
};
