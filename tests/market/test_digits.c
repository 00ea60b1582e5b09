#include "support/check.h"

#include <stdlib.h>

#include "base/rng.h"
#include "digits.h"

/* Goal: the vectors see the stops that plain C sees, whatever the bytes are. */
static void finds_stops_as_plain_c_does(void **state)
{
    struct rng rng;
    rng_seed(&rng, 1, rng_salt("digits"));
    for (int round = 0; round < 20000; round++) {
        char bytes[DIGITS_WINDOW];
        for (size_t i = 0; i < sizeof(bytes); i++) {
            const uint64_t any = rng_next(&rng);
            bytes[i] = round % 2 == 0 ? (char)any : (char)('.' + any % 13);
        }
        assert_true(digits_stops(bytes) == digits_stops_plain(bytes));
    }
    for (int byte = 0; byte < 256; byte++) {
        char bytes[DIGITS_WINDOW];
        memset(bytes, byte, sizeof(bytes));
        const bool digit = byte >= '0' && byte <= '9';
        assert_true(digits_stops(bytes) == (digit ? 0 : UINT64_MAX));
    }
}

/* Goal: digits are worth what they say, alone and joined over a point, whatever stands behind.
 */
static void reads_what_is_spelled(void **state)
{
    char text[64] = "";
    for (uint64_t value = 0; value < 100000000; value += 12347) {
        for (ptrdiff_t count = 1; count <= DIGITS_WORD; count++) {
            uint64_t limit = 1;
            for (ptrdiff_t i = 0; i < count; i++) {
                limit *= 10;
            }
            snprintf(text, sizeof(text), "%0*llu,99999999", (int)count,
                     (unsigned long long)(value % limit));
            assert_true(digits_value(text, count) == value % limit);
        }
    }
    for (ptrdiff_t whole = 1; whole < DIGITS_WORD; whole++) {
        for (ptrdiff_t behind = 1; whole + behind <= DIGITS_WORD; behind++) {
            /* 1234.5678 is 12345678 */
            char digits[16];
            snprintf(digits, sizeof(digits), "%.*s", (int)(whole + behind), "12345678");
            snprintf(text, sizeof(text), "%.*s.%s,77777777", (int)whole, digits,
                     digits + whole);
            assert_true(digits_joined(text, whole, text + whole + 1, behind) ==
                        (uint64_t)atoi(digits));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_stops_as_plain_c_does),
        cmocka_unit_test(reads_what_is_spelled),
    };
    return cmocka_run_group_tests_name("market/digits", tests, NULL, NULL);
}
