#include "config/config.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/nearest.h"
#include "base/safe.h"
#include "read.h"
#include "schema.h"

enum { NAMED_BITS = 64 * sizeof(struct config_named) / sizeof(uint64_t), SHOWN_SIZE = 200 };

const char *config_alarm_name(enum config_alarm_rule rule)
{
    static const char *const NAMES[] = {
#define X(rule, name) name,
        CONFIG_ALARM_TABLE(X)
#undef X
    };
    _Static_assert(sizeof NAMES / sizeof NAMES[0] == CONFIG_ALARMS, "a name for each rule");
    assert((int)rule >= 0 && rule <= CONFIG_ALARM_RULE_LAST);
    return NAMES[rule];
}

/* Numbers a rule does not use are not there; its dwells stay 0, nothing to wait for. */
static void clear_alarm(struct config_alarm *alarm)
{
    double *const unused[] = {
        &alarm->enter,        &alarm->enter_middle, &alarm->enter_high,    &alarm->leave,
        &alarm->leave_high,   &alarm->second,       &alarm->second_middle, &alarm->second_high,
        &alarm->second_leave, &alarm->third,        &alarm->high_dwell_s,
    };
    for (size_t i = 0; i < sizeof unused / sizeof unused[0]; i++) {
        *unused[i] = NAN;
    }
}

void config_defaults(struct config *config)
{
    memset(config, 0, sizeof *config); /* padding too: configs are compared as bytes */
    for (int i = 0; i < CONFIG_ALARMS; i++) {
        clear_alarm(&config->alerts.rules[i]);
    }
    config->pairs_count = 3;
    char buffer[256];
    struct text why = text_fixed(buffer, sizeof buffer);
    for (size_t i = 0; i < schema_count(); i++) {
        const bool stored = schema_store(schema_at(i), config, schema_at(i)->fallback, &why);
        assert(stored);
    }
    config->pairs[0] = schema_pair("BTC");
    config->pairs[1] = schema_pair("ETH");
    config->pairs[2] = schema_pair("XRP");
}

/* "pairs" is one key; its bit stands behind those of the rows. */
static size_t bit_of(const char *key)
{
    const size_t bit = schema_number(key);
    assert(schema_count() < NAMED_BITS);
    assert(bit < schema_count() || strcmp(key, "pairs") == 0);
    return bit;
}

bool config_is_named(const struct config_named *named, const char *key)
{
    const size_t bit = bit_of(key);
    return (named->bits[bit / 64] >> bit % 64 & 1) != 0;
}

void config_note(struct config_named *named, const char *key)
{
    const size_t bit = bit_of(key);
    named->bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* A key nobody knows, with the nearest one that somebody does. */
static bool refuse_key(const char *key, struct err *err)
{
    char shown[SHOWN_SIZE];
    safe_text(shown, sizeof shown, key, strlen(key));
    struct nearest nearest = nearest_to(key);
    for (size_t i = 0; i < schema_count(); i++) {
        nearest_offer(&nearest, schema_at(i)->key);
    }
    for (size_t i = 0; i < SCHEMA_PAIR_KEYS.count; i++) {
        nearest_offer(&nearest, SCHEMA_PAIR_KEYS.rows[i].key);
    }
    /* The name alone, its section forgotten. */
    for (size_t i = 0; i < SCHEMA_KEYS.count && nearest.found == NULL; i++) {
        const char *known = SCHEMA_KEYS.rows[i].key;
        if (strcmp(strchr(known, '.') + 1, key) == 0) {
            nearest.found = known;
        }
    }
    if (nearest.found != NULL) {
        return err_set(err, ERR_INPUT, "'%s' is not a known key (did you mean '%s'?)", shown,
                       nearest.found);
    }
    return err_set(err, ERR_INPUT, "'%s' is not a known key (see 'arblite config print')",
                   shown);
}

bool config_set_named(struct config *config, struct config_named *named, const char *key,
                      const char *value, struct err *err)
{
    const size_t number = schema_number(key);
    if (strcmp(key, "pairs") == 0 || schema_find(&SCHEMA_PAIR_KEYS, key) != NULL) {
        return err_set(err, ERR_INPUT, "%s: only a file can say it (expected one key)", key);
    }
    if (number == schema_count()) {
        return refuse_key(key, err);
    }
    char buffer[sizeof err->text];
    struct text why = text_fixed(buffer, sizeof buffer);
    if (!schema_store(schema_at(number), config, value, &why)) {
        return err_set(err, ERR_INPUT, "%s: %s", key, text_string(&why));
    }
    if (named != NULL) {
        config_note(named, key);
    }
    return true;
}

bool config_set(struct config *config, const char *key, const char *value, struct err *err)
{
    return config_set_named(config, NULL, key, value, err);
}

static void add_row(const struct schema_row *row, struct text *out)
{
    text_addf(out, "%s\n  %s.\n  takes: ", row->key, row->help);
    schema_add_expected(row, out);
    text_addf(out, "\n  default: %s\n", row->fallback[0] != '\0' ? row->fallback : "\"\"");
}

/* The keys of a section, or of a part of one; false when it has none. */
static bool add_section(const char *section, struct text *out)
{
    const size_t length = strlen(section);
    const struct schema_rows *const tables[] = {&SCHEMA_KEYS, &SCHEMA_ALARMS,
                                                &SCHEMA_PAIR_KEYS};
    bool any = false;
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (size_t i = 0; i < tables[t]->count; i++) {
            const struct schema_row *row = &tables[t]->rows[i];
            if (strncmp(row->key, section, length) == 0 && row->key[length] == '.') {
                text_addf(out, "%s\n  %s.\n", row->key, row->help);
                any = true;
            }
        }
    }
    return any;
}

bool config_explain(const char *key, struct text *out, struct err *err)
{
    const size_t number = schema_number(key);
    const struct schema_row *row =
        number < schema_count() ? schema_at(number) : schema_find(&SCHEMA_PAIR_KEYS, key);
    if (row != NULL) {
        add_row(row, out);
        return true;
    }
    return add_section(key, out) || refuse_key(key, err);
}
