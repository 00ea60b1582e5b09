#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* num: text to number and back, strictly, the same in every locale.
 *
 * Accepted: an optional '-' or '+', decimal digits with at most one '.', an optional exponent.
 * Refused: empty, blanks, hex, "1_000", "nan", "inf", a number too large for its type. A double
 * is the one strtod would give, to the last bit; below the smallest denormal it is 0. */

bool num_parse_double(const char *bytes, size_t length, double *out);
/* Of what num_parse_double() refuses: does it spell a number that is not finite? "NaN",
 * "-Infinity", "inf", 1e400. */
bool num_is_not_finite(const char *bytes, size_t length);
/* The whole numbers take a sign and digits only. */
bool num_parse_int64(const char *bytes, size_t length, int64_t *out);
bool num_parse_uint64(const char *bytes, size_t length, uint64_t *out);

/* Parses a decimal into whole units of 10^-scale (0..18) exactly; refuses more decimals than
 * that unless they are zeros, and anything outside int64. */
bool num_parse_fixed(const char *bytes, size_t length, int scale, int64_t *out);

enum { NUM_TEXT_SIZE = 40 }; /* enough for every format below, the NUL included */

/* Shortest decimal that parses back to the same double; "null" when not finite. */
const char *num_format_shortest(char buffer[NUM_TEXT_SIZE], double value);

const char *num_format_int64(char buffer[NUM_TEXT_SIZE], int64_t value);
const char *num_format_uint64(char buffer[NUM_TEXT_SIZE], uint64_t value);

/* Whole units of 10^-scale as a plain decimal, trailing zeros cut: 150000000 at 8 is "1.5". */
const char *num_format_fixed(char buffer[NUM_TEXT_SIZE], int64_t value, int scale);
