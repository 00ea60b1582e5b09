#include "support/check.h"

#include <stdlib.h>

#include "venue/keys.h"

static void takes_keys_out_of_the_environment(void **state)
{
    struct err err;
    struct venue_keys *keys = NULL;
    setenv("ARBLITE_UPBIT_ACCESS_KEY", "ACCESS0123", 1);
    setenv("ARBLITE_UPBIT_SECRET_KEY", "SECRET4567", 1);
    const char *place = getenv("ARBLITE_UPBIT_SECRET_KEY");
    assert_true(venue_keys_load(&keys, VENUE_A, &err));
    assert_string_equal(venue_keys_access(keys), "ACCESS0123");
    assert_string_equal(venue_keys_secret(keys), "SECRET4567");
    assert_null(getenv("ARBLITE_UPBIT_ACCESS_KEY"));
    assert_null(getenv("ARBLITE_UPBIT_SECRET_KEY"));
    assert_int_equal(place[0], '\0'); /* overwritten where they were */
    venue_keys_forget(keys);
}

static void says_which_key_is_missing_or_none_and_never_what_it_holds(void **state)
{
    struct err err;
    struct venue_keys *keys = NULL;
    unsetenv("ARBLITE_BINANCE_SECRET_KEY");
    setenv("ARBLITE_BINANCE_ACCESS_KEY", "ACCESS0123", 1);
    assert_false(venue_keys_load(&keys, VENUE_B, &err));
    assert_string_equal(err.text, "no 'ARBLITE_BINANCE_SECRET_KEY' in the environment");
    setenv("ARBLITE_BINANCE_ACCESS_KEY", "hidden\r\nX-Evil: 1", 1);
    assert_false(venue_keys_load(&keys, VENUE_B, &err));
    assert_int_equal(err.kind, ERR_REFUSED);
    assert_non_null(strstr(err.text, "'ARBLITE_BINANCE_ACCESS_KEY' is no key"));
    assert_null(strstr(err.text, "hidden"));
    assert_null(keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_keys_out_of_the_environment),
        cmocka_unit_test(says_which_key_is_missing_or_none_and_never_what_it_holds),
    };
    return cmocka_run_group_tests_name("venue/keys", tests, NULL, NULL);
}
