/* Content: values that somebody wrote down, as a tree: what a struct or an array is to be made of. From a JSON document, or
 * from the braces of a script. Everything lives in the arena of who makes it. */
#ifndef PATCH_CONTENT_H
#define PATCH_CONTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/int128.h"

enum content_kind {
    CONTENT_NOTHING, /* null */
    CONTENT_BOOL,
    CONTENT_INT,
    CONTENT_WIDE, /* 2^127 or more: the 128 bits of `integer` */
    CONTENT_FLOAT,
    CONTENT_TEXT,
    CONTENT_BYTES,
    CONTENT_LIST,
    CONTENT_OBJECT, /* its items have names */
};

struct content {
    uint8_t kind; /* enum content_kind */
    bool used;    /* by who makes something of it */
    bool
        literal; /* TEXT: what it has are bytes, where such are wanted, rather than digits of them */
    struct bytes name; /* in an object */
    union {
        bool boolean;
        int128 integer;
        double real;
        struct bytes bytes; /* TEXT (UTF-8), BYTES */
        struct {
            struct content *at; /* in order */
            uint32_t n;
        };
    };
};

/* The item of an object, or NULL: the last one of that name. */
struct content *content_member(const struct content *object, struct bytes name);

/* It is used, with all that is in it. */
void content_use(struct content *given);

/* The first item with a name that is not used, within what is: its path is appended. Names with '$' are no fields. *twice:
 * another item has the same name. */
const struct content *content_unused(const struct content *given, struct buf *path, bool *twice);

/* "a number" and the like, for messages. */
const char *content_kind_text(enum content_kind kind);

/* Where a document is no JSON. */
struct content_error {
    uint32_t line, column; /* from 1; the column in bytes */
    const char *message;   /* in the arena */
};

/* Whether this build can read JSON (yajl). */
bool content_can_json(void);

/* Reads a JSON document into *out; numbers keep all of their digits. False: *error. */
bool content_json(struct arena *arena, struct bytes text, struct content *out,
                  struct content_error *error);

#endif
