#pragma once
#include "view/port.h"

/* A port without a session behind it: a fixture, made to move or to stand, and a record of what
 * a face asked of it. */

struct script_port {
    struct port port;
    struct snapshot snapshot;
    struct page page;
    int timer_fd;
    bool moving;        /* books walk, 40 events a second over the pairs */
    bool silent;        /* nothing new comes */
    uint64_t pumps_max; /* gone after so many periods; 0: never */
    uint64_t killed_at; /* somebody kills after so many periods; 0: nobody */
    bool gone;          /* the next pump fails */
    bool quit;          /* because it was asked to */
    uint64_t seed, pumps;
    struct command commands[16];
    int commands_count, answered;
};

/* `period_ms`: how often a snapshot comes. */
void script_port_open(struct script_port *script, bool moving, int period_ms);
void script_port_close(struct script_port *script);
