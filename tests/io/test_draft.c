#include "support/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/draft.h"
#include "io/file.h"

enum { PATH_SIZE = 256 };

static int make_folder(void **state)
{
    char *folder = mem_copy_string("/tmp/arblite-draft-XXXXXX");
    assert_non_null(mkdtemp(folder));
    *state = folder;
    return 0;
}

static int drop_folder(void **state)
{
    char path[PATH_SIZE];
    static const char *const names[] = {"f", "taken", ""};
    for (size_t i = 0; i < LEN(names); i++) {
        snprintf(path, PATH_SIZE, "%s/%s", (char *)*state, names[i]);
        remove(path);
    }
    mem_free(*state);
    return 0;
}

static int count_entries(const char *folder)
{
    int count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    while (readdir(dir) != NULL) {
        count++;
    }
    closedir(dir);
    return count - 2; /* . and .. */
}

static void holds(const char *path, const char *expected)
{
    char *data;
    size_t length;
    struct err err = {0};
    assert_true(file_read(path, 1000, &data, &length, &err));
    assert_string_equal(data, expected);
    mem_free(data);
}

static struct draft *write_draft(const char *path, const char *first, const char *second)
{
    struct draft *draft;
    struct err err = {0};
    assert_true(draft_open(&draft, path, &err));
    assert_true(draft_add(draft, first, strlen(first), &err));
    assert_true(draft_add(draft, second, strlen(second), &err));
    return draft;
}

/* Goal: nobody sees a part of it, and nothing else is left. */
static void is_there_when_it_is_whole(void **state)
{
    char path[PATH_SIZE];
    struct err err = {0};
    snprintf(path, sizeof path, "%s/f", (char *)*state);
    struct draft *draft = write_draft(path, "one ", "two");
    assert_int_not_equal(access(path, F_OK), 0);
    assert_true(draft_publish(draft, false, &err));
    holds(path, "one two");
    assert_int_equal(count_entries(*state), 1);
}

static void leaves_nothing_when_given_up(void **state)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/f", (char *)*state);
    draft_drop(write_draft(path, "one ", "two"));
    draft_drop(NULL);
    assert_int_equal(count_entries(*state), 0);
}

/* Goal: what has the name is replaced when that was said, and stays untouched otherwise, also
 * when it came after the draft was opened. */
static void replaces_only_when_told_to(void **state)
{
    char path[PATH_SIZE];
    struct err err = {0};
    snprintf(path, sizeof path, "%s/taken", (char *)*state);
    struct draft *draft = write_draft(path, "new", "");
    assert_true(file_replace(path, "old", 3, &err));
    assert_false(draft_publish(draft, false, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "/taken' is there already"));
    holds(path, "old");
    assert_int_equal(count_entries(*state), 1);
    assert_true(draft_publish(write_draft(path, "new", ""), true, &err));
    holds(path, "new");
    assert_int_equal(count_entries(*state), 1);
}

static void names_the_path_it_cannot_write(void **state)
{
    struct draft *draft;
    struct err err = {0};
    assert_false(draft_open(&draft, "/nowhere/f", &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_string_equal(err.text, "cannot write '/nowhere/f': No such file or directory");
}

/* Goal: what goes to a pipe or a device arrives there, and it stays what it is. */
static void leaves_channels_in_their_place(void **state)
{
    char path[PATH_SIZE], got[8] = "";
    struct stat status;
    struct err err = {0};
    snprintf(path, PATH_SIZE, "%s/f", (char *)*state);
    assert_int_equal(mkfifo(path, 0600), 0);
    const int reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_true(draft_publish(write_draft(path, "ab", "cd"), true, &err));
    assert_int_equal(read(reader, got, sizeof got), 4);
    assert_string_equal(got, "abcd");
    close(reader);
    assert_int_equal(stat(path, &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    assert_int_equal(count_entries(*state), 1);
    assert_true(draft_publish(write_draft("/dev/null", "ab", "cd"), true, &err));
    draft_drop(write_draft("/dev/null", "ab", "cd"));
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(is_there_when_it_is_whole, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(leaves_nothing_when_given_up, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(replaces_only_when_told_to, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(leaves_channels_in_their_place, make_folder,
                                        drop_folder),
        cmocka_unit_test(names_the_path_it_cannot_write),
    };
    return cmocka_run_group_tests_name("io/draft", tests, NULL, NULL);
}
