/* Verifier: proves that a program is safe to run, whoever made it.
 *
 * The VM trusts a verified program: every index is in range for its table, every table is consistent in itself, and at
 * each instruction the heights of the value stack and of the control stack, and the kinds of the records on it, are known
 * and the same on every way there. What depends on data (the kinds of values, what was found, depth of calls, work) is
 * checked by the VM as it runs.
 *
 * Not proven: that no value outlives the element of a walk that it refers to. The generator sees to that (ITER_BEGIN's
 * operand); so a program from elsewhere, however well formed, is not for use outside of a fuzzer's sandbox. */
#ifndef CODE_VERIFY_H
#define CODE_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "code/program.h"

/* Values and records that one function may have on the stacks at most. */
#define VERIFY_DEPTH_MAX 1024

/* Whether the program is safe; sets program->verified to the answer. On false, why (why_len bytes, may be NULL when
 * that is 0) says what is wrong, cut to fit. Takes time and memory in proportion to the program. */
bool program_verify(struct program *program, char *why, size_t why_len);

#endif
