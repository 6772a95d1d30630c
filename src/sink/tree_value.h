/* Text of values and types as the tree output shows them: for people, in the form the schema wants.
 *
 *   integer   192, 8192 (0x2000): hexadecimal beside what does not fit a byte
 *   enum      truecolor (2), 7 (not in color_type)
 *   flags     hidden|archive (0x22), 0x00
 *   text      "IHDR", "a beginning…" (8,192 bytes)
 *   bytes     89 50 4e 47, 89 50 4e 47 … (8,192 bytes)
 *   absent    absent */
#ifndef SINK_TREE_VALUE_H
#define SINK_TREE_VALUE_H

#include "code/program.h"
#include "sink/tree_line.h"
#include "vm/value.h"

/* Appends the value, which is of the program's type (PROGRAM_NONE: computed), to a line. columns is
 * what long text and bytes are cut to; other values are longer where they need be. PLACE, FRAME and
 * LIST have no text. */
void tree_put_value(struct buf *line, const struct program *program, uint32_t type,
                    const struct vm_value *value, bool utf8, unsigned columns);

/* The same for one of many on a line: one form of a number alone, enums by name alone. */
void tree_put_item(struct buf *line, const struct program *program, uint32_t type,
                   const struct vm_value *value, bool utf8);

/* Whether values of a type are shown as many on a line. */
bool tree_is_item(const struct program *program, uint32_t type);
bool tree_is_item_value(const struct vm_value *value);

/* Appends a type's name: "uint16", "chunk", "byte[]"; an array's is its element's, with "[count]"
 * for a known count (else VM_UNKNOWN). */
void tree_put_type(struct buf *line, const struct program *program, uint32_t type, uint64_t count);

#endif
