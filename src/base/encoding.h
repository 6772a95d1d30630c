/* Text encodings: text of a file as UTF-8, and back.
 *
 * UTF-8, ASCII, ISO-8859-1, UTF-16 and UTF-32 are done here; all others by iconv, whose names hold. Not for locales:
 * an encoding is what its name says, on every machine. */
#ifndef BASE_ENCODING_H
#define BASE_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

/* All of the text is good; no such place. */
#define ENCODING_FINE SIZE_MAX

struct encoding;  /* one that is known; belongs to its table */
struct encodings; /* those in use, each opened once; for one thread */

struct encodings *encodings_new(void);
void encodings_free(struct encodings *encodings); /* NULL is fine */

/* The encoding of that name, upper or lower case; "" is UTF-8. NULL: neither sonde nor iconv knows it (names are of
 * letters, digits and "-_.:+()", nothing else is let through to iconv), or 64 are in use already. */
const struct encoding *encodings_find(struct encodings *encodings, struct bytes name);

/* Number n of those in use, from 0: encodings_number's inverse. */
const struct encoding *encodings_at(const struct encodings *encodings, unsigned n);
unsigned encodings_number(const struct encodings *encodings, const struct encoding *encoding);

/* Names that people write, for suggestions; *n is how many. */
const char *const *encoding_common_names(unsigned *n);

const char *encoding_name(const struct encoding *encoding);
bool encoding_is_utf8(const struct encoding *encoding);

/* Bytes of one code unit: 1, 2 or 4. */
size_t encoding_unit(const struct encoding *encoding);

/* The text in raw as UTF-8: raw itself where it is that already, else what was written to scratch, whose contents are
 * replaced. What is no text of the encoding becomes U+FFFD, and then *bad is the offset in raw of the first such
 * place; else ENCODING_FINE. "UTF-16" and "UTF-32" take a byte order mark, which is no part of the text, and are
 * big-endian without one (RFC 2781). */
struct bytes encoding_decode(const struct encoding *encoding, struct buf *scratch, struct bytes raw,
                             size_t *bad);

/* Appends UTF-8 text in the encoding to out; false, with nothing appended, when it has no such characters. `like` is
 * text whose byte order mark "UTF-16" and "UTF-32" go by; nothing is written of a mark. */
bool encoding_encode(const struct encoding *encoding, struct bytes text, struct bytes like,
                     struct buf *out);

/* The bytes of the byte order mark that raw begins with, where the encoding takes one as no part of the text. */
size_t encoding_mark(const struct encoding *encoding, struct bytes raw);

/* raw up to its first NUL, which is one code unit. */
struct bytes encoding_cut(const struct encoding *encoding, struct bytes raw);

/* The first byte behind a text's NUL, which is at `from`, that is no padding; ENCODING_FINE: there is none. Blanks are some (tar
 * ends its checksum with a NUL and one). */
size_t encoding_behind(struct bytes raw, size_t from);

/* Whether nothing is odd about the text in raw: all of it is of the encoding, and, cut at its first NUL, nothing but padding lies
 * behind that. Quick where it is UTF-8 and all is ASCII. */
bool encoding_is_fine(const struct encoding *encoding, bool cut, struct bytes raw,
                      struct buf *scratch);

/* Where wanted stands first in raw, at a whole number of code units from its start; ENCODING_FINE: nowhere. */
size_t encoding_search(const struct encoding *encoding, struct bytes raw, struct bytes wanted);

#endif
