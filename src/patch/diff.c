#include "config.h"

#include "patch/diff.h"

#include "base/mem.h"
#include "base/number.h"

enum {
    BLOCK = 16, /* stretches are found by blocks of the old bytes */
    TRIES_MAX = 16,
    HASH_BITS_MAX = 22,
};

struct diff {
    struct bytes from, to;
    struct patch_edits *edits;
    uint64_t from_at, to_at; /* what lies in front is done */
    unsigned bits;           /* of a hash */
    uint64_t *first;         /* by hash: the first block, plus 1; 0: none */
    uint64_t *next;          /* of each block: the next one with its hash, likewise */
};

static bool put(struct diff *diff, uint64_t off, uint64_t len, uint64_t to_off, uint64_t to_len) {
    return patch_edits_put(diff->edits, off, len, diff->to.at + to_off, to_len, NULL) ==
           PATCH_PUT_FINE;
}

/* The bytes that differ of two stretches of one length. */
static bool put_differing(struct diff *diff, uint64_t off, uint64_t to_off, uint64_t len) {
    uint64_t i = 0;
    while (i < len) {
        if (diff->from.at[off + i] == diff->to.at[to_off + i]) {
            i++;
            continue;
        }
        uint64_t end = i;
        while (end < len && diff->from.at[off + end] != diff->to.at[to_off + end]) {
            end++;
        }
        if (!put(diff, off + i, end - i, to_off + i, end - i)) {
            return false;
        }
        i = end;
    }
    return true;
}

/* What lies in front of a stretch that both have becomes one or many splices. */
static bool put_until(struct diff *diff, uint64_t from_end, uint64_t to_end) {
    uint64_t len = from_end - diff->from_at, to_len = to_end - diff->to_at;
    bool fine = len == to_len ? put_differing(diff, diff->from_at, diff->to_at, len)
                              : put(diff, diff->from_at, len, diff->to_at, to_len);
    diff->from_at = from_end;
    diff->to_at = to_end;
    return fine;
}

static size_t hash_at(const struct diff *diff, struct bytes bytes, uint64_t at) {
    uint64_t a = number_load64(bytes.at + at, false), b = number_load64(bytes.at + at + 8, false);
    return (size_t)((a * 0x9e3779b97f4a7c15u ^ b) * 0xff51afd7ed558ccdu >> (64 - diff->bits));
}

static void hash_blocks(struct diff *diff, uint64_t n) {
    for (uint64_t i = n; i > 0; i--) {
        size_t hash = hash_at(diff, diff->from, (i - 1) * BLOCK);
        diff->next[i - 1] = diff->first[hash];
        diff->first[hash] = i;
    }
}

static uint64_t match(const struct diff *diff, uint64_t from_at, uint64_t to_at) {
    uint64_t len = 0;
    while (from_at + len < diff->from.len && to_at + len < diff->to.len &&
           diff->from.at[from_at + len] == diff->to.at[to_at + len]) {
        len++;
    }
    return len;
}

/* The longest stretch of old bytes not yet done that stands at that place of the new ones; 0: none of a block. */
static uint64_t find(struct diff *diff, uint64_t to_at, uint64_t *from_at) {
    uint64_t best = 0;
    size_t hash = hash_at(diff, diff->to, to_at);
    int tries = 0;
    for (uint64_t *block = &diff->first[hash]; *block && tries < TRIES_MAX;) {
        uint64_t at = (*block - 1) * BLOCK;
        if (at < diff->from_at) { /* never again */
            *block = diff->next[*block - 1];
            continue;
        }
        uint64_t len = match(diff, at, to_at);
        if (len >= BLOCK && len > best) {
            best = len;
            *from_at = at;
        }
        tries++;
        block = &diff->next[*block - 1];
    }
    return best;
}

static bool put_stretches(struct diff *diff) {
    for (uint64_t at = diff->to_at; at + BLOCK <= diff->to.len;) {
        uint64_t from_at, len = find(diff, at, &from_at);
        if (len == 0) {
            at++;
            continue;
        }
        uint64_t to_at = at;
        while (to_at > diff->to_at && from_at > diff->from_at &&
               diff->from.at[from_at - 1] == diff->to.at[to_at - 1]) {
            to_at--;
            from_at--;
            len++;
        }
        if (!put_until(diff, from_at, to_at)) {
            return false;
        }
        diff->from_at += len;
        diff->to_at += len;
        at = diff->to_at;
    }
    return true;
}

/* Takes what is the same at the end off both. */
static void cut_tail(struct diff *diff) {
    uint64_t len = 0;
    while (len < diff->from.len - diff->from_at && len < diff->to.len - diff->to_at &&
           diff->from.at[diff->from.len - 1 - len] == diff->to.at[diff->to.len - 1 - len]) {
        len++;
    }
    diff->from.len -= (size_t)len;
    diff->to.len -= (size_t)len;
}

bool patch_diff(struct bytes from, struct bytes to, struct patch_edits *edits) {
    struct diff diff = {.from = from, .to = to, .edits = edits};
    if (from.len == to.len) {
        return put_differing(&diff, 0, 0, from.len);
    }
    diff.from_at = diff.to_at = match(&diff, 0, 0);
    cut_tail(&diff);
    uint64_t n = diff.from.len / BLOCK;
    diff.bits = 8;
    while (diff.bits < HASH_BITS_MAX && n > (uint64_t)1 << diff.bits) {
        diff.bits++;
    }
    diff.first = mem_zalloc((size_t)1 << diff.bits, sizeof *diff.first);
    diff.next = mem_zalloc((size_t)n + 1, sizeof *diff.next);
    hash_blocks(&diff, n);
    bool fine = put_stretches(&diff) && put_until(&diff, diff.from.len, diff.to.len);
    mem_free(diff.first);
    mem_free(diff.next);
    return fine;
}
