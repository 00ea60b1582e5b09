#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script_port.h"
#include "tui/console.h"

/* The console over a moving script, for a person at a terminal and for measuring programs:
 *
 *   demo [still] [plain] [ascii] */

int main(int argc, char **argv)
{
    static struct script_port script;
    struct console_options options = {.operator_name = "demo", .come_back = "demo"};
    struct console_end end = {CONSOLE_DETACHED, 0};
    struct err err = {.kind = ERR_NONE};
    bool still = false, plain = false;
    for (int i = 1; i < argc; i++) {
        still = still || strcmp(argv[i], "still") == 0;
        plain = plain || strcmp(argv[i], "plain") == 0;
        options.ascii = options.ascii || strcmp(argv[i], "ascii") == 0;
    }
    script_port_open(&script, !still, 100);
    const bool ran = plain ? console_plain(&script.port, &options, stdout, &end, &err)
                           : console_run(&script.port, &options, &end, &err);
    if (!ran) {
        fprintf(stderr, "%s\n", err.text);
    }
    script_port_close(&script);
    return ran ? (end.kind == CONSOLE_SIGNALLED ? 128 + end.signal : 0) : EXIT_FAILURE;
}
