#include "config.h"

#include "patch/missing.h"

#include <string.h>

#include "base/mem.h"

void missing_free(struct missing *missing) {
    arena_free(&missing->arena);
    mem_free(missing->by_path);
    mem_free(missing->by_start);
}

static uint32_t *find(const struct missing *missing, uint32_t *slots, uint64_t key, bool path) {
    uint32_t mask = missing->slot_n - 1;
    uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15);
    for (uint32_t i = (uint32_t)(hash >> 32) & mask;; i = (i + 1) & mask) {
        const struct missing_value *v = slots[i] ? &missing->at.at[slots[i] - 1] : NULL;
        if (!v || (path ? v->path : v->start) == key) {
            return &slots[i];
        }
    }
}

static void grow(struct missing *missing) {
    missing->slot_n = missing->slot_n ? 2 * missing->slot_n : 64;
    missing->by_path = mem_realloc(missing->by_path, missing->slot_n, sizeof(uint32_t));
    missing->by_start = mem_realloc(missing->by_start, missing->slot_n, sizeof(uint32_t));
    memset(missing->by_path, 0, missing->slot_n * sizeof(uint32_t));
    memset(missing->by_start, 0, missing->slot_n * sizeof(uint32_t));
    for (uint32_t i = 0; i < missing->at.n; i++) {
        const struct missing_value *v = &missing->at.at[i];
        *find(missing, missing->by_path, v->path, true) = i + 1;
        if (v->start != VM_UNKNOWN) {
            *find(missing, missing->by_start, v->start, false) = i + 1;
        }
    }
}

void missing_begin(struct missing *missing) {
    for (uint32_t i = 0; i < missing->at.n; i++) {
        missing->at.at[i].start = VM_UNKNOWN;
    }
    if (missing->by_start) {
        memset(missing->by_start, 0, missing->slot_n * sizeof(uint32_t));
    }
    missing->changed = false;
}

struct missing_value *missing_put(struct missing *missing, uint64_t path, uint64_t start,
                                  const char *name) {
    if (missing->slot_n < 4 * (missing->at.n + 1)) {
        grow(missing);
    }
    uint32_t *slot = find(missing, missing->by_path, path, true);
    if (!*slot) {
        struct missing_value *made = vec_push(&missing->at, &missing->arena);
        *made = (struct missing_value){.path = path, .start = VM_UNKNOWN, .value = vm_absent()};
        made->name = arena_strndup(&missing->arena, name, strlen(name));
        *slot = missing->at.n;
        missing->changed = true;
    }
    struct missing_value *value = &missing->at.at[*slot - 1];
    value->start = start;
    *find(missing, missing->by_start, start, false) = *slot;
    return value;
}

struct missing_value *missing_at(const struct missing *missing, uint64_t start) {
    uint32_t *slot = missing->slot_n ? find(missing, missing->by_start, start, false) : NULL;
    return slot && *slot ? &missing->at.at[*slot - 1] : NULL;
}

static bool same(const struct vm_value *a, const struct vm_value *b) {
    if (a->kind != b->kind) {
        return false;
    }
    switch ((enum vm_kind)a->kind) {
    case VM_BOOL:
        return a->boolean == b->boolean;
    case VM_INT:
    case VM_WIDE:
        return a->integer == b->integer;
    case VM_FLOAT:
        return memcmp(&a->number, &b->number, sizeof a->number) == 0;
    case VM_TEXT:
    case VM_BYTES:
        return bytes_equal(a->bytes, b->bytes);
    case VM_ABSENT:
    case VM_PLACE:
    case VM_FRAME:
    case VM_LIST:
        break;
    }
    return false;
}

void missing_learn(struct missing *missing, struct missing_value *of, const struct vm_value *value,
                   uint32_t base) {
    if (of->known && same(&of->value, value)) {
        return;
    }
    of->known = true;
    of->base = base;
    of->value = *value;
    if (value->kind == VM_TEXT || value->kind == VM_BYTES) {
        char *copy =
            arena_strndup(&missing->arena, (const char *)value->bytes.at, value->bytes.len);
        of->value.bytes = bytes_of(copy, value->bytes.len);
    }
    missing->changed = true;
}
