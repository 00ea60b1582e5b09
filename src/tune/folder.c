#include "tune/folder.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "tune/plan.h"

static const char TEMPORARY[] = ".result.tmp";

static bool fail(const struct folder *folder, const char *what, const char *name,
                 struct err *err)
{
    return err_set(err, ERR_IO, "cannot %s '%s%s%s': %s", what, folder->path,
                   name[0] != '\0' ? "/" : "", name, strerror(errno));
}

/* Goes into a sub-folder of *fd, which is closed. */
static bool enter(int *fd, const char *name)
{
    if (mkdirat(*fd, name, 0777) != 0 && errno != EEXIST) {
        return false;
    }
    const int next = openat(*fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (next < 0) {
        return false;
    }
    close(*fd);
    *fd = next;
    return true;
}

static bool enter_all(int *fd, const char *name)
{
    char path[sizeof PLAN_FOLDER] = PLAN_FOLDER;
    char *rest = path;
    for (const char *part = strsep(&rest, "/"); part != NULL; part = strsep(&rest, "/")) {
        if (!enter(fd, part)) {
            return false;
        }
    }
    return enter(fd, name);
}

bool folder_open(struct folder *folder, const char *name, struct err *err)
{
    struct folder made = {.fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    text_cut(made.path, sizeof made.path, "%s/%s", PLAN_FOLDER, name);
    bool done = made.fd >= 0 && enter_all(&made.fd, name);
    if (!done) {
        fail(&made, "open folder", "", err);
    } else if (flock(made.fd, LOCK_EX | LOCK_NB) != 0) {
        done = false;
        if (errno == EWOULDBLOCK) {
            err_set(err, ERR_REFUSED, "'%s': another runner works on this session", made.path);
        } else {
            fail(&made, "lock folder", "", err);
        }
    }
    if (done) {
        *folder = made;
    } else if (made.fd >= 0) {
        close(made.fd);
    }
    return done;
}

void folder_close(struct folder *folder)
{
    if (folder->fd >= 0) {
        close(folder->fd);
        folder->fd = -1;
    }
}

bool folder_is_held(const struct folder *folder)
{
    struct stat status;
    char line[256];
    char place[64];
    bool held = false;
    FILE *locks = fstat(folder->fd, &status) == 0 ? fopen("/proc/locks", "re") : NULL;
    if (locks == NULL) {
        return false;
    }
    text_cut(place, sizeof place, " %02x:%02x:%" PRIu64 " ", major(status.st_dev),
             minor(status.st_dev), (uint64_t)status.st_ino);
    while (!held && fgets(line, sizeof line, locks) != NULL) {
        held = strstr(line, " FLOCK ") != NULL && strstr(line, place) != NULL;
    }
    fclose(locks);
    return held;
}

static bool write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        const ssize_t put = write(fd, data, length);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return false;
        }
        data += put;
        length -= (size_t)put;
    }
    return true;
}

bool folder_replace(const struct folder *folder, const char *name, const void *data,
                    size_t length, struct err *err)
{
    assert(strchr(name, '/') == NULL);
    /* What a killed runner left; the lock makes sure that it is nobody's. */
    if (unlinkat(folder->fd, TEMPORARY, 0) != 0 && errno != ENOENT) {
        return fail(folder, "write", name, err);
    }
    const int fd = openat(folder->fd, TEMPORARY,
                          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0) {
        return fail(folder, "write", name, err);
    }
    bool done = write_all(fd, data, length);
    int problem = errno;
    if (close(fd) != 0 && done) {
        done = false;
        problem = errno;
    }
    errno = problem;
    done = done && renameat(folder->fd, TEMPORARY, folder->fd, name) == 0;
    if (!done) {
        fail(folder, "write", name, err);
        unlinkat(folder->fd, TEMPORARY, 0);
        return false;
    }
    return true;
}

bool folder_settle(const struct folder *folder, struct err *err)
{
    /* One for all of them; an fsync a file would cost more than the sweep. */
    return syncfs(folder->fd) == 0 || fail(folder, "write", "", err);
}

bool folder_each(const struct folder *folder, const char *ending, folder_name_fn *call,
                 void *context)
{
    const int listed = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = listed >= 0 ? fdopendir(listed) : NULL;
    if (listing == NULL) {
        if (listed >= 0) {
            close(listed);
        }
        return false;
    }
    bool more = true;
    for (const struct dirent *entry; more && (entry = readdir(listing)) != NULL;) {
        const size_t length = strlen(entry->d_name);
        if (length >= strlen(ending) &&
            strcmp(entry->d_name + length - strlen(ending), ending) == 0) {
            more = call(context, entry->d_name);
        }
    }
    closedir(listing);
    return true;
}

static bool note_one(void *context, const char *name)
{
    bool *found = context;
    *found = true;
    return false;
}

bool folder_has(const struct folder *folder, const char *ending)
{
    bool found = false;
    return !folder_each(folder, ending, note_one, &found) || found;
}

bool folder_remove(const struct folder *folder, const char *name, struct err *err)
{
    return unlinkat(folder->fd, name, 0) == 0 || errno == ENOENT ||
           fail(folder, "remove", name, err);
}

static bool read_all(int fd, size_t size_max, struct text *text)
{
    char chunk[16384];
    for (;;) {
        const ssize_t got = read(fd, chunk, sizeof chunk);
        if (got == 0) {
            return true;
        }
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return false;
        }
        if ((size_t)got > size_max - text->length) {
            errno = EFBIG;
            return false;
        }
        text_add_bytes(text, chunk, (size_t)got);
    }
}

bool folder_read(const struct folder *folder, const char *name, size_t size_max, char **data,
                 size_t *length, struct err *err)
{
    struct text text = text_growing();
    struct stat status;
    const int fd = openat(folder->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return fail(folder, "open", name, err);
    }
    text_add(&text, "");
    bool done = fstat(fd, &status) == 0;
    if (done && !S_ISREG(status.st_mode)) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
        done = false;
    }
    done = done && read_all(fd, size_max, &text);
    const int problem = errno;
    close(fd);
    if (!done) {
        errno = problem;
        text_finish(&text);
        return fail(folder, "read", name, err);
    }
    *data = text.data;
    *length = text.length;
    return true;
}
