/* Fuzzes the front end of schemas. */
#include "config.h"

#include "front.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return front_try("fuzz.sonde", data, size);
}
