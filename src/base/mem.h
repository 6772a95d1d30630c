/* Heap memory that is never NULL.
 *
 * For small things, that no caller could do without. What grows with the data is asked for by mem_try_realloc and
 * buf_try_reserve (buf.h), and to have none of it is an error like others. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);            /* uninitialised; size 0 gives a valid pointer */
void *mem_zalloc(size_t n, size_t size); /* n * size bytes, zeroed, product checked */
void *mem_realloc(void *old, size_t n, size_t size); /* room for n * size bytes, product checked */
char *mem_strdup(const char *text);
void mem_free(void *at); /* NULL is fine */

/* Room for size bytes; NULL where there is none, and then old stays as it was. */
void *mem_try_realloc(void *old, size_t size);

/* What the functions above do when memory is exhausted: the function below, where the program has it, else abort. */
_Noreturn void mem_exhausted(void);

/* May be defined by the program that this is part of; must not return. */
__attribute__((weak, visibility("default"))) void sonde_memory_exhausted(void);

#endif
