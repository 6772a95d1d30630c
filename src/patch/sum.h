/* Sum: the checksum by which journals and patches know bytes, CRC-64/XZ. */
#ifndef PATCH_SUM_H
#define PATCH_SUM_H

#include <stdint.h>

#include "base/bytes.h"

uint64_t patch_sum(struct bytes bytes);

#endif
