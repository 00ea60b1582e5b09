#include "market/ahead.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>

#include "base/mem.h"

/* A helper that sleeps is woken when this few places are taken, not for each that comes free:
 * to wake a thread takes about as long as to parse a chunk. */
enum { PLACES = 8, PLACES_LOW = PLACES / 2 };

enum place_state {
    PLACE_FREE,
    PLACE_TAKEN,   /* a chunk that nobody parses yet */
    PLACE_PARSING, /* by whoever said so; nobody else touches it */
    PLACE_PARSED,
};

struct place {
    enum place_state state;
    struct rows_chunk chunk;
    struct rows_block block;
};

/* Chunk n has place n modulo PLACES. `lock` guards the states and everything behind it. */
struct ahead {
    struct rows *rows;
    struct place *places;
    pthread_t helper;
    bool helped;      /* there is a helper */
    uint64_t next;    /* chunk to be given next; the caller's alone */
    bool lent;        /* the one before it is still with the caller */
    bool failed;      /* what was joined ended the run; the caller's alone */
    struct err error; /* with it */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
    uint64_t taken;         /* chunks */
    enum source_result end; /* other than SOURCE_EVENT: there are no more */
    struct err end_error;
};

static struct place *place_of(struct ahead *ahead, uint64_t chunk)
{
    return &ahead->places[chunk % PLACES];
}

/* Takes the next chunk, where there is a place for it. One thread alone calls it. The lock is
 * held, but not while reading. */
static bool take_one(struct ahead *ahead)
{
    struct place *place = place_of(ahead, ahead->taken);
    if (ahead->end != SOURCE_EVENT || place->state != PLACE_FREE) {
        return false;
    }
    struct err err;
    pthread_mutex_unlock(&ahead->lock);
    const enum source_result got = rows_take(ahead->rows, &place->chunk, &err);
    pthread_mutex_lock(&ahead->lock);
    if (got == SOURCE_EVENT) {
        place->state = PLACE_TAKEN;
        ahead->taken++;
    } else {
        ahead->end = got;
        ahead->end_error = got == SOURCE_ERROR ? err : ahead->end_error;
    }
    pthread_cond_broadcast(&ahead->changed);
    return true;
}

/* Parses the oldest chunk that waits for it. The lock is held, but not while parsing. */
static bool parse_one(struct ahead *ahead)
{
    const uint64_t oldest = ahead->taken > PLACES ? ahead->taken - PLACES : 0;
    for (uint64_t chunk = oldest; chunk < ahead->taken; chunk++) {
        struct place *place = place_of(ahead, chunk);
        if (place->state == PLACE_TAKEN) {
            place->state = PLACE_PARSING;
            pthread_mutex_unlock(&ahead->lock);
            rows_parse(ahead->rows, &place->chunk, &place->block);
            pthread_mutex_lock(&ahead->lock);
            place->state = PLACE_PARSED;
            pthread_cond_broadcast(&ahead->changed);
            return true;
        }
    }
    return false;
}

static void *help(void *context)
{
    struct ahead *ahead = context;
    pthread_mutex_lock(&ahead->lock);
    while (!ahead->stopping) {
        /* Reading first: it is what nobody else can do. */
        if (!take_one(ahead) && !parse_one(ahead)) {
            pthread_cond_wait(&ahead->changed, &ahead->lock);
        }
    }
    pthread_mutex_unlock(&ahead->lock);
    return NULL;
}

/* Signals are the business of the threads that were there before. */
static bool start_helper(struct ahead *ahead)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const bool started = pthread_create(&ahead->helper, NULL, help, ahead) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

struct ahead *ahead_open(struct rows *rows, int threads)
{
    assert(threads == 1 || threads == 2);
    struct ahead *ahead = mem_zalloc(sizeof(*ahead));
    ahead->rows = rows;
    ahead->places = mem_array(PLACES, sizeof(*ahead->places));
    ahead->end = SOURCE_EVENT;
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->changed, NULL);
    /* Where no thread is to be had, the caller does the work alone. */
    ahead->helped = threads == 2 && start_helper(ahead);
    return ahead;
}

void ahead_close(struct ahead *ahead)
{
    if (ahead == NULL) {
        return;
    }
    if (ahead->helped) {
        pthread_mutex_lock(&ahead->lock);
        ahead->stopping = true;
        pthread_cond_broadcast(&ahead->changed);
        pthread_mutex_unlock(&ahead->lock);
        pthread_join(ahead->helper, NULL);
    }
    pthread_cond_destroy(&ahead->changed);
    pthread_mutex_destroy(&ahead->lock);
    mem_free(ahead->places);
    mem_free(ahead);
}

/* Works or waits until the next chunk is parsed; false: there is none. The lock is held. */
static bool await_next(struct ahead *ahead)
{
    for (;;) {
        if (ahead->next < ahead->taken && place_of(ahead, ahead->next)->state == PLACE_PARSED) {
            return true;
        }
        if (ahead->next == ahead->taken && ahead->end != SOURCE_EVENT) {
            return false;
        }
        if (!parse_one(ahead) && (ahead->helped || !take_one(ahead))) {
            pthread_cond_wait(&ahead->changed, &ahead->lock);
        }
    }
}

/* The next chunk's place, parsed, or NULL at the end of the file. The one before is free. */
static struct place *next_place(struct ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    if (ahead->lent) {
        place_of(ahead, ahead->next - 1)->state = PLACE_FREE;
        if (ahead->taken - ahead->next < PLACES_LOW) {
            pthread_cond_broadcast(&ahead->changed);
        }
    }
    const bool there = await_next(ahead);
    pthread_mutex_unlock(&ahead->lock);
    ahead->lent = there;
    return there ? place_of(ahead, ahead->next++) : NULL;
}

enum source_result ahead_next(struct ahead *ahead, const struct rows_block **block,
                              struct err *err)
{
    while (!ahead->failed) {
        struct place *place = next_place(ahead);
        if (place == NULL) {
            if (ahead->end == SOURCE_ERROR) {
                *err = ahead->end_error;
            }
            return ahead->end;
        }
        ahead->failed = !rows_join(ahead->rows, &place->chunk, &place->block, &ahead->error);
        if (place->block.count > 0) {
            *block = &place->block;
            return SOURCE_EVENT;
        }
    }
    *err = ahead->error;
    return SOURCE_ERROR;
}
