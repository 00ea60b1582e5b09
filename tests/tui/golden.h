#pragma once
#include "base/text.h"

/* golden: screens as text. UPDATE_GOLDEN=1 rewrites the files; the diff is reviewed. */

/* Fails unless tests/golden/NAME.screen says the same. */
void golden_compare(const char *name, const struct text *got);
