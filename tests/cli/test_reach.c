#include "support/check.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/reach.h"
#include "support/folder.h"

/* tests/flow speaks to real hosts; here are the folder's holder and nobody. */

static char folder[FOLDER_PATH_SIZE];
static struct state_dir dir;
static struct err err;

static int start(void **state)
{
    folder_create(folder);
    return state_dir_find(&dir, folder, &err) && state_dir_create(&dir, &err) ? 0 : -1;
}

static int end(void **state)
{
    folder_remove(folder);
    return 0;
}

static void finds_nobody_in_a_free_folder(void **state)
{
    struct port *port = NULL;
    bool other_build = true;
    assert_false(reach_host(&port, &dir, WIRE_LOOKS, &other_build, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(other_build);
    assert_int_equal(reach_signal(&dir, SIGTERM), 0); /* and this process goes on */
    assert_true(reach_end(&dir));
}

/* Goal: the signal goes to who holds the folder, and the wait lasts until it is free. */
static void reaches_the_holder_and_waits_for_its_end(void **state)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        (void)!(state_dir_lock(&dir, &err) && write(ready[1], "", 1) == 1);
        pause();
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(reach_signal(&dir, 0), child);
    assert_int_equal(reach_signal(&dir, SIGTERM), child);
    assert_true(reach_end(&dir));
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    assert_int_equal(reach_signal(&dir, SIGTERM), 0); /* its pid still stands in the file */
    close(ready[0]);
    close(ready[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_nobody_in_a_free_folder, start, end),
        cmocka_unit_test_setup_teardown(reaches_the_holder_and_waits_for_its_end, start, end),
    };
    return cmocka_run_group_tests_name("cli/reach", tests, NULL, NULL);
}
