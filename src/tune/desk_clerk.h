#pragma once
#include <pthread.h>

#include "desk_parts.h"

/* desk_clerk: the threads behind the desk, and what they and the face hand each other. */

enum { ORDERS_MAX = 4, RESULTS_MAX = 4 * ORDERS_MAX };

/* Two threads, so that reading thousands of results keeps nobody from seeing or stopping what
 * runs. */
enum clerk_duty { CLERK_SESSIONS, CLERK_RESULTS, CLERK_LAST = CLERK_RESULTS };

/* One kind of question. Answers go from hand to hand without being copied: the clerk makes
 * one, changes it for the one that is ready, and the face changes that for the one it shows. */
struct box {
    bool asked, fresh;       /* guarded */
    struct desk_query query; /* guarded */
    void *ready;             /* guarded */
    void *making;            /* the clerk's */
    void *front;             /* the face's */
};

struct clerk {
    struct thread_desk *desk;
    pthread_t thread;
    int wake_fd;
    int orders_count;                     /* guarded */
    struct desk_order orders[ORDERS_MAX]; /* guarded, the oldest first */
    struct desk_work work;                /* its own */
};

struct thread_desk {
    struct desk desk;
    int news_fd; /* to the face */
    struct clerk clerks[CLERK_LAST + 1];
    struct box boxes[DESK_KIND_LAST + 1];
    pthread_mutex_t mutex;
    bool closing; /* guarded, as what follows */
    int results_count;
    struct command_result results[RESULTS_MAX]; /* the oldest first */
    struct tuning *list;                        /* the last one; made_mono_ns 0: none */
};

void desk_ring(int fd);
void desk_hush(int fd);

/* Who answers a question or carries out an order. */
struct clerk *desk_clerk_of_kind(struct thread_desk *desk, enum desk_kind kind);
struct clerk *desk_clerk_of_verb(struct thread_desk *desk, enum desk_verb verb);
/* Tells the face what came of an order. */
void desk_put_result(struct thread_desk *desk, const struct command_result *result);

/* Starts the clerk's thread; it ends when the desk is closing and its descriptor is rung. */
bool desk_clerk_start(struct clerk *clerk, struct err *err);
