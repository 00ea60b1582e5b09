#include "io/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

enum { NAME_ATTEMPTS_MAX = 100 };

struct draft {
    int fd;
    char *path;
    struct text name; /* the temporary one; "": it goes straight to its place */
};

static bool fail(const struct draft *draft, int problem, struct err *err)
{
    return err_set(err, ERR_IO, "cannot write '%s': %s", draft->path, strerror(problem));
}

/* Creates a file that was not there beside the path. */
static int create_beside(struct draft *draft)
{
    for (int attempt = 0; attempt < NAME_ATTEMPTS_MAX; attempt++) {
        text_clear(&draft->name);
        text_addf(&draft->name, "%s.%ld.%d.tmp", draft->path, (long)getpid(), attempt);
        const int fd = open(text_string(&draft->name),
                            O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (fd >= 0 || errno != EEXIST) {
            return fd;
        }
    }
    return -1;
}

/* A device or a pipe: a name that nothing may be put in the place of. */
static bool is_channel(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && (S_ISCHR(status.st_mode) || S_ISFIFO(status.st_mode));
}

static void finish(struct draft *draft)
{
    text_finish(&draft->name);
    mem_free(draft->path);
    mem_free(draft);
}

bool draft_open(struct draft **out, const char *path, struct err *err)
{
    struct draft *draft = mem_zalloc(sizeof *draft);
    draft->path = mem_copy_string(path);
    draft->name = text_growing();
    draft->fd = is_channel(path) ? open(path, O_WRONLY | O_CLOEXEC) : create_beside(draft);
    if (draft->fd < 0) {
        fail(draft, errno, err);
        finish(draft);
        return false;
    }
    *out = draft;
    return true;
}

bool draft_keep_private(struct draft *draft, struct err *err)
{
    /* The mode of a device is not ours to change. */
    return draft->name.length == 0 || fchmod(draft->fd, 0600) == 0 || fail(draft, errno, err);
}

bool draft_add(struct draft *draft, const void *data, size_t length, struct err *err)
{
    const char *rest = data;
    while (length > 0) {
        const ssize_t put = write(draft->fd, rest, length);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return fail(draft, errno, err);
        }
        rest += put;
        length -= (size_t)put;
    }
    return true;
}

void draft_drop(struct draft *draft)
{
    if (draft == NULL) {
        return;
    }
    close(draft->fd);
    if (draft->name.length > 0) {
        unlink(text_string(&draft->name));
    }
    finish(draft);
}

/* Makes the new name itself durable. */
static bool sync_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct text folder = text_growing();
    if (slash == NULL) {
        text_add(&folder, ".");
    } else {
        text_add_bytes(&folder, path, slash == path ? 1 : (size_t)(slash - path));
    }
    const int fd = open(text_string(&folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    text_finish(&folder);
    if (fd < 0) {
        return false;
    }
    const bool done = fsync(fd) == 0;
    const int problem = errno;
    close(fd);
    errno = problem;
    return done;
}

/* A rename replaces; a link does not, and is as whole. */
static bool take_name(const struct draft *draft, bool replace)
{
    const char *name = text_string(&draft->name);
    return replace ? rename(name, draft->path) == 0
                   : link(name, draft->path) == 0 && unlink(name) == 0;
}

bool draft_publish(struct draft *draft, bool replace, struct err *err)
{
    if (draft->name.length == 0) {
        const bool kept = close(draft->fd) == 0 || fail(draft, errno, err);
        finish(draft);
        return kept;
    }
    if (fsync(draft->fd) != 0 || !take_name(draft, replace)) {
        const int problem = errno;
        if (problem == EEXIST) {
            err_set(err, ERR_INPUT, "'%s' is there already", draft->path);
        } else {
            fail(draft, problem, err);
        }
        draft_drop(draft);
        return false;
    }
    close(draft->fd);
    const bool done = sync_folder_of(draft->path) || fail(draft, errno, err);
    finish(draft);
    return done;
}
