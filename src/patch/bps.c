#include "config.h"

#include "patch/bps.h"

#include "base/crc.h"
#include "base/mem.h"
#include "base/number.h"

enum action { SOURCE_READ, TARGET_READ, SOURCE_COPY, TARGET_COPY };

enum {
    FOOTER = 12,
    HASHED = 8,     /* bytes by which equal stretches are found */
    MATCH_MIN = 12, /* shorter ones are not worth an action of their own */
    HASH_BITS_MAX = 22,
};

static const char magic[] = "BPS1";

static uint32_t crc32_of(struct bytes bytes) {
    const struct crc_model *model = crc_named(CRC_32_ISO_HDLC);
    struct crc_table *table = mem_alloc(sizeof *table);
    crc_table_make(table, model);
    uint64_t crc = crc_end(model, crc_update(table, crc_begin(model), bytes));
    mem_free(table);
    return (uint32_t)crc;
}

bool bps_is(struct bytes patch) {
    return patch.len >= 4 && memcmp(patch.at, magic, 4) == 0;
}

/* --- reading */

struct reader {
    struct bytes left;
    struct bytes old;
    uint8_t *out;
    uint64_t at, size;       /* of the new file */
    uint64_t old_at, new_at; /* where copies go on */
};

/* A number: seven bits a byte, the last one marked, each length counting on from the shorter ones. */
static bool take_number(struct bytes *left, uint64_t *number) {
    uint64_t value = 0, shift = 0;
    for (;;) {
        if (left->len == 0 || shift > 56) {
            return false;
        }
        uint64_t byte = left->at[0];
        *left = bytes_from(*left, 1);
        value += (byte & 0x7f) << shift;
        if (byte & 0x80) {
            *number = value;
            return true;
        }
        shift += 7;
        value += (uint64_t)1 << shift;
    }
}

/* Reads the head, after which the actions are left. */
static bool take_head(struct bytes patch, struct bytes *left, uint64_t *old_size,
                      uint64_t *new_size) {
    uint64_t about;
    if (!bps_is(patch) || patch.len < 4 + 3 + FOOTER) {
        return false;
    }
    *left = bytes_of(patch.at + 4, patch.len - 4 - FOOTER);
    if (!take_number(left, old_size) || !take_number(left, new_size) ||
        !take_number(left, &about) || about > left->len) {
        return false;
    }
    *left = bytes_from(*left, about);
    return true;
}

bool bps_check(struct bytes patch, uint64_t *new_size) {
    struct bytes left;
    uint64_t old_size;
    return take_head(patch, &left, &old_size, new_size) && *new_size <= PTRDIFF_MAX &&
           crc32_of(bytes_of(patch.at, patch.len - 4)) ==
               number_load32(patch.at + patch.len - 4, false);
}

bool bps_is_for(struct bytes patch, struct bytes old) {
    struct bytes left;
    uint64_t old_size, new_size;
    return take_head(patch, &left, &old_size, &new_size) && old_size == old.len &&
           crc32_of(old) == number_load32(patch.at + patch.len - FOOTER, false);
}

/* Moves the place where copies go on; false where that leaves the size bytes. */
static bool move(struct bytes *left, uint64_t *at, uint64_t size) {
    uint64_t by;
    if (!take_number(left, &by)) {
        return false;
    }
    uint64_t distance = by >> 1;
    if (by & 1 ? distance > *at : distance > size - *at) {
        return false;
    }
    *at = by & 1 ? *at - distance : *at + distance;
    return true;
}

static bool read_action(struct reader *reader) {
    uint64_t number;
    if (!take_number(&reader->left, &number)) {
        return false;
    }
    uint64_t len = (number >> 2) + 1;
    if (len > reader->size - reader->at) {
        return false;
    }
    uint8_t *to = reader->out + reader->at;
    switch ((enum action)(number & 3)) {
    case SOURCE_READ:
        if (reader->at > reader->old.len || len > reader->old.len - reader->at) {
            return false;
        }
        memcpy(to, reader->old.at + reader->at, (size_t)len);
        break;
    case TARGET_READ:
        if (len > reader->left.len) {
            return false;
        }
        memcpy(to, reader->left.at, (size_t)len);
        reader->left = bytes_from(reader->left, len);
        break;
    case SOURCE_COPY:
        if (!move(&reader->left, &reader->old_at, reader->old.len) ||
            len > reader->old.len - reader->old_at) {
            return false;
        }
        memcpy(to, reader->old.at + reader->old_at, (size_t)len);
        reader->old_at += len;
        break;
    case TARGET_COPY:
        if (!move(&reader->left, &reader->new_at, reader->at) || reader->new_at == reader->at) {
            return false;
        }
        for (uint64_t i = 0; i < len; i++) { /* may run into what it makes */
            to[i] = reader->out[reader->new_at + i];
        }
        reader->new_at += len;
        break;
    }
    reader->at += len;
    return true;
}

bool bps_read(struct bytes patch, struct bytes old, uint8_t *out) {
    struct reader reader = {.old = old, .out = out};
    uint64_t old_size;
    bool fine = take_head(patch, &reader.left, &old_size, &reader.size);
    while (fine && reader.left.len > 0) {
        fine = read_action(&reader);
    }
    return fine && reader.at == reader.size &&
           crc32_of(bytes_of(out, (size_t)reader.size)) ==
               number_load32(patch.at + patch.len - 8, false);
}

