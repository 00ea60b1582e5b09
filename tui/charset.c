#include "tui/charset.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>

bool charset_is_utf8(void)
{
    setlocale(LC_CTYPE, "");
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}
