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

#include "base/library.h"
#include "base/mem.h"
#include "vm/builtin.h"

/* Hashes of libraries: nettle's digests, which are bytes, and xxHash's numbers. */

static bool missing(struct builtin_call *c, const char *library) {
    return vm_fail(c->vm, "feature", c->vm->pos / 8, "this sonde has no %s", library);
}

#ifdef HAVE_NETTLE

#define NETTLE_CALLS(CALL)                                                                         \
    CALL(nettle_md5)                                                                               \
    CALL(nettle_sha1)                                                                              \
    CALL(nettle_sha224)                                                                            \
    CALL(nettle_sha256)                                                                            \
    CALL(nettle_sha384)                                                                            \
    CALL(nettle_sha512)
LIBRARY_CALLS(nettle, NETTLE_CALLS)

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
        const struct nettle_calls *nettle = nettle_calls();                                        \
        return nettle ? digest(c, nettle->nettle_##name) : missing(c, "nettle");                   \
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

#define XXHASH_CALLS(CALL)                                                                         \
    CALL(XXH32_createState)                                                                        \
    CALL(XXH32_reset)                                                                              \
    CALL(XXH32_update)                                                                             \
    CALL(XXH32_digest)                                                                             \
    CALL(XXH32_freeState)                                                                          \
    CALL(XXH64_createState)                                                                        \
    CALL(XXH64_reset)                                                                              \
    CALL(XXH64_update)                                                                             \
    CALL(XXH64_digest)                                                                             \
    CALL(XXH64_freeState)
LIBRARY_CALLS(xxhash, XXHASH_CALLS)

struct xxh32 {
    const struct xxhash_calls *lib;
    XXH32_state_t *state;
};

static void take_xxh32(void *at, struct bytes piece) {
    struct xxh32 *s = at;
    s->lib->XXH32_update(s->state, piece.at, piece.len);
}

bool builtin_call_xxh32(struct builtin_call *c) {
    struct xxh32 s = {.lib = xxhash_calls()};
    if (!s.lib) {
        return missing(c, "xxhash");
    }
    s.state = s.lib->XXH32_createState();
    if (!s.state) {
        mem_exhausted();
    }
    s.lib->XXH32_reset(s.state, 0);
    bool ok = builtin_each_piece(c, 0, take_xxh32, &s);
    *c->out = vm_int((int128)s.lib->XXH32_digest(s.state));
    s.lib->XXH32_freeState(s.state);
    return ok;
}

struct xxh64 {
    const struct xxhash_calls *lib;
    XXH64_state_t *state;
};

static void take_xxh64(void *at, struct bytes piece) {
    struct xxh64 *s = at;
    s->lib->XXH64_update(s->state, piece.at, piece.len);
}

bool builtin_call_xxh64(struct builtin_call *c) {
    struct xxh64 s = {.lib = xxhash_calls()};
    if (!s.lib) {
        return missing(c, "xxhash");
    }
    s.state = s.lib->XXH64_createState();
    if (!s.state) {
        mem_exhausted();
    }
    s.lib->XXH64_reset(s.state, 0);
    bool ok = builtin_each_piece(c, 0, take_xxh64, &s);
    *c->out = vm_int((int128)s.lib->XXH64_digest(s.state));
    s.lib->XXH64_freeState(s.state);
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
