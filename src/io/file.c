#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "io/draft.h"

enum { FIRST_SIZE = 4096 };

static bool read_all(int fd, const char *path, size_t size_max, struct text *text,
                     struct err *err)
{
    char chunk[FIRST_SIZE];
    for (;;) {
        const ssize_t got = read(fd, chunk, sizeof(chunk));
        if (got == 0) {
            return true;
        }
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return err_set(err, ERR_IO, "cannot read '%s': %s", path, strerror(errno));
        }
        /* Counted here and not by fstat(): the file may grow while it is read. */
        if ((size_t)got > size_max - text->length) {
            return err_set(err, ERR_INPUT, "'%s' is larger than %zu bytes", path, size_max);
        }
        text_add_bytes(text, chunk, (size_t)got);
    }
}

bool file_read(const char *path, size_t size_max, char **data, size_t *length, struct err *err)
{
    /* O_NONBLOCK: opening a pipe nobody writes to must not wait for ever. */
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return err_set(err, ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    }
    struct text text = text_growing();
    text_add(&text, "");
    struct stat status;
    bool done;
    if (fstat(fd, &status) != 0) {
        done = err_set(err, ERR_IO, "cannot look at '%s': %s", path, strerror(errno));
    } else if (!S_ISREG(status.st_mode)) {
        done = err_set(err, ERR_INPUT, "'%s' is not a regular file", path);
    } else {
        done = read_all(fd, path, size_max, &text, err);
    }
    close(fd);
    if (!done) {
        text_finish(&text);
        return false;
    }
    *data = text.data;
    *length = text.length;
    return true;
}

static bool replace(const char *path, const void *data, size_t length, bool private,
                    struct err *err)
{
    struct draft *draft;
    if (!draft_open(&draft, path, err)) {
        return false;
    }
    if ((private && !draft_keep_private(draft, err)) || !draft_add(draft, data, length, err)) {
        draft_drop(draft);
        return false;
    }
    return draft_publish(draft, true, err);
}

bool file_replace(const char *path, const void *data, size_t length, struct err *err)
{
    return replace(path, data, length, false, err);
}

bool file_replace_private(const char *path, const void *data, size_t length, struct err *err)
{
    return replace(path, data, length, true, err);
}

bool file_check_apart(const char *path, const char *input, struct err *err)
{
    struct stat out, in;
    return path == NULL || input == NULL || stat(path, &out) != 0 || stat(input, &in) != 0 ||
           !S_ISREG(out.st_mode) || out.st_dev != in.st_dev || out.st_ino != in.st_ino ||
           err_set(err, ERR_INPUT, "'%s' is what is read: name another file to write", path);
}

static bool make_folder(const char *path, struct err *err)
{
    struct stat status;
    if (mkdir(path, 0700) == 0) {
        return true;
    }
    const int problem = errno;
    if (stat(path, &status) == 0) {
        return S_ISDIR(status.st_mode) || err_set(err, ERR_IO, "'%s' is not a folder", path);
    }
    return err_set(err, ERR_IO, "cannot create folder '%s': %s", path, strerror(problem));
}

bool file_make_folders(const char *path, struct err *err)
{
    char *part = mem_copy_string(path);
    bool done = true;
    for (char *slash = part; done && (slash = strchr(slash + 1, '/')) != NULL;) {
        *slash = '\0';
        done = make_folder(part, err);
        *slash = '/';
        slash += strspn(slash, "/") - 1;
    }
    done = done && make_folder(part, err);
    mem_free(part);
    return done;
}
