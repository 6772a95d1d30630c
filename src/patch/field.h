/* Field: a place that the machine knows, as a field that can be encoded. */
#ifndef PATCH_FIELD_H
#define PATCH_FIELD_H

#include "patch/encode.h"
#include "vm/vm.h"

/* Of a PLACE of a number, text or bytes whose end is known; false where it is not, or its bytes are not there. What the
 * field refers to lives as long as the machine's space. */
bool field_of_place(struct encode_field *field, struct vm *vm, const struct program *program,
                    const struct vm_value *place);

/* As encode_value, of an INT. Where base is not 0, the field is text (or bytes) that holds the number in that base; it is
 * written in the way in which the digits stand there now, with zeros or blanks in front. */
bool field_encode_number(const struct encode_field *field, const struct vm_value *value,
                         uint32_t base, struct buf *out, struct buf *why);

/* The bits of its byte i that are the field's; the others are beside it. */
uint8_t field_mask(const struct encode_field *field, size_t i);

#endif
