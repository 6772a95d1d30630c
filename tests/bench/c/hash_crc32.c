/* hash_crc32 FILE: the CRC-32 of a file, by zlib. */
#include <stdio.h>
#include <zlib.h>

#include "map.h"

int main(int argc, char **argv) {
    if (argc != 2) {
        return 2;
    }
    struct map map = map_file(argv[1]);
    printf("%08lx  %s\n", crc32_z(0, map.at, map.len), argv[1]);
    return 0;
}
