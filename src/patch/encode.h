/* Encoding: a value as the bytes that a field of some type holds. The reverse of what the machine loads (vm/load.c).
 *
 * Numbers, text and bytes alone: not for structs and arrays, and not for where a field lies or how long something else
 * says it is. A value that the stored bytes have already keeps them, be they written in an odd way (a longer variable-length
 * number than need be, blanks behind a text's NUL). */
#ifndef PATCH_ENCODE_H
#define PATCH_ENCODE_H

#include "base/buf.h"
#include "base/encoding.h"
#include "vm/value.h"

/* A field, and what it holds now. */
struct encode_field {
    const struct program *program;
    uint32_t type;                   /* of the program: a number, text or bytes */
    struct vm_ambient ambient;       /* byte and bit order, where the type says none */
    const struct encoding *encoding; /* of text */
    struct bytes stored; /* where it lies; a terminator that is no part of it left out */
    unsigned bit;  /* of a packed number: bits in front of it in the first byte of stored, 0..7; */
    unsigned bits; /* and how many it has */
    struct bytes behind; /* a terminator, as it stands there; empty: as the type says, if it does */
    bool fresh;          /* stored has no value yet: there is nothing to keep */
};

/* Appends the bytes that hold the value to out: as many as are stored, where the type or bits say how many, else as many
 * as it takes; of a packed number whole bytes, with what is beside it as stored. False, with nothing appended, where the
 * field can't hold it: *why is told so in a sentence. The value is loaded: BOOL, INT, WIDE, FLOAT, TEXT, BYTES; TEXT in
 * place of an INT names an enumerator, or flags ("a|b"). */
bool encode_value(const struct encode_field *field, const struct vm_value *value, struct buf *out,
                  struct buf *why);

#endif
