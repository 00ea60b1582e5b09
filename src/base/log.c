#include "base/log.h"

#include <poll.h>
#include <stdarg.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/safe.h"

enum { TEXT_SIZE = 4096 };

static const char *const NAMES[] = {"error", "warn", "info", "debug"};

static struct {
    FILE *sink; /* NULL is stderr, which is no constant expression */
    enum log_level level;
    unsigned long long lost; /* lines, since one was taken */
} state = {.level = LOG_WARN};

void log_open(FILE *sink, enum log_level level)
{
    state.sink = sink;
    state.level = level;
}

bool log_parse_level(const char *name, enum log_level *out)
{
    for (enum log_level level = LOG_ERROR; level <= LOG_DEBUG; level++) {
        if (strcmp(name, NAMES[level]) == 0) {
            *out = level;
            return true;
        }
    }
    return false;
}

/* A terminal may be held and a pipe full: whoever logs does not wait for them. */
static bool takes_now(FILE *sink)
{
    struct pollfd look = {.fd = fileno(sink), .events = POLLOUT};
    return look.fd < 0 || (poll(&look, 1, 0) == 1 && (look.revents & POLLOUT) != 0);
}

__attribute__((format(printf, 3, 0))) static void
write_line(enum log_level level, const char *module, const char *format, va_list args)
{
    if (level > state.level) {
        return;
    }
    char text[TEXT_SIZE];
    const int length = vsnprintf(text, sizeof(text), format, args);
    /* The longest escape is four bytes for one: a whole text always fits. */
    char escaped[4 * TEXT_SIZE];
    safe_text(escaped, sizeof(escaped), text, strlen(text));

    FILE *sink = state.sink != NULL ? state.sink : stderr;
    char time[CALENDAR_TEXT_SIZE];
    if (!takes_now(sink)) {
        state.lost++;
        return;
    }
    if (state.lost > 0) {
        fprintf(sink, "warn %s log: %llu lines before this one were lost\n",
                calendar_format(time, clock_wall_ns(), 3), state.lost);
        state.lost = 0;
    }
    fprintf(sink, "%s %s %s: %s%s\n", NAMES[level], calendar_format(time, clock_wall_ns(), 3),
            module, escaped, length >= TEXT_SIZE ? " [cut]" : "");
    fflush(sink);
}

void log_error(const char *module, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_line(LOG_ERROR, module, format, args);
    va_end(args);
}

void log_warn(const char *module, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_line(LOG_WARN, module, format, args);
    va_end(args);
}

void log_info(const char *module, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_line(LOG_INFO, module, format, args);
    va_end(args);
}

void log_debug(const char *module, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_line(LOG_DEBUG, module, format, args);
    va_end(args);
}
