/* Digests of bytes that come piece by piece: what hashes them, by name.
 *
 * md5 to sha512 by nettle (FIPS 180-4, RFC 1321), xxh32 and xxh64 by xxHash, CRCs by base/crc.h with the names of crc.def. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

/* The longest there is, in bytes: SHA-512's. */
#define DIGEST_MAX 64

struct digest;

/* The names there are, for help and suggestions; *n is how many. Those of libraries that are not built in are among them. */
const char *const *digest_names(uint32_t *n);

/* NULL: there is none of that name, or (*missing then) the library that does it is not built in. */
struct digest *digest_new(const char *name, const char **missing);
void digest_free(struct digest *digest); /* NULL is fine */

const char *digest_name(const struct digest *digest);

/* Begins anew; takes the next bytes; gives what came out, a number's bytes from the top, and how many they are. */
void digest_begin(struct digest *digest);
void digest_update(struct digest *digest, struct bytes bytes);
unsigned digest_end(struct digest *digest, uint8_t out[DIGEST_MAX]);

/* The same, appended as lower-case hexadecimal digits. */
void digest_end_text(struct digest *digest, struct buf *out);

#endif
