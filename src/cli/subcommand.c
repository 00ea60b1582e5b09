#include "cli/subcommand.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/safe.h"
#include "cli/global_options.h"

enum { EXIT_USAGE = 2, SHOWN_SIZE = 200 };

static const char DEFAULT_COMMAND[] = "console";

static const struct subcommand *find(const struct subcommand *commands, size_t count,
                                     const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

static void print_list(const struct subcommand *commands, size_t count)
{
    puts("usage: arblite [OPTION]... [COMMAND] [ARGUMENT]...\n");
    for (size_t i = 0; i < count; i++) {
        printf("  %-12s %s\n", commands[i].name, commands[i].summary);
    }
    puts("\n'arblite COMMAND --help' lists what a command takes.");
}

static int refuse(const struct subcommand *commands, size_t count, const char *name)
{
    char shown[SHOWN_SIZE];
    struct nearest nearest = nearest_to(name);
    for (size_t i = 0; i < count; i++) {
        nearest_offer(&nearest, commands[i].name);
    }
    safe_text(shown, sizeof shown, name, strlen(name));
    if (nearest.found != NULL) {
        fprintf(stderr, "arblite: unknown command '%s' (did you mean '%s'?)\n", shown,
                nearest.found);
    } else {
        fprintf(stderr, "arblite: unknown command '%s' (see 'arblite --help')\n", shown);
    }
    return EXIT_USAGE;
}

/* Calls the command with its name first and everything else, in order, behind it. `at` is where
 * the name stands in argv; argc when it does not. */
static int run(const struct subcommand *command, int at, int argc, char **argv)
{
    char **arguments = mem_array((size_t)argc + 2, sizeof *arguments);
    char *name = mem_copy_string(command->name);
    int count = 0;
    arguments[count++] = name;
    for (int i = 1; i < argc; i++) {
        if (i != at) {
            arguments[count++] = argv[i];
        }
    }
    const int code = command->run(count, arguments);
    mem_free(arguments);
    mem_free(name);
    return code;
}

int subcommand_dispatch(const struct subcommand *commands, size_t count, int argc, char **argv)
{
    int at = 1;
    while (at < argc && global_option_length(argc - at, argv + at) > 0) {
        at += global_option_length(argc - at, argv + at);
    }
    const char *word = at < argc ? argv[at] : "";
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        print_list(commands, count);
        return 0;
    }
    if (strcmp(word, "--version") == 0) {
        word = "version";
    }
    const bool named = word[0] != '\0' && word[0] != '-';
    const struct subcommand *command = find(commands, count, named ? word : DEFAULT_COMMAND);
    if (command == NULL) {
        return refuse(commands, count, named ? word : DEFAULT_COMMAND);
    }
    return run(command, named ? at : argc, argc, argv);
}
