/* Text of numbers, for the hot path: no locale, no format strings, no NUL behind the text.
 *
 * Every function writes to out, which has room for NUMTEXT_MAX bytes, and returns the end of what it wrote. */
#ifndef BASE_NUMTEXT_H
#define BASE_NUMTEXT_H

#include <stdint.h>

#define NUMTEXT_MAX 40

/* Decimal digits. */
char *numtext_uint(char *out, uint64_t v);
char *numtext_int(char *out, int64_t v);

/* Lower-case hexadecimal digits without a prefix, zeros in front up to min_digits (at most 16; 0 counts as 1). */
char *numtext_hex(char *out, uint64_t v, unsigned min_digits);

/* The shortest decimal text that reads back as the same binary64 or binary32 number, and of those the nearest one:
 * "1.5", "100.0", "-0.0", "1e+16", "1e-05", laid out as Python's repr does it (an exponent when it is below -4 or above
 * 15, of at least two digits). What is not finite is "NaN", "Infinity" or "-Infinity". */
char *numtext_double(char *out, double v);
char *numtext_float(char *out, float v);

#endif
