#include "config.h"

#include "patch/ips.h"

#include <errno.h>

#include "base/mem.h"
#include "base/number.h"

enum {
    RECORD_MAX = 0xffff, /* bytes of a record */
    RUN_MIN = 9,         /* shorter runs of a byte cost more as records of their own */
    GAP_MAX = 5, /* what is the same between two records and costs no more than a record's front */
    END_OFFSET = 0x454f46, /* "EOF": no record can begin there */
    SIZE_MAX_IPS = 1 << 24,
};

static const char magic[] = "PATCH", end_mark[] = "EOF";

bool ips_is(struct bytes patch) {
    return patch.len >= 5 && memcmp(patch.at, magic, 5) == 0;
}

/* --- reading */

struct reader {
    struct bytes left;
    uint64_t old_size;
    struct patch_edits *edits;
    struct buf behind; /* what lies behind the old end */
};

static bool take(struct reader *reader, unsigned width, uint64_t *number) {
    if (reader->left.len < width) {
        return false;
    }
    *number = number_load(reader->left.at, width, true);
    reader->left = bytes_from(reader->left, width);
    return true;
}

/* Bytes at an offset: over old ones, and behind their end. */
static bool put(struct reader *reader, uint64_t off, struct bytes bytes) {
    if (off < reader->old_size) {
        uint64_t room = reader->old_size - off;
        uint64_t len = bytes.len < room ? bytes.len : room;
        if (patch_edits_put(reader->edits, off, len, bytes.at, len, NULL) != PATCH_PUT_FINE) {
            return false;
        }
        bytes = bytes_from(bytes, len);
        off += len;
    }
    if (bytes.len > 0) {
        uint64_t at = off - reader->old_size;
        if (at + bytes.len > reader->behind.len) {
            buf_fill(&reader->behind, '\0', (size_t)(at + bytes.len - reader->behind.len));
        }
        memcpy(reader->behind.at + at, bytes.at, bytes.len);
    }
    return true;
}

static bool put_run(struct reader *reader, uint64_t off, uint64_t len, uint8_t byte) {
    uint8_t *bytes = mem_alloc((size_t)len);
    memset(bytes, byte, (size_t)len);
    bool fine = put(reader, off, bytes_of(bytes, (size_t)len));
    mem_free(bytes);
    return fine;
}

/* What lies behind "EOF": nothing, or the length to cut to. */
static bool finish(struct reader *reader, const char **why) {
    uint64_t size = UINT64_MAX;
    if (reader->left.len == 3) {
        take(reader, 3, &size);
    } else if (reader->left.len != 0) {
        *why = "there are bytes behind its end";
        return false;
    }
    struct buf *behind = &reader->behind;
    if (size < reader->old_size) {
        behind->len = 0;
    } else if (size - reader->old_size < behind->len) {
        behind->len = (size_t)(size - reader->old_size);
    }
    enum patch_put done = PATCH_PUT_FINE;
    if (size < reader->old_size) {
        done = patch_edits_put(reader->edits, size, reader->old_size - size, NULL, 0, NULL);
    } else if (behind->len > 0) {
        done = patch_edits_put(reader->edits, reader->old_size, 0, behind->at, behind->len, NULL);
    }
    *why = done == PATCH_PUT_FINE ? NULL : "it can't be kept in memory";
    return done == PATCH_PUT_FINE;
}

static bool read_records(struct reader *reader, const char **why) {
    uint64_t off, len;
    for (;;) {
        *why = "it is cut short";
        if (!take(reader, 3, &off)) {
            return false;
        }
        if (off == END_OFFSET && (reader->left.len == 0 || reader->left.len == 3)) {
            return finish(reader, why);
        }
        if (!take(reader, 2, &len)) {
            return false;
        }
        bool fine;
        if (len == 0) {
            uint64_t byte;
            if (!take(reader, 2, &len) || !take(reader, 1, &byte)) {
                return false;
            }
            fine = len == 0 || put_run(reader, off, len, (uint8_t)byte);
        } else {
            if (reader->left.len < len) {
                return false;
            }
            fine = put(reader, off, bytes_of(reader->left.at, (size_t)len));
            reader->left = bytes_from(reader->left, len);
        }
        if (!fine) {
            *why = "it can't be kept in memory";
            return false;
        }
    }
}

bool ips_read(struct bytes patch, struct bytes old, struct patch_edits *edits, const char **why) {
    if (!ips_is(patch)) {
        *why = "it does not begin with \"PATCH\"";
        return false;
    }
    struct reader reader = {.left = bytes_from(patch, 5), .old_size = old.len, .edits = edits};
    bool fine = read_records(&reader, why);
    buf_free(&reader.behind);
    return fine;
}

/* --- writing */

static void put_number(struct buf *out, unsigned width, uint64_t number) {
    number_store((uint8_t *)buf_reserve(out, width), width, true, number);
    out->len += width;
}

/* Whether the byte at `at` differs, all behind the old end being different. */
static bool differs(struct bytes from, struct bytes to, uint64_t at) {
    return at >= from.len || from.at[at] != to.at[at];
}

/* How often the byte at `at` stands there in a row, up to end. */
static uint64_t run_at(struct bytes to, uint64_t at, uint64_t end) {
    uint64_t len = 1;
    while (at + len < end && len < RECORD_MAX && to.at[at + len] == to.at[at]) {
        len++;
    }
    return len;
}

static void put_literal(struct buf *out, struct bytes to, uint64_t at, uint64_t end) {
    while (at < end) {
        /* the byte in front is what it is already, or is just written */
        at -= at == END_OFFSET;
        uint64_t len = end - at < RECORD_MAX ? end - at : RECORD_MAX;
        put_number(out, 3, at);
        put_number(out, 2, len);
        buf_put(out, to.at + at, (size_t)len);
        at += len;
    }
}

/* Records of what is new from `at` to end. */
static void put_stretch(struct buf *out, struct bytes to, uint64_t at, uint64_t end) {
    uint64_t literal = at;
    while (at < end) {
        uint64_t len = run_at(to, at, end);
        if (len >= RUN_MIN && at != END_OFFSET) {
            put_literal(out, to, literal, at);
            put_number(out, 3, at);
            put_number(out, 2, 0);
            put_number(out, 2, len);
            buf_put(out, to.at + at, 1);
            literal = at + len;
        }
        at += len;
    }
    put_literal(out, to, literal, end);
}

bool ips_write(struct buf *out, struct bytes from, struct bytes to, const char **why) {
    if (to.len > SIZE_MAX_IPS) {
        *why = "an IPS patch reaches no further than 16 MiB";
        return false;
    }
    buf_puts(out, magic);
    uint64_t at = 0;
    while (at < to.len) {
        if (!differs(from, to, at)) {
            at++;
            continue;
        }
        uint64_t end = at + 1, same = 0;
        while (end + same < to.len && same <= GAP_MAX) {
            if (differs(from, to, end + same)) {
                end += same + 1;
                same = 0;
            } else {
                same++;
            }
        }
        put_stretch(out, to, at, end);
        at = end;
    }
    buf_puts(out, end_mark);
    if (to.len < from.len) {
        put_number(out, 3, to.len);
    }
    return true;
}
