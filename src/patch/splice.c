#include "config.h"

#include "patch/splice.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "patch/comb.h"
#include "patch/store.h"

/* Splices lie in blocks, so that one in the middle moves few others. A block can be a comb instead: then it has the comb's
 * first and last splice, for whoever looks for a place; before anything is put in between, it becomes blocks of splices. */
enum { BLOCK_MAX = 256 };

struct own_splice {
    uint64_t off, len, new_len;
    uint8_t *bytes;
};

struct block {
    uint32_t n;        /* never 0 */
    struct comb *comb; /* NULL: it has BLOCK_MAX splices; else 2, which may be the same */
    struct own_splice at[];
};

struct patch_edits {
    struct store store;
    struct block **blocks; /* in order */
    uint64_t *
        shift; /* of each block: by how much the splices in front of it move what follows, modulo 2^64 */
    uint32_t n, cap;
    uint32_t fresh;         /* so many entries of shift are right */
    uint64_t count, moving; /* splices; those whose lengths differ */
    uint32_t combs;         /* blocks that are */
    uint64_t old_size, added, removed;
};

/* A place between splices: in front of blocks[block]->at[at], which may be the end of the block. */
struct place {
    uint32_t block, at;
};

struct patch_edits *patch_edits_new(uint64_t old_size) {
    struct patch_edits *edits = mem_zalloc(1, sizeof *edits);
    edits->old_size = old_size;
    return edits;
}

void patch_edits_free(struct patch_edits *edits) {
    if (edits) {
        store_free(&edits->store);
        mem_free(edits->blocks);
        mem_free(edits->shift);
        mem_free(edits);
    }
}

static uint64_t end_of(const struct own_splice *splice) {
    return splice->off + splice->len;
}

/* Whether the splice comes before a place: before all at off, or (behind_inserted) behind the insertions at off. */
static bool is_before(const struct own_splice *splice, uint64_t off, bool behind_inserted) {
    return splice->off < off || (behind_inserted && splice->off == off && splice->len == 0);
}

/* The place, or the end of all where it is behind that. */
static struct place find_end(const struct patch_edits *edits, struct place place) {
    if (place.block < edits->n) {
        return place;
    }
    return edits->n == 0 ? (struct place){0, 0}
                         : (struct place){edits->n - 1, edits->blocks[edits->n - 1]->n};
}

