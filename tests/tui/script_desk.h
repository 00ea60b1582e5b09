#pragma once
#include "view/desk.h"

/* A desk without sessions behind it: answers that a test wrote, and a record of what a face
 * asked and ordered. */

struct script_desk {
    struct desk desk;
    int news_fd;
    /* What is said, when it is there: the test's own. */
    struct tuning *tuning;
    struct tuning_form *form;
    struct ranking *ranking;
    struct ranking_result *result;
    struct ranking_heat *heat;
    struct desk_query asked[DESK_KIND_LAST + 1]; /* the last of each kind */
    int asked_count[DESK_KIND_LAST + 1];
    struct desk_order orders[8];
    int orders_count, answered;
};

void script_desk_open(struct script_desk *script);
/* Something of what is said has changed. */
void script_desk_ring(struct script_desk *script);
void script_desk_close(struct script_desk *script);
