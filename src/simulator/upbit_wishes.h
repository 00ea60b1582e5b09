#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "upbit_json.h"

/* upbit_wishes: what a client's subscribe frame asks for (VENUES.md 3.1). */

enum upbit_topic { UPBIT_TOPIC_BOOK, UPBIT_TOPIC_TRADE, UPBIT_TOPIC_TICKER };

struct upbit_code {
    char code[UPBIT_CODE_SIZE]; /* without the depth */
    int32_t depth;              /* 1, 5, 15 or 30 */
};

struct upbit_wish {
    enum upbit_topic topic;
    bool snapshot, realtime; /* which of the two it wants */
    int32_t first, count;    /* in the codes */
};

enum { UPBIT_WISHES_MAX = 16, UPBIT_CODES_MAX = 4096 };

struct upbit_wishes {
    enum upbit_form form;
    bool list; /* objects come in a list */
    int32_t wishes_count;
    struct upbit_wish wishes[UPBIT_WISHES_MAX];
    int32_t codes_count;
    struct upbit_code *codes;
};
void upbit_wishes_finish(struct upbit_wishes *wishes); /* accepts zeroed */

/* NULL: *wishes, finished or zeroed before, holds what was asked for; codes nobody knows are
 * among it and stay silent. Else the name of the error; *wishes is as it was. */
const char *upbit_wishes_parse(struct upbit_wishes *wishes, const char *bytes, size_t size);

/* The code it asked for in that wish, NULL: none of it. */
const struct upbit_code *upbit_wishes_find(const struct upbit_wishes *wishes,
                                           const struct upbit_wish *wish, const char *code);
