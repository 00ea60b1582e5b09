#include "io/lines.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zstd.h>

#include "base/mem.h"

enum { CHUNK_SIZE = 1 << 16 };

struct lines {
    int fd;
    char *path;
    size_t line_size_max;
    uint64_t number;
    uint64_t read_bytes, total_bytes;

    ZSTD_DStream *decoder; /* NULL: the file is plain */
    ZSTD_inBuffer packed;  /* compressed bytes not decoded yet */
    char *packed_data;
    bool frame_open; /* inside a zstd frame */

    char *data; /* text bytes; [start, end) are not returned yet */
    size_t start, end, capacity;
    bool ended;
};

/* Up to `size` bytes of the file; 0 at its end, -1 on failure. */
static ssize_t read_file(struct lines *lines, void *into, size_t size)
{
    ssize_t got;
    do {
        got = read(lines->fd, into, size);
    } while (got < 0 && errno == EINTR);
    if (got > 0) {
        lines->read_bytes += (uint64_t)got;
    }
    return got;
}

/* Looks at the first bytes. They are handed to whichever reader it turns out to be. */
static bool recognise(struct lines *lines, struct err *err)
{
    static const unsigned char magic[4] = {0x28, 0xb5, 0x2f, 0xfd};
    const ssize_t got = read_file(lines, lines->data, CHUNK_SIZE);
    if (got < 0) {
        return err_set(err, ERR_IO, "cannot read '%s': %s", lines->path, strerror(errno));
    }
    if ((size_t)got < sizeof(magic) || memcmp(lines->data, magic, sizeof(magic)) != 0) {
        lines->end = (size_t)got;
        return true;
    }
    lines->decoder = ZSTD_createDStream();
    if (lines->decoder == NULL) {
        return err_set(err, ERR_IO, "cannot read '%s': no memory for zstd", lines->path);
    }
    lines->packed_data = mem_zalloc(CHUNK_SIZE);
    memcpy(lines->packed_data, lines->data, (size_t)got);
    lines->packed = (ZSTD_inBuffer){.src = lines->packed_data, .size = (size_t)got};
    return true;
}

bool lines_open(struct lines **out, const char *path, size_t line_size_max, struct err *err)
{
    assert(line_size_max >= 1);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return err_set(err, ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    }
    struct lines *lines = mem_zalloc(sizeof(*lines));
    lines->fd = fd;
    lines->path = mem_copy_string(path);
    lines->line_size_max = line_size_max;
    lines->capacity = CHUNK_SIZE + 1; /* and the NUL behind an unended last line */
    lines->data = mem_zalloc(lines->capacity);
    struct stat status;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        lines->total_bytes = (uint64_t)status.st_size;
    }
    if (!recognise(lines, err)) {
        lines_close(lines);
        return false;
    }
    *out = lines;
    return true;
}

void lines_close(struct lines *lines)
{
    if (lines == NULL) {
        return;
    }
    close(lines->fd);
    ZSTD_freeDStream(lines->decoder);
    mem_free(lines->packed_data);
    mem_free(lines->data);
    mem_free(lines->path);
    mem_free(lines);
}

static bool fill_plain(struct lines *lines, struct err *err)
{
    const size_t room = lines->capacity - 1 - lines->end;
    const ssize_t got = read_file(lines, lines->data + lines->end, room);
    if (got < 0) {
        return err_set(err, ERR_IO, "cannot read '%s': %s", lines->path, strerror(errno));
    }
    lines->end += (size_t)got;
    lines->ended = got == 0;
    return true;
}

/* Decodes until at least one byte came out or the file is over. */
static bool fill_zstd(struct lines *lines, struct err *err)
{
    ZSTD_outBuffer text = {.dst = lines->data + lines->end,
                           .size = lines->capacity - 1 - lines->end};
    while (text.pos == 0) {
        const bool drained = lines->packed.pos == lines->packed.size;
        const ssize_t got = drained ? read_file(lines, lines->packed_data, CHUNK_SIZE) : 1;
        if (got < 0) {
            return err_set(err, ERR_IO, "cannot read '%s': %s", lines->path, strerror(errno));
        }
        if (drained) {
            lines->packed.size = (size_t)got;
            lines->packed.pos = 0;
        }
        /* At the end of the file the decoder may still hold text of an open frame. */
        const size_t before = lines->packed.pos;
        const size_t left = ZSTD_decompressStream(lines->decoder, &text, &lines->packed);
        if (ZSTD_isError(left)) {
            return err_set(err, ERR_INPUT, "'%s' is no valid zstd: %s", lines->path,
                           ZSTD_getErrorName(left));
        }
        lines->frame_open = left != 0 && (lines->frame_open || lines->packed.pos > before);
        if (got == 0 && text.pos == 0) {
            lines->ended = true;
            break;
        }
    }
    lines->end += text.pos;
    return !lines->ended || !lines->frame_open ||
           err_set(err, ERR_INPUT, "'%s' ends inside its zstd data", lines->path);
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
    return lines->decoder != NULL ? fill_zstd(lines, err) : fill_plain(lines, err);
}

/* Drops the rest of a line that is over the cap, up to its LF. */
static enum lines_result skip_line(struct lines *lines, struct err *err)
{
    for (;;) {
        char *here = lines->data + lines->start;
        const char *lf = memchr(here, '\n', lines->end - lines->start);
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
        if (lf != NULL || (lines->ended && have > 0)) {
            here[size] = '\0';
            lines->start += size + (lf != NULL ? 1 : 0);
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

uint64_t lines_number(const struct lines *lines)
{
    return lines->number;
}

void lines_progress(const struct lines *lines, uint64_t *read_bytes, uint64_t *total_bytes)
{
    *read_bytes = lines->read_bytes;
    *total_bytes = lines->total_bytes;
}
