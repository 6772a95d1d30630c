/* Script: a patch script, compiled for a schema; what it changes is a program for each of its batches. Nothing is said: what
 * is wrong with the script is among the diagnostics. */
#ifndef LIB_SCRIPT_H
#define LIB_SCRIPT_H

#include "lib/give.h"
#include "sema/script.h"
#include "vm/event.h"

struct script {
    struct compiled *compiled;
    struct sema_script *script;
    struct sema_given *given; /* values for its names, in order */
    uint32_t given_n;
};

/* Compiles the script for a schema that compiled without errors and has a root struct. name is what diagnostics call it;
 * given: values for names that it uses, NAME=VALUE each: the constant that VALUE is, else the text. False where it has
 * mistakes, or (no diagnostics then) is longer than a source may be. */
bool script_compile(struct script *script, struct compiled *compiled, const char *name,
                    struct bytes text, const struct given *given);

/* The first name given that the script does not use, or that was given before (*twice); NULL: none. */
const char *script_misgiven(const struct script *script, bool *twice);

/* The program of a batch; NULL as compile_make. Values of lets in earlier ones were kept. */
struct program *script_program(struct script *script, uint32_t batch, char *why);

/* Keeps what a let came to, for later batches. NULL, or why that can't be. */
const char *script_keep(struct script *script, const struct sema_stmt *let,
                        const struct vm_answer *answer);

#endif
