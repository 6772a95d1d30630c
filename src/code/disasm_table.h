/* The disassembler's first half: names of things, and the tables of a program. */
#ifndef CODE_DISASM_TABLE_H
#define CODE_DISASM_TABLE_H

#include "base/buf.h"
#include "code/program.h"

/* Appends the name of a struct ("chunk", or "struct 3" for one written in place), of a member with its struct
 * ("chunk.length"), of an enum; the short text of a type ("u32 big", "chunk[]"); a constant in quotes. PROGRAM_NONE is
 * "-" for each. */
void disasm_struct(const struct program *program, uint32_t id, struct buf *out);
void disasm_member(const struct program *program, uint32_t id, struct buf *out);
void disasm_enum(const struct program *program, uint32_t id, struct buf *out);
void disasm_type(const struct program *program, uint32_t id, struct buf *out);
void disasm_text(const struct program *program, uint32_t id, struct buf *out);

/* Appends spaces up to a column of the line that starts at line_start, one at least. */
void disasm_pad(struct buf *out, size_t line_start, size_t column);

/* Appends the tables, each with a heading; empty ones are left out. */
void disasm_tables(const struct program *program, struct buf *out);

#endif
