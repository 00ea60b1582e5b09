#include "venue/sign.h"

#include <assert.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { DIGEST_SIZE_MAX = 64, BASE64_SIZE_MAX = 1024, PART_SIZE_MAX = 512 };

static const char *write_hex(char *out, const unsigned char *bytes, size_t size)
{
    static const char DIGITS[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        out[2 * i] = DIGITS[bytes[i] >> 4];
        out[2 * i + 1] = DIGITS[bytes[i] & 15];
    }
    out[2 * size] = '\0';
    return out;
}

static size_t keyed_digest(unsigned char digest[DIGEST_SIZE_MAX], const EVP_MD *type,
                           const char *secret, const char *bytes, size_t size)
{
    unsigned int length = 0;
    const unsigned char *made = HMAC(type, secret, (int)strlen(secret),
                                     (const unsigned char *)bytes, size, digest, &length);
    assert(made != NULL && length <= DIGEST_SIZE_MAX);
    (void)made;
    return length;
}

const char *sign_hmac_sha256(char out[SIGN_SHA256_TEXT_SIZE], const char *secret,
                             const char *bytes, size_t size)
{
    unsigned char digest[DIGEST_SIZE_MAX];
    return write_hex(out, digest, keyed_digest(digest, EVP_sha256(), secret, bytes, size));
}

const char *sign_sha512(char out[SIGN_SHA512_TEXT_SIZE], const char *bytes, size_t size)
{
    unsigned char digest[DIGEST_SIZE_MAX];
    unsigned int length = 0;
    const int done = EVP_Digest(bytes, size, digest, &length, EVP_sha512(), NULL);
    assert(done == 1 && length == DIGEST_SIZE_MAX);
    (void)done;
    return write_hex(out, digest, length);
}

/* base64url without padding, as tokens want it. */
static void add_base64(struct text *out, const void *bytes, size_t size)
{
    unsigned char encoded[BASE64_SIZE_MAX];
    assert(size <= PART_SIZE_MAX);
    const int length = EVP_EncodeBlock(encoded, bytes, (int)size);
    for (int i = 0; i < length && encoded[i] != '='; i++) {
        const char c = (char)encoded[i];
        text_add_char(out, c == '+' ? '-' : c == '/' ? '_' : c);
    }
}

void sign_token(struct text *out, enum sign_algorithm algorithm, const char *secret,
                const struct sign_claims *claims)
{
    const bool long_one = algorithm == SIGN_HS512;
    const size_t start = out->length;
    char buffer[PART_SIZE_MAX];
    struct text part = text_fixed(buffer, sizeof(buffer));
    text_addf(&part, "{\"alg\":\"%s\",\"typ\":\"JWT\"}", long_one ? "HS512" : "HS256");
    add_base64(out, part.data, part.length);
    text_add_char(out, '.');
    text_clear(&part);
    text_addf(&part, "{\"access_key\":\"%s\",\"nonce\":\"%s\"", claims->access_key,
              claims->nonce);
    if (claims->query_hash != NULL) {
        text_addf(&part, ",\"query_hash\":\"%s\",\"query_hash_alg\":\"SHA512\"",
                  claims->query_hash);
    }
    text_add_char(&part, '}');
    assert(!part.truncated);
    add_base64(out, part.data, part.length);
    unsigned char digest[DIGEST_SIZE_MAX];
    const size_t size = keyed_digest(digest, long_one ? EVP_sha512() : EVP_sha256(), secret,
                                     out->data + start, out->length - start);
    text_add_char(out, '.');
    add_base64(out, digest, size);
    OPENSSL_cleanse(buffer, sizeof(buffer));
}
