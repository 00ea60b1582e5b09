#pragma once
#include "base/text.h"

/* line: a JSON document of run/json on one line, as Python's json.dumps would space it. */

/* Appends the folded document, without a line end. Strings hold no raw line ends, so every one
 * is layout. */
void line_fold(const char *document, struct text *out);
