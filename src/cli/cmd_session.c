#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/nearest.h"
#include "base/safe.h"
#include "cli/global_options.h"
#include "cli/subcommand.h"
#include "session_verbs.h"

enum { SHOWN_SIZE = 256 };

static const struct {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
} VERBS[] = {
    {"plan", "make a plan of jobs from a session file", session_plan},
    {"run", "run the jobs of a plan", session_run},
    {"aggregate", "the summary of a session's results, as JSON", session_aggregate},
    {"rank", "the same as a table", session_rank},
    {"show", "everything that is known of one job, before it is used", session_show},
    {"heatmap", "PnL over two parameters", session_heatmap},
    {"walkforward", "what the best of each training earned behind it", session_walkforward},
    {"status", "the sessions there are, and how far they got", session_status},
};

enum { VERBS_COUNT = sizeof VERBS / sizeof VERBS[0] };

static void print_usage(FILE *to)
{
    fputs("usage: arblite session COMMAND [OPTION]...\n\n", to);
    for (int i = 0; i < VERBS_COUNT; i++) {
        fprintf(to, "  %-12s %s\n", VERBS[i].name, VERBS[i].summary);
    }
    fputs("\n'arblite session COMMAND --help' lists what a command takes.\n", to);
}

static int refuse(const char *verb)
{
    char shown[SHOWN_SIZE];
    struct nearest nearest = nearest_to(verb);
    for (int i = 0; i < VERBS_COUNT; i++) {
        nearest_offer(&nearest, VERBS[i].name);
    }
    safe_text(shown, sizeof shown, verb, strlen(verb));
    fprintf(stderr, "arblite session: unknown command '%s' (%s%s%s)\n", shown,
            nearest.found != NULL ? "did you mean '" : "see 'arblite session --help'",
            nearest.found != NULL ? nearest.found : "", nearest.found != NULL ? "'?" : "");
    return err_exit_code(ERR_USAGE);
}

int cmd_session(int argc, char **argv)
{
    int at = 1;
    while (at < argc && global_option_length(argc - at, argv + at) > 0) {
        at += global_option_length(argc - at, argv + at);
    }
    if (at >= argc) {
        print_usage(stderr);
        return err_exit_code(ERR_USAGE);
    }
    char *verb = argv[at];
    if (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0) {
        print_usage(stdout);
        return 0;
    }
    /* The verb first, global options behind it. */
    memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof *argv);
    argv[1] = verb;
    for (int i = 0; i < VERBS_COUNT; i++) {
        if (strcmp(VERBS[i].name, verb) == 0) {
            return VERBS[i].run(argc - 1, argv + 1);
        }
    }
    return refuse(verb);
}
