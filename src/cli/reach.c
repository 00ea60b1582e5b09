#include "cli/reach.h"

#include <poll.h>
#include <signal.h>
#include <string.h>

#include "run/port_socket.h"

enum { PAUSE_MS = 5 };

bool reach_host(struct port **out, const struct state_dir *dir, enum wire_manner manner,
                bool *other_build, struct err *err)
{
    if (other_build != NULL) {
        *other_build = false;
    }
    if (port_socket_open(out, dir, manner, err)) {
        return true;
    }
    if (err->kind == ERR_REFUSED && strstr(err->text, WIRE_OTHER_BUILD) != NULL) {
        if (other_build != NULL) {
            *other_build = true;
        }
        err_set(err, ERR_REFUSED,
                "the session host (pid %d) is of another build than this program: use that "
                "build, or stop the host with 'quit', which leaves its session to that build",
                state_dir_holder(dir));
    }
    return false;
}

bool reach_end(const struct state_dir *dir)
{
    for (int waited_ms = 0; state_dir_holder(dir) != 0; waited_ms += PAUSE_MS) {
        if (waited_ms >= REACH_END_MS) {
            return false;
        }
        (void)poll(NULL, 0, PAUSE_MS);
    }
    return true;
}

int reach_signal(const struct state_dir *dir, int number)
{
    const int pid = state_dir_holder(dir);
    return pid > 0 && kill(pid, number) == 0 ? pid : 0;
}
