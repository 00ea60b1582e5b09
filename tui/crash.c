#include "tui/crash.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

enum { STACK_SIZE = 64 * 1024 };

static const int SIGNALS[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

/* A signal handler can be reached by nothing else than static memory. */
static struct {
    volatile sig_atomic_t armed;
    int fd;
    size_t length;
    char bytes[CRASH_BYTES_MAX];
    struct termios saved;
    struct sigaction before[LEN(SIGNALS)];
    stack_t stack_before;
    char stack[STACK_SIZE];
} crash;

static void restore(int signal)
{
    if (crash.armed) {
        crash.armed = 0;
        const ssize_t written = write(crash.fd, crash.bytes, crash.length);
        (void)written; /* there is nobody left to tell */
        tcsetattr(crash.fd, TCSANOW, &crash.saved);
    }
    raise(signal); /* SA_RESETHAND: the default action now */
}

void crash_arm(int fd, const char *bytes, size_t length, const struct termios *saved)
{
    crash.fd = fd;
    crash.length = length < CRASH_BYTES_MAX ? length : CRASH_BYTES_MAX;
    memcpy(crash.bytes, bytes, crash.length);
    crash.saved = *saved;
    if (!crash.armed) {
        const stack_t stack = {.ss_sp = crash.stack, .ss_size = STACK_SIZE};
        struct sigaction action = {.sa_handler = restore,
                                   .sa_flags = SA_ONSTACK | SA_RESETHAND | SA_NODEFER};
        sigemptyset(&action.sa_mask);
        sigaltstack(&stack, &crash.stack_before);
        for (size_t i = 0; i < LEN(SIGNALS); i++) {
            sigaction(SIGNALS[i], &action, &crash.before[i]);
        }
    }
    crash.armed = 1;
}

void crash_disarm(void)
{
    if (!crash.armed) {
        return;
    }
    crash.armed = 0;
    for (size_t i = 0; i < LEN(SIGNALS); i++) {
        sigaction(SIGNALS[i], &crash.before[i], NULL);
    }
    sigaltstack(&crash.stack_before, NULL);
}
