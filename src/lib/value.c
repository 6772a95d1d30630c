#include "config.h"

#include <string.h>

#include "lib/internal.h"
#include "sink/scalar.h"

static uint128 bits_of(const struct sonde_value *value) {
    return (uint128)value->integer.high << 64 | value->integer.low;
}

/* The value as an integer from -2^127 to 2^127-1. */
static bool integer_of(const struct sonde_value *value, int128 *out) {
    if (value->kind == SONDE_BOOL) {
        *out = value->boolean;
        return true;
    }
    *out = (int128)bits_of(value);
    return value->kind == SONDE_INT;
}

int sonde_value_int64(const struct sonde_value *value, int64_t *out) {
    int128 v;
    if (!integer_of(value, &v) || v < INT64_MIN || v > INT64_MAX) {
        return 0;
    }
    *out = (int64_t)v;
    return 1;
}

int sonde_value_uint64(const struct sonde_value *value, uint64_t *out) {
    int128 v;
    if (!integer_of(value, &v) || v < 0 || v > (int128)UINT64_MAX) {
        return 0;
    }
    *out = (uint64_t)v;
    return 1;
}

int sonde_value_double(const struct sonde_value *value, double *out) {
    int128 v;
    if (value->kind == SONDE_FLOAT) {
        *out = value->number;
    } else if (value->kind == SONDE_WIDE) {
        *out = (double)bits_of(value);
    } else if (integer_of(value, &v)) {
        *out = (double)v;
    } else {
        return 0;
    }
    return 1;
}

/* printing */

static void put_number(struct buf *out, const struct sonde_value *value) {
    char *at = buf_reserve(out, SCALAR_NUMBER_ROOM), *end = at;
    if (value->kind == SONDE_WIDE) {
        end = scalar_uint(at, bits_of(value), SCALAR_CSV);
    } else if (value->kind == SONDE_INT) {
        end = scalar_int(at, (int128)bits_of(value), SCALAR_CSV);
    } else if (value->bits > 0 && value->bits <= 32) {
        end = scalar_float(at, (float)value->number, SCALAR_CSV);
    } else {
        end = scalar_double(at, value->number, SCALAR_CSV);
    }
    out->len += (size_t)(end - at);
}

/* As many bytes of text as there is room for; how many there are. */
static size_t give_text(struct bytes text, char *out, size_t size) {
    if (size > 0) {
        size_t n = text.len < size ? text.len : size - 1;
        if (n > 0) {
            memcpy(out, text.at, n);
        }
        out[n] = '\0';
    }
    return text.len;
}

static size_t give_digits(struct bytes bytes, char *out, size_t size) {
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;
    for (; at + 1 < size && at < 2 * bytes.len; at++) {
        unsigned byte = bytes.at[at / 2];
        out[at] = digits[at % 2 ? byte & 15 : byte >> 4];
    }
    if (size > 0) {
        out[at] = '\0';
    }
    return 2 * bytes.len;
}

size_t sonde_value_print(const struct sonde_value *value, char *out, size_t size) {
    struct buf number = {0};
    size_t len;
    switch (value->kind) {
    case SONDE_ABSENT:
        return give_text(bytes_of("", 0), out, size);
    case SONDE_BOOL:
        return give_text(bytes_text(value->boolean ? "true" : "false"), out, size);
    case SONDE_TEXT:
    case SONDE_REFERENCE:
        return give_text(bytes_of(value->text.at, value->text.length), out, size);
    case SONDE_BYTES:
        return give_digits(bytes_of(value->bytes.at, value->bytes.length), out, size);
    case SONDE_INT:
    case SONDE_WIDE:
    case SONDE_FLOAT:
        break;
    }
    if (value->name) {
        return give_text(bytes_text(value->name), out, size);
    }
    put_number(&number, value);
    len = give_text(buf_bytes(&number), out, size);
    buf_free(&number);
    return len;
}
