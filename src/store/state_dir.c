#include "store/state_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"
#include "io/file.h"

enum { LOCK_TRIES = 10, LOCK_PAUSE_NS = 10 * 1000 * 1000, PID_TEXT_SIZE = 24 };

/* Every descriptor of this file dies with an exec and follows no link planted for it. */
enum { OPEN_FLAGS = O_CLOEXEC | O_NOFOLLOW };

static bool join(char out[STATE_DIR_PATH_SIZE], const char *folder, const char *name)
{
    const int length = snprintf(out, STATE_DIR_PATH_SIZE, "%s/%s", folder, name);
    /* SQLite puts "-wal" and "-shm" behind the journal's name. */
    return length > 0 && length < STATE_DIR_PATH_SIZE - 8;
}

static bool choose(char out[STATE_DIR_PATH_SIZE], const char *given, struct err *err)
{
    const char *own = getenv("ARBLITE_STATE_DIR");
    const char *xdg = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    char here[STATE_DIR_PATH_SIZE];
    const char *chosen = given != NULL ? given : own;
    bool fits;
    if (chosen != NULL && chosen[0] == '/') {
        fits = snprintf(out, STATE_DIR_PATH_SIZE, "%s", chosen) < STATE_DIR_PATH_SIZE;
    } else if (chosen != NULL && chosen[0] != '\0') {
        /* A host may change its folder later; the path must mean the same then. */
        if (getcwd(here, sizeof(here)) == NULL) {
            return err_set(err, ERR_IO, "current folder: %s", strerror(errno));
        }
        fits = join(out, here, chosen);
    } else if (given != NULL) {
        return err_set(err, ERR_USAGE, "the state folder's name is empty");
    } else if (xdg != NULL && xdg[0] == '/') {
        fits = join(out, xdg, "arblite");
    } else if (home != NULL && home[0] == '/') {
        fits = join(out, home, ".local/state/arblite");
    } else {
        return err_set(err, ERR_USAGE,
                       "no state folder: neither XDG_STATE_HOME nor HOME is "
                       "set; pass --state-dir DIR");
    }
    return fits || err_set(err, ERR_USAGE, "the state folder's path is too long (at most %d)",
                           STATE_DIR_PATH_SIZE - 32);
}

bool state_dir_find(struct state_dir *dir, const char *given, struct err *err)
{
    struct state_dir found = {.lock_fd = -1};
    if (!choose(found.path, given, err)) {
        return false;
    }
    size_t length = strlen(found.path);
    while (length > 1 && found.path[length - 1] == '/') {
        found.path[--length] = '\0';
    }
    if (!join(found.journal, found.path, "journal.sqlite") ||
        !join(found.socket, found.path, "session.sock") ||
        !join(found.kill_flag, found.path, "KILL") || !join(found.lock, found.path, "lock")) {
        return err_set(err, ERR_USAGE, "the state folder's path is too long (at most %d)",
                       STATE_DIR_PATH_SIZE - 32);
    }
    *dir = found;
    return true;
}

/* May we close this folder to others? Only one that is empty or has been ours before:
 * `--state-dir /tmp` by root must not lock everybody out of /tmp. */
static bool is_ours(const struct state_dir *dir)
{
    if (access(dir->lock, F_OK) == 0) {
        return true;
    }
    DIR *folder = opendir(dir->path);
    if (folder == NULL) {
        return false;
    }
    int others = 0;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        others += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(folder);
    return others == 0;
}

static bool check_folder(const struct state_dir *dir, int fd, struct err *err)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return err_set(err, ERR_IO, "state folder '%s': %s", dir->path, strerror(errno));
    }
    if (status.st_uid != geteuid()) {
        return err_set(err, ERR_REFUSED, "state folder '%s' belongs to uid %u, not to you (%u)",
                       dir->path, (unsigned)status.st_uid, (unsigned)geteuid());
    }
    if ((status.st_mode & 077) == 0) {
        return true;
    }
    if (!is_ours(dir)) {
        return err_set(err, ERR_REFUSED,
                       "state folder '%s' is open to others and holds other files (expected "
                       "mode 0700; choose an empty folder or run chmod 700 on it)",
                       dir->path);
    }
    return fchmod(fd, 0700) == 0 ||
           err_set(err, ERR_IO, "state folder '%s': %s", dir->path, strerror(errno));
}

bool state_dir_create(struct state_dir *dir, struct err *err)
{
    if (!file_make_folders(dir->path, err)) {
        return err_wrap(err, "state folder");
    }
    const int fd = open(dir->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return err_set(err, ERR_IO, "state folder '%s': %s", dir->path, strerror(errno));
    }
    const bool fine = check_folder(dir, fd, err);
    close(fd);
    return fine;
}

/* The pid written in a lock file; 0 when there is none. */
static int read_pid(int fd)
{
    char text[PID_TEXT_SIZE];
    const ssize_t count = pread(fd, text, sizeof(text), 0);
    int64_t pid = 0;
    size_t length = 0;
    while (count > 0 && length < (size_t)count && text[length] != '\n') {
        length++;
    }
    if (!num_parse_int64(text, length, &pid) || pid <= 0 || pid > INT32_MAX) {
        return 0;
    }
    return (int)pid;
}

/* Tries for a while: whoever asks state_dir_holder() holds a shared lock for a moment, and a
 * new holder needs one to write its pid. */
static bool take_lock(int fd)
{
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            return true;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return false;
        }
        nanosleep(&pause, NULL);
    }
    errno = EWOULDBLOCK;
    return false;
}

static bool write_pid(int fd)
{
    char text[PID_TEXT_SIZE];
    const int length = snprintf(text, sizeof(text), "%d\n", (int)getpid());
    return ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)length, 0) == length;
}

bool state_dir_lock(struct state_dir *dir, struct err *err)
{
    const int fd = open(dir->lock, O_RDWR | O_CREAT | OPEN_FLAGS, 0600);
    if (fd < 0) {
        return err_set(err, ERR_IO, "lock '%s': %s", dir->lock, strerror(errno));
    }
    if (!take_lock(fd)) {
        const int error = errno;
        const int pid = read_pid(fd);
        close(fd);
        if (error == EWOULDBLOCK) {
            return err_set(err, ERR_REFUSED,
                           "a session host (pid %d) already holds the state folder '%s'", pid,
                           dir->path);
        }
        return err_set(err, ERR_IO, "lock '%s': %s", dir->lock, strerror(error));
    }
    if (!write_pid(fd)) {
        const int error = errno;
        close(fd);
        return err_set(err, ERR_IO, "lock '%s': %s", dir->lock, strerror(error));
    }
    dir->lock_fd = fd;
    return true;
}

void state_dir_unlock(struct state_dir *dir)
{
    if (dir->lock_fd >= 0) {
        /* The file stays: removing it would let two hosts lock two files of one name. */
        (void)!ftruncate(dir->lock_fd, 0);
        close(dir->lock_fd);
        dir->lock_fd = -1;
    }
}

int state_dir_holder(const struct state_dir *dir)
{
    const int fd = open(dir->lock, O_RDONLY | OPEN_FLAGS);
    if (fd < 0) {
        return 0;
    }
    int pid = 0;
    if (flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        pid = read_pid(fd);
    }
    close(fd);
    return pid;
}
