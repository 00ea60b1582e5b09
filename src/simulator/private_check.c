#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/clock.h"
#include "private_parts.h"

/* Is a request signed as the venues want it? Worked out apart from venue/sign, so that the two
 * prove each other. */

enum { DIGEST_MAX = 64, HEX_MAX = 129, TOKEN_MAX = 2048 };

#define AHEAD_MS      1000
#define WINDOW_MS     5000
#define WINDOW_MS_MAX 60000

static void to_hex(char *out, const unsigned char *bytes, unsigned int size)
{
    for (unsigned int i = 0; i < size; i++) {
        (void)text_cut(out + 2 * (size_t)i, 3, "%02x", bytes[i]);
    }
}

static bool same(const char *left, const char *right)
{
    const size_t length = strlen(left);
    return length == strlen(right) && CRYPTO_memcmp(left, right, length) == 0;
}

static bool in_time(const struct private_visit *visit)
{
    int64_t stamp_ms = INT64_MAX;
    int64_t window_ms = WINDOW_MS;
    const int64_t now_ms = visit->now_ns / CLOCK_NS_PER_MS + visit->venue->skew_ms;
    const char *query = visit->request->query;
    return wire_form_integer(query, "recvWindow", &window_ms) && window_ms <= WINDOW_MS_MAX &&
           wire_form_integer(query, "timestamp", &stamp_ms) && stamp_ms < now_ms + AHEAD_MS &&
           now_ms - stamp_ms <= window_ms;
}

bool private_check_binance(struct private_visit *visit)
{
    static const char LAST[] = "&signature=";
    const struct private_options *options = &visit->venue->options;
    const char *key = wire_header(visit->request, "X-MBX-APIKEY");
    const char *query = visit->request->query;
    const char *signature = strstr(query, LAST);
    unsigned char digest[DIGEST_MAX];
    unsigned int size = 0;
    char expected[HEX_MAX] = "";
    if (key == NULL || !same(key, options->access_keys[VENUE_B])) {
        private_binance_refuse(visit, 401, -2015,
                               "Invalid API-key, IP, or permissions for action.");
        return false;
    }
    if (!in_time(visit)) {
        private_binance_refuse(visit, 400, -1021,
                               "Timestamp for this request is outside of the recvWindow.");
        return false;
    }
    const char *secret = options->secret_keys[VENUE_B];
    if (signature != NULL &&
        HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)query,
             (size_t)(signature - query), digest, &size) != NULL) {
        to_hex(expected, digest, size);
    }
    if (signature == NULL || !same(signature + sizeof(LAST) - 1, expected)) {
        private_binance_refuse(visit, 400, -1022, "Signature for this request is not valid.");
        return false;
    }
    return true;
}

/* base64url without padding; -1: it is none, or too long. */
static int decode(unsigned char *out, const char *text, size_t length)
{
    unsigned char padded[TOKEN_MAX];
    size_t size = 0;
    if (length + 4 > sizeof(padded) || length % 4 == 1) {
        return -1;
    }
    for (; size < length; size++) {
        const char c = text[size];
        padded[size] = (unsigned char)(c == '-' ? '+' : c == '_' ? '/' : c);
    }
    const size_t padding = (4 - length % 4) % 4;
    memset(padded + size, '=', padding);
    const int decoded = EVP_DecodeBlock(out, padded, (int)(size + padding));
    return decoded < 0 ? -1 : decoded - (int)padding;
}

/* The parameters as they are hashed: of a body its members in order, else the query with
 * nothing escaped in it. */
static void parameters(const struct wire_request *request, struct text *out)
{
    json_t *body = request->body_size > 0 ? json_loads(request->body, 0, NULL) : NULL;
    const char *name;
    json_t *value;
    if (request->body_size == 0) {
        text_add(out, request->query); /* nothing of ours needs an escape */
    }
    json_object_foreach(body, name, value)
    {
        text_addf(out, "%s%s=%s", out->length > 0 ? "&" : "", name, json_string_value(value));
    }
    json_decref(body);
}

static bool hash_fits(const struct private_visit *visit, const json_t *claims)
{
    unsigned char digest[DIGEST_MAX];
    unsigned int size = 0;
    char expected[HEX_MAX] = "";
    struct text text = text_growing();
    parameters(visit->request, &text);
    const char *claimed = json_string_value(json_object_get(claims, "query_hash"));
    bool fits = text.length == 0 && claimed == NULL;
    if (text.length > 0 && claimed != NULL &&
        EVP_Digest(text_string(&text), text.length, digest, &size, EVP_sha512(), NULL) == 1) {
        to_hex(expected, digest, size);
        fits = same(claimed, expected);
    }
    text_finish(&text);
    return fits;
}

static bool is_fresh(struct private_venue *venue, const char *nonce)
{
    for (int32_t i = 0; i < PRIVATE_NONCES_MAX; i++) {
        if (strcmp(venue->nonces[i], nonce) == 0) {
            return false;
        }
    }
    (void)text_cut(venue->nonces[venue->nonces_count++ % PRIVATE_NONCES_MAX],
                   PRIVATE_NONCE_SIZE, "%s", nonce);
    return true;
}

/* Does the last part sign the first two? */
static bool signature_fits(const struct private_visit *visit, const char *token,
                           const char *dot)
{
    const char *secret = visit->venue->options.secret_keys[VENUE_A];
    const bool short_one = strncmp(token, "eyJhbGciOiJIUzI1NiI", 19) == 0; /* {"alg":"HS256" */
    unsigned char expected[DIGEST_MAX], given[TOKEN_MAX];
    unsigned int size = 0;
    const int length = decode(given, dot + 1, strlen(dot + 1));
    return HMAC(short_one ? EVP_sha256() : EVP_sha512(), secret, (int)strlen(secret),
                (const unsigned char *)token, (size_t)(dot - token), expected, &size) != NULL &&
           length == (int)size && CRYPTO_memcmp(given, expected, size) == 0;
}

static const char *judge_claims(const struct private_visit *visit, const json_t *claims)
{
    const char *key = json_string_value(json_object_get(claims, "access_key"));
    const char *nonce = json_string_value(json_object_get(claims, "nonce"));
    if (key == NULL || nonce == NULL ||
        !same(key, visit->venue->options.access_keys[VENUE_A])) {
        return "invalid_access_key";
    }
    if (!hash_fits(visit, claims)) {
        return "invalid_query_payload";
    }
    return is_fresh(visit->venue, nonce) ? NULL : "nonce_used";
}

bool private_check_upbit(struct private_visit *visit)
{
    static const char BEARER[] = "Bearer ";
    const char *token = wire_header(visit->request, "Authorization");
    unsigned char payload[TOKEN_MAX];
    const char *name = "no_authorization_token";
    if (token != NULL && strncmp(token, BEARER, sizeof(BEARER) - 1) == 0) {
        token += sizeof(BEARER) - 1;
        const char *first = strchr(token, '.');
        const char *last = strrchr(token, '.');
        const int size = first == NULL || last == first
                             ? -1
                             : decode(payload, first + 1, (size_t)(last - first - 1));
        name = "jwt_verification";
        if (size > 0 && signature_fits(visit, token, last)) {
            json_t *claims = json_loadb((const char *)payload, (size_t)size, 0, NULL);
            name = judge_claims(visit, claims);
            json_decref(claims);
        }
    }
    if (name != NULL) {
        private_upbit_refuse(visit, 401, name);
    }
    return name == NULL;
}
