#pragma once
/* check: cmocka in the order it wants, LEN and a double comparison. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

/* |got - want| <= tolerance * max(1, |want|); both NAN is equal. */
#define check_near(got, want, tolerance)                                                       \
    check_near_at((got), (want), (tolerance), __FILE__, __LINE__)

static inline void check_near_at(double got, double want, double tolerance, const char *file,
                                 int line)
{
    const double scale = fabs(want) > 1.0 ? fabs(want) : 1.0;
    const bool same =
        (isnan(got) && isnan(want)) || got == want || fabs(got - want) <= tolerance * scale;
    if (!same) {
        print_error("%.17g is not near %.17g (tolerance %g)\n", got, want, tolerance);
        _fail(file, line);
    }
}
