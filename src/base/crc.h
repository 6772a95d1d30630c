/* Cyclic redundancy checks of 1 to 64 bits, any polynomial, by tables, eight bytes a step (Kounavis and Berry, "A
 * systematic approach to building high performance software-based CRC generators", 2005); of many bytes by products without
 * carries, where the processor has them (crc_fold.h).
 *
 * The parameters are those of Ross Williams, "A painless guide to CRC error detection algorithms", 1993. */
#ifndef BASE_CRC_H
#define BASE_CRC_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/crc_fold.h"

struct crc_model {
    unsigned width;  /* 1 to 64 bits */
    uint64_t poly;   /* without the top term, the highest power at bit width - 1 */
    uint64_t init;   /* the register before the first byte, as if not reflected */
    bool reflect;    /* bytes are taken from their lowest bit, and the result is turned around */
    uint64_t xorout; /* exclusive-or'ed with the result */
};

/* The named ones, crc.def. */
enum crc_name {
#define CRC(name, text, width, poly, init, reflect, xorout, check, about) CRC_##name,
#include "base/crc.def"
#undef CRC
    CRC_COUNT
};

const struct crc_model *crc_named(enum crc_name name);

/* What a polynomial needs to know beforehand; init and xorout play no part in it. */
struct crc_table {
    unsigned width;
    uint64_t poly;
    bool reflect;
    uint64_t at[8][256]; /* [k][b]: what byte b does to the register when k bytes follow it */
    bool folds;          /* many bytes go another way */
    struct crc_folds by;
};

/* Makes the table of a model; whether it is the table of that model. */
void crc_table_make(struct crc_table *table, const struct crc_model *model);
bool crc_table_is(const struct crc_table *table, const struct crc_model *model);

/* The register before the first byte; behind some more bytes; the CRC that it stands for. */
uint64_t crc_begin(const struct crc_model *model);
uint64_t crc_update(const struct crc_table *table, uint64_t reg, struct bytes data);
uint64_t crc_end(const struct crc_model *model, uint64_t reg);

#endif