/* --- writing */

struct writer {
    struct buf *out;
    struct bytes from, to;
    uint64_t literal; /* where what waits as new bytes begins */
    uint64_t old_at, new_at;
    unsigned bits;             /* of a hash */
    uint64_t *old_of, *new_of; /* the last places with a hash, plus 1; 0: none */
};

static void put_number(struct buf *out, uint64_t number) {
    for (;;) {
        uint64_t low = number & 0x7f;
        number >>= 7;
        if (number == 0) {
            buf_putc(out, (char)(low | 0x80));
            return;
        }
        buf_putc(out, (char)low);
        number--;
    }
}

static void put_action(struct writer *writer, enum action action, uint64_t len) {
    put_number(writer->out, (len - 1) << 2 | action);
}

static void put_move(struct writer *writer, uint64_t *from, uint64_t to, uint64_t len) {
    put_number(writer->out, to < *from ? (*from - to) << 1 | 1 : (to - *from) << 1);
    *from = to + len;
}

/* Writes the new bytes that wait, up to `at`. */
static void put_literal(struct writer *writer, uint64_t at) {
    if (writer->literal < at) {
        put_action(writer, TARGET_READ, at - writer->literal);
        buf_put(writer->out, writer->to.at + writer->literal, (size_t)(at - writer->literal));
    }
    writer->literal = at;
}

static size_t hash_at(const struct writer *writer, struct bytes bytes, uint64_t at) {
    return (size_t)(number_load64(bytes.at + at, false) * 0x9e3779b97f4a7c15u >>
                    (64 - writer->bits));
}

/* How many bytes are the same from there on. */
static uint64_t match(struct bytes a, uint64_t a_at, struct bytes b, uint64_t b_at) {
    uint64_t len = 0;
    while (a_at + len < a.len && b_at + len < b.len && a.at[a_at + len] == b.at[b_at + len]) {
        len++;
    }
    return len;
}

static void hash_old(struct writer *writer) {
    for (uint64_t at = 0; at + HASHED <= writer->from.len; at++) {
        writer->old_of[hash_at(writer, writer->from, at)] = at + 1;
    }
}

/* The longest stretch to be had for what stands at `at`, and where it is. */
static uint64_t find(struct writer *writer, uint64_t at, enum action *action, uint64_t *where) {
    uint64_t best = match(writer->from, at, writer->to, at);
    *action = SOURCE_READ;
    if (best >= MATCH_MIN || at + HASHED > writer->to.len) {
        return best;
    }
    size_t hash = hash_at(writer, writer->to, at);
    uint64_t place = writer->old_of[hash];
    uint64_t len = place ? match(writer->from, place - 1, writer->to, at) : 0;
    if (len >= MATCH_MIN && len > best) {
        best = len;
        *action = SOURCE_COPY;
        *where = place - 1;
    }
    place = writer->new_of[hash];
    len = place ? match(writer->to, place - 1, writer->to, at) : 0;
    if (len >= MATCH_MIN && len > best) {
        best = len;
        *action = TARGET_COPY;
        *where = place - 1;
    }
    writer->new_of[hash] = at + 1;
    return best;
}

static void put_actions(struct writer *writer) {
    uint64_t at = 0;
    while (at < writer->to.len) {
        enum action action;
        uint64_t where = 0, len = find(writer, at, &action, &where);
        /* a short stretch in place is worth it between long ones, not between new bytes */
        if (len < (action == SOURCE_READ && writer->literal == at ? 1 : 4)) {
            at++;
            continue;
        }
        put_literal(writer, at);
        put_action(writer, action, len);
        if (action == SOURCE_COPY) {
            put_move(writer, &writer->old_at, where, len);
        } else if (action == TARGET_COPY) {
            put_move(writer, &writer->new_at, where, len);
        }
        at += len;
        writer->literal = at;
    }
    put_literal(writer, at);
}

static void put_crc(struct buf *out, uint32_t crc) {
    number_store((uint8_t *)buf_reserve(out, 4), 4, false, crc);
    out->len += 4;
}

void bps_write(struct buf *out, struct bytes from, struct bytes to) {
    size_t start = out->len;
    struct writer writer = {.out = out, .from = from, .to = to, .bits = 8};
    while (writer.bits < HASH_BITS_MAX && from.len + to.len > (size_t)1 << writer.bits) {
        writer.bits++;
    }
    size_t n = (size_t)1 << writer.bits;
    writer.old_of = mem_zalloc(n, sizeof *writer.old_of);
    writer.new_of = mem_zalloc(n, sizeof *writer.new_of);
    buf_puts(out, magic);
    put_number(out, from.len);
    put_number(out, to.len);
    put_number(out, 0);
    hash_old(&writer);
    put_actions(&writer);
    put_crc(out, crc32_of(from));
    put_crc(out, crc32_of(to));
    put_crc(out, crc32_of(buf_bytes_from(out, start)));
    mem_free(writer.old_of);
    mem_free(writer.new_of);
}