/* The first splice that is not before; the place is at the end of a block only where there is none. */
static struct place find(const struct patch_edits *edits, uint64_t off, bool behind_inserted) {
    uint32_t low = 0, high = edits->n;
    while (low < high) { /* the first block whose last splice is not before */
        uint32_t middle = low + (high - low) / 2;
        const struct block *block = edits->blocks[middle];
        if (is_before(&block->at[block->n - 1], off, behind_inserted)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == edits->n) {
        return low == 0 ? (struct place){0, 0} : (struct place){low - 1, edits->blocks[low - 1]->n};
    }
    const struct block *block = edits->blocks[low];
    uint32_t first = 0, last = block->n;
    while (first < last) {
        uint32_t middle = first + (last - first) / 2;
        if (is_before(&block->at[middle], off, behind_inserted)) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    return (struct place){low, first};
}

static struct own_splice *at_place(const struct patch_edits *edits, struct place place) {
    if (place.block >= edits->n) {
        return NULL;
    }
    struct block *block = edits->blocks[place.block];
    if (place.at < block->n) {
        return &block->at[place.at];
    }
    return place.block + 1 < edits->n ? &edits->blocks[place.block + 1]->at[0] : NULL;
}

static struct own_splice *in_front(const struct patch_edits *edits, struct place place) {
    if (place.at > 0) {
        return &edits->blocks[place.block]->at[place.at - 1];
    }
    if (place.block == 0) {
        return NULL;
    }
    struct block *block = edits->blocks[place.block - 1];
    return &block->at[block->n - 1];
}

static struct place step(const struct patch_edits *edits, struct place place) {
    if (place.at < edits->blocks[place.block]->n) {
        return (struct place){place.block, place.at + 1};
    }
    return (struct place){place.block + 1, 1};
}

/* The place in front of the splice that covers off from further in front, else place itself. */
static struct place back(const struct patch_edits *edits, struct place place, uint64_t off) {
    const struct own_splice *front = in_front(edits, place);
    if (!front || end_of(front) <= off) {
        return place;
    }
    return place.at > 0 ? (struct place){place.block, place.at - 1}
                        : (struct place){place.block - 1, edits->blocks[place.block - 1]->n - 1};
}

static void grow_blocks(struct patch_edits *edits) {
    if (edits->n == edits->cap) {
        edits->cap = edits->cap ? edits->cap * 2 : 16;
        edits->blocks = mem_realloc(edits->blocks, edits->cap, sizeof *edits->blocks);
        edits->shift = mem_realloc(edits->shift, edits->cap, sizeof *edits->shift);
    }
}

/* An empty block as the one of that number, with so many splices at most. */
static struct block *add_block_of(struct patch_edits *edits, uint32_t number, uint32_t most) {
    struct block *block = store_alloc(&edits->store, sizeof *block + most * sizeof *block->at);
    if (block) {
        *block = (struct block){0};
        grow_blocks(edits);
        memmove(edits->blocks + number + 1, edits->blocks + number,
                (edits->n - number) * sizeof *edits->blocks);
        edits->blocks[number] = block;
        edits->n++;
        edits->fresh = edits->fresh < number ? edits->fresh : number;
    }
    return block;
}

static struct block *add_block(struct patch_edits *edits, uint32_t number) {
    return add_block_of(edits, number, BLOCK_MAX);
}

/* A place in front of a comb or behind it becomes one in a block of its own. */
static bool make_room_beside(struct patch_edits *edits, struct place *place) {
    *place = (struct place){place->at == 0 ? place->block : place->block + 1, 0};
    return add_block(edits, place->block) != NULL;
}

/* Makes room in the block of the place, which may become another one; false with errno set. */
static bool make_room(struct patch_edits *edits, struct place *place) {
    if (edits->n == 0) {
        return add_block(edits, 0) != NULL;
    }
    struct block *block = edits->blocks[place->block];
    if (block->comb) {
        return make_room_beside(edits, place);
    }
    if (block->n < BLOCK_MAX) {
        return true;
    }
    struct block *next = add_block(edits, place->block + 1);
    if (!next) {
        return false;
    }
    /* what is put in order fills whole blocks */
    uint32_t keep = place->at == BLOCK_MAX ? BLOCK_MAX : BLOCK_MAX / 2;
    next->n = BLOCK_MAX - keep;
    memcpy(next->at, block->at + keep, next->n * sizeof *next->at);
    block->n = keep;
    if (place->at >= keep && (place->at > keep || keep == BLOCK_MAX)) {
        *place = (struct place){place->block + 1, place->at - keep};
    }
    return true;
}

static void count_in(struct patch_edits *edits, const struct own_splice *splice) {
    edits->added += splice->new_len;
    edits->removed += splice->len;
    edits->moving += splice->len != splice->new_len;
}

static void count_out(struct patch_edits *edits, const struct own_splice *splice) {
    edits->added -= splice->new_len;
    edits->removed -= splice->len;
    edits->moving -= splice->len != splice->new_len;
}

/* Puts a splice in at a place; false with errno set. Where it went is *place. */
static bool put_at(struct patch_edits *edits, struct place *place, struct own_splice splice) {
    if (!make_room(edits, place)) {
        return false;
    }
    struct block *block = edits->blocks[place->block];
    memmove(block->at + place->at + 1, block->at + place->at,
            (block->n - place->at) * sizeof *block->at);
    block->at[place->at] = splice;
    block->n++;
    edits->count++;
    edits->fresh = edits->fresh <= place->block ? edits->fresh : place->block + 1;
    count_in(edits, &splice);
    return true;
}

static bool copy_bytes(struct patch_edits *edits, const void *bytes, uint64_t len, uint8_t **out) {
    *out = NULL;
    if (len > 0) {
        *out = len > SIZE_MAX ? NULL : store_alloc(&edits->store, (size_t)len);
        if (!*out) {
            return false;
        }
        memcpy(*out, bytes, (size_t)len);
    }
    return true;
}

static enum patch_put refuse(const struct own_splice *splice, struct patch_splice *other) {
    if (other) {
        *other = (struct patch_splice){splice->off, splice->len, splice->new_len, splice->bytes};
    }
    return PATCH_PUT_CONFLICT;
}

/* Bytes over as many old ones. Splices in their way have bytes for theirs, too, or are insertions. */
static enum patch_put put_over(struct patch_edits *edits, uint64_t off, const uint8_t *bytes,
                               uint64_t len, struct patch_splice *other) {
    uint64_t end = off + len;
    struct place first = back(edits, find(edits, off, false), off);
    struct own_splice *splice;
    for (struct place place = first; (splice = at_place(edits, place)) && splice->off < end;
         place = step(edits, place)) {
        if (splice->len > 0 && splice->len != splice->new_len) {
            return refuse(splice, other);
        }
    }
    uint8_t *own;
    if (!copy_bytes(edits, bytes, len, &own)) {
        return PATCH_PUT_FAILED;
    }
    struct place place = first;
    for (uint64_t at = off; at < end; place = step(edits, place)) {
        splice = at_place(edits, place);
        uint64_t gap = (!splice || splice->off >= end ? end
                        : splice->off > at            ? splice->off
                                                      : at) -
                       at;
        if (gap > 0) {
            if (!put_at(edits, &place, (struct own_splice){at, gap, gap, own + (at - off)})) {
                return PATCH_PUT_FAILED;
            }
            at += gap;
        } else if (splice->len > 0) {
            uint64_t to = end_of(splice) < end ? end_of(splice) : end;
            memcpy(splice->bytes + (at - splice->off), own + (at - off), (size_t)(to - at));
            at = to;
        }
    }
    return PATCH_PUT_FINE;
}

/* Cuts the splice in front of the place in two at off, where it covers that; false with errno set. */
static bool cut(struct patch_edits *edits, struct place *place, uint64_t off) {
    struct own_splice *front = in_front(edits, *place);
    if (!front || end_of(front) <= off) {
        return true;
    }
    uint64_t keep = off - front->off;
    struct own_splice rest = {off, front->len - keep, front->len - keep, front->bytes + keep};
    struct own_splice whole = *front;
    front->len = front->new_len = keep;
    edits->added -= rest.len;
    edits->removed -= rest.len;
    if (!put_at(edits, place, rest)) {
        front = in_front(edits, *place);
        *front = whole;
        edits->added += rest.len;
        edits->removed += rest.len;
        return false;
    }
    return true;
}

static enum patch_put insert(struct patch_edits *edits, uint64_t off, const void *bytes,
                             uint64_t len, struct patch_splice *other) {
    struct place place = find(edits, off, true);
    const struct own_splice *front = in_front(edits, place);
    if (front && end_of(front) > off && front->len != front->new_len) {
        return refuse(front, other);
    }
    uint8_t *own;
    bool fine = copy_bytes(edits, bytes, len, &own) && cut(edits, &place, off) &&
                put_at(edits, &place, (struct own_splice){off, 0, len, own});
    return fine ? PATCH_PUT_FINE : PATCH_PUT_FAILED;
}

/* Takes the splice at a place out. */
static void remove_at(struct patch_edits *edits, struct place *place) {
    struct block *block = edits->blocks[place->block];
    if (place->at == block->n) {
        *place = (struct place){place->block + 1, 0};
        block = edits->blocks[place->block];
    }
    count_out(edits, &block->at[place->at]);
    edits->count--;
    block->n--;
    memmove(block->at + place->at, block->at + place->at + 1,
            (block->n - place->at) * sizeof *block->at);
    if (block->n == 0) {
        edits->n--;
        memmove(edits->blocks + place->block, edits->blocks + place->block + 1,
                (edits->n - place->block) * sizeof *edits->blocks);
    }
    edits->fresh = edits->fresh <= place->block ? edits->fresh : place->block;
    *place = find_end(edits, *place);
}

/* What is in the way of a splice that changes the length of a stretch: another such one, or an insertion inside. */
static const struct own_splice *find_in_way(const struct patch_edits *edits, struct place place,
                                            uint64_t off, uint64_t end) {
    const struct own_splice *splice = in_front(edits, place);
    if (splice && end_of(splice) > off && splice->len != splice->new_len) {
        return splice;
    }
    for (; (splice = at_place(edits, place)) && splice->off < end; place = step(edits, place)) {
        if (splice->len != splice->new_len) {
            return splice;
        }
    }
    return NULL;
}

/* Bytes that were only written over are gone with what they lie in. */
static enum patch_put replace(struct patch_edits *edits, uint64_t off, uint64_t len,
                              const void *bytes, uint64_t new_len, struct patch_splice *other) {
    uint64_t end = off + len;
    struct place place = find(edits, off, true);
    const struct own_splice *splice = find_in_way(edits, place, off, end);
    if (splice) {
        return refuse(splice, other);
    }
    uint8_t *own;
    if (!copy_bytes(edits, bytes, new_len, &own)) {
        return PATCH_PUT_FAILED;
    }
    struct place behind = find(edits, end, false);
    if (!cut(edits, &behind, end)) {
        return PATCH_PUT_FAILED;
    }
    place = find(edits, off, true);
    if (!cut(edits, &place, off)) {
        return PATCH_PUT_FAILED;
    }
    while ((splice = at_place(edits, place)) && splice->off < end) {
        remove_at(edits, &place);
    }
    bool fine = put_at(edits, &place, (struct own_splice){off, len, new_len, own});
    return fine ? PATCH_PUT_FINE : PATCH_PUT_FAILED;
}

/* The splice of exactly that stretch, which is not empty. */
static struct own_splice *find_same(struct patch_edits *edits, uint64_t off, uint64_t len,
                                    struct place *place) {
    *place = find(edits, off, true);
    struct own_splice *splice = at_place(edits, *place);
    return splice && splice->off == off && splice->len == len ? splice : NULL;
}

static enum patch_put swap(struct patch_edits *edits, struct own_splice *splice, struct place place,
                           const void *bytes, uint64_t new_len) {
    uint8_t *own = splice->bytes;
    if (new_len > splice->new_len) {
        if (!copy_bytes(edits, bytes, new_len, &own)) {
            return PATCH_PUT_FAILED;
        }
    } else if (new_len > 0) {
        memmove(own, bytes, (size_t)new_len);
    }
    count_out(edits, splice);
    splice->bytes = new_len > 0 ? own : NULL;
    splice->new_len = new_len;
    count_in(edits, splice);
    edits->fresh = edits->fresh <= place.block ? edits->fresh : place.block + 1;
    return PATCH_PUT_FINE;
}

/* combs */

/* A comb becomes blocks of splices; false with errno set, and some are lost. */
static bool unfold(struct patch_edits *edits, uint32_t number) {
    const struct comb *comb = edits->blocks[number]->comb;
    edits->n--;
    edits->combs--;
    memmove(edits->blocks + number, edits->blocks + number + 1,
            (edits->n - number) * sizeof *edits->blocks);
    struct patch_splice splice;
    struct block *block = NULL;
    for (uint32_t slot = 0; comb_next(comb, &slot, &splice);) {
        if (!block || block->n == BLOCK_MAX) {
            block = add_block(edits, number++);
            if (!block) {
                return false;
            }
        }
        block->at[block->n++] = (struct own_splice){splice.off, splice.len, splice.new_len,
                                                    (uint8_t *)(uintptr_t)splice.bytes};
    }
    return true;
}

/* Unfolds the combs that [off, off + len] touches. */
static bool unfold_at(struct patch_edits *edits, uint64_t off, uint64_t len) {
    uint32_t number = edits->combs ? find(edits, off, false).block : edits->n;
    number -= number > 0;
    while (edits->combs > 0 && number < edits->n && edits->blocks[number]->at[0].off <= off + len) {
        const struct block *block = edits->blocks[number];
        if (!block->comb || end_of(&block->at[1]) < off) {
            number++;
        } else if (!unfold(edits, number)) {
            return false;
        }
    }
    return true;
}

/* How many of the fields lie in front of what begins at a place. */
static uint32_t fit_before(const struct patch_many *many, uint64_t off) {
    uint64_t start = many->base + many->rel;
    if (off < start + many->len) {
        return 0;
    }
    uint64_t n = (off - start - many->len) / many->stride + 1;
    return n < many->n ? (uint32_t)n : many->n;
}

/* How many lie in front of all that is at a place and behind it. */
static uint32_t fit_at(const struct patch_edits *edits, struct place place,
                       const struct patch_many *many) {
    const struct own_splice *behind = at_place(edits, place);
    return behind ? fit_before(many, behind->off) : many->n;
}

/* Puts so many of the fields into a comb; false with errno set. */
static bool put_teeth(struct patch_edits *edits, struct block *block, const struct patch_many *many,
                      uint32_t n) {
    uint64_t more;
    struct patch_splice first = {0}, last = {0};
    if (!comb_put(block->comb, &edits->store, many, n, &more)) {
        return false;
    }
    uint32_t slot = 0;
    comb_next(block->comb, &slot, &first);
    comb_last(block->comb, &last);
    block->n = 2;
    block->at[0] = (struct own_splice){first.off, first.len, first.len, NULL};
    block->at[1] = (struct own_splice){last.off, last.len, last.len, NULL};
    edits->count += more;
    edits->added += more * many->len;
    edits->removed += more * many->len;
    return true;
}

/* Whether what is in front of a place reaches into the first field. */
static bool is_in_way(const struct patch_edits *edits, struct place place,
                      const struct patch_many *many) {
    const struct own_splice *front = in_front(edits, place);
    return front && end_of(front) > many->base + many->rel;
}

/* The comb in front of a place, or around it, that takes some of the fields: *n. */
static struct block *find_comb(const struct patch_edits *edits, struct place place,
                               const struct patch_many *many, uint32_t *n) {
    for (uint32_t back = 0; back < 2 && back <= place.block; back++) {
        uint32_t number = place.block - back;
        struct block *block = number < edits->n ? edits->blocks[number] : NULL;
        bool fits = block && block->comb && !is_in_way(edits, (struct place){number, 0}, many);
        uint32_t takes = fits ? comb_takes(block->comb, many) : 0;
        uint32_t fit = takes ? fit_at(edits, (struct place){number + 1, 0}, many) : 0;
        *n = takes < fit ? takes : fit;
        if (*n > 0) {
            return block;
        }
    }
    return NULL;
}

/* Makes the place one between two blocks, in front of that number; false with errno set. */
static bool part(struct patch_edits *edits, struct place place, uint32_t *number) {
    struct block *block = place.block < edits->n ? edits->blocks[place.block] : NULL;
    *number = block && place.at > 0 ? place.block + 1 : place.block;
    if (!block || place.at == 0 || place.at == block->n) {
        return true;
    }
    struct block *next = add_block(edits, *number);
    if (next) {
        next->n = block->n - place.at;
        memcpy(next->at, block->at + place.at, next->n * sizeof *next->at);
        block->n = place.at;
    }
    return next != NULL;
}

/* How many of the fields a comb of their own can have at the place, which is where the first one belongs; 0: none. */
static uint32_t fit_comb(const struct patch_edits *edits, struct place place,
                         const struct patch_many *many) {
    bool within = place.block < edits->n && edits->blocks[place.block]->comb && place.at == 1;
    if (within || is_in_way(edits, place, many)) {
        return 0;
    }
    struct patch_many some = *many;
    some.n = fit_at(edits, place, many);
    some.n = some.n < COMB_ELEMENTS ? some.n : COMB_ELEMENTS;
    return comb_suits(&some) ? some.n : 0;
}

static bool put_comb(struct patch_edits *edits, struct place place, const struct patch_many *many,
                     uint32_t n) {
    uint32_t number;
    struct comb *comb = store_alloc(&edits->store, sizeof *comb);
    if (!comb || !comb_begin(comb, &edits->store, many) || !part(edits, place, &number)) {
        return false;
    }
    struct block *block = add_block_of(edits, number, 2);
    if (!block) {
        return false;
    }
    block->comb = comb;
    edits->combs++;
    return put_teeth(edits, block, many, n);
}

static bool is_edited(const struct patch_edits *edits, uint64_t off, uint64_t len) {
    struct patch_cursor cursor = patch_edits_from(edits, off);
    struct patch_splice splice;
    return patch_edits_next(&cursor, &splice) && splice.off < off + len;
}

static bool put_alone(struct patch_edits *edits, const struct patch_many *many, uint32_t n) {
    uint64_t off = many->base + many->rel;
    for (uint32_t i = 0; i < n; i++, off += many->stride) {
        bool puts = many->held[i] == PATCH_HELD ||
                    (many->held[i] == PATCH_HELD_AGAIN && is_edited(edits, off, many->len));
        if (puts && patch_edits_put(edits, off, many->len, many->bytes + (size_t)i * many->len,
                                    many->len, NULL) != PATCH_PUT_FINE) {
            return false;
        }
    }
    return true;
}

/* Puts some of the first ones, *n; false with errno set. */
static bool put_some(struct patch_edits *edits, const struct patch_many *many, uint32_t *n) {
    struct place place = find(edits, many->base + many->rel, false);
    struct block *block = find_comb(edits, place, many, n);
    if (block) {
        return put_teeth(edits, block, many, *n);
    }
    *n = fit_comb(edits, place, many);
    if (*n > 0) {
        return put_comb(edits, place, many, *n);
    }
    *n = many->n < COMB_ELEMENTS ? many->n : COMB_ELEMENTS;
    return put_alone(edits, many, *n);
}

enum patch_put patch_edits_put_many(struct patch_edits *edits, const struct patch_many *many) {
    struct patch_many left = *many;
    uint64_t end = edits->old_size;
    if (left.n > 0 && (left.base > end || left.rel + left.len > end - left.base ||
                       left.n - 1 > (end - left.base - left.rel - left.len) / left.stride)) {
        return PATCH_PUT_OUTSIDE;
    }
    if (edits->moving > 0) {
        return PATCH_PUT_CONFLICT;
    }
    while (left.n > 0) {
        uint32_t n;
        if (!put_some(edits, &left, &n)) {
            return PATCH_PUT_FAILED;
        }
        left.base += n * left.stride;
        left.n -= n;
        left.held += n;
        left.bytes += (size_t)n * left.len;
        left.old += (size_t)n * left.len;
    }
    return PATCH_PUT_FINE;
}

/* Whether nothing is put at off or behind it. */
static bool is_behind_all(const struct patch_edits *edits, uint64_t off) {
    const struct block *block = edits->n ? edits->blocks[edits->n - 1] : NULL;
    return !block || end_of(&block->at[block->n - 1]) <= off;
}

static enum patch_put put_behind_all(struct patch_edits *edits, uint64_t off, const void *bytes,
                                     uint64_t len) {
    struct place place = find_end(edits, (struct place){edits->n, 0});
    uint8_t *own;
    bool fine = copy_bytes(edits, bytes, len, &own) &&
                put_at(edits, &place, (struct own_splice){off, len, len, own});
    return fine ? PATCH_PUT_FINE : PATCH_PUT_FAILED;
}

enum patch_put patch_edits_put(struct patch_edits *edits, uint64_t off, uint64_t len,
                               const void *bytes, uint64_t new_len, struct patch_splice *other) {
    if (off > edits->old_size || len > edits->old_size - off) {
        return PATCH_PUT_OUTSIDE;
    }
    if (new_len > INT64_MAX - edits->added ||
        edits->old_size > INT64_MAX - edits->added - new_len) {
        errno = EFBIG;
        return PATCH_PUT_FAILED;
    }
    if (len > 0 && len == new_len && is_behind_all(edits, off)) {
        return put_behind_all(edits, off, bytes, len);
    }
    if (!unfold_at(edits, off, len)) {
        return PATCH_PUT_FAILED;
    }
    if (len == 0) {
        return new_len == 0 ? PATCH_PUT_FINE : insert(edits, off, bytes, new_len, other);
    }
    struct place place;
    struct own_splice *same = find_same(edits, off, len, &place);
    if (same) {
        return swap(edits, same, place, bytes, new_len);
    }
    return len == new_len ? put_over(edits, off, bytes, len, other)
                          : replace(edits, off, len, bytes, new_len, other);
}

uint64_t patch_edits_count(const struct patch_edits *edits) {
    return edits->count;
}

uint64_t patch_edits_old_size(const struct patch_edits *edits) {
    return edits->old_size;
}

uint64_t patch_edits_new_size(const struct patch_edits *edits) {
    return edits->old_size - edits->removed + edits->added;
}

bool patch_edits_move(const struct patch_edits *edits) {
    return edits->moving > 0;
}

struct patch_cursor patch_edits_from(const struct patch_edits *edits, uint64_t off) {
    struct place place = back(edits, find(edits, off, false), off);
    struct patch_cursor cursor = {edits, place.block, place.at};
    if (place.block < edits->n) {
        const struct comb *comb = edits->blocks[place.block]->comb;
        cursor.at = comb ? (uint32_t)comb_slot(comb, off) : place.at;
    }
    return cursor;
}

bool patch_edits_next(struct patch_cursor *cursor, struct patch_splice *splice) {
    for (; cursor->block < cursor->edits->n; cursor->block++, cursor->at = 0) {
        const struct block *block = cursor->edits->blocks[cursor->block];
        if (block->comb && comb_next(block->comb, &cursor->at, splice)) {
            return true;
        }
        if (!block->comb && cursor->at < block->n) {
            const struct own_splice *own = &block->at[cursor->at++];
            *splice = (struct patch_splice){own->off, own->len, own->new_len, own->bytes};
            return true;
        }
    }
    return false;
}

const struct comb *patch_edits_next_comb(struct patch_cursor *cursor) {
    const struct patch_edits *edits = cursor->edits;
    if (cursor->block < edits->n && !edits->blocks[cursor->block]->comb &&
        cursor->at == edits->blocks[cursor->block]->n) {
        cursor->block++;
        cursor->at = 0;
    }
    if (cursor->at > 0 || cursor->block == edits->n) {
        return NULL;
    }
    const struct comb *comb = edits->blocks[cursor->block]->comb;
    cursor->block += comb != NULL;
    return comb;
}

bool patch_edits_next_alone(struct patch_cursor *cursor, struct patch_splice *splice) {
    while (patch_edits_next_comb(cursor)) {
    }
    return patch_edits_next(cursor, splice);
}

/* Makes shift right for the blocks up to that one. */
static void freshen(struct patch_edits *edits, uint32_t number) {
    if (edits->fresh == 0) {
        edits->shift[0] = 0;
        edits->fresh = 1;
    }
    for (; edits->fresh <= number; edits->fresh++) {
        const struct block *block = edits->blocks[edits->fresh - 1];
        uint64_t shift = edits->shift[edits->fresh - 1];
        for (uint32_t i = 0; i < block->n; i++) {
            shift += block->at[i].new_len - block->at[i].len;
        }
        edits->shift[edits->fresh] = shift;
    }
}

uint64_t patch_edits_map(struct patch_edits *edits, uint64_t off, enum patch_side side) {
    if (edits->moving == 0) {
        return off;
    }
    struct place place = find(edits, off, side == PATCH_AFTER);
    freshen(edits, place.block);
    const struct block *block = edits->blocks[place.block];
    uint64_t shift = edits->shift[place.block];
    for (uint32_t i = 0; i < place.at; i++) {
        shift += block->at[i].new_len - block->at[i].len;
    }
    const struct own_splice *front = in_front(edits, place);
    if (front && end_of(front) > off && front->len != front->new_len) {
        uint64_t end = end_of(front) + shift; /* of its new bytes */
        return side == PATCH_BEFORE ? end - front->new_len : end;
    }
    return off + shift;
}
