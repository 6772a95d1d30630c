/* CRCs of many bytes by products without carries, where the processor has them. */
#ifndef BASE_CRC_FOLD_H
#define BASE_CRC_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* Powers of x modulo the polynomial, as the register of crc.c holds polynomials. x counts from the bits of a byte that come first; with
 * reflect, each power is by one smaller. */
struct crc_folds {
    bool reflect;
    uint64_t far[2];  /* x^576, x^512 */
    uint64_t near[2]; /* x^192, x^128 */
};

/* Fewer bytes are not folded. */
#define CRC_FOLD_MIN 128u

bool crc_fold_works(void);

/* Folds data, of at least CRC_FOLD_MIN bytes, with the register in front of it, where that works: sixteen bytes are made, which
 * with a register of 0 and what is returned (the last few bytes of data) behind them have the same CRC. */
struct bytes crc_fold(const struct crc_folds *folds, uint64_t reg, struct bytes data,
                      uint8_t out[16]);

#endif
