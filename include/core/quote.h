#pragma once
#include <stdint.h>

/* quote: best bid and ask of one market at one moment, in the market's own currency. */

struct quote {
    int64_t time_ns;
    double bid;
    double ask;
};
