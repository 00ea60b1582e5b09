#include "support/check.h"

#include "base/text.h"

static void keeps_what_fits_and_remembers_the_rest(void **state)
{
    char buffer[8];
    struct text text = text_fixed(buffer, sizeof(buffer));
    assert_string_equal(text_string(&text), "");
    text_add(&text, "abcd");
    text_addf(&text, "%d", 12);
    assert_string_equal(buffer, "abcd12");
    assert_false(text.truncated);
    text_add(&text, "xyz");
    assert_string_equal(buffer, "abcd12x");
    assert_true(text.truncated);
    text_add_char(&text, '!');
    text_addf(&text, "%s", "more");
    assert_string_equal(buffer, "abcd12x");
    assert_int_equal(text.length, 7);
    text_clear(&text);
    assert_false(text.truncated);
    text_addf(&text, "%s", "1234567");
    assert_false(text.truncated); /* exactly full is not truncated */
    assert_string_equal(buffer, "1234567");
    text_finish(&text);
}

static void cuts_a_format_where_the_buffer_ends(void **state)
{
    char buffer[5];
    struct text text = text_fixed(buffer, sizeof(buffer));
    text_addf(&text, "%s", "123456789");
    assert_string_equal(buffer, "1234");
    assert_true(text.truncated);

    char one[1] = "x";
    text = text_fixed(one, 1);
    text_add_char(&text, 'a');
    assert_string_equal(one, "");
    assert_true(text.truncated);
}

static void takes_room_at_once(void **state)
{
    struct text text = text_growing();
    text_add(&text, "ab");
    text_reserve(&text, 1); /* there already */
    text_reserve(&text, 5000);
    const char *place = text_string(&text);
    assert_string_equal(place, "ab");
    for (int i = 2; i < 5000; i++) {
        text_add_char(&text, 'c');
    }
    assert_ptr_equal(text_string(&text), place);
    assert_int_equal(text.length, 5000);
    text_finish(&text);
}

static void grows_as_long_as_it_must(void **state)
{
    struct text text = text_growing();
    assert_string_equal(text_string(&text), "");
    text_clear(&text);
    for (int i = 0; i < 10000; i++) {
        text_addf(&text, "%04d,", i);
    }
    assert_int_equal(text.length, 50000);
    assert_false(text.truncated);
    assert_memory_equal(text_string(&text) + 5 * 9999, "9999,", 6);
    text_clear(&text);
    text_add_bytes(&text, "a\0b", 3);
    assert_int_equal(text.length, 3);
    assert_memory_equal(text_string(&text), "a\0b", 4);
    text_finish(&text);
    text_finish(&text); /* finished and zeroed: nothing to do */
    text_finish(NULL);
}

static void copies_what_fits(void **state)
{
    char buffer[5] = "????";
    assert_ptr_equal(text_copy(buffer, sizeof buffer, "ab"), buffer);
    assert_string_equal(buffer, "ab");
    assert_string_equal(text_copy(buffer, sizeof buffer, "abcd"), "abcd");
    assert_string_equal(text_copy(buffer, sizeof buffer, "123456789"), "1234");
    assert_string_equal(text_copy(buffer, sizeof buffer, ""), "");
    assert_string_equal(text_copy(buffer, 1, "a"), "");
}

/* Goal: every line comes out once, the empty ones too, and the last one without an end. */
static void takes_lines_one_by_one(void **state)
{
    static const struct {
        const char *text;
        const char *lines[4]; /* NULL behind the last */
    } cases[] = {
        {"", {NULL}},
        {"\n", {"", NULL}},
        {"one", {"one", NULL}},
        {"one\n", {"one", NULL}},
        {"one\n\ntwo two\n", {"one", "", "two two", NULL}},
        {"one\ntwo", {"one", "two", NULL}},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        const char *rest = cases[i].text;
        struct text_line line = {0};
        size_t count = 0;
        while (text_take_line(&rest, &line)) {
            const char *want = cases[i].lines[count++];
            assert_non_null(want);
            assert_int_equal(line.length, strlen(want));
            assert_memory_equal(line.start, want, line.length);
        }
        assert_null(cases[i].lines[count]);
        assert_string_equal(rest, "");
    }
}

static void accepts_nothing(void **state)
{
    struct text text = text_growing();
    text_add(&text, "");
    text_addf(&text, "%s", "");
    text_add_bytes(&text, NULL, 0);
    assert_string_equal(text_string(&text), "");
    assert_int_equal(text.length, 0);
    text_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_fits_and_remembers_the_rest),
        cmocka_unit_test(cuts_a_format_where_the_buffer_ends),
        cmocka_unit_test(takes_room_at_once),
        cmocka_unit_test(grows_as_long_as_it_must),
        cmocka_unit_test(copies_what_fits),
        cmocka_unit_test(takes_lines_one_by_one),
        cmocka_unit_test(accepts_nothing),
    };
    return cmocka_run_group_tests_name("base/text", tests, NULL, NULL);
}
