#include "support/check.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/stat.h>

#include "base/mem.h"
#include "io/file.h"

enum { PATH_SIZE = 256 };

static int make_folder(void **state)
{
    char *folder = mem_copy_string("/tmp/arblite-file-XXXXXX");
    assert_non_null(mkdtemp(folder));
    *state = folder;
    return 0;
}

static int drop_folder(void **state)
{
    char path[PATH_SIZE];
    static const char *const names[] = {"f", "g", "a/b/c", "a/b", "a", "pipe", "link", ""};
    for (size_t i = 0; i < LEN(names); i++) {
        snprintf(path, PATH_SIZE, "%s/%s", (char *)*state, names[i]);
        remove(path);
    }
    mem_free(*state);
    return 0;
}

static const char *inside(void **state, const char *name, char path[PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "%s/%s", (char *)*state, name);
    return path;
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

static void reads_back_what_it_replaced(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
    } cases[] = {{"first", 5}, {"", 0}, {"a\0b", 3}, {"longer than before", 18}};
    char path[PATH_SIZE];
    struct err err = {0};
    inside(state, "f", path);
    for (size_t i = 0; i < LEN(cases); i++) {
        assert_true(file_replace(path, cases[i].bytes, cases[i].length, &err));
        char *data;
        size_t length;
        assert_true(file_read(path, 100, &data, &length, &err));
        assert_int_equal(length, cases[i].length);
        assert_memory_equal(data, cases[i].bytes, length);
        assert_int_equal(data[length], '\0');
        mem_free(data);
    }
    assert_int_equal(count_entries(*state), 1); /* nothing is left beside it */
}

static void reads_up_to_the_limit_and_not_beyond(void **state)
{
    char path[PATH_SIZE];
    struct err err = {0};
    inside(state, "f", path);
    char bytes[10000];
    memset(bytes, 'b', sizeof(bytes));
    assert_true(file_replace(path, bytes, sizeof(bytes), &err));
    char *data = NULL;
    size_t length;
    assert_true(file_read(path, sizeof(bytes), &data, &length, &err));
    assert_int_equal(length, sizeof(bytes));
    mem_free(data);
    data = NULL;
    assert_false(file_read(path, sizeof(bytes) - 1, &data, &length, &err));
    assert_null(data);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "is larger than 9999 bytes"));
    assert_non_null(strstr(err.text, path));
}

static void refuses_what_is_no_regular_file(void **state)
{
    char path[PATH_SIZE];
    char *data = NULL;
    size_t length;
    struct err err = {0};
    assert_false(file_read(inside(state, "f", path), 100, &data, &length, &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_non_null(strstr(err.text, "No such file"));
    assert_false(file_read(*state, 100, &data, &length, &err));
    assert_non_null(strstr(err.text, "is not a regular file"));
    /* A pipe without a writer answers at once as well. */
    assert_int_equal(mkfifo(inside(state, "pipe", path), 0600), 0);
    assert_false(file_read(path, 100, &data, &length, &err));
    assert_non_null(strstr(err.text, "is not a regular file"));
    assert_null(data);
}

/* Goal: a failed replacement leaves the old file and no debris. */
static void keeps_the_old_file_when_it_fails(void **state)
{
    char path[PATH_SIZE];
    struct err err = {0};
    inside(state, "a", path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_false(file_replace(path, "x", 1, &err)); /* a folder cannot be renamed over */
    assert_int_equal(err.kind, ERR_IO);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(count_entries(*state), 1);
    assert_false(file_replace("/nowhere/at/all", "x", 1, &err));
    assert_string_equal(err.text, "cannot write '/nowhere/at/all': No such file or directory");
}

/* Goal: the file that is read is known by any of its names; another one and none are fine. */
static void knows_a_file_by_any_name(void **state)
{
    char path[PATH_SIZE], other[PATH_SIZE], link[PATH_SIZE];
    struct err err = {0};
    assert_true(file_replace(inside(state, "in", path), "x", 1, &err));
    assert_true(file_replace(inside(state, "out", other), "x", 1, &err));
    assert_int_equal(symlink("in", inside(state, "link", link)), 0);
    assert_true(file_check_apart(other, path, &err));
    assert_true(file_check_apart(inside(state, "new", other), path, &err));
    assert_true(file_check_apart(NULL, path, &err));
    assert_true(file_check_apart(path, NULL, &err));
    assert_true(file_check_apart("/dev/null", "/dev/null", &err));
    assert_false(file_check_apart(path, path, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(file_check_apart(link, path, &err));
    assert_non_null(strstr(err.text, "is what is read"));
}

static void makes_missing_folders_for_the_owner_only(void **state)
{
    char path[PATH_SIZE];
    struct err err = {0};
    struct stat status;
    assert_true(file_make_folders(inside(state, "a//b/c/", path), &err));
    assert_int_equal(stat(inside(state, "a/b/c", path), &status), 0);
    assert_true(S_ISDIR(status.st_mode));
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_true(file_make_folders(path, &err)); /* again: nothing to do */
    assert_true(file_make_folders("/", &err));
}

static void says_which_part_is_no_folder(void **state)
{
    char path[PATH_SIZE];
    struct err err = {0};
    assert_true(file_replace(inside(state, "f", path), "x", 1, &err));
    assert_false(file_make_folders(inside(state, "f/deeper/down", path), &err));
    char want[PATH_SIZE + 32];
    snprintf(want, sizeof(want), "'%s/f' is not a folder", (char *)*state);
    assert_string_equal(err.text, want);
}

int main(void)
{
#define FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, drop_folder)
    const struct CMUnitTest tests[] = {
        FOLDER(reads_back_what_it_replaced),
        FOLDER(reads_up_to_the_limit_and_not_beyond),
        FOLDER(refuses_what_is_no_regular_file),
        FOLDER(keeps_the_old_file_when_it_fails),
        FOLDER(knows_a_file_by_any_name),
        FOLDER(makes_missing_folders_for_the_owner_only),
        FOLDER(says_which_part_is_no_folder),
    };
    return cmocka_run_group_tests_name("io/file", tests, NULL, NULL);
}
