/* Transforms: bytes made of other bytes, by the libraries of their formats. They know nothing of the machine.
 *
 * Each of these functions reads from in, appends to out and says how it ended; what it made before it failed stays. */
#ifndef VM_TRANSFORM_H
#define VM_TRANSFORM_H

#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

enum transform_end {
    TRANSFORM_WHOLE,
    TRANSFORM_EARLY,    /* in ends before its contents do */
    TRANSFORM_BAD,      /* why says what is wrong */
    TRANSFORM_TOO_MUCH, /* it would make more than most bytes */
    TRANSFORM_NO_ROOM,  /* there is no memory for more */
    TRANSFORM_MISSING,  /* this sonde has no library of the name in why */
};

struct transform {
    struct bytes in;
    uint64_t most;  /* bytes that it may make */
    struct buf out; /* what it made; the caller's to free */
    uint64_t taken; /* bytes of in that it used */
    enum transform_end end;
    char why[128];
};

/* RFC 1950; RFC 1951; RFC 1952, members laid end to end. */
void transform_zlib(struct transform *t);
void transform_deflate(struct transform *t);
void transform_gzip(struct transform *t);

/* bzip2's streams laid end to end. */
void transform_bzip2(struct transform *t);

/* The .xz file format 1.1.0: streams laid end to end, with their padding; the .lzma ("alone") format. */
void transform_xz(struct transform *t);
void transform_lzma(struct transform *t);

/* RFC 8878; the LZ4 frame format 1.6.3, the legacy one too: frames laid end to end, skippable ones among them. */
void transform_zstd(struct transform *t);
void transform_lz4(struct transform *t);

/* An LZ4 block that is all of in and stands for size bytes. */
void transform_lz4_block(struct transform *t, uint64_t size);

/* Each byte exclusive-or'ed with those of the key (of one byte at least), over and over. */
void transform_xor(struct transform *t, struct bytes key);

/* Each group of 1 to 16 bytes, as one big-endian number, rotated left by fewer bits than it has. */
void transform_rotate(struct transform *t, unsigned left, unsigned group);

/* RFC 4648: base64 in either alphabet, the padding may be missing; base16. White space is passed over. */
void transform_base64(struct transform *t);
void transform_hex(struct transform *t);

/* For the functions above: room for n more bytes of out; NULL where there is none, and t is ended. */
unsigned char *transform_room(struct transform *t, size_t n);

/* For the functions above: one step of a decoder. It takes from *in and writes to *out, moving both on. */
enum transform_step { STEP_MORE, STEP_ENDED, STEP_BAD };
struct transform_io {
    struct bytes in;
    unsigned char *out;
    size_t room; /* bytes at out; in.len and room fit 31 bits */
};
typedef enum transform_step transform_stepper(void *state, struct transform_io *io);

/* Steps until the stream ends (true), or its input does, or it is wrong, or makes too much. A stepper that returns
 * STEP_BAD says why itself. */
bool transform_run(struct transform *t, transform_stepper *step, void *state);

/* Ends t as one that is wrong. */
void transform_fail(struct transform *t, const char *why);

/* The four bytes at the next place of in as a little-endian number; 0 where there are fewer. */
uint32_t transform_mark(const struct transform *t);

#endif
