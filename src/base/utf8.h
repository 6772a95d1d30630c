/* UTF-8 (RFC 3629): decoding, encoding and checking, and what takes how many columns of a terminal.
 *
 * Strict: surrogates, overlong forms and code points above U+10FFFF are errors. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* The longest sequence, in bytes. */
#define UTF8_MAX 4

/* U+FFFD stands for what is no UTF-8. */
#define UTF8_REPLACEMENT 0xfffdu

/* Decodes the sequence at the front of the len (at least 1) bytes at `at`.
 *
 * Returns its length (1..4) and sets *code. For an error, returns minus the number of bytes (1..3) that one U+FFFD
 * replaces, which is the longest start of some valid sequence (Unicode 15, 3.9, "maximal subpart"), and sets *code to
 * UTF8_REPLACEMENT. */
int utf8_decode(const unsigned char *at, size_t len, uint32_t *code);

/* Writes the sequence of a code point to out (UTF8_MAX bytes) and returns its length, or 0 for what is no code point
 * (a surrogate, or beyond U+10FFFF). */
size_t utf8_encode(uint32_t code, char *out);

/* Whether all of it is UTF-8; empty text is. */
bool utf8_valid(struct bytes text);

/* The columns a code point takes on a terminal: 0 for combining and format characters, 2 for East Asian wide ones, else
 * 1 (also for controls, which nobody should print). */
unsigned utf8_width(uint32_t code);

/* The length of the longest run at the front of the len bytes at `at` that is printable ASCII (0x20..0x7e) without '"'
 * and '\\': text that goes into a JSON string, or onto a terminal, as it is. */
size_t utf8_ascii_run(const unsigned char *at, size_t len);

#endif
