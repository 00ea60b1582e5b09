#include "support/check.h"

#include "core/order.h"

/* The names stand in journals and result files: changing one breaks old files. */
static void names_venues_and_errors(void **state)
{
    static const struct {
        enum venue_error error;
        const char *name;
    } errors[] = {
        {VENUE_ERROR_NONE, "None"},
        {VENUE_ERROR_NETWORK, "Network"},
        {VENUE_ERROR_AUTHENTICATION, "Authentication"},
        {VENUE_ERROR_INSUFFICIENT_BALANCE, "InsufficientBalance"},
        {VENUE_ERROR_ORDER_NOT_FOUND, "OrderNotFound"},
        {VENUE_ERROR_INVALID_ORDER, "InvalidOrder"},
        {VENUE_ERROR_SYMBOL_NOT_FOUND, "SymbolNotFound"},
        {VENUE_ERROR_RATE_LIMITED, "RateLimited"},
        {VENUE_ERROR_UNKNOWN, "Unknown"},
    };
    assert_int_equal(LEN(errors), VENUE_ERROR_LAST + 1);
    for (size_t i = 0; i < LEN(errors); i++) {
        assert_string_equal(venue_error_name(errors[i].error), errors[i].name);
    }
    assert_string_equal(venue_name(VENUE_A), "upbit");
    assert_string_equal(venue_name(VENUE_B), "binance");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_venues_and_errors),
    };
    return cmocka_run_group_tests_name("core/order", tests, NULL, NULL);
}
