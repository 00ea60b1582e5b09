#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "config/config.h"

/* schema: what may stand in a config file, a row a key.
 *
 * A new key is a member of struct config and one row of schema_keys.c or schema_alarms.c;
 * reading, checking, printing, explaining and `--help` follow from the row. */

enum schema_type {
    SCHEMA_FLAG,   /* bool */
    SCHEMA_NUMBER, /* double; null is NAN */
    SCHEMA_INT32,
    SCHEMA_INT64, /* null is -1 */
    SCHEMA_SEED,  /* uint64_t */
    SCHEMA_TEXT,  /* char[size]; printable */
    SCHEMA_URL,   /* char[size]; an address of one of the schemes in unit_or_words */
    SCHEMA_NAME,  /* char[size]; capitals, digits and -_. only, not empty */
    SCHEMA_WORD,  /* char[size]; one of unit_or_words */
    SCHEMA_CHOICE /* an enum; place in unit_or_words */
};

struct schema_row {
    const char *key; /* "engine.min_spread_bps", "alerts.rules.feed.gap.enter" */
    enum schema_type type;
    const char *unit_or_words;
    double lowest, highest; /* both allowed; of numbers only */
    const char *fallback;   /* the default as it would stand in a file; null may be said where
                               it is the default */
    size_t offset, size;    /* in struct config, of pairs rows in struct config_pair */
    const char *help;       /* a sentence without its full stop */
};

struct schema_rows {
    const struct schema_row *rows;
    size_t count;
};

extern const struct schema_rows SCHEMA_KEYS;
extern const struct schema_rows SCHEMA_ALARMS;
extern const struct schema_rows SCHEMA_PAIR_KEYS;

/* All rows of struct config, keys before alarms; the number is the bit in config_named. */
size_t schema_count(void);
const struct schema_row *schema_at(size_t number);
/* The row's number, or schema_count() when there is none of that key. */
size_t schema_number(const char *key);
const struct schema_row *schema_find(const struct schema_rows *rows, const char *key);

/* A key taken apart as a file nests it: section, group, item, name:
 * "alerts", "rules", "feed.gap", "enter" or "engine", "min_spread_bps". */
enum { SCHEMA_PARTS_MAX = 4, SCHEMA_KEY_SIZE = 80 };
struct schema_parts {
    int count;
    const char *parts[SCHEMA_PARTS_MAX];
    char text[SCHEMA_KEY_SIZE];
};
void schema_split(const char *key, struct schema_parts *out);

/* Is it scheme://host[:port][/path], with one of the schemes in "http|https"? */
bool schema_is_address(const char *value, const char *schemes);

bool schema_takes_null(const struct schema_row *row);

/* Stores a value written as in a file into the struct at `base`. On failure nothing is stored
 * and `why` gets `'value' reason (expected ...)`. */
bool schema_store(const struct schema_row *row, void *base, const char *value,
                  struct text *why);
/* The value as schema_store() reads it back; texts in quotes. */
void schema_format(const struct schema_row *row, const void *base, struct text *out);
/* "a number from 0 to 10000 bps, or null". */
void schema_add_expected(const struct schema_row *row, struct text *out);

/* A pair of that name with the instruments the venues give it, or the fallbacks of its rows. */
struct config_pair schema_pair(const char *name);
