#include "support/check.h"

#include <stdlib.h>
#include <unistd.h>

#include "tui/canvas.h"

static void prints(const struct canvas *canvas, const char *want)
{
    struct text text = text_growing();
    canvas_print(canvas, false, &text);
    assert_string_equal(text_string(&text), want);
    text_finish(&text);
}

/* Goal: text outside the area or the canvas is not drawn, on no side. */
static void clips_to_the_area_and_the_canvas(void **state)
{
    struct canvas *canvas = canvas_create(5, 3, false);
    const struct rect middle = {1, 1, 3, 1};
    assert_int_equal(canvas_text(canvas, &middle, 0, 0, ROLE_NORMAL, "abcdef"), 6);
    canvas_text(canvas, &middle, -1, 0, ROLE_NORMAL, "XY");
    canvas_text(canvas, &middle, 0, 1, ROLE_NORMAL, "below");
    canvas_text(canvas, &middle, 0, -1, ROLE_NORMAL, "above");
    const struct rect far = {-2, -1, 100, 100};
    canvas_text(canvas, &far, 90, 50, ROLE_NORMAL, "far");
    prints(canvas, "\n Ybc\n\n");
    canvas_destroy(canvas);
}

/* Goal: a wide character takes two columns, is never halved, and leaves no half behind. */
static void keeps_wide_characters_whole(void **state)
{
    struct canvas *canvas = canvas_create(6, 1, false);
    const struct rect all = {0, 0, 6, 1}, five = {0, 0, 5, 1};
    assert_int_equal(canvas_text(canvas, &all, 0, 0, ROLE_NORMAL, "\xea\xb0\x80\xea\xb0\x80x"),
                     5);
    prints(canvas, "\xea\xb0\x80\xea\xb0\x80x\n");
    /* Overwriting the right half of the first blanks its left half. */
    canvas_put(canvas, &all, 1, 0, ROLE_NORMAL, '!');
    prints(canvas, " !\xea\xb0\x80x\n");
    /* Overwriting the left half of the second blanks its right half. */
    canvas_put(canvas, &all, 2, 0, ROLE_NORMAL, '?');
    prints(canvas, " !? x\n");
    /* At the edge of the area only one column is left: a blank. */
    canvas_text(canvas, &five, 4, 0, ROLE_NORMAL, "\xea\xb0\x80");
    prints(canvas, " !?\n");
    canvas_destroy(canvas);
}

/* Goal: an ASCII canvas holds ASCII only and every character keeps its width. */
static void turns_into_ascii_column_by_column(void **state)
{
    struct canvas *canvas = canvas_create(12, 1, true);
    const struct rect all = {0, 0, 12, 1};
    assert_int_equal(canvas_text(canvas, &all, 0, 0, ROLE_NORMAL,
                                 "\u2500\u25b8\u25b2\u00d7\u20a9\xea\xb0\x80"
                                 "e\u0301z"),
                     9);
    prints(canvas, "->^x???ez\n");
    canvas_destroy(canvas);
}

static void joins_dots_to_one_braille_cell(void **state)
{
    struct canvas *canvas = canvas_create(1, 1, false);
    const struct rect all = {0, 0, 1, 1};
    canvas_dot(canvas, &all, 0, 0, ROLE_STRONG); /* dot 1: 0x01 */
    canvas_dot(canvas, &all, 1, 3, ROLE_STRONG); /* dot 8: 0x80 */
    canvas_dot(canvas, &all, 5, 0, ROLE_STRONG); /* outside */
    prints(canvas, "\u2881\n");
    canvas_destroy(canvas);
}

/* Goal: broken UTF-8 gives U+FFFD and always an end. */
static void survives_broken_bytes(void **state)
{
    static const struct {
        const char *bytes;
        int cols;
    } cases[] = {{"\xff", 1}, {"\xe2\x82", 1}, {"\xc3(", 2}, {"\xf8\x80", 2}, {"", 0}};
    for (size_t i = 0; i < LEN(cases); i++) {
        assert_int_equal(canvas_text_width(cases[i].bytes), cases[i].cols);
    }
}

static void the_second_plane_names_roles(void **state)
{
    struct canvas *canvas = canvas_create(4, 1, false);
    const struct rect all = {0, 0, 4, 1};
    struct text text = text_growing();
    canvas_text(canvas, &all, 0, 0, ROLE_HIGH, "a");
    canvas_text(canvas, &all, 1, 0, ROLE_BID, "b");
    canvas_reverse(canvas, &all, 2, 0, 1);
    canvas_print(canvas, true, &text);
    assert_string_equal(text_string(&text), "HbR\n");
    text_finish(&text);
    canvas_destroy(canvas);
}

/* Goal: what was kept stays: a second picture does not overwrite the first. */
static void writes_new_files_only(void **state)
{
    struct canvas *canvas = canvas_create(3, 2, false);
    const struct rect all = {0, 0, 3, 2};
    struct err err = {.kind = ERR_NONE};
    char directory[] = "/tmp/canvas-XXXXXX", path[64], got[16] = "";
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/a.screen", directory);
    canvas_text(canvas, &all, 0, 0, ROLE_NORMAL, "one");
    assert_true(canvas_write(canvas, path, &err));
    canvas_text(canvas, &all, 0, 0, ROLE_NORMAL, "two");
    assert_false(canvas_write(canvas, path, &err));
    assert_non_null(strstr(err.text, "exists"));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fread(got, 1, sizeof got - 1, file), 5);
    fclose(file);
    assert_string_equal(got, "one\n\n");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(directory), 0);
    canvas_destroy(canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clips_to_the_area_and_the_canvas),
        cmocka_unit_test(keeps_wide_characters_whole),
        cmocka_unit_test(turns_into_ascii_column_by_column),
        cmocka_unit_test(joins_dots_to_one_braille_cell),
        cmocka_unit_test(survives_broken_bytes),
        cmocka_unit_test(the_second_plane_names_roles),
        cmocka_unit_test(writes_new_files_only),
    };
    return cmocka_run_group_tests_name("tui/canvas", tests, NULL, NULL);
}
