#include "config.h"

#ifdef HAVE_NETTLE
#include <nettle/md5.h>
#include <nettle/nettle-meta.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#endif
#ifdef HAVE_XXHASH
#include <xxhash.h>
#endif

#include "base/mem.h"
#include "vm/builtin.h"

/* Hashes of libraries: nettle's digests, which are bytes, and xxHash's numbers. */

#if !defined HAVE_NETTLE || !defined HAVE_XXHASH
static bool missing(struct builtin_call *c, const char *library) {
    return vm_fail(c->vm, "feature", c->vm->pos / 8, "this sonde was built without %s", library);
}
#endif

#ifdef HAVE_NETTLE

struct digest_state {
    const struct nettle_hash *hash;
    void *context;
};

static void take_digest(void *at, struct bytes piece) {
    struct digest_state *s = at;
    s->hash->update(s->context, piece.len, piece.at);
}

static bool digest(struct builtin_call *c, const struct nettle_hash *hash) {
    struct digest_state s = {hash, mem_alloc(hash->context_size)};
    struct buf made = {0};
    hash->init(s.context);
    bool ok = builtin_each_piece(c, 0, take_digest, &s);
    hash->digest(s.context, hash->digest_size, (uint8_t *)buf_reserve(&made, hash->digest_size));
    made.len = hash->digest_size;
    mem_free(s.context);
    builtin_give_space(c, &made, hash->name);
    return ok;
}

#define DIGEST(name)                                                                               \
    bool builtin_call_##name(struct builtin_call *c) {                                             \
        return digest(c, &nettle_##name);                                                          \
    }

#else

#define DIGEST(name)                                                                               \
    bool builtin_call_##name(struct builtin_call *c) {                                             \
        return missing(c, "nettle");                                                               \
    }

#endif

DIGEST(md5)
DIGEST(sha1)
DIGEST(sha224)
DIGEST(sha256)
DIGEST(sha384)
DIGEST(sha512)

#ifdef HAVE_XXHASH

static void take_xxh32(void *state, struct bytes piece) {
    XXH32_update(state, piece.at, piece.len);
}

bool builtin_call_xxh32(struct builtin_call *c) {
    XXH32_state_t *state = XXH32_createState();
    if (!state) {
        mem_exhausted();
    }
    XXH32_reset(state, 0);
    bool ok = builtin_each_piece(c, 0, take_xxh32, state);
    *c->out = vm_int((int128)XXH32_digest(state));
    XXH32_freeState(state);
    return ok;
}

static void take_xxh64(void *state, struct bytes piece) {
    XXH64_update(state, piece.at, piece.len);
}

bool builtin_call_xxh64(struct builtin_call *c) {
    XXH64_state_t *state = XXH64_createState();
    if (!state) {
        mem_exhausted();
    }
    XXH64_reset(state, 0);
    bool ok = builtin_each_piece(c, 0, take_xxh64, state);
    *c->out = vm_int((int128)XXH64_digest(state));
    XXH64_freeState(state);
    return ok;
}

#else

bool builtin_call_xxh32(struct builtin_call *c) {
    return missing(c, "xxhash");
}

bool builtin_call_xxh64(struct builtin_call *c) {
    return missing(c, "xxhash");
}

#endif
