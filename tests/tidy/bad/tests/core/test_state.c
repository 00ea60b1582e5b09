#include "support/check.h"

#include "base/rng.h"
#include "core/state.h"
#include "io/file.h"

static int calls; /* tests may count */

int main(void)
{
    free(strdup("x")); /* and use the heap as they like */
    return calls;
}
