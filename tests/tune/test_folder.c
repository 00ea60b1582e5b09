#include "rows.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "tune/folder.h"

static struct folder open_folder(const char *name)
{
    struct folder folder;
    struct err err;
    assert_true(folder_open(&folder, name, &err));
    return folder;
}

/* Goal: what is written is there whole under its name and nothing else is left. */
static void replaces_whole_files(void **state)
{
    struct err err;
    struct folder folder = open_folder("s1");
    char *data;
    size_t length;
    rows_write("outputs/tuning/s1/.result.tmp", "left by a killed runner");
    assert_false(folder_has(&folder, ".json"));
    assert_true(folder_replace(&folder, "a.json", "one", 3, &err));
    assert_true(folder_has(&folder, ".json"));
    assert_false(folder_has(&folder, ".jsonl"));
    assert_true(folder_settle(&folder, &err));
    assert_true(folder_replace(&folder, "a.json", "two!", 4, &err));
    assert_true(folder_read(&folder, "a.json", 4, &data, &length, &err));
    assert_int_equal(length, 4);
    assert_string_equal(data, "two!");
    mem_free(data);
    assert_int_not_equal(access("outputs/tuning/s1/.result.tmp", F_OK), 0);
    assert_false(folder_read(&folder, "a.json", 3, &data, &length, &err));
    assert_true(folder_remove(&folder, "a.json", &err));
    assert_true(folder_remove(&folder, "a.json", &err));
    assert_int_not_equal(access("outputs/tuning/s1/a.json", F_OK), 0);
    folder_close(&folder);
}

/* Goal: one runner a session; the next one when it has gone. */
static void lets_one_runner_in(void **state)
{
    struct err err;
    struct folder second;
    struct folder folder = open_folder("s2");
    assert_false(folder_open(&second, "s2", &err));
    assert_int_equal(err.kind, ERR_REFUSED);
    assert_string_equal(err.text, "'outputs/tuning/s2': another runner works on this session");
    folder_close(&folder);
    folder = open_folder("s2");
    folder_close(&folder);
}

/* Goal: a link in the path or in the place of a file leads nowhere. */
static void follows_no_link(void **state)
{
    struct err err;
    struct folder folder = open_folder("s3");
    char *data;
    size_t length;
    assert_int_equal(mkdir("elsewhere", 0700), 0);
    rows_write("elsewhere/secret", "kept");
    assert_int_equal(symlink("../../../elsewhere/secret", "outputs/tuning/s3/a.json"), 0);
    assert_false(folder_read(&folder, "a.json", 100, &data, &length, &err));
    assert_true(folder_replace(&folder, "a.json", "mine", 4, &err));
    FILE *secret = fopen("elsewhere/secret", "r");
    char read[16] = "";
    assert_int_equal(fread(read, 1, sizeof read, secret), 4);
    fclose(secret);
    assert_string_equal(read, "kept");
    folder_close(&folder);

    assert_int_equal(symlink("../../elsewhere", "outputs/tuning/s4"), 0);
    assert_false(folder_open(&folder, "s4", &err));
    assert_int_equal(err.kind, ERR_IO);
}

/* Goal: a folder or a pipe in the place of a file is an error that waits for nobody, and a
 * failed write leaves nothing behind. */
static void meets_what_is_no_file(void **state)
{
    struct err err;
    struct folder folder = open_folder("s5");
    char *data;
    size_t length;
    assert_int_equal(mkdir("outputs/tuning/s5/a.json", 0700), 0);
    assert_int_equal(mkfifo("outputs/tuning/s5/b.json", 0600), 0);
    assert_false(folder_read(&folder, "a.json", 100, &data, &length, &err));
    assert_string_equal(err.text, "cannot read 'outputs/tuning/s5/a.json': Is a directory");
    assert_false(folder_read(&folder, "b.json", 100, &data, &length, &err));
    assert_false(folder_replace(&folder, "a.json", "x", 1, &err));
    assert_string_equal(err.text, "cannot write 'outputs/tuning/s5/a.json': Is a directory");
    assert_int_not_equal(access("outputs/tuning/s5/.result.tmp", F_OK), 0);
    folder_close(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_whole_files),
        cmocka_unit_test(lets_one_runner_in),
        cmocka_unit_test(follows_no_link),
        cmocka_unit_test(meets_what_is_no_file),
    };
    return cmocka_run_group_tests_name("tune/folder", tests, rows_enter, rows_leave);
}
