#pragma once
#include "tune/grid.h"

/* plateau: what do the neighbours of a result on the grid earn (MARKET.md F)?
 *
 * A neighbour is one step up or down one tunable axis, all else equal. Axes that changed no
 * trade have none: a neighbour there is the result itself. A peak that stands alone is luck. */

struct plateau {
    double median_usd;  /* of what ranks; the result itself is not among them; NAN: none */
    int32_t neighbours; /* that are there */
    int32_t possible;   /* that a whole grid would have */
};

struct plateau plateau_of(const struct grid *grid, const struct row *row);
