#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/safe.h"
#include "base/text.h"
#include "store/state_dir.h"

/* The durable copy of the kill latch that needs no database (SAFETY.md 3.2): a file whose
 * presence is the state. */

static bool sync_folder(const struct state_dir *dir, struct err *err)
{
    const int fd = open(dir->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool fine = fd >= 0 && fsync(fd) == 0;
    if (!fine) {
        err_set(err, ERR_IO, "state folder '%s': %s", dir->path, strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    return fine;
}

bool state_dir_engage_kill(const struct state_dir *dir, const char *by, const char *reason,
                           struct err *err)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    const int fd = open(dir->kill_flag, flags, 0600);
    if (fd < 0 && errno != EEXIST) {
        return err_set(err, ERR_IO, "kill flag '%s': %s", dir->kill_flag, strerror(errno));
    }
    if (fd >= 0) {
        /* Presence counts, so on a full disk the words may be missing, not the flag. */
        dprintf(fd, "by %s%s%s\n", by, reason[0] != '\0' ? ": " : "", reason);
        const bool synced = fsync(fd) == 0;
        const int error = errno;
        close(fd);
        if (!synced) {
            return err_set(err, ERR_IO, "kill flag '%s': %s", dir->kill_flag, strerror(error));
        }
    }
    return sync_folder(dir, err);
}

bool state_dir_release_kill(const struct state_dir *dir, struct err *err)
{
    if (unlink(dir->kill_flag) != 0 && errno != ENOENT) {
        return err_set(err, ERR_IO, "kill flag '%s': %s", dir->kill_flag, strerror(errno));
    }
    return sync_folder(dir, err);
}

bool state_dir_kill_engaged(const struct state_dir *dir)
{
    struct stat status;
    return lstat(dir->kill_flag, &status) == 0 || errno != ENOENT;
}

void state_dir_kill_cause(const struct state_dir *dir, struct state_dir_kill *out)
{
    char text[256];
    const int fd = open(dir->kill_flag, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    const ssize_t count = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0) {
        close(fd);
    }
    text[count > 0 ? count : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    const char *by = strncmp(text, "by ", 3) == 0 ? text + 3 : NULL;
    if (by != NULL) {
        const char *colon = strstr(by, ": ");
        const size_t length = colon != NULL ? (size_t)(colon - by) : strlen(by);
        const char *reason = colon != NULL ? colon + 2 : "";
        safe_text(out->by, sizeof(out->by), by, length);
        safe_text(out->reason, sizeof(out->reason), reason, strlen(reason));
    } else {
        text_cut(out->by, sizeof(out->by), "flag file");
        safe_text(out->reason, sizeof(out->reason), text, strlen(text));
    }
}
