#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/text.h"

bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
    assert(err != NULL);
    assert(kind != ERR_NONE);
    /* Not straight into err->text: the arguments may point there. */
    char buffer[sizeof(err->text)];
    struct text text = text_fixed(buffer, sizeof(buffer));
    va_list args;
    va_start(args, format);
    text_addv(&text, format, args);
    va_end(args);
    memcpy(err->text, buffer, text.length + 1);
    err->kind = kind;
    return false;
}

bool err_wrap(struct err *err, const char *format, ...)
{
    assert(err != NULL);
    char buffer[sizeof(err->text)];
    struct text text = text_fixed(buffer, sizeof(buffer));
    va_list args;
    va_start(args, format);
    text_addv(&text, format, args);
    va_end(args);
    text_add(&text, ": ");
    text_add(&text, err->text);
    memcpy(err->text, buffer, text.length + 1);
    return false;
}

int err_exit_code(enum err_kind kind)
{
    switch (kind) {
    case ERR_NONE:
        return 0;
    case ERR_INPUT:
    case ERR_IO:
    case ERR_ENDED:
        return 1;
    case ERR_USAGE:
    case ERR_INTERNAL:
        return 2;
    case ERR_REFUSED:
        return 3;
    }
    return 2;
}
