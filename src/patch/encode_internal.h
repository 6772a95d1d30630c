/* What the files of encoding share; nothing else includes it. */
#ifndef PATCH_ENCODE_INTERNAL_H
#define PATCH_ENCODE_INTERNAL_H

#include "patch/encode.h"

static inline const struct program_type *encode_type(const struct encode_field *field) {
    return &field->program->types.at[field->type];
}

/* encode.c: each tells why and returns false. */
bool encode_fail(struct buf *why, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The value is of another kind than the field: wanted is "a number" and the like. */
bool encode_mismatch(const struct encode_field *field, const struct vm_value *value,
                     const char *wanted, struct buf *why);
/* The value as a message shows it; the name of the field's type. */
void encode_put_value(const struct encode_field *field, const struct vm_value *value,
                      struct buf *out);
void encode_put_type(const struct encode_field *field, struct buf *out);

/* encode_number.c */
bool encode_number(const struct encode_field *field, const struct vm_value *value, struct buf *out,
                   struct buf *why);
/* encode_text.c */
bool encode_run(const struct encode_field *field, const struct vm_value *value, struct buf *out,
                struct buf *why);

#endif
