/* Text of a file as UTF-8: what the encodings of a schema mean.
 *
 * Conversion is iconv's (POSIX); ASCII and UTF-8, which is nearly all text, never get there. */
#ifndef VM_TEXT_H
#define VM_TEXT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/bytes.h"

struct vm_text; /* the conversions in use; for one thread */

struct vm_text *vm_text_new(void);
void vm_text_free(struct vm_text *text); /* NULL is fine */

/* The text in raw, which is in that encoding, as UTF-8.
 *
 * Returns raw itself when it is UTF-8 already, or ASCII under an encoding that ASCII is part of;
 * else what was written to scratch, whose contents are replaced. What is no text of the encoding
 * becomes U+FFFD, and then *bad is set to true, which is left alone otherwise. An encoding that
 * the system does not know, or whose name is none (only letters, digits and "-_.:" are let
 * through to iconv), counts as ASCII. An empty name is UTF-8. */
struct bytes vm_text_convert(struct vm_text *text, struct buf *scratch, struct bytes raw,
                             struct bytes encoding, bool *bad);

/* raw up to its first NUL character, which is two or four bytes wide in UTF-16 and UTF-32. */
struct bytes vm_text_cut(struct bytes raw, struct bytes encoding);

/* Whether text in it is taken as it is. */
bool vm_text_is_utf8(struct bytes encoding);

#endif
