#pragma once
#include <stdint.h>

/* units: numbers to text as an operator reads them: thousands separated, signs where a sign
 * means something, ages in words. The same in every locale. */

enum { UNITS_SIZE = 48 };

/* 148,235,000 with so many decimals (0..8); "-" when not finite. */
const char *units_number(char buffer[UNITS_SIZE], double value, int decimals);
/* The same with '+' or '-' in front; what rounds to zero is "0.00" without a sign. */
const char *units_signed(char buffer[UNITS_SIZE], double value, int decimals);
/* As many decimals as that market's ticks want: 148,235,000  3,456.7  0.5123. */
const char *units_price(char buffer[UNITS_SIZE], double price);
int units_price_decimals(double price);
/* At most seven columns with four to five figures: 0.1731, 12.40, 1,234, 56.7k; <0.0001. */
const char *units_size(char buffer[UNITS_SIZE], double size);
/* <1s 3.4s 12s 4m10s 2h05m 3d04h; "never" below zero. */
const char *units_age(char buffer[UNITS_SIZE], int64_t age_ns);
/* Whole seconds in three columns at least: what stands beside it does not move as it beats. */
const char *units_age_steady(char buffer[UNITS_SIZE], int64_t age_ns);
/* 41:10 or 03:41:12, for things that run down or up; rounds up to whole seconds. */
const char *units_clock(char buffer[UNITS_SIZE], double seconds);
/* 21:24:07 of an event time, UTC; "--:--:--" for 0. */
const char *units_time(char buffer[UNITS_SIZE], int64_t time_ns);
/* x1, x0.05, x600, max; the sign is U+00D7. */
const char *units_speed(char buffer[UNITS_SIZE], double speed);
