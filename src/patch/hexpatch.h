/* Hex patch: a change of bytes as text that people can read, check and write.
 *
 *     sonde bytes 1
 *     file firmware.bin
 *     from 4096 crc64 995dc9bbdf1939fa
 *     to 4098 crc64 0b3c6ddd4b2ff7ee
 *     0x10 0000ffff -> 00000001       these bytes, which must be there, become those
 *     0x40 -> 6162                    an insertion
 *     0x50 636465 ->                  a deletion
 *
 * Only the first line must be there. Offsets are those of the file before the change. Blanks stand between all parts
 * and may stand between bytes; empty lines and what is behind "#" count for nothing. */
#ifndef PATCH_HEXPATCH_H
#define PATCH_HEXPATCH_H

#include "base/buf.h"
#include "io/out.h"
#include "patch/splice.h"

struct hexpatch_side {
    bool has_size, has_sum;
    uint64_t size;
    uint64_t sum; /* CRC-64/XZ of all bytes */
};

struct hexpatch_head {
    struct bytes
        file; /* the name of the file that it is for, without folders; empty: none is said */
    struct hexpatch_side from, to;
};

/* Writes a patch of that head; old: the bytes that the edits are of. With inverse, the patch that takes the edits back. */
void hexpatch_write(struct out *out, const struct hexpatch_head *head,
                    const struct patch_edits *edits, const uint8_t *old, bool inverse);

/* Reading:
 *
 *     struct hexpatch hexpatch;
 *     if (hexpatch_begin(&hexpatch, text)) while (hexpatch_next(&hexpatch)) … hexpatch.off, before, after …
 *     if (hexpatch.wrong) … hexpatch.line …
 *     hexpatch_end(&hexpatch);
 */
struct hexpatch {
    struct hexpatch_head head; /* its name lies in the text */
    uint64_t off;
    struct buf before, after;
    uint64_t line;     /* the one just read, from 1 */
    const char *wrong; /* what is wrong with it; NULL: nothing */
    struct bytes left;
};

/* Whether the text is a hex patch, by its first line. */
bool hexpatch_is(struct bytes text);

/* Reads the head; false where it is wrong. */
bool hexpatch_begin(struct hexpatch *hexpatch, struct bytes text);

/* The next change; false at the end, and where a line is wrong. */
bool hexpatch_next(struct hexpatch *hexpatch);
void hexpatch_end(struct hexpatch *hexpatch);

#endif
