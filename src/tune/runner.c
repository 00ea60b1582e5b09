#include "tune/runner.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

enum { FDS_PATH_SIZE = 64 };

bool runner_lives(int64_t pid, const char *folder)
{
    char path[FDS_PATH_SIZE];
    struct stat wanted, held;
    if (pid <= 0 || pid > INT_MAX || stat(folder, &wanted) != 0) {
        return false;
    }
    text_cut(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *fds = opendir(path);
    bool found = false;
    for (struct dirent *entry = fds != NULL ? readdir(fds) : NULL; entry != NULL && !found;
         entry = readdir(fds)) {
        found = fstatat(dirfd(fds), entry->d_name, &held, 0) == 0 && S_ISDIR(held.st_mode) &&
                held.st_dev == wanted.st_dev && held.st_ino == wanted.st_ino;
    }
    if (fds != NULL) {
        closedir(fds);
    }
    return found;
}

bool runner_stop(int64_t pid, const char *folder)
{
    /* Held by a descriptor, the process cannot become another one between look and signal. */
    const int process = pid > 0 && pid <= INT_MAX ? pidfd_open((pid_t)pid, 0) : -1;
    const bool sent = process >= 0 && runner_lives(pid, folder) &&
                      pidfd_send_signal(process, SIGTERM, NULL, 0) == 0;
    if (process >= 0) {
        close(process);
    }
    return sent;
}
