#include "support/check.h"
#include "support/folder.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "store/state_dir.h"

static char folder[FOLDER_PATH_SIZE];

static int set_up(void **state)
{
    folder_create(folder);
    return 0;
}

static int tear_down(void **state)
{
    folder_remove(folder);
    return 0;
}

static struct state_dir found(const char *given)
{
    struct state_dir dir;
    struct err err;
    assert_true(state_dir_find(&dir, given, &err));
    return dir;
}

/* Goal: an option wins over $ARBLITE_STATE_DIR, that over XDG, that over HOME; nothing is
 * created on the way. */
static void finds_the_folder_in_the_stated_order(void **state)
{
    setenv("HOME", "/nowhere/home", 1);
    unsetenv("XDG_STATE_HOME");
    unsetenv("ARBLITE_STATE_DIR");
    assert_string_equal(found(NULL).path, "/nowhere/home/.local/state/arblite");
    setenv("XDG_STATE_HOME", "/nowhere/xdg", 1);
    assert_string_equal(found(NULL).path, "/nowhere/xdg/arblite");
    setenv("XDG_STATE_HOME", "relative/is/ignored", 1);
    assert_string_equal(found(NULL).path, "/nowhere/home/.local/state/arblite");
    setenv("ARBLITE_STATE_DIR", "/nowhere/own", 1);
    assert_string_equal(found(NULL).path, "/nowhere/own");
    const struct state_dir dir = found("/nowhere/given//");
    assert_string_equal(dir.path, "/nowhere/given");
    assert_string_equal(dir.journal, "/nowhere/given/journal.sqlite");
    assert_string_equal(dir.socket, "/nowhere/given/session.sock");
    assert_string_equal(dir.kill_flag, "/nowhere/given/KILL");
    assert_string_equal(dir.lock, "/nowhere/given/lock");
    assert_int_equal(dir.lock_fd, -1);
    assert_int_equal(access("/nowhere", F_OK), -1);
    unsetenv("ARBLITE_STATE_DIR");
}

/* Goal: a relative folder means the same after the program has gone elsewhere. */
static void makes_a_relative_folder_absolute(void **state)
{
    char here[512];
    char want[1024];
    assert_non_null(getcwd(here, sizeof(here)));
    snprintf(want, sizeof(want), "%s/some/where", here);
    assert_string_equal(found("some/where").path, want);
}

static void refuses_a_folder_it_cannot_name(void **state)
{
    struct state_dir dir = {.lock_fd = 77};
    struct err err;
    char longest[600];
    assert_false(state_dir_find(&dir, "", &err));
    assert_int_equal(err.kind, ERR_USAGE);
    memset(longest, 'x', sizeof(longest));
    longest[0] = '/';
    longest[sizeof(longest) - 1] = '\0';
    assert_false(state_dir_find(&dir, longest, &err));
    assert_non_null(strstr(err.text, "too long"));
    unsetenv("HOME");
    unsetenv("XDG_STATE_HOME");
    unsetenv("ARBLITE_STATE_DIR");
    assert_false(state_dir_find(&dir, NULL, &err));
    assert_non_null(strstr(err.text, "--state-dir"));
    assert_int_equal(dir.lock_fd, 77);
}

static mode_t mode_of(const char *path)
{
    struct stat status;
    assert_int_equal(lstat(path, &status), 0);
    return status.st_mode & 0777;
}

/* Goal: the folder is closed to others: a new one, an empty one, one that was ours. One full of
 * somebody's files is left as it is. */
static void closes_its_folder_to_others(void **state)
{
    char path[FOLDER_PATH_SIZE + 64];
    struct err err;
    struct state_dir dir = found(folder_file(path, folder, "sub"));
    assert_true(state_dir_create(&dir, &err));
    assert_int_equal(mode_of(dir.path), 0700);

    chmod(dir.path, 0755);
    assert_true(state_dir_create(&dir, &err));
    assert_int_equal(mode_of(dir.path), 0700);

    assert_true(state_dir_lock(&dir, &err));
    state_dir_unlock(&dir);
    assert_int_equal(mode_of(dir.lock), 0600);
    chmod(dir.path, 0755);
    assert_true(state_dir_create(&dir, &err));
    assert_int_equal(mode_of(dir.path), 0700);

    assert_int_equal(unlink(dir.lock), 0);
    close(open(dir.journal, O_CREAT | O_WRONLY, 0600));
    chmod(dir.path, 0755);
    assert_false(state_dir_create(&dir, &err));
    assert_int_equal(err.kind, ERR_REFUSED);
    assert_non_null(strstr(err.text, "chmod 700"));
    assert_int_equal(mode_of(dir.path), 0755);
    unlink(dir.journal);
    assert_int_equal(rmdir(dir.path), 0);
}

static void refuses_a_file_in_the_folders_place(void **state)
{
    char path[FOLDER_PATH_SIZE + 64];
    struct err err;
    close(open(folder_file(path, folder, "file"), O_CREAT | O_WRONLY, 0600));
    struct state_dir dir = found(path);
    assert_false(state_dir_create(&dir, &err));
    assert_non_null(strstr(err.text, path));
}

