#include "config.h"

#include "base/jsontext.h"

#include <string.h>

#include "base/number.h"
#include "base/utf8.h"

static const char jsontext_digits[] = "0123456789abcdef";

/* Writes the escape of '"', '\\' or a control below U+0100. */
static char *jsontext_escape(char *out, uint32_t code) {
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letter[] = "\"\\bfnrt";
    *out++ = '\\';
    const char *found = code ? strchr(plain, (int)code) : NULL;
    if (found) {
        *out++ = letter[found - plain];
        return out;
    }
    *out++ = 'u';
    *out++ = '0';
    *out++ = '0';
    *out++ = jsontext_digits[code >> 4 & 15];
    *out++ = jsontext_digits[code & 15];
    return out;
}

char *jsontext_string(char *out, struct bytes text, bool *bad) {
    size_t i = 0;
    *out++ = '"';
    while (i < text.len) {
        size_t run = text.at[i] < 0x80 ? utf8_ascii_run(text.at + i, text.len - i) : 0;
        if (run > 0) {
            memcpy(out, text.at + i, run);
            out += run;
            i += run;
            continue;
        }
        uint32_t code;
        int len = utf8_decode(text.at + i, text.len - i, &code);
        if (len < 0) {
            out += utf8_encode(code, out);
            i += (size_t)-len;
            if (bad) {
                *bad = true;
            }
            continue;
        }
        if (code < 0xa0) {
            /* not plain, so below 0xa0 it is '"', '\\' or a control */
            out = jsontext_escape(out, code);
        } else {
            for (int k = 0; k < len; k++) {
                *out++ = (char)text.at[i + (size_t)k];
            }
        }
        i += (size_t)len;
    }
    *out++ = '"';
    return out;
}

/* The two digits of every byte, one behind the other. */
static const char jsontext_pairs[] = "000102030405060708090a0b0c0d0e0f"
                                     "101112131415161718191a1b1c1d1e1f"
                                     "202122232425262728292a2b2c2d2e2f"
                                     "303132333435363738393a3b3c3d3e3f"
                                     "404142434445464748494a4b4c4d4e4f"
                                     "505152535455565758595a5b5c5d5e5f"
                                     "606162636465666768696a6b6c6d6e6f"
                                     "707172737475767778797a7b7c7d7e7f"
                                     "808182838485868788898a8b8c8d8e8f"
                                     "909192939495969798999a9b9c9d9e9f"
                                     "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
                                     "b0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
                                     "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
                                     "d0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
                                     "e0e1e2e3e4e5e6e7e8e9eaebecedeeef"
                                     "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";

typedef uint8_t bytes8 __attribute__((vector_size(8)));
typedef uint16_t words8 __attribute__((vector_size(16)));
typedef uint8_t bytes16 __attribute__((vector_size(16)));

/* The digits of eight bytes. */
static void put_eight(char *out, const unsigned char *at) {
    bytes8 bytes;
    memcpy(&bytes, at, sizeof bytes);
    words8 each = __builtin_convertvector(bytes, words8);
    words8 high = each >> 4, low = each & 15;
    bytes16 digits = (bytes16)(NUMBER_HOST_BIG ? high << 8 | low : low << 8 | high);
    digits += '0' + ((bytes16)(digits > 9) & ('a' - '0' - 10));
    memcpy(out, &digits, sizeof digits);
}

char *jsontext_hex(char *out, struct bytes bytes) {
    size_t i = 0;
    for (; bytes.len - i >= 8; i += 8) {
        put_eight(out + 2 * i, bytes.at + i);
    }
    for (; i < bytes.len; i++) {
        memcpy(out + 2 * i, jsontext_pairs + 2 * (size_t)bytes.at[i], 2);
    }
    return out + 2 * i;
}
