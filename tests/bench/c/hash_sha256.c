/* hash_sha256 FILE: the SHA-256 of a file, by Nettle. */
#include <nettle/sha2.h>
#include <stdio.h>

#include "map.h"

int main(int argc, char **argv) {
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx context;
    if (argc != 2) {
        return 2;
    }
    struct map map = map_file(argv[1]);
    sha256_init(&context);
    sha256_update(&context, map.len, map.at);
    sha256_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        printf("%02x", digest[i]);
    }
    printf("  %s\n", argv[1]);
    return 0;
}
