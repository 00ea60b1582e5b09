#include "data_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/safe.h"

enum { BLOCK_SIZE = 65536, NAME_SIZE = 128 };

int data_file_open(const char *path, struct err *err)
{
    /* O_NONBLOCK: a named pipe without a writer must be refused, not waited for. */
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    if (fd < 0) {
        err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno));
    } else if (fstat(fd, &status) != 0) {
        err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    } else if (!S_ISREG(status.st_mode)) {
        err_set(err, ERR_INPUT, "%s: not a regular file", path);
    } else {
        return fd;
    }
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

static bool add_file(struct hash_stream *stream, int fd, const char *path, struct err *err)
{
    char block[BLOCK_SIZE];
    for (;;) {
        const ssize_t got = read(fd, block, sizeof(block));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
        }
        if (got == 0) {
            return true;
        }
        hash_stream_add(stream, block, (size_t)got);
    }
}

bool data_file_add_to_hash(const char *path, struct hash_stream *stream, struct err *err)
{
    const int fd = data_file_open(path, err);
    if (fd < 0) {
        return false;
    }
    const bool read_all = add_file(stream, fd, path, err);
    close(fd);
    return read_all;
}

bool data_file_hash(const char *path, char buffer[HASH_XXH3_TEXT_SIZE], struct err *err)
{
    struct hash_stream *stream = hash_stream_create();
    const bool read_all = data_file_add_to_hash(path, stream, err);
    if (read_all) {
        hash_stream_text(stream, buffer);
    }
    hash_stream_destroy(stream);
    return read_all;
}

const char *data_file_label(char *buffer, size_t size, const char *kind, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    char safe[NAME_SIZE];
    snprintf(buffer, size, "%s %s", kind, safe_text(safe, sizeof(safe), name, strlen(name)));
    return buffer;
}
