#include <string.h>

#include "base/num.h"
#include "simulator/wire.h"

enum { WORD_SIZE = 64 };

static int digit_of(char c)
{
    static const char DIGITS[] = "0123456789abcdef";
    const char *at =
        c != '\0' ? strchr(DIGITS, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
    return at != NULL ? (int)(at - DIGITS) : -1;
}

/* Unescapes one name or value of `size` bytes. A NUL is refused: it would shorten the text. */
static bool unescape(const char *bytes, size_t size, char *out, size_t out_size)
{
    size_t length = 0;
    for (size_t i = 0; i < size; i++) {
        int c = bytes[i] == '+' ? ' ' : (unsigned char)bytes[i];
        if (c == '%') {
            const int high = i + 2 < size ? digit_of(bytes[i + 1]) : -1;
            const int low = i + 2 < size ? digit_of(bytes[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return false;
            }
            c = high * 16 + low;
            i += 2;
        }
        if (c == '\0' || length + 1 >= out_size) {
            return false;
        }
        out[length++] = (char)c;
    }
    out[length] = '\0';
    return true;
}

bool wire_form(const char *form, const char *name, char *out, size_t size)
{
    const size_t length = strlen(name);
    while (*form != '\0') {
        const size_t field = strcspn(form, "&");
        if (field > length && form[length] == '=' && memcmp(form, name, length) == 0) {
            return unescape(form + length + 1, field - length - 1, out, size);
        }
        form += field;
        form += *form == '&';
    }
    return false;
}

bool wire_form_integer(const char *form, const char *name, int64_t *out)
{
    char word[WORD_SIZE];
    return !wire_form(form, name, word, sizeof(word)) ||
           num_parse_int64(word, strlen(word), out);
}
