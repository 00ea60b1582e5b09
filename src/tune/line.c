#include "tune/line.h"

#include <string.h>

void line_fold(const char *document, struct text *out)
{
    while (*document != '\0') {
        const size_t length = strcspn(document, "\n");
        text_add_bytes(out, document, length);
        document += length;
        if (*document == '\n') {
            if (length > 0 && document[-1] == ',') {
                text_add_char(out, ' ');
            }
            document++;
            document += strspn(document, " ");
        }
    }
}
