#include "config.h"

#include "base/address.h"

#include <arpa/inet.h>
#include <string.h>

/* inet_pton wants a C string; no address is as long as this. */
static bool by_inet(int family, struct bytes text, uint8_t *at) {
    char plain[INET6_ADDRSTRLEN];
    if (text.len >= sizeof plain || memchr(text.at, '\0', text.len)) {
        return false;
    }
    memcpy(plain, text.at, text.len);
    plain[text.len] = '\0';
    return inet_pton(family, plain, at) == 1;
}

bool address_ipv4(struct bytes text, uint8_t at[4]) {
    for (size_t i = 0; i + 1 < text.len; i++) { /* which systems differ about */
        bool begins = i == 0 || text.at[i - 1] == '.';
        if (begins && text.at[i] == '0' && text.at[i + 1] != '.') {
            return false;
        }
    }
    return by_inet(AF_INET, text, at);
}

bool address_ipv6(struct bytes text, uint8_t at[16]) {
    return by_inet(AF_INET6, text, at);
}

static int digit(unsigned char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Two hex digits. */
static bool octet(const unsigned char *text, uint8_t *out) {
    int high = digit(text[0]), low = digit(text[1]);
    *out = (uint8_t)(high * 16 + low);
    return high >= 0 && low >= 0;
}

bool address_octets(struct bytes text, uint8_t *at, unsigned n) {
    if (text.len != 3 * (size_t)n - 1 || (text.at[2] != ':' && text.at[2] != '-')) {
        return false;
    }
    for (unsigned i = 0; i < n; i++) {
        if (!octet(text.at + 3 * i, &at[i]) || (i > 0 && text.at[3 * i - 1] != text.at[2])) {
            return false;
        }
    }
    return true;
}

bool address_uuid(struct bytes text, uint8_t at[16]) {
    size_t off = 0;
    if (text.len != 36) {
        return false;
    }
    for (unsigned i = 0; i < 16; i++, off += 2) {
        bool dash = i == 4 || i == 6 || i == 8 || i == 10;
        if ((dash && text.at[off++] != '-') || !octet(text.at + off, &at[i])) {
            return false;
        }
    }
    return true;
}
