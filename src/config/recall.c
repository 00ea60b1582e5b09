#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "config/config.h"
#include "schema.h"

/* The way back from config_list(). */

enum { LINE_SIZE = CONFIG_PATH_SIZE + 128 };

/* A text without its quotes and the backslashes that guard those inside, in place. */
static char *unquote(char *value)
{
    const size_t length = strlen(value);
    if (length < 2 || value[0] != '"' || value[length - 1] != '"') {
        return value;
    }
    char *to = value;
    for (size_t i = 1; i < length - 1; i++) {
        i += value[i] == '\\' && i < length - 2 ? 1 : 0;
        *to++ = value[i];
    }
    *to = '\0';
    return value;
}

static bool store(const struct schema_row *row, void *base, char *value, struct err *err)
{
    value = unquote(value);
    char buffer[sizeof err->text];
    struct text why = text_fixed(buffer, sizeof buffer);
    return schema_store(row, base, value, &why) ||
           err_set(err, ERR_INPUT, "%s: %s", row->key, text_string(&why));
}

/* "pairs[1] = ETH KRW-ETH ...": the values of a pair in the order of its keys. */
static bool recall_pair(struct config *config, const char *place, char *values, struct err *err)
{
    uint64_t number = 0;
    const size_t digits = strcspn(place, "]");
    if (!num_parse_uint64(place, digits, &number) || number >= CONFIG_PAIRS_MAX) {
        return err_set(err, ERR_INPUT, "pairs[%s is not a place of a pair", place);
    }
    struct config_pair *pair = &config->pairs[number];
    for (size_t i = 0; i < SCHEMA_PAIR_KEYS.count; i++) {
        const size_t length = strcspn(values, " ");
        const bool last = values[length] == '\0';
        values[length] = '\0';
        if (!store(&SCHEMA_PAIR_KEYS.rows[i], pair, values, err)) {
            return err_wrap(err, "pairs[%d]", (int)number);
        }
        values += last ? length : length + 1;
    }
    config->pairs_count = (int32_t)number + 1;
    return true;
}

static bool recall_line(struct config *config, char *line, struct err *err)
{
    char *equals = strstr(line, " = ");
    if (equals == NULL) {
        return err_set(err, ERR_INPUT, "'%s' is not 'key = value'", line);
    }
    *equals = '\0';
    char *value = equals + strlen(" = ");
    if (strncmp(line, "pairs[", strlen("pairs[")) == 0) {
        return recall_pair(config, line + strlen("pairs["), value, err);
    }
    const size_t number = schema_number(line);
    if (number == schema_count()) {
        return err_set(err, ERR_INPUT, "'%s' is no key of this build", line);
    }
    return store(schema_at(number), config, value, err);
}

bool config_recall(struct config *config, const char *lines, struct err *err)
{
    struct config recalled = *config;
    struct text_line next;
    while (text_take_line(&lines, &next)) {
        char line[LINE_SIZE];
        text_cut(line, sizeof line, "%.*s", (int)next.length, next.start);
        if (!recall_line(&recalled, line, err)) {
            return false;
        }
    }
    *config = recalled;
    return true;
}
