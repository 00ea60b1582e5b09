#pragma once
#include <stdbool.h>

/* charset: may we write more than ASCII? Only LC_CTYPE is taken from the environment: numbers
 * are the same in every locale. */

bool charset_is_utf8(void);
