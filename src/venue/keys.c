#include "venue/keys.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <openssl/crypto.h>

enum { KEY_SIZE = 129, KEY_LENGTH_LEAST = 8 };

struct venue_keys {
    char access[KEY_SIZE], secret[KEY_SIZE];
};

/* Letters and digits and what base64 adds: nothing that could end a header or a string. */
static bool is_key(const char *text)
{
    static const char ALLOWED[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-";
    const size_t length = strlen(text);
    return length >= KEY_LENGTH_LEAST && length < KEY_SIZE && strspn(text, ALLOWED) == length;
}

/* Moves a variable out of the environment. */
static bool take(char key[KEY_SIZE], const char *name, struct err *err)
{
    char *found = getenv(name);
    if (found == NULL || *found == '\0') {
        return err_set(err, ERR_REFUSED, "no '%s' in the environment", name);
    }
    const bool fine = is_key(found);
    if (fine) {
        memcpy(key, found, strlen(found) + 1);
    }
    OPENSSL_cleanse(found, strlen(found));
    unsetenv(name);
    return fine || err_set(err, ERR_REFUSED,
                           "'%s' is no key: expected %d to %d letters, digits and +/=_-", name,
                           KEY_LENGTH_LEAST, KEY_SIZE - 1);
}

bool venue_keys_load(struct venue_keys **out, enum venue venue, struct err *err)
{
    const bool upbit = venue == VENUE_A;
    struct venue_keys *keys =
        mmap(NULL, sizeof(*keys), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (keys == MAP_FAILED) {
        return err_set(err, ERR_IO, "no memory for the keys of '%s'", venue_name(venue));
    }
    /* Both ask a favour: a machine that refuses one still may trade. */
    (void)mlock(keys, sizeof(*keys));
    (void)madvise(keys, sizeof(*keys), MADV_DONTDUMP);
    if (!take(keys->access, upbit ? "ARBLITE_UPBIT_ACCESS_KEY" : "ARBLITE_BINANCE_ACCESS_KEY",
              err) ||
        !take(keys->secret, upbit ? "ARBLITE_UPBIT_SECRET_KEY" : "ARBLITE_BINANCE_SECRET_KEY",
              err)) {
        venue_keys_forget(keys);
        return false;
    }
    *out = keys;
    return true;
}

void venue_keys_forget(struct venue_keys *keys)
{
    if (keys != NULL) {
        OPENSSL_cleanse(keys, sizeof(*keys));
        munmap(keys, sizeof(*keys));
    }
}

const char *venue_keys_access(const struct venue_keys *keys)
{
    return keys->access;
}

const char *venue_keys_secret(const struct venue_keys *keys)
{
    return keys->secret;
}
