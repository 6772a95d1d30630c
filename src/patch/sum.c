#include "config.h"

#include "patch/sum.h"

#include "base/crc.h"
#include "base/mem.h"

uint64_t patch_sum(struct bytes bytes) {
    const struct crc_model *model = crc_named(CRC_64_XZ);
    struct crc_table *table = mem_alloc(sizeof *table);
    crc_table_make(table, model);
    uint64_t sum = crc_end(model, crc_update(table, crc_begin(model), bytes));
    mem_free(table);
    return sum;
}
