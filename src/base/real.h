/* What else there is in libm alone, of floating-point numbers. A program without libm starts by a tenth sooner: the system neither
 * looks for it, nor maps it, nor touches its pages. */
#ifndef BASE_REAL_H
#define BASE_REAL_H

/* fmod: the remainder of a / b, exact, with a's sign; NaN where there is none (b 0, a infinite, either NaN). */
double real_rem(double a, double b);

/* The logarithm to the base 2 of a normal number above 0, good to a few units in the last place; of powers of 2 exact. For
 * what is measured, not for a schema's arithmetic. */
double real_log2(double x);

#endif
