#include "address.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool address_open(struct address *address, const struct state_dir *dir, struct err *err)
{
    *address = (struct address){.name = {.sun_family = AF_UNIX}, .folder_fd = -1};
    char *path = address->name.sun_path;
    const size_t size = sizeof(address->name.sun_path);
    if (snprintf(path, size, "%s", dir->socket) < (int)size) {
        return true;
    }
    address->folder_fd = open(dir->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (address->folder_fd < 0) {
        return err_set(err, ERR_IO, "state folder '%s': %s", dir->path, strerror(errno));
    }
    const int length = snprintf(path, size, "/proc/self/fd/%d/%s", address->folder_fd,
                                strrchr(dir->socket, '/') + 1);
    if (length >= (int)size) {
        address_close(address);
        return err_set(err, ERR_IO, "socket '%s': the name is too long", dir->socket);
    }
    return true;
}

void address_close(struct address *address)
{
    if (address->folder_fd >= 0) {
        close(address->folder_fd);
        address->folder_fd = -1;
    }
}
