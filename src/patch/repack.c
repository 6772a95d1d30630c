#include "config.h"

#include "patch/repack.h"

#include <string.h>

#include "patch/pack.h"
#include "vm/make.h"

static bool fail(struct buf *why, const char *format, const char *name) {
    buf_clear(why);
    buf_puts(why, "it lies in what ");
    buf_puts(why, name);
    buf_puts(why, format);
    return false;
}

static struct repack *repack_of(struct repacks *repacks, struct arena *arena,
                                const struct vm_space *space) {
    for (uint32_t i = repacks->at.n; i > 0; i--) {
        if (repacks->at.at[i - 1]->space == space) {
            return repacks->at.at[i - 1];
        }
    }
    struct repack *r = arena_alloc(arena, sizeof *r);
    *r = (struct repack){
        .space = space, .transform = space->made_by, .off = space->made_at, .len = space->made_len};
    buf_put(&r->plain, space->data, (size_t)space->size);
    if (space->pack) {
        const char *key = (const char *)space->pack->key;
        r->key = bytes_of(arena_strndup(arena, key, space->pack->key_len), space->pack->key_len);
        r->left = space->pack->left;
        r->group = space->pack->group;
    }
    *vec_push(&repacks->at, arena) = r;
    return r;
}

bool repack_put(struct repacks *repacks, struct arena *arena, const uint8_t *document,
                const struct vm_space *space, uint64_t off, uint64_t len, struct bytes bytes,
                struct buf *why) {
    if (!space->made_in || space->made_in->data != document || space->damage) {
        return fail(why, " made, which can't be written back", space->made_by);
    }
    if (bytes.len != len && off + len != space->size) {
        return fail(why, " made: its length can't change there", space->made_by);
    }
    struct repack *r = repack_of(repacks, arena, space);
    if (off > r->plain.len || (bytes.len == len && len > r->plain.len - off)) {
        return fail(why, " made, where another statement has taken it away", space->made_by);
    }
    if (bytes.len != len) {
        r->plain.len = (size_t)off;
        buf_put(&r->plain, bytes.at, bytes.len);
    } else if (len > 0) {
        memcpy(r->plain.at + off, bytes.at, bytes.len);
    }
    return true;
}

bool repack_bytes(const struct repack *repack, struct buf *out, struct buf *why) {
    struct pack_args args = {repack->key, repack->left, repack->group};
    return pack_bytes(repack->transform, &args, buf_bytes(&repack->plain), out, why);
}

void repacks_free(struct repacks *repacks) {
    for (uint32_t i = 0; i < repacks->at.n; i++) {
        buf_free(&repacks->at.at[i]->plain);
    }
    memset(repacks, 0, sizeof *repacks);
}
