/* Input: the bytes of one file, read-only, as if all of them were in memory.
 *
 * Regular files and block devices are mapped whole (PROT_READ); pipes, FIFOs, sockets and character devices are spooled
 * first (memory up to a threshold, then an unlinked temporary file that is mapped), and so are files without a size that
 * have bytes all the same (procfs). Small files may be copied instead. Always opened O_RDONLY. A file that shrinks under a guarded map does not kill the
 * process: what is gone reads as zeros and input_lost tells where. An input may be read by many threads at once. */
#ifndef IO_INPUT_H
#define IO_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct input;

enum input_access {
    INPUT_SEQUENTIAL, /* one pass from front to back */
    INPUT_RANDOM,     /* a few places */
    INPUT_NORMAL,
};

/* How the bytes of a file come into memory. */
enum input_way {
    INPUT_QUICK, /* copied where that takes less time than a map, which is for small files; else guarded */
    INPUT_GUARDED, /* mapped, and lost pages are minded (the process gets a handler of SIGBUS) */
    INPUT_MAPPED,  /* mapped: a file that shrinks meanwhile kills the process by SIGBUS */
    INPUT_COPIED,  /* read, as a pipe is: what becomes of the file meanwhile makes no difference */
};

/* Opens the file at path, the quick way; "-" is standard input, from where it stands. NULL on failure with errno set (EISDIR for a
 * directory, EFBIG for what the address space can't hold). Opening a FIFO waits for its writer, as open does. */
struct input *input_open(const char *path);
struct input *input_open_as(const char *path, enum input_way way);

/* Copies the file at path where it has no more than `most` bytes (or no size, as a pipe has none); else EFBIG. */
struct input *input_read(const char *path, uint64_t most);

/* An input of the file that a descriptor is open for reading, from its start; name is for messages. The descriptor stays
 * the caller's. NULL on failure with errno set, as input_open. */
struct input *input_descriptor(const char *name, int fd);

/* An input over bytes that the caller owns and keeps; name is for messages. */
struct input *input_memory(const char *name, struct bytes bytes);

/* An input over size bytes, zeros at first, that a child of the process shares. NULL on failure with errno set. */
struct input *input_shared(const char *name, size_t size);

/* Where the bytes of a shared input are written; NULL for any other. */
uint8_t *input_writable(const struct input *input);

void input_close(struct input *input); /* NULL is fine */

const char *input_name(const struct input *input);    /* as given; "<stdin>" for "-" */
const uint8_t *input_data(const struct input *input); /* valid pointer even when empty */
uint64_t input_size(const struct input *input);

/* Tells the kernel how the bytes will be read. */
void input_advise(struct input *input, enum input_access access);

/* Gives the pages of [off, off + len) back to the kernel, so that memory does not grow along a long pass; the bytes
 * stay readable. Pages in front of off may go too. Does nothing for bytes that are not mapped. */
void input_forget(struct input *input, uint64_t off, uint64_t len);

/* Whether bytes of the map are gone (the file was truncated meanwhile, or its device failed); *off is the first such
 * byte's offset: the file's end now, or the start of the first page that failed. What was read from there on is not
 * the file's. Asks the system for the file's size: for the end of a pass, not for each read. */
bool input_lost(const struct input *input, uint64_t *off);

#endif
