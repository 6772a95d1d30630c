/* Fuzzes the front end of Kaitai's specifications. */
#include "config.h"

#include "front.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return front_try("fuzz.ksy", data, size);
}
