#pragma once
#include "db.h"
#include "store/results.h"

/* The machinery is the journal's; only the tables differ. */
struct results {
    struct journal journal;
};
