#include "config.h"

#include <errno.h>

#include "base/mem.h"
#include "io/cursor.h"
#include "lib/internal.h"

/* inputs */

static struct sonde_input *take(struct input *input) {
    struct sonde_input *handle = mem_alloc(sizeof *handle);
    handle->input = input;
    return handle;
}

struct sonde_input *sonde_input_open(const char *path, enum sonde_input_way way,
                                     struct sonde_errors *errors) {
    enum input_way how = INPUT_MAPPED;
    errors_clear(errors);
    switch (way) {
    case SONDE_INPUT_MAPPED:
        break;
    case SONDE_INPUT_COPIED:
        how = INPUT_COPIED;
        break;
    case SONDE_INPUT_GUARDED:
        how = INPUT_GUARDED;
        break;
    }
    struct input *input = input_open_as(path, how);
    if (!input) {
        errors_add_system(errors, errno, "open", path);
        return NULL;
    }
    return take(input);
}

struct sonde_input *sonde_input_memory(const char *name, const void *bytes, size_t size) {
    return take(input_memory(name, bytes_of(bytes, size)));
}

struct sonde_input *sonde_input_shared(const char *name, size_t size, struct sonde_errors *errors) {
    errors_clear(errors);
    struct input *input = input_shared(name, size);
    if (!input) {
        errors_add_system(errors, errno, "make", name);
        return NULL;
    }
    return take(input);
}

void *sonde_input_writable(struct sonde_input *input) {
    return input_writable(input->input);
}

void sonde_input_close(struct sonde_input *input) {
    if (input) {
        input_close(input->input);
        mem_free(input);
    }
}

const char *sonde_input_name(const struct sonde_input *input) {
    return input_name(input->input);
}

const void *sonde_input_bytes(const struct sonde_input *input) {
    return input_data(input->input);
}

uint64_t sonde_input_size(const struct sonde_input *input) {
    return input_size(input->input);
}

int sonde_input_lost(const struct sonde_input *input, uint64_t *offset) {
    uint64_t first;
    bool lost = input_lost(input->input, &first);
    if (lost && offset) {
        *offset = first;
    }
    return lost;
}

/* cursors */

struct sonde_cursor sonde_cursor_over(const void *bytes, uint64_t size) {
    return (struct sonde_cursor){.bytes = bytes, .size = bytes ? size : 0};
}

struct sonde_cursor sonde_cursor_of(const struct sonde_input *input) {
    return sonde_cursor_over(input_data(input->input), input_size(input->input));
}

/* The cursor that does the reading, at the next whole byte. */
static struct cursor reader(const struct sonde_cursor *cursor) {
    struct cursor c = cursor_of(cursor->bytes, cursor->size);
    uint64_t at = cursor->at + (cursor->bit > 0);
    c.pos = at < c.hi ? at : c.hi;
    return c;
}

/* Has the cursor stand where the reader does, if that went well. */
static int follow(struct sonde_cursor *cursor, const struct cursor *reader, bool fine) {
    if (fine) {
        cursor->at = reader->pos;
        cursor->bit = 0;
    }
    return fine;
}

int sonde_cursor_seek(struct sonde_cursor *cursor, uint64_t offset) {
    struct cursor c = reader(cursor);
    return follow(cursor, &c, cursor_seek(&c, offset, NULL));
}

int sonde_cursor_skip(struct sonde_cursor *cursor, uint64_t count) {
    struct cursor c = reader(cursor);
    return follow(cursor, &c, cursor_skip(&c, count, NULL));
}

uint64_t sonde_cursor_tell(const struct sonde_cursor *cursor) {
    struct cursor c = reader(cursor);
    return cursor_tell(&c);
}

uint64_t sonde_cursor_left(const struct sonde_cursor *cursor) {
    struct cursor c = reader(cursor);
    return cursor_remaining(&c);
}

