#include "config.h"

#include "base/crc.h"

#include "base/number.h"

/* The register is reflected, with its lowest bit at bit 0, or not reflected, with its top at bit 63: so a byte always
 * goes in at the end where bits come out, and any width is handled alike. */

const struct crc_model *crc_named(enum crc_name name) {
    static const struct crc_model models[CRC_COUNT] = {
#define CRC(name, text, width, poly, init, reflect, xorout, check, about)                          \
    {width, poly, init, reflect, xorout},
#include "base/crc.def"
#undef CRC
    };
    return &models[name];
}

/* The lowest bits of a number, so many, in the other order. */
static uint64_t turned(uint64_t value, unsigned width) {
    value = (value >> 1 & 0x5555555555555555) | (value & 0x5555555555555555) << 1;
    value = (value >> 2 & 0x3333333333333333) | (value & 0x3333333333333333) << 2;
    value = (value >> 4 & 0x0f0f0f0f0f0f0f0f) | (value & 0x0f0f0f0f0f0f0f0f) << 4;
    return __builtin_bswap64(value) >> (64 - width);
}

/* A value of the model as the register holds it. */
static uint64_t placed(const struct crc_model *model, uint64_t value) {
    return model->reflect ? turned(value, model->width) : value << (64 - model->width);
}

/* The power x^n modulo the polynomial, which both are as the register holds them. */
static uint64_t power(uint64_t poly, bool reflect, unsigned n) {
    uint64_t x = reflect ? (uint64_t)1 << 63 : 1;
    for (unsigned i = 0; i < n; i++) {
        x = reflect ? x >> 1 ^ (x & 1 ? poly : 0) : x << 1 ^ (x >> 63 ? poly : 0);
    }
    return x;
}

static struct crc_folds folds_of(uint64_t poly, bool reflect) {
    unsigned less = reflect;
    return (struct crc_folds){
        .reflect = reflect,
        .far = {power(poly, reflect, 576 - less), power(poly, reflect, 512 - less)},
        .near = {power(poly, reflect, 192 - less), power(poly, reflect, 128 - less)},
    };
}

void crc_table_make(struct crc_table *table, const struct crc_model *model) {
    uint64_t poly = placed(model, model->poly);
    *table =
        (struct crc_table){.width = model->width, .poly = model->poly, .reflect = model->reflect};
    for (unsigned b = 0; b < 256; b++) {
        uint64_t reg = model->reflect ? b : (uint64_t)b << 56;
        for (unsigned bit = 0; bit < 8; bit++) {
            reg = model->reflect ? reg >> 1 ^ (reg & 1 ? poly : 0)
                                 : reg << 1 ^ (reg >> 63 ? poly : 0);
        }
        table->at[0][b] = reg;
    }
    table->folds = crc_fold_works();
    table->by = folds_of(poly, model->reflect);
    for (unsigned k = 1; k < 8; k++) {
        for (unsigned b = 0; b < 256; b++) {
            uint64_t reg = table->at[k - 1][b];
            table->at[k][b] = model->reflect ? reg >> 8 ^ table->at[0][reg & 0xff]
                                             : reg << 8 ^ table->at[0][reg >> 56];
        }
    }
}

bool crc_table_is(const struct crc_table *table, const struct crc_model *model) {
    return table->width == model->width && table->poly == model->poly &&
           table->reflect == model->reflect;
}

uint64_t crc_begin(const struct crc_model *model) {
    return placed(model, model->init);
}

/* A loop of its own for each way of reflecting. */
__attribute__((always_inline)) static inline uint64_t
update_as(const struct crc_table *table, uint64_t reg, struct bytes data, bool reflect) {
    const unsigned char *p = data.at, *end = p + data.len;
    const uint64_t(*at)[256] = table->at;
    for (; end - p >= 8; p += 8) {
        /* the first byte is the lowest of the word, or the highest when not reflected: it has the longest way to go */
        uint64_t word = reg ^ number_load64(p, !reflect);
        unsigned first = reflect ? 0 : 7;
        reg = 0;
        for (unsigned i = 0; i < 8; i++) {
            reg ^= at[7 - i][word >> 8 * (i ^ first) & 0xff];
        }
    }
    for (; p < end; p++) {
        reg = reflect ? reg >> 8 ^ at[0][(reg ^ *p) & 0xff]
                      : reg << 8 ^ at[0][(reg >> 56 ^ *p) & 0xff];
    }
    return reg;
}

static uint64_t update(const struct crc_table *table, uint64_t reg, struct bytes data) {
    return table->reflect ? update_as(table, reg, data, true) : update_as(table, reg, data, false);
}

uint64_t crc_update(const struct crc_table *table, uint64_t reg, struct bytes data) {
    if (table->folds && data.len >= CRC_FOLD_MIN) {
        uint8_t folded[16];
        data = crc_fold(&table->by, reg, data, folded);
        reg = update(table, 0, bytes_of(folded, sizeof folded));
    }
    return update(table, reg, data);
}

uint64_t crc_end(const struct crc_model *model, uint64_t reg) {
    uint64_t mask = UINT64_MAX >> (64 - model->width);
    uint64_t value = model->reflect ? reg : reg >> (64 - model->width);
    return (value ^ model->xorout) & mask;
}
