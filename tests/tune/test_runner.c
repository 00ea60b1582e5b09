#include "support/folder.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "tune/runner.h"

/* A child that holds the folder open, or only lives. */
static pid_t start(const char *folder, bool holds)
{
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const int fd = holds ? open(folder, O_RDONLY | O_DIRECTORY) : 0;
        (void)!write(ready[1], fd >= 0 ? "y" : "n", 1);
        for (;;) {
            pause();
        }
    }
    char said = 'n';
    assert_int_equal(read(ready[0], &said, 1), 1);
    assert_int_equal(said, 'y');
    close(ready[0]);
    close(ready[1]);
    return child;
}

static int end(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* Goal: a number alone makes no runner: it must hold the folder. */
static void knows_a_runner_by_its_folder(void **state)
{
    char folder[FOLDER_PATH_SIZE], other[FOLDER_PATH_SIZE];
    folder_create(folder);
    folder_create(other);
    const pid_t runner = start(folder, true), stranger = start(folder, false);
    assert_true(runner_lives(runner, folder));
    assert_false(runner_lives(runner, other));
    assert_false(runner_lives(stranger, folder));
    assert_false(runner_lives(0, folder));
    assert_false(runner_lives(-1, folder));
    assert_false(runner_lives(INT64_MAX, folder));
    assert_false(runner_lives(runner, "/there/is/no/such/folder"));
    kill(runner, SIGKILL);
    kill(stranger, SIGKILL);
    end(stranger);
    /* Dead and not waited for: its number still stands for it. */
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)runner, &info, WEXITED | WNOWAIT), 0);
    assert_false(runner_lives(runner, folder));
    end(runner);
    folder_remove(folder);
    folder_remove(other);
}

/* Goal: a stop reaches the runner and nobody who came by its number. */
static void stops_the_runner_only(void **state)
{
    char folder[FOLDER_PATH_SIZE];
    folder_create(folder);
    const pid_t runner = start(folder, true), stranger = start(folder, false);
    assert_false(runner_stop(stranger, folder));
    assert_false(runner_stop(0, folder));
    assert_true(runner_stop(runner, folder));
    assert_int_equal(end(runner), SIGTERM);
    assert_false(runner_stop(runner, folder));
    kill(stranger, SIGKILL);
    assert_int_equal(end(stranger), SIGKILL);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_a_runner_by_its_folder),
        cmocka_unit_test(stops_the_runner_only),
    };
    return cmocka_run_group_tests_name("tune/runner", tests, NULL, NULL);
}
