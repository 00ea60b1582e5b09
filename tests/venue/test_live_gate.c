#include "support/check.h"

#include <stdlib.h>

#include "venue/live_gate.h"

/* Every lock alone keeps it shut, and the message says which. */
static void opens_only_when_every_lock_is_open(void **state)
{
    static const struct {
        struct live_gate gate;
        const char *said; /* NULL: open */
    } rows[] = {
        {{true, true, "desk", "desk", "trade real money in desk"}, NULL},
        {{false, true, "desk", "desk", "trade real money in desk"}, "-Dlive-trading=enabled"},
        {{true, false, "desk", "desk", "trade real money in desk"}, "live.enabled: true"},
        {{true, true, "desk", NULL, "trade real money in desk"}, LIVE_GATE_VARIABLE},
        {{true, true, "desk", "other", "trade real money in desk"}, LIVE_GATE_VARIABLE},
        {{true, true, "", "", "trade real money in "}, LIVE_GATE_VARIABLE},
        {{true, true, "desk", "desk", NULL}, "'trade real money in desk'"},
        {{true, true, "desk", "desk", "trade real money in Desk"}, "trade real money in desk"},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct err err = {.kind = ERR_NONE};
        const enum reason reason = live_gate_check(&rows[i].gate, &err);
        if (rows[i].said == NULL) {
            assert_int_equal(reason, REASON_NONE);
            continue;
        }
        assert_int_equal(reason, REASON_GATE_LIVE_DISABLED);
        assert_int_equal(err.kind, ERR_REFUSED);
        assert_non_null(strstr(err.text, "GATE.LIVE_DISABLED: "));
        assert_non_null(strstr(err.text, rows[i].said));
    }
}

static void wants_no_keys_where_none_are_needed(void **state)
{
    static const char *const NAMES[] = {"ARBLITE_UPBIT_ACCESS_KEY", "ARBLITE_UPBIT_SECRET_KEY",
                                        "ARBLITE_BINANCE_ACCESS_KEY",
                                        "ARBLITE_BINANCE_SECRET_KEY"};
    struct err err;
    for (size_t i = 0; i < LEN(NAMES); i++) {
        unsetenv(NAMES[i]);
    }
    assert_int_equal(live_gate_check_keys(&err), REASON_NONE);
    for (size_t i = 0; i < LEN(NAMES); i++) {
        setenv(NAMES[i], "canary", 1);
        assert_int_equal(live_gate_check_keys(&err), REASON_GATE_MODE_MISMATCH);
        assert_non_null(strstr(err.text, NAMES[i]));
        assert_null(strstr(err.text, "canary"));
        assert_string_equal(getenv(NAMES[i]), "canary"); /* neither read nor taken */
        unsetenv(NAMES[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_only_when_every_lock_is_open),
        cmocka_unit_test(wants_no_keys_where_none_are_needed),
    };
    return cmocka_run_group_tests_name("venue/live gate", tests, NULL, NULL);
}
