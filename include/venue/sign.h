#pragma once
#include <stddef.h>

#include "base/text.h"

/* sign: proofs that a request is ours, as each venue wants them. Pure.
 *
 * Only in programs built with the option live-trading; secrets are taken as raw bytes. */

enum { SIGN_SHA256_TEXT_SIZE = 64 + 1, SIGN_SHA512_TEXT_SIZE = 128 + 1 };

/* Binance: lower-case hex HMAC-SHA256 of the very bytes that are sent. */
const char *sign_hmac_sha256(char out[SIGN_SHA256_TEXT_SIZE], const char *secret,
                             const char *bytes, size_t size);

/* Upbit's query_hash: lower-case hex SHA-512 of "k=v&k=v", nothing in it escaped. */
const char *sign_sha512(char out[SIGN_SHA512_TEXT_SIZE], const char *bytes, size_t size);

enum sign_algorithm { SIGN_HS256, SIGN_HS512 };

struct sign_claims {
    const char *access_key;
    const char *nonce;      /* fresh for every request */
    const char *query_hash; /* NULL: the request has no parameters */
};

/* Upbit: adds the JSON Web Token of these claims. They must need no escapes. */
void sign_token(struct text *out, enum sign_algorithm algorithm, const char *secret,
                const struct sign_claims *claims);
