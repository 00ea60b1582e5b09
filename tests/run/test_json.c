#include "support/check.h"

#include "run/json.h"

/* Goal: two spaces a level, a comma between, empty levels closed on their line. */
static void writes_a_document(void **state)
{
    struct text out = text_growing();
    struct json json;
    json_begin(&json, &out);
    json_open_object(&json, NULL);
    json_add_string(&json, "status", "success");
    json_open_object(&json, "empty");
    json_close_object(&json);
    json_open_array(&json, "list");
    json_add_number(&json, NULL, 0.1);
    json_add_integer(&json, NULL, -7);
    json_open_object(&json, NULL);
    json_add_bool(&json, "yes", true);
    json_close_object(&json);
    json_close_array(&json);
    json_open_array(&json, "none");
    json_close_array(&json);
    json_add_null(&json, "tag");
    json_close_object(&json);
    assert_string_equal(text_string(&out), "{\n"
                                           "  \"status\": \"success\",\n"
                                           "  \"empty\": {},\n"
                                           "  \"list\": [\n"
                                           "    0.1,\n"
                                           "    -7,\n"
                                           "    {\n"
                                           "      \"yes\": true\n"
                                           "    }\n"
                                           "  ],\n"
                                           "  \"none\": [],\n"
                                           "  \"tag\": null\n"
                                           "}");
    text_finish(&out);
}

/* Goal: the same on one line, a blank behind each comma. */
static void writes_a_line(void **state)
{
    struct text out = text_growing();
    struct json json;
    json_begin_line(&json, &out);
    json_open_object(&json, NULL);
    json_add_integer(&json, "least", INT64_MIN);
    json_open_array(&json, "list");
    json_add_number(&json, NULL, 0.5);
    json_open_object(&json, NULL);
    json_close_object(&json);
    json_add_integer(&json, NULL, 10);
    json_close_array(&json);
    json_add_null(&json, "tag");
    json_close_object(&json);
    assert_string_equal(text_string(&out), "{\"least\": -9223372036854775808, "
                                           "\"list\": [0.5, {}, 10], \"tag\": null}");
    text_finish(&out);
}

/* Goal: what is not a number is null, and foreign text cannot break out of its quotes. */
static void writes_values_safely(void **state)
{
    struct text out = text_growing();
    struct json json;
    json_begin(&json, &out);
    json_open_array(&json, NULL);
    json_add_number(&json, NULL, NAN);
    json_add_number(&json, NULL, INFINITY);
    json_add_unsigned(&json, NULL, UINT64_MAX);
    json_add_string(&json, NULL, "a\"b\\c");
    json_add_string(&json, NULL, "\xec\x9b\x90");
    json_add_string(&json, NULL, "tab\there");
    json_add_string_or_null(&json, NULL, "");
    json_close_array(&json);
    assert_string_equal(text_string(&out), "[\n"
                                           "  null,\n"
                                           "  null,\n"
                                           "  18446744073709551615,\n"
                                           "  \"a\\\"b\\\\c\",\n"
                                           "  \"\xec\x9b\x90\",\n"
                                           "  \"tab\\\\x09here\",\n"
                                           "  null\n"
                                           "]");
    text_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_a_document),
        cmocka_unit_test(writes_a_line),
        cmocka_unit_test(writes_values_safely),
    };
    return cmocka_run_group_tests_name("run/json", tests, NULL, NULL);
}
