#include "support/check.h"

#include "simulator/fault.h"

static void every_kind_is_found_by_its_name(void **state)
{
    for (int i = 0; i < WIRE_FAULT_COUNT; i++) {
        enum wire_fault_kind kind = WIRE_FAULT_COUNT;
        assert_true(wire_fault_find(wire_fault_name((enum wire_fault_kind)i), &kind));
        assert_int_equal(kind, i);
    }
    enum wire_fault_kind kind = WIRE_FAULT_DRIP;
    assert_false(wire_fault_find("Drip", &kind));
    assert_false(wire_fault_find("", &kind));
    assert_int_equal(kind, WIRE_FAULT_DRIP);
}

/* Goal: a script learns which line is wrong before anything runs. */
static void refuses_a_fault_where_it_cannot_hang(void **state)
{
    static const struct {
        struct wire_fault fault;
        enum wire_place place;
        const char *text; /* NULL: fine */
    } cases[] = {
        {{WIRE_FAULT_NONE, 0, false}, WIRE_ON_CONNECTION, NULL},
        {{WIRE_FAULT_DRIP, 1, false}, WIRE_ON_CONNECTION, NULL},
        {{WIRE_FAULT_DRIP, 0, false},
         WIRE_ON_ANSWER,
         "fault 'drip': '0' is not between 1 and 1000000000"},
        {{WIRE_FAULT_HOLD, 1, false}, WIRE_ON_MESSAGE, NULL},
        {{WIRE_FAULT_HOLD, 1, false}, WIRE_ON_ANSWER, "fault 'hold' cannot hang on one answer"},
        {{WIRE_FAULT_HOLD, 1001, false},
         WIRE_ON_MESSAGE,
         "fault 'hold': '1001' is not between 1 and 1000"},
        {{WIRE_FAULT_LENGTH, -1, false}, WIRE_ON_ANSWER, NULL},
        {{WIRE_FAULT_DELAY, -1, false},
         WIRE_ON_ANSWER,
         "fault 'delay': '-1' is not between 0 and 86400000"},
        {{WIRE_FAULT_CLOSE, 999, false},
         WIRE_ON_SOCKET,
         "fault 'close': '999' is not between 1000 and 4999"},
        {{WIRE_FAULT_BAD_ACCEPT, 0, false},
         WIRE_ON_SOCKET,
         "fault 'bad-accept' cannot hang on one socket"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct err err = {.text = ""};
        const bool fine = wire_fault_check(&cases[i].fault, cases[i].place, &err);
        assert_int_equal(fine, cases[i].text == NULL);
        assert_string_equal(err.text, cases[i].text != NULL ? cases[i].text : "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_found_by_its_name),
        cmocka_unit_test(refuses_a_fault_where_it_cannot_hang),
    };
    return cmocka_run_group_tests_name("simulator/fault", tests, NULL, NULL);
}
