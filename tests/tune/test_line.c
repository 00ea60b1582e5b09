#include "support/check.h"

#include "run/json.h"
#include "tune/line.h"

/* Goal: layout goes, what stands inside strings stays, also what looks like layout. */
static void folds_a_document(void **state)
{
    struct text document = text_growing();
    struct text line = text_growing();
    struct json json;
    json_begin(&json, &document);
    json_open_object(&json, NULL);
    json_add_string(&json, "text", "a,  b");
    json_open_array(&json, "list");
    json_add_integer(&json, NULL, 1);
    json_add_integer(&json, NULL, 2);
    json_close_array(&json);
    json_open_object(&json, "none");
    json_close_object(&json);
    json_close_object(&json);
    line_fold(text_string(&document), &line);
    assert_string_equal(text_string(&line),
                        "{\"text\": \"a,  b\", \"list\": [1, 2], \"none\": {}}");
    text_finish(&line);
    text_finish(&document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_a_document),
    };
    return cmocka_run_group_tests_name("tune/line", tests, NULL, NULL);
}
