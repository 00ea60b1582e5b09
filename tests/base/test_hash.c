#include "support/check.h"

#include "base/hash.h"

/* Published vectors: XXH3-128 of nothing; FIPS 180-2 for SHA-256. */
static void agrees_with_published_vectors(void **state)
{
    char xxh3[HASH_XXH3_TEXT_SIZE];
    char sha256[HASH_SHA256_TEXT_SIZE];
    assert_string_equal(hash_xxh3_text(xxh3, NULL, 0),
                        "xxh3-128:99aa06d3014798d86001c324468d497f");
    assert_string_equal(hash_xxh3_text(xxh3, "abc", 3),
                        "xxh3-128:06b05ab6733a618578af5f94892f3950");
    assert_string_equal(hash_sha256_text(sha256, "abc", 3),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(hash_sha256_text(sha256, NULL, 0),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* Goal: however the bytes are portioned, the stream names them as the whole does. */
static void names_a_stream_like_the_whole(void **state)
{
    char bytes[5000];
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (char)(i * 7);
    }
    char want[HASH_XXH3_TEXT_SIZE];
    char got[HASH_XXH3_TEXT_SIZE];
    hash_xxh3_text(want, bytes, sizeof(bytes));
    static const size_t portions[] = {1, 3, 64, 999, 5000};
    for (size_t i = 0; i < LEN(portions); i++) {
        struct hash_stream *stream = hash_stream_create();
        hash_stream_add(stream, NULL, 0);
        for (size_t at = 0; at < sizeof(bytes); at += portions[i]) {
            const size_t left = sizeof(bytes) - at;
            hash_stream_add(stream, bytes + at, left < portions[i] ? left : portions[i]);
            hash_stream_text(stream, got); /* looking does not disturb */
        }
        assert_string_equal(hash_stream_text(stream, got), want);
        hash_stream_destroy(stream);
    }
    hash_stream_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_published_vectors),
        cmocka_unit_test(names_a_stream_like_the_whole),
    };
    return cmocka_run_group_tests_name("base/hash", tests, NULL, NULL);
}