/* Goal: the second holder is told the first one's pid, whether it is this process or another;
 * what a dead process held is free. */
static void refuses_a_second_holder_and_names_the_first(void **state)
{
    char want[64];
    struct err err;
    struct state_dir first = found(folder);
    struct state_dir second = found(folder);
    snprintf(want, sizeof(want), "(pid %d)", (int)getpid());
    assert_int_equal(state_dir_holder(&first), 0);
    assert_true(state_dir_lock(&first, &err));
    assert_int_equal(state_dir_holder(&second), getpid());
    assert_false(state_dir_lock(&second, &err));
    assert_int_equal(err.kind, ERR_REFUSED);
    assert_non_null(strstr(err.text, want));
    assert_int_equal(second.lock_fd, -1);
    assert_true(fcntl(first.lock_fd, F_GETFD) & FD_CLOEXEC);
    state_dir_unlock(&first);
    state_dir_unlock(&first);
    assert_int_equal(state_dir_holder(&second), 0);

    int ready[2];
    assert_int_equal(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        const bool held = state_dir_lock(&second, &err);
        (void)!write(ready[1], &held, sizeof(held));
        pause();
        _exit(0);
    }
    bool held = false;
    assert_int_equal(read(ready[0], &held, sizeof(held)), sizeof(held));
    assert_true(held);
    assert_int_equal(state_dir_holder(&first), child);
    assert_false(state_dir_lock(&first, &err));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_int_equal(state_dir_holder(&first), 0);
    assert_true(state_dir_lock(&first, &err));
    state_dir_unlock(&first);
    close(ready[0]);
    close(ready[1]);
}

static void keeps_the_kill_flag_until_it_is_released(void **state)
{
    char text[64] = "";
    struct err err;
    struct state_dir dir = found(folder);
    assert_false(state_dir_kill_engaged(&dir));
    assert_true(state_dir_engage_kill(&dir, "jk", "news", &err));
    assert_true(state_dir_kill_engaged(&dir));
    assert_int_equal(mode_of(dir.kill_flag), 0600);
    /* The first words stay. */
    assert_true(state_dir_engage_kill(&dir, "second", "", &err));
    struct state_dir_kill said;
    state_dir_kill_cause(&dir, &said);
    assert_string_equal(said.by, "jk");
    assert_string_equal(said.reason, "news");
    FILE *file = fopen(dir.kill_flag, "r");
    assert_non_null(fgets(text, sizeof(text), file));
    fclose(file);
    assert_string_equal(text, "by jk: news\n");
    assert_true(state_dir_release_kill(&dir, &err));
    assert_false(state_dir_kill_engaged(&dir));
    file = fopen(dir.kill_flag, "w"); /* somebody's touch, or echo */
    fputs("disk is full\n", file);
    fclose(file);
    state_dir_kill_cause(&dir, &said);
    assert_string_equal(said.by, "flag file");
    assert_string_equal(said.reason, "disk is full");
    assert_true(state_dir_release_kill(&dir, &err));

    assert_true(state_dir_engage_kill(&dir, "root", "", &err)); /* no dangling colon */
    state_dir_kill_cause(&dir, &said);
    assert_string_equal(said.by, "root");
    assert_string_equal(said.reason, "");
    assert_true(state_dir_release_kill(&dir, &err));
}

/* Goal: whatever stands in the flag's place, or keeps us from looking, reads as on. */
static void reads_a_doubtful_kill_flag_as_on(void **state)
{
    struct err err;
    struct state_dir dir = found(folder);
    assert_int_equal(symlink("/nowhere/at/all", dir.kill_flag), 0);
    assert_true(state_dir_kill_engaged(&dir));
    assert_true(state_dir_engage_kill(&dir, "x", "y", &err));
    assert_int_equal(unlink(dir.kill_flag), 0);

    assert_int_equal(mkdir(dir.kill_flag, 0000), 0);
    assert_true(state_dir_kill_engaged(&dir));
    assert_false(state_dir_release_kill(&dir, &err));
    assert_int_equal(rmdir(dir.kill_flag), 0);

    /* A file where the folder should be: ENOTDIR, which is not "no such flag". */
    char path[FOLDER_PATH_SIZE + 64];
    close(open(folder_file(path, folder, "plain"), O_CREAT | O_WRONLY, 0600));
    struct state_dir odd = found(path);
    assert_true(state_dir_kill_engaged(&odd));
    assert_false(state_dir_engage_kill(&odd, "x", "y", &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_folder_in_the_stated_order),
        cmocka_unit_test(makes_a_relative_folder_absolute),
        cmocka_unit_test(refuses_a_folder_it_cannot_name),
        cmocka_unit_test_setup_teardown(closes_its_folder_to_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_a_file_in_the_folders_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_a_second_holder_and_names_the_first, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(keeps_the_kill_flag_until_it_is_released, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(reads_a_doubtful_kill_flag_as_on, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("store/state_dir", tests, NULL, NULL);
}
