#pragma once
#include <stdint.h>

#include "base/text.h"

/* numbers: decimals in the spellings of the two venues (VENUES.md 11). */

/* As Java prints a double, which is what Upbit's sockets send: "1.16539E8", "7.9276E-4",
 * "1343.0". Finite and >= 0. */
void number_java(struct text *out, double value);
/* The shortest that reads back the same, never with an exponent: "116539000", "0.0007772". */
void number_plain(struct text *out, double value);
/* Whole units of 10^-decimals with every decimal written out: "61631.70". */
void number_fixed(struct text *out, int64_t units, int decimals);

/* The nearest whole number of 10^-decimals, and back. */
int64_t number_units(double value, int decimals);
double number_value(int64_t units, int decimals);
/* The nearest number with so many decimals. */
double number_rounded(double value, int decimals);
