/* Mixing: hashes that tell pieces of files apart. Not for adversaries: what they call equal is confirmed where it
 * matters. After Wang Yi's wyhash: 64 by 64 bits multiplied, both halves folded. */
#ifndef ASK_MIX_H
#define ASK_MIX_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/int128.h"
#include "base/number.h"

static inline uint64_t mix_fold(uint64_t a, uint64_t b) {
    uint128 product = (uint128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* A hash with a number taken in. */
static inline uint64_t mix_number(uint64_t hash, uint64_t number) {
    return mix_fold(hash ^ UINT64_C(0xa0761d6478bd642f), number ^ UINT64_C(0xe7037ed1a0b428db)) +
           UINT64_C(0x8ebc6af09c88c6e3);
}

/* A hash with bytes, and how many they are, taken in. */
static inline uint64_t mix_bytes(uint64_t hash, struct bytes bytes) {
    const uint8_t *at = bytes.at;
    size_t left = bytes.len;
    for (; left >= 16; left -= 16, at += 16) {
        hash = mix_fold(hash ^ number_load64(at, false) ^ UINT64_C(0xa0761d6478bd642f),
                        number_load64(at + 8, false) ^ UINT64_C(0xe7037ed1a0b428db)) +
               UINT64_C(0x8ebc6af09c88c6e3);
    }
    uint8_t rest[16] = {0};
    if (left > 0) {
        memcpy(rest, at, left);
    }
    hash = mix_number(hash, number_load64(rest, false));
    return mix_number(mix_number(hash, number_load64(rest + 8, false)), bytes.len);
}

#endif
