#include "sight_pair.h"

#include <math.h>

const char *sight_any_pair(const char *at, struct sight_literal between,
                           struct sight_literal behind, sight_two *out)
{
    double first, second;
    const bool read = sight_number(&at, &first) && sight_pass(&at, between) &&
                      sight_number(&at, &second) && sight_pass(&at, behind);
    if (!read) {
        return NULL;
    }
    *out = (sight_two){first, second};
    return at;
}

#if defined(__SSE2__)

/* In front of the point a digit goes one place on, behind it it stays. */
#define PLACE(place, whole, end)                                                               \
    ((place) == 0 ? 0x80 : (place) <= (whole) ? (place)-1 : (place) < (end) ? (place) : 0x80)

#define LAYOUT(whole, end, scale)                                                              \
    {                                                                                          \
        {PLACE(0, whole, end),  PLACE(1, whole, end),  PLACE(2, whole, end),                   \
         PLACE(3, whole, end),  PLACE(4, whole, end),  PLACE(5, whole, end),                   \
         PLACE(6, whole, end),  PLACE(7, whole, end),  PLACE(8, whole, end),                   \
         PLACE(9, whole, end),  PLACE(10, whole, end), PLACE(11, whole, end),                  \
         PLACE(12, whole, end), PLACE(13, whole, end), PLACE(14, whole, end),                  \
         PLACE(15, whole, end)},                                                               \
            (end) == (whole) + 1 ? (double)NAN : (scale)                                       \
    }

#define LAYOUTS(whole, scale)                                                                  \
    {                                                                                          \
        LAYOUT(whole, 0, scale), LAYOUT(whole, 1, scale), LAYOUT(whole, 2, scale),             \
            LAYOUT(whole, 3, scale), LAYOUT(whole, 4, scale), LAYOUT(whole, 5, scale),         \
            LAYOUT(whole, 6, scale), LAYOUT(whole, 7, scale), LAYOUT(whole, 8, scale),         \
            LAYOUT(whole, 9, scale), LAYOUT(whole, 10, scale), LAYOUT(whole, 11, scale),       \
            LAYOUT(whole, 12, scale), LAYOUT(whole, 13, scale), LAYOUT(whole, 14, scale),      \
            LAYOUT(whole, 15, scale)                                                           \
    }

const struct sight_layout SIGHT_LAYOUTS[SIGHT_PLACES][SIGHT_PLACES] = {
    LAYOUTS(0, (double)NAN), LAYOUTS(1, 1e14), LAYOUTS(2, 1e13), LAYOUTS(3, 1e12),
    LAYOUTS(4, 1e11),        LAYOUTS(5, 1e10), LAYOUTS(6, 1e9),  LAYOUTS(7, 1e8),
    LAYOUTS(8, 1e7),         LAYOUTS(9, 1e6),  LAYOUTS(10, 1e5), LAYOUTS(11, 1e4),
    LAYOUTS(12, 1e3),        LAYOUTS(13, 1e2), LAYOUTS(14, 1e1), LAYOUTS(15, 1e0),
};

#endif
