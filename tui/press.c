#include "tui/press.h"

#include <stddef.h>
#include <string.h>

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
    uint32_t key;
    const char *name;
} NAMES[] = {
#define X(name, number, text) {number, text},
    PRESS_TABLE(X)
#undef X
};

uint32_t press_parse(const char *name)
{
    const size_t length = strlen(name);
    if (length == 1) {
        return (unsigned char)name[0];
    }
    if (length == 3 && name[0] == 'C' && name[1] == '-' && name[2] >= 'a' && name[2] <= 'z') {
        return PRESS_CONTROL(name[2]);
    }
    for (size_t i = 0; i < LEN(NAMES); i++) {
        if (strcmp(NAMES[i].name, name) == 0) {
            return NAMES[i].key;
        }
    }
    return PRESS_NONE;
}
