/* text_find FILE TEXT: how often a text is in a file, overlaps included. */
#include <stdio.h>
#include <string.h>

#include "map.h"

int main(int argc, char **argv) {
    if (argc != 3) {
        return 2;
    }
    struct map map = map_file(argv[1]);
    const uint8_t *end = map.at + map.len;
    size_t len = strlen(argv[2]);
    size_t count = 0;
    for (const uint8_t *at = map.at; (at = memmem(at, (size_t)(end - at), argv[2], len)); at++) {
        count++;
    }
    printf("%zu\n", count);
    return 0;
}
