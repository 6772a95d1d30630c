#include "config.h"

#include "base/digest.h"

#include <string.h>
#ifdef HAVE_NETTLE
#include <nettle/md5.h>
#include <nettle/nettle-meta.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#endif
#ifdef HAVE_XXHASH
#include <xxhash.h>
#endif

#include "base/crc.h"
#include "base/jsontext.h"
#include "base/library.h"
#include "base/mem.h"
#include "base/number.h"

enum family { FAMILY_NETTLE, FAMILY_XXHASH, FAMILY_CRC };

static const struct kind {
    const char *name;
    enum family family;
    unsigned size; /* of the result, in bytes; a CRC's whole bytes */
    enum crc_name crc;
} kinds[] = {
    {"md5", FAMILY_NETTLE, 16, 0},    {"sha1", FAMILY_NETTLE, 20, 0},
    {"sha224", FAMILY_NETTLE, 28, 0}, {"sha256", FAMILY_NETTLE, 32, 0},
    {"sha384", FAMILY_NETTLE, 48, 0}, {"sha512", FAMILY_NETTLE, 64, 0},
    {"xxh32", FAMILY_XXHASH, 4, 0},   {"xxh64", FAMILY_XXHASH, 8, 0},
#define CRC(name, text, width, poly, init, reflect, xorout, check, about)                          \
    {#text, FAMILY_CRC, ((width) + 7) / 8, CRC_##name},
#include "base/crc.def"
#undef CRC
};

enum { KINDS = sizeof kinds / sizeof *kinds };

struct digest {
    const struct kind *kind;
    const void *calls; /* a library's: its functions; for nettle, those of the one hash */
    void *state;       /* its */
    struct crc_table *table;
    uint64_t reg;
};

const char *const *digest_names(uint32_t *n) {
    static const char *const names[] = {
        "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "xxh32", "xxh64",
#define CRC(name, text, width, poly, init, reflect, xorout, check, about) #text,
#include "base/crc.def"
#undef CRC
    };
    *n = KINDS;
    return names;
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

static bool nettle_new(struct digest *digest) {
    const struct nettle_calls *nettle = nettle_calls();
    if (!nettle) {
        return false;
    }
    const struct nettle_hash *const all[] = {nettle->nettle_md5,    nettle->nettle_sha1,
                                             nettle->nettle_sha224, nettle->nettle_sha256,
                                             nettle->nettle_sha384, nettle->nettle_sha512};
    const struct nettle_hash *hash = all[digest->kind - kinds];
    digest->calls = hash;
    digest->state = mem_alloc(hash->context_size);
    return true;
}

static void nettle_begin(struct digest *digest) {
    const struct nettle_hash *hash = digest->calls;
    hash->init(digest->state);
}

static void nettle_update(struct digest *digest, struct bytes bytes) {
    const struct nettle_hash *hash = digest->calls;
    hash->update(digest->state, bytes.len, bytes.at);
}

static void nettle_end(struct digest *digest, uint8_t *out) {
    const struct nettle_hash *hash = digest->calls;
    hash->digest(digest->state, digest->kind->size, out);
}

#else

static bool nettle_new(struct digest *digest) {
    (void)digest;
    return false;
}

static void nettle_begin(struct digest *digest) {
    (void)digest;
}

static void nettle_update(struct digest *digest, struct bytes bytes) {
    (void)digest;
    (void)bytes;
}

static void nettle_end(struct digest *digest, uint8_t *out) {
    (void)digest;
    (void)out;
}

#endif

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

static bool xxhash_new(struct digest *digest) {
    const struct xxhash_calls *xxhash = xxhash_calls();
    if (!xxhash) {
        return false;
    }
    digest->calls = xxhash;
    digest->state = digest->kind->size == 4 ? (void *)xxhash->XXH32_createState()
                                            : (void *)xxhash->XXH64_createState();
    if (!digest->state) {
        mem_exhausted();
    }
    return true;
}

static void xxhash_free(struct digest *digest) {
    const struct xxhash_calls *xxhash = digest->calls;
    digest->kind->size == 4 ? xxhash->XXH32_freeState(digest->state)
                            : xxhash->XXH64_freeState(digest->state);
}

static void xxhash_begin(struct digest *digest) {
    const struct xxhash_calls *xxhash = digest->calls;
    digest->kind->size == 4 ? xxhash->XXH32_reset(digest->state, 0)
                            : xxhash->XXH64_reset(digest->state, 0);
}

static void xxhash_update(struct digest *digest, struct bytes bytes) {
    const struct xxhash_calls *xxhash = digest->calls;
    digest->kind->size == 4 ? xxhash->XXH32_update(digest->state, bytes.at, bytes.len)
                            : xxhash->XXH64_update(digest->state, bytes.at, bytes.len);
}

static uint64_t xxhash_end(struct digest *digest) {
    const struct xxhash_calls *xxhash = digest->calls;
    return digest->kind->size == 4 ? xxhash->XXH32_digest(digest->state)
                                   : xxhash->XXH64_digest(digest->state);
}

#else

static bool xxhash_new(struct digest *digest) {
    (void)digest;
    return false;
}

static void xxhash_free(struct digest *digest) {
    (void)digest;
}

static void xxhash_begin(struct digest *digest) {
    (void)digest;
}

static void xxhash_update(struct digest *digest, struct bytes bytes) {
    (void)digest;
    (void)bytes;
}

static uint64_t xxhash_end(struct digest *digest) {
    (void)digest;
    return 0;
}

#endif

static const struct kind *kind_of(const char *name) {
    for (unsigned i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

struct digest *digest_new(const char *name, const char **missing) {
    const struct kind *kind = kind_of(name);
    *missing = NULL;
    if (!kind) {
        return NULL;
    }
    struct digest *digest = mem_zalloc(1, sizeof *digest);
    digest->kind = kind;
    switch (kind->family) {
    case FAMILY_NETTLE:
        *missing = nettle_new(digest) ? NULL : "nettle";
        break;
    case FAMILY_XXHASH:
        *missing = xxhash_new(digest) ? NULL : "xxhash";
        break;
    case FAMILY_CRC:
        digest->table = mem_alloc(sizeof *digest->table);
        crc_table_make(digest->table, crc_named(kind->crc));
        break;
    }
    if (*missing) {
        mem_free(digest);
        return NULL;
    }
    return digest;
}

void digest_free(struct digest *digest) {
    if (!digest) {
        return;
    }
    switch (digest->kind->family) {
    case FAMILY_NETTLE:
        mem_free(digest->state);
        break;
    case FAMILY_XXHASH:
        xxhash_free(digest);
        break;
    case FAMILY_CRC:
        mem_free(digest->table);
        break;
    }
    mem_free(digest);
}

const char *digest_name(const struct digest *digest) {
    return digest->kind->name;
}

void digest_begin(struct digest *digest) {
    switch (digest->kind->family) {
    case FAMILY_NETTLE:
        nettle_begin(digest);
        break;
    case FAMILY_XXHASH:
        xxhash_begin(digest);
        break;
    case FAMILY_CRC:
        digest->reg = crc_begin(crc_named(digest->kind->crc));
        break;
    }
}

void digest_update(struct digest *digest, struct bytes bytes) {
    switch (digest->kind->family) {
    case FAMILY_NETTLE:
        nettle_update(digest, bytes);
        break;
    case FAMILY_XXHASH:
        xxhash_update(digest, bytes);
        break;
    case FAMILY_CRC:
        digest->reg = crc_update(digest->table, digest->reg, bytes);
        break;
    }
}

unsigned digest_end(struct digest *digest, uint8_t out[DIGEST_MAX]) {
    unsigned size = digest->kind->size;
    switch (digest->kind->family) {
    case FAMILY_NETTLE:
        nettle_end(digest, out);
        break;
    case FAMILY_XXHASH:
        number_store(out, size, true, xxhash_end(digest));
        break;
    case FAMILY_CRC:
        number_store(out, size, true, crc_end(crc_named(digest->kind->crc), digest->reg));
        break;
    }
    return size;
}

void digest_end_text(struct digest *digest, struct buf *out) {
    uint8_t result[DIGEST_MAX];
    unsigned size = digest_end(digest, result);
    char *at = buf_reserve(out, 2 * (size_t)size);
    out->len += (size_t)(jsontext_hex(at, bytes_of(result, size)) - at);
}
