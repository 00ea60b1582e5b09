#pragma once

/* simulated_math: e^x and ln x from + - * / alone, so that gcc and clang, and every libm, give
 * the simulated market the same bytes. Good to a few units in the last place. */

double simulated_exp(double x); /* |x| <= 600 */
double simulated_log(double x); /* finite, > 0 */

/* 2^(-time / half_life): what is left after `time`. half_life > 0, time >= 0. */
double simulated_decay(double time, double half_life);
