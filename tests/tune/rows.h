#pragma once
/* rows: a small snapshot file in a folder of the test's own, which is the working directory. */
#include <stdlib.h>
#include <unistd.h>

#include "support/check.h"

#define ROWS_HEADER "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b"
/* Cases 4, 5, 4 of SPEC.md 7: of compat-d37 with costs of 15 bps 3 trades, 2 closed, 37.0 USD.
 */
#define ROWS_TURNS                                                                             \
    ROWS_HEADER "\n1000,99,100,102,103\n1001,102,103,99,100\n1002,99,100,102,103\n"

static inline void rows_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static inline int rows_enter(void **state)
{
    char *folder = strdup("/tmp/arblite-tune-XXXXXX");
    *state = folder;
    return mkdtemp(folder) != NULL && chdir(folder) == 0 ? 0 : -1;
}

static inline int rows_leave(void **state)
{
    char command[128];
    char *folder = *state;
    snprintf(command, sizeof command, "cd / && chmod -R u+rwx '%s' && rm -r '%s'", folder,
             folder);
    free(folder);
    return system(command);
}
