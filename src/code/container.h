/* Container: a program as a run of bytes, and back.
 *
 * What is restored is as trustworthy as the bytes: it runs only once program_verify has accepted it. Sources are not
 * stored, so a restored program has spans without text.
 *
 *     magic "sondeprg" | version, number of opcodes | one count a table, entry, root | the tables, row by row
 *
 * Numbers are little-endian; rows have no padding; constants are a 32-bit length each and then their bytes. */
#ifndef CODE_CONTAINER_H
#define CODE_CONTAINER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "code/program.h"

#define CONTAINER_VERSION 14u

/* Appends the program to out. */
void program_store(const struct program *program, struct buf *out);

/* The program in those bytes, not verified, in arena (copied: the bytes may go). NULL when they are no container, one of
 * another version, cut short, or followed by more. Takes memory in proportion to the bytes at most. */
struct program *program_restore(struct arena *arena, struct bytes stored);

#endif
