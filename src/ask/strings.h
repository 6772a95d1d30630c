/* Strings: runs of printable characters in bytes that are anything, as strings(1) of the GNU binutils finds them. */
#ifndef ASK_STRINGS_H
#define ASK_STRINGS_H

#include <stdbool.h>
#include <stdint.h>

enum strings_encoding {
    STRINGS_ASCII,   /* 0x20..0x7e and the tabulator */
    STRINGS_8BIT,    /* these and all from 0x80 on */
    STRINGS_UTF8,    /* ASCII's and all others that are no controls */
    STRINGS_UTF16LE, /* ASCII's, in two or four bytes */
    STRINGS_UTF16BE,
    STRINGS_UTF32LE,
    STRINGS_UTF32BE,
    STRINGS_ENCODINGS
};

/* "ascii", "8bit", … */
extern const char *const strings_encoding_texts[STRINGS_ENCODINGS];

struct strings {
    const uint8_t *data;
    uint64_t pos, to; /* what is left: data[pos..to] */
    uint64_t min;     /* characters of a string; at least 1 */
    enum strings_encoding encoding;
};

enum strings_found {
    STRINGS_HIT,
    STRINGS_MORE, /* none in the next 4 MiB */
    STRINGS_END,
};

/* The next string: where it begins and how many bytes it takes. After what is no character the next one may begin a byte
 * further on, in wide encodings, too. */
enum strings_found strings_next(struct strings *strings, uint64_t *off, uint64_t *len);

/* The bytes of a character in the encoding (1 for UTF-8, where they differ), and the byte of them that is the character. */
unsigned strings_unit(enum strings_encoding encoding);
unsigned strings_low(enum strings_encoding encoding);

#endif
