#include "support/check.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "market/frame_lines.h"
#include "support/folder.h"

static void put(const char *folder, const char *name, const char *text)
{
    char path[FOLDER_PATH_SIZE + 64];
    const int fd = open(folder_file(path, folder, name), O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void expect(struct frame_lines *lines, const char *want, const char *place)
{
    struct err err = {0};
    const char *line;
    size_t length;
    char buffer[FOLDER_PATH_SIZE + 96];
    assert_int_equal(frame_lines_next(lines, &line, &length, &err), LINES_LINE);
    assert_string_equal(line, want);
    frame_lines_place(lines, buffer, sizeof buffer);
    assert_string_equal(strrchr(buffer, '/') + 1, place);
}

/* Goal: files whose names end as recordings do, in the order of their names, and no others;
 * each counts its own lines. */
static void reads_a_folder_in_the_order_of_names(void **state)
{
    char folder[FOLDER_PATH_SIZE];
    struct frame_lines *lines;
    struct err err = {0};
    const char *line;
    size_t length;
    folder_create(folder);
    put(folder, "b.frames", "four\nfive\n");
    put(folder, "a.frames", "one\ntwo\nthree\n");
    put(folder, "ab.frames", ""); /* made, and nothing written before its recorder died */
    put(folder, "a.txt", "no\n");
    put(folder, "frames", "no\n");
    assert_true(frame_lines_open(&lines, folder, &err));
    expect(lines, "one", "a.frames:1");
    expect(lines, "two", "a.frames:2");
    expect(lines, "three", "a.frames:3");
    expect(lines, "four", "b.frames:1");
    check_near(frame_lines_progress(lines), 1.0, 0);
    expect(lines, "five", "b.frames:2");
    assert_int_equal(frame_lines_next(lines, &line, &length, &err), LINES_END);
    assert_int_equal(frame_lines_next(lines, &line, &length, &err), LINES_END);
    frame_lines_close(lines);
    folder_remove(folder);
}

/* Goal: a folder's hash is that of its bytes, however they are cut into files. */
static void one_hash_for_all_files(void **state)
{
    char folder[FOLDER_PATH_SIZE];
    char one[HASH_XXH3_TEXT_SIZE];
    char want[HASH_XXH3_TEXT_SIZE];
    struct frame_lines *lines;
    struct err err = {0};
    folder_create(folder);
    put(folder, "b.frames", "cd\n");
    put(folder, "a.frames", "ab\n");
    assert_true(frame_lines_open(&lines, folder, &err));
    assert_true(frame_lines_hash(lines, one, &err));
    assert_string_equal(one, hash_xxh3_text(want, "ab\ncd\n", 6));
    frame_lines_close(lines);
    folder_remove(folder);
}

/* Goal: a device need not end and a pipe waits for a writer, so both are refused at once. */
static void only_a_file_is_a_recording(void **state)
{
    char folder[FOLDER_PATH_SIZE];
    char pipe_path[FOLDER_PATH_SIZE + 64];
    folder_create(folder);
    snprintf(pipe_path, sizeof(pipe_path), "%s/p.frames", folder);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    const char *const paths[] = {"/dev/zero", pipe_path, folder};
    for (size_t i = 0; i < LEN(paths); i++) {
        struct frame_lines *lines;
        const char *line;
        size_t length;
        struct err err = {0};
        assert_true(frame_lines_open(&lines, paths[i], &err));
        assert_int_equal(frame_lines_next(lines, &line, &length, &err), LINES_ERROR);
        assert_non_null(strstr(err.text, "not a regular file"));
        frame_lines_close(lines);
    }
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_folder_in_the_order_of_names),
        cmocka_unit_test(only_a_file_is_a_recording),
        cmocka_unit_test(one_hash_for_all_files),
    };
    return cmocka_run_group_tests_name("market/frame_lines", tests, NULL, NULL);
}
