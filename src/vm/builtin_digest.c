#include "config.h"

#include "base/digest.h"
#include "base/number.h"
#include "vm/builtin.h"

/* Hashes of libraries: digests, which are bytes, and xxHash's numbers. */

static void take_piece(void *digest, struct bytes piece) {
    digest_update(digest, piece);
}

/* Hashes the argument's bytes. */
static bool hash(struct builtin_call *c, const char *name, uint8_t out[DIGEST_MAX],
                 unsigned *size) {
    const char *missing;
    struct digest *digest = digest_new(name, &missing);
    if (!digest) {
        return vm_fail(c->vm, "feature", c->vm->pos / 8, "this sonde has no %s", missing);
    }
    digest_begin(digest);
    bool ok = builtin_each_piece(c, 0, take_piece, digest);
    *size = digest_end(digest, out);
    digest_free(digest);
    return ok;
}

static bool give_bytes(struct builtin_call *c, const char *name) {
    uint8_t result[DIGEST_MAX];
    unsigned size;
    if (!hash(c, name, result, &size)) {
        return false;
    }
    struct buf made = {0};
    buf_put(&made, result, size);
    builtin_give_space(c, &made, name);
    return true;
}

static bool give_number(struct builtin_call *c, const char *name) {
    uint8_t result[DIGEST_MAX];
    unsigned size;
    if (!hash(c, name, result, &size)) {
        return false;
    }
    *c->out = vm_int((int128)number_load(result, size, true));
    return true;
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
