/* Display forms: what `as hex`, `as unixtime`, `as ipv6` … make of a value, for people.
 *
 * Times are in UTC by the proleptic Gregorian calendar, whatever the locale and time zone are.
 * Output is ASCII. Formats for programs (JSON, CSV) do not come here. */
#ifndef SINK_FORM_H
#define SINK_FORM_H

#include "base/buf.h"
#include "code/program.h"
#include "vm/value.h"

/* Appends the value in that form and returns true, or appends nothing and returns false where the
 * form has no text for it (an hour of 25, five bytes as a MAC address, PLAIN): the caller then
 * shows the value plainly.
 *
 * bits is the number's width, which hex, oct and bin are padded to (0: as few digits as needed).
 * The address forms (ipv4, ipv6, mac, eui64, uuid, guid, fourcc) take bytes, stored text, or a
 * number. That counts as its bytes from the most significant one on; but where it is known to lie
 * in a space, uuid, guid and fourcc take the bytes as they lie there, which is how these are
 * written down whatever the byte order.
 *
 *   hex      0x00ff (bytes: 00ff)     ipv4    192.0.2.1
 *   dec      255                      ipv6    2001:db8::1 (RFC 5952)
 *   oct      0o377                    mac     00:00:5e:00:53:01
 *   bin      0b11111111               eui64   00-00-5e-ff-fe-00-53-01
 *   char     'A'                      uuid    00112233-4455-6677-8899-aabbccddeeff (RFC 9562)
 *   size     1.5 MiB (1,572,864)      guid    33221100-5544-7766-8899-aabbccddeeff, of the same bytes:
 *   fourcc   'IHDR'                           its first three numbers are little-endian
 *   fixed8   1.5, of 0x180            fractions of so many bits, also fixed14, 16, 30, 32
 *
 * Times are those of form_time.h. */
bool form_text(struct buf *out, enum type_form form, const struct vm_value *value, unsigned bits);

/* Whether what the form makes of a number is as short as one. */
bool form_is_number(enum type_form form);

/* Appends a number with commas between groups of three digits. */
void form_count(struct buf *out, uint64_t n);

/* Appends decimal digits. */
void form_integer(struct buf *out, int128 value);

/* Appends "0x…" with at least as many digits as bits need (0: as few as needed); a negative number
 * is -0x…, or its two's complement where bits are known. */
void form_hex(struct buf *out, int128 value, unsigned bits);

#endif
