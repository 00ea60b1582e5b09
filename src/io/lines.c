#include "io/lines.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/mem.h"
#include "io/bytes.h"

enum { CHUNK_SIZE = 1 << 16 };

struct lines {
    struct bytes *bytes;
    size_t line_size_max;
    uint64_t number;

    char *data; /* text bytes; [start, end) are not returned yet */
    size_t start, end, capacity;
    bool ended;
    bool whole; /* the line last returned had its LF */
};

bool lines_open(struct lines **out, const char *path, size_t line_size_max, struct err *err)
{
    assert(line_size_max >= 1);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return err_set(err, ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    }
    struct bytes *bytes;
    if (!bytes_open(&bytes, fd, path, NULL, err)) {
        return false;
    }
    struct lines *lines = mem_zalloc(sizeof(*lines));
    lines->bytes = bytes;
    lines->line_size_max = line_size_max;
    lines->capacity = CHUNK_SIZE + 1; /* and the NUL behind an unended last line */
    lines->data = mem_zalloc(lines->capacity);
    *out = lines;
    return true;
}

void lines_close(struct lines *lines)
{
    if (lines == NULL) {
        return;
    }
    bytes_close(lines->bytes);
    mem_free(lines->data);
    mem_free(lines);
}

/* Reads more text behind what is there, making room first. */
static bool fill(struct lines *lines, struct err *err)
{
    if (lines->start > 0) {
        memmove(lines->data, lines->data + lines->start, lines->end - lines->start);
        lines->end -= lines->start;
        lines->start = 0;
    }
    if (lines->end == lines->capacity - 1) {
        lines->capacity *= 2; /* stops at twice the cap: longer lines are dropped, not kept */
        lines->data = mem_grow(lines->data, lines->capacity, 1);
    }
    size_t got;
    if (!bytes_read(lines->bytes, lines->data + lines->end, lines->capacity - 1 - lines->end,
                    &got, err)) {
        return false;
    }
    lines->end += got;
    lines->ended = got == 0;
    return true;
}

/* Drops the rest of a line that is over the cap, up to its LF. */
static enum lines_result skip_line(struct lines *lines, struct err *err)
{
    for (;;) {
        char *here = lines->data + lines->start;
        const char *lf = memchr(here, '\n', lines->end - lines->start);
        lines->whole = lf != NULL;
        if (lf != NULL) {
            lines->start = (size_t)(lf - lines->data) + 1;
            return LINES_TOO_LONG;
        }
        lines->start = lines->end;
        if (lines->ended) {
            return LINES_TOO_LONG;
        }
        if (!fill(lines, err)) {
            return LINES_ERROR;
        }
    }
}

enum lines_result lines_next(struct lines *lines, const char **line, size_t *length,
                             struct err *err)
{
    size_t searched = 0; /* bytes from start that hold no LF */
    for (;;) {
        char *here = lines->data + lines->start;
        const size_t have = lines->end - lines->start;
        const char *lf = memchr(here + searched, '\n', have - searched);
        const size_t size = lf != NULL ? (size_t)(lf - here) : have;
        if (size > lines->line_size_max) {
            lines->number++;
            return skip_line(lines, err);
        }
        const bool cut = lines->ended && bytes_were_cut(lines->bytes);
        if (lf != NULL || (lines->ended && have > 0 && !cut)) {
            here[size] = '\0';
            lines->start += size + (lf != NULL ? 1 : 0);
            lines->whole = lf != NULL;
            lines->number++;
            *line = here;
            *length = size;
            return LINES_LINE;
        }
        if (lines->ended) {
            return LINES_END;
        }
        searched = have;
        if (!fill(lines, err)) {
            return LINES_ERROR;
        }
    }
}

bool lines_ended_whole(const struct lines *lines)
{
    return lines->whole;
}

uint64_t lines_number(const struct lines *lines)
{
    return lines->number;
}

void lines_accept_cut(struct lines *lines)
{
    bytes_accept_cut(lines->bytes);
}

bool lines_were_cut(const struct lines *lines)
{
    return bytes_were_cut(lines->bytes);
}

void lines_progress(const struct lines *lines, uint64_t *read_bytes, uint64_t *total_bytes)
{
    bytes_progress(lines->bytes, read_bytes, total_bytes);
}
