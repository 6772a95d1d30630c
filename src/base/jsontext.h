/* JSON strings (RFC 8259) and hexadecimal text, written to memory the caller has made room in.
 *
 * Only the text of single values: no commas, no nesting, no buffer. */
#ifndef BASE_JSONTEXT_H
#define BASE_JSONTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

/* The most bytes the JSON string of n bytes takes, its quotes included. */
#define JSONTEXT_ROOM(n) (6 * (n) + 2)

/* Writes text as a JSON string, quotes included, to out, which has JSONTEXT_ROOM(text.len) bytes; returns the end.
 *
 * '"', '\\' and the controls U+0000..U+001F and U+007F..U+009F are escaped (shortest form, lower-case digits), other
 * characters go through as UTF-8. What is no UTF-8 becomes U+FFFD (one for each maximal subpart, as utf8_decode tells
 * them), and then *bad is set to true, which is left alone otherwise; bad may be NULL. */
char *jsontext_string(char *out, struct bytes text, bool *bad);

/* Writes two lower-case hexadecimal digits for each byte to out (2 * bytes.len); returns the end. */
char *jsontext_hex(char *out, struct bytes bytes);

#endif
