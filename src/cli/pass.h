/* A pass over the bytes of one file, or a range of them, without any schema: opened, watched, closed. */
#ifndef CLI_PASS_H
#define CLI_PASS_H

#include "cli/watch.h"

/* Which bytes: the values of --from and --to as they were written; NULL where the option was not given. */
struct pass_range {
    const char *from;
    const char *to;
};

#define PASS_RANGE_OPTIONS                                                                         \
    {0, "from", "OFFSET", "begin there; negative: counted from the end"}, {                        \
        0, "to", "OFFSET", "end in front of it"                                                    \
    }

struct pass {
    struct input *input;
    const uint8_t *data; /* the whole file's */
    uint64_t size;
    uint64_t from, to; /* from <= to <= size */
    struct watch watch;
};

/* The largest piece that is worked on between two calls of watch_step, in bytes. */
#define PASS_PIECE ((uint64_t)1 << 20)

/* Opens the file at path ("-": standard input) for a pass whose output goes to out. CLI_FINE, or the status where it
 * can't be opened or has no such range, which was told; the pass is not to be ended then. */
int pass_begin(struct pass *pass, const char *path, const struct pass_range *range,
               const struct out *out);

/* Ends it; status, or what is worse. */
int pass_end(struct pass *pass, int status);

/* A place in a file of size bytes: digits, or digits behind 0x; with a minus in front, counted from the end. False where
 * it is none (0 to size), which was told with the file's name. */
bool pass_place(const char *text, const char *name, uint64_t size, uint64_t *place);

/* A number as a place is written, without a minus; false where it is none, which nobody told. */
bool pass_number(const char *text, uint64_t *number);

#endif
