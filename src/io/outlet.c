#include "io/outlet.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

/* A pipe that may be written to takes 4096 bytes; a terminal is sure of fewer. */
enum { PIECE_SIZE = 256 };

struct kept_line {
    char *text; /* with its line feed */
    size_t size;
    int32_t weight;
};

struct outlet {
    int fd;
    bool closed; /* whoever read is gone */
    struct kept_line lines[OUTLET_LINES_MAX];
    int32_t count;
    size_t written; /* of the first line */
    uint64_t dropped;
};

struct outlet *outlet_create(int fd)
{
    struct outlet *outlet = mem_zalloc(sizeof(*outlet));
    outlet->fd = fd;
    return outlet;
}

static void remove_at(struct outlet *outlet, int32_t at)
{
    mem_free(outlet->lines[at].text);
    outlet->count--;
    memmove(&outlet->lines[at], &outlet->lines[at + 1],
            (size_t)(outlet->count - at) * sizeof(outlet->lines[0]));
    outlet->written = at == 0 ? 0 : outlet->written;
}

/* The oldest of the lightest; a line that has begun to leave is left alone. */
static int32_t lightest(const struct outlet *outlet)
{
    int32_t found = outlet->written > 0 ? 1 : 0;
    for (int32_t i = found + 1; i < outlet->count; i++) {
        found = outlet->lines[i].weight < outlet->lines[found].weight ? i : found;
    }
    return found;
}

bool outlet_say(struct outlet *outlet, const char *line, int32_t weight)
{
    const size_t length = strlen(line);
    const uint64_t dropped = outlet->dropped;
    if (outlet->count == OUTLET_LINES_MAX) {
        const int32_t least = lightest(outlet);
        outlet->dropped++;
        if (weight < outlet->lines[least].weight) {
            return false;
        }
        remove_at(outlet, least);
    }
    struct kept_line *kept = &outlet->lines[outlet->count++];
    *kept = (struct kept_line){
        .text = mem_array(length + 1, 1), .size = length + 1, .weight = weight};
    memcpy(kept->text, line, length);
    kept->text[length] = '\n';
    outlet_push(outlet);
    return outlet->dropped == dropped;
}

static bool takes_now(struct outlet *outlet, int64_t wait_ms)
{
    struct pollfd look = {.fd = outlet->fd, .events = POLLOUT};
    const int ready = poll(&look, 1, (int)wait_ms);
    outlet->closed =
        outlet->closed || (ready > 0 && (look.revents & (POLLERR | POLLNVAL)) != 0);
    return ready > 0 && (look.revents & POLLOUT) != 0 && !outlet->closed;
}

static void write_piece(struct outlet *outlet)
{
    const struct kept_line *first = &outlet->lines[0];
    const size_t rest = first->size - outlet->written;
    const ssize_t put =
        write(outlet->fd, first->text + outlet->written, rest < PIECE_SIZE ? rest : PIECE_SIZE);
    if (put < 0) {
        outlet->closed = errno != EAGAIN && errno != EINTR;
        return;
    }
    outlet->written += (size_t)put;
    if (outlet->written == first->size) {
        remove_at(outlet, 0);
    }
}

void outlet_drain(struct outlet *outlet, int64_t patience_ms)
{
    const int64_t until_ns = clock_monotonic_ns() + patience_ms * CLOCK_NS_PER_MS;
    while (outlet->count > 0 && !outlet->closed) {
        const int64_t left_ns = until_ns - clock_monotonic_ns();
        if (!takes_now(outlet, left_ns > 0 ? left_ns / CLOCK_NS_PER_MS : 0)) {
            break;
        }
        write_piece(outlet);
    }
    while (outlet->closed && outlet->count > 0) {
        remove_at(outlet, 0); /* for nobody */
    }
}

void outlet_push(struct outlet *outlet)
{
    outlet_drain(outlet, 0);
}

void outlet_destroy(struct outlet *outlet, int64_t patience_ms)
{
    if (outlet == NULL) {
        return;
    }
    outlet_drain(outlet, patience_ms);
    while (outlet->count > 0) {
        remove_at(outlet, outlet->count - 1);
    }
    mem_free(outlet);
}

int32_t outlet_waiting(const struct outlet *outlet)
{
    return outlet->count;
}

uint64_t outlet_dropped(const struct outlet *outlet)
{
    return outlet->dropped;
}
