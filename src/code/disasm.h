/* Disassembler: a program as text, to learn from and to look for errors with.
 *
 * Its tables come first (structs with their members, types, enums, blocks), then its functions, each with a heading that
 * says what it is for, and its instructions with their operands resolved and a remark each. Where the program has
 * sources, a line of the schema stands above the instructions made of it. */
#ifndef CODE_DISASM_H
#define CODE_DISASM_H

#include "base/buf.h"
#include "code/program.h"

/* Appends the text of a verified program to out. */
void program_disasm(const struct program *program, struct buf *out);

#endif
