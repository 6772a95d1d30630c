/* Heap memory that is never NULL.
 *
 * Exhausted memory is an environment error that no caller could mend: these functions then write one line to
 * standard error and end the process with status 5, the documented exit status for a failed environment. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);            /* uninitialised; size 0 gives a valid pointer */
void *mem_zalloc(size_t n, size_t size); /* n * size bytes, zeroed, product checked */
void *mem_realloc(void *old, size_t n, size_t size); /* room for n * size bytes, product checked */
char *mem_strdup(const char *text);
void mem_free(void *at); /* NULL is fine */

/* The end described above. */
_Noreturn void mem_exhausted(void);

#endif
