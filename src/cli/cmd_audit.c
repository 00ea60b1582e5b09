#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/safe.h"
#include "cli/args.h"
#include "cli/global_options.h"
#include "cli/subcommand.h"
#include "store/journal.h"
#include "store/state_dir.h"

/* audit: is the record of what operators did still what was written? */

enum { SHOWN_SIZE = 64 };

static bool verify(const struct state_dir *dir, uint64_t *rows, struct err *err)
{
    struct journal *journal = NULL;
    if (access(dir->journal, F_OK) != 0) {
        return err_set(err, ERR_INPUT, "no journal in '%s'", dir->path);
    }
    const bool fine = journal_open_readonly(&journal, dir->journal, err) &&
                      journal_verify_audit(journal, rows, err);
    journal_close(journal);
    return fine;
}

int cmd_audit(int argc, char **argv)
{
    struct arg_option rows[GLOBAL_OPTIONS_COUNT];
    global_options_rows(rows, 0);
    const struct arg_spec spec = {
        .command = "audit",
        .operands = "verify",
        .summary = "Checks the chain of audit rows in the journal, also while a session runs.",
        .options = rows,
        .options_count = GLOBAL_OPTIONS_COUNT,
        .operands_min = 1,
        .operands_max = 1,
    };
    struct global_options options = {0};
    const char *operands[1] = {NULL};
    int code = 0;
    if (!args_take(&spec, argc, argv, &options, operands, NULL, &code)) {
        return code;
    }
    struct err err = {0};
    struct state_dir dir;
    uint64_t checked = 0;
    char shown[SHOWN_SIZE];
    if (strcmp(operands[0], "verify") != 0) {
        err_set(&err, ERR_USAGE, "unexpected '%s' (see 'arblite audit --help')",
                safe_text(shown, sizeof shown, operands[0], strlen(operands[0])));
    } else if (state_dir_find(&dir, options.state_dir, &err) && verify(&dir, &checked, &err)) {
        printf("%" PRIu64 " audit rows checked, the chain is whole\n", checked);
        return 0;
    }
    fprintf(stderr, "arblite audit: %s\n", err.text);
    return err_exit_code(err.kind);
}
