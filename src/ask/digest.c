#include "config.h"

#include "ask/digest.h"

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
#include "base/mem.h"
#include "base/number.h"

/* The longest there is, in bytes: SHA-512's. */
#define RESULT_MAX 64

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
    void *state; /* a library's */
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

static const struct nettle_hash *nettle_of(const struct kind *kind) {
    static const struct nettle_hash *const all[] = {&nettle_md5,    &nettle_sha1,   &nettle_sha224,
                                                    &nettle_sha256, &nettle_sha384, &nettle_sha512};
    return all[kind - kinds];
}

static void *nettle_new(const struct kind *kind) {
    return mem_alloc(nettle_of(kind)->context_size);
}

static void nettle_begin(struct digest *digest) {
    nettle_of(digest->kind)->init(digest->state);
}

static void nettle_update(struct digest *digest, struct bytes bytes) {
    nettle_of(digest->kind)->update(digest->state, bytes.len, bytes.at);
}

static void nettle_end(struct digest *digest, uint8_t *out) {
    nettle_of(digest->kind)->digest(digest->state, digest->kind->size, out);
}

#else

static void *nettle_new(const struct kind *kind) {
    (void)kind;
    return NULL;
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

static void *xxhash_new(const struct kind *kind) {
    void *state = kind->size == 4 ? (void *)XXH32_createState() : (void *)XXH64_createState();
    if (!state) {
        mem_exhausted();
    }
    return state;
}

static void xxhash_free(const struct kind *kind, void *state) {
    kind->size == 4 ? XXH32_freeState(state) : XXH64_freeState(state);
}

static void xxhash_begin(struct digest *digest) {
    digest->kind->size == 4 ? XXH32_reset(digest->state, 0) : XXH64_reset(digest->state, 0);
}

static void xxhash_update(struct digest *digest, struct bytes bytes) {
    digest->kind->size == 4 ? XXH32_update(digest->state, bytes.at, bytes.len)
                            : XXH64_update(digest->state, bytes.at, bytes.len);
}

static uint64_t xxhash_end(struct digest *digest) {
    return digest->kind->size == 4 ? XXH32_digest(digest->state) : XXH64_digest(digest->state);
}

#else

static void *xxhash_new(const struct kind *kind) {
    (void)kind;
    return NULL;
}

static void xxhash_free(const struct kind *kind, void *state) {
    (void)kind;
    (void)state;
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
        digest->state = nettle_new(kind);
        *missing = digest->state ? NULL : "nettle";
        break;
    case FAMILY_XXHASH:
        digest->state = xxhash_new(kind);
        *missing = digest->state ? NULL : "xxhash";
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
        xxhash_free(digest->kind, digest->state);
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

void digest_end(struct digest *digest, struct buf *out) {
    uint8_t result[RESULT_MAX];
    unsigned size = digest->kind->size;
    switch (digest->kind->family) {
    case FAMILY_NETTLE:
        nettle_end(digest, result);
        break;
    case FAMILY_XXHASH:
        number_store(result, size, true, xxhash_end(digest));
        break;
    case FAMILY_CRC:
        number_store(result, size, true, crc_end(crc_named(digest->kind->crc), digest->reg));
        break;
    }
    char *at = buf_reserve(out, 2 * (size_t)size);
    out->len += (size_t)(jsontext_hex(at, bytes_of(result, size)) - at);
}
