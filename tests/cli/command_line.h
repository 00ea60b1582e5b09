#pragma once
/* command_line: the program as an operator runs it, in a folder of its own: words in; output,
 * messages and exit code out. Wants ARBLITE, the program's path, in the environment. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/check.h"

struct command_line {
    char folder[64];
    char out[65536], messages[8192];
};

static inline void command_line_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static inline void command_line_read(const char *path, char *buffer, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    buffer[fread(buffer, 1, size - 1, file)] = '\0';
    fclose(file);
}

static inline int command_line_run(struct command_line *line, const char *words)
{
    char command[4096];
    const char *program = getenv("ARBLITE");
    assert_non_null(program);
    snprintf(command, sizeof command, "'%s' %s >out 2>messages", program, words);
    const int status = system(command);
    command_line_read("out", line->out, sizeof line->out);
    command_line_read("messages", line->messages, sizeof line->messages);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static inline int command_line_enter(void **state)
{
    struct command_line *line = calloc(1, sizeof *line);
    *state = line;
    strcpy(line->folder, "/tmp/arblite-cli-XXXXXX");
    return mkdtemp(line->folder) != NULL && chdir(line->folder) == 0 ? 0 : -1;
}

static inline int command_line_leave(void **state)
{
    struct command_line *line = *state;
    char command[128];
    snprintf(command, sizeof command, "cd / && rm -r '%s'", line->folder);
    free(line);
    return system(command);
}
