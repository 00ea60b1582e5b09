#include "cli/global_options.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

static const struct arg_option OPTIONS[] = {
    {"state-dir", ARG_TEXT, offsetof(struct global_options, state_dir), SIZE_MAX, "DIR",
     "journal, socket, lock and kill flag (under $XDG_STATE_HOME)"},
    {"config", ARG_TEXT, offsetof(struct global_options, config), SIZE_MAX, "FILE",
     "YAML file of what options do not say"},
    {"log-level", ARG_CHOICE, offsetof(struct global_options, log_level), SIZE_MAX,
     "error|warn|info|debug", "how much is logged (warn)"},
    {"color", ARG_CHOICE, offsetof(struct global_options, color), SIZE_MAX, "auto|never|8|256",
     "colours of a screen (auto)"},
};
_Static_assert(sizeof(OPTIONS) / sizeof(OPTIONS[0]) == GLOBAL_OPTIONS_COUNT,
               "the door knows their number");

void global_options_rows(struct arg_option rows[GLOBAL_OPTIONS_COUNT], size_t offset)
{
    for (size_t i = 0; i < GLOBAL_OPTIONS_COUNT; i++) {
        rows[i] = OPTIONS[i];
        rows[i].offset += offset;
    }
}

int global_option_length(int argc, char **argv)
{
    if (argc < 1 || strncmp(argv[0], "--", 2) != 0) {
        return 0;
    }
    for (size_t i = 0; i < GLOBAL_OPTIONS_COUNT; i++) {
        const size_t length = strlen(OPTIONS[i].name);
        if (strncmp(argv[0] + 2, OPTIONS[i].name, length) != 0) {
            continue;
        }
        const char after = argv[0][2 + length];
        if (after == '=') {
            return 1;
        }
        if (after == '\0') {
            return argc > 1 ? 2 : 1;
        }
    }
    return 0;
}

bool global_options_apply(const struct global_options *options, struct err *err)
{
    enum log_level level = LOG_WARN;
    if (options->log_level != NULL && !log_parse_level(options->log_level, &level)) {
        return err_set(err, ERR_INPUT,
                       "--log-level: '%s' is not a level (expected error, warn, info or debug)",
                       options->log_level);
    }
    log_open(stderr, level);
    return true;
}
