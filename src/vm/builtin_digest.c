#include "config.h"

#include "base/digest.h"
#include "base/number.h"
#include "vm/builtin.h"

/* Hashes of libraries: digests, which are bytes, and xxHash's numbers. */

static void take_piece(void *digest, struct bytes piece) {
    digest_update(digest, piece);
}

/* Hashes the argument's bytes: so many come out; 0: it failed. */
static unsigned hash(struct builtin_call *c, const char *name, uint8_t out[DIGEST_MAX]) {
    const char *missing;
    struct digest *digest = digest_new(name, &missing);
    if (!digest) {
        vm_fail(c->vm, "feature", c->vm->pos / 8, "this sonde has no %s", missing);
        return 0;
    }
    digest_begin(digest);
    bool ok = builtin_each_piece(c, 0, take_piece, digest);
    unsigned size = digest_end(digest, out);
    digest_free(digest);
    return ok ? size : 0;
}

static bool give_bytes(struct builtin_call *c, const char *name) {
    uint8_t result[DIGEST_MAX];
    struct buf made = {0};
    unsigned size = hash(c, name, result);
    if (size > 0) {
        buf_put(&made, result, size);
        builtin_give_space(c, &made, name);
    }
    return size > 0;
}

static bool give_number(struct builtin_call *c, const char *name) {
    uint8_t result[DIGEST_MAX];
    unsigned size = hash(c, name, result);
    if (size > 0) {
        *c->out = vm_int((int128)number_load(result, size, true));
    }
    return size > 0;
}

#define HASH(name, give)                                                                           \
    bool builtin_call_##name(struct builtin_call *c) {                                             \
        return give(c, #name);                                                                     \
    }

HASH(md5, give_bytes)
HASH(sha1, give_bytes)
HASH(sha224, give_bytes)
HASH(sha256, give_bytes)
HASH(sha384, give_bytes)
HASH(sha512, give_bytes)
HASH(xxh32, give_number)
HASH(xxh64, give_number)
