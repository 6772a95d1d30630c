/* Lost pages: what keeps the process alive when a mapped file shrinks or its device fails.
 *
 * Touching a page of a map that the file no longer has raises SIGBUS. While a range is watched, such a fault inside it
 * puts zeros in place of the rest of the range, from the page on, and notes where; a fault anywhere else is
 * left to the handler that was there before. Any number of ranges and threads. Private to this folder. */
#ifndef IO_LOST_H
#define IO_LOST_H

#include <stddef.h>
#include <stdint.h>

struct lost_range;

/* Watches the map of len > 0 bytes at at (the address that mmap gave). The first call installs the handler of SIGBUS.
 * The range is given back by lost_unwatch, before the map is undone. */
struct lost_range *lost_watch(const void *at, size_t len);
void lost_unwatch(struct lost_range *range);

/* The offset of the first lost page from the range's start, in bytes; SIZE_MAX while none is lost. */
size_t lost_first(const struct lost_range *range);

#endif
