#include "support/check.h"

#include "base/mem.h"
#include "store/pack.h"
#include "support/dice.h"

static char original[100000];

/* Goal: what comes out is what went in, for any size; zeros get small. */
static void gives_back_what_it_took(void **state)
{
    static const size_t SIZES[] = {0, 1, 16, 4096, sizeof original};
    struct dice dice = {7};
    for (size_t i = 0; i < LEN(SIZES); i++) {
        for (size_t k = 0; k < SIZES[i]; k++) {
            original[k] = k % 10 == 0 ? (char)dice_next(&dice) : 0;
        }
        struct err err = {0};
        size_t packed_size = 0;
        size_t size = 77;
        void *bytes = NULL;
        void *packed = pack(original, SIZES[i], &packed_size);
        assert_true(unpack(packed, packed_size, &bytes, &size, &err));
        assert_int_equal(size, SIZES[i]);
        assert_memory_equal(bytes, original, size);
        assert_true(SIZES[i] < 4096 || packed_size < SIZES[i] / 2);
        mem_free(packed);
        mem_free(bytes);
    }
}

/* Goal: damage is told, never unpacked into something else's size. */
static void refuses_what_is_not_its_own(void **state)
{
    struct err err = {0};
    void *bytes = NULL;
    size_t size = 0;
    size_t packed_size = 0;
    assert_false(unpack("hello", 5, &bytes, &size, &err));
    assert_non_null(strstr(err.text, "journal is damaged"));
    memset(original, 'x', sizeof original);
    void *packed = pack(original, sizeof original, &packed_size);
    assert_false(unpack(packed, packed_size - 1, &bytes, &size, &err));
    mem_free(packed);
    assert_null(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_what_it_took),
        cmocka_unit_test(refuses_what_is_not_its_own),
    };
    return cmocka_run_group_tests_name("store/pack", tests, NULL, NULL);
}