int sonde_cursor_wide(struct sonde_cursor *cursor, unsigned width, enum sonde_order order,
                      int is_signed, struct sonde_integer *out) {
    struct cursor c = reader(cursor);
    bool big = order == SONDE_BIG;
    uint128 bits = 0;
    int128 number = 0;
    if (width < 1 || width > 16) {
        return 0;
    }
    bool fine = is_signed ? cursor_int(&c, width, big, &number, NULL)
                          : cursor_uint(&c, width, big, &bits, NULL);
    if (fine) {
        bits = is_signed ? (uint128)number : bits;
        *out = (struct sonde_integer){(uint64_t)bits, (uint64_t)(bits >> 64)};
    }
    return follow(cursor, &c, fine);
}

int sonde_cursor_uint(struct sonde_cursor *cursor, unsigned width, enum sonde_order order,
                      uint64_t *out) {
    struct sonde_integer wide;
    if (width > 8 || !sonde_cursor_wide(cursor, width, order, 0, &wide)) {
        return 0;
    }
    *out = wide.low;
    return 1;
}

int sonde_cursor_int(struct sonde_cursor *cursor, unsigned width, enum sonde_order order,
                     int64_t *out) {
    struct sonde_integer wide;
    if (width > 8 || !sonde_cursor_wide(cursor, width, order, 1, &wide)) {
        return 0;
    }
    *out = (int64_t)wide.low;
    return 1;
}

int sonde_cursor_bits(struct sonde_cursor *cursor, unsigned count, enum sonde_order order,
                      uint64_t *out) {
    struct cursor c = cursor_of(cursor->bytes, cursor->size);
    uint128 bits;
    if (count < 1 || count > 64 || !cursor_seek(&c, cursor->at, NULL) ||
        !cursor_bits(&c, cursor->bit, count, order == SONDE_BIG, &bits, NULL)) {
        return 0;
    }
    *out = (uint64_t)bits;
    cursor->at += (cursor->bit + count) / 8;
    cursor->bit = (cursor->bit + count) % 8;
    return 1;
}

int sonde_cursor_float(struct sonde_cursor *cursor, unsigned width, enum sonde_order order,
                       double *out) {
    struct cursor c = reader(cursor);
    bool known = width == 2 || width == 4 || width == 8;
    return known && follow(cursor, &c, cursor_float(&c, width, order == SONDE_BIG, out, NULL));
}

int sonde_cursor_uleb128(struct sonde_cursor *cursor, uint64_t *out) {
    struct cursor c = reader(cursor);
    int128 number;
    bool fine = cursor_uleb128(&c, &number, NULL) && number <= (int128)UINT64_MAX;
    if (fine) {
        *out = (uint64_t)number;
    }
    return follow(cursor, &c, fine);
}

int sonde_cursor_sleb128(struct sonde_cursor *cursor, int64_t *out) {
    struct cursor c = reader(cursor);
    int128 number;
    bool fine = cursor_sleb128(&c, &number, NULL) && number >= INT64_MIN && number <= INT64_MAX;
    if (fine) {
        *out = (int64_t)number;
    }
    return follow(cursor, &c, fine);
}

static int give_run(struct sonde_cursor *cursor, const struct cursor *c, bool fine,
                    struct bytes run, struct sonde_run *out) {
    if (fine) {
        *out = (struct sonde_run){run.at, run.len};
    }
    return follow(cursor, c, fine);
}

int sonde_cursor_bytes(struct sonde_cursor *cursor, uint64_t count, struct sonde_run *out) {
    struct cursor c = reader(cursor);
    struct bytes run = {0};
    return give_run(cursor, &c, cursor_bytes(&c, count, &run, NULL), run, out);
}

int sonde_cursor_text(struct sonde_cursor *cursor, struct sonde_run *out) {
    struct cursor c = reader(cursor);
    struct bytes run = {0};
    return give_run(cursor, &c, cursor_cstring(&c, UINT64_MAX, &run, NULL), run, out);
}

int sonde_cursor_peek(const struct sonde_cursor *cursor, uint64_t count, struct sonde_run *out) {
    struct sonde_cursor copy = *cursor;
    return sonde_cursor_bytes(&copy, count, out);
}
