#include "core/reason.h"

/* The compiler refuses a number that stands twice in the table: a duplicate case. */

const char *reason_code(enum reason reason)
{
    switch (reason) {
#define X(name, number, code, text)                                                            \
    case REASON_##name:                                                                        \
        return code;
        REASON_TABLE(X)
#undef X
    }
    return "?";
}

const char *reason_text(enum reason reason)
{
    switch (reason) {
#define X(name, number, code, text)                                                            \
    case REASON_##name:                                                                        \
        return text;
        REASON_TABLE(X)
#undef X
    }
    return "?";
}
