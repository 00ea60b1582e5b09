#include "io/bytes.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zstd.h>

#include "base/mem.h"

enum { RAW_SIZE = 1 << 16, TEXT_SIZE = 1 << 17 }; /* a block of zstd's is up to 128 KiB */

struct bytes {
    int fd;
    char *path;
    struct hash_stream *hash;
    uint64_t read_bytes, total_bytes;

    /* Bytes of the file not given away yet: its first ones, later what is to be decoded. */
    char *raw_data;
    ZSTD_inBuffer raw;

    ZSTD_DStream *decoder; /* NULL: the file is plain */
    bool frame_open;       /* inside a zstd frame */
    char *text_data;       /* what was decoded and not given away yet */
    size_t text_size, text_given;
    bool may_be_cut, was_cut;
};

/* Up to `size` bytes of the file; 0 at its end. */
static bool read_file(struct bytes *bytes, void *into, size_t size, size_t *got,
                      struct err *err)
{
    ssize_t count;
    do {
        count = read(bytes->fd, into, size);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        return err_set(err, ERR_IO, "cannot read '%s': %s", bytes->path, strerror(errno));
    }
    if (bytes->hash != NULL) {
        hash_stream_add(bytes->hash, into, (size_t)count);
    }
    bytes->read_bytes += (uint64_t)count;
    *got = (size_t)count;
    return true;
}

static bool fill_raw(struct bytes *bytes, struct err *err)
{
    bytes->raw = (ZSTD_inBuffer){.src = bytes->raw_data};
    return read_file(bytes, bytes->raw_data, RAW_SIZE, &bytes->raw.size, err);
}

/* Looks at the first bytes. They are handed to whichever reader it turns out to be. */
static bool recognise(struct bytes *bytes, struct err *err)
{
    static const unsigned char magic[4] = {0x28, 0xb5, 0x2f, 0xfd};
    if (!fill_raw(bytes, err)) {
        return false;
    }
    if (bytes->raw.size < sizeof(magic) || memcmp(bytes->raw_data, magic, sizeof(magic)) != 0) {
        return true;
    }
    bytes->text_data = mem_zalloc(TEXT_SIZE);
    bytes->decoder = ZSTD_createDStream();
    return bytes->decoder != NULL ||
           err_set(err, ERR_IO, "cannot read '%s': no memory for zstd", bytes->path);
}

bool bytes_open(struct bytes **out, int fd, const char *path, struct hash_stream *hash,
                struct err *err)
{
    struct bytes *bytes = mem_zalloc(sizeof(*bytes));
    bytes->fd = fd;
    bytes->path = mem_copy_string(path);
    bytes->hash = hash;
    bytes->raw_data = mem_zalloc(RAW_SIZE);
    struct stat status;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        bytes->total_bytes = (uint64_t)status.st_size;
    }
    if (!recognise(bytes, err)) {
        bytes_close(bytes);
        return false;
    }
    *out = bytes;
    return true;
}

void bytes_close(struct bytes *bytes)
{
    if (bytes == NULL) {
        return;
    }
    close(bytes->fd);
    ZSTD_freeDStream(bytes->decoder);
    mem_free(bytes->raw_data);
    mem_free(bytes->text_data);
    mem_free(bytes->path);
    mem_free(bytes);
}

static bool read_plain(struct bytes *bytes, void *into, size_t size, size_t *got,
                       struct err *err)
{
    const size_t first = bytes->raw.size - bytes->raw.pos;
    if (first == 0) {
        return read_file(bytes, into, size, got, err);
    }
    *got = first < size ? first : size;
    memcpy(into, bytes->raw_data + bytes->raw.pos, *got);
    bytes->raw.pos += *got;
    return true;
}

/* Decodes until at least one byte came out or the file is over. The steps are the same whatever
 * the caller's buffer: where data break, the decoder keeps back what it had of that step. */
static bool decode(struct bytes *bytes, struct err *err)
{
    ZSTD_outBuffer text = {.dst = bytes->text_data, .size = TEXT_SIZE};
    bool ended = false;
    while (text.pos == 0 && !ended) {
        const bool drained = bytes->raw.pos == bytes->raw.size;
        if (drained && !fill_raw(bytes, err)) {
            return false;
        }
        /* At the end of the file the decoder may still hold text of an open frame. */
        const bool file_ended = bytes->raw.size == 0;
        const size_t before = bytes->raw.pos;
        const size_t left = ZSTD_decompressStream(bytes->decoder, &text, &bytes->raw);
        if (ZSTD_isError(left)) {
            return err_set(err, ERR_INPUT, "'%s' is no valid zstd: %s", bytes->path,
                           ZSTD_getErrorName(left));
        }
        bytes->frame_open = left != 0 && (bytes->frame_open || bytes->raw.pos > before);
        ended = file_ended && text.pos == 0;
    }
    bytes->text_size = text.pos;
    bytes->text_given = 0;
    bytes->was_cut = ended && bytes->frame_open;
    return !bytes->was_cut || bytes->may_be_cut ||
           err_set(err, ERR_INPUT, "'%s' ends inside its zstd data", bytes->path);
}

static bool read_zstd(struct bytes *bytes, void *into, size_t size, size_t *got,
                      struct err *err)
{
    if (bytes->text_given == bytes->text_size && !decode(bytes, err)) {
        return false;
    }
    const size_t have = bytes->text_size - bytes->text_given;
    *got = have < size ? have : size;
    memcpy(into, bytes->text_data + bytes->text_given, *got);
    bytes->text_given += *got;
    return true;
}

bool bytes_read(struct bytes *bytes, void *into, size_t size, size_t *got, struct err *err)
{
    assert(size >= 1);
    return bytes->decoder != NULL ? read_zstd(bytes, into, size, got, err)
                                  : read_plain(bytes, into, size, got, err);
}

void bytes_accept_cut(struct bytes *bytes)
{
    bytes->may_be_cut = true;
}

bool bytes_were_cut(const struct bytes *bytes)
{
    return bytes->was_cut;
}

bool bytes_packed(const struct bytes *bytes)
{
    return bytes->decoder != NULL;
}

void bytes_progress(const struct bytes *bytes, uint64_t *read_bytes, uint64_t *total_bytes)
{
    *read_bytes = bytes->read_bytes;
    *total_bytes = bytes->total_bytes;
}
