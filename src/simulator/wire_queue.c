#include "wire_queue.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* A drip is refilled so often, as far as it is not slower than a byte in that time. */
enum { DRIPS_PER_S = 50, MS_PER_S = 1000 };

struct wire_parcel *wire_parcel_create(enum wire_parcel_kind kind, size_t size)
{
    struct wire_parcel *parcel = mem_zalloc(sizeof(*parcel) + size);
    parcel->kind = kind;
    parcel->size = size;
    parcel->passes = 1;
    return parcel;
}

void wire_parcel_destroy(struct wire_parcel *parcel)
{
    mem_free(parcel);
}

void wire_queue_init(struct wire_queue *queue)
{
    *queue = (struct wire_queue){0};
    memset(queue->blanks, ' ', sizeof(queue->blanks));
}

static void destroy_list(struct wire_parcel *parcel)
{
    while (parcel != NULL) {
        struct wire_parcel *next = parcel->next;
        wire_parcel_destroy(parcel);
        parcel = next;
    }
}

static void rewind_turn(struct wire_queue *queue)
{
    queue->started = false;
    queue->sent = 0;
    queue->sent_all = 0;
}

void wire_queue_clear(struct wire_queue *queue)
{
    destroy_list(queue->first);
    destroy_list(queue->held);
    queue->first = queue->last = queue->held = NULL;
    queue->size = 0;
    rewind_turn(queue);
}

void wire_queue_forget(struct wire_queue *queue)
{
    struct wire_parcel *begun = queue->first;
    if (begun == NULL || queue->sent == 0) {
        wire_queue_clear(queue);
        return;
    }
    destroy_list(begun->next);
    destroy_list(queue->held);
    begun->next = queue->held = NULL;
    queue->last = begun;
    queue->size = begun->size;
}

static void append(struct wire_queue *queue, struct wire_parcel *parcel)
{
    parcel->next = NULL;
    if (queue->first == NULL) {
        queue->first = parcel;
    } else {
        queue->last->next = parcel;
    }
    queue->last = parcel;
}

static void hold(struct wire_queue *queue, struct wire_parcel *parcel)
{
    struct wire_parcel **at = &queue->held;
    while (*at != NULL) {
        at = &(*at)->next;
    }
    parcel->next = NULL;
    *at = parcel;
}

static void release_held(struct wire_queue *queue)
{
    struct wire_parcel **at = &queue->held;
    while (*at != NULL) {
        struct wire_parcel *parcel = *at;
        if (--parcel->hold > 0) {
            at = &parcel->next;
        } else {
            *at = parcel->next;
            append(queue, parcel);
        }
    }
}

void wire_queue_put(struct wire_queue *queue, struct wire_parcel *parcel)
{
    queue->size += parcel->size;
    if (parcel->hold > 0) {
        hold(queue, parcel);
        return;
    }
    append(queue, parcel);
    if (parcel->kind == WIRE_PARCEL_MESSAGE) {
        release_held(queue);
    }
}

/* How many bytes the rate allows now: one at once, and then so many a second. */
static int64_t allowance(const struct wire_queue *queue, int64_t rate, int64_t now_ns)
{
    const int64_t elapsed_ms = (now_ns - queue->started_ns) / CLOCK_NS_PER_MS;
    return elapsed_ms * rate / MS_PER_S + 1 - queue->sent_all;
}

/* When it allows the next few. */
static int64_t next_drip_ns(const struct wire_queue *queue, int64_t rate)
{
    const int64_t step = rate > DRIPS_PER_S ? rate / DRIPS_PER_S : 1;
    const int64_t due_ms = (queue->sent_all + step - 1) * MS_PER_S / rate + 1;
    return queue->started_ns + due_ms * CLOCK_NS_PER_MS;
}

static void begin_turn(struct wire_queue *queue, int64_t now_ns, struct wire_turn *turn)
{
    turn->begins = !queue->started;
    if (turn->begins) {
        queue->started = true;
        queue->started_ns = now_ns;
    }
}

enum wire_queue_state wire_queue_look(struct wire_queue *queue, int64_t now_ns,
                                      struct wire_turn *turn)
{
    const struct wire_parcel *parcel = queue->first;
    *turn = (struct wire_turn){0};
    if (parcel == NULL) {
        return WIRE_QUEUE_EMPTY;
    }
    if (now_ns < parcel->due_ns) {
        turn->wait_ns = parcel->due_ns;
        return WIRE_QUEUE_WAIT;
    }
    begin_turn(queue, now_ns, turn);
    const int64_t size = (int64_t)parcel->size;
    int64_t count = size + parcel->blanks - queue->sent;
    if (count == 0) {
        return WIRE_QUEUE_DONE;
    }
    turn->bytes = queue->blanks;
    if (queue->sent < size) {
        turn->bytes = parcel->bytes + queue->sent;
        count = size - queue->sent;
    } else if (count > WIRE_BLANKS_SIZE) {
        count = WIRE_BLANKS_SIZE;
    }
    const int64_t rate = parcel->rate > 0 ? parcel->rate : queue->rate;
    if (rate > 0) {
        const int64_t allowed = allowance(queue, rate, now_ns);
        if (allowed <= 0) {
            turn->wait_ns = next_drip_ns(queue, rate);
            return WIRE_QUEUE_WAIT;
        }
        count = count < allowed ? count : allowed;
    }
    turn->size = (size_t)count;
    return WIRE_QUEUE_BYTES;
}

void wire_queue_sent(struct wire_queue *queue, size_t count)
{
    struct wire_parcel *parcel = queue->first;
    queue->sent += (int64_t)count;
    queue->sent_all += (int64_t)count;
    if (queue->sent == (int64_t)parcel->size + parcel->blanks && parcel->passes > 1) {
        parcel->passes--;
        queue->sent = 0;
    }
}

void wire_queue_drop(struct wire_queue *queue)
{
    struct wire_parcel *parcel = queue->first;
    assert(parcel != NULL);
    queue->first = parcel->next;
    queue->size -= parcel->size;
    wire_parcel_destroy(parcel);
    rewind_turn(queue);
}
