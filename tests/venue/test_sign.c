#include "support/check.h"

#include "base/text.h"
#include "venue/sign.h"

/* The vectors of the venues' own documentation and of independent computations with dummy keys
 * (python's hmac and hashlib). */

static void signs_a_query_as_binance_documents(void **state)
{
    static const char QUERY[] = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&"
                                "timeInForce=GTC&recvWindow=5000&timestamp=1591702613943";
    char out[SIGN_SHA256_TEXT_SIZE];
    assert_string_equal(
        sign_hmac_sha256(out,
                         "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9",
                         QUERY, strlen(QUERY)),
        "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9");
}

static const char *hash_of(char out[SIGN_SHA512_TEXT_SIZE])
{
    static const char QUERY[] =
        "market=KRW-BTC&side=bid&volume=0.001&price=100000000&ord_type=limit";
    return sign_sha512(out, QUERY, strlen(QUERY));
}

static void hashes_a_query_for_upbit(void **state)
{
    char out[SIGN_SHA512_TEXT_SIZE];
    assert_string_equal(hash_of(out),
                        "adf47cca4ba4dfe4a80912e8748a75d893c10de31cdda15f99b1101f0d39ecb"
                        "cc593e2918121a6d6c2dd914d265881b6cf78a92c79b32e1d8c47a0a7f8114e33");
}

static void signs_tokens_for_upbit(void **state)
{
    static const struct {
        enum sign_algorithm algorithm;
        const char *signature;
    } rows[] = {
        {SIGN_HS256, "KG0iNtOv3jkjBbXLXMXixyMjZ_0OpRV26CAUMsNby38"},
        {SIGN_HS512, "Z5bU88jLWTfbZZ09Cf4kdiWLVScj7MW9J636jEGFYf5tTVO9UxA6VCLG-gLS2dh8ZV-"
                     "sNvDBpYUn1wpIlDawXw"},
    };
    char hash[SIGN_SHA512_TEXT_SIZE];
    const struct sign_claims claims = {
        .access_key = "TESTACCESS",
        .nonce = "6f5570df-d8bc-4daf-85b4-976733feb624",
        .query_hash = hash_of(hash),
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct text out = text_growing();
        text_add(&out, "Bearer "); /* what stands before is not signed */
        sign_token(&out, rows[i].algorithm, "TESTSECRET", &claims);
        const char *last = strrchr(text_string(&out), '.');
        assert_non_null(last);
        assert_string_equal(last + 1, rows[i].signature);
        text_finish(&out);
    }
}

/* {"alg":"HS512","typ":"JWT"} . {"access_key":"a","nonce":"b"} */
static void claims_no_hash_without_a_query(void **state)
{
    struct text out = text_growing();
    const struct sign_claims claims = {.access_key = "a", .nonce = "b"};
    static const char HEAD[] =
        "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJhY2Nlc3Nfa2V5IjoiYSIsIm5vbmNlIjoiYiJ9.";
    sign_token(&out, SIGN_HS512, "c", &claims);
    assert_memory_equal(text_string(&out), HEAD, sizeof(HEAD) - 1);
    text_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_a_query_as_binance_documents),
        cmocka_unit_test(hashes_a_query_for_upbit),
        cmocka_unit_test(signs_tokens_for_upbit),
        cmocka_unit_test(claims_no_hash_without_a_query),
    };
    return cmocka_run_group_tests_name("venue/sign", tests, NULL, NULL);
}
