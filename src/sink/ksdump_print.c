#include "config.h"

#include "sink/ksdump_print.h"

#include <string.h>

#include "base/numtext.h"

/* Ruby gives a whole number of 16 digits an exponent, 1.5e+15, which numtext does not. */
static char *put_exponent(char *digits, char *end) {
    char *dot = memchr(digits, '.', (size_t)(end - digits));
    if (!dot || dot - digits < 16 || dot + 2 != end || dot[1] != '0') {
        return end;
    }
    memmove(digits + 2, digits + 1, 15);
    digits[1] = '.';
    while (end > digits + 3 && end[-1] == '0') {
        end--;
    }
    memcpy(end, "e+15", 4);
    return end + 4;
}

char *ksdump_float(char *out, double number) {
    char *end = numtext_double(out, number);
    char *e = memchr(out, 'e', (size_t)(end - out));
    if (!e) {
        return put_exponent(out + (*out == '-'), end);
    }
    if (!memchr(out, '.', (size_t)(e - out))) {
        memmove(e + 2, e, (size_t)(end - e));
        memcpy(e, ".0", 2);
        end += 2;
    }
    return end;
}

/* Bytes are written in pieces of so many. */
#define PIECE 4096u

char *ksdump_hex(char *out, struct bytes bytes) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < bytes.len; i++) {
        *out++ = digits[bytes.at[i] >> 4];
        *out++ = digits[bytes.at[i] & 15];
        *out++ = ' ';
    }
    return out;
}

void ksdump_put_hex(struct out *out, struct bytes bytes) {
    while (bytes.len > 0) {
        size_t len = bytes.len < PIECE ? bytes.len : PIECE;
        bool last = len == bytes.len;
        char *at = out_room(out, 3 * (size_t)PIECE);
        out->len += (size_t)(ksdump_hex(at, bytes_of(bytes.at, len)) - at) - last;
        bytes = bytes_from(bytes, len);
    }
}
